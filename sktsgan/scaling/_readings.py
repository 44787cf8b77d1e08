"""Standardise channels, and take scores back to values that could have been read."""

import numpy as np

from sktsgan.scaling._channels import ChannelScaler, lies_on_grid

__all__ = ["ReadingScaler", "find_white"]

_MAX_ATOM = 0.2
_MAX_REPEATED = 0.2
_LEAST_FOR_WHITE = 200  # windows; of fewer, no correlation is small for sure
_MAX_OWN = 0.03  # correlation of a reading of noise with the one before it
_MAX_CROSS = 0.1  # with those of other channels
_STANDARD_ERRORS = 4.0
_MAX_READINGS = 200_000
_TAIL = 4.0  # standard deviations, beyond which a reading says no more


class ReadingScaler(ChannelScaler):
    """Standardise every channel by its mean and standard deviation.

    Like ChannelScaler, it restores constants, copies and integers exactly. Where the values of a channel repeat, it
    gets the nearest value that was seen. All values stay within the range seen.

    Parameters
    ----------
    categorical : sequence of int, default=()
        Channels whose values are codes of categories.

    Attributes
    ----------
    categorical_ : ndarray of bool of shape (n_free,)
        Channels of categories.
    white_ : ndarray of bool of shape (n_free,)
        Channels of noise, of which every reading stands alone.
    steady_ : ndarray of bool of shape (n_free,)
        Channels of which more than a fifth of the readings equal the one before. A mean of windows never stands still.
    atomic_ : ndarray of bool of shape (n_free,)
        Channels of categories, and those that have one value in more than a fifth of their readings. A mean of
        windows has no such value.
    """

    def __init__(self, categorical=()):
        self.categorical = categorical

    def _fit_maps(self, channels):
        self.categorical_ = np.isin(self.free_, self.categorical)
        self.white_ = find_white(channels) & ~self.categorical_
        self.mean_ = np.array([channel.mean() for channel in channels])
        self.scale_ = np.array([channel.std() or 1.0 for channel in channels])
        self.ranges_ = [(channel.min(), channel.max()) for channel in channels]
        self.grids_ = [np.unique(x) if lies_on_grid(x) else None for x in channels]
        self.steady_ = np.array([_repeats(x) > _MAX_REPEATED for x in channels], dtype=bool)
        atomic = np.array([_largest_atom(x) > _MAX_ATOM for x in channels], dtype=bool)
        self.atomic_ = atomic | self.categorical_

    def transform(self, windows):
        """Return standardised free channels, of shape (n_windows, n_timesteps, n_free), as float32."""
        return ((windows[..., self.free_] - self.mean_) / self.scale_).astype(np.float32)

    def gaps(self):
        """Return the usual gap between the values of each free channel, in scores; 0 where it lies on no grid."""
        gaps = np.zeros(len(self.free_))
        for k in np.flatnonzero(~(self.white_ | self.atomic_)):
            if self.grids_[k] is not None and len(self.grids_[k]) > 1:
                gaps[k] = np.median(np.diff(self.grids_[k])) / self.scale_[k]
        return gaps

    def inverse_transform(self, scores, as_read):
        """Return windows with all channels, in the units of those seen in ``fit``.

        Parameters
        ----------
        scores : ndarray of shape (n_windows, n_timesteps, n_free)
            Standardised free channels.
        as_read : dict of int to ndarray of shape (n_windows, n_timesteps)
            Values of some free channels, by their place among these, which are taken instead of their scores.

        Returns
        -------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        """
        windows = np.empty((*scores.shape[:2], len(self.source_)))
        for k, c in enumerate(self.free_):
            windows[..., c] = as_read[k] if k in as_read else self._to_values(scores[..., k], k)
        return self._put_back(windows)

    def _to_values(self, scores, k):
        values = scores.astype(np.float64) * self.scale_[k] + self.mean_[k]
        grid = self.grids_[k]
        if grid is not None:
            return grid[np.searchsorted(grid[:-1] + np.diff(grid) / 2, values)]
        values = np.clip(values, *self.ranges_[k])
        return values.round() if self.integer_[k] else values


def _repeats(channel):
    """Return the share of readings that equal the one before."""
    return (channel[:, 1:] == channel[:, :-1]).mean() if channel.shape[1] > 1 else 0.0


def _largest_atom(channel):
    return np.unique(channel, return_counts=True)[1].max() / channel.size


def find_white(channels):
    """Return which channels are noise, of which every reading stands alone.

    These are channels whose readings and squared readings have a correlation of less than 0.03 with the ones before
    them, and of at most 0.1 with those of any other channel at the same step or one step away. Nor are readings
    correlated at any other lag. Of fewer than 200 windows nobody can tell.

    Parameters
    ----------
    channels : list of ndarray of shape (n_windows, n_timesteps)

    Returns
    -------
    white : ndarray of bool of shape (n_channels,)
    """
    white = np.zeros(len(channels), dtype=bool)
    if not channels or channels[0].shape[1] < 2 or len(channels[0]) < _LEAST_FOR_WHITE:
        return white
    every = -(-channels[0].size // _MAX_READINGS)
    readings = [_standardise(channel[::every]) for channel in channels]
    squares = [_standardise(x**2) for x in readings]
    own, cross = _correlations(np.stack([*readings, *squares]))
    for c in np.flatnonzero((own < _MAX_OWN) & (cross <= _MAX_CROSS)):
        white[c] = not _returns(readings[c])
    return white


def _standardise(channel):
    centred = channel - channel.mean()
    return np.clip(centred / (centred.std() or 1.0), -_TAIL, _TAIL)


def _correlations(features):
    """Return the largest correlation of each channel with itself a step later, and with the other channels.

    Parameters
    ----------
    features : ndarray of shape (2 * n_channels, n_windows, n_timesteps)
        The readings of all channels, then their squares.
    """
    n_features = len(features)
    before, after = (x.reshape(n_features, -1) for x in (features[..., :-1], features[..., 1:]))
    later, same = (np.abs(before @ x.T) / before.shape[1] for x in (after, before))
    folded = (2, n_features // 2, 2, n_features // 2)
    later, same = (x.reshape(folded).max(axis=(0, 2)) for x in (later, same))
    own = later.diagonal().copy()
    cross = np.maximum(np.maximum(later, later.T), same)
    np.fill_diagonal(cross, 0)
    return own, cross.max(axis=1)


def _returns(readings):
    """Return whether readings are correlated with those any number of steps before them."""
    n_windows, n_timesteps = readings.shape
    allowed = max(_MAX_OWN, _STANDARD_ERRORS / np.sqrt(n_windows))
    lags = range(2, n_timesteps)
    return any(abs((readings[:, k:] * readings[:, :-k]).mean()) > allowed for k in lags)
