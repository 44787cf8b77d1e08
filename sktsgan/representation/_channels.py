"""What is left of the channels once constants and copies are set aside, each on its own scale."""

import numpy as np
import torch

from sktsgan.representation._quantile import QuantileMap, StandardMap

__all__ = ["ChannelScaler"]

_MAX_VALUES = 200_000  # per channel; more of them move no knot visibly
_MAX_GRID = 256
_MAX_DISTINCT_SHARE = 0.5
_MAX_ROUGHENING = 10.0


def _roughness(channel):
    """Energy of the second differences over that of the first, of shape (n_windows, n_timesteps)."""
    slopes = np.diff(channel, axis=1)
    return np.mean(np.diff(slopes, axis=1) ** 2) / max(np.mean(slopes**2), 1e-300)


def _choose_map(channel):
    """Return the fitted map of one channel.

    Normal scores suit what has tails and ties. A smooth channel that turns at a bound, as a sinusoid does,
    gets kinks from them: where its roughness grows more than tenfold the channel is standardised instead.
    (Measured: sinusoids 105-fold, the steepest channel of the UCI appliances data 4.3-fold.)
    """
    every = -(-channel.size // _MAX_VALUES)
    values = channel[::every].ravel()
    # the extremes bound what comes back, so they must be among the knots
    quantile = QuantileMap().fit(np.concatenate([values, [channel.min(), channel.max()]]))
    if channel.shape[1] < 3:
        return quantile
    sample = channel[::every]
    if _roughness(quantile.transform(sample)) > _MAX_ROUGHENING * _roughness(sample):
        return StandardMap().fit(channel)
    return quantile


def _grid_of(channel):
    """Return the sorted distinct values of a channel whose values repeat, else None.

    A sensor's readings lie on a grid. Overlapping windows repeat every value, so that repetition is
    judged among the values of one step: where at most half of them are distinct, or the channel
    has at most 256 values, there is a grid. (Measured on ETTh1, windows of 24: the share of windows that
    gradient boosting tells apart falls from .99 to .93.)
    """
    grid = np.unique(channel)
    step = channel[:, 0]
    repeats = len(np.unique(step)) <= _MAX_DISTINCT_SHARE * len(step)
    return grid if len(grid) <= _MAX_GRID or repeats else None


class ChannelScaler:
    """Scale channels one by one; constants, copies, grids and integers come back exactly.

    ``transform`` keeps the channels that carry information of their own. ``inverse_transform`` puts
    constant channels and copies of other channels back, moves values of channels that lie on a grid to the
    nearest value seen, and those of integer-valued channels to the nearest integer.
    """

    def fit(self, windows):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels)."""
        first = windows[:1, :1]
        constant = (windows == first).all(axis=(0, 1))
        self.constants_ = np.where(constant, first[0, 0], np.nan)
        self.source_, self.free_ = [], []
        for c in range(windows.shape[2]):
            alike = [b for b in self.free_ if np.array_equal(windows[0, :, b], windows[0, :, c])]
            same = [b for b in alike if np.array_equal(windows[..., b], windows[..., c])]
            self.source_.append(same[0] if same else c)
            if not same and not constant[c]:
                self.free_.append(c)
        self.maps_ = [_choose_map(windows[..., c]) for c in self.free_]
        self.grids_ = [_grid_of(windows[..., c]) for c in self.free_]
        self.integer_ = [bool((windows[..., c] % 1 == 0).all()) for c in self.free_]
        return self

    def transform(self, windows):
        """Return scores of the free channels, of shape (n_windows, n_timesteps, n_free)."""
        scores = np.empty((*windows.shape[:2], len(self.free_)))
        for k, c in enumerate(self.free_):
            scores[..., k] = self.maps_[k].transform(windows[..., c])
        return scores

    def inverse_transform(self, scores):
        """Return windows with all channels, in the units of those seen in ``fit``.

        Parameters
        ----------
        scores : Tensor of shape (n_windows, n_timesteps, n_free)

        Returns
        -------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        """
        windows = np.empty((*scores.shape[:2], len(self.source_)))
        for k, c in enumerate(self.free_):
            values = self.maps_[k].inverse_transform(scores[..., k].contiguous())
            if self.grids_[k] is not None:
                grid = torch.as_tensor(self.grids_[k])
                values = grid[torch.bucketize(values, (grid[1:] + grid[:-1]) / 2)]
            windows[..., c] = values.round() if self.integer_[k] else values
        for c, source in enumerate(self.source_):
            constant = self.constants_[c]
            if not np.isnan(constant):
                windows[..., c] = constant
            elif source != c:
                windows[..., c] = windows[..., source]
        return windows
