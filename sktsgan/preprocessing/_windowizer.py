"""Windowizer: turns series into windows, and windows into series."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sktsgan.preprocessing._layout import (
    assemble,
    assemble_by_time,
    assemble_in_sequence,
    read_layout,
)
from sktsgan.preprocessing._stretches import start_labels
from sktsgan.preprocessing._windows import (
    check_targets,
    reduce_targets,
    to_three_axes,
    window_view,
)


class Windowizer(TransformerMixin, BaseEstimator):
    """Cut series into windows of equal length, and join windows into series.

    A series is an array of shape (n_steps,) or (n_steps, n_channels), a pandas Series or a DataFrame: rows are
    time steps. A list of arrays, Series or DataFrames is several series; no window straddles two of them. The
    windows of one series without gaps are a read-only view of it and take no memory.

    Parameters
    ----------
    window : int, default=24
        Length of a window, in time steps.
    stride : int, default=1
        Time steps from the start of one window to the start of the next.
    output : {"3d", "flat"}, default="3d"
        Form of the windows: arrays of shape (n_windows, window, n_channels), or, for tabular estimators, rows of
        window * n_channels values, time-major.
    gaps : {"error", "split"}, default="error"
        Treatment of steps missing from a DatetimeIndex: raise an error, or make windows that never straddle such
        a gap; stretches shorter than a window are then left out.
    target : {"last", "first", "majority", "mean"}, default="last"
        Target of a window in ``window_targets``: that of its last or first time step, the most frequent class
        label (the first in sorted order if several are), or the mean.

    Attributes
    ----------
    n_features_in_ : int
        Number of channels.
    feature_names_in_ : ndarray of shape (n_channels,)
        Names of the channels, if all are strings.
    frequency_ : pandas.DateOffset or None
        One time step of the DatetimeIndex: its ``freq``, or else the most common step. None without timestamps.
    n_windows_ : int
        Number of windows of the series seen in ``fit``.

    See Also
    --------
    sktsgan.SamplingPipeline : Pipeline of preprocessing and a sampler.

    Notes
    -----
    - Steps may be fixed (10 minutes, 7 days), days in a time zone (with daylight saving), business days without
      weekends, months, quarters or years. The ``freq`` of an index counts if it has one, such as a
      ``CustomBusinessDay`` with the holidays of an exchange. Without a DatetimeIndex, rows are one step apart.
    - A fold of a cross-validation leaves gaps in the remaining series: with a DatetimeIndex, ``gaps="split"``
      keeps windows from straddling them.
    - NaN pass through, to be imputed later; infinity is refused.
    - Windows of several series, or of stretches between gaps, are copied once; they cannot be one view.
    - DataFrames whose columns differ in dtype are read as float64, which holds integers up to 2**53 exactly.
    - ``fit`` keeps names, dtypes and the first timestamp of each stretch, never values. Labels other than
      regular timestamps or integers are kept in full.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.preprocessing import Windowizer
    >>> series = np.arange(10.0).reshape(5, 2)
    >>> windowizer = Windowizer(window=3)
    >>> windows = windowizer.fit_transform(series)
    >>> windows.shape
    (3, 3, 2)
    >>> np.shares_memory(windows, series)
    True
    >>> np.array_equal(windowizer.inverse_transform(windows), series)
    True

    One row per window, labelled with the timestamp of its start:

    >>> import pandas as pd
    >>> days = pd.date_range("2024-01-30", periods=4, freq="D")
    >>> frame = pd.DataFrame({"load": [1.0, 2.0, 3.0, 4.0]}, index=days)
    >>> Windowizer(window=2).set_output(transform="pandas").fit_transform(frame)
                load_t0  load_t1
    2024-01-30      1.0      2.0
    2024-01-31      2.0      3.0
    2024-02-01      3.0      4.0
    """

    _parameter_constraints = {
        "window": [Interval(Integral, 1, None, closed="left")],
        "stride": [Interval(Integral, 1, None, closed="left")],
        "output": [StrOptions({"3d", "flat"})],
        "gaps": [StrOptions({"error", "split"})],
        "target": [StrOptions({"last", "first", "majority", "mean"})],
    }

    def __init__(self, window=24, *, stride=1, output="3d", gaps="error", target="last"):
        self.window = window
        self.stride = stride
        self.output = output
        self.gaps = gaps
        self.target = target

    def fit(self, X, y=None):
        """Learn the channels, the frequency and the lengths of series.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels), or a list of them
            The series.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If a series is shorter than ``window`` or holds infinity; if timestamps are missing, unsorted,
            duplicated or irregular; if steps are missing and ``gaps="error"``.
        """
        self._validate_params()
        _, _, self._layout = read_layout(self, X, reset=True)
        self.frequency_ = self._layout.frequency
        self.n_windows_ = sum(
            stretch.count_windows(self.window, self.stride) for stretch in self._layout.stretches
        )
        return self

    def transform(self, X):
        """Cut series into windows.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels), or a list of them
            Series with the channels and the frequency seen in ``fit``.

        Returns
        -------
        windows : ndarray of shape (n_windows, window, n_channels) or (n_windows, window * n_channels)
            In the order of time, one series after the other. Flat if ``output="flat"`` or if ``set_output`` asks
            for a DataFrame, whose index is then that of ``window_starts``.

        Raises
        ------
        ValueError
            As ``fit``, or if the channels or the frequency differ from those seen in ``fit``.
        """
        check_is_fitted(self)
        values, indexes, layout = read_layout(self, X, reset=False, frequency=self.frequency_)
        container = self._output_container()
        flat = self.output == "flat" or container != "default"
        parts = [
            window_view(values[stretch.series][stretch.rows], self.window, self.stride, flat=flat)
            for stretch in layout.stretches
        ]
        windows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        if container != "pandas":
            return windows
        starts = start_labels(layout.stretches, indexes, self.window, self.stride)
        return pd.DataFrame(windows, index=starts, columns=self.get_feature_names_out(), copy=False)

    def inverse_transform(self, X):
        """Join windows into the series that they cover, averaged where they overlap.

        Unchanged windows give the covered part of the series back exactly: time steps after the last window, and
        between windows if ``stride`` is larger than ``window``, are left out.

        Parameters
        ----------
        X : array-like of shape (n_windows, window, n_channels) or (n_windows, window * n_channels)
            Windows in the order of ``transform``. They are placed

            - by their index, if they are a DataFrame with a DatetimeIndex as ``set_output`` makes it and one
              dated series was seen in ``fit``: windows of another series than that of ``fit`` thus keep
              their own timestamps;
            - else as those of the series seen in ``fit``, if there are ``n_windows_`` of them;
            - else as one series without gaps or timestamps, each window ``stride`` steps after the one
              before. Independently drawn windows do not continue one another: don't join them, or pass them
              one at a time.

        Returns
        -------
        series : ndarray, Series, DataFrame, or a list of them
            In the containers, names and dtypes of ``fit``; values of integer dtypes are rounded.

        Raises
        ------
        ValueError
            If the windows have the wrong shape, hold infinity, or NaN in an integer channel; if their
            timestamps are unsorted, duplicated or off the frequency.
        """
        check_is_fitted(self)
        windows = to_three_axes(X, self.window, self.n_features_in_)
        index = getattr(X, "index", None)  # of a list: a method
        if isinstance(index, pd.DatetimeIndex) and self._layout.is_dated:
            return assemble_by_time(windows, index, self._layout)
        if len(windows) == self.n_windows_:
            return assemble(windows, self._layout, self.stride)
        return assemble_in_sequence(windows, self._layout, self.stride)

    def window_starts(self, X):
        """Return the start of each window of ``transform(X)``.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels), or a list of them
            Series with the frequency seen in ``fit``.

        Returns
        -------
        starts : Index or ndarray of int64, of shape (n_windows,)
            Labels of pandas containers, so timestamps for a DatetimeIndex; row numbers for arrays. The starts of
            listed series follow each other; row numbers begin at 0 in each series.
        """
        check_is_fitted(self)
        _, indexes, layout = read_layout(self, X, reset=False, frequency=self.frequency_)
        return start_labels(layout.stretches, indexes, self.window, self.stride)

    def window_targets(self, y, X=None):
        """Return one target per window, by the rule of the parameter ``target``.

        Parameters
        ----------
        y : array-like of shape (n_steps,), or a list of them
            A target for each time step, numbers or class labels; a list if the series are one.
        X : array-like of shape (n_steps,) or (n_steps, n_channels), or a list of them, default=None
            The series that the targets belong to; None means those seen in ``fit``.

        Returns
        -------
        targets : ndarray of shape (n_windows,)
            In the order of ``transform(X)``.

        Raises
        ------
        ValueError
            If there is not one target for each time step, ``target="mean"`` and the targets are not numbers, or
            ``target="majority"`` and they are not class labels.
        """
        check_is_fitted(self)
        layout = self._layout
        if X is not None:
            _, _, layout = read_layout(self, X, reset=False, frequency=self.frequency_)
        series = list(y) if layout.many else [y]
        if len(series) != len(layout.lengths):
            raise ValueError(
                f"y must be a list with the targets of each of the {len(layout.lengths)} series, "
                f"got {len(series)}."
            )
        checked = [
            check_targets(values, n_steps, self.target, f"y[{i}]" if layout.many else "y")
            for i, (values, n_steps) in enumerate(zip(series, layout.lengths, strict=True))
        ]
        parts = [
            reduce_targets(checked[s.series][s.rows], self.window, self.stride, self.target)
            for s in layout.stretches
        ]
        return np.concatenate(parts)

    def get_feature_names_out(self, input_features=None):
        """Return the names of flat windows: ``<channel>_t<step>``, time-major.

        Parameters
        ----------
        input_features : array-like of str of shape (n_channels,), default=None
            Names of the channels; None takes those seen in ``fit``, or ``x0``, ``x1`` and so on.

        Returns
        -------
        names : ndarray of str objects, of shape (window * n_channels,)
            For a window of 2 steps of the channels ``a`` and ``b``: ``a_t0, b_t0, a_t1, b_t1``.
        """
        channels = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        return np.array(
            [f"{channel}_t{step}" for step in range(self.window) for channel in channels],
            dtype=object,
        )

    def _output_container(self):
        """Return the container that set_output, or the global configuration, asks for."""
        config = getattr(self, "_sklearn_output_config", {})
        return config.get("transform", get_config()["transform_output"])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
