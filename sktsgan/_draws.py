"""Real items beside as many that a sampler makes, also at the end of a pipeline."""

from sklearn.pipeline import Pipeline

__all__ = ["draw_beside", "unwrap_pipeline"]


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

    Raises
    ------
    TypeError
        If the sampler has no method ``sample``.
    """
    sampler, real = unwrap_pipeline(estimator, X)
    if not hasattr(sampler, "sample"):
        raise TypeError(f"{type(sampler).__name__} has no method sample, so it can't make items.")
    return real, sampler.sample(max(len(real), min_samples), random_state=random_state)


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
