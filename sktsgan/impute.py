"""Impute missing values in windows and in series with samplers."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    _fit_context,
    clone,
)
from sklearn.exceptions import NotFittedError
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from sktsgan._random import draw_seed
from sktsgan._validation import check_count, validate_numbers
from sktsgan.closed_form import most_frequent
from sktsgan.containers._categories import by_column, categories_of_windows, encode_windows
from sktsgan.containers._long_series import split_series
from sktsgan.containers._missing import fill_missing
from sktsgan.preprocessing import Windowizer
from sktsgan.samplers import NeighborSampler

__all__ = ["GANImputer", "repair_series"]

_MAX_TRAINING_WINDOWS = 5000
_ENOUGH_KNOWN = 0.5
_BLOCK_VALUES = 2**23
_EXTRAPOLATED = 1e-12  # weight of what a window does not enclose, beside that of windows that do


class GANImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Impute missing values of windows with a sampler that learned from windows with missing values.

    Parameters
    ----------
    sampler : estimator with ``fit`` and ``impute``, default=None
        Sampler, which is cloned. None takes a :class:`NeighborSampler` with its defaults; for flat windows of several
        channels, pass one with ``n_channels``.
    strategy : {"mean", "draw"}, default="mean"
        Imputed value: the mean of several draws, of categories the most frequent one, which has the smallest error, or
        a single draw, which preserves variances and roughness.
    n_draws : int, default=10
        Number of draws that are averaged; two have the same mean as more, but for grids of values.
    random_state : int, RandomState instance or None, default=None
        Controls the draws, and the sampler if ``sampler`` is None.

    Attributes
    ----------
    sampler_ : estimator
        The fitted sampler.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    See Also
    --------
    repair_series : Imputes the missing values of a series.
    sklearn.impute.KNNImputer : Imputes from the nearest rows.

    Notes
    -----
    ``y`` is ignored: the values imputed in a row must not depend on its target.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan import GANImputer
    >>> from sktsgan.datasets import make_sines
    >>> X = make_sines(200, random_state=0)
    >>> X[:50, 10:14] = np.nan
    >>> filled = GANImputer(random_state=0).fit_transform(X)
    >>> filled.shape, int(np.isnan(filled).sum())
    ((200, 24, 5), 0)
    """

    _parameter_constraints = {
        "sampler": [HasMethods(["fit", "impute"]), None],
        "strategy": [StrOptions({"mean", "draw"})],
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, sampler=None, *, strategy="mean", n_draws=10, random_state=None):
        self.sampler = sampler
        self.strategy = strategy
        self.n_draws = n_draws
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Fit the sampler.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_windows, n_timesteps, n_channels) or flat
            Windows, NaN where a value is missing. Windows without any known value are left out.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The imputer.

        Raises
        ------
        ValueError
            As the sampler's ``fit``, or if ``X`` is a masked array.
        """
        n_channels = getattr(self.sampler, "n_channels", None)
        self._categories = categories_of_windows(X, n_channels)
        X = encode_windows(X, self._categories)
        values = self._read(X, reset=True)
        known = ~np.isnan(values).reshape(len(values), -1).all(axis=1)
        if not known.all():
            X = X.loc[known] if isinstance(X, pd.DataFrame) else values[known]
        sampler = self.sampler
        if sampler is None:
            sampler = NeighborSampler(random_state=draw_seed(self.random_state))
        self.sampler_ = clone(sampler)
        _fit_sampler(
            self.sampler_, X, np.flatnonzero([own is not None for own in self._categories])
        )
        return self

    def transform(self, X):
        """Impute missing values.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``.

        Returns
        -------
        X : ndarray or DataFrame
            In the container and dtypes of ``X``. Observed values are returned unchanged.

        Raises
        ------
        ValueError
            As the sampler's ``impute``.
        """
        check_is_fitted(self)
        coded = encode_windows(X, self._categories)
        self._read(coded, reset=False)
        n_draws = self.n_draws if self.strategy == "mean" else 1
        seed = draw_seed(self.random_state)
        drawn = self.sampler_.impute(coded, n_draws=n_draws, random_state=seed)
        if not self._categories:
            return drawn if n_draws == 1 else fill_missing(X, drawn.mean(axis=0))
        drawn = np.asarray(drawn, dtype=np.float64).reshape(n_draws, *coded.shape)
        whole = [column in by_column(X, self._categories) for column in X.columns]
        combined = np.where(whole, most_frequent(drawn), drawn.mean(axis=0))
        return fill_missing(X, combined, by_column(X, self._categories))

    def _read(self, X, *, reset):
        _check_unmasked("X", X)
        return validate_numbers(self, X, reset=reset, min_items=1, allow_nan=True)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def repair_series(series, sampler=None, *, window=None, n_draws=10, random_state=None):
    """Impute the missing values of a series.

    The sampler imputes overlapping windows of the series, up to four for each value. The result is the average of
    their means, weighted by the inverse variance of the draws; windows with observed values on both sides come first.
    Holes so long that windows are less than half known
    are imputed from their edges inwards: imputed values count as known in the next pass, and those far inside are
    close to the average course.

    Parameters
    ----------
    series : DataFrame, Series or array-like of shape (n_steps,) or (n_steps, n_channels)
        Series with NaN where a value is missing. Rows are equal steps of time; a DatetimeIndex must have all steps.
    sampler : sampler with ``impute``, default=None
        A fitted sampler, used as it is, or an unfitted one, which is cloned and fitted on up to 5,000 random windows
        of the series. None takes a :class:`~sktsgan.NeighborSampler`.
    window : int, default=None
        Length of a window, in steps. None takes that of a fitted sampler, or else 24.
    n_draws : int, default=10
        Number of draws for each window, at least 2 because their variance is needed.
    random_state : int, RandomState instance or None, default=None
        Controls the draws, and the sampler if ``sampler`` is None.

    Returns
    -------
    series : DataFrame, Series or ndarray
        In the container, index, columns and dtypes of the input. Observed values are returned unchanged; a missing
        category, text or boolean is the one that most draws have.

    Raises
    ------
    ValueError
        If there are several series or a masked array, if the series is shorter than a window, holds infinity, has a
        channel without any known value or lacks steps, or if ``window`` is not that of the fitted sampler.

    See Also
    --------
    GANImputer : Imputes missing values of windows.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.datasets import load_appliances_energy
    >>> from sktsgan.impute import repair_series
    >>> frame = load_appliances_energy().frame[["T1", "RH_1", "T_out"]][:1000]
    >>> frame.iloc[300:310, 0] = np.nan
    >>> repaired = repair_series(frame, random_state=0)
    >>> int(repaired.isna().sum().sum()), bool((repaired["RH_1"] == frame["RH_1"]).all())
    (0, True)
    """
    _check_series(series)
    check_count("n_draws", n_draws)
    if n_draws < 2:
        raise ValueError(f"n_draws must be at least 2, got {n_draws}.")
    seed = draw_seed(random_state)
    sampler, fitted = _read_sampler(sampler, seed)
    window = _read_window(window, sampler, fitted)
    windowizer = Windowizer(window).fit(series)
    windows = windowizer.transform(series)
    values = np.concatenate([windows[:, 0], windows[-1, 1:]]).astype(np.float64)
    known, whole = windowizer.categories_, windowizer.categorical_features_
    if not np.isnan(values).any():
        return fill_missing(series, values, known)
    if not fitted:
        _fit_sampler(sampler, _some_known(windows, seed), whole)
    filled = _fill_inwards(values, window, sampler, n_draws, seed, whole)
    return fill_missing(series, filled, known)


def _fit_sampler(sampler, windows, categorical):
    """Fit a sampler, and tell it which channels hold categories if it can be told."""
    told = len(categorical) and has_fit_parameter(sampler, "categorical")
    sampler.fit(windows, **({"categorical": categorical} if told else {}))


def _check_series(series):
    if split_series(series)[1]:
        raise ValueError(
            f"series must be one series, got a list of {len(series)}; repair each by itself."
        )
    _check_unmasked("series", series)


def _check_unmasked(name, X):
    if isinstance(X, np.ma.MaskedArray):
        raise ValueError(
            f"{name} must hold NaN where values are missing, got a masked array; pass {name}.filled(numpy.nan)."
        )


def _read_sampler(sampler, seed):
    """Return the given sampler if it is fitted, or else a new or cloned one, and whether it is fitted."""
    if sampler is None:
        return NeighborSampler(random_state=seed), False
    if not hasattr(sampler, "impute"):
        raise ValueError(f"sampler must have the method impute, got {sampler!r}.")
    try:
        check_is_fitted(sampler)
    except NotFittedError:
        return clone(sampler), False
    return sampler, True


def _read_window(window, sampler, fitted):
    if not fitted:
        return 24 if window is None else window
    if window not in (None, sampler.n_timesteps_):
        raise ValueError(
            f"window must be {sampler.n_timesteps_}, the length that the sampler was fitted on, got {window!r}."
        )
    return sampler.n_timesteps_


def _some_known(windows, seed):
    """Return windows to learn from: some of those with known values."""
    known = np.flatnonzero(~np.isnan(windows).all(axis=(1, 2)))
    if len(known) > _MAX_TRAINING_WINDOWS:
        chosen = np.random.default_rng(seed).permutation(len(known))[:_MAX_TRAINING_WINDOWS]
        known = known[np.sort(chosen)]
    return windows[known]


def _fill_inwards(values, window, sampler, n_draws, seed, categorical):
    """Return the values of a series, shape (n_steps, n_channels), imputed pass by pass."""
    values, last = values.copy(), len(values) - window
    starts = np.unique(np.append(np.arange(0, last, max(1, window // 4)), last))
    for turn in range(len(starts) * window + 1):
        windows = np.stack([values[start : start + window] for start in starts])
        known = 1 - np.isnan(windows).mean(axis=(1, 2))
        chosen = known < 1
        if not chosen.any():
            break
        # if no window has enough known values, those with the most begin
        chosen &= known >= min(_ENOUGH_KNOWN, known[chosen].max())
        options = sampler, n_draws, seed + turn, categorical
        _fill_once(values, windows[chosen], starts[chosen], *options)
        starts = starts[known < 1]
    return values


def _is_enclosed(windows):
    """Return which values lie between observed ones of their channel and window, or are observed."""
    known = ~np.isnan(windows)
    before = np.maximum.accumulate(known, axis=1)
    return before & np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]


def _fill_once(values, windows, starts, sampler, n_draws, seed, categorical):
    """Impute, in place, the missing values of some windows; draws vote for categories."""
    codes = [np.unique(own[~np.isnan(own)]) for own in values.T[list(categorical)]]
    votes = [np.zeros((len(values), len(own))) for own in codes]
    total, weights = np.zeros(values.shape), np.zeros(values.shape)
    # sums are of differences from a value of the channel, so that the mean of equal values is exact
    origin = np.fmin.reduce(values, axis=0)
    tiny = 1e-12 * np.nanmean(values**2, axis=0) + 1e-100
    size = max(1, _BLOCK_VALUES // (n_draws * windows[0].size))
    for first in range(0, len(starts), size):
        part = slice(first, first + size)
        drawn = sampler.impute(windows[part], n_draws=n_draws, random_state=seed)
        weight = 1 / (drawn.var(axis=0) + tiny)
        weight[~_is_enclosed(windows[part])] *= _EXTRAPOLATED
        mean = drawn.mean(axis=0)
        for start, own, its in zip(starts[part], mean, weight, strict=True):
            rows = slice(start, start + windows.shape[1])
            total[rows] += its * (own - origin)
            weights[rows] += its
        for c, own, counts in zip(categorical, codes, votes, strict=True):
            _vote(counts, drawn[..., c], starts[part], _is_enclosed(windows[part])[..., c], own)
    made = np.isnan(values) & (weights > 0)
    values[made] = (total / np.where(made, weights, 1) + origin)[made]
    for c, own, counts in zip(categorical, codes, votes, strict=True):
        values[made[:, c], c] = own[counts[made[:, c]].argmax(axis=1)]


def _vote(counts, drawn, starts, enclosed, codes):
    """Add, in place, to the votes of each step those of the draws of windows, shape (n_draws, n_windows, n_steps)."""
    shares = (drawn[..., None] == codes).mean(axis=0)
    shares[~enclosed] *= _EXTRAPOLATED
    for start, own in zip(starts, shares, strict=True):
        counts[start : start + len(own)] += own
