"""Precision and recall of generated items: quality and variety told apart."""

import numbers

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_scalar

from sktsgan.metrics._features import feature_pair

__all__ = ["precision_recall"]

# Distances come from expanded squares and are off by rounding, relative to the largest norm: an equal item would lie
# outside a ball of radius 0.
_ROUNDING = 1e-7


def precision_recall(real, synthetic, *, features=None, n_neighbors=3):
    """Return which share of synthetic items looks real, and which share of real items is within reach.

    Parameters
    ----------
    real : array-like of shape (n_real, ...)
        Real items, such as images of shape (n_real, height, width).
    synthetic : array-like of shape (n_synthetic, ...)
        Generated items of the same shape.
    features : callable or transformer, default=None
        What makes features of items: a fitted scikit-learn transformer, such as
        :class:`~sktsgan.metrics.DigitFeatures`, or a callable, given each set as an array and returning an array of
        shape (n_items, n_features). None compares the flattened values themselves.
    n_neighbors : int, default=3
        The ball around an item reaches to so many of its neighbours in its own set.

    Returns
    -------
    precision : float
        Share of the synthetic items that lie in the ball of a real one, in [0, 1]: the quality. **Higher is better**;
        compare it with that of another real set, which is below 1.
    recall : float
        Share of the real items that lie in the ball of a synthetic one, in [0, 1]: the variety. **Higher is better**.

    Raises
    ------
    ValueError
        If a set has no more than ``n_neighbors`` items or values that are not finite, the items of both sets differ in
        shape, there is not one row of finite features for each item, or ``n_neighbors`` is less than 1.
    TypeError
        If ``features`` is neither a transformer nor a callable, or ``n_neighbors`` is no integer.

    See Also
    --------
    frechet_distance : Both in one number.
    nearest_neighbor_ratio : Whether items are copies, which have the best precision and recall.

    Notes
    -----
    The improved precision and recall of [1]_ (section 2): the union of balls around the items of a set, each as wide as
    the Euclidean distance to the ``n_neighbors``-th neighbour, stands for where the set lies. An outlier has a wide
    ball: a few stray synthetic items raise the recall. Both figures depend on the sizes of the sets, so let these be
    equal, as they are in [1]_.

    References
    ----------
    .. [1] T. Kynkäänniemi, T. Karras, S. Laine, J. Lehtinen and T. Aila, "Improved precision and recall
       metric for assessing generative models", NeurIPS 2019.

    Examples
    --------
    Items of which one half is missing are as good as real ones, but they reach only half of them:

    >>> import numpy as np
    >>> from sktsgan.metrics import precision_recall
    >>> real, fresh = np.random.default_rng(0).uniform(-1, 1, size=(2, 2000, 2))
    >>> precision, recall = precision_recall(real[:1000], fresh[fresh[:, 0] > 0][:1000])
    >>> precision > 0.9
    True
    >>> 0.4 < recall < 0.6
    True
    """
    check_scalar(n_neighbors, "n_neighbors", numbers.Integral, min_val=1)
    real, synthetic = feature_pair(real, synthetic, features)
    for name, points in (("real", real), ("synthetic", synthetic)):
        if len(points) <= n_neighbors:
            raise ValueError(
                f"{name} must have more than n_neighbors={n_neighbors} items, got {len(points)}."
            )
    centre = real.mean(axis=0)  # smaller norms, smaller rounding
    real, synthetic = real - centre, synthetic - centre
    precision = _covered_share(synthetic, real, n_neighbors)
    return precision, _covered_share(real, synthetic, n_neighbors)


def _covered_share(queries, points, n_neighbors):
    """Return which share of the queries lies in the ball of at least one of the points."""
    index = NearestNeighbors(n_neighbors=n_neighbors).fit(points)
    radii = index.kneighbors()[0][:, -1]  # without X, a point is no neighbour of itself
    norms = [np.linalg.norm(X, axis=1).max() for X in (queries, points)]
    reach = radii + _ROUNDING * max(norms)
    chunks = pairwise_distances_chunked(
        queries, points, reduce_func=lambda distances, start: (distances <= reach).any(axis=1)
    )
    return float(np.concatenate(list(chunks)).mean())
