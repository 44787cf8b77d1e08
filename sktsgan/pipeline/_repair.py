"""Missing values of a series, put in where they are missing and nowhere else."""

import numpy as np
import pandas as pd

from sktsgan.containers._long_series import split_series
from sktsgan.containers._missing import fill_missing as fill_item

__all__ = ["fill_missing", "find_incomplete", "stack_draws", "to_rows"]


def to_rows(X):
    """Return series, or windows, as one float64 array with a row an item and NaN for what is missing.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...), or a list of such series
        A pandas container may hold missing values of any kind.

    Returns
    -------
    rows : ndarray of shape (n_rows, n_values)
    """
    parts = []
    for item in split_series(X)[0]:
        if isinstance(item, (pd.Series, pd.DataFrame)):
            item = item.to_numpy(dtype=np.float64, na_value=np.nan)
        item = np.asarray(item, dtype=np.float64)
        parts.append(item.reshape(len(item), -1))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def find_incomplete(X):
    """Return which rows of series, or which windows, lack a value.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...), or a list of such series

    Returns
    -------
    incomplete : ndarray of bool of shape (n_rows,)
    """
    return np.isnan(to_rows(X)).any(axis=1)


def fill_missing(X, rows=(), values=()):
    """Return a copy of series, or windows, in which only what is missing has changed.

    Parameters
    ----------
    X : array-like of shape (n_rows, ...), or a list of such series
        NaN where values are missing.
    rows : ndarray of shape (n_values,), default=()
        Row numbers, those of several series following each other; of windows those of their steps. Of values for the
        same row the first counts.
    values : ndarray of shape (n_values, n_channels), default=()
        The values of those rows.

    Returns
    -------
    X : array-like or list
        The containers, labels and dtypes of ``X``.
    """
    items, many = split_series(X)
    known = to_rows(X)
    if len(rows):
        known = known.reshape(
            -1, values.shape[1]
        ).copy()  # a view of X until here; of windows the steps
        known[rows[::-1]] = values[::-1]
    ends = np.cumsum([len(item) for item in items])[:-1]
    parts = np.split(known, ends)
    filled = [fill_item(*pair) for pair in zip(items, parts, strict=True)]
    return filled if many else filled[0]


def stack_draws(draws):
    """Return several draws of the same series as one object.

    Parameters
    ----------
    draws : list of ndarray, Series, DataFrame or list

    Returns
    -------
    stacked : ndarray, Series, DataFrame or list
        A single draw as it is. Otherwise arrays with the draws along the first axis, pandas containers with the
        draw as the first level of the index, lists in a list.
    """
    if len(draws) == 1:
        return draws[0]
    if isinstance(draws[0], list):
        return draws
    if isinstance(draws[0], np.ndarray):
        return np.stack(draws)
    return pd.concat(draws, keys=range(len(draws)), names=["draw"])
