"""A mixture of Gaussians whose groups are found by k-means."""

import numpy as np
import torch
from sklearn.cluster import KMeans

from sktsgan.representation._few import (
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


class GroupedGaussians:
    """Gaussians of full covariance, one for each group of similar windows.

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

    def fit(self, components, features, classes):
        """Learn groups, their means and their covariances.

        Parameters
        ----------
        components : ndarray of shape (n_windows, n_components)
            What is modelled.
        features : ndarray of shape (n_windows, n_features)
            What makes windows similar.
        classes : ndarray of shape (n_windows,)
            Integers from 0; no group holds windows of two classes.
        """
        members, kernels, self.groups_of_class_ = [], [], []
        for label in range(classes.max() + 1):
            rows = np.flatnonzero(classes == label)
            few = self.n_groups == "auto" and is_few(len(rows), classes.max() + 1)
            groups = (
                np.arange(len(rows)) if few else self._cluster(features[rows], components.shape[1])
            )
            kernels += [few] * (groups.max() + 1)
            self.groups_of_class_.append(np.arange(len(members), len(members) + groups.max() + 1))
            members += [rows[groups == j] for j in range(groups.max() + 1)]
        self.group_sizes_ = np.array([len(rows) for rows in members])
        self.means_ = torch.as_tensor(
            np.stack([components[rows].mean(axis=0) for rows in members]), dtype=torch.float32
        )
        kernels = np.array(kernels)
        centred = spread_about_classes(components, members, classes, kernels)
        roots = self._roots(centred)
        if kernels.any():
            root = self._root(covariance_within(components, classes))
            for j in np.flatnonzero(kernels):
                roots[j] = kernel_width(np.sum(classes == classes[members[j]])) * root
        self.roots_ = torch.as_tensor(np.stack(roots), dtype=torch.float32)
        self.moves_ = self.roots_
        return self

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

    def _cluster(self, features, n_components):
        n_groups = self.n_groups
        if n_groups == "auto":
            each = np.clip(_WINDOWS_PER_COMPONENT * n_components, _MIN_WINDOWS, _MAX_WINDOWS)
            n_groups = min(round(len(features) / each), _MAX_GROUPS)
        n_groups = min(max(n_groups, 1), len(np.unique(features, axis=0)))
        if n_groups == 1:
            return np.zeros(len(features), dtype=int)
        groups = KMeans(n_groups, random_state=self.random_state).fit_predict(features)
        return np.unique(groups, return_inverse=True)[1]

    def draw_groups(self, classes, generator):
        """Return a random group of its class for every item, a tensor of shape (n_draws,)."""
        groups = torch.empty(len(classes), dtype=torch.long)
        for label, own in enumerate(self.groups_of_class_):
            rows = torch.nonzero(classes == label)[:, 0]
            if len(rows):
                weights = torch.as_tensor(self.group_sizes_[own] / 1.0)
                drawn = torch.multinomial(weights, len(rows), replacement=True, generator=generator)
                groups[rows] = torch.as_tensor(own)[drawn]
        return groups

    def draw(self, classes, generator):
        """Draw components given the class of each item.

        Returns
        -------
        components, noise : Tensor of shape (n_draws, n_components)
            What was drawn, and the white noise that it was made of.
        groups : Tensor of shape (n_draws,)
        """
        groups = self.draw_groups(classes, generator)
        noise = torch.randn(len(groups), self.means_.shape[1], generator=generator)
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
        return components, noise, groups


def _covariance(centred):
    return centred.T @ centred / max(len(centred) - 1, 1)
