"""Series in their containers: taken apart into arrays, and arrays wrapped in the likeness of a series."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype, is_object_dtype
from sklearn.utils.validation import validate_data

from sktsgan._validation import naming, refuse_silent_losses
from sktsgan.containers._categories import decode, encode

_KEPT = {np.dtype(code) for code in "fdbhilqBHILQ"}


@dataclass(frozen=True)
class Wrapping:
    """What a series was besides its values, small enough to keep.

    Parameters
    ----------
    kind : {"array", "Series", "DataFrame"}
        The container.
    n_axes : int
        1 for univariate arrays without an axis for channels.
    columns : Index or object
        Column names of a DataFrame, the name of a Series.
    dtypes : tuple of dtype
        One a channel; for arrays one in all.
    index_names : tuple
        The names of the index, one a level.
    has_freq : bool
        Whether a DatetimeIndex carried its frequency.
    period : str or None
        Length of the periods of a PeriodIndex.
    categories : tuple of Index or None
        One a channel, None where it holds numbers; an empty tuple where all do.
    """

    kind: str
    n_axes: int
    columns: object
    dtypes: tuple
    index_names: tuple = (None,)
    has_freq: bool = False
    period: str | None = None
    categories: tuple = ()

    def wrap(self, values, labels):
        """Return values of shape (n_steps, n_channels) as a series of this kind.

        Raises ValueError where NaN meets an integer or boolean dtype.
        """
        if self.kind == "array":
            values = _cast(values, self.dtypes[0])
            return values[:, 0] if self.n_axes == 1 else values
        if labels is None:
            labels = pd.RangeIndex(len(values))
        else:
            labels = to_periods(labels.set_names(self.index_names), self.period)
        if isinstance(labels, pd.DatetimeIndex) and not self.has_freq:
            labels.freq = None
        categories = self.categories or (None,) * len(self.dtypes)
        columns = [
            _cast(values[:, i], dtype) if own is None else decode(values[:, i], dtype, own)
            for i, (dtype, own) in enumerate(zip(self.dtypes, categories, strict=True))
        ]
        if self.kind == "Series":
            return pd.Series(columns[0], index=labels, name=self.columns)
        frame = pd.DataFrame(dict(enumerate(columns)), index=labels)
        frame.columns = self.columns
        return frame


@naming("X")
def split_series(X):
    """Return the series of ``X``, and whether it is a list of them rather than one."""
    if isinstance(X, (list, tuple)) and len(X) and all(_is_series(item) for item in X):
        kinds = sorted({type(item).__name__ for item in X})
        if len(kinds) > 1:
            raise ValueError(f"The series of X must be of one kind, got {' and '.join(kinds)}.")
        return list(X), True
    return [X], False


def get_index(series):
    """Return the index of a pandas container, None of anything else; periods as the moments when they start."""
    if not isinstance(series, (pd.Series, pd.DataFrame)):
        return None
    index = series.index
    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index


def to_periods(labels, period):
    """Return timestamps as periods of a given length; None leaves them, and other labels stay as they are."""
    if period is None or not isinstance(labels, pd.DatetimeIndex):
        return labels
    return labels.to_period(period)


def describe(series, values, categories=()):
    """Return the Wrapping of a series whose validated values are given.

    ``categories`` are those of ``find_categories``, by the name of the column.
    """
    if isinstance(series, pd.DataFrame):
        kind, columns, dtypes = "DataFrame", series.columns, tuple(series.dtypes)
    elif isinstance(series, pd.Series):
        kind, columns, dtypes = "Series", series.name, (series.dtype,)
    else:
        dtype = series.dtype if isinstance(series, np.ndarray) else values.dtype
        return Wrapping("array", _count_axes(series), None, (dtype,))
    own = ()
    if categories:
        names = list(columns) if kind == "DataFrame" else list(categories)
        own = tuple(categories.get(name) for name in names)
    index = series.index
    has_freq = getattr(index, "freq", None) is not None
    period = index.freqstr if isinstance(index, pd.PeriodIndex) else None
    return Wrapping(kind, series.ndim, columns, dtypes, tuple(index.names), has_freq, period, own)


@naming("X")
def read_values(estimator, series, *, reset, named=True, categories=()):
    """Return the values of a series as an array that is a view of it where NumPy allows.

    Parameters
    ----------
    estimator : estimator
        Learns the number and the names of the channels, or is asked whether they are the same.
    series : array-like of shape (n_steps,) or (n_steps, n_channels)
        Finite numbers or NaN.
    reset : bool
        Whether the estimator learns.
    named : bool, default=True
        Whether the name of a pandas Series is that of its channel.
    categories : dict of Index, default=()
        Categories of columns by their names, which are read as their places among them.

    Returns
    -------
    values : ndarray of shape (n_steps, n_channels)
        Integers of any size, float32 and float64 stay what they are; all else becomes float64.

    Raises
    ------
    ValueError
        If there are more than two axes, no rows, columns that are no numbers, infinite values, or other
        channels than in ``fit``.
    """
    refuse_silent_losses(series, "X")
    n_axes = _count_axes(series)
    if n_axes > 2:
        raise ValueError(
            f"X must have 1 or 2 axes (time steps, channels), got {n_axes}; give several series as "
            "a list of them."
        )
    if isinstance(series, (pd.Series, pd.DataFrame)):
        series = encode(series, categories)
    if isinstance(series, pd.Series):
        series = series.to_frame() if named else series.to_frame(0)
    elif n_axes == 1 and (reset or estimator.n_features_in_ == 1):  # else scikit-learn's own error
        series = np.asarray(series).reshape(-1, 1)
    if isinstance(series, pd.DataFrame):
        _check_numeric(series)
    return validate_data(
        estimator, series, reset=reset, dtype=value_dtype(series), ensure_all_finite="allow-nan"
    )


def _check_numeric(frame):
    for column, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if not (is_numeric_dtype(dtype) or is_bool_dtype(dtype) or is_object_dtype(dtype)):
            hint = "; timestamps belong in the index" if dtype.kind == "M" else ""
            raise ValueError(
                f"The columns of X must hold numbers or categories, but {column!r} has the dtype {dtype}{hint}."
            )


def _count_axes(series):
    return series.ndim if hasattr(series, "ndim") else np.asarray(series).ndim


def _is_series(item):
    return hasattr(item, "__array__") and _count_axes(item) > 0


def value_dtype(values):
    """Return the dtype to read values in: their own where it is numeric, so that nothing is copied."""
    if isinstance(values, pd.DataFrame):
        dtypes = set(values.dtypes)
    else:
        dtypes = {values.dtype} if isinstance(values, np.ndarray) else set()
    return dtypes.pop() if len(dtypes) == 1 and dtypes <= _KEPT else np.dtype(np.float64)


def _cast(values, dtype):
    """Values in the dtype of a channel; floats become whole numbers within its range first."""
    plain = isinstance(dtype, np.dtype)
    if (is_integer_dtype(dtype) or is_bool_dtype(dtype)) and values.dtype.kind == "f":
        if plain and np.isnan(values).any():
            raise ValueError(f"X holds NaN, which {dtype}, the dtype seen in fit, cannot hold.")
        values = np.clip(np.rint(values), *_limits(dtype))
    return values.astype(dtype, copy=False) if plain else pd.Series(values).astype(dtype).array


def _limits(dtype):
    if is_bool_dtype(dtype):
        return 0, 1
    limits = np.iinfo(getattr(dtype, "numpy_dtype", dtype))
    return limits.min, limits.max
