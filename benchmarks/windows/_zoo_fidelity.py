"""The table of likeness and memory: what a row fits, and how it reads."""

import time

import numpy as np

from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._zoo_data import load_blocks
from benchmarks.windows._zoo_judges import gap_to_curve, judge
from benchmarks.windows._zoo_models import CURVE, make_model

__all__ = ["run_fidelity"]


def run_fidelity(arguments):
    """Print a table for each data set and one of means; return what was measured, a dict for each data set."""
    table, tables = Table(_COLUMNS, markdown=arguments.markdown), []
    for dataset in arguments.dataset:
        blocks = load_blocks(arguments.data, dataset, arguments.window, arguments.max_rows)
        sizes = " + ".join(f"{len(w):,}" for w in (blocks.first, blocks.second))
        print(
            f"\n{dataset}: {len(blocks.train):,} windows of {blocks.train.shape[1:]} to fit on, {sizes} to judge by\n"
        )
        print(table.header(), flush=True)
        rows = []
        for model in arguments.model:
            row = measure(model, blocks, arguments)
            rows.append(row)
            _add_gaps(row, rows)
            print(table.line(row), flush=True)
        tables.append({"dataset": dataset, "rows": rows})
        write_json(arguments.output, tables)  # after every table: what is done is kept
    if len(tables) > 1:
        _print_means(tables, arguments)
    return tables


def measure(model, blocks, arguments):
    """Return the scores and the CPU seconds of a row for each seed; it makes as many windows as it was fitted on."""
    row = {"label": model, "fits": []}
    for seed in range(arguments.seeds):
        if model == "real":
            fit, synthetic = {}, blocks.train
        else:
            start = time.process_time()
            sampler = make_model(model, seed, dict(arguments.set)).fit(blocks.train)
            synthetic = sampler.sample(len(blocks.train), random_state=seed)
            fit = {"seconds": time.process_time() - start}
        row["fits"].append(fit | judge(blocks, synthetic, seed))
    return row


def _add_gaps(row, rows):
    """Add to each fit its c2 less that of the curve at the same mia, if all points of the curve are known."""
    known = {other["label"]: other for other in rows}
    if row["label"] in CURVE or row["label"] == "real" or not known.keys() >= set(CURVE):
        return
    curve = [
        tuple(np.mean([fit[score] for fit in known[name]["fits"]]) for score in ("mia", "c2"))
        for name in CURVE
    ]
    for fit in row["fits"]:
        fit["gap"] = gap_to_curve(curve, fit["mia"], fit["c2"])


def _gap(row):
    values = [fit.get("gap") for fit in row["fits"]]
    return "–" if None in values else f"{np.mean(values):+.3f}"


_COLUMNS = [
    ("model", 12, lambda row: row["label"]),
    ("c2", 14, lambda row: score(row, "c2")),
    ("rk", 14, lambda row: score(row, "rk")),
    ("mia", 14, lambda row: score(row, "mia")),
    ("nn", 14, lambda row: score(row, "nn", worst=min)),
    ("KL", 14, lambda row: score(row, "kl")),
    ("c2 − curve", 12, _gap),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
]


def _print_means(tables, arguments):
    """Print the mean over the data sets of each model, and on how many of them it lies below the curve."""
    print(
        f"\nmeans of {len(tables)} data sets; the last column: on how many c2 is below the curve\n"
    )
    columns = [*_COLUMNS, ("below", 6, lambda row: row["below"])]
    table = Table(columns, markdown=arguments.markdown)
    print(table.header())
    for i, model in enumerate(arguments.model):
        of_model = [found["rows"][i]["fits"] for found in tables]
        gaps = [np.mean([fit["gap"] for fit in fits]) for fits in of_model if "gap" in fits[0]]
        below = f"{sum(gap < 0 for gap in gaps)}" if gaps else "–"
        fits = [
            {name: np.mean([fits[seed][name] for fits in of_model]) for name in of_model[0][seed]}
            for seed in range(arguments.seeds)
        ]
        row = {"label": model, "fits": fits, "below": below}
        print(table.line(row), flush=True)
