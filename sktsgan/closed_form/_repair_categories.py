"""Holes in channels of categories, filled from similar windows."""

import numpy as np

from sktsgan.closed_form._incomplete import some_rows
from sktsgan.scaling._indicators import CategoryIndicators

__all__ = ["CategoryRepair", "most_frequent"]

_N_SIMILAR = 8
_MAX_DONORS = 4000
_ENOUGH = 100  # windows without holes in their categories, below which others give, too
_CHUNK = 512  # windows that are filled together


class CategoryRepair:
    """Fill missing categories with those that a similar training window has at the same steps.

    Windows are alike in what was observed: numbers, and indicators of the categories. A step counts
    1 / (1 + its distance from the nearest hole). One of the eight most similar windows gives all categories that a
    window lacks, so that these last as long, and go together, as in real ones.

    Parameters
    ----------
    categorical : sequence of int
        The channels of categories.
    """

    def __init__(self, categorical):
        self.categorical = list(categorical)

    def fit(self, windows):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels), NaN where nothing was observed."""
        self.numeric_ = np.setdiff1d(np.arange(windows.shape[2]), self.categorical)
        self.indicators_ = [CategoryIndicators().fit(windows[..., c]) for c in self.categorical]
        numbers = windows[..., self.numeric_]
        self.mean_ = np.nanmean(numbers, axis=(0, 1))
        spread = np.nanstd(numbers, axis=(0, 1))
        self.scale_ = np.where(spread > 0, spread, 1.0)
        holes = np.isnan(windows[..., self.categorical]).any(axis=(1, 2))
        if (~holes).sum() >= min(_ENOUGH, len(windows)):
            windows = windows[~holes]
        donors = some_rows(windows, _MAX_DONORS)
        self.codes_ = np.stack([self._complete(donors[..., c]) for c in self.categorical], axis=2)
        donors = donors.copy()
        donors[..., self.categorical] = self.codes_
        self.donors_ = np.nan_to_num(self._features(donors))
        return self

    @staticmethod
    def _complete(channel):
        """Return codes in which those missing are the nearest of their window, or else the most frequent one."""
        known = ~np.isnan(channel)
        steps = np.arange(channel.shape[1])
        apart = np.abs(steps[:, None] - steps)
        nearest = np.where(known[:, None], apart, 2 * len(steps)).argmin(axis=2)
        filled = np.take_along_axis(channel, nearest, axis=1)
        values, counts = np.unique(channel[known], return_counts=True)
        return np.where(np.isnan(filled), values[counts.argmax()], filled)

    def expand(self, windows):
        """Return windows with indicators in place of categories, after the channels of numbers."""
        parts = [
            own.transform(windows[..., c])
            for own, c in zip(self.indicators_, self.categorical, strict=True)
        ]
        return np.concatenate([windows[..., self.numeric_], *parts], axis=2)

    def put_back(self, expanded, codes):
        """Return windows whose numbers are the first channels of expanded ones, and whose categories are given."""
        windows = np.empty((*expanded.shape[:-1], len(self.numeric_) + len(self.categorical)))
        windows[..., self.numeric_] = expanded[..., : len(self.numeric_)]
        windows[..., self.categorical] = codes
        return windows

    def _features(self, windows):
        expanded = self.expand(windows)
        n_numeric = len(self.numeric_)
        expanded[..., :n_numeric] = (expanded[..., :n_numeric] - self.mean_) / self.scale_
        return expanded.astype(np.float32)

    def draw(self, windows, n_draws, rng):
        """Return the categories of windows, those missing drawn.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        n_draws : int
        rng : numpy.random.Generator

        Returns
        -------
        codes : ndarray of shape (n_draws, n_windows, n_timesteps, n_categorical)
        """
        codes = windows[..., self.categorical]
        drawn = np.repeat(codes[None], n_draws, axis=0)
        rows = np.flatnonzero(np.isnan(codes).any(axis=(1, 2)))
        for first in range(0, len(rows), _CHUNK):
            own = rows[first : first + _CHUNK]
            near = self._search(windows[own], np.isnan(codes[own]).any(axis=2))
            # of several draws no window gives twice before all have given once
            order = rng.permuted(near, axis=1)[:, np.arange(n_draws) % near.shape[1]].T
            holes = np.isnan(codes[own])
            drawn[:, own] = np.where(holes, self.codes_[order], codes[own])
        return drawn

    def _search(self, windows, holes):
        """Return the donors most like each window; ``holes``, of shape (n_windows, n_steps), says where it lacks."""
        features = self._features(windows)
        steps = np.arange(holes.shape[1])
        apart = np.abs(steps[:, None] - steps)
        nearest = np.where(holes[:, None], apart, len(steps)).min(axis=2)
        weights = np.where(np.isnan(features), 0, 1 / (1 + nearest)[..., None])
        weights = weights.reshape(len(features), -1).astype(np.float32)
        values = np.nan_to_num(features).reshape(len(features), -1)
        donors = self.donors_.reshape(len(self.donors_), -1)
        distances = weights @ (donors**2).T - 2 * (weights * values) @ donors.T
        n_similar = min(_N_SIMILAR, len(donors))
        return np.argpartition(distances, n_similar - 1, axis=1)[:, :n_similar]


def most_frequent(draws):
    """Return the value that most of several draws have, the first drawn of several such.

    Parameters
    ----------
    draws : ndarray of shape (n_draws, ...)
    """
    votes = (draws[:, None] == draws).sum(axis=1)
    best = votes.argmax(axis=0)
    return np.take_along_axis(draws, best[None], axis=0)[0]
