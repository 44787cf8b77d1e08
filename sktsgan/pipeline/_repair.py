"""Replace missing values of series or windows, and only those."""

import numpy as np
import pandas as pd

from sktsgan.containers._categories import encode
from sktsgan.containers._long_series import split_series
from sktsgan.containers._missing import fill_missing as fill_item

__all__ = ["fill_missing", "find_incomplete", "stack_draws", "to_rows"]


def to_rows(X, categories=()):
    """Return series or windows as one float64 array, with one row per step or window and NaN for missing values.

    A pandas container may hold missing values of any kind; ``categories``, a dict by column, become their places.
    """
    parts = []
    for item in split_series(X)[0]:
        if isinstance(item, (pd.Series, pd.DataFrame)):
            item = encode(item, categories).to_numpy(dtype=np.float64, na_value=np.nan)
        item = np.asarray(item, dtype=np.float64)
        parts.append(item.reshape(len(item), -1))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def find_incomplete(X):
    """Return a mask of the rows of series, or of the windows, that lack a value."""
    parts = []
    for item in split_series(X)[0]:
        is_pandas = isinstance(item, (pd.Series, pd.DataFrame))
        gone = item.isna().to_numpy() if is_pandas else np.isnan(to_rows(item))
        parts.append(gone.reshape(len(gone), -1).any(axis=1))
    return np.concatenate(parts)


def fill_missing(X, rows=(), values=(), categories=()):
    """Return a copy of series or windows with missing values replaced; observed ones stay as they are.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...), or a list of such series
        Series or windows, with NaN where values are missing. The copy has their containers, labels and dtypes.
    rows : ndarray of shape (n_values,), default=()
        Row numbers of the values, counted through several series; for windows, counted through their steps. If a row
        occurs twice, its first values count.
    values : ndarray of shape (n_values, n_channels), default=()
        Values of those rows.
    categories : dict of Index, default=()
        Those of columns whose values are places among them.
    """
    items, many = split_series(X)
    known = to_rows(X, categories)
    if len(rows):
        known = known.reshape(-1, values.shape[1]).copy()  # one row per step; may be a view of X
        known[rows[::-1]] = values[::-1]
    ends = np.cumsum([len(item) for item in items])[:-1]
    parts = np.split(known, ends)
    filled = [fill_item(*pair, categories) for pair in zip(items, parts, strict=True)]
    return filled if many else filled[0]


def stack_draws(draws):
    """Return several draws of the same series as one object, a single draw as it is.

    Arrays are stacked along a new first axis, pandas containers get the draw as the first level of their index, and
    lists become a list of lists.
    """
    if len(draws) == 1:
        return draws[0]
    if isinstance(draws[0], list):
        return draws
    if isinstance(draws[0], np.ndarray):
        return np.stack(draws)
    return pd.concat(draws, keys=range(len(draws)), names=["draw"])
