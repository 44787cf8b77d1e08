"""Missing values replaced where they stand, in whatever container they came."""

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype

from sktsgan.containers._categories import decode

__all__ = ["fill_missing", "stack_filled"]


def fill_missing(X, values, categories=()):
    """Return a copy of ``X`` in which nothing but its missing values changed.

    Parameters
    ----------
    X : array-like, Series or DataFrame
        Numbers, NaN (or NA) where they are missing.
    values : ndarray
        As many values as ``X`` has, in the same order; those at missing places are taken.
    categories : dict of Index, default=()
        Those of columns of a Series or DataFrame whose values are places among them.

    Returns
    -------
    X : ndarray, Series or DataFrame
        Container, labels and dtypes as they came; lists become arrays of float64.
    """
    if isinstance(X, pd.Series):
        frame = X.to_frame()
        own = dict(zip(frame.columns, dict(categories).values(), strict=False))
        return _fill_frame(frame, values.reshape(-1, 1), own).iloc[:, 0].rename(X.name)
    if isinstance(X, pd.DataFrame):
        return _fill_frame(X, values.reshape(X.shape), categories)
    if not hasattr(X, "dtype") or X.dtype.kind not in "fiub":
        X = np.asarray(X, dtype=float)
    filled = np.array(X)
    if filled.dtype.kind == "f":
        holes = np.isnan(filled)
        filled[holes] = values.reshape(filled.shape)[holes]
    return filled


def stack_filled(X, draws):
    """Return an array of shape (n_draws, *X.shape) of copies of ``X`` in which missing values are those of draws."""
    filled = [fill_missing(X, values) for values in draws]
    if isinstance(X, pd.DataFrame):  # of nullable columns, NumPy would make objects
        dtypes = {dtype if isinstance(dtype, np.dtype) else np.float64 for dtype in X.dtypes}
        filled = [own.to_numpy(np.result_type(*dtypes)) for own in filled]
    return np.stack([np.asarray(own) for own in filled])


def _fill_frame(frame, values, categories):
    filled = frame.copy()
    for i, dtype in enumerate(frame.dtypes):
        holes = frame.iloc[:, i].isna().to_numpy()
        if holes.any():
            column, made = frame.iloc[:, i].array.copy(), values[holes, i]
            if frame.columns[i] in categories:
                made = decode(made, dtype, categories[frame.columns[i]])
            elif is_bool_dtype(dtype):
                made = made >= 0.5
            elif is_integer_dtype(dtype):  # of pandas: NumPy's integers have no holes
                made = np.round(made)
            column[holes] = pd.Series(made).astype(dtype).array
            filled.isetitem(i, pd.Series(column, index=frame.index))
    return filled
