"""The classifier two-sample test: can a strong classifier tell generated windows from real ones?"""

import numbers

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils import check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_window_pair

__all__ = ["classifier_two_sample_score", "seeded_judge", "window_features"]

_SPLITS = ("random", "blocks")


def classifier_two_sample_score(
    real,
    synthetic,
    *,
    classifier=None,
    split="random",
    cv=3,
    n_blocks=20,
    max_samples=5000,
    n_channels=None,
    random_state=None,
):
    """Return the held-out accuracy of a classifier that tells real from synthetic windows.

    The features are the flattened windows and their first differences over time. Each of ``cv``
    folds is held out once, so every window is judged by a classifier that has not seen it.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows, in the order of time if ``split="blocks"``.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows, in any order.
    classifier : scikit-learn classifier, default=None
        Judge, which is cloned. None takes a :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    split : {"random", "blocks"}, default="random"
        How the real windows are dealt to the folds: one by one, or in contiguous blocks of time.
        Synthetic windows, which have no order, are dealt one by one to folds of the same sizes.
    cv : int, default=3
        Number of folds, at least 2.
    n_blocks : int, default=20
        Number of blocks of time, at least ``cv``; used only if ``split="blocks"``. Blocks should
        be many times longer than a window.
    max_samples : int or None, default=5000
        Largest number of windows of each set that are used, drawn at random; None uses all.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    random_state : int, RandomState instance or None, default=None
        Controls the draw of windows, the folds and the classifier. None draws a fresh seed.

    Returns
    -------
    accuracy : float
        Accuracy on the held-out windows, in [0, 1]. **0.5 is best** (the sets can't be told apart),
        1 is worst. Values well below 0.5 show copies of the real windows.

    Raises
    ------
    ValueError
        If the windows differ in shape, ``split`` is unknown, ``cv`` is less than 2, ``n_blocks`` or
        ``max_samples`` is less than ``cv``, or a set has too few windows for the folds or blocks.
    TypeError
        If ``cv``, ``n_blocks`` or ``max_samples`` is not an integer.

    Notes
    -----
    The test is that of [1]_ (section 3), with cross-validation in place of one split. Both sets are
    cut to the size of the smaller one, so that chance is exactly 0.5.

    If real windows overlap, random folds leak: near twins of a held-out window are in the other
    folds. A copy of the training windows scores far below 0.5, because each held-out window has a
    twin with the other label. ``split="blocks"`` removes that leak among real windows, except at
    the borders of blocks. But the judge then meets periods of which it has seen synthetic windows
    only: its figures are lower, rank generators, and have no fixed best value.

    References
    ----------
    .. [1] D. Lopez-Paz and M. Oquab, "Revisiting classifier two-sample tests", ICLR 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import classifier_two_sample_score
    >>> rng = np.random.default_rng(0)
    >>> real = rng.normal(size=(400, 8)).cumsum(axis=1)
    >>> white_noise = rng.normal(size=(400, 8))
    >>> classifier_two_sample_score(real, white_noise, random_state=0) > 0.8
    True
    """
    if split not in _SPLITS:
        raise ValueError(f"split must be one of {', '.join(map(repr, _SPLITS))}, got {split!r}.")
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    n_blocks = n_blocks if split == "blocks" else None
    n_windows = _count_windows(min(len(real), len(synthetic)), cv, n_blocks, max_samples)
    rng = check_random_state(draw_seed(random_state))
    # no "or": an unfitted ensemble has no length, so it has no truth value
    judge = HistGradientBoostingClassifier() if classifier is None else classifier
    judge = seeded_judge(judge, rng)
    real = window_features(_subset(real, n_windows, rng))
    synthetic = window_features(_subset(synthetic, n_windows, rng))
    real_folds = _deal(n_windows, cv, n_blocks, rng)
    synthetic_folds = rng.permutation(real_folds)
    right = 0
    for fold in range(cv):
        held_out = real_folds == fold, synthetic_folds == fold
        judge = clone(judge).fit(*_labelled(real[~held_out[0]], synthetic[~held_out[1]]))
        X, y = _labelled(real[held_out[0]], synthetic[held_out[1]])
        right += np.sum(judge.predict(X) == y)
    return float(right / (2 * n_windows))


def _count_windows(n_windows, cv, n_blocks, max_samples):
    """Return the number of windows of each set that are used."""
    check_scalar(cv, "cv", numbers.Integral, min_val=2)
    if max_samples is not None:
        check_scalar(max_samples, "max_samples", numbers.Integral, min_val=cv)
        n_windows = min(n_windows, max_samples)
    if n_windows < cv:
        raise ValueError(f"cv={cv} folds need {cv} windows of each set, got {n_windows}.")
    if n_blocks is not None:
        check_scalar(n_blocks, "n_blocks", numbers.Integral, min_val=cv)
        if n_windows < n_blocks:
            raise ValueError(f"n_blocks={n_blocks} needs {n_blocks} windows, got {n_windows}.")
    return n_windows


def _subset(windows, n_windows, rng):
    """Return ``n_windows`` of the windows, drawn without replacement, in their order."""
    if len(windows) == n_windows:
        return windows
    return windows[np.sort(rng.permutation(len(windows))[:n_windows])]


def _deal(n_windows, cv, n_blocks, rng):
    """Return the fold of every window, dealt one by one or in ``n_blocks`` contiguous blocks."""
    if n_blocks is None:
        return rng.permutation(np.arange(n_windows) % cv)
    block = np.arange(n_windows) * n_blocks // n_windows
    return rng.permutation(np.arange(n_blocks) % cv)[block]


def _labelled(real, synthetic):
    """Return both sets as one design matrix, and labels that are 1 for real."""
    y = np.zeros(len(real) + len(synthetic), dtype=int)
    y[: len(real)] = 1
    return np.vstack([real, synthetic]), y


def seeded_judge(classifier, rng):
    """Return an unfitted judge with all seeds set, so that it leaves NumPy's global state alone."""
    judge = clone(classifier)
    unseeded = [
        name
        for name, value in sorted(judge.get_params().items())
        if name.rpartition("__")[2] == "random_state" and value is None
    ]
    return judge.set_params(**{name: draw_seed(rng) for name in unseeded})


def window_features(windows):
    """Return the flattened windows with their first differences over time."""
    n_windows = len(windows)
    steps = np.diff(windows, axis=1)
    return np.hstack([windows.reshape(n_windows, -1), steps.reshape(n_windows, -1)])
