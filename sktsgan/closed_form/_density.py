"""How usual windows are: their log-density beside training windows."""

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from sktsgan.closed_form._neighborhood_block import decode

__all__ = ["WindowDensity"]

_MAX_WINDOWS = 4000  # whose neighbours say how windows differ
_RIDGE = 1e-3  # of the mean variance, for directions in which neighbours don't differ
_WIDTHS = 0.1, 10.0  # of a kernel, beside the spread of neighbours
_MAX_DISTANCES = 2**22  # that are in memory together
_LOG_2PI = np.log(2 * np.pi)


class WindowDensity:
    """Kernels on training windows, as wide in every direction as neighbours differ.

    In each block of linked channels, the density of a window x of p standardised values is

        f(x) = 1/n Σ_i N(x; x_i, h² W),   W = ½ E (x_i − x_j)(x_i − x_j)ᵀ

    over neighbours i, j. The width h is the one by which windows are likeliest beside their neighbours, which share no
    reading with them. Blocks are independent, and so is every reading of noise. Constants, copies of other channels
    and categories do not count.

    Parameters
    ----------
    neighborhoods : WindowNeighborhoods
        Fitted ones.
    """

    def __init__(self, neighborhoods):
        self.scaler_ = neighborhoods.scaler_
        self.blocks_ = []
        for block in neighborhoods.blocks_:
            numbers = ~self.scaler_.categorical_[block.channels]
            if numbers.any():
                scores = decode(block.codes, len(block.channels))[..., numbers]
                kernels = _Kernels(scores.reshape(len(scores), -1), block.neighbors)
                self.blocks_.append((block.channels[numbers], kernels))

    def log_density(self, windows):
        """Return the log-density of windows, in nats per window and in the units of their channels.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)

        Returns
        -------
        log_density : ndarray of shape (n_windows,)
        """
        scores = self.scaler_.transform(windows).astype(np.float64)
        numbers = ~self.scaler_.categorical_
        found = np.full(
            len(windows), -windows.shape[1] * np.log(self.scaler_.scale_[numbers]).sum()
        )
        noise = scores[..., self.scaler_.white_]
        found -= 0.5 * (noise**2 + _LOG_2PI).sum(axis=(1, 2))
        for channels, kernels in self.blocks_:
            found += kernels.log_density(scores[..., channels].reshape(len(scores), -1))
        return found


class _Kernels:
    """Kernels of one block, on values of shape (n_windows, n_values)."""

    def __init__(self, values, neighbors):
        rows = np.unique(np.linspace(0, len(values) - 1, _MAX_WINDOWS).astype(int))
        others = (
            neighbors[rows] != rows[:, None]
        )  # a class of few has windows that are their own neighbours
        values = values.astype(np.float64)
        differences = (values[rows][:, None] - values[neighbors[rows]])[others]
        covariance = differences.T @ differences / max(2 * len(differences), 1)
        spread = np.trace(covariance) / len(covariance) or 1.0
        covariance[np.diag_indices_from(covariance)] += _RIDGE * spread
        self.root = cholesky(covariance, lower=True)
        squares = np.full(others.shape, np.inf)
        squares[others] = (self._whiten(differences) ** 2).sum(axis=1)
        self.width = self._choose_width(squares[others.any(axis=1)])
        self.values = self._whiten(values)

    def _whiten(self, values):
        return solve_triangular(self.root, values.T, lower=True).T

    def _choose_width(self, squares):
        """Return the width by which windows are likeliest, given squared distances to their neighbours."""
        if not len(squares):
            return 1.0
        n_values = len(self.root)

        def loss(log_width):
            near = logsumexp(-0.5 * squares * np.exp(-2 * log_width), axis=1)
            return n_values * log_width - near.mean()

        return float(np.exp(minimize_scalar(loss, bounds=np.log(_WIDTHS), method="bounded").x))

    def log_density(self, values):
        values, n_values = self._whiten(values), len(self.root)
        found = np.empty(len(values))
        step = max(_MAX_DISTANCES // len(self.values), 1)
        own = (self.values**2).sum(axis=1)
        for start in range(0, len(values), step):
            part = values[start : start + step]
            squares = (part**2).sum(axis=1)[:, None] + own - 2 * part @ self.values.T
            found[start : start + step] = logsumexp(-0.5 * squares / self.width**2, axis=1)
        log_volume = np.log(np.diag(self.root)).sum() + n_values * np.log(self.width)
        return found - np.log(len(self.values)) - log_volume - 0.5 * n_values * _LOG_2PI
