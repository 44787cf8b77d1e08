"""Categories at the edge of a table: columns that are no numbers, as whole numbers and back."""

from numbers import Integral

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_object_dtype

__all__ = [
    "by_column",
    "categories_of_windows",
    "decode",
    "encode",
    "encode_windows",
    "find_categories",
    "holds_categories",
    "read_categorical",
]

_MOST = 1000  # of one column; more are names, not categories


def holds_categories(column):
    """Return whether a column, a Series, holds categories, texts or booleans rather than numbers."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype) or is_bool_dtype(dtype):
        return True
    if is_object_dtype(dtype):
        kinds = {type(value) for value in column.dropna()}
        return bool(kinds) and kinds <= {str, bool, np.bool_, np.str_}
    return isinstance(dtype, pd.StringDtype)


def find_categories(frames, name="X"):
    """Return the categories of those columns that have some.

    Parameters
    ----------
    frames : list of DataFrame or Series
        Parts of one table, with the same columns.
    name : str, default="X"
        Named by errors.

    Returns
    -------
    categories : dict of Index
        By the name of the column; the categories of a dtype, or the values found, in sorted order.

    Raises
    ------
    ValueError
        If a column of texts has more than 1,000 different ones.
    """
    frames = [_as_frame(frame) for frame in frames]
    categories = {}
    for place, column in enumerate(frames[0].columns):
        parts = [frame.iloc[:, place] for frame in frames]
        if any(map(holds_categories, parts)):
            categories[column] = _categories_of(parts, column, name)
    return categories


def _categories_of(parts, column, name):
    dtype = parts[0].dtype
    if isinstance(dtype, pd.CategoricalDtype) and all(part.dtype == dtype for part in parts):
        return dtype.categories
    if is_bool_dtype(dtype):
        return pd.Index([False, True])
    found = pd.unique(np.concatenate([part.dropna().astype(object) for part in parts]))
    if len(found) > _MOST:
        raise ValueError(
            f"The columns of {name} must hold numbers or at most {_MOST} categories, but {column!r} has {len(found)} "
            "different texts; leave it out, or make it the index."
        )
    return pd.Index(sorted(found, key=lambda value: (str(type(value)), value)), dtype=object)


def encode(frame, categories, name="X"):
    """Return a table in which columns of categories hold their places as float64, NaN where one is missing.

    Parameters
    ----------
    frame : DataFrame or Series
    categories : dict of Index
        As ``find_categories`` returns them. Other columns stay as they are.
    name : str, default="X"
        Named by errors.

    Raises
    ------
    ValueError
        If a column holds a category that is not among them.
    """
    if not categories:
        return frame
    if isinstance(frame, pd.Series):
        (own,) = categories.values()  # whatever the series of a list are called
        return pd.Series(_encode_column(frame, own, name), index=frame.index, name=frame.name)
    coded = frame.copy(deep=False)
    for place, column in enumerate(frame.columns):
        if column in categories:
            codes = _encode_column(frame.iloc[:, place], categories[column], name)
            coded.isetitem(place, codes)
    return coded


def _encode_column(column, categories, name):
    known = column.notna().to_numpy()
    codes = np.full(len(column), np.nan)
    codes[known] = pd.Index(categories).get_indexer(column[known].astype(object))
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise ValueError(
            f"The categories of {column.name!r} must be among those seen in fit, {_list(categories)}, but {name} has "
            f"{column.iloc[row]!r} in row {row}."
        )
    return codes


def _list(categories, most=10):
    shown = [repr(value) for value in categories[:most].tolist()]
    return ", ".join(shown) + (", ..." if len(categories) > most else "")


def decode(codes, dtype, categories):
    """Return an array of pandas or NumPy that holds the categories at given places, NaN where codes are NaN."""
    missing = np.isnan(codes)
    places = np.clip(np.rint(np.where(missing, 0, codes)), 0, len(categories) - 1).astype(int)
    places[missing] = -1
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Categorical.from_codes(places, dtype=dtype)
    if isinstance(dtype, np.dtype) and dtype.kind == "b":
        if missing.any():
            raise ValueError(f"X holds NaN, which {dtype}, the dtype seen in fit, cannot hold.")
        return places.astype(dtype)
    values = pd.Series(pd.Index(categories).astype(object)).reindex(places)
    return values.astype(dtype).array


def categories_of_windows(X, n_channels):
    """Return the categories of each channel of windows, None where it holds numbers; () where all channels do.

    Parameters
    ----------
    X : object
        Windows; a DataFrame of flat ones or a list of DataFrames can have categories.
    n_channels : int or None
        Channels of flat windows.
    """
    if isinstance(X, list) and X and isinstance(X[0], pd.DataFrame):
        found = find_categories(X)
        return tuple(found.get(column) for column in X[0].columns) if found else ()
    if not isinstance(X, pd.DataFrame):
        return ()
    k = n_channels or 1
    channels = [[X.iloc[:, i] for i in range(c, X.shape[1], k)] for c in range(k)]
    own = [
        _categories_of(parts, parts[0].name, "X") if _all_hold_categories(parts) else None
        for parts in channels
    ]
    return tuple(own) if any(found is not None for found in own) else ()


def _all_hold_categories(parts):
    """Return whether all steps of a channel hold categories, but for those that nothing is known of."""
    known = [part for part in parts if part.notna().any()] or parts
    return all(map(holds_categories, known))


def by_column(X, categories):
    """Return the categories of each column of windows as a dict, given those of each channel."""
    if not categories or isinstance(X, list) and not X:
        return {}
    table = X[0] if isinstance(X, list) else X
    if not isinstance(table, pd.DataFrame):
        return {}
    pairs = enumerate(table.columns)
    known = {column: categories[i % len(categories)] for i, column in pairs}
    return {column: own for column, own in known.items() if own is not None}


def encode_windows(X, categories):
    """Return windows in which categories, given by channel, are their places."""
    known = by_column(X, categories)
    if not known:
        return X
    return [encode(item, known) for item in X] if isinstance(X, list) else encode(X, known)


def read_categorical(categorical, container):
    """Return which channels hold categories, by the container of the items and by what ``fit`` was told.

    Parameters
    ----------
    categorical : array-like of int or None
    container : container of items

    Raises
    ------
    ValueError
        If items are no windows, or a channel is none of theirs.
    """
    known = getattr(container, "categorical", ())
    if categorical is None:
        return known
    if container.noun != "windows":
        raise ValueError(f"categorical must be None for {container.noun}, got {categorical!r}.")
    n_channels = container.n_channels
    for channel in categorical:
        whole = isinstance(channel, Integral) and not isinstance(channel, bool | np.bool_)
        if not whole or not 0 <= channel < n_channels:
            raise ValueError(
                f"categorical must hold numbers of channels from 0 to {n_channels - 1}, got {channel!r}."
            )
    return tuple(sorted({*known, *map(int, categorical)}))


def _as_frame(table):
    return table.to_frame() if isinstance(table, pd.Series) else table
