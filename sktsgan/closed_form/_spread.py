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
        Two of values missing here and there (10, 30 and 50 %), two of a third of the steps missing, the first and
        the last quarter, and up to 12 channels one at a time. What would leave nothing observed is left out.
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
        n_channels = channels.max() + 1
        # the last row is for all channels together
        self.middles_ = np.zeros((n_channels + 1, 2, _MAX_BINS))
        self.levels_ = np.ones((n_channels + 1, 2, _MAX_BINS, len(_LEVELS)))
        for whole in (0, 1):
            rows = np.flatnonzero(absent == whole)
            every = self._table(scales[rows], distances[rows])
            for c in range(n_channels + 1):
                own = rows[channels[rows] == c]
                table = self._table(scales[own], distances[own]) or every
                if table is not None:
                    self.middles_[c, whole], self.levels_[c, whole] = table
        return self

    @staticmethod
    def _table(scales, distances):
        """Return the middle of log-scales and the factors at each level, by bin; None of too few values."""
        n_bins = min(len(scales) // _PER_BIN, _MAX_BINS)
        if n_bins == 0:
            return None
        bins = np.array_split(np.argsort(scales, kind="stable"), n_bins)
        bins += bins[-1:] * (_MAX_BINS - n_bins)  # the last one stands for those that are not there
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
            As in ``fit``; -1 is a channel of which nothing is known.
        """
        whole = absent.astype(int)
        middles, levels = self.middles_[channels, whole], self.levels_[channels, whole]
        place, factors = np.log(scales), levels[:, 0]
        for i in range(_MAX_BINS - 1):  # linear from one bin to the next, straight on at both ends
            gap = np.maximum(middles[:, i + 1] - middles[:, i], 1e-9)
            share = np.clip((place - middles[:, i]) / gap, 0, 1)
            factors = factors + share[:, None] * (levels[:, i + 1] - levels[:, i])
        return deviations * _factor_at(np.abs(deviations) / scales, factors)


def _factor_at(distance, factors):
    """Return the factor of each normal distance, linear in the distance between levels."""
    place = np.searchsorted(_NORMAL, distance)
    below, above = np.maximum(place - 1, 0), np.minimum(place, len(_NORMAL) - 1)
    gap = _NORMAL[above] - _NORMAL[below]
    share = np.where(gap > 0, (distance - _NORMAL[below]) / np.where(gap > 0, gap, 1), 0)
    columns = np.arange(distance.shape[1])
    low, high = factors[columns, below], factors[columns, above]
    return low + share * (high - low)
