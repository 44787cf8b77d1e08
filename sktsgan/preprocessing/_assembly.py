"""Series from windows."""

from dataclasses import replace

import numpy as np
import pandas as pd

from sktsgan.preprocessing._stretches import Stretch
from sktsgan.preprocessing._time_grid import check_timestamps, find_jumps, make_timestamps
from sktsgan.preprocessing._windows import overlap_mean

__all__ = ["assemble", "assemble_by_time", "assemble_in_sequence"]


def assemble(windows, layout):
    """Join the windows of a layout, of shape (n_windows, window, n_channels), into its series.

    The result are the covered time steps, in the containers of the layout.
    """
    window = windows.shape[1]
    values = [[] for _ in layout.wrappings]
    labels = [[] for _ in layout.wrappings]
    done = 0
    for stretch in layout.stretches:
        starts = np.asarray(stretch.starts, dtype=np.int64)
        first, n_steps = int(starts[0]), int(starts[-1]) + window
        part, covered = overlap_mean(
            windows[done : done + len(starts)], starts - first, n_steps - first
        )
        done += len(starts)
        values[stretch.series].append(part)
        names = stretch.make_labels(n_steps, layout.frequency)
        names = names if names is None or not first else names[first:]
        labels[stretch.series].append(_covered_labels(names, covered))
    used = [i for i, parts in enumerate(values) if parts]  # entities may have been too short
    series = [layout.wrappings[i].wrap(np.concatenate(values[i]), _join(labels[i])) for i in used]
    if layout.is_table:
        return _dress(series, used, layout.panel)
    if layout.panel is not None and layout.panel.attributes.shape[1]:
        form = layout.panel
        return [
            form.dress(one, None, np.full(len(one), i)) for one, i in zip(series, used, strict=True)
        ]
    return series if layout.many else series[0]


def _dress(series, numbers, form):
    """Return the series of entities, given their numbers, as one table."""
    entities = np.repeat(numbers, [len(one) for one in series])
    return form.dress(pd.concat(series), form.keys[entities], entities)


def assemble_in_sequence(windows, layout, stride):
    """Join windows into one series without timestamps, in a container of the layout."""
    n_steps = (len(windows) - 1) * stride + windows.shape[1]
    starts = range(0, len(windows) * stride, stride)
    alone = replace(
        layout,
        stretches=[Stretch(0, 0, n_steps, None, starts)],
        wrappings=[replace(layout.wrappings[0], period=None)],
        frequency=None,
        panel=None,
    )
    return assemble(windows, alone)


def assemble_by_time(windows, starts, layout):
    """Join windows by the timestamps of their first steps, given the layout of one dated series, or of a table.

    The result are the covered time steps, a Series or DataFrame. For a table of entities, ``starts`` has two levels,
    entity and time. A ValueError says if timestamps are missing, unsorted, duplicated or off the grid of the layout's
    frequency, or an entity is unknown.
    """
    if not layout.is_table:
        return _assemble_one(windows, starts, layout, layout.wrappings[0])
    keys, times = starts.get_level_values(0), starts.get_level_values(1)
    numbers = layout.panel.keys.get_indexer(keys)
    if (numbers < 0).any():
        key = keys[int(np.argmax(numbers < 0))]
        raise ValueError(f"X has windows of {layout.panel.name}={key!r}, which fit has not seen.")
    found = pd.unique(numbers)
    series = [
        _assemble_one(windows[numbers == i], times[numbers == i], layout, layout.wrappings[i])
        for i in found
    ]
    return _dress(series, found, layout.panel)


def _assemble_one(windows, starts, layout, wrapping):
    check_timestamps(starts, "X")
    rows, counts = find_jumps(starts, layout.frequency, "X")
    steps = np.ones(len(starts), dtype=np.int64)
    steps[rows] = counts
    steps[0] = 0
    places = np.cumsum(steps)
    n_steps = int(places[-1]) + windows.shape[1]
    values, covered = overlap_mean(windows, places, n_steps)
    labels = make_timestamps(starts[0], n_steps, layout.frequency)
    return wrapping.wrap(values, _covered_labels(labels, covered))


def _covered_labels(labels, covered):
    # a mask would drop the frequency of a DatetimeIndex
    return labels if labels is None or covered.all() else labels[covered]


def _join(labels):
    if labels[0] is None:
        return None
    return labels[0].append(labels[1:]) if len(labels) > 1 else labels[0]
