"""Sets of texts, or of sequences of whole numbers: which containers they may come in."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["ItemForm", "read_items"]


@dataclass(frozen=True)
class ItemForm:
    """The container of a set of texts or sequences.

    Attributes
    ----------
    kind : {"list", "array", "series", "table"}
        A table is an array with two axes, of sequences of equal length.
    dtype : numpy.dtype or pandas.api.extensions.ExtensionDtype
        The dtype of texts in an array or a Series, or of the numbers of a sequence.
    are_texts : bool
        Whether the items are strings.
    name : object
        The name of a Series.
    length : int or None
        The length of the sequences of a table.
    """

    kind: str
    dtype: object
    are_texts: bool
    name: object = None
    length: int | None = None

    def wrap(self, items):
        """Return a list of strings, or of arrays of integers, in such a container."""
        if not self.are_texts:
            items = [item.astype(self.dtype) for item in items]
        if self.kind == "list":
            return items
        if self.kind == "table":
            return np.stack(items)
        if self.kind == "series":
            return pd.Series(items, dtype=self.dtype if self.are_texts else object, name=self.name)
        if self.are_texts and self.dtype.kind != "O":
            # a width, as of "<U20", is that of the longest string and no rule for others
            return np.array(items, dtype="U" if self.dtype.kind == "U" else self.dtype)
        objects = np.empty(len(items), dtype=object)
        objects[:] = items  # NumPy would make two axes of sequences of equal length
        return objects


def read_items(X, *, min_items=1):
    """Validate texts or sequences of integers.

    Parameters
    ----------
    X : iterable of str, array-like of int of shape (n_items, length), or iterable of array-like of int
        Floating-point numbers will do where they are whole.
    min_items : int, default=1

    Returns
    -------
    items : list of str or list of list of int
    form : ItemForm

    Raises
    ------
    ValueError
        If ``X`` holds anything else, an empty sequence, or fewer items.
    """
    if isinstance(X, str | bytes):
        raise ValueError(f"X must be a list of texts, got one {type(X).__name__}: {X!r:.60}.")
    if isinstance(X, Mapping | Set):  # whose keys, or whose order, are no texts of the user's
        raise ValueError(
            f"X must be a list of texts, got a {type(X).__name__}; of a data set of scikit-learn's kind hand in .data."
        )
    if isinstance(X, pd.DataFrame):
        raise ValueError(
            "X must be a list, an array or a Series, got a DataFrame: hand in the column that holds the texts."
        )
    try:
        items = list(X)
    except TypeError:
        raise ValueError(f"X must be a list of texts, got {X!r:.60}.") from None
    if len(items) < min_items:
        raise ValueError(f"X must hold at least {min_items} texts or sequences, got {len(items)}.")
    if items and not any(isinstance(item, str) for item in items):
        return _read_sequences(X, items)
    for i, item in enumerate(items):
        if not isinstance(item, str):
            raise ValueError(f"X must hold strings or sequences of integers, got X[{i}]={item!r}.")
    return [str(item) for item in items], _form_of(X, are_texts=True)


def _form_of(X, are_texts, dtype=None):
    if isinstance(X, pd.Series):
        own = X.dtype if pd.api.types.is_string_dtype(X.dtype) else np.dtype(object)
        return ItemForm("series", dtype or own, are_texts, X.name)
    if isinstance(X, np.ndarray):
        return ItemForm("array", dtype or X.dtype, are_texts)
    return ItemForm("list", dtype, are_texts)


def _read_sequences(X, items):
    arrays, dtypes = zip(*(_read_sequence(i, item) for i, item in enumerate(items)), strict=True)
    dtype = np.result_type(*set(dtypes))
    form = _form_of(X, are_texts=False, dtype=dtype)
    lengths = {len(array) for array in arrays}
    if form.kind != "series" and len(lengths) == 1:
        form = ItemForm("table", dtype, are_texts=False, length=lengths.pop())
    return [array.tolist() for array in arrays], form


def _read_sequence(i, item):
    """Return an array of int64, and the dtype that it came in."""
    rule = "X must hold strings or sequences of whole numbers"
    if np.ndim(item) != 1 or isinstance(item, dict | set):
        raise ValueError(f"{rule}, got X[{i}]={item!r:.60}.")
    array = np.asarray(item)
    if not array.size:
        raise ValueError(f"X must hold no empty items, but X[{i}] is empty.")
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{rule}, got X[{i}] of dtype {array.dtype}.")
    with np.errstate(invalid="ignore"):  # what int64 can't hold is told by the comparison
        whole = array.astype(np.int64)
    if (whole != array).any():
        raise ValueError(f"{rule} that int64 can hold, got {array[whole != array][0]} in X[{i}].")
    return whole, array.dtype
