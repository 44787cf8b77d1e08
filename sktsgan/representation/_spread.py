"""How far what was missing really lay from its conditional mean."""

import numpy as np
from scipy.stats import norm

__all__ = ["SpreadMap", "hole_patterns"]

_LEVELS = np.array([0.5, 0.8, 0.95, 0.99])  # of |z|
_NORMAL = norm.ppf((1 + _LEVELS) / 2)
_MAX_BINS = 3
_PER_BIN = 200
_MAX_FACTOR = 4.0
_MAX_CHANNELS = 12


def hole_patterns(n_timesteps, n_channels, rng):
    """Return kinds of holes, and patterns of each.

    Parameters
    ----------
    n_timesteps, n_channels : int
    rng : numpy.random.Generator

    Returns
    -------
    patterns : list of (str, ndarray of bool of shape (n_timesteps * n_channels,))
        Two of values missing here and there (10, 30 and 50 %), two of a third of the steps missing, the first and the last
        quarter, and up to 12 channels one at a time. What would leave nothing observed is left out.
    """
    shape, third, quarter = (n_timesteps, n_channels), n_timesteps // 3, n_timesteps // 4
    patterns = [(share, rng.random(shape) < share) for share in (0.1, 0.3, 0.5) for _ in range(2)]
    steps = [
        ("block", np.arange(third, 2 * third)),
        ("block", np.arange(third // 2, third // 2 + third)),
        ("end", np.arange(n_timesteps - quarter, n_timesteps)),
        ("end", np.arange(quarter)),
    ]
    channels = [(slice(None), c) for c in rng.permutation(n_channels)[:_MAX_CHANNELS]]
    for kind, place in [*steps, *(("channel", c) for c in channels)]:
        pattern = np.zeros(shape, dtype=bool)
        pattern[place] = True
        patterns.append((kind, pattern))
    return [(kind, p.ravel()) for kind, p in patterns if p.any() and not p.all()]


class SpreadMap:
    """Map normal deviations to those that held-out windows show.

    A Gaussian's conditional spread is right on average at best: what is missing here and there lies closer to its
    mean than it says and now and then much farther off, a channel that is missing as a whole may have drifted away. So
    the quantiles of |z|, the distance from the conditional mean in conditional standard deviations, are taken from
    held-out windows: for each channel, apart where nothing of it was observed, and by how wide the Gaussian is there.
    """

    def fit(self, channels, absent, scales, distances):
        """Learn from values of held-out windows that were hidden.

        Parameters
        ----------
        channels : ndarray of int, of shape (n_values,)
        absent : ndarray of bool, of shape (n_values,)
            Whether nothing of the channel was left in its window.
        scales, distances : ndarray of shape (n_values,)
            Conditional standard deviations, and |z|.
        """
        self.tables_ = {}
        for whole in (False, True):
            rows = np.flatnonzero(absent == whole)
            every = self._table(scales[rows], distances[rows])
            for c in range(channels.max() + 1):
                own = rows[channels[rows] == c]
                table = self._table(scales[own], distances[own])
                self.tables_[c, whole] = every if table is None else table
        return self

    @staticmethod
    def _table(scales, distances):
        """Return the middle of log-scales and the factors at each level, by bin; None of too few values."""
        n_bins = min(len(scales) // _PER_BIN, _MAX_BINS)
        if n_bins == 0:
            return None
        bins = np.array_split(np.argsort(scales, kind="stable"), n_bins)
        middles = np.array([np.log(scales[rows]).mean() for rows in bins])
        factors = [np.quantile(distances[rows], _LEVELS) / _NORMAL for rows in bins]
        return middles, np.clip(factors, 1 / _MAX_FACTOR, _MAX_FACTOR)

    def __call__(self, deviations, scales, channels, absent):
        """Return deviations with the spread of held-out windows.

        Parameters
        ----------
        deviations : ndarray of shape (n_rows, n_values)
            Of the Gaussian, about its mean.
        scales : ndarray of shape (n_values,)
            Standard deviations of its columns.
        channels, absent : ndarray of shape (n_values,)
        """
        factors = np.ones((len(scales), len(_LEVELS)))
        for c, whole in set(zip(channels.tolist(), absent.tolist(), strict=True)):
            own = (channels == c) & (absent == whole)
            table = self.tables_.get((c, whole))
            if table is not None:
                middles, levels = table
                factors[own] = _between(np.log(scales[own]), middles, levels)
        distance = np.abs(deviations) / scales
        return deviations * _factor_at(distance, factors)


def _between(places, middles, levels):
    """Interpolate the rows of levels, straight on at both ends."""
    columns = [np.interp(places, middles, column) for column in levels.T]
    return np.stack(columns, axis=1)


def _factor_at(distance, factors):
    """Return the factor of each normal distance, linear in the distance between levels."""
    place = np.searchsorted(_NORMAL, distance)
    below, above = np.maximum(place - 1, 0), np.minimum(place, len(_NORMAL) - 1)
    gap = _NORMAL[above] - _NORMAL[below]
    share = np.where(gap > 0, (distance - _NORMAL[below]) / np.where(gap > 0, gap, 1), 0)
    columns = np.arange(distance.shape[1])
    low, high = factors[columns, below], factors[columns, above]
    return low + share * (high - low)
