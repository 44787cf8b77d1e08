"""Precision and recall of generated items: quality and variety told apart."""

import numbers

import numpy as np
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_scalar

from sktsgan.metrics._items import feature_pair

__all__ = ["precision_recall"]

# Distances from expanded squares have rounding errors, relative to the largest norm: an equal item would lie outside
# a ball of radius 0.
_ROUNDING = 1e-7
_FARTHEST = 1e150  # whose square float64 holds


def precision_recall(real, synthetic, *, features=None, n_neighbors=3):
    """Return the share of synthetic items that look real, and the share of real items that they reach.

    Parameters
    ----------
    real : array-like of shape (n_real, ...)
        Real items, such as images of shape (n_real, height, width).
    synthetic : array-like of shape (n_synthetic, ...)
        Generated items of the same shape.
    features : callable or transformer, default=None
        Fitted scikit-learn transformer, such as :class:`~sktsgan.metrics.DigitFeatures`, or a function from a set,
        as an array, to features of shape (n_items, n_features). None compares the flattened items.
    n_neighbors : int, default=3
        Number of neighbours in its own set that the ball around an item reaches.

    Returns
    -------
    precision : float
        Quality: share of the synthetic items that lie in the ball of a real one, in [0, 1]. **Higher is better**;
        compare it with that of another real set, which is below 1.
    recall : float
        Variety: share of the real items that lie in the ball of a synthetic one, in [0, 1]. **Higher is better**.

    Raises
    ------
    ValueError
        If a set has no more than ``n_neighbors`` items or values that are not finite, the items of the sets differ in
        shape, the features are not finite or not one row per item, or ``n_neighbors`` is less than 1.
    TypeError
        If ``features`` is neither a transformer nor a callable, or ``n_neighbors`` is not an integer.

    See Also
    --------
    frechet_distance : Quality and variety in one number.
    nearest_neighbor_ratio : Whether items are copies, which have the best precision and recall.

    Notes
    -----
    The improved precision and recall of [1]_ (section 2). A set covers the union of balls around its items, each with
    the Euclidean distance to the ``n_neighbors``-th neighbour as its radius. An outlier has a wide ball, so a few
    stray synthetic items raise the recall. Both figures depend on the sizes of the sets: use sets of equal size, as
    in [1]_.

    References
    ----------
    .. [1] T. Kynkäänniemi, T. Karras, S. Laine, J. Lehtinen and T. Aila, "Improved precision and recall
       metric for assessing generative models", NeurIPS 2019.

    Examples
    --------
    Items from one half of the distribution are as good as real ones, but reach only half of them:

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
    real, synthetic = (np.clip(X - centre, -_FARTHEST, _FARTHEST) for X in (real, synthetic))
    precision = _covered_share(synthetic, real, n_neighbors)
    return precision, _covered_share(real, synthetic, n_neighbors)


def _covered_share(queries, points, n_neighbors):
    """Return the share of the queries that lie in the ball of at least one point."""
    index = NearestNeighbors(n_neighbors=n_neighbors).fit(points)
    radii = index.kneighbors()[0][:, -1]  # without X, a point is no neighbour of itself
    norms = [np.linalg.norm(X, axis=1).max() for X in (queries, points)]
    reach = radii + _ROUNDING * max(norms)
    chunks = pairwise_distances_chunked(
        queries, points, reduce_func=lambda distances, start: (distances <= reach).any(axis=1)
    )
    return float(np.concatenate(list(chunks)).mean())
