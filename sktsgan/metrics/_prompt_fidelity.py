"""Do generated windows show what the prompt asked for?"""

import itertools
import numbers

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.utils import Bunch, check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_windows
from sktsgan.metrics._draws import unwrap_pipeline
from sktsgan.metrics._plane import fit_normal, normal_kl, project_pair, standardise_pair
from sktsgan.metrics._two_sample import seeded_judge, window_features
from sktsgan.prompts._calendar import CALENDAR_FIELDS, calendar_fields, read_timestamps

__all__ = ["prompt_fidelity"]

_LEAST_WINDOWS = 10  # for each value


def prompt_fidelity(
    sampler,
    X,
    *,
    field="month",
    y=None,
    timestamps=None,
    conditions=None,
    unseen=None,
    n_samples=500,
    classifier=None,
    block_length=None,
    cv=5,
    max_samples=5000,
    n_components=2,
    n_channels=None,
    random_state=None,
):
    """Measure whether generated windows show what their prompt asked for.

    A classifier learns from real windows to tell the values of a field apart, such as the months. It then predicts the
    value of real windows of other times and of generated ones. Also, normal distributions are fitted to the windows of
    each prompt and of each real period and compared, as in :func:`distribution_kl_divergence`.

    Parameters
    ----------
    sampler : sampler or Pipeline
        Fitted sampler, with the field among its conditions.
    X : array-like or DataFrame of shape (n_windows, n_timesteps, n_channels) or flat
        Real windows in the order of time, either of stride 1 or independent.
    field : str or tuple of str, default="month"
        A field of the calendar, ``"y"``, a column of ``conditions``, or several of these, whose combinations are then
        the values: ``("month", "half_month")``.
    y : array-like of shape (n_windows,), default=None
        Class labels of ``X``, for the field ``"y"``.
    timestamps : array-like of shape (n_windows,), default=None
        Starts of the windows, for fields of the calendar. None takes a DatetimeIndex of ``X``.
    conditions : DataFrame of shape (n_windows, n_conditions), default=None
        Conditions of ``X``, for fields among its columns.
    unseen : array-like of bool of shape (n_windows,), default=None
        Mask of the windows that the sampler was not fitted on; they should share no step with the others. The
        classifier then learns from these alone and predicts the others, as new to it as the generated ones.
    n_samples : int, default=500
        Number of windows made for each value.
    classifier : scikit-learn classifier, default=None
        Classifier of the flattened windows and their first differences; it is cloned. None takes an
        :class:`~sklearn.ensemble.ExtraTreesClassifier` of 200 trees.
    block_length : int, default=None
        Length, in windows, of the blocks in which real windows are held out, every ``cv``-th block at a time; None
        takes twice ``n_timesteps``. The ``n_timesteps`` - 1 windows on each side of a block, which share steps with
        it, are left out of the training. Ignored if ``unseen`` is given.
    cv : int, default=5
        Number of folds, at least 2. Ignored if ``unseen`` is given.
    max_samples : int or None, default=5000
        Largest number of windows that the classifier learns from; None for all.
    n_components : int, default=2
        Number of principal components in which the normal distributions are fitted.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    random_state : int, RandomState instance or None, default=None
        Controls the generated windows, the draw of windows to learn from, and the classifier.

    Returns
    -------
    fidelity : :class:`~sklearn.utils.Bunch`
        With the attributes

        field : tuple of str
            The field.
        field_values : list of tuple of length n_values
            Its values that at least ten windows have, sorted.
        real_accuracy, generated_accuracy : float
            Share of the held-out real and of the generated windows whose value is predicted correctly, the mean over
            values; in [0, 1]. **The best generated accuracy is the real one.**
        divergences : ndarray of shape (n_values, n_values)
            KL(real period‖prompt) in nats, one row per prompt, one column per real period.
        real_divergences : ndarray of shape (n_values, n_values)
            The same with the real windows of every other block in place of generated ones: the best to expect.
        closest, real_closest : ndarray of bool of shape (n_values,)
            Whether the smallest divergence of a row is that of its own period.

    Raises
    ------
    ValueError
        If the field is unknown, fewer than two of its values have ten windows, or the folds leave nothing to learn
        from.

    See Also
    --------
    sktsgan.plotting.PromptFidelityDisplay : The divergences as a picture.

    Notes
    -----
    A sampler that has seen all of ``X`` knows times that the classifier does not. Windows made for a month cover both
    the times that the classifier learned from and those held out, so it may recognise them more easily than held-out
    real ones. ``unseen`` removes that advantage.

    Examples
    --------
    >>> from sktsgan import NeighborSampler, Windowizer
    >>> from sktsgan.datasets import make_seasonal_series
    >>> from sktsgan.metrics import prompt_fidelity
    >>> series = make_seasonal_series(800, frequency="D", random_state=0)
    >>> windows = Windowizer(7).set_output(transform="pandas").fit_transform(series)
    >>> sampler = NeighborSampler(n_channels=3, random_state=0).fit(windows)
    >>> fidelity = prompt_fidelity(sampler, windows, field="quarter", n_channels=3, random_state=0)
    >>> fidelity.closest.all()
    np.True_
    >>> bool(abs(fidelity.generated_accuracy - fidelity.real_accuracy) < 0.15)
    True
    """
    check_scalar(n_samples, "n_samples", numbers.Integral, min_val=2)
    check_scalar(cv, "cv", numbers.Integral, min_val=2)
    check_scalar(n_components, "n_components", numbers.Integral, min_val=1)
    sampler, X = unwrap_pipeline(sampler, X)
    field = (field,) if isinstance(field, str) else tuple(field)
    windows = check_windows(X, n_channels=n_channels, min_windows=2)
    stamps = read_timestamps(X, timestamps, len(windows))
    values, codes = _read_values(field, len(windows), y, stamps, conditions)
    rng = check_random_state(draw_seed(random_state))
    made, asked = _make(sampler, field, values, n_samples, windows.shape, rng)
    block = np.arange(len(windows)) // (block_length or 2 * windows.shape[1])
    judge = ExtraTreesClassifier(200, min_samples_leaf=2) if classifier is None else classifier
    judge = seeded_judge(judge, rng)
    if unseen is None:
        folds = _deal_folds(block % cv, windows.shape[1] - 1)
    else:
        folds = [(np.flatnonzero(unseen), np.flatnonzero(~np.asarray(unseen, dtype=bool)))]
    accuracies = _accuracies(judge, windows, codes, made, asked, folds, max_samples, rng)
    return Bunch(
        field=field,
        field_values=values,
        real_accuracy=accuracies[0],
        generated_accuracy=accuracies[1],
        **_compare(windows, codes, made, asked, block % 2 == 1, n_components),
    )


def _read_values(field, n_windows, y, timestamps, conditions):
    """Return the sorted values of the field, and for each window the index of its value, or -1."""
    known = pd.DataFrame(index=range(n_windows))
    if conditions is not None:
        known = pd.DataFrame(conditions).reset_index(drop=True)
    if timestamps is not None:
        known[list(CALENDAR_FIELDS)] = calendar_fields(timestamps)
    if y is not None:
        known["y"] = np.asarray(y)
    missing = [name for name in field if name not in known]
    if missing:
        raise ValueError(f"field={missing[0]!r} is unknown; the fields of X are {list(known)}.")
    if len(known) != n_windows:
        raise ValueError(f"conditions has {len(known)} rows, but X has {n_windows} windows.")
    groups = known.groupby(list(field), observed=True).indices
    large = {value: rows for value, rows in groups.items() if len(rows) >= _LEAST_WINDOWS}
    if len(large) < 2:
        raise ValueError(
            f"field={field} must have two values with at least {_LEAST_WINDOWS} windows each, got {len(large)}."
        )
    codes = np.full(n_windows, -1)
    for code, rows in enumerate(large.values()):
        codes[rows] = code
    return [value if isinstance(value, tuple) else (value,) for value in large], codes


def _make(sampler, field, values, n_samples, shape, rng):
    """Return windows made for each value, and the index of each window's value."""
    made = []
    for value in values:
        prompt = dict(zip(field, value, strict=True))
        new = sampler.sample(n_samples, prompt=prompt, random_state=draw_seed(rng))
        made.append(np.asarray(new, dtype=float).reshape(n_samples, *shape[1:]))
    return np.concatenate(made), np.repeat(np.arange(len(values)), n_samples)


def _deal_folds(fold, distance):
    """Yield the rows to learn from, none within ``distance`` of those held out, and the held-out rows."""
    for k in np.unique(fold):
        held = fold == k
        near = np.convolve(held, np.ones(2 * distance + 1))[distance : distance + len(held)]
        yield np.flatnonzero(near < 0.5), np.flatnonzero(held)


def _accuracies(judge, windows, codes, made, asked, folds, max_samples, rng):
    """Return the accuracy, averaged over values, on held-out real and on generated windows."""
    real_right, made_right = [], []
    for learned, held in folds:
        learned, held = (rows[codes[rows] >= 0] for rows in (learned, held))
        if len(np.unique(codes[learned])) < 2 or not len(held):
            raise ValueError(
                "The windows to learn from have fewer than two values; change cv, block_length or unseen."
            )
        if max_samples is not None and len(learned) > max_samples:
            learned = rng.choice(learned, max_samples, replace=False)
        fitted = clone(judge).fit(window_features(windows[learned]), codes[learned])
        told = fitted.predict(window_features(windows[held])) == codes[held]
        real_right.append(pd.Series(told, index=codes[held]))
        told = fitted.predict(window_features(made)) == asked
        made_right.append(pd.Series(told, index=asked))
    shares = (pd.concat(right).groupby(level=0).mean() for right in (real_right, made_right))
    return tuple(float(share.mean()) for share in shares)


def _compare(windows, codes, made, asked, odd, n_components):
    """Return the divergences of generated windows and of half of the real ones, and which are closest."""
    sets = (windows.reshape(len(windows), -1), made.reshape(len(made), -1))
    real, synthetic = project_pair(*standardise_pair(*sets), n_components)
    own = np.arange(asked.max() + 1)
    divergences = _divergences(real, codes, synthetic, asked, len(own))
    halves = _divergences(real[odd], codes[odd], real[~odd], codes[~odd], len(own))
    return {
        "divergences": divergences,
        "real_divergences": halves,
        "closest": divergences.argmin(axis=1) == own,
        "real_closest": halves.argmin(axis=1) == own,
    }


def _divergences(real, codes, synthetic, asked, n_values):
    """Return KL(real‖synthetic), one row per prompted value, one column per real one."""
    periods = [real[codes == code] for code in range(n_values)]
    prompts = [synthetic[asked == code] for code in range(n_values)]
    divergences = np.full((n_values, n_values), np.inf)
    for (i, prompt), (j, period) in itertools.product(enumerate(prompts), enumerate(periods)):
        if min(len(period), len(prompt)) > 1:
            divergences[i, j] = normal_kl(fit_normal(period), fit_normal(prompt))
    return divergences
