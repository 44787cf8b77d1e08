"""How well holes in windows are filled: a table for each data set and length of window, a row a method.

usage: python -m benchmarks.windows.repair --data DIR --dataset etth1,energy --window 24,48
           --method sktsgan,linear,gaussian,knn,iterative,saits --output repair.json --markdown

Models are fitted on complete windows of the first 70 % of time, and fill holes in windows of the last 20 %. A cell
gives the mean absolute error of the mean of the draws at the holes, in standard deviations of the channel in training,
and in brackets, for methods that draw, the coverage: the share of values inside the central 80 % interval of ten draws,
whose ends are the quantiles at ranks p (n + 1), so that draws of the same law as the values would cover 80 %.

Columns
-------
10 %, 30 %, 50 %  values missing at random
block             a third of the steps, at a random place, all channels
channel           one channel, a random one in each window
last              the last quarter of the steps
mean rank         of the method among those of the table, over the columns; 1 is best
fit s, fill s     seconds of fitting, and of filling all six kinds of holes
"""

import time
from functools import partial

import numpy as np

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import format_table, write_json
from benchmarks.windows._data import FILES, DataSpec
from benchmarks.windows._repairers import REPAIRERS
from sktsgan import Windowizer

HOLES = ("10 %", "30 %", "50 %", "block", "channel", "last")


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help="holds energy.csv, ETTh1.csv, stock_data.csv")
    add("--dataset", type=names_among(FILES), default=["etth1", "energy"], metavar="NAME[,NAME...]")
    add("--window", type=_counts, default=[24, 48], metavar="STEPS[,STEPS...]")
    add("--method", type=names_among(REPAIRERS), default=list(REPAIRERS), metavar="NAME[,NAME...]")
    add("--holes", type=names_among(HOLES), default=list(HOLES), metavar="KIND[,KIND...]")
    add("--stride", type=count, help="steps between test windows (a quarter of a window)")
    add("--seconds", type=float, default=240, help="of a SAITS fit (240)")
    return parser.parse_args(argv)


def _counts(text):
    return [count(part) for part in text.split(",")]


def make_holes(kind, shape, rng):
    """Return which values to hide, a boolean array of the shape of the windows."""
    n_windows, n_timesteps, n_channels = shape
    if kind.endswith("%"):
        return rng.random(shape) < float(kind[:-1]) / 100
    if kind == "alternate":  # every second step
        return np.broadcast_to((np.arange(n_timesteps) % 2 == 1)[:, None], shape)
    if kind == "channel":
        hidden = np.zeros(shape, dtype=bool)
        hidden[np.arange(n_windows), :, rng.integers(n_channels, size=n_windows)] = True
        return hidden
    length = n_timesteps // (3 if kind == "block" else 4)
    first = np.full(n_windows, n_timesteps - length)
    if kind == "block":
        first = rng.integers(n_timesteps - length + 1, size=n_windows)
    after = np.arange(n_timesteps) - first[:, None]
    inside = (after >= 0) & (after < length)
    return np.broadcast_to(inside[..., None], shape)


def load(directory, dataset, window, stride):
    """Return training and test windows, as ``split`` does."""
    series = DataSpec(directory, dataset, window).read_series()
    return split(series, window, stride or window // 4)


def split(series, window, stride):
    """Return windows of the first 70 % of time, and of the last 20 % every ``stride``-th.

    Channels are centred and scaled by their standard deviations in the first.
    """
    train, test = series[: int(0.7 * len(series))], series[int(0.8 * len(series)) :]
    centre, scale = train.mean(axis=0), train.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    windows = Windowizer(window).fit_transform((train - centre) / scale).copy()
    tested = Windowizer(window, stride=stride).fit_transform((test - centre) / scale)
    return windows, tested.copy()


def measure(filled, windows, hidden):
    """Return error and coverage of draws of shape (n_draws, n_windows, n_timesteps, n_channels)."""
    values, draws = windows[hidden], filled[:, hidden]
    error = float(np.abs(draws.mean(axis=0) - values).mean())
    if len(draws) == 1:
        return {"error": error, "coverage": None}
    low, high = np.quantile(draws, [0.1, 0.9], axis=0, method="weibull")
    return {"error": error, "coverage": float(((low <= values) & (values <= high)).mean())}


def run_method(method, train, test, kinds, fit, seed=0):
    """Fit a method and fill every kind of holes; return errors, coverages and seconds."""
    start = time.perf_counter()
    fill = fit(train)
    row = {"method": method, "fit_seconds": time.perf_counter() - start, "holes": {}}
    start = time.perf_counter()
    for kind in kinds:
        hidden = make_holes(kind, test.shape, np.random.default_rng(seed))
        filled = fill(np.where(hidden, np.nan, test))
        row["holes"][kind] = measure(filled, test, hidden)
    row["fill_seconds"] = time.perf_counter() - start
    return row


def add_ranks(rows, kinds):
    """Add to each row its mean rank over the kinds of holes."""
    errors = np.array([[row["holes"][kind]["error"] for kind in kinds] for row in rows])
    ranks = 1 + (errors[None] < errors[:, None]).sum(axis=1)
    for row, own in zip(rows, ranks, strict=True):
        row["ranks"] = own.tolist()
        row["mean_rank"] = float(own.mean())


def format_results(rows, kinds, markdown):
    """Return a table as text."""
    lines = []
    for row in rows:
        cells = [_cell(row["holes"][kind]) for kind in kinds]
        seconds = [f"{row[name]:.1f}" for name in ("fit_seconds", "fill_seconds")]
        lines.append([row["method"], *cells, f"{row['mean_rank']:.2f}", *seconds])
    titles = ["method", *kinds, "mean rank", "fit s", "fill s"]
    return format_table(titles, lines, markdown=markdown)


def _cell(result):
    text = f"{result['error']:.3f}"
    return text if result["coverage"] is None else f"{text} ({result['coverage']:.2f})"


def summarise(tables, kinds):
    """Return lines that compare the methods over all tables."""
    lines, methods = [], [row["method"] for row in tables[0]["rows"]]
    for i, method in enumerate(methods):
        rows = [table["rows"][i] for table in tables]
        text = f"{method}: mean rank {np.mean([row['mean_rank'] for row in rows]):.2f}"
        if "linear" in methods and method != "linear":
            baseline = [table["rows"][methods.index("linear")] for table in tables]
            ratios = [
                row["holes"][kind]["error"] / base["holes"][kind]["error"]
                for row, base in zip(rows, baseline, strict=True)
                for kind in kinds
            ]
            mean = np.exp(np.mean(np.log(ratios)))
            text += (
                f"; error over linear's {mean:.2f} in the geometric mean, {max(ratios):.2f} at most"
            )
        found = [row["holes"][kind]["coverage"] for row in rows for kind in kinds]
        if None not in found:
            text += f"; coverage {min(found):.2f} to {max(found):.2f}"
        lines.append(text)
    return lines


def main(argv=None):
    """Print the tables; return the results as they are written to JSON."""
    arguments = read_options(argv)
    tables = []
    with limited_threads(arguments.threads):
        for dataset in arguments.dataset:
            for window in arguments.window:
                train, test = load(arguments.data, dataset, window, arguments.stride)
                rows = [
                    run_method(
                        method,
                        train,
                        test,
                        arguments.holes,
                        partial(REPAIRERS[method], seconds=arguments.seconds),
                    )
                    for method in arguments.method
                ]
                add_ranks(rows, arguments.holes)
                tables.append({"dataset": dataset, "window": window, "rows": rows})
                print(
                    f"\n{dataset}, windows of {window}: {len(train)} to fit on, {len(test)} with holes\n"
                )
                print(format_results(rows, arguments.holes, arguments.markdown), flush=True)
                write_json(arguments.output, tables)  # after every table: what is done is kept
    print("\n" + "\n".join(summarise(tables, arguments.holes)))
    return tables


if __name__ == "__main__":
    main()
