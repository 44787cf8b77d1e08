"""Mean and covariance of rows with holes."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import toeplitz

from sktsgan.closed_form._conditional import ConditionalGaussian, rows_by_pattern

__all__ = ["Moments", "Prior", "estimate_law", "some_rows", "stationary_part"]

_RIDGE = 1e-4
_N_STEPS = 3
_MIN_WINDOWS, _WINDOWS_PER_VALUE = 2000, 5


def some_rows(rows, n_rows):
    """Return at most ``n_rows`` rows in their order, the same of every array of that length."""
    if len(rows) <= n_rows:
        return rows
    return rows[np.sort(np.random.default_rng(0).permutation(len(rows))[:n_rows])]


def _from_pairs(rows):
    """Return mean and covariance of what was observed, pair by pair; a pair never seen together counts as unrelated."""
    seen = ~np.isnan(rows)
    counts = seen.sum(axis=0)
    total = np.where(seen, rows, 0.0).sum(axis=0)
    mean = total / np.maximum(counts, 1)
    centred = np.where(seen, rows - mean, 0.0)
    together = seen.astype(np.float32).T @ seen.astype(np.float32)
    covariance = centred.T @ centred / np.maximum(together, 1)
    return mean, covariance


def _to_positive(covariance):
    """Return the nearest covariance that is positive definite by a margin."""
    variances, axes = np.linalg.eigh(covariance)
    return (axes * np.maximum(variances, _RIDGE)) @ axes.T


def stationary_part(covariance, n_channels):
    """Return what a covariance says of each channel by itself, averaged over time.

    Parameters
    ----------
    covariance : ndarray of shape (n_timesteps * n_channels, n_timesteps * n_channels)
        Time-major.
    n_channels : int

    Returns
    -------
    covariance : ndarray of the same shape
        Zero between channels; within a channel the mean over all pairs of steps of equal distance.
    """
    n_timesteps = len(covariance) // n_channels
    part = np.zeros_like(covariance)
    for c in range(n_channels):
        own = covariance[c::n_channels, c::n_channels]
        lags = [np.diagonal(own, lag).mean() for lag in range(n_timesteps)]
        variances, axes = np.linalg.eigh(toeplitz(lags))
        part[c::n_channels, c::n_channels] = (axes * np.maximum(variances, 0)) @ axes.T
    return part


def estimate_law(rows, n_channels):
    """Return the normal law of rows with holes by expectation maximisation [1]_.

    It starts from the covariances of pairs of values that were observed together. Each of three steps completes
    at most 5 rows for each value of a row (at least 2,000) by their conditional means and adds
    the conditional covariances.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_values)
        Standardised, NaN where nothing was observed.

    Returns
    -------
    law : ConditionalGaussian

    References
    ----------
    .. [1] Dempster, Laird, Rubin (1977). Maximum likelihood from incomplete data via the EM algorithm. Journal of
       the Royal Statistical Society B 39(1).
    """
    mean, covariance = _from_pairs(rows)
    law = ConditionalGaussian(mean, _to_positive(covariance))
    rows = some_rows(rows, max(_MIN_WINDOWS, _WINDOWS_PER_VALUE * rows.shape[1]))
    for _ in range(_N_STEPS):
        law = _step(law, rows)
    return law


def _step(law, rows):
    filled, spread = rows.copy(), np.zeros_like(law.covariance)
    for missing, own in rows_by_pattern(np.isnan(rows)):
        if not missing.any():
            continue
        conditioned = law.condition(missing)
        filled[np.ix_(own, missing)] = conditioned.locate(rows[own])
        spread[np.ix_(missing, missing)] += len(own) * conditioned.covariance()
    mean = filled.mean(axis=0)
    centred = filled - mean
    covariance = (centred.T @ centred + spread) / len(rows)
    covariance[np.diag_indices_from(covariance)] += _RIDGE
    return ConditionalGaussian(mean, covariance)


@dataclass(frozen=True)
class Prior:
    """What is added to a covariance that windows show.

    Parameters
    ----------
    stationary : float
        Share that each channel's stationary covariance by itself takes.
    noise : float
        Variance of white noise.
    drift : float
        Variance of each channel's level, beyond what was seen.
    """

    stationary: float
    noise: float
    drift: float

    def apply(self, covariance, n_channels):
        """Return the covariance with what is added, time-major as it came."""
        if self.stationary:
            own = stationary_part(covariance, n_channels)
            covariance = (1 - self.stationary) * covariance + self.stationary * own
        else:
            covariance = covariance.copy()
        for c in range(n_channels):
            covariance[c::n_channels, c::n_channels] += self.drift
        covariance[np.diag_indices_from(covariance)] += self.noise
        return covariance


class Moments:
    """Count, sum and products of rows, which add up over parts of the rows."""

    def __init__(self, rows):
        self.count = len(rows)
        self.sum = rows.sum(axis=0)
        self.products = rows.T @ rows

    def __add__(self, other):
        added = object.__new__(Moments)
        added.count = self.count + other.count
        added.sum = self.sum + other.sum
        added.products = self.products + other.products
        return added

    def fit(self, prior, n_channels):
        """Return the law of the rows, under a prior."""
        mean = self.sum / self.count
        covariance = self.products / self.count - np.outer(mean, mean)
        return ConditionalGaussian(mean, prior.apply(covariance, n_channels))
