"""Real items beside as many that a sampler makes, also at the end of a pipeline."""

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from sktsgan.containers._series import is_ragged
from sktsgan.metrics._items import is_text

__all__ = ["draw_beside", "takes_text", "unwrap_pipeline"]


def draw_beside(estimator, X, *, min_samples=1, random_state=None):
    """Return real items, and items made by a fitted sampler, in the same representation.

    Parameters
    ----------
    estimator : sampler or Pipeline
        Fitted; its ``sample(n_samples, random_state=...)`` returns items like those of ``X``. A
        sampler at the end of a pipeline makes items like those the steps before it make of ``X``.
    X : array-like of shape (n_items, ...)
        Real items, or what the pipeline takes.
    min_samples : int, default=1
        The least number of items to make; else there are as many as real ones.
    random_state : int, RandomState instance or None, default=None
        Handed to ``sample``.

    Returns
    -------
    real, synthetic : array-like of shape (n_items, ...)
        Where the sampler takes texts, sequences of integers are strings here, in which the integers stand with spaces
        between. Flat series of unequal length have an axis of channels here.

    Raises
    ------
    TypeError
        If the sampler has no method ``sample``.
    """
    sampler, real = unwrap_pipeline(estimator, X)
    if not hasattr(sampler, "sample"):
        raise TypeError(f"{type(sampler).__name__} has no method sample, so it can't make items.")
    synthetic = sampler.sample(max(len(real), min_samples), random_state=random_state)
    if takes_text(sampler):
        return _spell(real), _spell(synthetic)
    if is_ragged(real) or is_ragged(synthetic):
        n_channels = getattr(sampler, "n_channels", None)
        return _with_channels(real, n_channels), _with_channels(synthetic, n_channels)
    return real, synthetic


def takes_text(sampler):
    """Return whether a sampler says by its tags that it takes strings."""
    return hasattr(sampler, "__sklearn_tags__") and get_tags(sampler).input_tags.string


def _spell(items):
    """Return items as strings."""
    return items if is_text(items) else [" ".join(map(str, np.asarray(one))) for one in items]


def _with_channels(series, n_channels):
    """Return time-major series of one axis as arrays of two; others as they are."""
    if n_channels is None or np.ndim(series[0]) != 1:
        return series
    return [np.reshape(one, (-1, n_channels)) for one in series]


def unwrap_pipeline(estimator, X=None):
    """Return the last step of a pipeline, and what the steps before it make of ``X``.

    Parameters
    ----------
    estimator : estimator
        One that is no pipeline is its own last step.
    X : array-like, default=None
        What the pipeline takes; None is not transformed.

    Returns
    -------
    last : estimator
    X : array-like or None
    """
    while isinstance(estimator, Pipeline):
        if X is not None and len(estimator) > 1:
            X = estimator[:-1].transform(X)
        estimator = estimator[-1]
    return estimator, X
