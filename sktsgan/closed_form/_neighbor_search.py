"""The windows that are most like each window, and share no reading with it."""

import numpy as np

__all__ = ["find_neighbors", "split_cells"]

_MAX_CELL = 8192  # windows that are searched through for each one's neighbours
_MAX_DISTANCES = 2**22  # that are in memory together
_FAR = 1e12  # a squared distance beyond all others, for windows that are taken only in need
_FREE, _CLOSE, _SHARING, _TAKEN = 3, 2, 1, 0  # how welcome a window is as a neighbour


def find_neighbors(features, times, reach, apart, n_neighbors):
    """Return the neighbours of every window among those given.

    Neighbours share no reading with the window and are apart from each other in time. Where too few are, the nearest
    of those that share none are taken, then others, and the window itself at last.

    Parameters
    ----------
    features : ndarray of shape (n_windows, n_features)
        What makes windows alike, by Euclidean distance.
    times : ndarray of shape (n_windows,)
        When windows begin, in steps.
    reach : int
        Steps within which two windows share readings.
    apart : int
        Least number of steps between two neighbours.
    n_neighbors : int

    Returns
    -------
    neighbors : ndarray of shape (n_windows, min(n_neighbors, n_windows))
        Rows, the most welcome first.
    """
    n_windows = len(features)
    n_neighbors = min(n_neighbors, n_windows)
    n_near = min(n_neighbors * (2 * apart - 1) + 1, n_windows)
    squares = (features**2).sum(axis=1)
    neighbors = np.empty((n_windows, n_neighbors), dtype=np.int64)
    step = max(_MAX_DISTANCES // n_windows, 1)
    for start in range(0, n_windows, step):
        rows = np.arange(start, min(start + step, n_windows))
        distances = squares - 2 * features[rows] @ features.T
        distances[np.abs(times[rows][:, None] - times) < reach] += _FAR
        distances[rows - start, rows] += _FAR
        near = np.argpartition(distances, n_near - 1, axis=1)[:, :n_near]
        distances = np.take_along_axis(distances, near, axis=1)
        order = distances.argsort(axis=1, kind="stable")
        near, distances = (np.take_along_axis(x, order, axis=1) for x in (near, distances))
        worth = np.where(distances < _FAR / 2, _FREE, _SHARING).astype(np.int8)
        neighbors[rows] = _spread(near, times[near], worth, apart, n_neighbors)
    return neighbors


def _spread(near, times, worth, apart, n_neighbors):
    """Return the first of each row that are free and apart in time, then the first of the others."""
    rows = np.arange(len(near))
    chosen = np.empty((len(near), n_neighbors), dtype=np.int64)
    for k in range(n_neighbors):
        place = worth.argmax(axis=1)
        chosen[:, k] = near[rows, place]
        beside = np.abs(times - times[rows, place][:, None]) < apart
        worth[beside & (worth == _FREE)] = _CLOSE
        worth[rows, place] = _TAKEN
    return chosen


def split_cells(features, rows, most=_MAX_CELL):
    """Return rows in cells of at most ``most``, halved along the direction in which they vary most.

    Parameters
    ----------
    features : ndarray of shape (n_windows, n_features)
    rows : ndarray of shape (n_rows,)
    most : int

    Returns
    -------
    cells : list of ndarray
        Sorted rows.
    """
    if len(rows) <= most:
        return [rows]
    part = features[rows[:: -(-len(rows) // 2000)]]
    centred = part - part.mean(axis=0)
    direction = np.random.default_rng(0).normal(size=part.shape[1]).astype(part.dtype)
    for _ in range(10):
        direction = centred.T @ (centred @ direction)
        direction /= np.linalg.norm(direction) + 1e-30
    order = rows[np.argsort(features[rows] @ direction, kind="stable")]
    halves = np.array_split(order, 2)
    return [cell for half in halves for cell in split_cells(features, np.sort(half), most)]
