"""Series that nobody tuned on, cut into blocks of time to fit on and to judge by."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.windows._data import FILES, index_by_date
from sktsgan import Windowizer
from sktsgan.datasets import make_sines

__all__ = ["ZOO", "Blocks", "load_blocks", "read_frame", "read_series"]

ZOO = (
    "nox",
    "elecdemand",
    "daphnet",
    "etth1",
    "nyc_ewr",
    "glucose",
    "eustocks",
    "seattle",
    "sines",
    "energy",
    "stocks",
)
N_BLOCKS = 24
_HOURLY = ("nox",)  # without dates of their own


@dataclass(frozen=True)
class Blocks:
    """Windows of three sets of blocks, none of which shares a time step with another.

    Parameters
    ----------
    train : ndarray of shape (n_windows, n_timesteps, n_channels)
        Windows of the even blocks.
    first, second : ndarray of shape (n_windows, n_timesteps, n_channels)
        Windows of the odd blocks, dealt in turn.
    """

    train: np.ndarray
    first: np.ndarray
    second: np.ndarray


def load_blocks(directory, name, window, max_rows):
    """Return the windows of a data set by blocks of time; windows that straddle two blocks are left out."""
    if name == "sines":  # independent windows, in no order
        windows = make_sines(max_rows, window, random_state=0)
        blocks = np.array_split(windows, N_BLOCKS)
    else:
        series = read_series(directory, name, max_rows)
        if len(series) < N_BLOCKS * (window + 1):
            raise SystemExit(f"{name} has {len(series)} rows, too few for {N_BLOCKS} blocks")
        edges = np.arange(1, N_BLOCKS) * len(series) // N_BLOCKS
        parts = np.split(series, edges)
        blocks = [Windowizer(window).fit_transform(part) for part in parts]
    return Blocks(*(np.concatenate(blocks[i::step]) for i, step in ((0, 2), (1, 4), (3, 4))))


def read_series(directory, name, max_rows):
    """Return the numeric columns of the first rows, gaps interpolated, an array of shape (n_steps, n_channels)."""
    return read_frame(directory, name)[:max_rows].to_numpy(dtype=float)


def read_frame(directory, name):
    """Return the numeric columns of a data set, gaps interpolated, by date where dates are known."""
    frame = index_by_date(pd.read_csv(_find_file(directory, name)))
    if name in _HOURLY:
        frame.index = pd.date_range("2001-01-01", periods=len(frame), freq="h")
    return frame.interpolate(method="linear", limit_direction="both")


def _find_file(directory, name):
    if directory is None:
        raise SystemExit(f"--dataset {name} needs --data DIR")
    file = FILES.get(name, f"{name}.csv")
    for folder in (Path(directory), Path(directory) / "zoo"):
        if (folder / file).exists():
            return folder / file
    raise SystemExit(f"--dataset {name}: neither {directory} nor its folder zoo has {file}")
