"""The data sets of the benchmarks as windows, and ways to hold windows out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks._common._options import count
from sktsgan import Windowizer
from sktsgan.datasets import make_sines

__all__ = [
    "DATASETS",
    "FILES",
    "DataSpec",
    "add_data_options",
    "deal_blocks",
    "index_by_date",
    "split_time",
]

FILES = {"stocks": "stock_data.csv", "energy": "energy.csv", "etth1": "ETTh1.csv"}
DATASETS = (*FILES, "sines")
_SINES = 10_000


def add_data_options(add):
    """Add the options that choose windows, by a parser's ``add_argument``."""
    add("--data", metavar="DIR", help="holds stock_data.csv, energy.csv, ETTh1.csv")
    add("--dataset", choices=DATASETS, required=True)
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--n-windows", type=count, help="only the first so many windows")
    add("--seeds", type=count, default=3, help="training seeds, 0, 1, ... (3)")


@dataclass(frozen=True)
class DataSpec:
    """Which windows to benchmark on.

    Parameters
    ----------
    directory : str or None
        Where the CSV files are; not needed for sines.
    name : {"stocks", "energy", "etth1", "sines"}
    window : int
        Length of a window, in steps.
    n_windows : int or None
        Only the first so many windows; None takes all (10,000 of the sines).
    train_share : float or None
        With ``--held-out-time``: the share of the windows, from the first on, that models are fitted on. None
        takes all.
    """

    directory: str | None
    name: str
    window: int = 24
    n_windows: int | None = None
    train_share: float | None = None

    @property
    def overlapping(self):
        """Whether neighbouring windows share time steps."""
        return self.name != "sines"

    def load(self):
        """Return windows to fit on and windows of later time, which are None without ``train_share``.

        Each channel is scaled so that it spans [0, 1] over the whole series; with ``train_share`` over the rows
        that models are fitted on, lest the scale tell of the future.

        Returns
        -------
        train, later : ndarray of shape (n_windows, window, n_channels)
        """
        if self.name == "sines":
            windows = make_sines(self.n_windows or _SINES, self.window, random_state=0)
            return self._parts(windows, len(windows))
        series = self.read_series()
        n_windows = len(series) - self.window + 1
        if self.n_windows is not None:
            n_windows = min(n_windows, self.n_windows)
        series = series[: n_windows + self.window - 1]
        fitted, _ = split_time(n_windows, self.window, self.train_share, self.overlapping)
        rows = series[: fitted.stop + self.window - 1]
        low, high = rows.min(axis=0), rows.max(axis=0)
        scaled = (series - low) / np.where(high > low, high - low, 1.0)
        return self._parts(Windowizer(self.window).fit_transform(scaled), n_windows)

    def read_series(self):
        """Return the numeric columns of the file, an array of shape (n_steps, n_channels)."""
        if self.directory is None:
            raise SystemExit(f"--dataset {self.name} needs --data DIR, with {FILES[self.name]}")
        frame = pd.read_csv(Path(self.directory) / FILES[self.name])
        return frame.drop(columns="date", errors="ignore").to_numpy(dtype=float)

    def _parts(self, windows, n_windows):
        train, later = split_time(n_windows, self.window, self.train_share, self.overlapping)
        # copies: a view of the series would count too little memory, and neighbours share it
        return windows[train].copy(), None if later is None else windows[later].copy()


def index_by_date(frame):
    """Return the numeric columns of a table, by date where it has a column of dates."""
    for column in frame:
        if column.lower() == "date":
            frame = frame.set_index(pd.to_datetime(frame[column])).drop(columns=column)
            break
    return frame.select_dtypes("number")


def split_time(n_windows, window, share, overlapping):
    """Return the slices of windows before and after a point of time, which share no step.

    Parameters
    ----------
    n_windows, window : int
    share : float or None
        Of the windows, that come first; None puts all of them there.
    overlapping : bool
        Whether windows have stride 1; the last ``window - 1`` before the point are then left out.

    Returns
    -------
    first : slice
    later : slice or None
    """
    if share is None:
        return slice(0, n_windows), None
    start = round(share * n_windows)
    stop = start - (window - 1 if overlapping else 0)
    if stop < 2 or n_windows - start < 2:
        raise SystemExit(f"{n_windows} windows are too few to hold the later ones out")
    return slice(0, stop), slice(start, n_windows)


def deal_blocks(n_windows, window, length, n_hands, overlapping):
    """Deal contiguous blocks of windows in turn to hands that share no time step.

    Blocks span ``length * window`` steps and hold the windows that lie wholly inside, so that ``window - 1`` starts
    are purged at every border. Independent windows are dealt singly.

    Parameters
    ----------
    n_windows, window : int
    length : int
        Of a block, in windows' lengths; cut where that makes fewer than two blocks a hand.
    n_hands : int
    overlapping : bool

    Returns
    -------
    hands : list of ndarray
        The indices of each hand's windows, in order.
    """
    starts = np.arange(n_windows)
    if not overlapping:
        return [starts[hand::n_hands] for hand in range(n_hands)]
    n_steps = n_windows + window - 1
    span = min(length * window, n_steps // (2 * n_hands))
    if span < window:
        raise SystemExit(
            f"{n_windows} windows are too few to hold blocks out; --no-memorisation skips it"
        )
    inside = starts % span <= span - window
    return [starts[inside & (starts // span % n_hands == hand)] for hand in range(n_hands)]
