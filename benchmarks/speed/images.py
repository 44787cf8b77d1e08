"""Images per second of DCGANSampler against the same networks in bare torch, in one run.

usage: python -m benchmarks.speed.images [--data DIR] [--threads 1] [--updates 100] [--repeats 5]

training  the steps of fit against the same steps by hand: the step of the sampler's net in a loop that does nothing
          else (_bare_loop.py), from the same start and in turn; both must end with the same weights. Target: at most
          1.05
sampling  sample(n) as uint8 against the generator's forward passes on the same batches and a line that turns tanh into
          uint8. Target: at most 1.05
order     the same training by hand, the maps of the networks with channels last and with channels first

Ratios are medians over repeats, of wall-clock and of processor time, which a busy machine disturbs less; below 1 the
sampler is faster. Images are mnist10k.npz or, without --data, noise of that size.
"""

import contextlib
import warnings

import numpy as np
import torch

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import write_json
from benchmarks.images._digits import FILE, load_digits
from benchmarks.speed._bare_loop import (
    Shares,
    Watch,
    compare_training,
    median_ratio,
    seconds_of,
    verdict,
)
from sktsgan import DCGANSampler
from sktsgan.networks import ConvDiscriminator, ConvGenerator

_LIMIT = 1.05


def load_images(directory):
    """Return 8,000 images of digits and their labels or, without a directory, noise."""
    if directory is not None:
        return load_digits(directory)[:2]
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, size=(500, 28, 28), dtype=np.uint8), np.arange(500) % 10


@contextlib.contextmanager
def memory_format(order):
    """Build convolutional networks whose maps lie in this order in memory."""
    kept = ConvGenerator.memory_format
    try:
        ConvGenerator.memory_format = ConvDiscriminator.memory_format = order
        yield
    finally:
        ConvGenerator.memory_format = ConvDiscriminator.memory_format = kept


def make_sampler(**options):
    """Return the unfitted sampler."""
    return DCGANSampler(**options, device="cpu", random_state=0)


def compare_sampling(images, labels, n_samples, n_repeats):
    """Return images per second of ``sample``, and the ratio of its time to that of bare forward passes."""
    sampler = make_sampler(max_iter=2).fit(images, labels)
    generator = sampler.net_.average_.eval()

    def sample():
        sampler.sample(n_samples, random_state=0)

    with Shares({"forward": (generator, "forward")}) as watched:
        sample()

    @torch.no_grad()
    def by_hand():
        parts = watched.calls["forward"]
        made = [((generator(*args) + 1) * 127.5).round_().to(torch.uint8) for args in parts]
        return torch.cat(made).numpy()

    runs = [(seconds_of(sample), seconds_of(by_hand)) for _ in range(n_repeats)]
    own, bare = zip(*runs, strict=True)
    return {
        "images_per_second": n_samples / float(np.median(own, axis=0)[0]),
        "ratio": median_ratio(own, bare),
    }


def compare_orders(images, labels, n_updates, n_repeats):
    """Return the ratio of training time with channels first to that with channels last."""
    taken, starts = {}, {}
    for order in (torch.contiguous_format, torch.channels_last):
        watch = Watch()
        with memory_format(order):
            make_sampler(max_iter=2, callbacks=[watch]).fit(images, labels)
        taken[order], starts[order] = [], watch.start_
        watch.start_.net.hold()  # the learning rates, whose course ends after those two
    for _ in range(n_repeats):
        for order, start in starts.items():
            with memory_format(order):
                taken[order].append(start.train_bare(n_updates)[1])
    return {"ratio": median_ratio(*taken.values())}


def measure(images, labels, arguments):
    """Return what all parts find."""
    return {
        "training": compare_training(
            make_sampler(),
            images,
            labels,
            n_updates=arguments.updates,
            n_repeats=arguments.repeats,
        ),
        "sampling": compare_sampling(images, labels, arguments.samples, arguments.repeats),
        "order": compare_orders(images, labels, arguments.updates, arguments.repeats),
    }


def report(found):
    """Print what all parts found."""
    training, sampling = found["training"], found["sampling"]
    rate = 1000 * training["batch_size"] / training["ms"]
    print(
        f"training: {rate:,.0f} images/s, {training['ms']:.1f} ms an update; "
        f"ratio {verdict(training['ratio'], _LIMIT)}; "
        f"largest difference of the weights {training['largest_difference']:.1e}"
    )
    ratio = verdict(sampling["ratio"], _LIMIT)
    print(f"sampling: {sampling['images_per_second']:,.0f} images/s; ratio {ratio}")
    wall, processor = found["order"]["ratio"]
    print(f"channels first / channels last: {wall:.3f} (processor {processor:.3f})")


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1, markdown=False)
    add = parser.add_argument
    add("--data", metavar="DIR", help=f"holds {FILE}; else noise of its size")
    add("--updates", type=count, default=100, help="of a training run (100)")
    add("--samples", type=count, default=10_000, help="images to sample (10,000)")
    add("--repeats", type=count, default=5, help="of each comparison (5)")
    return parser.parse_args(argv)


def main(argv=None):
    """Print what each part finds; return it as it is written to JSON."""
    arguments = read_options(argv)
    images, labels = load_images(arguments.data)
    with limited_threads(arguments.threads), warnings.catch_warnings(action="ignore"):
        found = measure(images, labels, arguments)  # so few updates may collapse
    report(found)
    write_json(arguments.output, found)
    return found


if __name__ == "__main__":
    main()
