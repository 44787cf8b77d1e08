"""Likeness and memory: the scores of the zoo."""

import numpy as np
from _convolutions import RandomConvolutions
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sktsgan.metrics import classifier_two_sample_score, membership_inference_score

__all__ = ["gap_to_curve", "judge"]

_ROUNDS = 120  # trees of the boosting
_RIDGE = 100.0  # of 1,500 standardised features and some 3,000 windows


def judge(blocks, synthetic, seed):
    """Return the scores of generated windows.

    Parameters
    ----------
    blocks : Blocks
    synthetic : ndarray of shape (n_windows, n_timesteps, n_channels)
    seed : int

    Returns
    -------
    scores : dict of float
        ``c2``, ``rk``, ``mia`` and ``nn``.
    """
    judges = {
        "c2": HistGradientBoostingClassifier(max_iter=_ROUNDS),
        "rk": make_pipeline(
            RandomConvolutions(*synthetic.shape[1:]),
            StandardScaler(),
            RidgeClassifier(_RIDGE),
        ),
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
    return scores | {"nn": _distance_ratio(blocks.train, held_out, synthetic)}


def _distance_ratio(train, held_out, synthetic):
    """Return how far generated windows are from training windows, over how far held-out ones are: medians."""
    deviation = train.std(axis=(0, 1))
    scale = np.where(deviation > 0, deviation, 1.0)
    train, *others = ((w / scale).reshape(len(w), -1) for w in (train, synthetic, held_out))
    index = NearestNeighbors(n_neighbors=1).fit(train)
    made, real = (np.median(index.kneighbors(windows)[0]) for windows in others)
    return float(made / real)


def gap_to_curve(curve, mia, c2):
    """Return c2 less that of the curve at the same mia; held at the ends of the curve.

    Parameters
    ----------
    curve : list of (float, float)
        mia and c2 of each of its points.
    mia, c2 : float
    """
    return float(c2 - np.interp(mia, *zip(*sorted(curve), strict=True)))
