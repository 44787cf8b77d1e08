"""Images per second of DCGANSampler against the same networks in bare torch, in one run.

usage: python benchmarks/speed_images.py [--data DIR] [--threads 1,2] [--updates 100] [--repeats 5]

training  the steps of fit against the same steps by hand (_bare_loop.py), from the same start and in turn; both must
          end with the same weights. Target: at most 1.05
sampling  sample(n) as uint8 against the generator's forward passes on the same batches and a line that turns tanh into
          uint8. Target: at most 1.05
order     the same training by hand, the maps of the networks with channels last and with channels first

Ratios are medians over repeats, of wall-clock and of processor time, which a busy machine disturbs less; below 1 the
sampler is faster. Images are mnist10k.npz or, without --data, noise of that size.
"""

import argparse
import contextlib
import json
import statistics
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _bare_loop import TrainingWatch, train_by_hand
from _options import count
from _processes import limited_threads

from sktsgan import DCGANSampler
from sktsgan.networks import ConvDiscriminator, ConvGenerator

_LIMIT = 1.05


class Clock:
    """Seconds of calls, by the clock on the wall and of the processor's time."""

    def __init__(self):
        self.wall, self.processor = [], []

    def time(self, function):
        """Call a function, and take note of how long it takes."""
        wall, processor = time.perf_counter(), time.process_time()
        function()
        self.add(time.perf_counter() - wall, time.process_time() - processor)

    def add(self, wall, processor):
        """Take note of seconds measured elsewhere."""
        self.wall.append(wall)
        self.processor.append(processor)

    def over(self, other):
        """Return the median ratios to another clock's times, of the wall and of the processor."""
        return [
            statistics.median(a / b for a, b in zip(mine, others, strict=True))
            for mine, others in ((self.wall, other.wall), (self.processor, other.processor))
        ]


def load_images(directory):
    """Return 8,000 images of digits and their labels or, without a directory, noise."""
    if directory is not None:
        data = np.load(Path(directory) / "mnist10k.npz")
        return data["images"][:8000], data["labels"][:8000]
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


def fit(images, labels, n_updates):
    """Return a fitted sampler, and what watched its training."""
    watch = TrainingWatch()
    sampler = DCGANSampler(max_iter=n_updates, device="cpu", callbacks=[watch], random_state=0)
    with warnings.catch_warnings(action="ignore"):  # so few updates may collapse
        return sampler.fit(images, labels), watch


def compare_training(images, labels, n_updates, n_repeats):
    """Return images per second of training, and the ratio of the estimator's time to that by hand."""
    sampler, watch = fit(images, labels, n_updates)
    average, _ = train_by_hand(watch.start_, sampler.net_, n_updates)
    mine, bare = Clock(), Clock()
    for _ in range(n_repeats):
        taken = fit(images, labels, n_updates)[1].taken_
        mine.add(taken.wall, taken.processor)
        taken = train_by_hand(watch.start_, sampler.net_, n_updates)[1]
        bare.add(taken.wall, taken.processor)
    pairs = zip(average.parameters(), sampler.net_.average_.module.parameters(), strict=True)
    n_images = n_updates * watch.start_.batch_size
    return {
        "images_per_second": n_images / statistics.median(mine.wall),
        "ms_per_update": 1000 * statistics.median(mine.wall) / n_updates,
        "ratio": mine.over(bare),
        "largest_difference": max(float((a - b).abs().max().detach()) for a, b in pairs),
    }


def compare_sampling(images, labels, n_samples, n_repeats):
    """Return images per second of ``sample``, and the ratio of its time to that of bare forward passes."""
    sampler, _ = fit(images, labels, 2)
    generator, parts = sampler.net_.average_.eval(), []
    forward = generator.forward

    def watched(*args):
        parts.append(args)
        return forward(*args)

    generator.forward = watched
    sampler.sample(n_samples, random_state=0)
    del generator.forward

    @torch.no_grad()
    def by_hand():
        made = [((generator(*args) + 1) * 127.5).round_().to(torch.uint8) for args in parts]
        return torch.cat(made).numpy()

    mine, bare = Clock(), Clock()
    for _ in range(n_repeats):
        mine.time(lambda: sampler.sample(n_samples, random_state=0))
        bare.time(by_hand)
    return {
        "images_per_second": n_samples / statistics.median(mine.wall),
        "ratio": mine.over(bare),
    }


def compare_orders(images, labels, n_updates, n_repeats):
    """Return the ratio of training time with channels first to that with channels last."""
    starts, clocks = [], [Clock(), Clock()]
    for order in (torch.contiguous_format, torch.channels_last):
        with memory_format(order):
            sampler, watch = fit(images, labels, 2)
            starts.append((order, watch.start_, sampler.net_))
    for _ in range(n_repeats):
        for (order, start, net), clock in zip(starts, clocks, strict=True):
            with memory_format(order):
                taken = train_by_hand(start, net, n_updates)[1]
            clock.add(taken.wall, taken.processor)
    return {"ratio": clocks[0].over(clocks[1])}


def measure(arguments, n_threads):
    """Return what all parts find with so many threads."""
    images, labels = load_images(arguments.data)
    with limited_threads(n_threads):
        return {
            "training": compare_training(images, labels, arguments.updates, arguments.repeats),
            "sampling": compare_sampling(images, labels, arguments.samples, arguments.repeats),
            "order": compare_orders(images, labels, arguments.updates, arguments.repeats),
        }


def report(n_threads, found):
    """Print what all parts found."""
    training, sampling = found["training"], found["sampling"]
    print(f"threads: {n_threads}")
    print(
        f"  training: {training['images_per_second']:,.0f} images/s, {training['ms_per_update']:.1f} ms an update; "
        f"ratio {_verdict(training['ratio'])}; largest difference of the weights {training['largest_difference']:.1e}"
    )
    print(
        f"  sampling: {sampling['images_per_second']:,.0f} images/s; ratio {_verdict(sampling['ratio'])}"
    )
    wall, processor = found["order"]["ratio"]
    print(f"  channels first / channels last: {wall:.3f} (processor {processor:.3f})")


def _verdict(ratio):
    wall, processor = ratio
    met = "met" if processor <= _LIMIT else "missed"
    return f"{wall:.3f} (processor {processor:.3f}; target {_LIMIT}: {met})"


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", metavar="DIR", help="holds mnist10k.npz; else noise of its size")
    add("--threads", default="1", help="numbers of threads with commas between them (1)")
    add("--updates", type=count, default=100, help="of a training run (100)")
    add("--samples", type=count, default=10_000, help="images to sample (10,000)")
    add("--repeats", type=count, default=5, help="of each comparison (5)")
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def main(argv=None):
    """Print what each part finds; return it as it is written to JSON."""
    arguments = make_parser().parse_args(argv)
    found = {}
    for n_threads in map(count, arguments.threads.split(",")):
        found[n_threads] = measure(arguments, n_threads)
        report(n_threads, found[n_threads])
    if arguments.output:
        arguments.output.write_text(json.dumps(found, indent=1))
    return found


if __name__ == "__main__":
    main()
