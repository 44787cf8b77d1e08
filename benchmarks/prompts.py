"""Do prompts get what they ask for? One table, a row for each kind of prompt.

usage: python benchmarks/prompts.py --data DIR --dataset etth1 --window 24 --model copula

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

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from _data import FILES, deal_blocks
from _options import count
from _processes import limited_threads

from sktsgan import CopulaSampler, TransformerGANSampler, Windowizer
from sktsgan.metrics import discriminative_score, nearest_neighbor_ratio, prompt_fidelity

FIELDS = {"month": ("month",), "half-month": ("month", "half_month"), "hour": ("hour",)}
_COMPONENTS = {"month": 2, "half-month": 2, "hour": 10}
_BLOCK = 3  # windows' lengths


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
    add("--threads", type=count, default=2, help="of torch, OpenMP and BLAS (2)")
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def load(directory, dataset, window):
    """Return windows in the order of time, and their starts."""
    frame = pd.read_csv(directory / FILES[dataset])
    dates = [column for column in ("date", "Date") if column in frame]
    if not dates:
        raise SystemExit(f"--dataset {dataset} has no column of dates")
    frame[dates[0]] = pd.to_datetime(frame[dates[0]])
    frame = frame.set_index(dates[0]).select_dtypes("number")
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


def format_row(row):
    """Return a row of the Markdown table."""
    pairs = (f"{real:.3f} / {made:.3f}" for real, made in (row["folds"], row["unseen"]))
    closest = f"{row['closest']} ({row['real_closest']}) of {row['n_values']}"
    return f"| {row['field']} | {row['components']} | {closest} | " + " | ".join(pairs) + " |"


def main(argv=None):
    """Print the table; return what was measured."""
    arguments = make_parser().parse_args(argv)
    with limited_threads(arguments.threads):
        windows, starts = load(arguments.data, arguments.dataset, arguments.window)
        begin = time.perf_counter()
        sampler = make_sampler(arguments).fit(windows, timestamps=starts)
        results = {"fit_seconds": time.perf_counter() - begin, "rows": []}
        half = fit_half(arguments, windows, starts)
        print(f"{arguments.model}, {len(windows)} windows of {windows.shape[1:]}\n")
        print(
            "| prompt | components | closest (real) | folds: real / generated | unseen: real / generated |"
        )
        print("|---|---|---|---|---|", flush=True)
        for field in arguments.field:
            results["rows"].append(measure(arguments, field, windows, starts, sampler, half))
            print(format_row(results["rows"][-1]), flush=True)
        results["gru"] = score_unprompted(arguments, windows, sampler)
        print(
            "\nGRU without a prompt: {:.4f} fitted with timestamps, {:.4f} without".format(
                *results["gru"]
            )
        )
        results["neighbors"] = compare_neighbors(arguments, windows, half)
        print(
            "nn ratio: {:.3f} fitted with timestamps, {:.3f} without".format(*results["neighbors"])
        )
        print(f"fit with timestamps: {results['fit_seconds']:.1f} s", flush=True)
    if arguments.output is not None:
        arguments.output.write_text(json.dumps(results, indent=1))
    return results


if __name__ == "__main__":
    main()
