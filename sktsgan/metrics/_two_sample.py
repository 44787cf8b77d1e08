"""The classifier two-sample test: can a strong classifier tell generated windows from real ones?"""

import numbers

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_window_pair, check_windows
from sktsgan.metrics._random_convolutions import RandomConvolutions

__all__ = ["classifier_two_sample_score", "seeded_judge", "window_features"]

_SPLITS = ("random", "blocks")
_RIDGE = 100.0  # penalty, for 1,500 standardised features and some 3,000 windows


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
    folds is held out once, so every window is judged by a classifier that has not seen it. With
    ``real_test``, the judge is tested on real windows of their own instead.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows, in the order of time if ``split="blocks"``.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows, in any order.
    real_test : array-like of shape (n_real_test, n_timesteps, n_channels) or flat, default=None
        Further real windows, which share no time step with those of ``real``. The judge learns from
        ``real`` and half of the synthetic windows and is tested on ``real_test`` and the other half;
        then the parts change places. ``split``, ``cv`` and ``n_blocks`` are not used.
    classifier : scikit-learn classifier, "convolutions" or None, default=None
        Judge, which is cloned. None takes a :class:`~sklearn.ensemble.HistGradientBoostingClassifier`,
        ``"convolutions"`` a ridge classifier on 500 random convolutions of the windows [2]_: two judges that see
        different things.
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
        ``max_samples`` is less than ``cv``, ``classifier`` is another string, or a set has too few windows for the
        folds or blocks. With
        ``real_test``, if there are fewer than four synthetic windows.
    TypeError
        If ``cv``, ``n_blocks`` or ``max_samples`` is not an integer.

    Notes
    -----
    The test is that of [1]_ (section 3), with cross-validation in place of one split. Both sets are
    cut to the size of the smaller one, so that chance is exactly 0.5; with ``real_test``, both real
    sets and the halves of the synthetic one are.

    If real windows overlap, random folds leak: near twins of a held-out window are in the other
    folds. A copy of the training windows scores far below 0.5, because each held-out window has a
    twin with the other label. ``split="blocks"`` removes that leak among real windows, except at
    the borders of blocks. But the judge then meets periods of which it has seen synthetic windows
    only: its figures are lower, rank generators, and have no fixed best value.

    If there are enough windows, hold two sets of blocks of time out of the generator's training and
    pass them as ``real`` and ``real_test``. Then no real window has a twin, and a generator gains
    nothing by copying. To see what a perfect copy scores, pass the training windows as
    ``synthetic``; the score is above 0.5 if blocks of time differ.

    References
    ----------
    .. [1] D. Lopez-Paz and M. Oquab, "Revisiting classifier two-sample tests", ICLR 2017.
    .. [2] A. Dempster, F. Petitjean and G. I. Webb, "ROCKET: exceptionally fast and accurate time series
       classification using random convolutional kernels", Data Mining and Knowledge Discovery 34, 2020.

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
    judge = seeded_judge(_choose_judge(classifier, real.shape), rng)
    if real_test is None:
        n_blocks = n_blocks if split == "blocks" else None
        parts = _deal_folds(real, synthetic, cv, n_blocks, max_samples, rng)
    else:
        real_test = _check_real_test(real_test, real, n_channels)
        parts = _deal_halves(real, real_test, synthetic, max_samples, rng)
    right = [_tell(judge, learned, tested) for learned, tested in parts]
    return float(np.concatenate(right).mean())


def _choose_judge(classifier, shape):
    """Return the unfitted judge."""
    if classifier is None:
        return HistGradientBoostingClassifier()
    if isinstance(classifier, str):
        if classifier != "convolutions":
            raise ValueError(
                f'classifier must be a scikit-learn classifier, "convolutions" or None, got {classifier!r}.'
            )
        return make_pipeline(
            RandomConvolutions(*shape[1:]), StandardScaler(), RidgeClassifier(_RIDGE)
        )
    return classifier


def _check_real_test(real_test, real, n_channels):
    """Return the further real windows, checked to have the shape of the others."""
    real_test = check_windows(real_test, n_channels=n_channels, name="real_test", min_windows=2)
    if real_test.shape[1:] != real.shape[1:]:
        raise ValueError(
            f"real_test has windows of shape {real_test.shape[1:]}, "
            f"but those of real have shape {real.shape[1:]}."
        )
    return real_test


def _deal_folds(real, synthetic, cv, n_blocks, max_samples, rng):
    """Yield, for each fold, real and synthetic windows to learn from, and those to test on."""
    n_windows = _count_windows(min(len(real), len(synthetic)), cv, n_blocks, max_samples)
    real, synthetic = _subset(real, n_windows, rng), _subset(synthetic, n_windows, rng)
    real_folds = _deal(n_windows, cv, n_blocks, rng)
    synthetic_folds = rng.permutation(real_folds)
    for fold in range(cv):
        held = real_folds == fold, synthetic_folds == fold
        learned = real[~held[0]], synthetic[~held[1]]
        yield learned, (real[held[0]], synthetic[held[1]])


def _deal_halves(real, real_test, synthetic, max_samples, rng):
    """Return two rounds of windows to learn from and to test on; in the second, they change places."""
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
    """Return which of the tested windows a judge that learned from the others labels correctly."""
    X, y = _labelled(*map(window_features, learned))
    judge = clone(judge).fit(X, y)
    X, y = _labelled(*map(window_features, tested))
    return judge.predict(X) == y


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
