"""Conditions as numbers that a regression or a network can take."""

import numpy as np
import pandas as pd

from sktsgan.prompts._calendar import calendar_places

__all__ = ["ConditionEncoder"]

_LEAST_SPREAD = 1e-6


class ConditionEncoder:
    """Encode classes as indicators, numbers standardised, timestamps as places on the calendar's circles.

    Parameters
    ----------
    values : dict of str to list
        The values of each column of classes; other columns are numbers.
    """

    def __init__(self, values):
        self.values = values

    def fit(self, frame, timestamps=None):
        """Learn means and spreads, and which columns of the encoding vary at all."""
        raw, is_number = self._columns(frame, timestamps)
        spread = raw.std(axis=0)
        self.varying_ = spread > _LEAST_SPREAD * np.maximum(np.abs(raw).max(axis=0, initial=0), 1)
        self.means_ = np.where(is_number, raw.mean(axis=0), 0.0)
        self.scales_ = np.where(is_number & self.varying_, spread, 1.0)
        return self

    def transform(self, frame, timestamps=None):
        """Return a float32 array of shape (n_items, n_features)."""
        raw, _ = self._columns(frame, timestamps)
        return ((raw - self.means_) / self.scales_)[:, self.varying_].astype(np.float32)

    def _columns(self, frame, timestamps):
        """Return the encoding before it is scaled, and which of its columns are numbers."""
        parts, is_number = [np.empty((len(frame), 0))], []
        for column in frame:
            if column in self.values:
                known = self.values[column]
                codes = pd.Categorical(frame[column], categories=known).codes
                parts.append((codes[:, None] == np.arange(len(known))).astype(float))
            else:
                parts.append(frame[column].to_numpy(dtype=float)[:, None])
            is_number += [column not in self.values] * parts[-1].shape[1]
        if timestamps is not None:
            parts.append(calendar_places(timestamps))
            is_number += [True] + [False] * (parts[-1].shape[1] - 1)
        return np.concatenate(parts, axis=1), np.array(is_number, dtype=bool)
