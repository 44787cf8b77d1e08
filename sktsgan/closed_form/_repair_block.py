"""The repair model of channels that belong together."""

from itertools import product

import numpy as np
import torch

from sktsgan.closed_form._blend import Blends, describe
from sktsgan.closed_form._conditional import fill_rows
from sktsgan.closed_form._incomplete import estimate_law, some_rows
from sktsgan.closed_form._similar import WindowLaw, interpolate

__all__ = ["BlockRepair"]

_DRIFTS = 0.0, 1.0, 10.0
_NOISES = 1e-4, 1e-2
_UNKNOWN = 1.0, 1e-2  # drift and noise where nothing can be held out
_MIN_ROWS, _ROWS_PER_VALUE = 6000, 10
_N_PARTS, _N_FOLDS = 5, 2
_MAX_HELD_OUT, _MIN_HELD_OUT = 120, 20
_MAX_PATTERNS = 32


class BlockRepair:
    """A Gaussian of whole windows, residuals of similar windows, and straight lines.

    Parameters
    ----------
    n_channels : int
    random_state : int
        Seed of what completes windows with holes.
    """

    def __init__(self, n_channels, *, random_state):
        self.n_channels = n_channels
        self.random_state = random_state

    def fit(self, rows):
        n_all, n_values = rows.shape
        rows = some_rows(rows, max(_MIN_ROWS, _ROWS_PER_VALUE * n_values))
        self.seen_ = ~np.isnan(rows)
        if not self.seen_.all():
            known = self.seen_.any(axis=1)
            rows, self.seen_ = rows[known], self.seen_[known]
            generator = torch.Generator().manual_seed(self.random_state)
            rows = fill_rows(estimate_law(rows, self.n_channels), rows, 1, generator)[0]
        self.law_ = WindowLaw(rows, self.n_channels)
        self.seen_ = some_rows(self.seen_, len(self.law_.rows))
        n_timesteps = n_values // self.n_channels
        self.n_overlapping_ = n_timesteps * len(self.law_.rows) // n_all
        return self

    def choose(self, holes):
        self_folds = list(self._folds())
        patterns = np.unique(holes, axis=0)
        patterns = some_rows(patterns, _MAX_PATTERNS)
        best = np.inf, (*_UNKNOWN, Blends(self.n_channels))
        for drift, noise in product(_DRIFTS, _NOISES):
            found = [self._try(*fold, patterns, drift, noise) for fold in self_folds]
            found = [x for x in found if x is not None]
            if not found:
                break
            blends = Blends(self.n_channels)
            error = blends.fit(*map(np.concatenate, zip(*found, strict=True)))
            if error < best[0]:
                best = error, (drift, noise, blends)
        return best[1]

    def _folds(self):
        rows, seen = self.law_.rows, self.seen_
        size = len(rows) // _N_PARTS
        for k in range(_N_FOLDS):
            stop = len(rows) - k * size
            start = stop - size
            left = np.r_[: max(start - self.n_overlapping_, 0), min(stop + self.n_overlapping_, len(rows)) : len(rows)]
            if min(size, len(left)) >= _MIN_HELD_OUT:
                step = -(-size // _MAX_HELD_OUT)
                held_out = np.where(seen[start:stop:step], rows[start:stop:step].astype(float), np.nan)
                yield WindowLaw(rows[left].astype(float), self.n_channels), held_out

    def _try(self, law, truth, patterns, drift, noise):
        hidden = np.resize(patterns, truth.shape)
        rows = np.where(hidden, np.nan, truth)
        some = ~np.isnan(rows).all(axis=1)
        rows, truth = rows[some], truth[some]
        if not len(rows):
            return None
        lines = interpolate(rows, self.n_channels)
        found = []
        for holes, own, means, residuals in law.explain(rows, drift, noise):
            group = describe(holes, self.n_channels)
            low, high = np.quantile(residuals, (0.1, 0.9), axis=1)
            parts = truth[own][:, holes], means, residuals.mean(axis=1), lines[own][:, holes], low, high, np.broadcast_to(group, means.shape)
            known = ~np.isnan(parts[0])
            found.append([x[known] for x in parts])
        return [np.concatenate(x) for x in zip(*found, strict=True)] if found else None

    def draw(self, rows, n_draws, rng, choice=None):
        """Return rows with their holes filled, of shape (n_draws, n_rows, n_values)."""
        filled = np.repeat(rows[None], n_draws, axis=0)
        holes = np.isnan(rows)
        if not holes.any():
            return filled, choice
        if choice is None:
            choice = self.choose(holes[holes.any(axis=1)])
        drift, noise, blends = choice
        lines = interpolate(rows, self.n_channels)
        for hidden, own, means, residuals in self.law_.explain(rows, drift, noise):
            group = describe(hidden, self.n_channels)
            made = blends.draw(means, residuals, lines[own][:, hidden], group, n_draws, rng)
            filled[:, own[:, None], np.flatnonzero(hidden)] = made
        return filled, choice
