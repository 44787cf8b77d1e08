"""A Markov chain of words: what texts copied from pieces of the training texts look like."""

import math
from collections import Counter, defaultdict

import numpy as np
from sklearn.utils import check_random_state

from sktsgan.containers._texts import END, FIRST_TERM, PADDING, UNKNOWN, read_texts

__all__ = ["MarkovSampler"]

_START = (PADDING,)


class MarkovSampler:
    """Draw each word given the ``order`` words before it, on the vocabulary that SeqGANSampler has by default.

    Parameters
    ----------
    order : int, default=3
    smoothed : bool, default=False
        Whether frequencies after ``order`` words are mixed with those after fewer, down to equal ones, by the rule of
        Witten and Bell: after a context that N words followed, T different ones, shorter contexts weigh T / (N + T).
    """

    def __init__(self, order=3, smoothed=False):
        self.order = order
        self.smoothed = smoothed

    def fit(self, X):
        """Count which words follow which, in texts."""
        tokens, self.container_ = read_texts(X)
        self.followers_ = defaultdict(list)
        for row in tokens.tolist():
            for context, token in self._pairs(row):
                for first in range(self.order + 1) if self.smoothed else (0,):
                    self.followers_[context[first:]].append(token)
        self.counts_ = {context: Counter(after) for context, after in self.followers_.items()}
        return self

    def _pairs(self, row):
        """Yield the words of a text, the end included, and the ``order`` before each."""
        row = [token for token in row if token != PADDING]
        padded = [*_START * self.order, *row]
        for i, token in enumerate(row):
            yield tuple(padded[i : i + self.order]), token

    def sample(self, n_samples=1, *, random_state=None):
        """Return ``n_samples`` texts, a list."""
        rng = check_random_state(random_state)
        longest = self.container_.max_length
        tokens = np.full((n_samples, longest), PADDING)
        for row in tokens:
            context = _START * self.order
            for i in range(longest):
                row[i] = token = self._draw(context, rng)
                if token == END:
                    break
                context = (*context, token)[1:] if self.order else context
        return self.container_.wrap(tokens)

    def _draw(self, context, rng):
        after = self.followers_.get(context, ())
        if not self.smoothed:  # what follows where a text was cut is not known
            return after[rng.randint(len(after))] if after else END
        n_words, n_different = len(after), len(self.counts_.get(context, ()))
        if rng.randint(max(1, n_words + n_different)) < n_words:
            return after[rng.randint(n_words)]
        if context:
            return self._draw(context[1:], rng)
        known = [END, *range(FIRST_TERM, FIRST_TERM + len(self.container_.vocabulary))]
        return known[rng.randint(len(known))]

    def nll(self, X):
        """Return the mean of −log p of the words of texts, ends included, in nats; infinity where one can't follow."""
        total, n_words = 0.0, 0
        for row in self.container_.encode(X).tolist():
            for context, token in self._pairs(row):
                probability = self._probability(context, token)
                total += math.inf if probability == 0 else -math.log(probability)
                n_words += 1
        return total / n_words

    def _probability(self, context, token):
        counts = self.counts_.get(context, Counter())
        n_words = counts.total()
        if not self.smoothed:
            return counts[token] / n_words if n_words else 0.0
        if context:
            shorter = self._probability(context[1:], token)
        else:
            shorter = 1 / (len(self.container_.vocabulary) + len((END, UNKNOWN)))
        return (
            (counts[token] + len(counts) * shorter) / max(1, n_words + len(counts))
            if n_words
            else shorter
        )
