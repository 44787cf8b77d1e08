"""Membership inference: do generated items give away what the generator was fitted on?"""

import numpy as np
from sklearn.metrics import roc_auc_score

from sktsgan.metrics._distances import flat_and_scaled, nearest_distance

__all__ = ["membership_inference_score"]


def membership_inference_score(train, held_out, synthetic, *, n_channels=None):
    """Tell training items from unseen ones by their distance to the nearest synthetic item.

    Parameters
    ----------
    train : array-like of shape (n_train, n_timesteps, n_channels) or flat
        Real windows that the generator was fitted on, or images of shape
        (n_train, height, width, n_channels).
    held_out : array-like of shape (n_held_out, n_timesteps, n_channels) or flat
        Real windows or images of the same distribution that it has not seen.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows or images.
    n_channels : int, default=None
        Number of channels of flat items. None means one, as in flat grey images.

    Returns
    -------
    auc : float
        Area under the ROC curve, in [0, 1]: the chance that a training item lies nearer to the synthetic
        items than a held-out item does. **0.5 is best**: nothing is given away. 1 is worst: every
        training item can be named. Below 0.5, synthetic items lie nearer to the held-out ones, for
        example because the training set is of another period.

    Raises
    ------
    ValueError
        If a set has fewer than two items, or the items of the sets differ in shape.

    See Also
    --------
    nearest_neighbor_ratio : Whether synthetic windows are nearer to training windows than to unseen ones.

    Notes
    -----
    This is the full black-box attack of [1]_: the attacker has only the synthetic items. Distances
    are Euclidean, between flattened items whose channels are divided by their standard deviation in
    the training set.

    More synthetic items give more away. To compare generators, draw equally many from each, such as
    the number of training items. A generator that only draws training items with replacement then
    leaves about a third of them out and scores about .85.

    References
    ----------
    .. [1] D. Chen, N. Yu, Y. Zhang and M. Fritz, "GAN-Leaks: a taxonomy of membership inference attacks against
       generative models", ACM CCS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import membership_inference_score
    >>> train, held_out, fresh = np.random.default_rng(0).normal(size=(3, 500, 12))
    >>> bool(0.45 < membership_inference_score(train, held_out, fresh) < 0.55)
    True
    >>> membership_inference_score(train, held_out, train)
    1.0
    """
    sets = {"train": train, "held_out": held_out, "synthetic": synthetic}
    train, held_out, synthetic = flat_and_scaled(sets, n_channels)
    distances = nearest_distance(synthetic, np.concatenate([train, held_out]))
    member = np.arange(len(distances)) < len(train)
    return float(roc_auc_score(member, -distances))
