"""Classes of few windows, which borrow how windows vary from the other classes."""

import numpy as np

__all__ = ["covariance_within", "is_few", "kernel_width", "spread_about_classes"]

_FEW_WINDOWS = 20


def is_few(n_windows, n_classes):
    """Return whether a class is modelled by a kernel on each of its windows.

    A mean of two to six windows is far off, and what lies between them need not be like any of them. Fewer than 20
    windows count as few, where there are other classes to learn from. (Measured for 2 to 18 windows a class: kernels
    beat one Gaussian of pooled covariance in the macro-F1 of classifiers, see docs/augmentation.md.)
    """
    return n_windows < _FEW_WINDOWS and n_classes > 1


def spread_about_classes(components, members, classes, kernels):
    """Return how the windows of each group differ from its mean or, where groups are kernels, from their class's.

    Parameters
    ----------
    components : ndarray of shape (n_windows, n_components)
    members : list of ndarray
        The windows of each group.
    classes : ndarray of shape (n_windows,)
    kernels : ndarray of bool of shape (n_groups,)
        Whether a group is the kernel on a single window.

    Returns
    -------
    centred : list of ndarray of shape (n_members, n_components)
    """
    return [
        components[rows] - components[classes == classes[rows[0]] if kernel else rows].mean(axis=0)
        for rows, kernel in zip(members, kernels, strict=True)
    ]


def covariance_within(components, classes):
    """Return the covariance within classes, zero where no class has two windows.

    Parameters
    ----------
    components : ndarray of shape (n_windows, n_components)
    classes : ndarray of shape (n_windows,)

    Returns
    -------
    covariance : ndarray of shape (n_components, n_components)
    """
    labels = np.unique(classes)
    means = np.stack([components[classes == label].mean(axis=0) for label in labels])
    centred = components - means[np.searchsorted(labels, classes)]
    return centred.T @ centred / max(len(centred) - len(labels), 1)


def kernel_width(n_windows):
    """Return the width of the kernels on n windows of a class: they have 1 / n of the covariance within classes.

    As n windows spread by (1 − 1/n) Σ about their mean, new ones then vary by Σ in all, as those of
    the other classes do (a smoothed bootstrap; Silverman and Young 1987).
    """
    return 1 / np.sqrt(n_windows)
