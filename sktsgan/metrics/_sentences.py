"""Texts as lists of tokens, and their n-grams."""

import numbers
from collections import Counter
from collections.abc import Hashable

import numpy as np
from sklearn.utils import check_scalar

__all__ = ["count_ngrams", "read_sentences"]


def read_sentences(texts, *, tokenize=None, name="texts", min_sentences=1):
    """Return texts as lists of tokens, any hashable objects.

    Parameters
    ----------
    texts : iterable of str or of sequences of tokens
        Texts; a row of an integer array of shape (n_texts, length) is a sequence of tokens, which stays as it is.
    tokenize : callable, default=None
        Function from a string to its tokens; None splits at white space.
    name : str, default="texts"
        Name of the texts in messages.
    min_sentences : int, default=1
        Smallest number of texts; fewer are a ValueError.
    """
    if tokenize is not None and not callable(tokenize):
        raise TypeError(f"tokenize must be callable or None, got {tokenize!r}.")
    if isinstance(texts, str | bytes | type) or not np.iterable(texts):
        raise TypeError(f"{name} must be a list of texts, got {texts!r}.")
    split = str.split if tokenize is None else tokenize
    sentences = [_read_sentence(text, split, f"{name}[{i}]") for i, text in enumerate(texts)]
    if len(sentences) < min_sentences:
        raise ValueError(f"{name} must hold at least {min_sentences} texts, got {len(sentences)}.")
    return sentences


def _read_sentence(text, split, name):
    if isinstance(text, str):
        return list(split(text))
    if isinstance(text, np.ndarray):
        text = text.tolist()  # Python's own integers hash several times faster
    if not isinstance(text, list | tuple):
        raise TypeError(f"{name} must be a string or a sequence of tokens, got {text!r}.")
    for token in text:
        if not isinstance(token, Hashable):
            raise TypeError(f"{name} must hold tokens, strings or numbers, got {token!r:.60}.")
    return list(text)


def count_ngrams(tokens, n):
    """Return how often each n-gram, a tuple of ``n`` tokens, occurs in a list of tokens.

    An ``n`` below 1 is a ValueError, one that is no integer a TypeError.
    """
    check_scalar(n, "n", numbers.Integral, min_val=1)
    return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))
