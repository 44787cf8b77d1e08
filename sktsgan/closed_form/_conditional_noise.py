"""White noise that takes the mean and the covariance which the data have in each month, at each hour."""

import numpy as np
import torch

__all__ = ["ConditionalNoise"]

_FOR_OWN_COVARIANCE = 4  # windows per dimension
_LEAST_VARIANCE = 1e-3


class ConditionalNoise:
    """Noise whose mean and covariance depend on factors, such as the month and the hour.

    A factor deals the windows to cells. Residuals z that are white over all windows have in the cell k the mean m_k
    and the covariance C_k, and what (z − m_k) C_k^-½ leaves is explained by the next factor. Drawing goes back:
    from white noise through the last factor to the first. Since z is white over all cells, it stays so, to second
    order, where cells are drawn as often as they were seen. Cells of fewer than four windows a dimension are drawn
    towards white noise.
    """

    def fit(self, residuals, cells):
        """Learn from white residuals.

        Parameters
        ----------
        residuals : ndarray of shape (n_windows, n_components)
        cells : ndarray of shape (n_windows, n_factors)
            Integers from 0.
        """
        self.means_, self.roots_ = [], []
        for cell in cells.T:
            means, roots, left = [], [], residuals.copy()
            for k in range(cell.max() + 1):
                own = cell == k
                mean, root, inverse = self._learn_cell(residuals[own])
                left[own] = (residuals[own] - mean) @ inverse
                means.append(mean)
                roots.append(root)
            self.means_.append(torch.as_tensor(np.stack(means), dtype=torch.float32))
            self.roots_.append(torch.as_tensor(np.stack(roots), dtype=torch.float32))
            residuals = left
        return self

    @staticmethod
    def _learn_cell(residuals):
        """Return mean, root of the covariance and its inverse."""
        n_windows, size = residuals.shape
        own = min(1.0, n_windows / (_FOR_OWN_COVARIANCE * size))
        if n_windows < 2:
            return np.zeros(size), np.eye(size), np.eye(size)
        mean = own * residuals.mean(axis=0)
        covariance = own * np.cov(residuals, rowvar=False).reshape(size, size)
        variances, axes = np.linalg.eigh(covariance + (1 - own) * np.eye(size))
        deviations = np.sqrt(np.maximum(variances, _LEAST_VARIANCE))
        return mean, (axes * deviations) @ axes.T, (axes / deviations) @ axes.T

    def colour(self, noise, cells):
        """Return white noise as it is in the cells.

        Parameters
        ----------
        noise : Tensor of shape (n_items, n_components)
        cells : Tensor of shape (n_items, n_factors)
            What was not among those of ``fit`` keeps its noise.
        """
        for factor in reversed(range(len(self.means_))):
            coloured = noise.clone()
            for k in cells[:, factor].unique().tolist():
                if k < len(self.means_[factor]):
                    own = cells[:, factor] == k
                    coloured[own] = noise[own] @ self.roots_[factor][k] + self.means_[factor][k]
            noise = coloured
        return noise
