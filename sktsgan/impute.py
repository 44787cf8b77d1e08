"""Missing values in windows and in series, filled by samplers."""

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
from sklearn.utils.validation import check_is_fitted, validate_data

from sktsgan._random import draw_seed
from sktsgan._validation import check_count
from sktsgan.containers._missing import fill_missing
from sktsgan.preprocessing import Windowizer
from sktsgan.samplers import CopulaSampler

__all__ = ["GANImputer", "repair_series"]

_MAX_TRAINING_WINDOWS = 5000
_ENOUGH_KNOWN = 0.5
_BLOCK_VALUES = 2**23


class GANImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Fill missing values of windows by a sampler that learned from windows with holes.

    Parameters
    ----------
    sampler : estimator with ``fit`` and ``impute``, default=None
        Cloned and fitted. None is a :class:`CopulaSampler` with its defaults; one with ``n_channels`` takes flat
        windows of several channels.
    strategy : {"mean", "draw"}, default="mean"
        Whether a missing value becomes the mean of draws, which errs least, or a single draw, which keeps variances
        and roughness as they are.
    n_draws : int, default=10
        Draws that are averaged; an even number is best.
    random_state : int, RandomState instance or None, default=None
        Rules the draws, and the sampler where that is None.

    Attributes
    ----------
    sampler_ : estimator
        The fitted sampler.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, where ``X`` was a DataFrame with string columns.

    See Also
    --------
    repair_series : Fills the holes of a series, window by window.
    sklearn.impute.KNNImputer : Fills in from the nearest rows.

    Notes
    -----
    ``y`` is ignored: what is imputed for a row must not depend on its target.

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
            Windows, NaN where a value is missing. Those of NaN alone are left out.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The imputer.

        Raises
        ------
        ValueError
            As the sampler's ``fit``.
        """
        values = self._read(X, reset=True)
        known = ~np.isnan(values).reshape(len(values), -1).all(axis=1)
        if not known.all():
            X = X.loc[known] if isinstance(X, pd.DataFrame) else values[known]
        sampler = self.sampler
        if sampler is None:
            sampler = CopulaSampler(random_state=draw_seed(self.random_state))
        self.sampler_ = clone(sampler).fit(X)
        return self

    def transform(self, X):
        """Fill missing values.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``.

        Returns
        -------
        X : ndarray or DataFrame
            In the container and dtypes of ``X``; what was observed is the same to the bit.

        Raises
        ------
        ValueError
            As the sampler's ``impute``.
        """
        check_is_fitted(self)
        self._read(X, reset=False)
        n_draws = self.n_draws if self.strategy == "mean" else 1
        seed = draw_seed(self.random_state)
        drawn = self.sampler_.impute(X, n_draws=n_draws, random_state=seed)
        return drawn if n_draws == 1 else fill_missing(X, drawn.mean(axis=0))

    def _read(self, X, *, reset):
        return validate_data(
            self, X, reset=reset, dtype=np.float64, allow_nd=True, ensure_all_finite="allow-nan"
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def repair_series(series, sampler=None, *, window=None, n_draws=10, random_state=None):
    """Fill the missing values of a series.

    Overlapping windows of the series are imputed, each value in up to four of them, and their means averaged with the
    inverse variance of the draws as weights. Holes that leave windows less than half known are filled from their edges
    inwards: what was filled counts as known for what comes next, and far inside is close to the average course.

    Parameters
    ----------
    series : DataFrame, Series or array-like of shape (n_steps,) or (n_steps, n_channels)
        NaN where a value is missing. Rows are equal steps of time; a DatetimeIndex must not leave any out.
    sampler : sampler with ``impute``, default=None
        One that is fitted is taken as it is; another is cloned and fitted on up to 5,000 windows of the series, drawn
        at random. None is a :class:`~sktsgan.CopulaSampler`.
    window : int, default=None
        Length of a window in steps. None takes that of a fitted sampler, or else 24.
    n_draws : int, default=10
        Draws of each window; at least 2, as their variance is asked for.
    random_state : int, RandomState instance or None, default=None
        Rules the draws, and the sampler where that is None.

    Returns
    -------
    series : DataFrame, Series or ndarray
        As it came, index, columns and dtypes too; only its missing values changed.

    Raises
    ------
    ValueError
        If the series is shorter than a window, holds infinity or a channel of NaN alone, leaves out steps, or if
        ``window`` is not that of the fitted sampler.

    See Also
    --------
    GANImputer : Fills the holes of windows.

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
    check_count("n_draws", n_draws)
    if n_draws < 2:
        raise ValueError(f"n_draws must be at least 2, got {n_draws}.")
    seed = draw_seed(random_state)
    sampler, fitted = _read_sampler(sampler, seed)
    window = _read_window(window, sampler, fitted)
    windowizer = Windowizer(window).fit(series)
    windows = windowizer.transform(series)
    values = np.concatenate([windows[:, 0], windows[-1, 1:]]).astype(np.float64)
    if not np.isnan(values).any():
        return fill_missing(series, values)
    if not fitted:
        sampler = sampler.fit(_some_known(windows, seed))
    return fill_missing(series, _fill_inwards(values, window, sampler, n_draws, seed))


def _read_sampler(sampler, seed):
    """Return a sampler of our own, or the fitted one that was given, and whether it is fitted."""
    if sampler is None:
        return CopulaSampler(random_state=seed), False
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
            f"window must be {sampler.n_timesteps_}, that of the fitted sampler, got {window!r}."
        )
    return sampler.n_timesteps_


def _some_known(windows, seed):
    """Return windows to learn from: some of those that are not NaN alone."""
    known = np.flatnonzero(~np.isnan(windows).all(axis=(1, 2)))
    if len(known) > _MAX_TRAINING_WINDOWS:
        chosen = np.random.default_rng(seed).permutation(len(known))[:_MAX_TRAINING_WINDOWS]
        known = known[np.sort(chosen)]
    return windows[known]


def _fill_inwards(values, window, sampler, n_draws, seed):
    """Return the values of a series, shape (n_steps, n_channels), filled pass by pass."""
    values, last = values.copy(), len(values) - window
    starts = np.unique(np.append(np.arange(0, last, max(1, window // 4)), last))
    for turn in range(len(starts) * window + 1):
        windows = np.stack([values[start : start + window] for start in starts])
        known = 1 - np.isnan(windows).mean(axis=(1, 2))
        chosen = known < 1
        if not chosen.any():
            break
        # where no window knows enough, those that know most begin
        chosen &= known >= min(_ENOUGH_KNOWN, known[chosen].max())
        _fill_once(values, windows[chosen], starts[chosen], sampler, n_draws, seed + turn)
        starts = starts[known < 1]
    return values


def _fill_once(values, windows, starts, sampler, n_draws, seed):
    """Fill, in place, what is missing in some windows."""
    total, weights = np.zeros(values.shape), np.zeros(values.shape)
    tiny = 1e-12 * np.nanvar(values, axis=0) + np.finfo(float).tiny
    size = max(1, _BLOCK_VALUES // (n_draws * windows[0].size))
    for first in range(0, len(starts), size):
        part = slice(first, first + size)
        drawn = sampler.impute(windows[part], n_draws=n_draws, random_state=seed)
        weight = 1 / (drawn.var(axis=0) + tiny)
        mean = drawn.mean(axis=0)
        for start, own, its in zip(starts[part], mean, weight, strict=True):
            rows = slice(start, start + windows.shape[1])
            total[rows] += its * own
            weights[rows] += its
    made = np.isnan(values) & (weights > 0)
    values[made] = total[made] / weights[made]
