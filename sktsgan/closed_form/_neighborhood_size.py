"""How many neighbours a new window is made of."""

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from sktsgan.closed_form._neighborhoods import WindowNeighborhoods
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["choose_n_neighbors", "membership_auc"]

_SIZES = 8, 16, 32
_MAX_AUC = 0.9  # with every other block; a model of all windows gives them away less
_N_BLOCKS = 12
_MAX_WINDOWS, _LEAST_WINDOWS = 4000, 200  # that are looked at
_MAX_QUERIES = 1000


def choose_n_neighbors(windows, classes, conditions, times, seed, categorical=()):
    """Return the fewest of 8, 16 or 32 neighbours whose draws don't give away what they were drawn around.

    The membership AUC must be at most 0.9. Of fewer than 200 windows it is too uncertain: they get 8.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
    classes : ndarray of shape (n_windows,) or None
    conditions : ndarray of shape (n_windows, n_conditions) or None
    times : ndarray of shape (n_windows,)
        When windows begin, in steps.
    seed : int
        Seed of the draws.
    categorical : sequence of int, default=()
        Channels of categories.
    """
    if len(windows) < _LEAST_WINDOWS:
        return _SIZES[0]
    for n_neighbors in _SIZES:
        auc = membership_auc(n_neighbors, windows, classes, conditions, times, seed, categorical)
        if auc <= _MAX_AUC:
            break
    return n_neighbors


def membership_auc(n_neighbors, windows, classes, conditions, times, seed, categorical=()):
    """Return how well closeness to draws tells the windows drawn around from others; .5 is best, 1 worst.

    Draws are made around every other block of time, and compared with these blocks and with those between.
    """
    blocks = np.array_split(np.argsort(times, kind="stable"), _N_BLOCKS)
    blocks = [block[: _MAX_WINDOWS // _N_BLOCKS] for block in blocks]
    seen, others = np.concatenate(blocks[::2]), np.concatenate(blocks[1::2])
    known = [None if part is None else part[seen] for part in (classes, conditions)]
    scaler = ReadingScaler(categorical).fit(windows[seen])
    model = WindowNeighborhoods(n_neighbors).fit(windows[seen], *known, times[seen], scaler)
    drawn = model.sample(len(seen), np.random.default_rng(seed))
    scale = windows.std(axis=(0, 1)) + 1e-12
    drawn, seen, others = (
        (x / scale).reshape(len(x), -1) for x in (drawn, windows[seen], windows[others])
    )
    near = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(drawn)
    distances = [near.kneighbors(x[:: -(-len(x) // _MAX_QUERIES)])[0][:, 0] for x in (seen, others)]
    labels = np.repeat([1, 0], [len(d) for d in distances])
    return roc_auc_score(labels, -np.concatenate(distances))
