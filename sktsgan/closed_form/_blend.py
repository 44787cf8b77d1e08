"""How much imputed values take from a Gaussian, similar windows and straight lines, and how far draws spread."""

import numpy as np

__all__ = ["Blends", "find_places"]

_RIDGE = 0.05
_N_STEPS = 8
_CALIBRATED = 0.72  # of held-out values between quantiles of .1 and .9: a few draws lie wider apart than these say
_MIN_SCALE, _MAX_SCALE = 0.3, 3.0
_MIN_VALUES = 50
_UNKNOWN = 0.0, 1.0, 0.0, 1.0  # a straight line is the safest where nothing can be held out


def find_places(hidden, n_channels):
    """Return the channel of each hidden value of a row, and whether nothing of it was observed."""
    hidden = hidden.reshape(-1, n_channels)
    channels = np.nonzero(hidden)[1]
    return channels, hidden.all(axis=0)[channels]


class Blends:
    """Shares of what is added to a Gaussian's conditional means, and a scale of draws, by channel.

    They are shares of the mean residual of similar windows and of the ways to a straight line and to the mean of
    similar windows. Where nothing of a channel was observed, others hold.
    """

    def __init__(self, n_channels):
        # the last channel stands for all of them
        self.table_ = np.tile(_UNKNOWN, (2, n_channels + 1, 1))

    def fit(self, truth, means, residuals, lows, highs, lines, similar, channels, absent):
        """Learn from values that were held out; return the sum of absolute errors.

        All are arrays of shape (n_values,): the truth, conditional means, mean and quantiles of .1 and .9 of the
        residuals of similar windows, straight lines (NaN where a channel was not observed), means of similar windows,
        and what ``find_places`` tells.
        """
        total, columns = 0.0, (truth, means, residuals, lows, highs, lines, similar)
        for gone in (0, 1):
            rows = absent == gone
            if rows.sum() >= _MIN_VALUES:
                self.table_[gone, :] = _choose(*(x[rows] for x in columns))[0]
            for c in range(self.table_.shape[1] - 1):
                own = rows & (channels == c)
                if own.sum() >= _MIN_VALUES:
                    self.table_[gone, c], error = _choose(*(x[own] for x in columns))
                    total += error
        return total

    def pool(self, n_channels):
        """Return blends for other channels, what holds for all of these for each of them."""
        pooled = Blends(n_channels)
        pooled.table_[:] = self.table_[:, -1:]
        return pooled

    def locate(self, means, residuals, lines, similar, channels, absent):
        """Return where draws centre, of shape (n_rows, n_hidden) as means and lines, and how they are scaled."""
        *shares, scales = self.table_[absent.astype(int), channels].T
        parts = _part(means, residuals.mean(axis=1), lines, similar)
        return means + sum(s * p for s, p in zip(shares, parts, strict=True)), scales


def _part(means, residuals, lines, similar):
    """Return what may be added to means, in shares."""
    return residuals, np.where(np.isnan(lines), 0.0, lines - means), similar - means


def _choose(truth, means, residuals, lows, highs, lines, similar):
    """Return share, weight and scale, and the sum of absolute errors."""
    parts = np.stack(_part(means, residuals, lines, similar), axis=1)
    shares = _regress(parts, truth - means)
    rest = truth - means - parts @ shares
    lows, highs = np.minimum(lows - residuals, -1e-9), np.maximum(highs - residuals, 1e-9)
    needed = np.quantile(np.maximum(rest / lows, rest / highs), _CALIBRATED)
    return (*shares, np.clip(needed, _MIN_SCALE, _MAX_SCALE)), np.abs(rest).sum()


def _regress(parts, values):
    """Return shares of parts, from 0 to 1 and drawn a little towards 0, that leave a small Huber loss.

    Errors count squared up to the mean distance of the values from 0, then linearly.
    """
    shares, weights = np.zeros(parts.shape[1]), np.ones(len(values))
    bend = np.abs(values).mean() + 1e-9
    for _ in range(_N_STEPS):
        weighted = weights[:, None] * parts
        products = weighted.T @ parts
        products[np.diag_indices_from(products)] *= 1 + _RIDGE
        products[np.diag_indices_from(products)] += 1e-9 * (1 + np.trace(products))
        shares = np.clip(np.linalg.solve(products, weighted.T @ values), 0, 1)
        weights = 1 / np.maximum(np.abs(values - parts @ shares), bend)
    return shares
