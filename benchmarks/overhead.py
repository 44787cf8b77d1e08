"""What scikit-learn's manners cost: training and sampling against bare torch, and memory against the number of windows.

usage: python benchmarks/overhead.py [--data DIR] [--part training,sampling,memory] [--quick] [--n 10_000_000]

training  the steps of TransformerGANSampler.fit against the same steps by hand (_bare_loop.py), from the same start and
          in turn; median of the ratios of neighbours, and the same of processor time, which a busy machine disturbs
          less. Both must end with the same weights: the largest difference is printed. Target: at most 1.05
sampling  sample(100_000) of windows of 24 × 6 against the generator's forward passes alone, on the very batches that
          sample made, in turn; and where the rest goes. Target: at most 1.15
memory    resident memory while iter_sample runs over small windows, each sampler in a process of its own. Target: the
          peak at the end is at most 1.05 times that at 100,000 windows
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from _bare_loop import TrainingWatch, train_by_hand
from _data import DataSpec
from _processes import limited_threads, peak_memory, resident_memory, run_in_fresh_process

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


def compare_training(windows, n_updates, n_repeats):
    """Return the cost of an update by the estimator and by hand.

    Returns
    -------
    found : dict
        ``ratio``, the median over the repeats; ``ratios``; ``processor_ratio``, the median of those of processor
        time; ``estimator_ms`` and ``by_hand_ms``, medians in milliseconds an update; ``largest_difference`` of the
        weights that both end with; ``besides_seconds``, what ``fit`` takes for base, networks and checks.
    """
    besides = []

    def fit():
        watch = TrainingWatch()
        sampler = TransformerGANSampler(
            max_iter=n_updates, device="cpu", callbacks=[watch], random_state=0
        )
        besides.append(_seconds(lambda: sampler.fit(windows)) - watch.taken_.wall)
        return sampler, watch

    sampler, first = fit()
    average, _ = train_by_hand(first.start_, sampler.net_, n_updates)
    difference = _largest_difference(average, sampler.net_.average_.module)
    by_estimator, by_hand = [], []
    for repeat in range(n_repeats):
        runs = [
            lambda: by_estimator.append(fit()[1].taken_),
            lambda: by_hand.append(train_by_hand(first.start_, sampler.net_, n_updates)[1]),
        ]
        for run in runs if repeat % 2 else reversed(runs):
            run()
    ratios = [a.wall / b.wall for a, b in zip(by_estimator, by_hand, strict=True)]
    return {
        "ratio": statistics.median(ratios),
        "ratios": ratios,
        "processor_ratio": statistics.median(
            a.processor / b.processor for a, b in zip(by_estimator, by_hand, strict=True)
        ),
        "estimator_ms": 1000 * statistics.median(t.wall for t in by_estimator) / n_updates,
        "by_hand_ms": 1000 * statistics.median(t.wall for t in by_hand) / n_updates,
        "largest_difference": difference,
        "besides_seconds": statistics.median(besides),
    }


def _largest_difference(one, other):
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return max(float((a - b).abs().max().detach()) for a, b in pairs)


class Shares:
    """Seconds spent in methods of fitted objects, and what they were called with.

    Parameters
    ----------
    methods : dict
        The name of each share: the object and the name of its method.
    """

    def __init__(self, methods):
        self.methods = methods
        self.seconds = dict.fromkeys(methods, 0.0)
        self.calls = {share: [] for share in methods}

    def __enter__(self):
        self.own = [vars(thing).get(name) for thing, name in self.methods.values()]
        for share, (thing, name) in self.methods.items():
            setattr(thing, name, self._timed(share, getattr(thing, name)))
        return self

    def __exit__(self, *error):
        for (thing, name), own in zip(self.methods.values(), self.own, strict=True):
            if own is None:  # a method of the class
                delattr(thing, name)
            else:
                setattr(thing, name, own)

    def _timed(self, share, method):
        def call(*args):
            self.calls[share].append(args)
            start = time.perf_counter()
            result = method(*args)
            self.seconds[share] += time.perf_counter() - start
            return result

        return call


def compare_sampling(windows, n_samples, n_repeats):
    """Return the seconds of ``sample`` and of the generator's forward passes alone.

    Returns
    -------
    found : dict
        ``ratio``, the median over the repeats of sample / forward; ``with_decoding``, of sample / (forward and decoding
        to scores); ``sample_seconds`` and ``forward_seconds``, medians; ``windows_per_second``; ``shares`` of the parts
        in a run of ``sample``.
    """
    sampler = TransformerGANSampler(max_iter=5, device="cpu", random_state=0).fit(windows)
    sampler.sample(n_samples, random_state=0)
    shares, watched = _watch_sample(sampler, n_samples)
    generator, render = sampler.net_.average_, sampler.net_.render
    noise = shares.calls["forward"]
    residuals = [residual for _, residual in shares.calls["decode"]]

    @torch.no_grad()
    def forward():
        return [generator(*args) for args in noise]

    @torch.no_grad()
    def forward_and_decode():
        return [render(generator(*a), r) for a, r in zip(noise, residuals, strict=True)]

    sample = []
    bare = {"forward": [], "decoded": []}
    for _ in range(n_repeats):
        sample.append(_seconds(lambda: sampler.sample(n_samples, random_state=0)))
        bare["forward"].append(_seconds(forward))
        bare["decoded"].append(_seconds(forward_and_decode))
    return {
        "ratio": _median_ratio(sample, bare["forward"]),
        "with_decoding": _median_ratio(sample, bare["decoded"]),
        "sample_seconds": statistics.median(sample),
        "forward_seconds": statistics.median(bare["forward"]),
        "windows_per_second": n_samples / statistics.median(sample),
        "shares": {name: value / watched for name, value in shares.seconds.items()}
        | {"rest": 1 - sum(shares.seconds.values()) / watched},
    }


def _watch_sample(sampler, n_samples):
    """Return the shares of a run of ``sample``, and its seconds."""
    methods = {
        "noise": (sampler, "_noise"),
        "forward": (sampler.net_.average_, "forward"),
        "decode": (sampler.net_, "render"),
        "inverse scaling": (sampler.scaler_, "inverse_transform"),
    }
    with Shares(methods) as shares:
        return shares, _seconds(lambda: sampler.sample(n_samples, random_state=0))


def _seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _median_ratio(upper, lower):
    return statistics.median(a / b for a, b in zip(upper, lower, strict=True))


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
            embedding_size=8, depth=1, max_iter=5, device="cpu", random_state=0
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


def _verdict(part, ratio):
    return f"{ratio:.3f} (target {TARGETS[part]}: {'met' if ratio <= TARGETS[part] else 'missed'})"


def _report_training(found):
    print(
        f"training: {found['estimator_ms']:.2f} ms an update by the estimator, {found['by_hand_ms']:.2f} by hand\n"
        f"  ratio {_verdict('training', found['ratio'])}, repeats {', '.join(f'{r:.3f}' for r in found['ratios'])}\n"
        f"  of processor time: {found['processor_ratio']:.3f}\n"
        f"  largest difference of the final weights: {found['largest_difference']:.1e}\n"
        f"  fit besides the steps: {found['besides_seconds']:.2f} s"
    )


def _report_sampling(found):
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found["shares"].items())
    print(
        f"sampling: {found['sample_seconds']:.3f} s, {found['windows_per_second']:,.0f} windows/s; "
        f"forward alone {found['forward_seconds']:.3f} s\n"
        f"  ratio {_verdict('sampling', found['ratio'])}; to forward and decoding {found['with_decoding']:.3f}\n"
        f"  shares of sample: {shares}"
    )


def _report_memory(found):
    for name, one in found.items():
        print(f"memory, {name}: last peak / peak at 100,000 {_verdict('memory', one['ratio'])}")
        for row in one["rows"]:
            print(
                f"  {row['n_windows']:>12,} windows: {row['resident']:7.1f} MiB resident, "
                f"{row['peak']:7.1f} peak, {row['seconds']:7.1f} s"
            )


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", metavar="DIR", help="holds stock_data.csv; else a random walk of its size")
    add("--part", default=",".join(PARTS), help="some of training,sampling,memory")
    add("--updates", type=int, default=300, help="of a training run (300)")
    add("--samples", type=int, default=100_000, help="windows to sample (100,000)")
    add("--n", type=int, default=10_000_000, help="windows to iterate over (10,000,000)")
    add("--repeats", type=int, default=5, help="of each comparison (5)")
    add(
        "--threads",
        type=int,
        default=1,
        help="of torch, OpenMP and BLAS (1: small networks train on one)",
    )
    add(
        "--quick",
        action="store_true",
        help="a tenth of the updates and samples, a million to iterate",
    )
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def main(argv=None):
    """Print what each part finds; return it as it is written to JSON."""
    arguments = make_parser().parse_args(argv)
    parts = arguments.part.split(",")
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise SystemExit(f"--part {unknown[0]}: not one of {', '.join(PARTS)}")
    if arguments.quick:
        arguments.updates, arguments.samples = arguments.updates // 10, arguments.samples // 10
        arguments.n = min(arguments.n, 1_000_000)
    found = {"threads": arguments.threads, "torch": torch.__version__}
    with limited_threads(arguments.threads):
        windows = load_windows(arguments.data)
        if "training" in parts:
            found["training"] = compare_training(windows, arguments.updates, arguments.repeats)
            _report_training(found["training"])
        if "sampling" in parts:
            found["sampling"] = compare_sampling(windows, arguments.samples, arguments.repeats)
            _report_sampling(found["sampling"])
    if "memory" in parts:
        found["memory"] = compare_memory(arguments.n, arguments.threads)
        _report_memory(found["memory"])
    if arguments.output is not None:
        arguments.output.write_text(json.dumps(found, indent=1))
    return found


if __name__ == "__main__":
    main()
