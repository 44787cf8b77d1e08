"""The zoo's prompts: do generated windows show the month, weekday or hour that they were asked for?

Weeks are dealt in turn. Samplers are fitted on the windows of every other week; gradient boosting learns from real
windows of the other weeks what month, weekday or hour a window begins in, from flat windows and first differences. It
is asked about the real windows of the sampler's weeks and about windows that the sampler made for each value: both are
as new to it. Accuracies are means over values; the best generated one is the real one. Whole series are taken, and
dates made up by the hour where a file has none.
"""

import time

import numpy as np
import pandas as pd
from _data import deal_blocks
from _table import join_cells, join_titles, mean, score
from _zoo_data import read_frame
from _zoo_models import make_model
from sklearn.ensemble import HistGradientBoostingClassifier

from sktsgan import Windowizer
from sktsgan.metrics import prompt_fidelity

__all__ = ["FIELDS", "run_prompts"]

FIELDS = {
    "etth1": ("month", "weekday", "hour"),
    "nyc_ewr": ("month", "weekday", "hour"),
    "energy": ("month", "weekday", "hour"),
    "elecdemand": ("weekday", "hour"),
    "nox": ("weekday", "hour"),
}
_LEARNED = 3000  # windows
_ROUNDS = 40  # of the boosting, a tree a value each


def run_prompts(arguments):
    """Print a row a kind of prompt and model; return what was measured, a dict a data set."""
    tables = []
    print(join_titles(_COLUMNS, markdown=arguments.markdown), flush=True)
    for dataset in arguments.dataset:
        frame = read_frame(arguments.data, dataset)
        windows, starts, unseen = deal_weeks(dataset, frame, arguments.window)
        rows = []
        for model in arguments.model:
            fitted = [
                _fit(model, seed, windows[~unseen], starts[~unseen], arguments)
                for seed in range(arguments.seeds)
            ]
            for field in FIELDS.get(dataset, ("weekday", "hour")):
                row = {"dataset": dataset, "field": field, "label": model, "fits": []}
                for seed, (sampler, seconds) in enumerate(fitted):
                    judged = _judge(sampler, windows, starts, unseen, field, seed, arguments)
                    row["fits"].append(judged | {"seconds": seconds})
                rows.append(row)
                print(join_cells(_COLUMNS, row, markdown=arguments.markdown), flush=True)
        tables.append({"dataset": dataset, "rows": rows})
        arguments.keep(tables)
    return tables


def deal_weeks(dataset, frame, window):
    """Return the windows that lie within a week, their starts, and whether they are of the weeks held out."""
    if not isinstance(frame.index, pd.DatetimeIndex):
        raise SystemExit(f"--dataset {dataset} has no column of dates")
    step = pd.Series(frame.index).diff().mode()[0]
    n_windows = len(frame) - window + 1
    length = max(round(pd.Timedelta(days=7) / step / window), 1)
    seen, unseen = deal_blocks(n_windows, window, length, 2, True)
    rows = np.sort(np.concatenate([seen, unseen]))
    windows = Windowizer(window).fit_transform(frame.to_numpy(dtype=float))
    return windows[rows], frame.index[rows], np.isin(rows, unseen)


def _fit(model, seed, windows, starts, arguments):
    start = time.process_time()
    sampler = make_model(model, seed, dict(arguments.set)).fit(windows, timestamps=starts)
    return sampler, time.process_time() - start


def _judge(sampler, windows, starts, unseen, field, seed, arguments):
    found = prompt_fidelity(
        sampler,
        windows,
        field=field,
        timestamps=starts,
        unseen=unseen,
        n_samples=arguments.samples,
        max_samples=_LEARNED,
        classifier=HistGradientBoostingClassifier(max_iter=_ROUNDS),
        random_state=seed,
    )
    real, made = found.real_accuracy, found.generated_accuracy
    return {"real": real, "generated": made, "difference": abs(made - real)}


_COLUMNS = [
    ("data set", 11, lambda row: row["dataset"]),
    ("prompt", 8, lambda row: row["field"]),
    ("model", 6, lambda row: row["label"]),
    ("real", 12, lambda row: score(row, "real", worst=min)),
    ("generated", 12, lambda row: score(row, "generated", worst=min)),
    ("difference", 12, lambda row: score(row, "difference")),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
]
