"""Categories as indicators: what they count for beside channels of numbers."""

import numpy as np

__all__ = ["CategoryIndicators"]

_MOST = 16  # categories with an indicator of their own; the rarer ones share one


class CategoryIndicators:
    """Indicators of the categories of one channel, scaled so that their variances add up to one.

    A code says nothing of how alike two categories are. Indicators of one channel count together as much as one
    standardised channel.

    Attributes
    ----------
    codes_ : ndarray of shape (n_codes,)
        Codes of the categories, the most frequent first.
    """

    def fit(self, channel):
        """Learn from codes of shape (n_windows, n_timesteps), NaN where a category is missing."""
        codes, counts = np.unique(channel[~np.isnan(channel)], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        self.codes_ = codes[order]
        shares = counts[order] / counts.sum()
        if len(shares) > _MOST:
            shares = np.append(shares[: _MOST - 1], shares[_MOST - 1 :].sum())
        self._shares = shares
        self._scale = np.sqrt(max(1 - (shares**2).sum(), 1e-12))
        return self

    def transform(self, channel):
        """Return indicators of shape (n_windows, n_timesteps, n_indicators); NaN where a category is missing."""
        places = np.minimum(self._place(channel), len(self._shares) - 1)
        made = (places[..., None] == np.arange(len(self._shares))) - self._shares
        made /= self._scale
        made[np.isnan(channel)] = np.nan
        return made

    def _place(self, channel):
        """Return the rank of each code by frequency."""
        order = np.argsort(self.codes_)
        found = np.searchsorted(self.codes_[order], channel)
        return order[np.minimum(found, len(order) - 1)]
