"""Groups of similar images."""

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

__all__ = ["ImageGroups"]

_MAX_COMPONENTS = 40
_IMAGES_PER_GROUP = 100
_MAX_GROUPS = 128  # of a class
_MAX_FAMILIES = 12
_GROUPS_PER_FAMILY = 3  # at least


class ImageGroups:
    """Groups of similar images within each class, by k-means of their principal components.

    Where there are no classes, groups belong to families, which are larger groups: networks that are told both learn of
    a group from its whole family.

    Parameters
    ----------
    n_groups : int or "auto"
        Of each class. "auto" takes one for every 100 images, and no more than 128.
    random_state : int
        Seed of components and k-means.

    Attributes
    ----------
    codes_ : ndarray of shape (n_images,)
        The group of each image, integers from 0.
    family_of_group_ : ndarray of shape (n_groups,)
        The class, or else the family, that each group belongs to.
    """

    def __init__(self, n_groups, *, random_state):
        self.n_groups = n_groups
        self.random_state = random_state

    def fit(self, images, classes=None):
        """Learn groups.

        Parameters
        ----------
        images : ndarray of shape (n_images, n_channels, height, width)
        classes : ndarray of shape (n_images,), default=None
            Integers from 0; no group holds images of two classes.
        """
        flat = images.reshape(len(images), -1)
        self.pca_ = PCA(min(_MAX_COMPONENTS, *flat.shape), random_state=self.random_state)
        components = self.pca_.fit_transform(flat)
        self.has_classes_ = classes is not None
        families = classes if self.has_classes_ else self._find_families(components)
        counts = np.bincount(families)
        of_class = counts if self.has_classes_ else np.full(len(counts), len(images))
        centres = [
            self._find_centres(components[families == k], self._count_groups(count, of_class[k]))
            for k, count in enumerate(counts)
        ]
        self.centres_ = np.concatenate(centres)
        self.family_of_group_ = np.repeat(np.arange(len(centres)), [len(c) for c in centres])
        self.codes_ = self._nearest(components, classes)
        return self

    def _count_groups(self, n_images, n_images_of_class):
        """Return the groups of a family, which may be less than a class."""
        n_groups = self.n_groups
        if n_groups == "auto":
            n_groups = min(n_images_of_class / _IMAGES_PER_GROUP, _MAX_GROUPS)
        return max(round(n_groups * n_images / n_images_of_class), 1)

    def _find_families(self, components):
        n_families = self._count_groups(len(components), len(components)) // _GROUPS_PER_FAMILY
        centres = self._find_centres(components, min(max(n_families, 1), _MAX_FAMILIES))
        return np.unique(_find_nearest(components, centres), return_inverse=True)[1]

    def _find_centres(self, components, n_groups):
        n_groups = min(n_groups, _count_distinct(components))
        if n_groups == 1:
            return components.mean(axis=0, keepdims=True)
        return KMeans(n_groups, random_state=self.random_state).fit(components).cluster_centers_

    def _nearest(self, components, classes):
        if not self.has_classes_:
            return _find_nearest(components, self.centres_)
        codes = np.empty(len(components), dtype=np.int64)
        for k in np.unique(classes):
            groups, rows = np.flatnonzero(self.family_of_group_ == k), classes == k
            codes[rows] = groups[_find_nearest(components[rows], self.centres_[groups])]
        return codes

    @property
    def is_trivial(self):
        """Whether each class is one group."""
        n_classes = self.family_of_group_[-1] + 1 if self.has_classes_ else 1
        return len(self.centres_) == n_classes

    @property
    def n_indicators(self):
        """Length of an encoded group."""
        return self.encode(self.codes_[:1]).shape[1]

    def find(self, images, classes=None):
        """Return the group of each image, an array of integers, among those of its class."""
        return self._nearest(self.pca_.transform(images.reshape(len(images), -1)), classes)

    def add_rows(self, images, classes=None):
        """Keep the groups of further images too."""
        self.codes_ = np.concatenate([self.codes_, self.find(images, classes)])

    def encode(self, codes):
        """Return indicators of groups and, without classes, of families, float32 of shape (n_images, n_indicators)."""
        groups = torch.eye(len(self.centres_))[codes]
        if self.has_classes_ or self.family_of_group_[-1] == 0:
            return groups
        families = self.family_of_group_[codes]
        return torch.cat([groups, torch.eye(self.family_of_group_[-1] + 1)[families]], dim=1)


def _find_nearest(points, centres):
    return ((centres**2).sum(axis=1) - 2 * points @ centres.T).argmin(axis=1)


def _count_distinct(components):
    """Return how many different rows there are; equal images have components that are equal but for rounding."""
    largest = max(np.abs(components).max(), np.finfo(components.dtype).tiny)
    return len(np.unique(np.round(components / largest, 4), axis=0))
