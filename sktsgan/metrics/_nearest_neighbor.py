"""Memorisation: are generated windows nearer to the training windows than to unseen ones?"""

import numpy as np
from sklearn.utils import check_random_state

from sktsgan._random import draw_seed
from sktsgan.metrics._distances import flat_and_scaled, nearest_distance

__all__ = ["nearest_neighbor_ratio"]


def nearest_neighbor_ratio(train, held_out, synthetic, *, n_channels=None, random_state=None):
    """Tell copies by how much nearer synthetic windows lie to training windows than to unseen ones.

    Parameters
    ----------
    train : array-like of shape (n_train, n_timesteps, n_channels) or flat
        Real windows that the generator was fitted on.
    held_out : array-like of shape (n_held_out, n_timesteps, n_channels) or flat
        Real windows of the same distribution that it has not seen.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    random_state : int, RandomState instance or None, default=None
        Controls which windows of the larger real set are left out. None draws a fresh seed.

    Returns
    -------
    ratio : float
        Median over the synthetic windows of (distance to the nearest training window) / (distance to
        the nearest held-out window), at least 0. **About 1 is best**: the generator has learnt the
        distribution, not the windows. Towards 0, it copies. Above 1, its windows resemble the
        held-out ones more, for example because the training set is of another period. Infinite if
        most of them equal a held-out one.

    Raises
    ------
    ValueError
        If a set has fewer than two windows, or the windows of the sets differ in shape.

    See Also
    --------
    membership_inference_score : Whether training windows can be told from unseen ones.

    Notes
    -----
    As in the test of [1]_, a third, unseen set shows what distance to expect. Distances are
    Euclidean, between flattened windows whose channels are divided by their standard deviation in
    the training set. A synthetic window that equals a window of both sets counts as 1.

    The nearest of many is nearer than the nearest of few, so the sizes of the real sets are evened
    out. A larger held-out set is cut to the size of the training set. A larger training set is
    kept whole, or copies of the windows left out would go unnoticed; instead, the ratio is
    multiplied by the effect that cutting has on unseen windows: the median over the *held-out* windows of
    (distance to the nearest of the cut training set) / (distance to the nearest of the whole one).

    A perfect generator gets 1 only if both real sets have the same distribution. If the held-out
    windows are the last of a series with a trend, compare the ratio with that of another sampler.

    References
    ----------
    .. [1] C. Meehan, K. Chaudhuri and S. Dasgupta, "A non-parametric test to detect data-copying in
       generative models", AISTATS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import nearest_neighbor_ratio
    >>> train, held_out, fresh = np.random.default_rng(0).normal(size=(3, 500, 12))
    >>> bool(0.9 < nearest_neighbor_ratio(train, held_out, fresh) < 1.1)
    True
    >>> nearest_neighbor_ratio(train, held_out, train)
    0.0
    """
    sets = {"train": train, "held_out": held_out, "synthetic": synthetic}
    train, held_out, synthetic = flat_and_scaled(sets, n_channels)
    rng = check_random_state(draw_seed(random_state))
    size = min(len(train), len(held_out))
    cut_train, held_out = _subset(train, size, rng), _subset(held_out, size, rng)
    ratio = _median_ratio(nearest_distance(train, synthetic), nearest_distance(held_out, synthetic))
    if len(train) == size or ratio == 0:
        return ratio
    return ratio * _median_ratio(
        nearest_distance(cut_train, held_out), nearest_distance(train, held_out)
    )


def _subset(windows, size, rng):
    """Return ``size`` of the windows, drawn without replacement."""
    return windows if len(windows) == size else windows[rng.permutation(len(windows))[:size]]


def _median_ratio(numerators, denominators):
    """Return the median of ratios of distances; 0 / 0 counts as 1."""
    both_zero = (numerators == 0) & (denominators == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.median(np.where(both_zero, 1.0, numerators / denominators)))
