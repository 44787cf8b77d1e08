"""Scores of likeness and memory."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from sktsgan.metrics import (
    classifier_two_sample_score,
    distribution_kl_divergence,
    membership_inference_score,
)
from sktsgan.metrics._distances import flat_and_scaled, nearest_distance

__all__ = ["gap_to_curve", "judge"]

_ROUNDS = 120  # trees of the boosting


def judge(blocks, synthetic, seed):
    """Return the scores of generated windows.

    Parameters
    ----------
    blocks : Blocks
        Real windows.
    synthetic : ndarray of shape (n_windows, n_timesteps, n_channels)
        Generated windows.
    seed : int
        Seed of the judges.

    Returns
    -------
    scores : dict of float
        ``c2``, ``rk``, ``mia``, ``nn`` and ``kl``.
    """
    judges = {
        "c2": HistGradientBoostingClassifier(max_iter=_ROUNDS),
        "rk": "convolutions",
    }
    scores = {
        name: classifier_two_sample_score(
            blocks.first,
            synthetic,
            real_test=blocks.second,
            classifier=classifier,
            max_samples=None,
            random_state=seed,
        )
        for name, classifier in judges.items()
    }
    held_out = np.concatenate([blocks.first, blocks.second])
    scores["mia"] = membership_inference_score(blocks.train, held_out, synthetic)
    scores["kl"] = distribution_kl_divergence(blocks.train, synthetic)
    return scores | {"nn": _distance_ratio(blocks.train, held_out, synthetic)}


def _distance_ratio(train, held_out, synthetic):
    """Return the median distance of generated windows to the training set over that of held-out windows."""
    sets = {"train": train, "synthetic": synthetic, "held_out": held_out}
    train, *others = flat_and_scaled(sets, None)
    made, real = (np.median(nearest_distance(train, windows)) for windows in others)
    return float(made / real)


def gap_to_curve(curve, mia, c2):
    """Return c2 less that of the curve at the same mia; beyond its ends, the curve is constant.

    Parameters
    ----------
    curve : list of (float, float)
        mia and c2 of each point of the curve.
    mia, c2 : float
        Scores of a model.
    """
    return float(c2 - np.interp(mia, *zip(*sorted(curve), strict=True)))
