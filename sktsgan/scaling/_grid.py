"""Channels that lie on a grid, to normal scores and back."""

import numpy as np
import torch
from scipy.special import ndtr, ndtri

__all__ = ["GridMap"]

_CLIP = 1e-4
_SMOOTHING_SWEEPS = 20
_DRAWING_SWEEPS = 8
_MAX_ATOM = 0.25
_MARGIN = 0.01  # of a cell's width, between a score and the edges


def smooth_within(lower, upper):
    """Return windows, of shape (n_windows, n_timesteps), as smooth as possible between bounds of that shape.

    Alternates between a diffusion step along time and projection onto the bounds.
    """
    scores = (lower + upper) / 2
    if scores.shape[1] < 3:
        return scores
    for _ in range(_SMOOTHING_SWEEPS):
        before, after = 2 * scores[:, :1] - scores[:, 1:2], 2 * scores[:, -1:] - scores[:, -2:-1]
        beside = np.concatenate([before, scores, after], axis=1)
        moved = 0.5 * scores + 0.25 * (beside[:, :-2] + beside[:, 2:])
        scores = np.clip(moved, lower, upper, out=moved)
    return scores


class _NeighborModel:
    """Normal distribution of a step given its neighbours, from autocovariances at lags 0, 1 and 2."""

    def __init__(self, scores):
        zero, one, two = (
            (scores[:, k:] * scores[:, : scores.shape[1] - k]).mean() for k in range(3)
        )
        ridge = 1e-6 * zero + 1e-12
        self.inner = one / (zero + two + ridge)
        self.inner_scale = np.sqrt(max(zero - 2 * self.inner * one, ridge))
        self.outer = one / (zero + ridge)
        self.outer_scale = np.sqrt(max(zero - self.outer * one, ridge))

    def __call__(self, scores, steps):
        """Return the mean and standard deviation of given steps: inner ones, or a single one at an end."""
        last = scores.shape[1] - 1
        if steps[0] in (0, last):
            beside = 1 if steps[0] == 0 else last - 1
            return self.outer * scores[:, [beside]], self.outer_scale
        return self.inner * (scores[:, steps - 1] + scores[:, steps + 1]), self.inner_scale


def _draw_between(mean, scale, lower, upper, rng):
    """Draw from normal distributions truncated at bounds."""
    low, high = ndtr((lower - mean) / scale), ndtr((upper - mean) / scale)
    ranks = low + (high - low) * rng.random(mean.shape)
    return np.clip(mean + scale * ndtri(np.clip(ranks, 1e-12, 1 - 1e-12)), lower, upper)


def draw_within(scores, lower, upper, model=None):
    """Draw windows between bounds from a stationary Gaussian process by Gibbs sampling.

    It starts from ``scores``, of shape (n_windows, n_timesteps) like the bounds. Without a model of a step given its
    neighbours, that is learned anew before each sweep.
    """
    rng = np.random.default_rng(0)  # the same windows must get the same normal scores in every call
    scores, last = scores.copy(), scores.shape[1] - 1
    every = np.arange(last + 1)
    turns = [[0], every[1:last:2], every[2:last:2], [last]]
    for _ in range(_DRAWING_SWEEPS):
        now = model or _NeighborModel(scores)
        for steps in map(np.asarray, turns):
            if len(steps):
                mean, scale = now(scores, steps)
                scores[:, steps] = _draw_between(mean, scale, lower[:, steps], upper[:, steps], rng)
    return scores


class GridMap:
    """Map a channel whose values lie on a grid to normal scores, and back to values of the grid.

    Every value of the grid owns a cell of normal scores, as wide as its share of a normal distribution, or, with
    ``standardise``, a cell of standardised values between the midpoints to its neighbours. Windows take the smoothest
    course through their cells, so that the steps of the grid don't look like noise. The inverse returns the value of
    the cell, so that generated windows repeat values as often as real ones. If one value makes up more than a quarter
    of all, its cell is so wide that the smoothest course would be constant: the course is then drawn from a Gaussian
    process, given the cells [1]_.

    Parameters
    ----------
    standardise : bool, default=False
        Whether to use standardised values instead of normal scores.

    References
    ----------
    .. [1] Hoff (2007). Extending the rank likelihood for semiparametric copula estimation. Annals of Applied
       Statistics 1(1). (Draws of latent normals given the ranks of observed values.)
    """

    def __init__(self, standardise=False):
        self.standardise = standardise

    def fit(self, channel):
        """Learn the cells from windows of shape (n_windows, n_timesteps)."""
        self.grid_, counts = np.unique(channel, return_counts=True)
        if self.standardise:
            middles = (self.grid_[1:] + self.grid_[:-1]) / 2
            ends = 2 * self.grid_[[0, -1]] - middles[[0, -1]]
            self.edges_ = np.concatenate([ends[:1], middles, ends[1:]])
            self.edges_ = (self.edges_ - channel.mean()) / channel.std()
        else:
            ranks = np.concatenate([[0], np.cumsum(counts)]) / channel.size
            self.edges_ = ndtri(np.clip(ranks, _CLIP, 1 - _CLIP))
        self.values_, self.cuts_ = torch.as_tensor(self.grid_), torch.as_tensor(self.edges_[1:-1])
        self.model_ = None
        varied = channel.shape[1] > 2 and (channel != channel[:1]).any()
        if counts.max() > _MAX_ATOM * channel.size and varied:
            lower, upper = self._cells(channel)
            drawn = draw_within(smooth_within(lower, upper), lower, upper)
            self.model_ = _NeighborModel(drawn)
        return self

    def _cells(self, channel):
        place = np.searchsorted(self.grid_, channel)
        place = np.minimum(place, len(self.grid_) - 1)  # new windows may go beyond the grid
        lower, upper = self.edges_[place], self.edges_[place + 1]
        margin = _MARGIN * (upper - lower)
        return lower + margin, upper - margin

    def transform(self, channel):
        """Return normal scores of windows of shape (n_windows, n_timesteps)."""
        lower, upper = self._cells(channel)
        scores = smooth_within(lower, upper)
        if self.model_ is not None:
            scores = draw_within(scores, lower, upper, self.model_)
        return scores

    def inverse_transform(self, scores):
        """Return values of the grid, a float64 tensor of the shape of ``scores``."""
        return self.values_[torch.bucketize(scores.double(), self.cuts_)]
