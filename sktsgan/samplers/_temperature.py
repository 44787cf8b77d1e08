"""The temperature at which generated texts repeat themselves as often as real ones."""

import numpy as np

__all__ = ["LEAST_TEMPERATURE", "distinct_share", "find_temperature"]

LEAST_TEMPERATURE = 0.5
_PRECISION = 0.01


def distinct_share(tokens):
    """Return which share of the bigrams of texts would be left if each were kept once.

    Parameters
    ----------
    tokens : ndarray of shape (n_texts, max_length), int64
        Texts as token numbers; pairs with an end, a padding or an unknown token don't count.

    Returns
    -------
    share : float
        In (0, 1]; 1 where texts hold no bigram.
    """
    first, second = tokens[:, :-1], tokens[:, 1:]
    known = (first > 2) & (second > 2)
    pairs = first[known] * (tokens.max() + 1) + second[known]
    return len(np.unique(pairs)) / len(pairs) if len(pairs) else 1.0


def find_temperature(draw, share):
    """Return the temperature at which texts have a share of distinct bigrams.

    Parameters
    ----------
    draw : callable
        ``draw(temperature)`` gives texts; the same draws each time.
    share : float
        Of as many real texts.

    Returns
    -------
    temperature : float
        From ``LEAST_TEMPERATURE`` to 1, to a hundredth.
    """
    low, high = LEAST_TEMPERATURE, 1.0
    if distinct_share(draw(high)) <= share:
        return high
    while high - low > _PRECISION:
        middle = (low + high) / 2
        if distinct_share(draw(middle)) > share:
            high = middle
        else:
            low = middle
    return (low + high) / 2
