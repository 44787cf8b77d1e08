"""A mixture of Gaussians whose groups are found by k-means."""

import numpy as np
import torch
from sklearn.cluster import KMeans

from sktsgan.closed_form._condition_slopes import ConditionSlopes
from sktsgan.closed_form._conditional_noise import ConditionalNoise
from sktsgan.closed_form._few import (
    covariance_within,
    is_few,
    kernel_width,
    spread_about_classes,
)

__all__ = ["GroupedGaussians"]

_WINDOWS_PER_COMPONENT = 10  # ... per dimension of what is modelled, between
_MIN_WINDOWS, _MAX_WINDOWS = 60, 600
_MAX_GROUPS = 200
_FOR_OWN_COVARIANCE = 10  # windows per dimension
_MAX_FOR_OWN_COVARIANCE = 300
# most windows of a group where there are factors, half a window per dimension: months differ finely
_CONDITIONED = 90, 150
_WEIGHT_OF_CONDITIONS = 0.5  # beside that of the features, in what makes windows similar
# of a group's residuals, relative to its largest: below, nothing is whitened
_LEAST_DEVIATION = 1e-3


class GroupedGaussians:
    """Gaussians of full covariance, one for each group of similar windows.

    Where conditions of the windows are known, they shift the mean of a group (ConditionSlopes); the covariance is that
    of what is left. The conditions then also count, a little, in what makes windows similar. With factors such as
    the month, groups are smaller, and the white noise of a group takes the mean and the covariance of its
    cells (ConditionalNoise).

    Parameters
    ----------
    n_groups : int or "auto"
        Of each class. "auto" takes one for every 10·d windows, though at least 60 and at most 600, where d is the
        number of components; and no more than 200. Of several classes, those of fewer than 20 windows get
        a kernel on each window.
    max_rank : int
        The most directions that a group's covariance keeps.
    random_state : int
        Seed of k-means.
    """

    def __init__(self, n_groups, max_rank, *, random_state):
        self.n_groups = n_groups
        self.max_rank = max_rank
        self.random_state = random_state

    def fit(self, components, features, classes, conditions=None, cells=None):
        """Learn groups, their means and their covariances.

        Parameters
        ----------
        components : ndarray of shape (n_windows, n_components)
            What is modelled.
        features : ndarray of shape (n_windows, n_features)
            What makes windows similar.
        classes : ndarray of shape (n_windows,)
            Integers from 0; no group holds windows of two classes.
        conditions : ndarray of shape (n_windows, n_conditions), default=None
            What is known of each window.
        cells : ndarray of shape (n_windows, n_factors), default=None
            The cell of each factor that a window belongs to, with conditions.
        """
        if conditions is not None:
            features = _beside(features, conditions)
        members, kernels = self._group(features, components.shape[1], classes, cells)
        self.group_sizes_ = np.array([len(rows) for rows in members])
        self.means_ = torch.as_tensor(
            np.stack([components[rows].mean(axis=0) for rows in members]), dtype=torch.float32
        )
        centred = spread_about_classes(components, members, classes, kernels)
        self.row_groups_, self.slopes_, self.noise_ = None, None, None
        if conditions is not None:
            self.row_groups_ = torch.empty(len(components), dtype=torch.long)
            for j, rows in enumerate(members):
                self.row_groups_[rows] = j
            if conditions.shape[1]:  # of those that vary
                self.slopes_ = ConditionSlopes()
                centred = self.slopes_.fit(centred, conditions, members, classes, kernels)
        roots = self._roots(centred)
        if cells is not None and cells.shape[1]:
            order = np.concatenate(members)
            white = [e @ _inverse_root(root) for e, root in zip(centred, roots, strict=True)]
            self.noise_ = ConditionalNoise().fit(np.concatenate(white), cells[order])
        if kernels.any():
            root = self._root(covariance_within(components, classes))
            for j in np.flatnonzero(kernels):
                roots[j] = kernel_width(np.sum(classes == classes[members[j]])) * root
        self.roots_ = torch.as_tensor(np.stack(roots), dtype=torch.float32)
        self.moves_ = self.roots_
        return self

    def _group(self, features, n_components, classes, cells):
        """Return the windows of each group, and whether it is the kernel on a single one."""
        max_windows = _MAX_WINDOWS
        if cells is not None and cells.shape[1]:
            max_windows = np.clip(n_components / 2, *_CONDITIONED)
        members, kernels, self.groups_of_class_ = [], [], []
        for label in range(classes.max() + 1):
            rows = np.flatnonzero(classes == label)
            few = self.n_groups == "auto" and is_few(len(rows), classes.max() + 1)
            groups = np.arange(len(rows))
            if not few:
                groups = self._cluster(features[rows], n_components, max_windows)
            n_groups = groups.max() + 1
            self.groups_of_class_.append(np.arange(len(members), len(members) + n_groups))
            members += [rows[groups == j] for j in range(n_groups)]
            kernels += [few] * n_groups
        return members, np.array(kernels)

    def add_rows(self, components, classes):
        """Let further windows belong to the groups of their class whose means are nearest.

        Parameters
        ----------
        components : ndarray of shape (n_windows, n_components)
        classes : ndarray of shape (n_windows,)
        """
        groups = torch.empty(len(components), dtype=torch.long)
        for label, own in enumerate(self.groups_of_class_):
            rows = np.flatnonzero(classes == label)
            components_of = torch.as_tensor(components[rows], dtype=torch.float32)
            nearest = torch.cdist(components_of, self.means_[own]).argmin(dim=1)
            groups[rows] = torch.as_tensor(own)[nearest]
        self.row_groups_ = torch.cat([self.row_groups_, groups])

    def _roots(self, centred):
        """Return the symmetric root of each group's covariance."""
        enough = min(_FOR_OWN_COVARIANCE * centred[0].shape[1], _MAX_FOR_OWN_COVARIANCE)
        self.borrowed_ = np.maximum(0.0, 1 - self.group_sizes_ / enough)
        if len(centred) == 1:  # there is nothing to borrow from
            self.borrowed_[:] = 0.0
        common = _covariance(np.concatenate(centred)) if self.borrowed_.any() else 0.0
        return [
            self._root((1 - share) * _covariance(rows) + share * common)
            for rows, share in zip(centred, self.borrowed_, strict=True)
        ]

    def _root(self, covariance):
        variances, axes = np.linalg.eigh(covariance)
        kept = np.flatnonzero(variances > 1e-10)[::-1][: self.max_rank]
        return (axes[:, kept] * np.sqrt(variances[kept])) @ axes[:, kept].T

    def hold(self, directions):
        """Take out of every later ``move`` what it would change along some directions.

        Parameters
        ----------
        directions : ndarray of shape (n_components, n_held)
            Their span counts. Groups that vary in fewer than twice as many directions are left free.
        """
        self.moves_ = self.roots_.clone()
        for root in self.moves_:
            left, sizes, _ = np.linalg.svd(root.double().numpy() @ directions, full_matrices=False)
            left = left[:, sizes > 1e-6 * max(sizes.max(initial=0), 1e-12)]
            if 2 * left.shape[1] <= np.linalg.matrix_rank(root.numpy(), hermitian=True):
                left = torch.as_tensor(left, dtype=torch.float32)
                root -= left @ (left.T @ root)

    def to(self, device):
        """Move what ``move`` needs to a device, in place."""
        self.moves_ = self.moves_.to(device)
        return self

    def move(self, change, groups):
        """Return changes of components: those of white noise, in the units of each item's group.

        A change of one along an axis of the noise moves an item by about a standard deviation of its group, so
        that items stay on the thin sets that groups often are.

        Parameters
        ----------
        change : Tensor of shape (n_items, n_components)
        groups : Tensor of shape (n_items,)
        """
        order = torch.argsort(groups)
        counts = torch.bincount(groups, minlength=len(self.moves_)).tolist()
        parts = [
            own @ root
            for own, root in zip(change[order].split(counts), self.moves_, strict=True)
            if len(own)
        ]
        return torch.cat(parts)[torch.argsort(order)]

    def _cluster(self, features, n_components, max_windows):
        n_groups = self.n_groups
        if n_groups == "auto":
            each = np.clip(_WINDOWS_PER_COMPONENT * n_components, _MIN_WINDOWS, max_windows)
            n_groups = min(round(len(features) / each), _MAX_GROUPS)
        n_groups = min(max(n_groups, 1), len(np.unique(features, axis=0)))
        if n_groups == 1:
            return np.zeros(len(features), dtype=int)
        groups = KMeans(n_groups, random_state=self.random_state).fit_predict(features)
        return np.unique(groups, return_inverse=True)[1]

    def draw(self, n_draws, generator, rows=None, conditions=None, cells=None):
        """Draw components.

        Parameters
        ----------
        n_draws : int
        generator : torch.Generator
        rows : Tensor of shape (n_draws,), default=None
            The training window whose group each item belongs to; None draws groups by frequency.
        conditions : Tensor of shape (n_draws, n_conditions), default=None
            Those of the rows.
        cells : Tensor of shape (n_draws, n_factors), default=None
            Those of the rows.

        Returns
        -------
        components, noise : Tensor of shape (n_draws, n_components)
            What was drawn, and the noise that it was made of: white, but for what conditions make of it.
        groups : Tensor of shape (n_draws,)
        """
        if rows is None:
            sizes = torch.as_tensor(self.group_sizes_ / 1.0)
            groups = torch.multinomial(sizes, n_draws, replacement=True, generator=generator)
        else:
            groups = self.row_groups_[rows]
        noise = torch.randn(len(groups), self.means_.shape[1], generator=generator)
        if rows is not None and self.noise_ is not None:
            noise = self.noise_.colour(noise, cells)
        order = torch.argsort(groups)
        counts = torch.bincount(groups, minlength=len(self.roots_)).tolist()
        components = torch.empty_like(noise)
        components[order] = torch.cat(
            [
                own @ root + mean
                for own, root, mean in zip(
                    noise[order].split(counts), self.roots_, self.means_, strict=True
                )
            ]
        )
        if rows is not None and self.slopes_ is not None:
            components += self.slopes_.shift(conditions, groups)
        return components, noise, groups


def _covariance(centred):
    return centred.T @ centred / max(len(centred) - 1, 1)


def _beside(features, conditions):
    """Return features with the conditions beside them, which weigh half as much as all of them."""
    spread = np.sqrt(conditions.var(axis=0).sum())
    if not spread:
        return features
    weight = _WEIGHT_OF_CONDITIONS * np.sqrt(features.var(axis=0).sum()) / spread
    return np.hstack([features, weight * conditions])


def _inverse_root(root):
    """Return the pseudo-inverse of a symmetric root."""
    deviations, axes = np.linalg.eigh(root)
    kept = deviations > _LEAST_DEVIATION * deviations.max()
    return (axes[:, kept] / deviations[kept]) @ axes[:, kept].T
