"""Sets of series of unequal length: what goes in and comes out."""

from dataclasses import dataclass

import numpy as np

__all__ = [
    "SeriesContainer",
    "is_ragged",
    "pad_series",
    "read_series",
    "resample_series",
    "series_lengths",
]


@dataclass(frozen=True)
class SeriesContainer:
    """How training series came, so that generated ones leave in the same way.

    Attributes
    ----------
    n_timesteps : int
        Of the longest.
    n_channels : int
    flat : bool
        Whether a series has one axis.
    dtype : numpy.dtype
    """

    n_timesteps: int
    n_channels: int
    flat: bool
    dtype: np.dtype
    columns = None  # of no DataFrame

    def wrap(self, windows, lengths):
        """Return the first steps of float64 windows as a list of arrays.

        Parameters
        ----------
        windows : ndarray of shape (n_series, n_timesteps, n_channels)
        lengths : iterable of int
        """
        if self.dtype.kind in "iub":
            windows = np.round(windows)
        windows = windows.astype(self.dtype, copy=False)
        series = [window[:length].copy() for window, length in zip(windows, lengths, strict=True)]
        return [one.ravel() for one in series] if self.flat else series


def is_ragged(X):
    """Return whether ``X`` is a list, a tuple or an array of arrays whose lengths differ."""
    if isinstance(X, np.ndarray) and (X.dtype != object or X.ndim != 1):
        return False
    if not isinstance(X, list | tuple | np.ndarray):
        return False
    return all(hasattr(one, "__len__") for one in X) and len({len(one) for one in X}) > 1


def read_series(X, n_channels=None):
    """Validate series.

    Parameters
    ----------
    X : list of array-like of shape (length, n_channels) or (length,)
        One axis is a univariate series or, where ``n_channels`` is given, a flat time-major one.
    n_channels : int, default=None
        Channels that each must have; None takes those of the first.

    Returns
    -------
    windows : ndarray of shape (n_series, longest, n_channels)
        float64, NaN beyond the end of a series.
    container : SeriesContainer

    Raises
    ------
    ValueError
        If a series is empty, has another number of channels or axes, or values that are no finite numbers.
    """
    arrays = [_read_array(i, one) for i, one in enumerate(X)]
    flat, dtype = arrays[0].ndim == 1, np.result_type(*arrays)
    if n_channels is None:
        n_channels = 1 if flat else arrays[0].shape[1]
    series = [_two_axes(i, one, flat, n_channels) for i, one in enumerate(arrays)]
    windows = pad_series(series)
    return windows, SeriesContainer(*windows.shape[1:], flat, dtype)


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
