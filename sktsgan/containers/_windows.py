"""Windows: what goes in and comes out."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sklearn.utils import check_array

from sktsgan._validation import (
    check_axes,
    check_spread,
    naming,
    refuse_silent_losses,
    validate_numbers,
)
from sktsgan.containers._categories import (
    by_column,
    categories_of_windows,
    decode,
    encode_windows,
)
from sktsgan.containers._long_series import to_periods
from sktsgan.containers._missing import fill_missing, stack_filled
from sktsgan.containers._panels import align_listed

__all__ = [
    "WindowContainer",
    "check_window_pair",
    "check_windows",
    "note_container",
    "read_training_windows",
]


def check_windows(X, *, n_channels=None, name="X", min_windows=1, allow_nan=False):
    """Return windows as a float64 array with three axes.

    Parameters
    ----------
    X : array-like of shape (n_windows, n_timesteps, n_channels) or (n_windows, n_timesteps * n_channels)
        Windows. Two axes mean univariate windows, or flat time-major ones where ``n_channels`` is given.
    n_channels : int, default=None
        Channels of flat windows.
    name : str, default="X"
        Named by errors.
    min_windows : int, default=1
        The least number of windows.
    allow_nan : bool, default=False
        Whether NaN may stand for missing values.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        float64; a view of ``X`` where that needs no conversion.

    Raises
    ------
    ValueError
        If the shape, the number of windows or the values break a rule; the message names ``name``.
    """
    refuse_silent_losses(X, name)
    with naming(name):
        windows = check_array(
            X,
            dtype=np.float64,
            allow_nd=True,
            ensure_all_finite="allow-nan" if allow_nan else True,
            ensure_min_samples=min_windows,
            input_name=name,
        )
    check_axes(windows.shape, name)
    return _three_axes(windows, n_channels, name)


def _three_axes(windows, n_channels, name):
    """Give flat windows their axes, or say why that can't be."""
    if windows.ndim == 2:
        k = 1 if n_channels is None else n_channels
        if windows.shape[1] % k:
            raise ValueError(
                f"{name} has {windows.shape[1]} columns, which is no multiple of n_channels={k}."
            )
        windows = windows.reshape(len(windows), -1, k)
    if windows.ndim != 3:
        raise ValueError(
            f"{name} must have 3 axes (windows, steps, channels) or 2 (windows, flat values), "
            f"got {windows.ndim}."
        )
    if n_channels is not None and windows.shape[2] != n_channels:
        raise ValueError(f"{name} has {windows.shape[2]} channels, but n_channels={n_channels}.")
    return windows


def check_window_pair(real, synthetic, *, n_channels=None):
    """Return real and synthetic windows as arrays with three axes, of equal steps and channels.

    Parameters
    ----------
    real, synthetic : array-like of shape (n_windows, n_timesteps, n_channels) or flat
        The two sets; their numbers of windows may differ.
    n_channels : int, default=None
        Channels of flat windows.

    Returns
    -------
    real, synthetic : ndarray of shape (n_windows, n_timesteps, n_channels)
    """
    real = check_windows(real, n_channels=n_channels, name="real", min_windows=2)
    synthetic = check_windows(synthetic, n_channels=n_channels, name="synthetic", min_windows=2)
    if real.shape[1:] != synthetic.shape[1:]:
        raise ValueError(
            f"synthetic has windows of shape {synthetic.shape[1:]}, but those of real have shape {real.shape[1:]}."
        )
    check_spread(real, "real")  # a generator that diverged has a score, too
    return real, synthetic


@dataclass(frozen=True)
class WindowContainer:
    """How the training windows came, so that generated ones leave in the same way.

    Attributes
    ----------
    n_timesteps, n_channels : int
    flat : bool
        Whether windows have two axes.
    array_dtype : numpy.dtype
        The dtype of the array.
    columns : pandas.Index or None
        The columns of the DataFrame, if it was one.
    dtypes : list
        The dtypes of its columns.
    names : pandas.Index or None
        The columns of the windows, if they came as a list of DataFrames.
    period : str or None
        Length of the periods in the index of the DataFrame.
    categories : tuple of Index or None
        Of each channel, None where it holds numbers; an empty tuple where all do.
    """

    n_timesteps: int
    n_channels: int
    flat: bool
    array_dtype: np.dtype
    columns: pd.Index | None = None
    dtypes: list = field(default_factory=list)
    names: pd.Index | None = None
    period: str | None = None
    categories: tuple = ()

    noun = "windows"
    dtype = np.float64  # of windows as samplers see them
    exact = {}  # fields of a prompt that a window has just as asked, and their checks

    @property
    def shape(self):
        """The shape of a window as samplers see it."""
        return self.n_timesteps, self.n_channels

    @property
    def categorical(self):
        """The channels of categories."""
        return tuple(c for c, own in enumerate(self.categories) if own is not None)

    @property
    def attributes(self):
        """What a fitted sampler says of the shape of its items."""
        return {"n_timesteps_": self.n_timesteps, "n_channels_": self.n_channels}

    def lengths(self, windows):
        """Return None: all windows are of the same length."""

    def read(self, estimator, X, *, allow_nan=False, any_length=False):
        """Validate windows for a fitted estimator, of the steps and channels seen in ``fit``."""
        X, _ = align_listed(X, self.names)
        X = encode_windows(X, self.categories)
        values = validate_numbers(estimator, X, reset=False, min_items=1, allow_nan=allow_nan)
        windows = _three_axes(values, self.n_channels, "X")
        if windows.shape[1] != self.n_timesteps:
            raise ValueError(
                f"X has windows of {windows.shape[1]} steps, but {type(estimator).__name__} was fitted on "
                f"windows of {self.n_timesteps}."
            )
        return windows

    def own_conditions(self, windows, conditions):
        """Return the conditions that are given; windows bring none of their own."""
        return conditions

    def wrap(self, windows, table=None, index_name=None):
        """Return windows as they came.

        Parameters
        ----------
        windows : float64 ndarray of shape (n_windows, n_timesteps, n_channels)
        table : DataFrame of shape (n_windows, n_conditions), default=None
            What each window was made for. A DataFrame of windows is indexed by its ``"timestamp"``.
        index_name : object, default=None
            The name of that index.
        """
        if self.categories and self.columns is None:
            return self._wrap_list(windows)
        if self.columns is not None:
            frame = self._wrap_frame(windows.reshape(len(windows), -1))
            if table is None or "timestamp" not in table:
                return frame
            starts = pd.DatetimeIndex(table["timestamp"]).rename(index_name)
            return frame.set_axis(to_periods(starts, self.period), axis=0)
        if self.array_dtype.kind in "iub":
            windows = np.round(windows)
        windows = windows.astype(self.array_dtype, copy=False)
        return windows.reshape(len(windows), -1) if self.flat else windows

    def _wrap_frame(self, flat):
        whole = [i for i, dtype in enumerate(self.dtypes) if dtype.kind in "iub"]
        if whole:
            flat = flat.copy()
            flat[:, whole] = np.round(flat[:, whole])  # a cast would cut off instead
        known = dict(enumerate(self.categories))
        known = {i: known.get(i % max(len(known), 1)) for i in range(len(self.columns))}
        casts = {
            i: dtype
            for i, dtype in enumerate(self.dtypes)
            if dtype != np.float64 and known[i] is None
        }
        frame = pd.DataFrame(flat).astype(casts)
        for i, own in known.items():
            if own is not None:
                made = decode(flat[:, i], dtype := self.dtypes[i], own)
                frame.isetitem(
                    i, pd.Series(made, dtype=dtype)
                )  # which would take texts for strings
        return frame.set_axis(self.columns, axis=1)

    def _wrap_list(self, windows):
        """Return windows as a list of DataFrames."""
        rows = replace(self, columns=self.names, flat=True)._wrap_frame(
            windows.reshape(-1, self.n_channels)
        )
        return [
            rows.iloc[i : i + self.n_timesteps].reset_index(drop=True)
            for i in range(0, len(rows), self.n_timesteps)
        ]

    def fill(self, X, draws):
        """Return windows as they came, with their holes filled; several draws are stacked.

        Parameters
        ----------
        X : windows
            As ``fit`` or ``read`` got them.
        draws : ndarray of shape (n_draws, n_windows, n_timesteps, n_channels)
        """
        known = by_column(X, self.categories)
        if known and isinstance(X, list):
            X, _ = align_listed(X, self.names)
            filled = [[fill_missing(*p, known) for p in zip(X, own, strict=True)] for own in draws]
            return filled if len(draws) > 1 else filled[0]
        if known and len(draws) > 1:
            return np.stack([fill_missing(X, own, known).to_numpy(object) for own in draws])
        return stack_filled(X, draws) if len(draws) > 1 else fill_missing(X, draws[0], known)


def read_training_windows(estimator, X, *, n_channels, min_windows, allow_nan=False):
    """Validate windows for ``fit``, and keep what they came in.

    Sets ``n_features_in_`` and, for a DataFrame, ``feature_names_in_`` on the estimator.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
    container : WindowContainer

    Raises
    ------
    ValueError
        If ``X`` is no set of windows, is a list of DataFrames that differ in their columns, has infinity, too few
        windows or a channel that varies too little for float64, or NaN: any at all, or with ``allow_nan`` a window or a
        channel of nothing else.
    """
    raw, names = align_listed(X)
    categories = categories_of_windows(raw, n_channels)
    X = encode_windows(raw, categories)
    values = validate_numbers(estimator, X, reset=True, min_items=min_windows, allow_nan=allow_nan)
    windows = _three_axes(values, n_channels, "X")
    if allow_nan:
        _check_observed(windows)
    check_spread(windows)
    flat = values.ndim == 2
    container = note_container(raw, values, *windows.shape[1:], flat=flat, names=names)
    if categories:
        dtypes = container.dtypes or list(raw[0].dtypes)
        container = replace(container, categories=categories, dtypes=dtypes)
    return windows, container


def note_container(X, values, n_timesteps, n_channels, flat, names=None):
    """Return the container of windows ``X``, whose validated values are given."""
    dtype = getattr(X, "dtype", None)
    if not isinstance(dtype, np.dtype) or dtype.kind not in "fiub":
        dtype = values.dtype
    if not isinstance(X, pd.DataFrame):
        return WindowContainer(n_timesteps, n_channels, flat, dtype, names=names)
    period = X.index.freqstr if isinstance(X.index, pd.PeriodIndex) else None
    return WindowContainer(
        n_timesteps, n_channels, flat, dtype, X.columns, list(X.dtypes), period=period
    )


def _check_observed(windows):
    """Refuse what nothing can be learned from: windows, or channels, of NaN alone."""
    missing = np.isnan(windows)
    empty = missing.all(axis=(1, 2))
    if empty.any():
        raise ValueError(
            f"X must have an observed value in each window, but {empty.sum()} hold NaN alone, the first in row "
            f"{empty.argmax()}; leave them out."
        )
    empty = missing.all(axis=(0, 1))
    if empty.any():
        raise ValueError(
            f"X must have an observed value in each channel, but channel {empty.argmax()} holds NaN alone."
        )
