"""Generated texts weighed by a discriminator that has one number to learn.

Against a discriminator D that is held, policy gradient with a penalty on the divergence from the model q that it began
with leads to p(x) = q(x) D(x) / (1 - D(x)) / Z. Here D(x) / (1 - D(x)) = exp(w k(x) + b), with k(x) the number of pairs
of neighbouring words known from the training texts; Z, and with it p, is known from a large draw of q.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.texts._oracle_model import (
    LENGTH,
    distinct_bigrams,
    log_likelihood,
    number_bigrams,
)

__all__ = ["KnownPairs", "fit_weight", "weigh"]

_MOST = 0.995  # quantile at which weights are cut, lest a few texts be most of what is kept
_FEW = 2000


class KnownPairs:
    """Count pairs of neighbouring words that some texts hold.

    Parameters
    ----------
    words : ndarray of shape (n_texts, 20)
    """

    def __init__(self, words):
        self.pairs = np.unique(number_bigrams(words))

    def count(self, words):
        """Return how many pairs of each text are known."""
        return np.isin(number_bigrams(words), self.pairs).sum(axis=1).astype(float)


def fit_weight(real, generated):
    """Return the weight of a count that tells real texts from generated ones, and the area under its ROC curve."""
    counts = np.concatenate([real, generated])
    labels = np.repeat([1, 0], [len(real), len(generated)])
    judge = LogisticRegression(C=np.inf, class_weight="balanced").fit(counts[:, None], labels)
    return float(judge.coef_[0, 0]), roc_auc_score(labels, counts)


def weigh(oracle, texts, counts, real_counts, weight, gen):
    """Return the figures of weighed texts.

    Parameters
    ----------
    oracle : LSTMLanguageModel
    texts : ndarray of shape (n_texts, 20)
        Of the model itself.
    counts, real_counts : ndarray
        Known pairs of these texts, and of held-out ones.
    weight : float
        Of a known pair, nats.
    gen : float
        Of the model itself.
    """
    logs = weight * counts
    log_z = np.logaddexp.reduce(logs) - np.log(len(logs))
    odds = np.exp(logs - np.quantile(logs, _MOST))
    kept = texts[np.random.default_rng(0).random(len(texts)) < odds]
    return {
        "oracle": -log_likelihood(oracle, kept),
        "gen": gen - (weight * real_counts.mean() - log_z) / LENGTH,
        "distinct of 2,000": distinct_bigrams(kept[:_FEW]),
    }
