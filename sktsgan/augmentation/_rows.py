"""Rows of any kind that a sampler may be given: tables, windows, images, texts."""

import numpy as np
import pandas as pd

from sktsgan._series import is_ragged
from sktsgan._validation import read_training_windows, validate_numbers

__all__ = ["as_array", "holds_items", "read_rows", "stack_rows", "take_rows"]


def as_array(values):
    """Return values that have a shape, and None as it is; texts become an array of objects."""
    if values is None or hasattr(values, "shape"):
        return values
    return _as_objects(values) if holds_items(values) else np.asarray(values)


def holds_items(X):
    """Return whether ``X`` holds texts or sequences of unequal length, of which no table can be made."""
    if isinstance(X, list | tuple | pd.Series) or getattr(X, "ndim", 0) == 1:
        return len(X) > 0 and (isinstance(next(iter(X)), str) or is_ragged(X))
    return False


def read_rows(estimator, X, *, min_rows):
    """Validate rows for ``fit``.

    Rows for the default sampler are windows or a table; a sampler of the user's sees to the rest itself.

    Parameters
    ----------
    estimator : estimator
        With a parameter ``sampler``.
    X : array-like, DataFrame or list
    min_rows : int

    Returns
    -------
    rows : ndarray
        For a sampler of the user's, as validated; otherwise windows of shape (n_rows, n_timesteps, n_channels).

    Raises
    ------
    ValueError
        If numbers aren't finite, rows are too few, or the default sampler can't learn from them.
    """
    if not holds_items(X):
        if estimator.sampler is None:
            return read_training_windows(estimator, X, n_channels=None, min_windows=min_rows)[0]
        return validate_numbers(estimator, X, reset=True, min_items=min_rows)
    if estimator.sampler is None:
        raise ValueError(
            "sampler must be one that learns from texts or sequences of unequal length, which X holds; got None, "
            "which learns from rows of numbers."
        )
    if len(X) < min_rows:
        raise ValueError(f"X must hold at least {min_rows} rows, got {len(X)}.")
    for name in ("n_features_in_", "feature_names_in_"):  # of an earlier fit
        if hasattr(estimator, name):
            delattr(estimator, name)
    return as_array(X)


def take_rows(X, rows):
    """Return rows of an array, Series or DataFrame."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def stack_rows(parts):
    """Return rows of one kind below each other."""
    if isinstance(parts[0], pd.DataFrame | pd.Series):
        rest = [part if hasattr(part, "iloc") else pd.Series(part) for part in parts[1:]]
        return pd.concat([parts[0], *rest], ignore_index=True)
    return np.concatenate([as_array(part) for part in parts])


def _as_objects(items):
    """Return an array of one axis; NumPy would make two of sequences of equal length."""
    objects = np.empty(len(items), dtype=object)
    objects[:] = items
    return objects
