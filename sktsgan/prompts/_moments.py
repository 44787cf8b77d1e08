"""Which training items start at a moment, or closest to it in the calendar."""

from functools import cached_property

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from sktsgan.prompts._calendar import calendar_places

__all__ = ["MomentFinder"]

_TIE = 1e-12  # of squared distances
_SMALL = 2000  # items whose distances are all worked out


class MomentFinder:
    """Find items by their starts; a prompt may hold thousands, so that none looks at every item.

    Parameters
    ----------
    timestamps : DatetimeIndex of shape (n_items,)
    """

    def __init__(self, timestamps):
        self.timestamps = timestamps

    @cached_property
    def years(self):
        """The years in which items start."""
        return set(self.timestamps.year.unique())

    @cached_property
    def _order(self):
        return np.argsort(self.timestamps.asi8, kind="stable")

    @cached_property
    def _sorted(self):
        return self.timestamps[self._order]

    @cached_property
    def _places(self):
        return calendar_places(self.timestamps)

    @cached_property
    def _tree(self):
        return cKDTree(self._places)

    def find(self, start, rows=None):
        """Return the rows that start then, or those nearest in year, season, weekday and hour.

        Parameters
        ----------
        start : Timestamp
        rows : ndarray of shape (n_rows,), default=None
            Rows to choose from, increasing; None takes all items.
        """
        coarse = start.as_unit(self.timestamps.unit)
        first, end = (self._sorted.searchsorted(coarse, side=side) for side in ("left", "right"))
        same = np.sort(self._order[first:end]) if coarse == start else self._order[:0]
        if rows is not None:
            same = same[np.isin(same, rows, assume_unique=True)]
        return same if len(same) else self._nearest(start, rows)

    def _nearest(self, start, rows):
        place = calendar_places(pd.DatetimeIndex([start]))
        if rows is None and len(self.timestamps) > _SMALL:
            near = self._tree.query(place[0])[0]
            rows = np.sort(self._tree.query_ball_point(place[0], near + 1e-6))
        elif rows is None:
            rows = np.arange(len(self.timestamps))
        distance = ((self._places[rows] - place) ** 2).sum(axis=1)
        return rows[distance <= distance.min() + _TIE]
