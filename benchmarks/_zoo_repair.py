"""The zoo's repair: what fills holes best, and how often it does worse than a plain Gaussian or a straight line.

Models are fitted on the first 70 % of time and fill holes in windows of the last 20 %, every 24th. A cell gives the
mean absolute error of the mean of ten draws at the holes, in standard deviations of the channel in training, and in
brackets the coverage: the share of values inside the central 80 % of the draws. Both are means over seeds.

Holes: 30 % at random, a block of a third of the steps, a channel, the last quarter of the steps, and every second step.

The last table: each model's error over the plain Gaussian's (geometric mean), in how many rows, which are pairs of a
data set and a kind of holes, the ratio is above 1.03 and the error above linear interpolation's, and in how many rows
the coverage is within .70 to .90. Every second step counts apart.
"""

from functools import partial

import numpy as np
from _repairers import N_DRAWS, REPAIRERS
from _zoo_data import read_series
from _zoo_models import OWN, make_model
from repair import add_ranks, format_table, run_method, split

__all__ = ["METHODS", "REPAIRED", "run_repair"]

METHODS = ("linear", "knn", "gaussian", "iterative", "saits", *OWN)
REPAIRED = ("nox", "elecdemand", "daphnet", "nyc_ewr", "glucose", "eustocks", "seattle")
KINDS = ("30 %", "block", "channel", "last")
_REGULAR = "alternate"
_SAITS_SECONDS = 240


def fit_own(name, changes, seed, train):
    """Return what fills by ten draws of ``impute`` of a row of the zoo."""
    sampler = make_model(name, seed, changes).fit(train)
    return lambda windows: sampler.impute(windows, n_draws=N_DRAWS, random_state=seed)


def run_repair(arguments):
    """Print a table a data set and one of comparisons; return what was measured, a dict a data set."""
    tables, kinds = [], [*KINDS, _REGULAR]
    for dataset in arguments.dataset:
        series = read_series(arguments.data, dataset, arguments.max_rows)
        train, test = split(series, arguments.window, arguments.window)
        rows = [_mean_row(model, train, test, kinds, arguments) for model in arguments.model]
        add_ranks(rows, kinds)
        tables.append({"dataset": dataset, "rows": rows})
        print(f"\n{dataset}: {len(train):,} windows to fit on, {len(test)} with holes\n")
        print(format_table(rows, kinds, arguments.markdown), flush=True)
        arguments.keep(tables)
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
    """Yield a line for each model that says how it does beside the plain Gaussian and linear interpolation."""
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
            text += f" above linear in {sum(errors[method] > errors['linear'])};"
        coverages = [one["coverage"] for one in found[method]]
        if None not in coverages:
            inside = sum(0.7 <= coverage <= 0.9 for coverage in coverages)
            text += f" coverage {np.mean(coverages):.2f}, within .70 to .90 in {inside}"
        yield text.rstrip(":;")
