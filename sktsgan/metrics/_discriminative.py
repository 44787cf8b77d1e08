"""The discriminative score: can a recurrent network tell generated windows from real ones?"""

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from sktsgan._random import draw_seed, local_torch_seed
from sktsgan.metrics._recurrent_judge import (
    RecurrentJudges,
    fit_judges,
    group_sizes,
    read_sets,
)

__all__ = ["discriminative_score"]

_TEST_FRACTION = 0.2
_CHUNK = 4096  # windows judged at once, to bound memory


def discriminative_score(
    real,
    synthetic,
    *,
    n_fits=5,
    max_iter=2000,
    batch_size=128,
    n_channels=None,
    return_fits=False,
    random_state=None,
):
    """Return how much better than guessing a GRU tells real from synthetic windows.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    n_fits : int, default=5
        Number of judges, each with its own split and initial weights.
    max_iter : int, default=2000
        Training steps of each judge.
    batch_size : int, default=128
        Windows of *each* set in a step, drawn with replacement.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    return_fits : bool, default=False
        Whether to return the score of each judge too.
    random_state : int, RandomState instance or None, default=None
        Controls splits, initial weights and batches. None draws a fresh seed.

    Returns
    -------
    score : float
        Mean over the judges of ``|accuracy − 0.5|``, in [0, 0.5]; **0 is best** (the judges guess),
        0.5 is worst. A perfect generator gets about 0.4 / sqrt(held-out windows), by chance.
    fits : ndarray of shape (n_fits,)
        The score of each judge; only if ``return_fits`` is True.

    Raises
    ------
    ValueError
        If the windows differ in shape, or ``n_fits``, ``max_iter`` or ``batch_size`` is less
        than 1.
    TypeError
        If one of these is not an integer.

    See Also
    --------
    classifier_two_sample_score : The accuracy of a far stronger judge.

    Notes
    -----
    The protocol of [1]_: per judge, both sets are split at random, 80 % for training. A one-layer
    GRU with max(⌊d / 2⌋, 2) units, d the number of channels, and a linear read-out of its last
    state are trained by Adam (learning rate 0.001) on the binary cross-entropy. Accuracy is taken
    on the held-out fifths. Each channel is scaled so that the real windows span [0, 1];
    generated values beyond ten times that are cut off.

    It departs from the published code in three ways: there are at least two units, so that
    univariate windows can be judged; generated windows keep their own lengths, not those of real
    ones; accuracy is the mean of the accuracies on both sets, so that chance is 0.5 for sets of
    unequal size.

    The judges are weak: a good generator gets a score near 0, but so may a poor one, and so does a
    copy of the training windows.

    References
    ----------
    .. [1] J. Yoon, D. Jarrett and M. van der Schaar, "Time-series generative adversarial networks",
       NeurIPS 2019, section 5.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import discriminative_score
    >>> rng = np.random.default_rng(0)
    >>> real, fake = rng.normal(size=(200, 8, 2)), rng.normal(loc=5, size=(200, 8, 2))
    >>> score = discriminative_score(real, fake, n_fits=1, max_iter=300, random_state=0)
    >>> score > 0.4
    True
    """
    counts = {"n_fits": n_fits, "max_iter": max_iter, "batch_size": batch_size}
    sets, n_hidden = read_sets(real, synthetic, n_channels, **counts)
    with local_torch_seed(draw_seed(random_state)):
        groups = [
            _judge(sets, n_judges, n_hidden, max_iter, batch_size)
            for n_judges in group_sizes(n_fits, n_hidden)
        ]
    fits = np.abs(np.concatenate(groups) - 0.5)
    score = float(fits.mean())
    return (score, fits) if return_fits else score


def _judge(sets, n_judges, n_hidden, max_iter, batch_size):
    """Return the held-out accuracies of judges trained side by side, shape (n_judges,)."""
    splits = [_split(len(windows), n_judges) for windows in sets]
    judges = RecurrentJudges(n_judges, sets[0].shape[2], n_hidden)
    labels = torch.ones(n_judges, 2 * batch_size)  # 1 is real
    labels[:, batch_size:] = 0

    def compute_loss():
        batch = [
            windows[_draw(train, batch_size)]
            for windows, (train, _) in zip(sets, splits, strict=True)
        ]
        logits = judges(torch.cat(batch, dim=1), last_only=True)
        return binary_cross_entropy_with_logits(logits, labels, reduction="sum") / labels.shape[1]

    fit_judges(judges, compute_loss, max_iter)
    called_real, called_real_wrongly = (
        _share_called_real(judges, windows, test)
        for windows, (_, test) in zip(sets, splits, strict=True)
    )
    return (called_real + 1 - called_real_wrongly) / 2


def _split(n_windows, n_judges):
    """Return indices of a random train and test set for every judge, shapes (n_judges, n)."""
    order = torch.stack([torch.randperm(n_windows) for _ in range(n_judges)])
    n_test = max(1, round(_TEST_FRACTION * n_windows))
    return order[:, n_test:], order[:, :n_test]


def _draw(indices, size):
    """Return ``size`` of each row's indices, drawn with replacement."""
    return indices.gather(1, torch.randint(indices.shape[1], (len(indices), size)))


def _share_called_real(judges, windows, indices):
    """Return the share of its windows that each judge calls real, shape (n_judges,)."""
    with torch.no_grad():
        logits = [judges(windows[part], last_only=True) for part in indices.split(_CHUNK, dim=1)]
    return (torch.cat(logits, dim=1) > 0).double().mean(dim=1).numpy()
