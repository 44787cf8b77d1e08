"""The layout of series, all that is kept of them once their values are windows, and series from windows."""

from dataclasses import dataclass

import numpy as np

from sktsgan.containers._long_series import describe, get_index, read_values, split_series
from sktsgan.preprocessing._stretches import (
    Stretch,
    check_long_enough,
    common_frequency,
    find_stretches,
)
from sktsgan.preprocessing._time_grid import check_timestamps, find_jumps, make_timestamps
from sktsgan.preprocessing._windows import overlap_mean


@dataclass(frozen=True)
class Layout:
    """Where the windows of series lie, and the containers of the series; it holds no values.

    Parameters
    ----------
    stretches : list of Stretch
        Stretches that hold a window, in the order of their windows.
    wrappings : list of Wrapping
        Container of each series.
    lengths : list of int
        Number of time steps of each series.
    frequency : pandas.DateOffset or None
        One step of the timestamps.
    many : bool
        Whether the series came in a list.
    """

    stretches: list
    wrappings: list
    lengths: list
    frequency: object
    many: bool

    @property
    def is_dated(self):
        """Whether it describes one series with timestamps."""
        return self.frequency is not None and not self.many


def read_layout(estimator, X, *, reset, frequency=None):
    """Split series into values, each of shape (n_steps, n_channels), labels (Index or None) and their layout.

    The estimator, a Windowizer, sets the windows, and learns the channels or, without ``reset``, checks them. Without a
    ``frequency``, that of the timestamps is inferred. A ValueError says what values or timestamps can't be used, and if
    no window fits into a series.
    """
    items, many = split_series(X)
    names = [f"X[{i}]" for i in range(len(items))] if many else ["X"]
    values = [
        read_values(estimator, item, reset=reset and i == 0, named=not many)
        for i, item in enumerate(items)
    ]
    indexes = [get_index(item) for item in items]
    read_frequency = common_frequency(indexes, names, frequency)
    stretches = []
    for i, (name, index) in enumerate(zip(names, indexes, strict=True)):
        found = find_stretches(
            index,
            len(values[i]),
            series=i,
            frequency=read_frequency,
            gaps=estimator.gaps,
            name=name,
        )
        check_long_enough(found, estimator.window, name)
        stretches += [stretch for stretch in found if stretch.n_steps >= estimator.window]
    wrappings = [describe(*pair) for pair in zip(items, values, strict=True)]
    lengths = [len(series) for series in values]
    return values, indexes, Layout(stretches, wrappings, lengths, read_frequency, many)


def assemble(windows, layout, stride):
    """Join the windows of a layout, of shape (n_windows, window, n_channels), into its series.

    The result are the covered time steps, in the containers of the layout.
    """
    window = windows.shape[1]
    values = [[] for _ in layout.wrappings]
    labels = [[] for _ in layout.wrappings]
    done = 0
    for stretch in layout.stretches:
        n_windows = stretch.count_windows(window, stride)
        starts = np.arange(n_windows) * stride
        n_steps = int(starts[-1]) + window
        part, covered = overlap_mean(windows[done : done + n_windows], starts, n_steps)
        done += n_windows
        values[stretch.series].append(part)
        labels[stretch.series].append(
            _covered_labels(stretch.make_labels(n_steps, layout.frequency), covered)
        )
    series = [
        wrapping.wrap(np.concatenate(parts), _join(names))
        for wrapping, parts, names in zip(layout.wrappings, values, labels, strict=True)
    ]
    return series if layout.many else series[0]


def assemble_in_sequence(windows, layout, stride):
    """Join windows into one series without timestamps, in a container of the layout."""
    n_steps = (len(windows) - 1) * stride + windows.shape[1]
    alone = Layout(
        [Stretch(0, 0, n_steps, None)], layout.wrappings[:1], [n_steps], None, layout.many
    )
    return assemble(windows, alone, stride)


def assemble_by_time(windows, starts, layout):
    """Join windows by the timestamps of their first steps, given the layout of one dated series.

    The result are the covered time steps, a Series or DataFrame. A ValueError says if timestamps are missing, unsorted,
    duplicated or off the grid of the layout's frequency.
    """
    check_timestamps(starts, "X")
    rows, counts = find_jumps(starts, layout.frequency, "X")
    steps = np.ones(len(starts), dtype=np.int64)
    steps[rows] = counts
    steps[0] = 0
    places = np.cumsum(steps)
    n_steps = int(places[-1]) + windows.shape[1]
    values, covered = overlap_mean(windows, places, n_steps)
    labels = make_timestamps(starts[0], n_steps, layout.frequency)
    return layout.wrappings[0].wrap(values, _covered_labels(labels, covered))


def _covered_labels(labels, covered):
    # a mask would drop the frequency of a DatetimeIndex
    return labels if labels is None or covered.all() else labels[covered]


def _join(labels):
    if labels[0] is None:
        return None
    return labels[0].append(labels[1:]) if len(labels) > 1 else labels[0]
