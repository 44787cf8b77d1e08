"""The temperature at which generated texts repeat themselves as often as real ones."""

import numpy as np

__all__ = [
    "LEAST_TEMPERATURE",
    "distinct_share",
    "find_temperature",
    "match_temperature",
    "telling_order",
]

LEAST_TEMPERATURE = 0.5
_PRECISION = 0.01
_ORDERS = (4, 3)
_TELLING_SHARE = 0.9


def distinct_share(tokens, order=2):
    """Return the share of distinct n-grams among those of texts.

    Parameters
    ----------
    tokens : ndarray of shape (n_texts, max_length), int64
        Texts as token numbers; n-grams with an end, a padding or an unknown token don't count.
    order : int, default=2
        Tokens of an n-gram.

    Returns
    -------
    share : float
        In (0, 1]; 1 where texts hold no n-gram.
    """
    if tokens.shape[1] < order:
        return 1.0
    ngrams = np.lib.stride_tricks.sliding_window_view(tokens, order, axis=1)
    ngrams = ngrams[(ngrams > 2).all(axis=2)]
    return len(np.unique(ngrams, axis=0)) / len(ngrams) if len(ngrams) else 1.0


def telling_order(tokens):
    """Return by which n-grams to compare the variety of texts: the longest, up to 4, of which these repeat a tenth.

    Models of language write the frequent pairs of words as often as they are to, but too rarely longer phrases.
    """
    for order in _ORDERS:
        if distinct_share(tokens, order) < _TELLING_SHARE:
            return order
    return 2


def find_temperature(draw, share, order=2):
    """Return the temperature at which texts have a share of distinct n-grams.

    Parameters
    ----------
    draw : callable
        ``draw(temperature)`` gives texts; the same draws each time.
    share : float
        The share of distinct n-grams of as many real texts.
    order : int, default=2
        Tokens of an n-gram.

    Returns
    -------
    temperature : float
        From ``LEAST_TEMPERATURE`` to 1, to a hundredth.
    """
    low, high = LEAST_TEMPERATURE, 1.0
    if distinct_share(draw(high), order) <= share:
        return high
    while high - low > _PRECISION:
        middle = (low + high) / 2
        if distinct_share(draw(middle), order) > share:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def match_temperature(tokens, draw):
    """Return the temperature at which drawn texts repeat themselves as often as real ones.

    Parameters
    ----------
    tokens : ndarray of shape (n_texts, max_length), int64
        Real texts.
    draw : callable
        ``draw(temperature)`` gives as many texts; the same draws each time.
    """
    order = telling_order(tokens)
    return find_temperature(draw, distinct_share(tokens, order), order)
