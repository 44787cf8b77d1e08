"""Channels of windows with holes: standardised, and put back within their bounds."""

import numpy as np
import pandas as pd

from sktsgan.scaling._channels import lies_on_grid

__all__ = ["RepairChannels"]

_MIN_SHARED = 0.1
_PILE = 0.01  # share of values at a bound
_FEW = 32  # values of a grid
_MAX_DISTINCT = 0.9  # share of a grid's values at one step


def _share_values(first, second):
    """Return whether two channels agree wherever both are observed, which has to be often enough to tell."""
    few = slice(1000)  # most pairs differ at once
    if (
        (first[few] != second[few]) & (first[few] == first[few]) & (second[few] == second[few])
    ).any():
        return False
    both = ~(np.isnan(first) | np.isnan(second))
    enough = both.sum() >= max(2, _MIN_SHARED * len(both))
    return bool(enough and (first[both] == second[both]).all())


def _find_bounds(flat, low, high):
    """Return the least and the greatest value that channels may take.

    Where values pile up at their least or greatest one, as rain does at 0 and humidity at 100, that is a bound. Other
    series may drift farther than was seen, but what was never negative stays so.
    """
    enough = _PILE * (~np.isnan(flat)).sum(axis=0)
    low = np.where((flat == low).sum(axis=0) > enough, low, np.where(low >= 0, 0.0, -np.inf))
    high = np.where((flat == high).sum(axis=0) > enough, high, np.where(high <= 0, 0.0, np.inf))
    return np.array([low, high])


class RepairChannels:
    """Standardise channels that have holes; set constants and copies of other channels aside.

    What comes back keeps the channel's bounds, widened by what a window itself shows, and lies on the grid of values
    that were seen where a channel has one.
    """

    def fit(self, windows):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels), NaN where nothing was observed."""
        flat = windows.reshape(-1, windows.shape[2])
        self.low_, self.high_ = np.fmin.reduce(flat, axis=0), np.fmax.reduce(flat, axis=0)
        self.mean_ = np.nanmean(flat, axis=0)
        self.scale_ = np.nanstd(flat, axis=0)
        self.source_, self.free_ = [], []
        for c in range(windows.shape[2]):
            same = [b for b in self.free_ if _share_values(flat[:, b], flat[:, c])]
            self.source_.append(same[0] if same else c)
            if not same and self.low_[c] < self.high_[c]:
                self.free_.append(c)
        self.grids_ = {c: self._grid(windows[..., c]) for c in self.free_}
        self.bounds_ = _find_bounds(flat, self.low_, self.high_)
        for c, grid in self.grids_.items():
            if grid is not None and len(grid) <= _FEW:  # categories, rather than a sensor's steps
                self.bounds_[:, c] = grid[0], grid[-1]
        self.integer_ = [bool((column[~np.isnan(column)] % 1 == 0).all()) for column in flat.T]
        return self

    @staticmethod
    def _grid(channel):
        first = channel[:, 0][~np.isnan(channel[:, 0])]
        # overlapping windows repeat every value, but not at the same step
        if len(np.unique(first)) > _MAX_DISTINCT * len(first) or not lies_on_grid(channel):
            return None
        # hashing a million values costs less than sorting them
        seen = np.sort(pd.unique(channel.ravel()))
        return seen[~np.isnan(seen)]

    def standardise(self, windows, channels):
        """Return some of the free channels, given by their places, standardised; copies fill each other's holes."""
        scores = np.empty((*windows.shape[:2], len(channels)))
        for k, c in enumerate(self.free_[i] for i in channels):
            values = windows[..., c]
            for copy, source in enumerate(self.source_):
                if source == c != copy:
                    values = np.where(np.isnan(values), windows[..., copy], values)
            scores[..., k] = (values - self.mean_[c]) / self.scale_[c]
        return scores

    def _pool(self, windows):
        """Return windows in which a channel and its copies, and a constant, fill each other's holes."""
        windows = windows.copy()
        for c, source in enumerate(self.source_):
            if source != c:
                known = windows[..., source]
                windows[..., source] = np.where(np.isnan(known), windows[..., c], known)
        for c, source in enumerate(self.source_):
            own = windows[..., c]
            if source != c:
                windows[..., c] = np.where(np.isnan(own), windows[..., source], own)
            elif c not in self.free_:
                windows[..., c] = np.where(np.isnan(own), self.low_[c], own)
        return windows

    def restore(self, scores, windows):
        """Return windows of shape (n_draws, n_windows, n_timesteps, n_channels), what was observed untouched.

        Holes are filled from scores of shape (n_draws, n_windows, n_timesteps, n_free), which are complete.
        """
        known = self._pool(windows)
        filled = np.repeat(known[None], len(scores), axis=0)
        for k, c in enumerate(self.free_):
            holes = np.isnan(known[..., c])
            values = scores[..., k] * self.scale_[c] + self.mean_[c]
            filled[:, holes, c] = self._snap(values, c, windows[..., c])[:, holes]
        return self._pool(filled)

    def _snap(self, values, channel, observed):
        """Return values that the channel may take in windows of which some values are given."""
        low, high = self.bounds_[:, channel]
        low = np.fmin(low, np.fmin.reduce(observed, axis=1))[:, None]
        high = np.fmax(high, np.fmax.reduce(observed, axis=1))[:, None]
        values = -_clip(-_clip(values, low), -high)
        grid = self.grids_[channel]
        if grid is not None:
            nearest = grid[np.searchsorted((grid[1:] + grid[:-1]) / 2, values)]
            within = (values >= grid[0]) & (values <= grid[-1])
            values = np.where(within, nearest, values)
        return values.round() if self.integer_[channel] else values


def _clip(draws, low):
    """Return draws not below a bound, of the same mean as before if that is above it."""
    below = (draws < low).any(axis=0)
    if len(draws) == 1 or not below.any():
        return np.maximum(draws, low)
    low = np.broadcast_to(low, below.shape)[below]
    own = draws[:, below]
    raised = np.maximum(own, low) - low
    wanted = np.maximum(own.mean(axis=0) - low, 0)
    draws = draws.copy()
    draws[:, below] = low + raised * (wanted / np.maximum(raised.mean(axis=0), 1e-300))
    return draws
