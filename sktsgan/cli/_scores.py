"""Scores of several sets of new windows, in one table."""

import os

import numpy as np
import pandas as pd
from sklearn.utils.parallel import Parallel, delayed

from sktsgan.metrics import (
    classifier_two_sample_score,
    discriminative_score,
    distribution_kl_divergence,
)

__all__ = ["UNSEEN_ACCURACY", "format_scores", "independent_gaussians", "score_windows"]

_SEEN, _UNSEEN = "against training windows", "against held-out windows"
_COLUMNS = [(_SEEN, "KL"), (_SEEN, "GRU"), (_SEEN, "C2ST"), (_UNSEEN, "KL"), (_UNSEEN, "C2ST")]
UNSEEN_ACCURACY = (_UNSEEN, "C2ST")
_MAX_JOBS = 4
_LEGEND = """\
KL    divergence of two-dimensional Gaussians after PCA, in nats: 0 is best
GRU   |accuracy - 0.5| of a recurrent network that tells new from real: 0 is best, 0.5 worst
C2ST  accuracy of gradient boosting that does the same: 0.5 is best, 1 worst
Real windows: one half of the training windows against the other, and all of them against the
held-out ones, which come from other days: there, even real windows do not get the best score."""


def independent_gaussians(train, n_samples, *, random_state):
    """Draw every value independently from the normal distribution of its step and channel: the trivial baseline."""
    rng = np.random.default_rng(random_state)
    return rng.normal(train.mean(axis=0), train.std(axis=0), size=(n_samples, *train.shape[1:]))


def score_windows(candidates, train, held_out, *, max_iter=1000, random_state=None):
    """Score sets of windows, by the name of their model, against the training windows and held-out ones.

    The result has one row per set and columns (reference, metric). The last row is for real windows: a random half of
    the training windows against the other half, and all of them against the held-out ones. ``max_iter`` is the number
    of training steps of the recurrent judge; ``random_state`` controls the judges.
    """
    order = np.random.default_rng(random_state).permutation(len(train))
    pairs = {
        name: {_SEEN: (train, windows), _UNSEEN: (held_out, windows)}
        for name, windows in candidates.items()
    }
    pairs["real windows"] = {
        _SEEN: (train[order[::2]], train[order[1::2]]),
        _UNSEEN: (held_out, train),
    }
    cells = [(name, column) for column in _COLUMNS for name in pairs]
    # processes, because more threads would make small judges slower
    values = Parallel(n_jobs=min(_MAX_JOBS, os.cpu_count()))(
        delayed(_judge)(metric, *pairs[name][reference], max_iter, random_state)
        for name, (reference, metric) in cells
    )
    table = np.reshape(values, (len(_COLUMNS), len(pairs))).T
    columns = pd.MultiIndex.from_tuples(_COLUMNS)
    return pd.DataFrame(table, index=list(pairs), columns=columns)


def _judge(metric, real, synthetic, max_iter, random_state):
    """Return the score of one quick judge."""
    if metric == "KL":
        return distribution_kl_divergence(real, synthetic)
    if metric == "GRU":
        return discriminative_score(
            real, synthetic, n_fits=1, max_iter=max_iter, random_state=random_state
        )
    return classifier_two_sample_score(
        real, synthetic, cv=2, max_samples=1000, random_state=random_state
    )


def format_scores(scores):
    """Return the table of scores as aligned text with a legend."""
    digits = {"KL": "{:.4f}", "GRU": "{:.3f}", "C2ST": "{:.3f}"}
    table = scores.to_string(formatters=[digits[metric].format for _, metric in scores.columns])
    return f"{table}\n\n{_LEGEND}"
