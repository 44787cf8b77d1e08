"""The classifier two-sample test: can a strong classifier tell generated windows from real ones?"""

import numbers

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils import check_random_state, check_scalar

from sktsgan._judges import seeded_judge, window_features
from sktsgan._random import draw_seed
from sktsgan._validation import check_window_pair, check_windows

__all__ = ["classifier_two_sample_score"]

_SPLITS = ("random", "blocks")


def classifier_two_sample_score(
    real,
    synthetic,
    *,
    real_test=None,
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
    folds is held out once, so every window is judged, by a classifier that did not see it. With
    ``real_test``, real windows of other times stand on either side of the test instead.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows, in the order of time where ``split="blocks"``.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows, in any order.
    real_test : array-like of shape (n_real_test, n_timesteps, n_channels) or flat, default=None
        Real windows that share no time step with those of ``real``. The judge learns from ``real`` and half
        of the synthetic windows, and is tested on these and the other half; then the other way round.
        ``split``, ``cv`` and ``n_blocks`` are not used.
    classifier : scikit-learn classifier, default=None
        The judge; it is cloned. By default a
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    split : {"random", "blocks"}, default="random"
        How the real windows are dealt to the folds: singly, or in contiguous blocks of time. The
        synthetic ones, which have no order, are dealt singly to folds of the same sizes.
    cv : int, default=3
        Number of folds, at least 2.
    n_blocks : int, default=20
        Number of blocks of time, at least ``cv``; used only where ``split="blocks"``. Blocks should
        be many times longer than a window.
    max_samples : int or None, default=5000
        At most so many windows of either set are used, drawn at random; None uses all.
    n_channels : int, default=None
        Channels of flat windows.
    random_state : int, RandomState instance or None, default=None
        Rules the draw of windows, the folds and the classifier. None takes fresh entropy.

    Returns
    -------
    accuracy : float
        Fraction of the held-out windows told right, in [0, 1]. **0.5 is best** (the sets can't be
        told apart), 1 is worst. Values well below 0.5 show copies of the real windows.

    Raises
    ------
    ValueError
        If the windows differ in shape, ``split`` is unknown, ``cv`` is less than 2, ``n_blocks`` or
        ``max_samples`` is less than ``cv``, or a set has too few windows for the folds or blocks. With
        ``real_test``, if there are fewer than four synthetic windows.
    TypeError
        If ``cv``, ``n_blocks`` or ``max_samples`` is no integer.

    Notes
    -----
    The test is that of [1]_ (section 3), with cross-validation in place of one split. Both sets are
    cut to the size of the smaller one, so that chance is exactly 0.5; with ``real_test``, so are both
    real sets and the halves of the synthetic one.

    Real windows that overlap leak between folds dealt singly: the twin of a held-out window is in
    the other folds. A copy of the training windows then scores far below 0.5, because
    every held-out window has its twin under the other label. ``split="blocks"`` takes that leak
    away for the real windows, but for those at the borders of blocks. Its price is that the judge
    is asked about stretches of time of which it knows synthetic windows only: its figures are
    lower, they rank generators and have no fixed best value.

    Where there are windows enough, hold two sets of blocks out of the generator's training and give
    them as ``real`` and ``real_test``. Then no real window has a twin anywhere, and a generator
    gains nothing by copying. The training windows themselves, given as synthetic ones, show what a perfect
    copy scores; it is above 0.5 where blocks of time differ.

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
    rng = check_random_state(draw_seed(random_state))
    # no "or": an ensemble has a length, and none before it is fitted
    judge = HistGradientBoostingClassifier() if classifier is None else classifier
    judge = seeded_judge(judge, rng)
    if real_test is None:
        n_blocks = n_blocks if split == "blocks" else None
        parts = _deal_folds(real, synthetic, cv, n_blocks, max_samples, rng)
    else:
        real_test = _check_real_test(real_test, real, n_channels)
        parts = _deal_halves(real, real_test, synthetic, max_samples, rng)
    right = [_tell(judge, learned, tested) for learned, tested in parts]
    return float(np.concatenate(right).mean())


def _check_real_test(real_test, real, n_channels):
    """Return further real windows, checked, of the shape of the others."""
    real_test = check_windows(real_test, n_channels=n_channels, name="real_test", min_windows=2)
    if real_test.shape[1:] != real.shape[1:]:
        raise ValueError(
            f"real_test has windows of shape {real_test.shape[1:]}, "
            f"but those of real have shape {real.shape[1:]}."
        )
    return real_test


def _deal_folds(real, synthetic, cv, n_blocks, max_samples, rng):
    """Yield what is learned from and what is tested, each real and synthetic windows, fold by fold."""
    n_windows = _count_windows(min(len(real), len(synthetic)), cv, n_blocks, max_samples)
    real, synthetic = _subset(real, n_windows, rng), _subset(synthetic, n_windows, rng)
    real_folds = _deal(n_windows, cv, n_blocks, rng)
    synthetic_folds = rng.permutation(real_folds)
    for fold in range(cv):
        held = real_folds == fold, synthetic_folds == fold
        learned = real[~held[0]], synthetic[~held[1]]
        yield learned, (real[held[0]], synthetic[held[1]])


def _deal_halves(real, real_test, synthetic, max_samples, rng):
    """Return two rounds of what is learned from and what is tested: halves of the synthetic windows change sides."""
    n_windows = min(len(real), len(real_test), len(synthetic) // 2)
    if max_samples is not None:
        check_scalar(max_samples, "max_samples", numbers.Integral, min_val=2)
        n_windows = min(n_windows, max_samples)
    if n_windows < 2:
        raise ValueError(
            f"With real_test, synthetic must have at least 4 windows, got {len(synthetic)}."
        )
    dealt = rng.permutation(len(synthetic))
    first = _subset(real, n_windows, rng), synthetic[dealt[:n_windows]]
    second = _subset(real_test, n_windows, rng), synthetic[dealt[n_windows : 2 * n_windows]]
    return [(first, second), (second, first)]


def _tell(judge, learned, tested):
    """Return which of the tested windows the judge tells right, having learned from the others."""
    X, y = _labelled(*map(window_features, learned))
    judge = clone(judge).fit(X, y)
    X, y = _labelled(*map(window_features, tested))
    return judge.predict(X) == y


def _count_windows(n_windows, cv, n_blocks, max_samples):
    """Return how many of the windows that either set has are used."""
    check_scalar(cv, "cv", numbers.Integral, min_val=2)
    if max_samples is not None:
        check_scalar(max_samples, "max_samples", numbers.Integral, min_val=cv)
        n_windows = min(n_windows, max_samples)
    if n_windows < cv:
        raise ValueError(f"cv={cv} folds need {cv} windows of either set, got {n_windows}.")
    if n_blocks is not None:
        check_scalar(n_blocks, "n_blocks", numbers.Integral, min_val=cv)
        if n_windows < n_blocks:
            raise ValueError(f"n_blocks={n_blocks} need {n_blocks} windows, got {n_windows}.")
    return n_windows


def _subset(windows, n_windows, rng):
    """Return ``n_windows`` of the windows, drawn without replacement, in their order."""
    if len(windows) == n_windows:
        return windows
    return windows[np.sort(rng.permutation(len(windows))[:n_windows])]


def _deal(n_windows, cv, n_blocks, rng):
    """Return the fold of every window: dealt singly, or in ``n_blocks`` contiguous blocks."""
    if n_blocks is None:
        return rng.permutation(np.arange(n_windows) % cv)
    block = np.arange(n_windows) * n_blocks // n_windows
    return rng.permutation(np.arange(n_blocks) % cv)[block]


def _labelled(real, synthetic):
    """Return both sets as one design matrix, and labels that are 1 for real."""
    y = np.zeros(len(real) + len(synthetic), dtype=int)
    y[: len(real)] = 1
    return np.vstack([real, synthetic]), y
