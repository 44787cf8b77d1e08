"""How whole series do: windows anywhere in them, seams, and what only a long series shows.

usage: python -m benchmarks.windows.series --data DIR --seeds 3 --markdown

Twenty series of a year each, or as long as the real one is, that begin when the real one does.

Windows, models fitted on every other of 24 blocks of time and judged by the others (see zoo.py)

c2, rk     accuracy of boosting, and of random convolutions: .5 is best
mia        how well the distance to the nearest new window tells training windows from held-out ones: .5 is best
nn         median distance of new windows to the nearest training window, over that of held-out windows: 0 is a copy

Seams and courses, models fitted on the whole series

seams      accuracy of boosting that tells windows of 8 steps across a seam from those within a block: .5 is best;
           mean of four series as long as the real one, each judged by itself
KS         Kolmogorov-Smirnov distance of the marginal distributions
acf        mean difference of autocorrelations at 24 lags up to a week
day, week, year   root mean square difference of the mean by time of day, weekday and month, in standard deviations;
           the means of the first two are taken out
sd         standard deviation over the real one
levels     standard deviation of the level of the series, in real standard deviations
CPU s      of 100,000 steps of one series

All but seams are means over channels. The row "halves" is the first half of the real series against the second, its
level the difference over the square root of 2; "neighbors" are windows of NeighborSampler.
"""

import time

import numpy as np
import pandas as pd

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._series_models import MODELS, Chain
from benchmarks.windows._series_scores import (
    compare_courses,
    judge_seams,
    judge_windows,
    take_windows,
)
from benchmarks.windows._zoo_data import N_BLOCKS, Blocks, read_frame
from sktsgan import NeighborSampler, Windowizer

DATASETS = ("etth1", "nox", "elecdemand", "nyc_ewr", "energy", "eustocks")
ROWS = ("halves", "neighbors", *MODELS)
N_SERIES = 20
N_ALONE = 4  # series as long as the real one, whose seams are judged, each by itself
_YEAR = pd.Timedelta(days=365)
_UNDATED_YEAR = 260  # steps of series without dates, which are of trading days
_TIMED_STEPS = 100_000


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help="holds the files, or a folder zoo with them")
    add("--dataset", type=lambda text: text.split(","), default=list(DATASETS), metavar="NAME,...")
    add("--model", type=names_among(ROWS), default=list(ROWS), metavar="NAME,...", help=str(ROWS))
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--seeds", type=count, default=1, help="seeds, 0, 1, ... (1)")
    add("--max-rows", type=count, default=20_000, help="first rows of a data set (20,000)")
    add("--max-samples", type=count, default=2000, help="windows of a set that judges see (2,000)")
    return parser.parse_args(argv)


def cut_blocks(frame, window):
    """Return the training blocks, and the windows of all blocks."""
    edges = [0, *(np.arange(1, N_BLOCKS) * len(frame) // N_BLOCKS), len(frame)]
    parts = [frame.iloc[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]
    windows = [Windowizer(window, gaps="split").fit_transform(part) for part in parts]
    sets = (np.concatenate(windows[i::step]) for i, step in ((0, 2), (1, 4), (3, 4)))
    return parts[::2], Blocks(*sets)


def asked_times(frame):
    """Return the labels of a year of new series, or of as much as there is of the real one."""
    if not isinstance(frame.index, pd.DatetimeIndex):
        return frame.index[:_UNDATED_YEAR]
    step = frame.index.to_series().diff().median()
    n_steps = min(len(frame), int(_YEAR / step))
    return pd.date_range(frame.index[0], periods=n_steps, freq=step)


def measure(model, frame, arguments, seed):
    """Return the scores of a row for one seed."""
    real, half = frame.to_numpy(), len(frame) // 2
    scale = np.maximum(real.std(axis=0), 1e-12)
    if model == "halves":
        first, second = frame.iloc[:half], frame.iloc[half:]
        made, values = second.to_numpy()[None], first.to_numpy()
        scores = compare_courses(values, first.index, made, second.index, scale)
        difference = np.abs(values.mean(axis=0) - made[0].mean(axis=0)) / scale
        return scores | {"levels": float(difference.mean() / np.sqrt(2))}
    parts, blocks = cut_blocks(frame, arguments.window)
    if model == "neighbors":
        sampler = NeighborSampler(random_state=seed).fit(blocks.train)
        made = sampler.sample(len(blocks.train), random_state=seed)
        return judge_windows(blocks, made, seed, arguments.max_samples)
    return _measure_series(model, frame, (parts, blocks), arguments, seed)


def _measure_series(model, frame, held_out, arguments, seed):
    (parts, blocks), window, times = held_out, arguments.window, asked_times(frame)
    series, _ = MODELS[model](window).fit(parts).draw(N_SERIES, times, seed)
    rng = np.random.default_rng(seed)
    made = take_windows(series, len(blocks.train), window, rng)
    scores = judge_windows(blocks, made, seed, arguments.max_samples)
    fitted = MODELS[model](window).fit([frame])
    alone, seams = fitted.draw(N_ALONE, frame.index, seed)
    scores["seams"] = judge_seams(alone, seams, seed)
    series, _ = fitted.draw(N_SERIES, times, seed)
    real = frame.to_numpy()
    scale = np.maximum(real.std(axis=0), 1e-12)
    scores |= compare_courses(real, frame.index, series, times, scale)
    if model == "chain":
        scores["seconds"] = _time(fitted)
    return scores


def _time(fitted: Chain):
    start = time.process_time()
    fitted.pipeline.sample_series(_TIMED_STEPS, random_state=0)
    return time.process_time() - start


def _column(title, name, form=".2f"):
    return title, 6, lambda row: mean(row, name, form)


_COLUMNS = [
    ("model", 10, lambda row: row["label"]),
    ("c2", 12, lambda row: score(row, "c2")),
    ("rk", 12, lambda row: score(row, "rk")),
    _column("mia", "mia"),
    _column("nn", "nn"),
    ("seams", 12, lambda row: score(row, "seams")),
    _column("KS", "ks"),
    _column("acf", "acf"),
    _column("day", "day"),
    _column("week", "week"),
    _column("year", "year"),
    _column("sd", "sd"),
    _column("levels", "levels"),
    _column("CPU s", "seconds", ".1f"),
]


def main(argv=None):
    """Print a table for each data set; return what was measured."""
    arguments = read_options(argv)
    table, tables = Table(_COLUMNS, markdown=arguments.markdown), []
    with limited_threads(arguments.threads):
        for dataset in arguments.dataset:
            frame = read_frame(arguments.data, dataset)[: arguments.max_rows]
            steps = f"{N_SERIES} series of {len(asked_times(frame)):,}"
            print(f"\n{dataset}: {len(frame):,} steps of {frame.shape[1]} channels, {steps}\n")
            print(table.header(), flush=True)
            rows = []
            for model in arguments.model:
                fits = [
                    measure(model, frame, arguments, seed)
                    for seed in range(1 if model == "halves" else arguments.seeds)
                ]
                rows.append({"label": model, "fits": fits})
                print(table.line(rows[-1]), flush=True)
            tables.append({"dataset": dataset, "rows": rows})
            write_json(arguments.output, tables)
    return tables


if __name__ == "__main__":
    main()
