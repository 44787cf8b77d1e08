"""Two sets of items as rows of features."""

import numpy as np
from sklearn.utils import check_array

from sktsgan.metrics._plane import flatten_pair

__all__ = ["feature_pair"]


def feature_pair(real, synthetic, features):
    """Return the features of both sets, one row per item.

    Parameters
    ----------
    real, synthetic : array-like of shape (n_items, ...)
        The two sets; their numbers of items may differ.
    features : callable, transformer or None
        Fitted transformer or callable that computes the features of each set, passed unchanged (a list as an array);
        None flattens the items.

    Returns
    -------
    real, synthetic : ndarray of shape (n_items, n_features)
        float64.

    Raises
    ------
    ValueError
        If a set has fewer than two items or values that are not finite, the items of the sets differ in shape, or
        the features are not finite or not one row per item.
    TypeError
        If ``features`` is neither a transformer nor a callable.
    """
    flat = flatten_pair(real, synthetic)
    if features is None:
        return flat
    compute = getattr(features, "transform", features)
    if not callable(compute):
        raise TypeError(
            f"features must be a callable, a fitted transformer or None, got {features!r}."
        )
    found = []
    for name, items in (("real", real), ("synthetic", synthetic)):
        items = items if hasattr(items, "shape") else np.asarray(items)
        found.append(_check_features(compute(items), len(items), name))
    return tuple(found)


def _check_features(made, n_items, name):
    """Return features as an array of two axes, or say what is wrong with them."""
    made = check_array(made, dtype=np.float64, allow_nd=True, input_name=f"the features of {name}")
    if len(made) != n_items:
        raise ValueError(f"features returned {len(made)} rows for the {n_items} items of {name}.")
    return made.reshape(n_items, -1)
