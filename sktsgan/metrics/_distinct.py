"""The share of distinct n-grams in a set of texts."""

from collections import Counter

from sktsgan.metrics._sentences import count_ngrams, read_sentences

__all__ = ["distinct_n_score"]


def distinct_n_score(synthetic, *, n=2, tokenize=None):
    """Return the share of distinct n-grams among all n-grams of a set of texts.

    Parameters
    ----------
    synthetic : iterable of str or of sequences of tokens
        Generated texts.
    n : int, default=2
        Length of an n-gram in tokens, at least 1.
    tokenize : callable, default=None
        Function from a string to its tokens; None splits at white space.

    Returns
    -------
    score : float
        (number of distinct n-grams) / (number of n-grams), in [0, 1]. **Higher means more variety**; towards 0, the
        texts repeat each other. Aim for the score of as many real texts; more is noise. It is 0 if no text has ``n``
        tokens.

    Raises
    ------
    ValueError
        If there are no texts or ``n`` is less than 1.
    TypeError
        If an argument has the wrong type.

    See Also
    --------
    self_bleu_score : How much the texts resemble one another.

    Notes
    -----
    After distinct-1 and distinct-2 of [1]_, which divide by the number of tokens for any ``n``; here a set without
    repetitions scores 1. All texts are counted together, so more texts score lower: compare equally many.

    References
    ----------
    .. [1] J. Li, M. Galley, C. Brockett, J. Gao and B. Dolan, "A diversity-promoting objective function for neural
       conversation models", NAACL 2016.

    Examples
    --------
    >>> from sktsgan.metrics import distinct_n_score
    >>> distinct_n_score(["a man on a horse", "a man on a bench"])  # 5 of 8
    0.625
    """
    counts = Counter()
    for sentence in read_sentences(synthetic, tokenize=tokenize, name="synthetic"):
        counts.update(count_ngrams(sentence, n))
    return len(counts) / max(1, counts.total())
