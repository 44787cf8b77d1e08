"""Join windows into series in their original containers, by order or by time."""

import numpy as np

from sktsgan.preprocessing._layout import Layout
from sktsgan.preprocessing._stretches import Stretch
from sktsgan.preprocessing._time_grid import check_timestamps, find_jumps, make_timestamps
from sktsgan.preprocessing._windows import overlap_mean


def assemble(windows, layout, stride):
    """Join all windows of a layout into its series.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window, n_channels)
        As many windows as the layout has, in its order.
    layout : Layout
        Layout of the series that they were cut from.
    stride : int
        Distance between the starts of two windows, in time steps.

    Returns
    -------
    series : ndarray, Series or DataFrame, or a list of them
        The covered time steps, in the containers of the layout.
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
    """Join windows by their timestamps.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window, n_channels)
        The windows.
    starts : DatetimeIndex of shape (n_windows,)
        Timestamps of the windows' first steps, strictly increasing and on the grid of the layout's frequency.
    layout : Layout
        Layout of one dated series.

    Returns
    -------
    series : Series or DataFrame
        The covered time steps.

    Raises
    ------
    ValueError
        If the timestamps are missing, unsorted, duplicated, or off the grid.
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
