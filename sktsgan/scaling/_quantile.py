"""Channels to normal scores and back."""

import numpy as np
import torch
from scipy.stats import norm

__all__ = ["QuantileMap", "RangeMap", "StandardMap"]

_TABLE_SIZE = 16_384
_CHUNK = 65_536  # values that fit in cache


class QuantileMap:
    """Map one channel to normal scores through its empirical distribution.

    A value x is mapped to Φ⁻¹(F(x)), with F the mid-rank empirical distribution, linear between knots.
    scikit-learn's ``QuantileTransformer`` maps the extremes to ±5.2 whatever the sample size, which
    distorts a covariance; here they follow from the ranks.

    Parameters
    ----------
    max_knots : int, default=2000
        Largest number of knots.
    clip : float, default=1e-4
        Distance of the ranks from 0 and 1, which bounds the normal scores.
    """

    def __init__(self, max_knots=2000, clip=1e-4):
        self.max_knots = max_knots
        self.clip = clip

    def fit(self, values):
        """Learn the knots from values of shape (n_values,)."""
        knots, counts = np.unique(values, return_counts=True)
        ranks = (np.cumsum(counts) - counts / 2) / counts.sum()
        if len(knots) > self.max_knots:
            kept = np.unique(np.linspace(0, len(knots) - 1, self.max_knots).round().astype(int))
            knots, ranks = knots[kept], ranks[kept]
        self.knots_ = knots
        self.scores_ = norm.ppf(np.clip(ranks, self.clip, 1 - self.clip))
        # a table on an even grid of normal scores: a look-up takes a tenth of a search among the knots
        grid = np.linspace(self.scores_[0], self.scores_[-1], _TABLE_SIZE)
        self.table_ = torch.as_tensor(np.interp(grid, self.scores_, self.knots_))
        self.rises_ = torch.diff(self.table_, append=self.table_[-1:])
        self.cells_per_score_ = (_TABLE_SIZE - 1) / max(self.scores_[-1] - self.scores_[0], 1e-12)
        return self

    def transform(self, values):
        """Return normal scores, of the shape of ``values``."""
        return np.interp(values, self.knots_, self.scores_)

    def inverse_transform(self, scores):
        """Return values within the range seen in fit, a float64 tensor of the shape of ``scores``."""
        values = torch.empty(scores.shape, dtype=torch.float64)
        chunks = zip(scores.reshape(-1).split(_CHUNK), values.view(-1).split(_CHUNK), strict=True)
        for given, made in chunks:
            cells = (given - self.scores_[0]).mul_(self.cells_per_score_).clamp_(0, _TABLE_SIZE - 1)
            below = cells.int()
            torch.index_select(self.rises_, 0, below, out=made)
            made.mul_(cells.sub_(below)).add_(self.table_.index_select(0, below))
        return values


class StandardMap:
    """Standardise one channel; the inverse stays within the range seen in fit."""

    def fit(self, values):
        """Learn mean, standard deviation and range from values of shape (n_values,)."""
        self.mean_ = values.mean()
        self.scale_ = values.std() or 1.0
        self.range_ = values.min(), values.max()
        return self

    def transform(self, values):
        """Return standardised values, of the shape of ``values``."""
        return (values - self.mean_) / self.scale_

    def inverse_transform(self, scores):
        """Return values within the range seen in fit, a float64 tensor of the shape of ``scores``."""
        return (scores.double() * self.scale_ + self.mean_).clamp(*self.range_)


class RangeMap:
    """Map one channel to [0, 1] by its range.

    Parameters
    ----------
    max_grid : int
        Largest number of distinct values at which the inverse returns only values seen in fit.
    """

    def __init__(self, max_grid):
        self.max_grid = max_grid

    def fit(self, values):
        """Learn the range, and the values if they are few."""
        grid = np.unique(values)
        self.range_ = grid[0], grid[-1]
        self.span_ = grid[-1] - grid[0] or 1.0
        few = 1 < len(grid) <= self.max_grid
        self.grid_ = torch.as_tensor(grid) if few else None
        return self

    def transform(self, values):
        """Return scaled values, of the shape of ``values``."""
        return (values - self.range_[0]) / self.span_

    def inverse_transform(self, scores):
        """Return values within the range seen in fit, a float64 tensor of the shape of ``scores``."""
        values = (scores.double() * self.span_ + self.range_[0]).clamp(*self.range_)
        if self.grid_ is None:
            return values
        return self.grid_[torch.bucketize(values, (self.grid_[1:] + self.grid_[:-1]) / 2)]
