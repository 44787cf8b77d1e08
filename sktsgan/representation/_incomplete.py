"""Mean and covariance of rows with holes."""

import numpy as np
from scipy.linalg import toeplitz

from sktsgan.representation._conditional import ConditionalGaussian, rows_by_pattern

__all__ = ["estimate_law", "some_rows", "stationary_part"]

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


def estimate_law(rows):
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
