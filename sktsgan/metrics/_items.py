"""Items of any kind (windows, series of unequal length, texts) as comparable rows of numbers."""

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils import check_array

from sktsgan.containers._series import is_ragged, read_series, resample_series, series_lengths
from sktsgan.metrics._plane import flatten_pair, standardise_pair

__all__ = ["comparable_pair", "feature_pair", "is_text", "make_vectorizer"]

_MAX_TERMS = 1000  # rarer ones are in too few texts to tell sets apart
_MAX_COMPONENTS = 50  # for texts; far more than are compared


def comparable_pair(real, synthetic, vectorizer=None):
    """Return two sets of items as float64 rows of numbers of similar scale.

    Values of windows are standardised by the real set. Series of unequal length are resampled to as many moments as the
    longest one has steps, their length is added, and both are standardised. Vectorised items are projected on the 50
    largest singular vectors of the real set, in units of their largest standard deviation.

    Parameters
    ----------
    real, synthetic : array-like of shape (n_items, ...), or list of array-like or str
        The two sets, of at least two items each.
    vectorizer : transformer, default=None
        Transformer from items to rows of numbers; None uses ``make_vectorizer`` for strings.

    Raises
    ------
    ValueError
        If a set has fewer than two items or values that are not finite, the items of the sets differ in shape, or
        no real text has a word.
    TypeError
        If an item in a set of texts is not a string.
    """
    if vectorizer is not None or is_text(real) or is_text(synthetic):
        return _vectorise_pair(real, synthetic, vectorizer)
    if is_ragged(real) or is_ragged(synthetic):
        real, synthetic = _resample_pair(real, synthetic)
    return standardise_pair(*flatten_pair(real, synthetic))


def is_text(X):
    """Return whether ``X`` is a list, a tuple, a Series or a one-dimensional array that begins with a string."""
    if not isinstance(X, list | tuple | np.ndarray | pd.Series) or getattr(X, "ndim", 1) != 1:
        return False
    return isinstance(next(iter(X), None), str)


def make_vectorizer():
    """Return an unfitted transformer from strings to rows of numbers.

    The numbers are counts of the thousand most frequent words, marks and pairs of these, weighted by inverse document
    frequency. Rows are not scaled to one length, so that long texts differ from short ones.
    """
    return TfidfVectorizer(
        token_pattern=r"\w+|[^\w\s]", ngram_range=(1, 2), max_features=_MAX_TERMS, norm=None
    )


def _vectorise_pair(real, synthetic, vectorizer):
    if vectorizer is None:
        real, synthetic = _check_texts("real", real), _check_texts("synthetic", synthetic)
        vectorizer = make_vectorizer()
    for name, X in (("real", real), ("synthetic", synthetic)):
        if len(X) < 2:
            raise ValueError(f"{name} must hold at least 2 items, got {len(X)}.")
    vectorizer = clone(vectorizer).fit(real)
    features, others = vectorizer.transform(real), vectorizer.transform(synthetic)
    if features.shape[1] > _MAX_COMPONENTS:
        svd = TruncatedSVD(min(_MAX_COMPONENTS, len(real)), random_state=0).fit(features)
        features, others = svd.transform(features), svd.transform(others)
    features, others = (X.toarray() if issparse(X) else np.asarray(X) for X in (features, others))
    scale = features.std(axis=0).max() or 1.0
    return features / scale, others / scale


def _check_texts(name, texts):
    texts = list(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"{name}[{i}] must be a string like the other items, got {text!r}.")
    if name == "real" and not any(map(str.strip, texts)):
        raise ValueError("real must hold texts with words, got blank ones only.")
    return texts


def _resample_pair(real, synthetic):
    sets = [_unpad(*read_series(X)) for X in (real, synthetic)]
    n_channels = [series[0].shape[1] for series in sets]
    if n_channels[0] != n_channels[1]:
        raise ValueError(
            f"synthetic has series of {n_channels[1]} channels, but those of real have {n_channels[0]}."
        )
    longest = max(len(one) for series in sets for one in series)
    return (resample_series(series, longest) for series in sets)


def _unpad(windows, container):
    lengths = series_lengths(windows)
    return [window[:length] for window, length in zip(windows, lengths, strict=True)]


def feature_pair(real, synthetic, features):
    """Return the features of both sets as float64, one row per item.

    A fitted transformer or a callable computes the features of each set, passed unchanged (a list as an array); None
    flattens the items.

    Raises
    ------
    ValueError
        If a set has fewer than two items or values that are not finite, the items of the sets differ in shape, or
        the features are not finite or not one row per item.
    TypeError
        If ``features`` is neither a transformer nor a callable.
    """
    flat = flatten_pair(real, synthetic)
    if features is None:
        return flat
    compute = getattr(features, "transform", features)
    if not callable(compute):
        raise TypeError(
            f"features must be a callable, a fitted transformer or None, got {features!r}."
        )
    sets = [X if hasattr(X, "shape") else np.asarray(X) for X in (real, synthetic)]
    pairs = zip(("real", "synthetic"), sets, strict=True)
    return tuple(_check_features(compute(items), len(items), name) for name, items in pairs)


def _check_features(made, n_items, name):
    """Return features as an array of two axes, or say what is wrong with them."""
    made = check_array(made, dtype=np.float64, allow_nd=True, input_name=f"the features of {name}")
    if len(made) != n_items:
        raise ValueError(f"features returned {len(made)} rows for the {n_items} items of {name}.")
    return made.reshape(n_items, -1)
