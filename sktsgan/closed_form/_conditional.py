"""Gaussians conditioned on what was observed."""

from functools import cached_property

import numpy as np
import torch
from scipy.linalg import LinAlgError, lapack

__all__ = ["ConditionalGaussian", "fill_rows", "rows_by_pattern"]

_CHUNK_VALUES = 2**24


# LAPACK by itself: with a pattern for every window, what SciPy checks around it would take most of the time
def _cholesky(matrix):
    root, info = lapack.dpotrf(matrix, lower=1) if matrix.size else (matrix, 0)
    if info:
        raise LinAlgError(f"The covariance of {len(matrix)} values is not positive definite.")
    return root


def _solve(root, columns, *, transposed=False):
    """Return L⁻¹ B, or L⁻ᵀ B."""
    return lapack.dtrtrs(root, columns, lower=1, trans=int(transposed))[0] if root.size else columns


def rows_by_pattern(missing):
    """Yield each pattern of missing values and the rows that have it.

    Parameters
    ----------
    missing : ndarray of bool, of shape (n_rows, n_values)

    Yields
    ------
    pattern : ndarray of bool, of shape (n_values,)
    rows : ndarray of shape (n_rows_of_it,)
    """
    if not len(missing):
        return
    packed = np.packbits(missing, axis=1)
    _, pattern_of = np.unique(packed, axis=0, return_inverse=True)
    order = np.argsort(pattern_of, kind="stable")
    counts = np.bincount(pattern_of)
    for rows in np.split(order, np.cumsum(counts)[:-1]):
        yield missing[rows[0]], rows


class ConditionalGaussian:
    """A normal law of rows of values, to be conditioned on any of them.

    Where fewer values are missing (m) than observed (o), the precision P = Σ⁻¹ gives the conditional law,

        x_m | x_o ~ N(μ_m − P_mm⁻¹ P_mo (x_o − μ_o), P_mm⁻¹),

    else the covariance does; what has to be factorised is always the smaller of the two blocks.

    Parameters
    ----------
    mean : ndarray of shape (n_values,)
    covariance : ndarray of shape (n_values, n_values)
        Positive definite.
    """

    def __init__(self, mean, covariance):
        self.mean = mean
        self.covariance = covariance

    @cached_property
    def root(self):
        """Lower Cholesky factor of the covariance."""
        return _cholesky(self.covariance)

    @cached_property
    def precision(self):
        """Inverse of the covariance."""
        half = lapack.dpotri(self.root, lower=1)[0]
        return np.tril(half) + np.tril(half, -1).T

    def condition(self, missing):
        """Return the law of the missing values given the others.

        Parameters
        ----------
        missing : ndarray of bool, of shape (n_values,)
            At least one is True.
        """
        by_precision = 2 * missing.sum() <= len(missing)
        return (_ByPrecision if by_precision else _ByCovariance)(self, missing)


class _ByPrecision:
    def __init__(self, law, missing):
        self.law, self.missing = law, missing
        self.columns = law.precision[:, missing]
        self.root = _cholesky(self.columns[missing])

    def covariance(self):
        """Return the conditional covariance."""
        return lapack.dpotrs(self.root, np.eye(len(self.root)), lower=1)[0]

    def locate(self, rows):
        """Return conditional means, of shape (n_rows, n_missing).

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_values)
            The values at missing places are not looked at.
        """
        centred = np.where(self.missing, 0.0, rows - self.law.mean)
        pull = centred @ self.columns
        return self.law.mean[self.missing] - lapack.dpotrs(self.root, pull.T, lower=1)[0].T

    def deviate(self, noise):
        """Return draws around the mean from white noise of shape (n_rows, n_values)."""
        noise = noise[:, self.missing]
        return _solve(self.root, noise.T, transposed=True).T


class _ByCovariance:
    def __init__(self, law, missing):
        self.law, self.missing, self.seen = law, missing, ~missing
        self.root = _cholesky(law.covariance[np.ix_(self.seen, self.seen)])
        across = law.covariance[np.ix_(self.seen, missing)]
        self.half = _solve(self.root, across)

    def covariance(self):
        return self.law.covariance[np.ix_(self.missing, self.missing)] - self.half.T @ self.half

    def locate(self, rows):
        return self.law.mean[self.missing] + self._whiten(rows - self.law.mean).T @ self.half

    def deviate(self, noise):
        # a draw of all values, less what its observed ones explain
        drawn = noise @ self.law.root.T
        return drawn[:, self.missing] - self._whiten(drawn).T @ self.half

    def _whiten(self, centred):
        return _solve(self.root, centred[:, self.seen].T)


def fill_rows(law, rows, n_draws, generator):
    """Fill the holes of rows with draws from a normal law given what was observed.

    Parameters
    ----------
    law : ConditionalGaussian
    rows : ndarray of shape (n_rows, n_values)
        NaN where nothing was observed.
    n_draws : int
    generator : torch.Generator

    Returns
    -------
    filled : ndarray of shape (n_draws, n_rows, n_values)
        Draws 2k and 2k + 1 lie on opposite sides of the conditional mean, at the same distance.
    """
    filled = np.broadcast_to(rows, (n_draws, *rows.shape)).copy()
    n_pairs = -(-n_draws // 2)
    size = max(1, _CHUNK_VALUES // (n_pairs * rows.shape[1]))
    for missing, own in rows_by_pattern(np.isnan(rows)):
        if not missing.any():
            continue
        conditioned = law.condition(missing)
        for part in np.split(own, range(size, len(own), size)):
            means = conditioned.locate(rows[part])
            shape = n_pairs * len(part), rows.shape[1]
            noise = torch.randn(shape, generator=generator, dtype=torch.float64).numpy()
            away = conditioned.deviate(noise)
            away = away.reshape(n_pairs, 1, *means.shape) * np.array([1.0, -1.0])[:, None, None]
            drawn = (means + away).reshape(-1, *means.shape)[:n_draws]
            filled[:, part[:, None], np.flatnonzero(missing)] = drawn
    return filled
