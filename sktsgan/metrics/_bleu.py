"""BLEU and self-BLEU of sets of texts, on sacrebleu's arithmetic."""

import numbers
from collections import Counter

import numpy as np
from sklearn.utils import check_scalar

from sktsgan.metrics._sentences import count_ngrams, read_sentences

__all__ = ["bleu_score", "self_bleu_score"]

_EPSILON = 0.1  # matches counted for an order that has none: smoothing method 1


def bleu_score(references, synthetic, *, n=4, tokenize=None):
    """Return the mean BLEU of generated texts, each compared with all reference texts.

    Parameters
    ----------
    references : iterable of str or of sequences of tokens
        Real texts that the generator was not fitted on.
    synthetic : iterable of str or of sequences of tokens
        Generated texts.
    n : int or sequence of int, default=4
        Length of the longest n-grams, in tokens, at least 1: BLEU-n. Several cost hardly more than one.
    tokenize : callable, default=None
        Function from a string to its tokens; None splits at white space.

    Returns
    -------
    score : float or ndarray of shape (n_orders,)
        In [0, 1], one for each ``n`` if that is a sequence; **higher is better**. Real texts score below 1: aim for
        their score.

    Raises
    ------
    ImportError
        If sacrebleu, which the extra ``text`` installs, is missing.
    ValueError
        If a set has no texts or ``n`` is less than 1.
    TypeError
        If an argument has the wrong type.

    See Also
    --------
    self_bleu_score : How much the texts resemble one another.

    Notes
    -----
    The protocol of Texygen [2]_: the BLEU [1]_ of each text by itself, with all references at once,

    min(1, exp(1 − r / c)) · exp(1/n Σ log p_k),   k = 1 ... n

    c is the length of the text, r that of the reference nearest to it in length (the shorter one of two), and p_k
    the share of its k-grams found in a reference, each counted at most as often as in the reference that has most of
    it. If no k-gram matches, p_k is 0.1 / (number of its k-grams): method 1 of [3]_. A text that shares no word with
    the references scores 0.

    More references give higher scores, so compare only sets of the same size. The score ignores variety: one good
    text, repeated, scores well. The result equals sacrebleu's ``BLEU.sentence_score``; for a text of fewer than ``n``
    tokens it equals that of nltk, which Texygen used: the orders for which it is too short are smoothed as well.

    References
    ----------
    .. [1] K. Papineni, S. Roukos, T. Ward and W.-J. Zhu, "BLEU: a method for automatic evaluation of machine
       translation", ACL 2002.
    .. [2] Y. Zhu et al., "Texygen: A benchmarking platform for text generation models", SIGIR 2018.
    .. [3] B. Chen and C. Cherry, "A systematic comparison of smoothing techniques for sentence-level BLEU", WMT 2014.

    Examples
    --------
    >>> from sktsgan.metrics import bleu_score
    >>> references = ["a man rides a red bicycle .", "a dog sits on a bench ."]
    >>> round(bleu_score(references, ["a man sits on a bench ."], n=2), 3)  # √(7/7 · 5/6): "man sits" is new
    0.913
    """
    longest = _check_orders(n)
    references = read_sentences(references, tokenize=tokenize, name="references")
    synthetic = read_sentences(synthetic, tokenize=tokenize, name="synthetic")
    bleu, references = _import_bleu(), _References(references, longest)
    return _mean_bleu(bleu, map(references.match, synthetic), n)


def self_bleu_score(synthetic, *, n=4, tokenize=None):
    """Return the mean BLEU of texts, each compared with all the others.

    Parameters
    ----------
    synthetic : iterable of str or of sequences of tokens
        Generated texts, at least two.
    n : int or sequence of int, default=4
        Length of the longest n-grams, in tokens, at least 1: self-BLEU-n.
    tokenize : callable, default=None
        Function from a string to its tokens; None splits at white space.

    Returns
    -------
    score : float or ndarray of shape (n_orders,)
        In [0, 1], one for each ``n`` if that is a sequence. **Lower means more variety**; 1 is mode collapse. Aim for
        the score of as many real texts.

    Raises
    ------
    ImportError
        If sacrebleu, which the extra ``text`` installs, is missing.
    ValueError
        If there are fewer than two texts or ``n`` is less than 1.
    TypeError
        If an argument has the wrong type.

    See Also
    --------
    bleu_score : BLEU against other texts, and how it is computed.
    distinct_n_score : A quicker measure of variety.

    Notes
    -----
    Self-BLEU as in Texygen [1]_. It grows with the number of texts, so compare equally many: self-BLEU-5 of captions
    of COCO is .20 among 500 and .42 among 10,000.

    References
    ----------
    .. [1] Y. Zhu et al., "Texygen: A benchmarking platform for text generation models", SIGIR 2018.

    Examples
    --------
    >>> from sktsgan.metrics import self_bleu_score
    >>> self_bleu_score(["a man on a horse", "a man on a horse"], n=3)
    1.0
    >>> self_bleu_score(["a man on a horse", "two dogs in the snow"], n=3)
    0.0
    """
    longest = _check_orders(n)
    synthetic = read_sentences(synthetic, tokenize=tokenize, name="synthetic", min_sentences=2)
    bleu, references = _import_bleu(), _References(synthetic, longest)
    return _mean_bleu(bleu, map(references.match_others, synthetic), n)


def _check_orders(n):
    """Return the highest of the orders asked for."""
    orders = [n] if np.ndim(n) == 0 else list(n)
    if not orders:
        raise ValueError("n must name at least one order of n-grams, got none.")
    for order in orders:
        check_scalar(order, "n", numbers.Integral, min_val=1)
    return max(orders)


def _import_bleu():
    try:
        from sacrebleu.metrics import BLEU
    except ImportError as error:
        raise ImportError(
            "BLEU needs sacrebleu, which is not installed: pip install sktsgan[text]"
        ) from error
    return BLEU


def _mean_bleu(bleu, matches, n):
    """Return the mean over texts of BLEU-n, an array if ``n`` is a sequence."""
    orders = np.atleast_1d(n).tolist()
    scores = [[_sentence_bleu(bleu, *match, order) for order in orders] for match in matches]
    means = np.minimum(np.mean(scores, axis=0), 1.0)  # rounding may leave it a hair above
    return means if np.ndim(n) else float(means[0])


def _sentence_bleu(bleu, matched, total, length, reference_length, order):
    score = bleu.compute_bleu(
        matched[:order],
        total[:order],
        length,
        reference_length,
        smooth_method="floor",
        smooth_value=_EPSILON,
        max_ngram_order=order,
    )
    return score.score / 100


class _References:
    """The highest count of each n-gram in any one reference.

    The second highest is kept as well: for the text with the highest count, it is the highest among the others.

    Parameters
    ----------
    sentences : list of list
        The references, as tokens.
    max_order : int
        Length of the longest n-grams, in tokens.
    """

    def __init__(self, sentences, max_order):
        self.orders = range(1, max_order + 1)
        self.lengths = Counter(map(len, sentences))
        self.most, self.second = {}, {}
        for sentence in sentences:
            for order in self.orders:
                self._keep(count_ngrams(sentence, order))

    def _keep(self, counts):
        most, second = self.most, self.second
        for ngram, count in counts.items():
            highest = most.get(ngram, 0)
            if count > highest:
                most[ngram], second[ngram] = count, highest
            elif count > second[ngram]:
                second[ngram] = count

    def match(self, sentence):
        """Return the counts of matched and of all k-grams, the text's length and the nearest reference's."""
        return self._match(sentence, self._most, self.lengths)

    def match_others(self, sentence):
        """Return the same for one of the references, matched against the others."""
        lengths = self.lengths - Counter([len(sentence)])
        return self._match(sentence, self._most_of_others, lengths)

    def _most(self, ngram, count):
        return self.most.get(ngram, 0)

    def _most_of_others(self, ngram, count):
        return self.second[ngram] if count == self.most[ngram] else self.most[ngram]

    def _match(self, sentence, limit, lengths):
        matched, total = [], []
        for order in self.orders:
            counts = count_ngrams(sentence, order)
            matched.append(sum(min(c, limit(ngram, c)) for ngram, c in counts.items()))
            total.append(max(1, counts.total()))  # an order that the text is too short for
        length = len(sentence)
        nearest = min(lengths, key=lambda other: (abs(other - length), other))
        return matched, total, length, nearest
