"""Peak memory of cutting a long series into windows: views against copies.

usage: python benchmarks/windowizer_memory.py [--steps N] [--channels C] [--window W]

Every row is measured twice: by tracemalloc, which sees NumPy's own allocations above the series itself, and in a
process of its own by the kernel's peak of resident memory, which misses nothing.
"""

import argparse
import multiprocessing
import resource
import time
import tracemalloc

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

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


def measure(arguments, container, how, queue):
    series = make_series(arguments.steps, arguments.channels, container)
    cut(series[: 4 * arguments.window], arguments.window, how)  # imports and caches
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    cut(series, arguments.window, how)
    seconds = time.perf_counter() - start
    resident = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    tracemalloc.start()
    cut(series, arguments.window, how)
    traced = tracemalloc.get_traced_memory()[1]
    queue.put((traced, resident, seconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--channels", type=int, default=5)
    parser.add_argument("--window", type=int, default=24)
    arguments = parser.parse_args()
    size = 8 * arguments.steps * arguments.channels
    print(
        f"{arguments.steps} steps, {arguments.channels} channels, window {arguments.window}: "
        f"the series is {size / MIB:.0f} MiB\n"
        f"{'input':<10}{'output':<10}{'traced MiB':>12}{'x series':>10}{'resident MiB':>14}{'seconds':>9}"
    )
    context = multiprocessing.get_context("spawn")
    for container in ("array", "frame"):
        for how in ("3d", "flat", "pandas", "inverse", "copying"):
            queue = context.Queue()
            process = context.Process(target=measure, args=(arguments, container, how, queue))
            process.start()
            traced, resident, seconds = queue.get()
            process.join()
            print(
                f"{container:<10}{how:<10}{traced / MIB:>12.2f}{traced / size:>10.2f}"
                f"{resident / MIB:>14.0f}{seconds:>9.2f}"
            )


if __name__ == "__main__":
    main()
