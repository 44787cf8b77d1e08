"""Prompts: do generated windows show the month, weekday or hour that they were asked for?

Samplers are fitted on the windows of every other week. From real windows of the remaining weeks, gradient boosting
learns in which month, weekday or hour a window begins (flat windows and first differences). It is tested on the real
windows of the sampler's weeks and on windows that the sampler made for each value; it has seen neither. Accuracies are
means over values; the generated one is best if it equals the real one. Whole series are used; the file nox.csv, which
has no dates, gets hourly ones.
"""

import time

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._data import deal_blocks
from benchmarks.windows._zoo_data import read_frame
from benchmarks.windows._zoo_models import make_model
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
_LEARNED = 3000  # windows that the boosting learns from
_ROUNDS = 40  # of the boosting, each a tree for every value


def run_prompts(arguments):
    """Print a row for each kind of prompt and model; return what was measured, a dict for each data set."""
    table, tables = Table(_COLUMNS, markdown=arguments.markdown), []
    print(table.header(), flush=True)
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
                print(table.line(row), flush=True)
        tables.append({"dataset": dataset, "rows": rows})
        write_json(arguments.output, tables)  # after every data set: what is done is kept
    return tables


def deal_weeks(dataset, frame, window):
    """Return the windows that lie within a week, their starts, and whether their week is held out."""
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
