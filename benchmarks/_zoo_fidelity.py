"""The zoo's table of likeness and memory: what a row fits, and how it reads."""

import time

import numpy as np
from _table import join_cells, join_titles, mean, score
from _zoo_data import load_blocks
from _zoo_judges import gap_to_curve, judge
from _zoo_models import CURVE, make_model

__all__ = ["run_fidelity"]


def run_fidelity(arguments):
    """Print a table a data set and one of means; return what was measured, a dict a data set."""
    tables = []
    for dataset in arguments.dataset:
        blocks = load_blocks(arguments.data, dataset, arguments.window, arguments.max_rows)
        sizes = " + ".join(f"{len(w):,}" for w in (blocks.first, blocks.second))
        print(
            f"\n{dataset}: {len(blocks.train):,} windows of {blocks.train.shape[1:]} to fit on, {sizes} to judge by\n"
        )
        print(join_titles(_COLUMNS, markdown=arguments.markdown), flush=True)
        rows = []
        for model in arguments.model:
            row = measure(model, blocks, arguments)
            rows.append(row)
            _add_gaps(row, rows)
            print(join_cells(_COLUMNS, row, markdown=arguments.markdown), flush=True)
        tables.append({"dataset": dataset, "rows": rows})
        arguments.keep(tables)
    if len(tables) > 1:
        _print_means(tables, arguments)
    return tables


def measure(model, blocks, arguments):
    """Return the scores and the CPU seconds of a row, seed by seed; as many windows are made as were fitted on."""
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
    """Add to each fit its c2 less that of the curve at the same mia, where all points of the curve are known."""
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
    ("c2 − curve", 12, _gap),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
]


def _print_means(tables, arguments):
    """Print the mean over the data sets of each model, and on how many it lies below the curve."""
    print(
        f"\nmeans of {len(tables)} data sets; the last column: on how many c2 is below the curve\n"
    )
    columns = [*_COLUMNS, ("below", 6, lambda row: row["below"])]
    print(join_titles(columns, markdown=arguments.markdown))
    for i, model in enumerate(arguments.model):
        of_model = [table["rows"][i]["fits"] for table in tables]
        gaps = [np.mean([fit["gap"] for fit in fits]) for fits in of_model if "gap" in fits[0]]
        below = f"{sum(gap < 0 for gap in gaps)}" if gaps else "–"
        fits = [
            {name: np.mean([fits[seed][name] for fits in of_model]) for name in of_model[0][seed]}
            for seed in range(arguments.seeds)
        ]
        row = {"label": model, "fits": fits, "below": below}
        print(join_cells(columns, row, markdown=arguments.markdown), flush=True)
