"""The layout of series, all that is kept of them once their values are windows, and how it is read."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sktsgan.containers._categories import find_categories
from sktsgan.containers._long_series import describe, get_index, read_values, split_series
from sktsgan.containers._panels import read_panel
from sktsgan.preprocessing._resampling import check_rule, resample
from sktsgan.preprocessing._starts import check_offset, check_phase, choose_starts, count_steps
from sktsgan.preprocessing._stretches import (
    check_long_enough,
    common_frequency,
    find_stretches,
    start_labels,
)

__all__ = ["Cut", "Layout", "check_cut", "read_series"]


@dataclass(frozen=True)
class Layout:
    """Where the windows of series lie, and the containers of the series; it holds no values.

    Parameters
    ----------
    stretches : list of Stretch
        Stretches that hold the start of a window, in the order of their windows.
    wrappings : list of Wrapping
        Container of each series.
    lengths : list of int
        Number of time steps of each series.
    frequency : pandas.DateOffset or None
        One step of the timestamps.
    window : int
        Length of a window, in time steps.
    many : bool
        Whether the series came in a list.
    panel : PanelForm or None
        The entities, if the series are those of a panel; lists of arrays are none.
    """

    stretches: list
    wrappings: list
    lengths: list
    frequency: object
    window: int
    many: bool
    panel: object = None

    @property
    def is_table(self):
        """Whether the series are those of entities in one table."""
        return self.panel is not None and self.panel.kind != "list"

    @property
    def is_dated(self):
        """Whether it describes one series with timestamps."""
        return self.frequency is not None and not self.many and not self.is_table

    @property
    def n_windows(self):
        """The number of windows."""
        return sum(len(stretch.starts) for stretch in self.stretches)

    @property
    def series_of_windows(self):
        """The number of the series of each window, an array of shape (n_windows,)."""
        numbers = [stretch.series for stretch in self.stretches]
        return np.repeat(numbers, [len(stretch.starts) for stretch in self.stretches])

    def window_attributes(self):
        """Return the entity and the attributes of each window, a DataFrame; a ValueError if there are no entities."""
        if self.panel is None:
            raise ValueError("X must be several pandas series, the entities, got one or arrays.")
        rows = self.series_of_windows
        table = self.panel.attributes.iloc[rows].reset_index(drop=True)
        table.insert(0, self.panel.name, self.panel.keys[rows])
        return table


@dataclass(frozen=True)
class Cut:
    """Series as they are cut: their values, their labels and their layout.

    Parameters
    ----------
    values : list of ndarray of shape (n_steps, n_channels)
    indexes : list of Index or None
        Labels of each series; None for arrays.
    layout : Layout
    """

    values: list
    indexes: list
    layout: Layout

    def starts(self):
        """Return the label of the first step of each window; for tables of entities with the entity before it."""
        layout = self.layout
        labels = start_labels(layout.stretches, self.indexes)
        if not layout.is_table:
            return labels
        keys = layout.panel.keys[layout.series_of_windows]
        return pd.MultiIndex.from_arrays([keys, labels], names=[layout.panel.name, labels.name])


def check_cut(windowizer):
    """Refuse parameters that say no window: lengths, strides, phases and rules."""
    for name in ("window", "stride"):
        check_offset(name, getattr(windowizer, name))
    if windowizer.phase is not None:
        check_phase(windowizer.phase)
    if windowizer.resample is not None:
        check_rule(windowizer.resample)


def read_series(windowizer, X, *, reset):
    """Return series as they are cut.

    The Windowizer sets the windows, and learns the channels or, without ``reset``, checks them. A ValueError says
    what values or timestamps can't be used, and if no window fits into a series; in a table of entities, those that
    are too short are left out with a warning.
    """
    panel, items, many = _take_apart(windowizer, X, reset)
    listed = many and (panel is None or panel.form.kind == "list")
    names = panel.names if panel else [f"X[{i}]" for i in range(len(items))] if listed else ["X"]
    raw = items
    if windowizer.resample is not None:
        pairs = zip(items, names, strict=True)
        items = [resample(item, windowizer.resample, name) for item, name in pairs]
    if reset:
        windowizer.categories_ = _learn_categories(items)
        columns = getattr(items[0], "columns", list(windowizer.categories_))
        known = [i for i, name in enumerate(columns) if name in windowizer.categories_]
        windowizer.categorical_features_ = known
    categories = windowizer.categories_
    values = [
        read_values(windowizer, item, reset=reset and i == 0, named=not many, categories=categories)
        for i, item in enumerate(items)
    ]
    indexes = [get_index(item) for item in items]
    frequency = None if reset else windowizer.frequency_
    if reset and windowizer.resample is not None:
        frequency = check_rule(windowizer.resample)
    frequency = common_frequency(indexes, names, frequency)
    window = count_steps("window", windowizer.window, frequency)
    is_table = panel is not None and not listed
    stretches, short = _cut(windowizer, values, indexes, names, frequency, window, is_table)
    if short and reset:
        _warn_of_short(short, len(names), window)
    form = None if panel is None else panel.form
    wrappings = [describe(*pair, categories) for pair in zip(raw, values, strict=True)]
    lengths = [len(series) for series in values]
    return Cut(
        values, indexes, Layout(stretches, wrappings, lengths, frequency, window, listed, form)
    )


def _learn_categories(items):
    """Return the categories of the columns of series; arrays have none."""
    if not all(isinstance(item, (pd.Series, pd.DataFrame)) for item in items):
        return {}
    if isinstance(items[0], pd.DataFrame):
        shared = [c for c in items[0].columns if all(c in item for item in items)]
        items = [item[shared] for item in items]
    return find_categories(items)


def _take_apart(windowizer, X, reset):
    """Return the panel that ``X`` is, or None, its series, and whether there may be several."""
    static = windowizer.static if reset else windowizer.static_features_
    groups = windowizer.groups
    if not reset and isinstance(X, pd.DataFrame):
        alone = X.index.nlevels == 1 and (groups is None or groups not in X.columns)
        if alone:  # one entity, of which the channels count
            X = X.drop(columns=[c for c in static if c in X.columns])
            static, groups = None, None
    panel = read_panel(X, groups, static)
    if panel is not None:
        return panel, panel.series, True
    items, many = split_series(X)
    return None, items, many


def _cut(windowizer, values, indexes, names, frequency, window, is_table):
    """Return the stretches that hold the start of a window, and the names of entities without one."""
    kept, short = [], []
    stride = check_offset("stride", windowizer.stride)
    for i, (name, index) in enumerate(zip(names, indexes, strict=True)):
        found = find_stretches(
            index, len(values[i]), series=i, frequency=frequency, gaps=windowizer.gaps, name=name
        )
        if is_table and max(stretch.n_steps for stretch in found) < window:
            short.append(name)
            continue
        check_long_enough(found, window, name)
        for stretch in found:
            times = index[stretch.rows] if isinstance(index, pd.DatetimeIndex) else None
            starts = choose_starts(
                times, stretch.n_steps, window, stride, windowizer.phase, frequency
            )
            kept += [replace(stretch, starts=starts)] * (len(starts) > 0)
    if not kept:
        raise ValueError(_no_window(windowizer, window, short))
    return kept, short


def _warn_of_short(short, n_series, window):
    warnings.warn(
        f"{len(short)} of {n_series} entities have no stretch of window={window} time steps and are left out, the "
        f"first is {short[0].removeprefix('X of ')}.",
        UserWarning,
        stacklevel=4,
    )


def _no_window(windowizer, window, short):
    if short:
        return f"X has no entity with window={window} time steps without a gap."
    return (
        f"X has no window of {window} time steps that starts at phase={windowizer.phase!r} and "
        f"stride={windowizer.stride!r}."
    )
