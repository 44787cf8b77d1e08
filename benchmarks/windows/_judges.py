"""Scores of the fidelity table."""

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.windows._data import deal_blocks
from sktsgan.metrics import (
    classifier_two_sample_score,
    discriminative_score,
    nearest_neighbor_ratio,
    predictive_score,
)

__all__ = ["JudgeSpec", "judge", "judge_later", "memorisation_ratio", "real_halves", "real_ratio"]


@dataclass(frozen=True)
class JudgeSpec:
    """How the judges are trained.

    Parameters
    ----------
    fits : int
        Recurrent judges of the discriminative score.
    steps : int
        Training steps of each; the forecaster makes 2.5 times as many.
    max_samples : int
        Windows of either set that the gradient boosting sees.
    blocks : int
        Of time, in the split by blocks.
    """

    fits: int = 5
    steps: int = 2000
    max_samples: int = 5000
    blocks: int = 20


def judge(real, synthetic, spec, seed):
    """Return the scores of a synthetic set.

    Parameters
    ----------
    real : ndarray of shape (n_real, n_timesteps, n_channels)
        In the order of time.
    synthetic : ndarray of shape (n_synthetic, n_timesteps, n_channels)
    spec : JudgeSpec
    seed : int
        Of the judges, the same in every row.

    Returns
    -------
    scores : dict of float
        ``gru`` and ``gru_sd`` (over the judges), ``c2st``, ``blocks``, ``predictive``, ``judging_seconds``.
    """
    start = time.perf_counter()
    scores = _common_scores(real, synthetic, spec, seed)
    scores["blocks"] = classifier_two_sample_score(
        real,
        synthetic,
        split="blocks",
        n_blocks=spec.blocks,
        max_samples=spec.max_samples,
        random_state=seed,
    )
    return scores | {"judging_seconds": time.perf_counter() - start}


def judge_later(later, synthetic, spec, seed):
    """Return the scores against windows of later time; of the synthetic ones, as many are judged."""
    scores = _common_scores(later, synthetic[: len(later)], spec, seed)
    return {f"later_{name}": value for name, value in scores.items()}


def _common_scores(real, synthetic, spec, seed):
    gru, fits = discriminative_score(
        real,
        synthetic,
        n_fits=spec.fits,
        max_iter=spec.steps,
        return_fits=True,
        random_state=seed,
    )
    return {
        "gru": gru,
        "gru_sd": float(fits.std()),
        "c2st": classifier_two_sample_score(
            real, synthetic, max_samples=spec.max_samples, random_state=seed
        ),
        "predictive": predictive_score(
            real, synthetic, max_iter=round(2.5 * spec.steps), random_state=seed
        ),
    }


def real_halves(windows, seed):
    """Return two random halves of real windows, each in the order of time: the floor of every score."""
    order = np.random.default_rng(seed).permutation(len(windows))
    half = len(windows) // 2
    return windows[np.sort(order[:half])], windows[np.sort(order[half : 2 * half])]


def memorisation_ratio(windows, synthetic, data, block_length):
    """Return the nearest-neighbour ratio of a model fitted on every other block of the windows."""
    train, held_out = deal_blocks(len(windows), data.window, block_length, 2, data.overlapping)
    return nearest_neighbor_ratio(windows[train], windows[held_out], synthetic, random_state=0)


def real_ratio(windows, data, block_length):
    """Return the nearest-neighbour ratio of real windows, about 1 by construction.

    Of four blocks the first trains, the third is held out, and those between, each of which has one of either
    beside it, stand for a perfect generator.
    """
    hands = deal_blocks(len(windows), data.window, block_length, 4, data.overlapping)
    between = np.concatenate([hands[1], hands[3]])
    return nearest_neighbor_ratio(
        windows[hands[0]], windows[hands[2]], windows[between], random_state=0
    )
