"""What conditions say of the mean of a group: a ridge regression that all groups share."""

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.preprocessing import PolynomialFeatures

from sktsgan.closed_form._few import spread_about_classes

__all__ = ["ConditionSlopes"]

_RIDGE = 0.003  # of the penalty on slopes, relative to the number of windows
_WINDOWS_PER_COLUMN = 10


class ConditionSlopes:
    """Slopes of components on conditions and, where windows are many, on products of two conditions.

    An item of group j and conditions c lies (f(c) − f̄_j) B from the mean of its group, with one matrix B for all
    groups. Products let the course of the day depend on the season. They are taken where there are at least 10
    windows for each column. (Measured on ETTh1, windows of 24: hours told .92 instead of .80, .96 in real windows.)
    """

    def fit(self, centred, conditions, members, classes, kernels):
        """Learn from what the groups' means leave of the components, and return what conditions leave of it.

        Parameters
        ----------
        centred : list of ndarray of shape (n_members, n_components)
        conditions : ndarray of shape (n_windows, n_conditions)
        members, classes, kernels
            As in ``spread_about_classes``.

        Returns
        -------
        left : list of ndarray of shape (n_members, n_components)
        """
        n_windows, n_conditions = conditions.shape
        n_products = n_conditions * (n_conditions + 1) // 2
        degree = 2 if n_windows >= _WINDOWS_PER_COLUMN * n_products else 1
        features = PolynomialFeatures(degree, interaction_only=True, include_bias=False)
        self.features_ = features.fit(conditions)
        given = self.features_.transform(conditions.astype(np.float64))
        means = np.stack([given[rows].mean(axis=0) for rows in members])
        self.means_ = torch.as_tensor(means, dtype=torch.float32)
        given = spread_about_classes(given, members, classes, kernels)
        ridge = Ridge(_RIDGE * n_windows, fit_intercept=False)
        ridge.fit(np.concatenate(given), np.concatenate(centred))
        slopes = ridge.coef_.reshape(centred[0].shape[1], -1).T
        self.slopes_ = torch.as_tensor(slopes, dtype=torch.float32)
        return [e - c @ slopes for e, c in zip(centred, given, strict=True)]

    def shift(self, conditions, groups):
        """Return how far items lie from the means of their groups.

        Parameters
        ----------
        conditions : Tensor of shape (n_items, n_conditions)
        groups : Tensor of shape (n_items,)

        Returns
        -------
        shift : Tensor of shape (n_items, n_components)
        """
        given = self.features_.transform(conditions.numpy())
        return (torch.as_tensor(given, dtype=torch.float32) - self.means_[groups]) @ self.slopes_
