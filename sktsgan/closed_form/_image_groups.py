"""Groups of similar images."""

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from torch.nn.functional import adaptive_avg_pool2d

__all__ = ["ImageGroups"]

_MAX_COMPONENTS = 40
_IMAGES_PER_GROUP = {False: 50, True: 150}  # by whether classes are known
_MAX_GROUPS = 200  # of a class
_MAX_SIDE = (
    32  # of what is compared: larger images are averaged, which keeps principal components quick
)


class ImageGroups:
    """Groups of similar images within each class, by k-means of their principal components.

    Parameters
    ----------
    n_groups : int or "auto"
        Number of groups in each class. "auto" makes one for every 150 images of a class or, without classes, for every
        50, and at most 200; one for each class if a class has fewer than 150 images.
    random_state : int
        Seed of components and k-means.

    Attributes
    ----------
    codes_ : ndarray of shape (n_images,)
        The group of each image, integers from 0.
    class_of_group_ : ndarray of shape (n_groups,)
        The class that each group belongs to.
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
        flat = _flatten(images)
        n_components = min(_MAX_COMPONENTS, *flat.shape)
        self.pca_ = PCA(n_components, random_state=self.random_state).fit(flat)
        components = self.pca_.transform(flat)
        self.has_classes_ = classes is not None
        if classes is None:
            classes = np.zeros(len(images), dtype=np.int64)
        n_groups = self.n_groups
        # a small class in a group of its own would vary less than what it can share with others
        if n_groups == "auto" and self.has_classes_:
            n_groups = 1 if np.bincount(classes).min() < _IMAGES_PER_GROUP[True] else "auto"
        centres = [
            self._find_centres(components[classes == k], n_groups) for k in range(classes.max() + 1)
        ]
        self.centres_ = np.concatenate(centres)
        self.class_of_group_ = np.repeat(np.arange(len(centres)), [len(c) for c in centres])
        self.codes_ = self._nearest(components, classes)
        return self

    def _find_centres(self, components, n_groups):
        if n_groups == "auto":
            each = _IMAGES_PER_GROUP[self.has_classes_]
            n_groups = min(round(len(components) / each), _MAX_GROUPS)
        n_groups = min(max(n_groups, 1), _count_distinct(components))
        if n_groups == 1:
            return components.mean(axis=0, keepdims=True)
        return KMeans(n_groups, random_state=self.random_state).fit(components).cluster_centers_

    def _nearest(self, components, classes):
        codes = np.empty(len(components), dtype=np.int64)
        for k in np.unique(classes):
            groups, rows = np.flatnonzero(self.class_of_group_ == k), classes == k
            centres = self.centres_[groups]
            distances = (centres**2).sum(axis=1) - 2 * components[rows] @ centres.T
            codes[rows] = groups[distances.argmin(axis=1)]
        return codes

    @property
    def is_trivial(self):
        """Whether each class is one group."""
        return len(self.centres_) == self.class_of_group_[-1] + 1

    def find(self, images, classes=None):
        """Return the group of each image, an array of integers, among those of its class."""
        if classes is None:
            classes = np.zeros(len(images), dtype=np.int64)
        return self._nearest(self.pca_.transform(_flatten(images)), classes)

    def add_rows(self, images, classes=None):
        """Keep the groups of further images too."""
        self.codes_ = np.concatenate([self.codes_, self.find(images, classes)])

    def encode(self, codes):
        """Return indicators of groups, a float32 tensor of shape (n_images, n_groups)."""
        return torch.eye(len(self.centres_))[codes]


def _flatten(images):
    """Return images of at most 32 by 32 pixels as rows."""
    size = [min(side, _MAX_SIDE) for side in images.shape[2:]]
    if tuple(size) != images.shape[2:]:
        images = adaptive_avg_pool2d(torch.as_tensor(images), size).numpy()
    return images.reshape(len(images), -1)


def _count_distinct(components):
    """Return how many different rows there are; equal images have components that are equal but for rounding."""
    largest = max(np.abs(components).max(), np.finfo(components.dtype).tiny)
    return len(np.unique(np.round(components / largest, 4), axis=0))
