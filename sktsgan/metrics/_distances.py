"""Distances between items of several sets, in units that the first set gives."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from sktsgan._validation import check_windows

__all__ = ["flat_and_scaled", "nearest_distance"]


def flat_and_scaled(sets, n_channels):
    """Return checked sets of flat items, in standard deviations of the first set's channels.

    Parameters
    ----------
    sets : dict of array-like
        By the name that errors give them: windows of shape (n_windows, n_timesteps, n_channels), images of shape
        (n_images, height, width, n_channels), or flat.
    n_channels : int or None
        Of flat items.

    Returns
    -------
    sets : list of ndarray of shape (n_items, n_values)

    Raises
    ------
    ValueError
        If a set is none, has fewer than two items, or its items differ in shape from the first set's.
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
    """Return windows, or the rows of pixels of images in place of steps."""
    if np.ndim(items) == 4:
        items = np.asarray(items)
        items = items.reshape(len(items), -1, items.shape[3])
    return check_windows(items, n_channels=n_channels, name=name, min_windows=2)


def nearest_distance(items, queries):
    """Return the distance of each query to the nearest item."""
    nearest = NearestNeighbors(n_neighbors=1).fit(items).kneighbors(queries, return_distance=False)
    # The search expands the square and so is off by rounding: copies would not be at distance 0.
    return np.linalg.norm(queries - items[nearest[:, 0]], axis=1)
