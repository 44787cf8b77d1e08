"""Sets of series of unequal length: what goes in and comes out."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
import pandas as pd

from sktsgan._validation import check_spread
from sktsgan.containers._panels import align_listed

__all__ = [
    "LENGTH",
    "SeriesContainer",
    "is_ragged",
    "pad_series",
    "read_series",
    "resample_series",
    "series_lengths",
]


LENGTH = "length"


@dataclass(frozen=True)
class SeriesContainer:
    """How training series of unequal length came, so that generated ones leave in the same way.

    Samplers see windows whose steps beyond the end of a series are NaN. The length is one more condition: new series
    are as long as the training series that they are made for, unless a prompt names a length.

    Attributes
    ----------
    n_timesteps : int
        Steps of the longest.
    n_channels : int
    flat : bool
        Whether a series has one axis.
    array_dtype : numpy.dtype
    names : pandas.Index or None
        Names of the channels, if the series were DataFrames.
    """

    n_timesteps: int
    n_channels: int
    flat: bool
    array_dtype: np.dtype
    names: pd.Index | None = None

    noun = "series"
    columns = None  # of no DataFrame
    dtype = np.float64

    @property
    def shape(self):
        """The shape of a series as samplers see it: that of the longest."""
        return self.n_timesteps, self.n_channels

    @property
    def exact(self):
        """What checks a length that a prompt asks for."""
        return {LENGTH: self._check_length}

    def _check_length(self, value):
        whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not 1 <= value <= self.n_timesteps:
            raise ValueError(
                f"length must be an integer from 1 to {self.n_timesteps}, the longest seen, got {value!r}."
            )
        return int(value)

    @property
    def attributes(self):
        """What a fitted sampler says of the shape of its items."""
        return {"n_timesteps_": self.n_timesteps, "n_channels_": self.n_channels}

    def lengths(self, windows):
        """Return the lengths of series, an array of shape (n_series,)."""
        return series_lengths(windows)

    def read(self, estimator, X, *, allow_nan=False, any_length=False):
        """Validate series for a fitted estimator, no longer than the longest of ``fit`` but for ``any_length``."""
        windows, container = read_series(X, self.n_channels, self.names)
        if container.flat != self.flat:
            raise ValueError("X must hold series of as many axes as those of fit.")
        missing = self.n_timesteps - windows.shape[1]
        if missing < 0 and not any_length:
            raise ValueError(
                f"X has a series of {windows.shape[1]} steps, but {type(estimator).__name__} was fitted on series of "
                f"at most {self.n_timesteps}."
            )
        beyond = (0, 0), (0, max(missing, 0)), (0, 0)
        return np.pad(windows, beyond, constant_values=np.nan)

    def own_conditions(self, windows, conditions):
        """Return the conditions that are given, with the lengths of the series beside."""
        lengths = series_lengths(windows)
        if conditions is None:
            return pd.DataFrame({LENGTH: lengths})
        if isinstance(conditions, pd.Series):
            conditions = conditions.to_frame()
        if not isinstance(conditions, pd.DataFrame | dict):
            return conditions  # which the table of conditions refuses
        frame = pd.DataFrame(conditions).reset_index(drop=True)
        if LENGTH in frame:
            raise ValueError(
                f"conditions must have names other than {LENGTH!r} where series differ in it."
            )
        if len(frame) != len(lengths):
            return frame  # as well
        return frame.assign(**{LENGTH: lengths})

    def wrap(self, windows, table, index_name=None):
        """Return the first steps of windows as a list of arrays.

        Parameters
        ----------
        windows : float64 ndarray of shape (n_series, n_timesteps, n_channels)
        table : DataFrame of shape (n_series, n_conditions)
            What each series was made for; its ``"length"`` is kept of each.
        index_name : object, default=None
            Ignored: a list has no index.
        """
        if self.array_dtype.kind in "iub":
            windows = np.round(windows)
        windows = windows.astype(self.array_dtype, copy=False)
        pairs = zip(windows, table[LENGTH], strict=True)
        series = [window[:length].copy() for window, length in pairs]
        return [one.ravel() for one in series] if self.flat else series


def is_ragged(X):
    """Return whether ``X`` is a list, a tuple or an array of arrays whose lengths differ."""
    if isinstance(X, np.ndarray) and (X.dtype != object or X.ndim != 1):
        return False
    if not isinstance(X, list | tuple | np.ndarray):
        return False
    return all(hasattr(one, "__len__") for one in X) and len({len(one) for one in X}) > 1


def read_series(X, n_channels=None, names=None):
    """Validate series.

    Parameters
    ----------
    X : list of array-like of shape (length, n_channels) or (length,)
        One axis is a univariate series or, where ``n_channels`` is given, a flat time-major one.
    n_channels : int, default=None
        Channels that each must have; None takes those of the first.
    names : pandas.Index, default=None
        Columns that DataFrames must have, in any order; None takes those of the first.

    Returns
    -------
    windows : ndarray of shape (n_series, longest, n_channels)
        float64, NaN beyond the end of a series.
    container : SeriesContainer

    Raises
    ------
    ValueError
        If a series is empty, has another number of channels or axes, or values that are no finite numbers, or
        DataFrames differ in the names of their columns.
    """
    X, names = align_listed(X, names)
    arrays = [_read_array(i, one) for i, one in enumerate(X)]
    flat, dtype = arrays[0].ndim == 1, np.result_type(*arrays)
    if n_channels is None:
        n_channels = 1 if flat else arrays[0].shape[1]
    series = [_two_axes(i, one, flat, n_channels) for i, one in enumerate(arrays)]
    windows = pad_series(series)
    check_spread(windows)
    return windows, SeriesContainer(*windows.shape[1:], flat, dtype, names)


def _read_array(i, one):
    try:
        array = np.asarray(one)
        array = array if array.dtype.kind in "fiub" else array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"X[{i}] must be an array of numbers: {error}") from None
    if array.ndim not in (1, 2):
        raise ValueError(f"X[{i}] must have 2 axes (steps, channels) or 1, got {array.ndim}.")
    if not array.size:
        raise ValueError(f"X[{i}] must have at least one step and one channel, got {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"X[{i}] must be finite, got NaN or infinity.")
    return array


def _two_axes(i, array, flat, n_channels):
    if (array.ndim == 1) != flat:
        raise ValueError(f"X[{i}] must have as many axes as X[0], got {array.ndim}.")
    if flat:
        if len(array) % n_channels:
            raise ValueError(
                f"X[{i}] has {len(array)} values, which is no multiple of n_channels={n_channels}."
            )
        array = array.reshape(-1, n_channels)
    if array.shape[1] != n_channels:
        raise ValueError(f"X[{i}] has {array.shape[1]} channels, not n_channels={n_channels}.")
    return array


def pad_series(series):
    """Return series as one array.

    Parameters
    ----------
    series : list of ndarray of shape (length, n_channels)

    Returns
    -------
    windows : ndarray of shape (n_series, longest, n_channels)
        NaN beyond the end of each.
    """
    longest = max(map(len, series))
    windows = np.full((len(series), longest, series[0].shape[1]), np.nan)
    for window, one in zip(windows, series, strict=True):
        window[: len(one)] = one
    return windows


def series_lengths(windows):
    """Return the lengths of series that ``pad_series`` put together, an array of shape (n_series,)."""
    return (~np.isnan(windows[..., 0])).sum(axis=1)


def resample_series(series, n_steps):
    """Return series at ``n_steps`` evenly spaced moments from their first to their last step.

    Values between steps are interpolated linearly. The length of each stands beside its values, so that sets whose
    series differ in length alone differ.

    Parameters
    ----------
    series : list of ndarray of shape (length, n_channels)
    n_steps : int

    Returns
    -------
    features : ndarray of shape (n_series, n_steps * n_channels + 1)
    """
    rows = []
    for one in series:
        moments, steps = np.linspace(0, len(one) - 1, n_steps), np.arange(len(one))
        values = [np.interp(moments, steps, channel) for channel in one.T]
        rows.append(np.concatenate([*values, [len(one)]]))
    return np.array(rows)
