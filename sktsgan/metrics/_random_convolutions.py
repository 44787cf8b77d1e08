"""Random convolutions of windows: features for a ridge classifier."""

import numpy as np
import torch
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state

__all__ = ["RandomConvolutions"]

_LENGTHS = (3, 5, 7, 9)
_CHUNK = 1000  # windows


class RandomConvolutions(TransformerMixin, BaseEstimator):
    """Describe windows by many random convolutions over time, as ROCKET does [1]_.

    A convolution has three features: the share of its steps above a bias, its maximum and its standard deviation. Its
    taps are normal, sum to zero in each of a random set of channels, and have a random dilation. In windows of
    fewer than three steps, each has a single tap.

    Parameters
    ----------
    n_timesteps, n_channels : int
        Shape of a window. Rows begin with the flat window; further columns are not read.
    n_convolutions : int, default=500
        Number of convolutions.
    random_state : int, RandomState instance or None, default=None
        Seed of the convolutions.

    References
    ----------
    .. [1] A. Dempster, F. Petitjean and G. I. Webb, "ROCKET: exceptionally fast and accurate time series
       classification using random convolutional kernels", Data Mining and Knowledge Discovery 34, 2020.
    """

    def __init__(self, n_timesteps, n_channels, *, n_convolutions=500, random_state=None):
        self.n_timesteps = n_timesteps
        self.n_channels = n_channels
        self.n_convolutions = n_convolutions
        self.random_state = random_state

    def fit(self, X, y=None):
        """Draw the convolutions, and each bias from the values of its convolution on windows of ``X``."""
        rng = check_random_state(self.random_state)
        windows = self._windows(X)
        self.mean_, deviation = windows.mean(axis=(0, 1)), windows.std(axis=(0, 1))
        self.scale_ = np.where(deviation > 0, deviation, 1.0)
        shapes = [self._draw_shape(rng) for _ in range(self.n_convolutions)]
        self.groups_ = []
        some = self._scaled(windows[rng.permutation(len(windows))[:200]])
        for length, dilation in sorted(set(shapes)):
            taps = self._draw_taps(shapes.count((length, dilation)), length, rng)
            made = _convolve(some, taps, dilation).transpose(0, 1).flatten(1)
            at = torch.as_tensor(rng.uniform(0.1, 0.9, size=len(taps)) * (made.shape[1] - 1))
            bias = made.sort(dim=1).values.gather(1, at.long()[:, None])
            self.groups_.append((taps, dilation, bias))
        return self

    def transform(self, X):
        """Return the features, an array of shape (n_windows, 3 * n_convolutions)."""
        windows = self._windows(X)
        chunks = range(0, len(windows), _CHUNK)
        return np.vstack([self._features(windows[i : i + _CHUNK]) for i in chunks])

    def _windows(self, X):
        flat = np.asarray(X)[:, : self.n_timesteps * self.n_channels]
        return flat.reshape(len(flat), self.n_timesteps, self.n_channels)

    def _scaled(self, windows):
        scaled = ((windows - self.mean_) / self.scale_).transpose(0, 2, 1)
        return torch.as_tensor(scaled, dtype=torch.float32)

    def _draw_shape(self, rng):
        length = int(rng.choice([n for n in _LENGTHS if n <= self.n_timesteps] or [1]))
        most = np.log2((self.n_timesteps - 1) / (length - 1)) if length > 1 else 0
        return length, int(2 ** rng.uniform(0, most))

    def _draw_taps(self, n_taps, length, rng):
        taps = rng.normal(size=(n_taps, self.n_channels, length))
        if length > 1:
            taps -= taps.mean(axis=2, keepdims=True)
        most = np.log2(self.n_channels + 1)
        for one in taps:
            n_used = int(2 ** rng.uniform(0, most))
            one[rng.permutation(self.n_channels)[n_used:]] = 0
        return torch.as_tensor(taps, dtype=torch.float32)

    def _features(self, windows):
        scaled, found = self._scaled(windows), []
        for taps, dilation, bias in self.groups_:
            made = _convolve(scaled, taps, dilation)
            share = (made > bias).float().mean(dim=2)
            found += [share, made.amax(dim=2), made.std(dim=2, correction=0)]
        return torch.cat(found, dim=1).numpy()


def _convolve(windows, taps, dilation):
    return torch.nn.functional.conv1d(windows, taps, dilation=dilation)
