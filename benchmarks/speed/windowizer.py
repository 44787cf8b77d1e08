"""Peak memory of cutting a long series into windows: views against copies.

usage: python -m benchmarks.speed.windowizer [--steps N] [--channels C] [--window W]

Every row is measured twice: by tracemalloc, which sees NumPy's own allocations above the series itself, and in a
process of its own by the kernel's peak of resident memory, which misses nothing.
"""

import time
import tracemalloc

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import peak_memory, run_in_fresh_process
from sktsgan.preprocessing import Windowizer

MIB = 2**20


def make_series(steps, channels, container):
    values = np.random.default_rng(0).normal(size=(steps, channels))
    if container == "array":
        return values
    minutes = pd.date_range("2000-01-01", periods=steps, freq="min").to_numpy()
    # as read from a file: the frequency has to be found
    return pd.DataFrame(values, index=pd.DatetimeIndex(minutes), copy=False)


def copy_windows(series, window):
    return sliding_window_view(np.asarray(series), window, axis=0).transpose(0, 2, 1).copy()


def cut(series, window, how):
    if how == "copying":
        return copy_windows(series, window)
    windowizer = Windowizer(window, output="flat" if how == "flat" else "3d")
    if how == "pandas":
        windowizer.set_output(transform="pandas")
    if how == "inverse":
        return windowizer.inverse_transform(windowizer.fit_transform(series))
    return windowizer.fit_transform(series)


def measure(arguments, container, how):
    """Return MiB traced, MiB resident and seconds."""
    series = make_series(arguments.steps, arguments.channels, container)
    cut(series[: 4 * arguments.window], arguments.window, how)  # imports and caches
    before = peak_memory()
    start = time.perf_counter()
    cut(series, arguments.window, how)
    seconds = time.perf_counter() - start
    resident = peak_memory() - before
    tracemalloc.start()
    cut(series, arguments.window, how)
    return tracemalloc.get_traced_memory()[1] / MIB, resident, seconds


def main(argv=None):
    """Print a row for each container and way."""
    parser = make_parser(__doc__, markdown=False, output=False)
    parser.add_argument("--steps", type=count, default=1_000_000, help="of the series (1,000,000)")
    parser.add_argument("--channels", type=count, default=5, help="of the series (5)")
    parser.add_argument("--window", type=count, default=24, help="steps of a window (24)")
    arguments = parser.parse_args(argv)
    size = 8 * arguments.steps * arguments.channels / MIB
    print(
        f"{arguments.steps} steps, {arguments.channels} channels, window {arguments.window}: "
        f"the series is {size:.0f} MiB\n"
        f"{'input':<10}{'output':<10}{'traced MiB':>12}{'x series':>10}{'resident MiB':>14}{'seconds':>9}"
    )
    for container in ("array", "frame"):
        for how in ("3d", "flat", "pandas", "inverse", "copying"):
            traced, resident, seconds = run_in_fresh_process(measure, arguments, container, how)
            costs = f"{traced:>12.2f}{traced / size:>10.2f}{resident:>14.0f}{seconds:>9.2f}"
            print(f"{container:<10}{how:<10}{costs}", flush=True)


if __name__ == "__main__":
    main()
