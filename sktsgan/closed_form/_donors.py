"""How often each neighbour gives to the draws around a window."""

import numpy as np

__all__ = ["balance_donors"]

_ROUNDS = 50


def balance_donors(neighbors):
    """Return chances of neighbours to be the donor, such that all windows give about equally often.

    Some windows are neighbours of many, most often usual ones, and some of few: taken at equal chances, unusual
    categories would become rarer. Chances are products of a factor of the window and one of its neighbour, which are
    scaled in turn (Sinkhorn and Knopp 1967).

    Parameters
    ----------
    neighbors : ndarray of shape (n_windows, n_neighbors)

    Returns
    -------
    turns : ndarray of shape (n_windows, n_neighbors)
        Running sums of the chances, the last of which is one.
    """
    n_windows = len(neighbors)
    chances = np.full(neighbors.shape, 1 / neighbors.shape[1])
    for _ in range(_ROUNDS):
        given = np.bincount(neighbors.ravel(), chances.ravel(), minlength=n_windows)
        chances /= given[neighbors]
        chances /= chances.sum(axis=1, keepdims=True)
    return np.cumsum(chances, axis=1)
