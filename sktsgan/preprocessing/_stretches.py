"""Stretches: the runs of neighbouring time steps that windows are cut from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sktsgan.preprocessing._time_grid import (
    check_timestamps,
    find_jumps,
    infer_frequency,
    make_timestamps,
)


@dataclass(frozen=True)
class Stretch:
    """Neighbouring time steps of one series, without a gap between them.

    Parameters
    ----------
    series : int
        Number of the series in its list; 0 if there is only one.
    first : int
        Row of the series where the stretch begins.
    n_steps : int
        Length of the stretch, in time steps.
    labels : Timestamp, Index or None
        Labels of the rows. Of regular timestamps only the first is kept, so that a fitted estimator stays small.
    starts : range or ndarray of shape (n_windows,), default=range(0)
        Steps of the stretch where windows start, increasing.
    """

    series: int
    first: int
    n_steps: int
    labels: object
    starts: object = range(0)

    @property
    def rows(self):
        """The rows of the series in the stretch, as a slice."""
        return slice(self.first, self.first + self.n_steps)

    @property
    def first_rows(self):
        """The rows of the series where the windows start, an array of shape (n_windows,)."""
        return self.first + np.asarray(self.starts, dtype=np.int64)

    def make_labels(self, n_steps, frequency):
        """Return the labels of its first ``n_steps`` rows, or None."""
        if isinstance(self.labels, pd.Timestamp):
            return make_timestamps(self.labels, n_steps, frequency)
        return None if self.labels is None else self.labels[:n_steps]


def common_frequency(indexes, names, frequency=None):
    """Return the step of the timestamps of several series, inferred from the longest, if it is not known.

    It is None if no series has timestamps, or none has two of them. Timestamps that are missing, unsorted, duplicated
    or irregular are a ValueError.
    """
    dated = [pair for pair in zip(indexes, names, strict=True) if _is_dated(pair[0])]
    for index, name in dated:
        check_timestamps(index, name)
    if frequency is not None or not dated:
        return frequency
    return infer_frequency(*max(dated, key=lambda pair: len(pair[0])))


def start_labels(stretches, indexes):
    """Return the label of the first step of each window, stretch by stretch.

    They are labels of pandas containers or, for arrays, row numbers (int64) counted from the start of each series.
    """
    if indexes[0] is None:  # series of a list are of one kind
        return np.concatenate([stretch.first_rows for stretch in stretches])
    parts = [_pick_labels(indexes[stretch.series], stretch) for stretch in stretches]
    return parts[0].append(parts[1:]) if len(parts) > 1 else parts[0]


def _pick_labels(index, stretch):
    """Return the labels where windows start; a slice keeps the frequency of an index."""
    starts, first = stretch.starts, stretch.first
    if isinstance(starts, range):
        return index[first + starts.start : first + starts.stop : starts.step]
    return index[stretch.first_rows]


def find_stretches(index, n_rows, *, series, frequency, gaps, name):
    """Return the stretches of one series, in the order of time; only a DatetimeIndex can have gaps.

    A gap ends a stretch and begins the next or, with ``gaps="error"``, is a ValueError, as are irregular timestamps.
    """
    if not _is_dated(index) or frequency is None:
        return [Stretch(series, 0, n_rows, _plain_labels(index))]
    jumps, _ = find_jumps(index, frequency, name)
    if len(jumps) and gaps == "error":
        row = jumps[0]
        raise ValueError(
            f"The timestamps of {name} have {len(jumps)} gap(s), the first between "
            f"{index[row - 1]} and {index[row]}, where steps of {frequency.freqstr} are missing. "
            "Insert the missing steps, or set gaps='split' for windows that never straddle one."
        )
    bounds = [0, *jumps.tolist(), n_rows]
    return [
        Stretch(series, start, end - start, index[start])
        for start, end in zip(bounds[:-1], bounds[1:], strict=True)
    ]


def check_long_enough(stretches, window, name):
    """Raise ValueError unless one of the stretches of a series holds a window."""
    longest = max((stretch.n_steps for stretch in stretches), default=0)
    if longest >= window:
        return
    if len(stretches) <= 1:
        raise ValueError(f"{name} has n_samples={longest} time steps, fewer than window={window}.")
    raise ValueError(
        f"{name} has no stretch of window={window} time steps without a gap; its longest has "
        f"{longest}."
    )


def _is_dated(index):
    return isinstance(index, pd.DatetimeIndex)


def _plain_labels(index):
    """Return labels that are not a time grid in the smallest equal form."""
    if index is None or isinstance(index, pd.RangeIndex) or len(index) < 2:
        return index
    if index.dtype == np.int64:
        step = int(index[1] - index[0])
        regular = pd.RangeIndex(index[0], index[0] + step * len(index), step or 1)
        if step and regular.equals(index):
            return regular
    return index
