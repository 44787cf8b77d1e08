"""What classifiers that judge windows share."""

import numpy as np
from sklearn.base import clone

from sktsgan._random import draw_seed

__all__ = ["seeded_judge", "window_features"]


def seeded_judge(classifier, rng):
    """Return an unfitted judge none of whose parts draws from NumPy's global state."""
    judge = clone(classifier)
    unseeded = [
        name
        for name, value in sorted(judge.get_params().items())
        if name.rpartition("__")[2] == "random_state" and value is None
    ]
    return judge.set_params(**{name: draw_seed(rng) for name in unseeded})


def window_features(windows):
    """Return the flattened windows beside their first differences over time."""
    n_windows = len(windows)
    steps = np.diff(windows, axis=1)
    return np.hstack([windows.reshape(n_windows, -1), steps.reshape(n_windows, -1)])
