"""Channels of categories beside those of numbers: how often, how long and beside what their values come.

usage: python -m benchmarks.windows.mixed --data DIR --model real,neighbors --seeds 3 --markdown

The weather of seattle, the direction of the wind of nyc_ewr in eight sectors, and the working days of elecdemand, a
boolean, go with all other columns through make_sampling_pipeline(StandardScaler(), Windowizer(...), sampler), which
then makes as many windows as it saw. The row real compares one random half of the windows with the other.

Columns
-------
shares       total variation between the shares of the categories, in [0, 1]; 0 is best
transitions  the same of pairs of neighbouring steps
joint        the same of the category and a channel of numbers in eight bins of equal frequency; the worst such channel
C2ST         accuracy of gradient boosting that tells new windows from real ones by their numbers; .5 is best
one-hot      the same by numbers and indicators of the categories
CPU s        seconds of fitting and sampling
"""

import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._data import index_by_date
from benchmarks.windows._judges import real_halves
from sktsgan import (
    CopulaSampler,
    NeighborSampler,
    TransformerGANSampler,
    Windowizer,
    make_sampling_pipeline,
)
from sktsgan.metrics import classifier_two_sample_score

MODELS = {
    "neighbors": NeighborSampler,
    "copula": CopulaSampler,
    "pair": TransformerGANSampler,
    "real": None,
}
CATEGORIES = {"seattle": "weather", "nyc_ewr": "wind_dir", "elecdemand": "WorkDay"}
_SECTORS = np.array(["N", "NE", "E", "SE", "S", "SW", "W", "NW"])
_N_BINS = 8
_MAX_JUDGED = 3000


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help="holds the files, or a folder zoo with them")
    add("--dataset", type=names_among(CATEGORIES), default=list(CATEGORIES), metavar="NAME,...")
    add("--model", type=names_among(MODELS), default=["real", "neighbors"], metavar="NAME,...")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--seeds", type=count, default=1, help="training seeds, 0, 1, ... (1)")
    return parser.parse_args(argv)


def load(directory, name):
    """Return a table by date, gaps filled, with one column of categories, and the name of that column."""
    files = [Path(directory, f"{name}.csv"), Path(directory, "zoo", f"{name}.csv")]
    table = pd.read_csv(next((file for file in files if file.exists()), files[0]))
    frame = index_by_date(table).interpolate(limit_direction="both")
    if name == "seattle":
        frame["weather"] = pd.Categorical(table["weather"])
    elif name == "nyc_ewr":
        sectors = (table["wind_dir"].ffill().bfill() / 45).round().astype(int) % len(_SECTORS)
        frame["wind_dir"] = pd.Categorical(_SECTORS[sectors], _SECTORS)
    else:
        frame["WorkDay"] = frame["WorkDay"].astype(bool)
    return frame, CATEGORIES[name]


class Judge:
    """What is compared: windows of numbers, of shape (n_windows, n_steps, n_channels), with codes of one channel.

    Parameters
    ----------
    series : ndarray of shape (n_steps, n_channels)
    channel : int
        That of categories.
    """

    def __init__(self, series, channel):
        self.channel = channel
        self.n_codes = int(series[:, channel].max()) + 1
        self.numbers = np.delete(np.arange(series.shape[1]), channel)
        quantiles = np.linspace(0, 1, _N_BINS + 1)[1:-1]
        self.edges = {c: np.unique(np.quantile(series[:, c], quantiles)) for c in self.numbers}

    def compare(self, real, made, seed):
        """Return the scores of a row."""
        tables = [self._tables(windows) for windows in (real, made)]
        shares, transitions, *joint = (
            0.5 * np.abs(one - other).sum() for one, other in zip(*tables, strict=True)
        )
        told = [
            classifier_two_sample_score(
                *(view(windows) for windows in (real, made)),
                max_samples=_MAX_JUDGED,
                random_state=seed,
            )
            for view in (self._take_numbers, self._take_all)
        ]
        return {
            "shares": shares,
            "transitions": transitions,
            "joint": max(joint),
            "c2st": told[0],
            "one_hot": told[1],
        }

    def _tables(self, windows):
        codes = windows[..., self.channel].astype(int)
        yield _share(codes)
        yield _share(codes[:, :-1] * self.n_codes + codes[:, 1:], self.n_codes**2)
        for c in self.numbers:
            bins = np.searchsorted(self.edges[c], windows[..., c])
            yield _share(codes * _N_BINS + bins, self.n_codes * _N_BINS)

    def _take_numbers(self, windows):
        return windows[..., self.numbers]

    def _take_all(self, windows):
        indicators = np.eye(self.n_codes)[windows[..., self.channel].astype(int)]
        return np.concatenate([windows[..., self.numbers], indicators], axis=2)


def _share(values, n_values=0):
    return np.bincount(values.ravel(), minlength=max(n_values, 64)) / values.size


def measure(model, frame, column, window, seed):
    """Return the scores of a model on one table."""
    codes = frame.assign(**{column: frame[column].astype("category").cat.codes}).astype(float)
    judge = Judge(codes.to_numpy(), frame.columns.get_loc(column))
    windowizer = Windowizer(window, gaps="split")
    windows = windowizer.fit_transform(codes)
    if model == "real":
        return judge.compare(*real_halves(windows, seed), seed)
    start = time.process_time()
    sampler = MODELS[model](random_state=seed)
    pipeline = make_sampling_pipeline(StandardScaler(), windowizer, sampler).fit(frame)
    made = pipeline.sample(len(windows), random_state=seed)
    seconds = time.process_time() - start
    assert (made.dtypes == frame.dtypes).all()
    made[column] = made[column].astype(frame[column].astype("category").dtype).cat.codes
    made = made.to_numpy(float).reshape(windows.shape)
    return judge.compare(windows, made, seed) | {"seconds": seconds}


_COLUMNS = [
    ("model", 10, lambda row: row["label"]),
    ("shares", 12, lambda row: score(row, "shares")),
    ("transitions", 12, lambda row: score(row, "transitions")),
    ("joint", 12, lambda row: score(row, "joint")),
    ("C2ST", 12, lambda row: score(row, "c2st")),
    ("one-hot", 12, lambda row: score(row, "one_hot")),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
]


def main(argv=None):
    """Print a table for each data set; return what was measured."""
    arguments = read_options(argv)
    table, tables = Table(_COLUMNS, markdown=arguments.markdown), []
    with limited_threads(arguments.threads):
        for dataset in arguments.dataset:
            frame, column = load(arguments.data, dataset)
            print(f"\n{dataset}: {column} beside {frame.shape[1] - 1} channels of numbers\n")
            print(table.header(), flush=True)
            rows = []
            for model in arguments.model:
                fits = [
                    measure(model, frame, column, arguments.window, seed)
                    for seed in range(arguments.seeds)
                ]
                rows.append({"label": model, "fits": fits})
                print(table.line(rows[-1]), flush=True)
            tables.append({"dataset": dataset, "rows": rows})
            write_json(arguments.output, tables)
    return tables


if __name__ == "__main__":
    main()
