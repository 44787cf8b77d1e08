"""Where two sets of windows differ: a classifier sees one feature of one channel at a time."""

import itertools
import numbers
from collections import namedtuple

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils import check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_window_pair
from sktsgan.metrics._two_sample import _subset, classifier_two_sample_score

__all__ = ["check_names", "discrepancy_report", "guess_names"]

# ``columns`` are the judge's inputs, ``measure`` the values whose means are reported; both hold the
# real windows first, then as many synthetic ones.
_Feature = namedtuple("_Feature", "name channel lag columns measure")


def discrepancy_report(
    real,
    synthetic,
    *,
    lags=None,
    classifier=None,
    split="random",
    cv=3,
    n_blocks=20,
    max_samples=2000,
    max_pairs=10,
    n_channels=None,
    channel_names=None,
    random_state=None,
):
    """Rank channels and features by how well each alone gives the synthetic windows away.

    A classifier, the judge, sees one feature of one channel at a time, say the increments at lag 2 of
    channel 5. Work on the rows at the top first.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows, in the order of time if ``split="blocks"``.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows, in any order.
    lags : iterable of int, default=None
        Lags in steps, from 1 to ``n_timesteps - 1``; None takes 1, 2, 4, 8 and so on.
    classifier : scikit-learn classifier, default=None
        Judge, which is cloned. None takes a quick
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    split : {"random", "blocks"}, default="random"
        How real windows are dealt to the folds, as in :func:`classifier_two_sample_score`.
    cv : int, default=3
        Number of folds, at least 2.
    n_blocks : int, default=20
        Number of blocks of time, at least ``cv``; used only if ``split="blocks"``.
    max_samples : int or None, default=2000
        Largest number of windows of each set that are judged, drawn at random; None uses all.
    max_pairs : int or None, default=10
        Largest number of pairs of channels judged for each kind of relation: those that differ most
        between the sets. None judges all, 0 none.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    channel_names : sequence of str, default=None
        Names of the channels. None takes them from the columns ``<channel>_t<step>`` of a DataFrame,
        as :class:`~sktsgan.preprocessing.Windowizer` names them, or else "0", "1" and so on.
    random_state : int, RandomState instance or None, default=None
        Controls the draw of windows, the folds and the classifier. None draws a fresh seed.

    Returns
    -------
    report : DataFrame
        One row per feature of a channel, of a pair or of all channels, the most telling first:

        ==============  ================================================================
        ``feature``     see Notes
        ``channel``     a name, ``"a × b"`` for a pair, ``"all"`` for all channels jointly
        ``lag``         in steps; missing if the feature has none
        ``accuracy``    of the judge on held-out windows, in [0, 1]; **0.5 is best**
        ``real``        mean of the feature's measure in the real windows
        ``synthetic``   the same in the synthetic ones
        ==============  ================================================================

    Raises
    ------
    ValueError
        If the windows differ in shape, a lag is out of range, ``channel_names`` has the wrong length,
        ``split`` is unknown, ``cv`` or ``max_samples`` is less than 2, ``n_blocks`` is less than
        ``cv``, ``max_pairs`` is negative, or a set has too few windows for the folds or blocks.
    TypeError
        If ``cv``, ``n_blocks``, ``max_samples`` or ``max_pairs`` is not an integer.

    See Also
    --------
    classifier_two_sample_score : Accuracy of one judge that sees all values.

    Notes
    -----
    The features of each window (in brackets the measure, if it differs):

    - any step: ``values``; ``level`` (mean), ``scale`` (standard deviation), ``minimum``, ``maximum``;
    - exact values, as shares of steps: ``exact zeros``; ``most common value``, if 1 % or more of the
      real values share it; ``values on the grid``, which occur at least twice in the real set, if
      it has ten times more values than distinct ones; ``repeats`` of the step before, with
      the longest run of them;
    - dynamics: ``increments`` at each lag (mean size), ``largest increment`` (size),
      ``second differences`` (mean size), ``roughness`` (size of second differences over that of
      increments), ``autocorrelation`` within the window and ``increment autocorrelation`` at each lag,
      ``spectrum`` (mean amplitude);
    - pairs: ``spread``, the distance of the first channel from its regression line on the second, fitted on
      real values (mean size, in standard deviations), ``equal values``, and ``increment correlation``;
    - all channels jointly: ``level``, ``scale``, ``repeats``, ``values at one step`` and
      ``increments at one step`` (the middle one), ``increment correlation`` of the judged pairs.

    Shares that are the same in all windows are left out. Each accuracy is that of
    :func:`classifier_two_sample_score`, on the same windows and folds throughout. By chance alone,
    one accuracy is off by about 0.35 / sqrt(number of judged windows of a set), the largest of
    hundreds by three times that. Values well below 0.5, in the last rows, show copies of real windows.
    The default judge takes a minute for 28 channels and 24 steps; it misses what only longer
    training finds.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import discrepancy_report
    >>> real, fake = np.random.default_rng(0).normal(size=(2, 300, 8, 3)).cumsum(axis=2)
    >>> fake[:, :, 1] = np.maximum(fake[:, :, 1], 0)
    >>> report = discrepancy_report(real, fake, channel_names=["x", "y", "z"], random_state=0)
    >>> report.loc[0, ["feature", "channel"]].tolist()
    ['minimum', 'y']
    """
    if max_pairs is not None:
        check_scalar(max_pairs, "max_pairs", numbers.Integral, min_val=0)
    if max_samples is not None:
        check_scalar(max_samples, "max_samples", numbers.Integral, min_val=2)
    names = guess_names(real, n_channels) if channel_names is None else list(channel_names)
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    names = check_names(names, real.shape[2])
    lags = _check_lags(lags, real.shape[1])
    rng = check_random_state(draw_seed(random_state))
    seed = draw_seed(rng)
    commons = [_common_values(channel) for channel in real[:, 0].T]
    n_windows = min(len(real), len(synthetic), max_samples or len(real))
    both = np.concatenate([_subset(windows, n_windows, rng) for windows in (real, synthetic)])
    judge = _quick_judge() if classifier is None else classifier
    rows = []
    for feature in _features(both, names, lags, commons, max_pairs):
        columns = feature.columns.reshape(2, n_windows, 1, -1)
        accuracy = classifier_two_sample_score(
            *columns,
            classifier=judge,
            split=split,
            cv=cv,
            n_blocks=n_blocks,
            max_samples=None,
            random_state=seed,
        )
        means = feature.measure.reshape(2, -1).mean(axis=1)
        rows.append((feature.name, feature.channel, feature.lag, accuracy, *means))
    return _ranked(rows)


def _quick_judge():
    """Return a judge that is fast enough to be fitted hundreds of times."""
    return HistGradientBoostingClassifier(max_iter=20, learning_rate=0.3, max_leaf_nodes=8)


def _ranked(rows):
    columns = ["feature", "channel", "lag", "accuracy", "real", "synthetic"]
    report = pd.DataFrame(rows, columns=columns).astype({"lag": "Int64"})
    return report.sort_values("accuracy", ascending=False, kind="stable", ignore_index=True)


def guess_names(windows, n_channels):
    """Return the channels' names where a DataFrame has columns as Windowizer names them."""
    if not isinstance(windows, pd.DataFrame):
        return None
    first = [str(column) for column in windows.columns[: n_channels or 1]]
    if not all(name.endswith("_t0") for name in first):
        return None
    return [name.removesuffix("_t0") for name in first]


def check_names(names, n_channels):
    """Return a name for each channel, its number where none are given; another number of names is a ValueError."""
    if names is None:
        return [str(channel) for channel in range(n_channels)]
    if len(names) != n_channels:
        raise ValueError(
            f"channel_names must have one name for each of the {n_channels} channels, got {len(names)}."
        )
    return [str(name) for name in names]


def _check_lags(lags, n_timesteps):
    if lags is None:
        return [2**i for i in range(n_timesteps) if 2**i < n_timesteps]
    lags = list(lags)
    for lag in lags:
        if not isinstance(lag, numbers.Integral) or not 1 <= lag < n_timesteps:
            raise ValueError(f"lags must be integers from 1 to {n_timesteps - 1}, got {lag!r}.")
    return lags


def _common_values(series):
    """Return the values of a grid and the most common value, each None if there is none."""
    values, counts = np.unique(series, return_counts=True)
    top = values[counts.argmax()] if counts.max() >= max(3, 0.01 * len(series)) else None
    is_grid = len(values) <= len(series) / 10
    return (values[counts > 1] if is_grid else None), top


def _features(both, names, lags, commons, max_pairs):
    """Yield all features of one channel, then those of all channels and of pairs."""
    for c, (name, (grid, top)) in enumerate(zip(names, commons, strict=True)):
        x = both[:, :, c]
        yield from _marginal_features(x, name, grid, top)
        yield from _dynamic_features(x, name, lags)
    if len(names) > 1:
        yield from _joint_features(both)
        yield from _pair_features(both, names, max_pairs)


def _marginal_features(x, name, grid, top):
    """Yield the features that ignore the order of the steps."""
    yield _plain("values", name, x)
    if x.shape[1] > 1:
        yield _plain("level", name, x.mean(axis=1))
        yield _plain("scale", name, _root_mean_square(_centre(x)))
        yield _plain("minimum", name, x.min(axis=1))
        yield _plain("maximum", name, x.max(axis=1))
    yield from _share("exact zeros", name, x == 0)
    if top:  # neither None nor the zero judged above
        yield from _share("most common value", name, x == top)
    if grid is not None:
        yield from _share("values on the grid", name, np.isin(x, grid))


def _plain(feature, name, columns, lag=None):
    """Return a feature that is its own measure."""
    return _Feature(feature, name, lag, columns, columns)


def _share(feature, name, event):
    """Yield the share of steps with an event, unless all windows have the same."""
    share = event.mean(axis=1)
    if np.ptp(share) > 0:
        yield _plain(feature, name, share)


def _dynamic_features(x, name, lags):
    """Yield the features that depend on the order of the steps."""
    n_steps = x.shape[1]
    if n_steps < 2:
        return
    steps = np.diff(x, axis=1)
    for lag in lags:
        change = x[:, lag:] - x[:, :-lag]
        yield _Feature("increments", name, lag, change, np.abs(change))
        if lag < n_steps - 1:  # for two values, or two increments, it is always -1 / 2
            yield _plain("autocorrelation", name, _autocorrelation(x, lag), lag)
        if lag < n_steps - 2:
            yield _plain("increment autocorrelation", name, _autocorrelation(steps, lag), lag)
    yield from _repeats(steps == 0, name)
    if n_steps > 2:
        yield _plain("largest increment", name, np.abs(steps).max(axis=1))
        bends = np.diff(steps, axis=1)
        yield _Feature("second differences", name, None, bends, np.abs(bends))
        roughness = _divide(_root_mean_square(bends), _root_mean_square(steps))
        yield _plain("roughness", name, roughness)
        power = np.abs(np.fft.rfft(_centre(x), axis=1)[:, 1:])
        yield _plain("spectrum", name, power)


def _repeats(is_repeat, name):
    """Yield how often a value repeats that of the step before, and for how long."""
    share = is_repeat.mean(axis=1)
    if np.ptp(share) == 0:
        return
    run, longest = np.zeros((2, len(share)))
    for step in is_repeat.T:
        run = (run + 1) * step
        longest = np.maximum(longest, run)
    yield _Feature("repeats", name, None, np.column_stack([share, longest]), share)


def _joint_features(both):
    """Yield the features of all channels together."""
    n_steps = both.shape[1]
    at = n_steps // 2  # any step would do, and the middle is the least special one
    yield _plain("values at one step", "all", both[:, at])
    if n_steps < 2:
        return
    yield _plain("level", "all", both.mean(axis=1))
    yield _plain("scale", "all", _root_mean_square(_centre(both)))
    change = both[:, at] - both[:, at - 1]
    yield _Feature("increments at one step", "all", 1, change, np.abs(change))
    repeats = (np.diff(both, axis=1) == 0).mean(axis=1)
    if np.ptp(repeats) > 0:
        yield _plain("repeats", "all", repeats)


def _pair_features(both, names, max_pairs):
    """Yield each relation for the pairs of channels that differ most in it."""
    n_windows, n_steps, n_channels = both.shape
    pairs = np.array(list(itertools.combinations(range(n_channels), 2)))
    z = both - both[: n_windows // 2].mean(axis=(0, 1))
    z = z / _positive(np.sqrt((z[: n_windows // 2] ** 2).mean(axis=(0, 1))))
    real_moments, synthetic_moments = _moments(z)
    spreads = [_square_spread(m, real_moments) for m in (real_moments, synthetic_moments)]
    for a, b in _most(pairs, np.abs(np.log(spreads[0] / spreads[1])), max_pairs):
        spread = z[:, :, a] - real_moments[a, b] * z[:, :, b]
        yield _Feature("spread", f"{names[a]} × {names[b]}", None, spread, np.abs(spread))
    for a, b in _most(pairs, _equality_difference(both), max_pairs):
        equal = both[:, :, a] == both[:, :, b]
        yield from _share("equal values", f"{names[a]} × {names[b]}", equal)
    if n_steps > 1:
        yield from _correlation_features(np.diff(z, axis=1), pairs, names, max_pairs)


def _correlation_features(steps, pairs, names, max_pairs):
    """Yield the correlation of the increments of two channels within a window."""
    steps = _divide(steps, np.sqrt((steps**2).sum(axis=1, keepdims=True)))
    moments = _moments(steps)
    judged = _most(pairs, np.abs(moments[0] - moments[1]), max_pairs)
    columns = [(steps[:, :, a] * steps[:, :, b]).sum(axis=1) for a, b in judged]
    for (a, b), column in zip(judged, columns, strict=True):
        yield _plain("increment correlation", f"{names[a]} × {names[b]}", column)
    if len(judged) > 1:
        yield _plain("increment correlation", "all", np.column_stack(columns))


def _equality_difference(both):
    """Return the differences of the shares of equal values, shape (n_channels, n_channels)."""
    n_channels = both.shape[2]
    differ = np.zeros((n_channels, n_channels))
    for a in range(n_channels):
        equal = both[:, :, a, None] == both
        real, synthetic = equal.reshape(2, -1, n_channels).mean(axis=1)
        differ[a] = np.abs(real - synthetic)
    return differ


def _moments(z):
    """Return the mean products of the channels of either set, shape (2, n_channels, n_channels)."""
    halves = z.reshape(2, -1, z.shape[2])
    return np.einsum("snc,snd->scd", halves, halves, optimize=True) / halves.shape[1]


def _square_spread(moments, slopes):
    """Return the mean square distance of row channels from lines through column channels."""
    variances = np.diag(moments)
    squares = variances[:, None] - 2 * slopes * moments + slopes**2 * variances
    return np.maximum(squares, 1e-12)  # rounding may make that of exact copies negative


def _most(pairs, differences, max_pairs):
    """Return the pairs with the largest entries of a matrix."""
    order = np.argsort(-differences[pairs[:, 0], pairs[:, 1]], kind="stable")
    return pairs[order[:max_pairs]]


def _autocorrelation(x, lag):
    """Return the autocorrelation at a lag within each window."""
    x = _centre(x)
    return _divide((x[:, lag:] * x[:, :-lag]).sum(axis=1), (x**2).sum(axis=1))


def _centre(x):
    """Return each window less its mean, exactly 0 where it is constant."""
    return np.where(np.ptp(x, axis=1, keepdims=True) > 0, x - x.mean(axis=1, keepdims=True), 0.0)


def _root_mean_square(x):
    return np.sqrt((x**2).mean(axis=1))


def _positive(x):
    return np.where(x > 0, x, 1.0)


def _divide(a, b):
    """Return a / b, and 0 where b is 0."""
    return np.where(b > 0, a / _positive(b), 0.0)
