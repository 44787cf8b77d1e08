"""Distances between windows or images, in standard deviations of the first set."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from sktsgan._validation import check_spread, naming
from sktsgan.containers._windows import check_windows

__all__ = ["flat_and_scaled", "nearest_distance"]


def flat_and_scaled(sets, n_channels):
    """Return checked sets of flat items, whose channels are divided by their standard deviation in the first set.

    Parameters
    ----------
    sets : dict of array-like
        Sets of items under the names that errors use: windows of shape (n_windows, n_timesteps, n_channels),
        images of shape (n_images, height, width, n_channels), or flat items.
    n_channels : int or None
        Number of channels of flat items; None means one.

    Returns
    -------
    sets : list of ndarray of shape (n_items, n_values)
        Scaled sets, in the order given.

    Raises
    ------
    ValueError
        If a set is not an array of items, has fewer than two of them, or their shape differs from the first set's.
    """
    sets = {name: _check_items(items, name, n_channels) for name, items in sets.items()}
    first, *others = sets
    for name in others:
        if sets[name].shape[1:] != sets[first].shape[1:]:
            raise ValueError(
                f"{name} has windows of shape {sets[name].shape[1:]}, "
                f"but those of {first} have shape {sets[first].shape[1:]}."
            )
    deviation = sets[first].std(axis=(0, 1))
    scale = np.where(deviation > 0, deviation, 1.0)
    return [(items / scale).reshape(len(items), -1) for items in sets.values()]


def _check_items(items, name, n_channels):
    """Return checked windows; the pixels of an image take the place of steps."""
    with naming(name):
        n_axes = np.ndim(items)
    if n_axes == 4:
        items = np.asarray(items)
        items = items.reshape(len(items), -1, items.shape[3])
    windows = check_windows(items, n_channels=n_channels, name=name, min_windows=2)
    check_spread(windows, name)
    return windows


def nearest_distance(items, queries):
    """Return the distance of each query to the nearest item."""
    nearest = NearestNeighbors(n_neighbors=1).fit(items).kneighbors(queries, return_distance=False)
    # The search expands the square and so rounds: copies would not be at distance 0.
    return np.linalg.norm(queries - items[nearest[:, 0]], axis=1)
