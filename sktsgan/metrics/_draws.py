"""Real items beside as many from a sampler, alone or at the end of a pipeline."""

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from sktsgan.containers._panels import align_listed
from sktsgan.containers._series import is_ragged
from sktsgan.metrics._items import is_text

__all__ = ["draw_beside", "takes_text", "unwrap_pipeline", "unwrap_sampler"]


def draw_beside(estimator, X, *, min_samples=1, random_state=None):
    """Return real items and items made by a fitted sampler, in the same form.

    If the sampler takes texts, sequences of integers become strings of integers with spaces between. Flat series of
    unequal length get an axis of channels.

    Parameters
    ----------
    estimator : sampler or Pipeline
        Fitted sampler, whose ``sample(n_samples, random_state=...)`` returns items like those of ``X``,
        or, in a pipeline, like the output of the steps before it. A TypeError says if it has no such method.
    X : array-like of shape (n_items, ...)
        Real items, or the pipeline's input.
    min_samples : int, default=1
        Smallest number of items to make; otherwise as many as there are real ones.
    random_state : int, RandomState instance or None, default=None
        Passed to ``sample``.
    """
    sampler, real = unwrap_sampler(estimator, X)
    real, _ = align_listed(real, getattr(getattr(sampler, "container_", None), "names", None))
    try:
        n_real = len(real)
    except TypeError:
        raise TypeError(f"X must be an array or a list of items, got {real!r:.60}.") from None
    synthetic = sampler.sample(max(n_real, min_samples), random_state=random_state)
    if takes_text(sampler):
        return _spell(real), _spell(synthetic)
    if is_ragged(real) or is_ragged(synthetic):
        n_channels = getattr(sampler, "n_channels", None)
        return _with_channels(real, n_channels), _with_channels(synthetic, n_channels)
    return real, synthetic


def takes_text(sampler):
    """Return whether a sampler's tags say that it takes strings."""
    return hasattr(sampler, "__sklearn_tags__") and get_tags(sampler).input_tags.string


def _spell(items):
    """Return items as strings."""
    return items if is_text(items) else [" ".join(map(str, np.asarray(one))) for one in items]


def _with_channels(series, n_channels):
    """Return flat time-major series as arrays of two axes, others as they are."""
    if n_channels is None or np.ndim(series[0]) != 1:
        return series
    return [np.reshape(one, (-1, n_channels)) for one in series]


def unwrap_pipeline(estimator, X=None):
    """Return the last step of a pipeline, and ``X`` transformed by the steps before it.

    Parameters
    ----------
    estimator : estimator
        Pipeline; any other estimator is its own last step.
    X : array-like, default=None
        The pipeline's input; None is not transformed.

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


def unwrap_sampler(estimator, X):
    """Return the sampler at the end of a pipeline, and ``X`` transformed for it; a TypeError if it can't sample."""
    sampler, X = unwrap_pipeline(estimator, X)
    if not hasattr(sampler, "sample"):
        raise TypeError(f"{type(sampler).__name__} has no method sample, so it can't make items.")
    return sampler, X
