"""How well log-densities of windows find faults, beside the detectors of scikit-learn.

usage: python -m benchmarks.windows.anomalies --data DIR --dataset daphnet,nox --seeds 3 --markdown

Detectors are fitted on the windows of the even blocks of zoo.py, and score every fourth window of the odd ones: as it
is, and with a fault in one channel. A cell is the area under the ROC curve (1 is best, .5 is chance), mean over seeds
and, in brackets, the worst. The data set "kdd" is series 135 of the UCR anomaly archive, as aeon ships it (it must be
installed): of its windows, those that touch the labelled beat are to be found. The other labelled series of aeon,
Daphnet_S06R02E0, has no anomaly in it.

spike   3 standard deviations of the channel at one step
offset  1 standard deviation at all steps
flat    a value stays, from a step of the first half to the end
noise   white noise of half a standard deviation
scale   2.5 times the deviations from the mean of the window
rev     the order of steps is reversed
drift   a line that rises by 1.5 standard deviations

neighbors  NeighborSampler.score_samples
forest     IsolationForest, lof LocalOutlierFactor(novelty=True), of flat standardised windows
"""

import time
from importlib.resources import files

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._zoo_data import load_blocks
from sktsgan import NeighborSampler

_EVERY = 4  # window of the odd blocks


def _at_one_step(window, size, rng):
    window[rng.integers(len(window))] += 3 * size * rng.choice([-1, 1])
    return window


def _held(window, size, rng):
    start = rng.integers(max(len(window) // 2, 1))
    window[start:] = window[start]
    return window


FAULTS = {
    "spike": _at_one_step,
    "offset": lambda x, size, rng: x + size * rng.choice([-1, 1]),
    "flat": _held,
    "noise": lambda x, size, rng: x + rng.normal(scale=size / 2, size=len(x)),
    "scale": lambda x, size, rng: x.mean() + 2.5 * (x - x.mean()),
    "rev": lambda x, size, rng: x[::-1],
    "drift": lambda x, size, rng: x + np.linspace(0, 1.5 * size, len(x)),
}


def _flat(detector):
    return make_pipeline(
        FunctionTransformer(lambda X: X.reshape(len(X), -1)), StandardScaler(), detector
    )


DETECTORS = {
    "neighbors": lambda seed: NeighborSampler(random_state=seed),
    "forest": lambda seed: _flat(IsolationForest(random_state=seed)),
    "lof": lambda seed: _flat(LocalOutlierFactor(novelty=True)),
}


def damage(windows, fault, sizes, rng):
    """Return copies of windows with a fault in one channel each, drawn at random."""
    windows = windows.copy()
    for window in windows:
        channel = rng.integers(windows.shape[2])
        window[:, channel] = FAULTS[fault](window[:, channel].copy(), sizes[channel], rng)
    return windows


def _load_labelled(window):
    folder = files("aeon").joinpath("datasets", "data", "KDD-TSAD_135")
    train, test = (
        pd.read_csv(folder.joinpath(f"135_UCR_Anomaly_InternalBleeding16_{part}.csv"))
        for part in ("TRAIN", "TEST")
    )
    train, test, labels = (
        np.lib.stride_tricks.sliding_window_view(column.to_numpy(float), window)
        for column in (train["value"], test["value"], test["is_anomaly"])
    )
    touched = labels.any(axis=1)
    return train[..., None], test[~touched, :, None], {"labelled": test[touched, :, None]}


def load(name, arguments, seed):
    """Return windows to fit on, usual ones, and by fault unusual ones."""
    if name == "kdd":
        return _load_labelled(arguments.window)
    blocks = load_blocks(arguments.data, name, arguments.window, arguments.max_rows)
    usual, rng = (
        np.concatenate([blocks.first, blocks.second])[::_EVERY],
        np.random.default_rng(seed),
    )
    sizes = blocks.train.std(axis=(0, 1))
    return blocks.train, usual, {fault: damage(usual, fault, sizes, rng) for fault in FAULTS}


def measure(name, detector, arguments):
    """Return the areas under the ROC curves of a detector on a data set, for each seed."""
    row = {"dataset": name, "label": detector, "fits": []}
    for seed in range(arguments.seeds):
        train, usual, unusual = load(name, arguments, seed)
        start = time.process_time()
        fitted = DETECTORS[detector](seed).fit(train)
        known = fitted.score_samples(usual)
        seconds = time.process_time() - start
        areas = {}
        for fault, windows in unusual.items():
            scores = np.concatenate([known, fitted.score_samples(windows)])
            areas[fault] = roc_auc_score(np.arange(len(scores)) < len(known), scores)
        row["fits"].append({"mean": np.mean(list(areas.values())), "seconds": seconds, **areas})
    return row


def _cell(fault):
    return lambda row: score(row, fault, worst=min) if fault in row["fits"][0] else "–"


_COLUMNS = [
    ("data set", 11, lambda row: row["dataset"]),
    ("detector", 11, lambda row: row["label"]),
    *((fault, 14, _cell(fault)) for fault in (*FAULTS, "labelled", "mean")),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
]


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--data", metavar="DIR", help="holds the CSV files, or a folder zoo with them")
    add("--dataset", type=lambda names: names.split(","), metavar="NAME[,NAME...]",
        default=["daphnet"], help="data sets of zoo.py, and kdd (daphnet)")  # fmt: skip
    add("--detector", type=names_among(DETECTORS), default=list(DETECTORS), metavar="NAME[,NAME...]",
        help=f"{', '.join(DETECTORS)} (all)")  # fmt: skip
    add("--seeds", type=count, default=3, help="seeds of detectors and faults, 0, 1, ... (3)")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--max-rows", type=count, default=7000, help="only the first so many rows of a series (7000)")  # fmt: skip
    return parser.parse_args(argv)


def main(argv=None):
    """Print the table, and return its rows."""
    arguments, rows = read_options(argv), []
    table = Table(_COLUMNS, markdown=arguments.markdown)
    print(table.header(), flush=True)
    with limited_threads(arguments.threads):
        for name in arguments.dataset:
            for detector in arguments.detector:
                rows.append(measure(name, detector, arguments))
                print(table.line(rows[-1]), flush=True)
    means = {
        detector: np.mean(
            [
                row["fits"][i]["mean"]
                for row in rows
                if row["label"] == detector
                for i in range(arguments.seeds)
            ]
        )
        for detector in arguments.detector
    }
    print(
        "\nmeans over data sets:", ", ".join(f"{name} {value:.3f}" for name, value in means.items())
    )
    write_json(arguments.output, rows)
    return rows


if __name__ == "__main__":
    main()
