"""Do prompts get what they ask for? One table, a row for each kind of prompt.

usage: python -m benchmarks.windows.prompts --data DIR --dataset etth1 --window 24 --model copula

Columns
-------
closest       prompts whose windows are closest to their own real period, by KL divergence of normals in so many
              principal components (2 for months and half months, 10 for hours, which two do not tell apart); in
              brackets the same for real windows, one half of the blocks of time against the other
folds         accuracy of a classifier of periods on held-out real windows and on generated ones; the sampler saw all
unseen        the same where the classifier learned from every other block of time and the sampler from the rest, on
              real windows of that rest and on generated ones: both are as new to the classifier
GRU           discriminative score of as many windows as were fitted on, without a prompt: fitted with timestamps, and
              without
nn ratio      nearest-neighbour ratio of the samplers that learned from half of the blocks, against the other half
"""

import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, write_json
from benchmarks.windows._data import FILES, deal_blocks, index_by_date
from sktsgan import CopulaSampler, TransformerGANSampler, Windowizer
from sktsgan.metrics import discriminative_score, nearest_neighbor_ratio, prompt_fidelity

FIELDS = {"month": ("month",), "half-month": ("month", "half_month"), "hour": ("hour",)}
_COMPONENTS = {"month": 2, "half-month": 2, "hour": 10}
_BLOCK = 3  # windows' lengths
_COLUMNS = [
    ("prompt", 0, lambda row: row["field"]),
    ("components", 0, lambda row: str(row["components"])),
    ("closest (real)", 0, lambda row: "{closest} ({real_closest}) of {n_values}".format(**row)),
    ("folds: real / generated", 0, lambda row: "{:.3f} / {:.3f}".format(*row["folds"])),
    ("unseen: real / generated", 0, lambda row: "{:.3f} / {:.3f}".format(*row["unseen"])),
]


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=2, markdown=False)
    add = parser.add_argument
    add("--data", required=True, type=Path, metavar="DIR", help="where the CSV files are")
    add("--dataset", choices=sorted(FILES), default="etth1", help="one with dates (etth1)")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--model", choices=("copula", "transformer"), default="copula", help="the sampler (copula)")
    add("--max-iter", type=count, default=3000, help="updates of the transformer (3000)")
    add("--field", nargs="+", choices=sorted(FIELDS), default=list(FIELDS), help="kinds of prompts")
    add("--samples", type=count, default=500, help="windows made for each prompt (500)")
    add("--max-samples", type=count, default=4000, help="windows a classifier learns from (4000)")
    add("--cv", type=count, default=3, help="folds of the classifier, at least 3 (3)")
    add("--fits", type=int, default=5, help="GRU judges (5); 0 skips them")
    add("--seed", type=int, default=0, help="of everything (0)")
    return parser.parse_args(argv)


def load(directory, dataset, window):
    """Return windows in the order of time, and their starts."""
    frame = index_by_date(pd.read_csv(directory / FILES[dataset]))
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise SystemExit(f"--dataset {dataset} has no column of dates")
    windowizer = Windowizer(window)
    windows = windowizer.fit_transform(frame)
    return windows.copy(), windowizer.window_starts(frame)


def make_sampler(arguments):
    """Return the unfitted sampler."""
    if arguments.model == "copula":
        return CopulaSampler(random_state=arguments.seed)
    return TransformerGANSampler(max_iter=arguments.max_iter, random_state=arguments.seed)


def measure(arguments, field, windows, starts, sampler, half):
    """Return the fidelity of a sampler of all windows, and of one of half of them, for one kind of prompt."""
    options = {
        "field": FIELDS[field],
        "n_samples": arguments.samples,
        "max_samples": arguments.max_samples,
        "n_components": _COMPONENTS[field],
        "cv": arguments.cv,
        "random_state": arguments.seed,
    }
    whole = prompt_fidelity(sampler, windows, timestamps=starts, **options)
    sampler, rows, unseen = half
    fair = prompt_fidelity(
        sampler, windows[rows], timestamps=starts[rows], unseen=unseen, **options
    )
    return {
        "field": field,
        "n_values": len(whole.field_values),
        "components": _COMPONENTS[field],
        "closest": int(whole.closest.sum()),
        "real_closest": int(whole.real_closest.sum()),
        "folds": [whole.real_accuracy, whole.generated_accuracy],
        "unseen": [fair.real_accuracy, fair.generated_accuracy],
        "divergences": whole.divergences.tolist(),
    }


def fit_half(arguments, windows, starts):
    """Return a sampler of every other block of time, the rows of all blocks, and which of them it did not see."""
    seen, unseen = deal_blocks(len(windows), arguments.window, _BLOCK, 2, True)
    sampler = make_sampler(arguments).fit(windows[seen], timestamps=starts[seen])
    rows = np.sort(np.concatenate([seen, unseen]))
    return sampler, rows, np.isin(rows, unseen)


def score_unprompted(arguments, windows, sampler):
    """Return the GRU score of a sampler fitted with timestamps and of one fitted without."""
    if not arguments.fits:
        return [np.nan, np.nan]
    plain = make_sampler(arguments).fit(windows)
    return [
        discriminative_score(
            windows,
            model.sample(len(windows), random_state=arguments.seed),
            n_fits=arguments.fits,
            random_state=arguments.seed,
        )
        for model in (sampler, plain)
    ]


def compare_neighbors(arguments, windows, half):
    """Return the nearest-neighbour ratio of samplers of half of the blocks, with timestamps and without."""
    sampler, rows, unseen = half
    train, held_out = windows[rows[~unseen]], windows[rows[unseen]]
    return [
        nearest_neighbor_ratio(
            train, held_out, model.sample(3000, random_state=arguments.seed), random_state=0
        )
        for model in (sampler, make_sampler(arguments).fit(train))
    ]


def main(argv=None):
    """Print the table; return what was measured."""
    arguments = read_options(argv)
    table = Table(_COLUMNS, markdown=True)
    with limited_threads(arguments.threads):
        windows, starts = load(arguments.data, arguments.dataset, arguments.window)
        begin = time.perf_counter()
        sampler = make_sampler(arguments).fit(windows, timestamps=starts)
        results = {"fit_seconds": time.perf_counter() - begin, "rows": []}
        half = fit_half(arguments, windows, starts)
        print(f"{arguments.model}, {len(windows)} windows of {windows.shape[1:]}\n")
        print(table.header(), flush=True)
        for field in arguments.field:
            results["rows"].append(measure(arguments, field, windows, starts, sampler, half))
            print(table.line(results["rows"][-1]), flush=True)
        results["gru"] = score_unprompted(arguments, windows, sampler)
        results["neighbors"] = compare_neighbors(arguments, windows, half)
    form = "{}: {:.4f} fitted with timestamps, {:.4f} without"
    print("\n" + form.format("GRU without a prompt", *results["gru"]))
    print(form.format("nn ratio", *results["neighbors"]))
    print(f"fit with timestamps: {results['fit_seconds']:.1f} s")
    write_json(arguments.output, results)
    return results


if __name__ == "__main__":
    main()
