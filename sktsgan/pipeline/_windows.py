"""Windows inside a pipeline, and in the container of their series."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.base import clone

from sktsgan.containers._long_series import (
    Wrapping,
    describe,
    get_index,
    split_series,
    to_periods,
)
from sktsgan.containers._panels import PanelForm, entity_index

__all__ = ["RawForm", "WindowGrid"]


@dataclass(frozen=True)
class RawForm:
    """Form of the data that a pipeline was fitted on, so that new windows get the same.

    Parameters
    ----------
    wrapping : Wrapping
        Container, names and dtypes of the data; of the first series if there are several.
    n_timesteps : int or None
        Length of a window in steps; None if the pipeline was fitted on windows.
    frequency : pandas.DateOffset or None
        One step of the timestamps.
    panel : PanelForm or None
        The entities, if the data are a panel.
    groups : str or None
        Column or level of the entities.
    """

    wrapping: Wrapping
    n_timesteps: int | None = None
    frequency: object = None
    panel: PanelForm | None = None
    groups: str | None = None

    @classmethod
    def of(cls, X, windowizer, panel=None):
        """Return the form of the data ``X`` of a pipeline with this fitted Windowizer, or None, and of their panel."""
        first = split_series(X)[0][0] if panel is None else panel.series[0]
        categories = getattr(windowizer, "categories_", {})
        is_frame = isinstance(first, pd.DataFrame)  # of which the dtypes of columns count
        values = first if is_frame or hasattr(first, "dtype") else np.asarray(first)
        wrapping = describe(first, values, categories)
        if windowizer is None:
            return cls(wrapping)
        form = None if panel is None else replace(panel.form, order=None)
        steps = windowizer.n_timesteps_, windowizer.frequency_
        return cls(wrapping, *steps, form, windowizer.groups)

    def wrap(self, rows, *, starts=None, first=0, entities=None):
        """Return values in the container, names and dtypes of the raw data, as SamplingPipeline describes them.

        Parameters
        ----------
        rows : array-like of shape (n_windows * n_timesteps, n_channels), or of windows
            Steps of windows, one window after the other; or windows if ``n_timesteps`` is None.
        starts : DatetimeIndex of shape (n_windows,), default=None
            Start of each window.
        first : int, default=0
            Number of the first window.
        entities : ndarray of shape (n_windows,), default=None
            Number of the entity of a panel whose attributes each window has.
        """
        wrapped = self.wrap_steps(rows)
        if self.wrapping.kind == "array":
            if self.n_timesteps is None:
                return wrapped.reshape(np.shape(rows))
            return wrapped.reshape(-1, self.n_timesteps, *wrapped.shape[1:])
        if self.n_timesteps is not None:
            return self._label_steps(wrapped, starts, first, entities)
        if starts is not None:
            starts = to_periods(starts, self.wrapping.period)
            wrapped.index = starts.rename(self.wrapping.index_names[-1])
        return wrapped

    def wrap_steps(self, rows):
        """Return values in the container and the dtypes of the raw data, one row below the other, without labels."""
        values = np.asarray(rows)
        return self.wrapping.wrap(values.reshape(len(values), -1), None)

    def _label_steps(self, wrapped, starts, first, entities):
        """Return the steps of windows with their index: the window, or the new entity, and the time."""
        length, panel = self.n_timesteps, self.panel
        n_windows = len(wrapped) // length
        numbers = np.arange(first, first + n_windows).repeat(length)
        times = self._label_times(n_windows, starts)
        if panel is not None and panel.kind != "list":
            keys = panel.new_keys(first, n_windows).repeat(length)
            return panel.dress(wrapped.set_axis(times, axis=0), keys, entities.repeat(length))
        if panel is not None and panel.attributes.shape[1]:
            wrapped = panel.dress(wrapped, None, entities.repeat(length))
        names = ["window", times.name]
        return wrapped.set_axis(pd.MultiIndex.from_arrays([numbers, times], names=names), axis=0)

    def _label_times(self, n_windows, starts):
        """Return the time of each step of windows, or its number where starts are unknown."""
        name = self.wrapping.index_names[0]
        if starts is None or self.frequency is None:
            steps = np.tile(np.arange(self.n_timesteps), n_windows)
            keeps_name = self.panel is not None and self.panel.kind != "list"
            return pd.Index(steps, name=name if keeps_name else "step")
        by_step = [starts + k * self.frequency for k in range(self.n_timesteps)]
        order = np.arange(n_windows * self.n_timesteps).reshape(self.n_timesteps, n_windows)
        times = by_step[0].append(by_step[1:])[order.T.ravel()]
        keeps_name = name is not None or (self.panel is not None and self.panel.kind != "list")
        return to_periods(times, self.wrapping.period).rename(name if keeps_name else "timestamp")

    def windows_in(self, X):
        """Return the steps of windows as ``read_windows`` does; tables given to be imputed in a panel are series."""
        if self.panel is not None and not isinstance(X, np.ndarray):
            return None
        return self.read_windows(X)

    def lengths_of(self, X):
        """Return the number of steps of each series of ``X``, or of its windows."""
        steps = self.windows_in(X)
        if steps is not None:
            return [self.n_timesteps] * (len(steps) // self.n_timesteps)
        return [len(item) for item in split_series(X)[0]]

    def read_windows(self, X):
        """Return the steps of windows as a series, one window after the other, or None if ``X`` holds none.

        Windows are an array with one axis more than the series, or a long Series or DataFrame whose index has two
        levels, as ``wrap`` makes them. Another length, or number of channels, than in ``fit`` is a ValueError.
        """
        if self.panel is not None and isinstance(X, pd.DataFrame):
            X = self._channels_of(X)
        if isinstance(X, (pd.Series, pd.DataFrame)):
            if X.index.nlevels != 2:
                return None
            window = X.index.get_level_values(0).factorize()[0]
            if (
                not np.array_equal(window, np.arange(len(X)) // self.n_timesteps)
                or len(X) % self.n_timesteps
            ):
                raise ValueError(
                    f"X must have windows of {self.n_timesteps} steps, as in fit, one below the other, each with "
                    "its own value in the first level of the index."
                )
            return X.reset_index(drop=True)
        if not isinstance(X, np.ndarray) or X.ndim != self.wrapping.n_axes + 1:
            return None
        if X.shape[1] != self.n_timesteps:
            raise ValueError(
                f"X has windows of {X.shape[1]} steps, but the pipeline was fitted on windows of {self.n_timesteps}."
            )
        rows = X.reshape(-1, *X.shape[2:])
        if self.wrapping.kind == "array":
            return rows
        columns = self.wrapping.columns
        if self.wrapping.kind == "Series":
            return pd.Series(rows, name=columns)
        if X.shape[2] != len(columns):
            raise ValueError(
                f"X has {X.shape[2]} channels, but the pipeline was fitted on {len(columns)}."
            )
        return pd.DataFrame(rows, columns=columns)

    def _channels_of(self, X):
        """Return the channels of new windows of a panel, indexed by entity and time; other tables as they are."""
        columns = list(self.wrapping.columns)
        if not set(columns) <= set(X.columns):
            return X
        column = self.panel.name if self.panel.kind == "column" else None
        index = entity_index(X, column) if column in [None, *X.columns] else None
        return X[columns] if index is None else X[columns].set_axis(index, axis=0)


class WindowGrid:
    """Positions of the windows of series.

    Parameters
    ----------
    windowizer : Windowizer
        Windowizer whose parameters set the windows.
    X : series or list of series
        Series, of which only the labels and the lengths are used.
    every_step : bool, default=False
        Whether windows start at every step, whatever ``windowizer`` says.
    """

    def __init__(self, windowizer, X, *, every_step=False):
        grid = clone(windowizer).set_params(output="3d", static=None, groups=None)
        grid.set_output(transform="default")
        if every_step:
            grid.set_params(stride=1, phase=None)
        index = entity_index(X, windowizer.groups)
        if index is not None:
            self._numbers = pd.Series(np.arange(len(X)), index=index)
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                self._grid = grid.fit(self._numbers)  # the Windowizer has warned of what is short
            return
        items, many = split_series(X)
        firsts = np.cumsum([0, *map(len, items)])
        numbers = [_number_rows(*pair) for pair in zip(items, firsts[:-1], strict=True)]
        self._numbers = numbers if many else numbers[0]
        self._grid = grid.fit(self._numbers)

    @property
    def is_dated(self):
        """Whether the steps have timestamps."""
        return self._grid.frequency_ is not None

    def starts(self):
        """Return the timestamps at which windows start, or None."""
        starts = self._grid.window_starts(self._numbers)
        if isinstance(starts, pd.MultiIndex):
            starts = starts.get_level_values(1)
        return starts if isinstance(starts, pd.DatetimeIndex) else None

    @property
    def is_panel(self):
        """Whether there are entities."""
        return self._grid._layout.panel is not None

    def entities(self):
        """Return the number of the entity of each window."""
        return self._grid._layout.series_of_windows

    def targets(self, y):
        """Return a target for each window from one for each step."""
        return self._grid.window_targets(y)

    def covering(self, missing):
        """Return windows that cover all missing rows, with the holes as central as possible.

        ``missing`` is a mask of the rows that lack a value; the rows of several series follow each other. The result
        has the row numbers of each window, shape (n_windows, n_timesteps). A missing row in no window is a ValueError.
        """
        windows = self._grid.transform(self._numbers)[:, :, 0]
        firsts, length = windows[:, 0], windows.shape[1]
        observed = np.append(np.flatnonzero(~missing), len(missing))
        picked, done = [], -1
        for row in np.flatnonzero(missing):
            if row <= done:
                continue
            hole = min(observed[np.searchsorted(observed, row)] - row, length)
            low = np.searchsorted(firsts, row - length + 1)
            high = np.searchsorted(firsts, row, side="right") - 1
            if high < low:
                raise ValueError(
                    f"X lacks values in row {row}, in a stretch between gaps shorter than window={length} steps."
                )
            centred = np.searchsorted(firsts, row - (length - hole) // 2)
            picked.append(windows[np.clip(centred, low, high)])
            done = picked[-1][-1]
        return np.array(picked, dtype=np.int64).reshape(-1, length)


def _number_rows(series, first):
    numbers, index = np.arange(first, first + len(series)), get_index(series)
    return numbers if index is None else pd.Series(numbers, index=index)
