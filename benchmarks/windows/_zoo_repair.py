"""Repair: how well holes are filled, and how often worse than by a plain Gaussian or a straight line.

Models are fitted on the first 70 % of time and fill holes in windows of the last 20 %, which do not overlap. A cell
gives the mean absolute error of the mean of ten draws at the holes, in standard deviations of the channel in training,
and in brackets the coverage: the share of values inside the central 80 % of the draws. Both are means over seeds.

Holes: 30 % at random, a block of a third of the steps, a channel, the last quarter of the steps, and every second step.

The last lines compare each model with the plain Gaussian and with linear interpolation over all rows, which are pairs
of a data set and a kind of holes: the geometric mean of its error over the Gaussian's, in how many rows this ratio is
above 1.03, in how many its error is above that of linear interpolation, and in how many its coverage is within .70 to
.90. Every second step is counted by itself.
"""

from functools import partial

import numpy as np

from benchmarks._common._results import write_json
from benchmarks.windows._repairers import N_DRAWS, REPAIRERS
from benchmarks.windows._zoo_data import read_series
from benchmarks.windows._zoo_models import OWN, make_model
from benchmarks.windows.repair import add_ranks, format_results, run_method, split

__all__ = ["METHODS", "REPAIRED", "run_repair"]

METHODS = ("linear", "knn", "gaussian", "iterative", "saits", *OWN)
REPAIRED = ("nox", "elecdemand", "daphnet", "nyc_ewr", "glucose", "eustocks", "seattle")
KINDS = ("30 %", "block", "channel", "last")
_REGULAR = "alternate"
_SAITS_SECONDS = 240
_ROUNDING = 1 + 1e-9


def fit_own(name, changes, seed, train):
    """Return a function that fills windows by ten draws of ``impute``."""
    sampler = make_model(name, seed, changes).fit(train)
    return lambda windows: sampler.impute(windows, n_draws=N_DRAWS, random_state=seed)


def run_repair(arguments):
    """Print a table for each data set and the comparisons; return what was measured, a dict for each data set."""
    tables, kinds = [], [*KINDS, _REGULAR]
    for dataset in arguments.dataset:
        series = read_series(arguments.data, dataset, arguments.max_rows)
        train, test = split(series, arguments.window, arguments.window)
        rows = [_mean_row(model, train, test, kinds, arguments) for model in arguments.model]
        add_ranks(rows, kinds)
        tables.append({"dataset": dataset, "rows": rows})
        print(f"\n{dataset}: {len(train):,} windows to fit on, {len(test)} with holes\n")
        print(format_results(rows, kinds, arguments.markdown), flush=True)
        write_json(arguments.output, tables)  # after every table: what is done is kept
    print("\n" + "\n".join(compare(tables, KINDS)))
    print("\nevery second step\n" + "\n".join(compare(tables, [_REGULAR])))
    return tables


def _mean_row(model, train, test, kinds, arguments):
    """Return the means over seeds of errors, coverages and seconds."""
    rows = []
    for seed in range(arguments.seeds):
        if model in OWN:
            fit = partial(fit_own, model, dict(arguments.set), seed)
        else:
            fit = partial(REPAIRERS[model], seconds=_SAITS_SECONDS)
        rows.append(run_method(model, train, test, kinds, fit, seed))
    mean = {
        name: float(np.mean([row[name] for row in rows]))
        for name in ("fit_seconds", "fill_seconds")
    }
    holes = {kind: _mean_holes([row["holes"][kind] for row in rows]) for kind in kinds}
    return {"method": model, "holes": holes} | mean


def _mean_holes(results):
    draws = results[0]["coverage"] is not None
    return {
        "error": float(np.mean([found["error"] for found in results])),
        "coverage": float(np.mean([found["coverage"] for found in results])) if draws else None,
    }


def compare(tables, kinds):
    """Yield, for each model, a line that compares it with the plain Gaussian and with linear interpolation."""
    methods = [row["method"] for row in tables[0]["rows"]]
    found = {
        method: [table["rows"][i]["holes"][kind] for table in tables for kind in kinds]
        for i, method in enumerate(methods)
    }
    errors = {method: np.array([one["error"] for one in found[method]]) for method in methods}
    for method in methods:
        text = f"{method}, {len(errors[method])} rows:"
        if "gaussian" in methods and method != "gaussian":
            ratios = errors[method] / errors["gaussian"]
            mean, worse = np.exp(np.log(ratios).mean()), sum(ratios > 1.03)
            text += f" {mean:.3f} × the Gaussian's error, above 1.03 × in {worse};"
        if "linear" in methods and method != "linear":
            above = errors[method] > _ROUNDING * errors["linear"]
            text += f" above linear in {sum(above)};"
        coverages = [one["coverage"] for one in found[method]]
        if None not in coverages:
            inside = sum(0.7 <= coverage <= 0.9 for coverage in coverages)
            text += f" coverage {np.mean(coverages):.2f}, within .70 to .90 in {inside}"
        yield text.rstrip(":;")
