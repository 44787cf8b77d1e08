"""Windowizer: turns series into windows, and windows into series."""

from datetime import timedelta
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sktsgan.preprocessing._assembly import assemble, assemble_by_time, assemble_in_sequence
from sktsgan.preprocessing._layout import check_cut, read_series
from sktsgan.preprocessing._windows import (
    check_targets,
    reduce_targets,
    split_targets,
    to_three_axes,
    window_view,
)


class Windowizer(TransformerMixin, BaseEstimator):
    """Cut series into windows of equal length, and join windows into series.

    A series is an array of shape (n_steps,) or (n_steps, n_channels), a pandas Series or a DataFrame: rows are
    time steps. Several series, the entities, are a list of them; a DataFrame whose index has the levels entity and
    time; or, with ``groups``, a DataFrame with a column of entities. No window straddles two of them. The windows of
    one series without gaps are a read-only view of it and take no memory.

    Parameters
    ----------
    window : int or str, default=24
        Length of a window, in time steps or as a length of time such as ``"1D"``, ``"36h"`` or, for months,
        ``"12MS"``; also a pandas offset. It must be a whole number of steps. Days are 24 hours and weeks seven days.
    stride : int or str, default=1
        Distance from the start of one window to the start of the next, in time steps or as a length of time. Days
        and longer follow the local clock, so that windows start at the same hour before and after a change of the
        clocks; ``"MS"`` starts one at the beginning of each month.
    groups : str, default=None
        Column, or level of the index, that says which entity a row belongs to. None takes the first of two levels.
    static : "auto", None or list of str, default="auto"
        Columns that are attributes of entities rather than channels, such as the sector of a company. ``"auto"``
        takes the columns that are constant within every entity. A single series has none.
    phase : str, default=None
        Where windows start: a time of day, a weekday or both, such as ``"00:00"``, ``"Monday"`` (its first row) or
        ``"Monday 08:00"``, on the local clock. ``stride`` is then the least distance between starts.
    resample : str, default=None
        Time step of a regular grid, such as ``"10min"``, for irregular series: each step is the mean of the readings
        in it (of categories the last one); one without any is missing, see ``gaps``. None takes rows as steps.
    output : {"3d", "flat"}, default="3d"
        Form of the windows: arrays of shape (n_windows, window, n_channels), or, for tabular estimators, rows of
        window * n_channels values, time-major.
    gaps : {"error", "split"}, default="error"
        Treatment of steps missing from the timestamps: raise an error, or make windows that never straddle such
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
    static_features_ : list of str
        Names of the attributes.
    categorical_features_ : list of int
        Channels of categories, texts and booleans, which windows hold as places in ``categories_``, a dict by column.
    frequency_ : pandas.DateOffset or None
        One time step: the ``freq`` of a DatetimeIndex, or else the most common step. None without timestamps.
    n_timesteps_ : int
        Length of a window, in time steps.
    n_windows_ : int
        Number of windows of the series seen in ``fit``.

    See Also
    --------
    sktsgan.SamplingPipeline : Pipeline of preprocessing and a sampler.

    Notes
    -----
    - Steps may be fixed (10 minutes, 7 days), days in a time zone (with daylight saving), business days without
      weekends, months, quarters or years. The ``freq`` of an index counts if it has one, such as a
      ``CustomBusinessDay`` with the holidays of an exchange. A PeriodIndex counts as the moments when its periods
      start. Without dates, rows are one step apart.
    - Entities may differ in length and in their gaps. Those of a table that are shorter than a window are left out
      with a warning; in a list, they are an error. Rows of a table may stand in any order of entities.
    - DataFrames of a list are aligned by the names of their columns; other names are an error.
    - A fold of a cross-validation leaves gaps in the remaining series: with a DatetimeIndex, ``gaps="split"``
      keeps windows from straddling them.
    - NaN pass through, to be imputed later; infinity is refused. Categories come back in their dtype.
    - Windows of several series, or of stretches between gaps, are copied once.
    - DataFrames whose columns differ in dtype are read as float64, which holds integers up to 2**53 exactly.
    - ``fit`` keeps names, dtypes, the attributes of entities and the first timestamp of each stretch, never values
      of channels. Labels other than regular timestamps or integers are kept in full.

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

    Windows of two stations, one for each day:

    >>> hours = pd.date_range("2024-01-01", periods=72, freq="h")
    >>> index = pd.MultiIndex.from_product([["EWR", "JFK"], hours], names=["station", "time"])
    >>> panel = pd.DataFrame({"temp": np.arange(144.0), "coast": [False] * 72 + [True] * 72}, index)
    >>> windowizer = Windowizer("1D", phase="00:00").fit(panel)
    >>> windowizer.transform(panel).shape
    (6, 24, 1)
    >>> windowizer.window_attributes(panel).iloc[[0, 3]]
      station  coast
    0     EWR  False
    3     JFK   True
    """

    _parameter_constraints = {
        "window": [Interval(Integral, 1, None, closed="left"), str, timedelta, pd.DateOffset],
        "stride": [Interval(Integral, 1, None, closed="left"), str, timedelta, pd.DateOffset],
        "groups": [str, None],
        "static": [StrOptions({"auto"}), list, None],
        "phase": [str, None],
        "resample": [str, timedelta, pd.DateOffset, None],
        "output": [StrOptions({"3d", "flat"})],
        "gaps": [StrOptions({"error", "split"})],
        "target": [StrOptions({"last", "first", "majority", "mean"})],
    }

    def __init__(
        self,
        window=24,
        *,
        stride=1,
        groups=None,
        static="auto",
        phase=None,
        resample=None,
        output="3d",
        gaps="error",
        target="last",
    ):
        self.window = window
        self.stride = stride
        self.groups = groups
        self.static = static
        self.phase = phase
        self.resample = resample
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
            duplicated or irregular; if steps are missing and ``gaps="error"``; if ``window`` is no whole number of
            steps, or a length of time or a phase meets a series without dates; if ``groups`` is not found, an
            attribute varies within an entity or is not known of one, or frames of a list differ in their columns.

        Warns
        -----
        UserWarning
            If entities of a table are shorter than a window.
        """
        self._validate_params()
        check_cut(self)
        self._layout = read_series(self, X, reset=True).layout
        panel = self._layout.panel
        self.static_features_ = [] if panel is None else list(panel.attributes)
        self.frequency_ = self._layout.frequency
        self.n_timesteps_ = self._layout.window
        self.n_windows_ = self._layout.n_windows
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
            As ``fit``, or if the channels, their categories or the frequency differ from those seen in ``fit``.
        """
        check_is_fitted(self)
        cut = read_series(self, X, reset=False)
        container = self._output_container()
        flat = self.output == "flat" or container != "default"
        parts = [
            window_view(cut.values[s.series][s.rows], self.n_timesteps_, s.starts, flat=flat)
            for s in cut.layout.stretches
        ]
        windows = parts[0] if len(parts) == 1 else np.concatenate(parts)
        if container != "pandas":
            return windows
        names = self.get_feature_names_out()
        return pd.DataFrame(windows, index=cut.starts(), columns=names, copy=False)

    def inverse_transform(self, X):
        """Join windows into the series that they cover, averaged where they overlap.

        Unchanged windows give the covered part of the series back exactly: time steps after the last window, and
        between windows if ``stride`` is larger than ``window``, are left out.

        Parameters
        ----------
        X : array-like of shape (n_windows, window, n_channels) or (n_windows, window * n_channels)
            Windows in the order of ``transform``. They are placed

            - by their index, if they are a DataFrame as ``set_output`` makes it and one dated series, or a table of
              entities, was seen in ``fit``: windows of another series than that of ``fit`` thus keep their own
              timestamps;
            - else as those of the series seen in ``fit``, if there are ``n_windows_`` of them;
            - else as one series without gaps or timestamps, each window ``stride`` steps after the one
              before. Independently drawn windows do not continue one another: don't join them, or pass them
              one at a time.

        Returns
        -------
        series : ndarray, Series, DataFrame, or a list of them
            In the containers, names and dtypes of ``fit``; values of integer dtypes are rounded. A table of entities
            has the rows of one after those of the other, with their attributes.

        Raises
        ------
        ValueError
            If the windows have the wrong shape, hold infinity, or NaN in an integer channel; if their
            timestamps are unsorted, duplicated or off the frequency, or of an entity that ``fit`` has not seen.
        """
        check_is_fitted(self)
        windows = to_three_axes(X, self.n_timesteps_, self.n_features_in_)
        layout, index = self._layout, getattr(X, "index", None)  # of a list: a method
        by_time = isinstance(index, pd.DatetimeIndex) and layout.is_dated
        by_entity = isinstance(index, pd.MultiIndex) and layout.is_table
        if by_time or (by_entity and layout.frequency is not None):
            return assemble_by_time(windows, index, layout)
        if len(windows) == self.n_windows_:
            return assemble(windows, layout)
        if self.phase is not None or not isinstance(self.stride, Integral):
            raise ValueError(
                f"X must have the n_windows={self.n_windows_} windows of fit, or an index of their starts, with "
                f"stride={self.stride!r} and phase={self.phase!r}, got {len(windows)} windows."
            )
        return assemble_in_sequence(windows, layout, self.stride)

    def window_starts(self, X):
        """Return the start of each window of ``transform(X)``.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels), or a list of them
            Series with the frequency seen in ``fit``.

        Returns
        -------
        starts : Index or ndarray of int64, of shape (n_windows,)
            Labels of pandas containers, so timestamps for dates; row numbers for arrays. The starts of listed series
            follow each other; row numbers begin at 0 in each series. For a table of entities, a MultiIndex of the
            entity and the label.
        """
        check_is_fitted(self)
        return read_series(self, X, reset=False).starts()

    def window_attributes(self, X):
        """Return what is known of the entity of each window of ``transform(X)``, for the conditions of samplers.

        Parameters
        ----------
        X : DataFrame, Series or list of them
            Several series, as in ``fit``.

        Returns
        -------
        attributes : DataFrame of shape (n_windows, 1 + n_attributes)
            The entity, in a column named like them (``"series"`` for a list, ``"entity"`` without a name), and its
            attributes.

        Raises
        ------
        ValueError
            If ``X`` is one series, or a list of arrays.
        """
        check_is_fitted(self)
        return read_series(self, X, reset=False).layout.window_attributes()

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
        layout = self._layout if X is None else read_series(self, X, reset=False).layout
        if self.resample is not None:
            raise ValueError(
                f"y has a target for each row of X, which resample={self.resample!r} puts on other time steps."
            )
        series, names = split_targets(y, layout)
        checked = [
            check_targets(values, n_steps, self.target, name)
            for values, n_steps, name in zip(series, layout.lengths, names, strict=True)
        ]
        parts = [
            reduce_targets(checked[s.series][s.rows], self.n_timesteps_, s.starts, self.target)
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
            Of 2 steps of ``a`` and ``b``: ``a_t0, b_t0, a_t1, b_t1``.
        """
        channels = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        return np.array(
            [f"{channel}_t{step}" for step in range(self.n_timesteps_) for channel in channels],
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
