"""Mean and covariance of rows with holes."""

import numpy as np

from sktsgan.closed_form._conditional import ConditionalGaussian, rows_by_pattern

__all__ = ["estimate_law", "interpolate", "some_rows"]

_RIDGE = 1e-4
_N_STEPS = 3
_MIN_WINDOWS, _WINDOWS_PER_VALUE = 2000, 5


def some_rows(rows, n_rows):
    """Return at most ``n_rows`` rows in their order, the same of every array of that length."""
    if len(rows) <= n_rows:
        return rows
    return rows[np.sort(np.random.default_rng(0).permutation(len(rows))[:n_rows])]


def interpolate(rows, n_channels):
    """Return time-major rows with linear interpolation at NaN, ends held; NaN where a channel was not observed."""
    windows = rows.reshape(len(rows), -1, n_channels)
    filled, steps = windows.copy(), np.arange(windows.shape[1])
    holes = np.isnan(windows)
    for i, c in np.argwhere(holes.any(axis=1) & ~holes.all(axis=1)):
        gone = holes[i, :, c]
        filled[i, gone, c] = np.interp(steps[gone], steps[~gone], windows[i, ~gone, c])
    return filled.reshape(rows.shape)


def _from_pairs(rows, n_channels):
    """Return mean and covariance of what was observed, pair by pair; a pair never seen together counts as unrelated.

    If two steps of a channel were never seen together, as with every second step missing, all rows are interpolated.
    """
    seen = ~np.isnan(rows)
    together = seen.astype(np.float32).T @ seen.astype(np.float32)
    if any((together[c::n_channels, c::n_channels] == 0).any() for c in range(n_channels)):
        rows = interpolate(rows, n_channels)
        seen = ~np.isnan(rows)
        together = seen.astype(np.float32).T @ seen.astype(np.float32)
    mean = np.where(seen, rows, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    centred = np.where(seen, rows - mean, 0.0)
    return mean, centred.T @ centred / np.maximum(together, 1)


def _to_positive(covariance):
    """Return the nearest covariance that is positive definite by a margin."""
    variances, axes = np.linalg.eigh(covariance)
    return (axes * np.maximum(variances, _RIDGE)) @ axes.T


def estimate_law(rows, n_channels):
    """Return the normal law of rows with holes by expectation maximisation [1]_.

    It starts from the covariances of pairs of values that were observed together. Each of three steps completes
    at most 5 rows for each value of a row (at least 2,000) by their conditional means and adds
    the conditional covariances.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_values)
        Standardised, time-major, NaN where nothing was observed.
    n_channels : int

    Returns
    -------
    law : ConditionalGaussian

    References
    ----------
    .. [1] Dempster, Laird, Rubin (1977). Maximum likelihood from incomplete data via the EM algorithm. Journal of
       the Royal Statistical Society B 39(1).
    """
    mean, covariance = _from_pairs(rows, n_channels)
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
