"""What scikit-learn's manners cost: training and sampling against bare torch, and memory against the number of windows.

usage: python -m benchmarks.speed.overhead [--data DIR] [--part training,sampling,memory] [--quick] [--n 10_000_000]

training  the steps of TransformerGANSampler.fit against the same steps by hand: the step of the sampler's net in a loop
          that does nothing else (_bare_loop.py), from the same start and in turn; median of the ratios of neighbours,
          and the same of processor time, which a busy machine disturbs less. Both must end with the same weights: the
          largest difference is printed. Target: at most 1.05
sampling  sample(100_000) of windows of 24 × 6 against the generator's forward passes alone, on the very batches that
          sample made, in turn; and where the rest goes. Target: at most 1.15
memory    resident memory while iter_sample runs over small windows, each sampler in a process of its own. Target: the
          peak at the end is at most 1.05 times that at 100,000 windows
"""

import time

import numpy as np
import torch

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import (
    limited_threads,
    peak_memory,
    resident_memory,
    run_in_fresh_process,
)
from benchmarks._common._results import write_json
from benchmarks.speed._bare_loop import Shares, compare_training, median_ratio, seconds_of, verdict
from benchmarks.windows._data import DataSpec
from sktsgan import CopulaSampler, TransformerGANSampler, Windowizer
from sktsgan.datasets import make_sines

PARTS = ("training", "sampling", "memory")
TARGETS = {"training": 1.05, "sampling": 1.15, "memory": 1.05}
_SMALL_WINDOWS = (2000, 8, 2)
_BATCH = 10_000


def load_windows(directory):
    """Return the windows of Stocks or, without a directory, of a random walk of their size."""
    if directory is not None:
        return DataSpec(directory, "stocks").load()[0]
    walk = np.random.default_rng(0).normal(size=(3685, 6)).cumsum(axis=0)
    return Windowizer(24).fit_transform(walk).copy()


def compare_sampling(windows, n_samples, n_repeats):
    """Return the seconds of ``sample`` and of the generator's forward passes alone.

    Returns
    -------
    found : dict
        ``ratio``, the medians over the repeats of sample / forward, of the wall's time and of the processor's;
        ``with_decoding``, of sample / (forward and decoding to scores); ``sample_seconds`` and ``forward_seconds``,
        medians; ``windows_per_second``; ``shares`` of the parts in a run of ``sample``.
    """
    sampler = TransformerGANSampler(max_iter=5, refine="always", device="cpu", random_state=0).fit(
        windows
    )
    generator, render = sampler.net_.average_, sampler.net_.render

    def sample():
        sampler.sample(n_samples, random_state=0)

    sample()
    methods = {
        "noise": (sampler.base_, "draw"),
        "forward": (generator, "forward"),
        "decode": (sampler.net_, "render"),
        "inverse scaling": (sampler.scaler_, "inverse_transform"),
    }
    with Shares(methods) as watched:
        total = seconds_of(sample)[0]
    shares = {name: seconds / total for name, seconds in watched.seconds.items()}
    noise = watched.calls["forward"]
    residuals = [residual for _, residual in watched.calls["decode"]]

    @torch.no_grad()
    def forward():
        return [generator(*args) for args in noise]

    @torch.no_grad()
    def forward_and_decode():
        return [render(generator(*a), r) for a, r in zip(noise, residuals, strict=True)]

    runs = [
        [seconds_of(function) for function in (sample, forward, forward_and_decode)]
        for _ in range(n_repeats)
    ]
    own, bare, decoded = zip(*runs, strict=True)
    seconds = float(np.median(own, axis=0)[0])
    return {
        "ratio": median_ratio(own, bare),
        "with_decoding": median_ratio(own, decoded),
        "sample_seconds": seconds,
        "forward_seconds": float(np.median(bare, axis=0)[0]),
        "windows_per_second": n_samples / seconds,
        "shares": shares | {"rest": 1 - sum(shares.values())},
    }


def watch_memory(name, n_samples, n_threads):
    """Return the memory of this process while ``iter_sample`` runs.

    Parameters
    ----------
    name : {"copula", "transformer"}
    n_samples, n_threads : int

    Returns
    -------
    rows : list of dict
        At 10,000 windows and every tenfold: ``n_windows``, ``resident`` and ``peak`` in MiB, ``seconds``.
    """
    if name == "copula":
        sampler = CopulaSampler(random_state=0)
    else:
        sampler = TransformerGANSampler(
            embedding_size=8,
            n_layers=1,
            max_iter=5,
            refine="always",
            device="cpu",
            random_state=0,
        )
    rows, made = [], 0
    marks = {min(10**k, n_samples) for k in range(4, 16)}
    with limited_threads(n_threads):
        sampler.fit(make_sines(*_SMALL_WINDOWS, random_state=0))
        start = time.perf_counter()
        for batch in sampler.iter_sample(n_samples, batch_size=_BATCH, random_state=0):
            made += len(batch)
            if made in marks:
                rows.append(
                    {
                        "n_windows": made,
                        "resident": resident_memory(),
                        "peak": peak_memory(),
                        "seconds": time.perf_counter() - start,
                    }
                )
    return rows


def compare_memory(n_samples, n_threads):
    """Return what ``watch_memory`` finds, and by which factor the peak grows after the first tenfold."""
    found = {}
    for name in ("copula", "transformer"):
        rows = run_in_fresh_process(watch_memory, name, n_samples, n_threads)
        found[name] = {
            "ratio": rows[-1]["peak"] / rows[min(1, len(rows) - 1)]["peak"],
            "rows": rows,
        }
    return found


def _report_training(found):
    print(
        f"training: {found['ms']:.2f} ms an update by the estimator, {found['bare_ms']:.2f} by hand\n"
        f"  ratio {verdict(found['ratio'], TARGETS['training'])}, "
        f"repeats {', '.join(f'{ratio:.3f}' for ratio in found['ratios'])}\n"
        f"  largest difference of the final weights: {found['largest_difference']:.1e}\n"
        f"  fit besides the steps: {found['besides_seconds']:.2f} s"
    )


def _report_sampling(found):
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found["shares"].items())
    print(
        f"sampling: {found['sample_seconds']:.3f} s, {found['windows_per_second']:,.0f} windows/s; "
        f"forward alone {found['forward_seconds']:.3f} s\n"
        f"  ratio {verdict(found['ratio'], TARGETS['sampling'])}; "
        f"to forward and decoding {found['with_decoding'][0]:.3f}\n"
        f"  shares of sample: {shares}"
    )


def _report_memory(found):
    most = TARGETS["memory"]
    for name, one in found.items():
        reached = "met" if one["ratio"] <= most else "missed"
        print(
            f"memory, {name}: last peak / peak at 100,000 {one['ratio']:.3f} (at most {most}: {reached})"
        )
        for row in one["rows"]:
            print(
                f"  {row['n_windows']:>12,} windows: {row['resident']:7.1f} MiB resident, "
                f"{row['peak']:7.1f} peak, {row['seconds']:7.1f} s"
            )


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1, markdown=False)  # small networks train on one thread
    add = parser.add_argument
    add("--data", metavar="DIR", help="holds stock_data.csv; else a random walk of its size")
    add("--part", type=names_among(PARTS), default=list(PARTS), help=f"some of {','.join(PARTS)}")
    add("--updates", type=count, default=300, help="of a training run (300)")
    add("--samples", type=count, default=100_000, help="windows to sample (100,000)")
    add("--n", type=count, default=10_000_000, help="windows to iterate over (10,000,000)")
    add("--repeats", type=count, default=5, help="of each comparison (5)")
    add("--quick", action="store_true", help="a tenth of updates and samples, a million to iterate")
    return parser.parse_args(argv)


def main(argv=None):
    """Print what each part finds; return it as it is written to JSON."""
    arguments = read_options(argv)
    n_updates, n_samples, n_iterated = arguments.updates, arguments.samples, arguments.n
    if arguments.quick:
        n_updates, n_samples = n_updates // 10, n_samples // 10
        n_iterated = min(n_iterated, 1_000_000)
    found = {"threads": arguments.threads, "torch": torch.__version__}
    with limited_threads(arguments.threads):
        windows = load_windows(arguments.data)
        if "training" in arguments.part:
            found["training"] = compare_training(
                TransformerGANSampler(refine="always", device="cpu", random_state=0),
                windows,
                n_updates=n_updates,
                n_repeats=arguments.repeats,
            )
            _report_training(found["training"])
        if "sampling" in arguments.part:
            found["sampling"] = compare_sampling(windows, n_samples, arguments.repeats)
            _report_sampling(found["sampling"])
    if "memory" in arguments.part:
        found["memory"] = compare_memory(n_iterated, arguments.threads)
        _report_memory(found["memory"])
    write_json(arguments.output, found)
    return found


if __name__ == "__main__":
    main()
