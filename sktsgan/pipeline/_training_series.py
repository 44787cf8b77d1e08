"""The training series of a pipeline, kept to make series from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.base import clone

from sktsgan.closed_form import SeriesChain
from sktsgan.containers._categories import encode
from sktsgan.preprocessing._layout import read_series
from sktsgan.prompts._calendar import calendar_places

__all__ = ["TrainingSeries", "weigh_places"]

_CIRCLES = (  # columns of calendar_places, and the weights of each harmonic
    (slice(1, 9), (3.0, 0.0, 0.0, 0.0)),  # the year
    (slice(9, 15), (1.0, 0.5, 0.5)),  # the week
    (slice(15, 27), (0.3, 0.3, 0.0, 0.0, 0.0, 0.0)),  # the day
)


@dataclass(frozen=True)
class TrainingSeries:
    """Values of the series that a pipeline was fitted on, in their own units.

    Parameters
    ----------
    values : ndarray of shape (n_steps, n_channels)
        Stretches without gaps, one below the other; categories are their places.
    firsts : ndarray of shape (n_stretches,)
        First step of each stretch.
    times : DatetimeIndex of shape (n_steps,) or None
    categorical : tuple of int
        Channels of categories.
    """

    values: np.ndarray
    firsts: np.ndarray
    times: pd.DatetimeIndex | None
    categorical: tuple

    @classmethod
    def of(cls, X, windowizer):
        """Return a copy of the series, or of the one entity, that a fitted Windowizer cuts."""
        grid = clone(windowizer).set_params(
            stride=1, phase=None, output="3d", groups=None, static=None
        )
        known = getattr(windowizer, "categories_", {})
        cut = read_series(grid, _encode(X, known), reset=True)
        stretches = cut.layout.stretches
        parts = [cut.values[one.series][one.rows] for one in stretches]
        firsts = np.cumsum([0, *map(len, parts[:-1])])
        values = np.concatenate(parts, dtype=np.float64)
        times = None
        if cut.layout.frequency is not None:
            times = [cut.indexes[one.series][one.rows] for one in stretches]
            times = times[0].append(times[1:]) if len(times) > 1 else times[0]
            times = times._with_freq(None)
        return cls(values, firsts, times, tuple(windowizer.categorical_features_))

    @cached_property
    def chain(self):
        """The fitted SeriesChain; steps with missing values are left out."""
        known = ~np.isnan(self.values).any(axis=1)
        begins = np.zeros(len(known), dtype=bool)
        begins[self.firsts] = True
        begins[1:] |= ~known[:-1]
        places = None if self.times is None else weigh_places(self.times[known])
        # what begins in a hole begins after it
        firsts = np.flatnonzero(_first_known(begins, known)[known])
        return SeriesChain().fit(self.values[known], firsts, places, self.categorical)


def _encode(X, categories):
    """Return series in which categories are their places among those of all entities."""
    if not categories:
        return X
    return (
        [encode(item, categories) for item in X]
        if isinstance(X, list | tuple)
        else encode(X, categories)
    )


def _first_known(begins, known):
    """Return for each known step whether a stretch begins with it."""
    stretch = np.cumsum(begins)
    steps = np.flatnonzero(known)
    first = np.zeros(len(known), dtype=bool)
    first[steps[np.unique(stretch[steps], return_index=True)[1]]] = True
    return first


def weigh_places(times):
    """Return places in the calendar, of shape (n_steps, n_places), whose distances say how unlike moments are."""
    places = calendar_places(times)
    parts = []
    for circle, weights in _CIRCLES:
        weights = np.sqrt(np.repeat(weights, 2))
        parts.append((places[:, circle] * weights)[:, weights > 0])
    return np.concatenate(parts, axis=1)
