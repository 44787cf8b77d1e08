"""Do generated windows show what the prompt asked for?"""

import numbers

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.utils import Bunch, check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_windows
from sktsgan.metrics._draws import unwrap_pipeline
from sktsgan.metrics._plane import fit_normal, normal_kl, standardise_pair
from sktsgan.metrics._two_sample import seeded_judge, window_features
from sktsgan.prompts._calendar import CALENDAR_FIELDS, calendar_fields, read_timestamps

__all__ = ["prompt_fidelity"]

_LEAST_WINDOWS = 10  # of a value


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
    """Tell whether generated windows are like the real ones of what their prompt asked for.

    A classifier learns on real windows to tell the values of a field apart, such as the months; it is asked
    about real windows of other times and about generated ones. And normal distributions are fitted to the windows
    of each prompt and of each real period, as in :func:`distribution_kl_divergence`.

    Parameters
    ----------
    sampler : sampler or Pipeline
        Fitted with the field among its conditions.
    X : array-like or DataFrame of shape (n_windows, n_timesteps, n_channels) or flat
        Real windows in the order of time, of stride 1 or independent.
    field : str or tuple of str, default="month"
        A field of the calendar, ``"y"``, a column of ``conditions``, or several of them, whose combinations then
        count: ``("month", "half_month")``.
    y : array-like of shape (n_windows,), default=None
        Class labels of ``X``, for the field ``"y"``.
    timestamps : array-like of shape (n_windows,), default=None
        Starts of the windows, for fields of the calendar. A DatetimeIndex of ``X`` counts where none are given.
    conditions : DataFrame of shape (n_windows, n_conditions), default=None
        For its columns.
    unseen : array-like of bool of shape (n_windows,), default=None
        Which windows the sampler was not fitted on; they should share no step with the others. The classifier then
        learns from these alone and is asked about the others: they are as new to it as what is generated.
    n_samples : int, default=500
        Windows made for each value.
    classifier : scikit-learn classifier, default=None
        Learns from the flattened windows and their first differences; it is cloned. By default an
        :class:`~sklearn.ensemble.ExtraTreesClassifier` of 200 trees.
    block_length : int, default=None
        Real windows are held out in blocks of so many, every ``cv``-th at a time; None takes twice ``n_timesteps``.
        The ``n_timesteps`` - 1 windows on either side of a block, which share steps with it, are left out of the
        training. Not used where ``unseen`` is given.
    cv : int, default=5
        Number of folds, at least 2. Not used where ``unseen`` is given.
    max_samples : int or None, default=5000
        The classifier learns from at most so many windows.
    n_components : int, default=2
        Principal components in which the normals are fitted.
    n_channels : int, default=None
        Channels of flat windows.
    random_state : int, RandomState instance or None, default=None
        Rules the windows made, those learned from, and the classifier.

    Returns
    -------
    fidelity : :class:`~sklearn.utils.Bunch`
        With the attributes

        field : tuple of str
            What prompts name.
        field_values : list of tuple of length n_values
            Those that ten windows at least have, sorted.
        real_accuracy, generated_accuracy : float
            Share of the held-out real and of the generated windows whose value the classifier tells, the mean over
            values; in [0, 1]. **The best generated accuracy is the real one.**
        divergences : ndarray of shape (n_values, n_values)
            KL(real period‖prompt) in nats, a row for each prompt, a column for each real period.
        real_divergences : ndarray of shape (n_values, n_values)
            The same where the windows of every other block stand for the generated ones: what can be told at all.
        closest, real_closest : ndarray of bool of shape (n_values,)
            Whether the smallest divergence of a row is that of its own period.

    Raises
    ------
    ValueError
        If the field is not known of ``X``, fewer than two values have ten windows, or the folds leave nothing to
        learn from.

    See Also
    --------
    sktsgan.plotting.PromptFidelityDisplay : The divergences as a picture.

    Notes
    -----
    A sampler that has seen all of ``X`` knows of time that the classifier does not: windows made for a month are
    spread over what the classifier learned from and what was held out, so that they may be told more easily
    than held-out real ones. ``unseen`` takes that advantage away.

    Examples
    --------
    >>> from sktsgan import CopulaSampler, Windowizer
    >>> from sktsgan.datasets import make_seasonal_series
    >>> from sktsgan.metrics import prompt_fidelity
    >>> series = make_seasonal_series(800, frequency="D", random_state=0)
    >>> windows = Windowizer(7).set_output(transform="pandas").fit_transform(series)
    >>> sampler = CopulaSampler(n_channels=3, random_state=0).fit(windows)
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
    """Return the values of the field, sorted, and the place of each window's among them, or -1."""
    known = pd.DataFrame(index=range(n_windows))
    if conditions is not None:
        known = pd.DataFrame(conditions).reset_index(drop=True)
    if timestamps is not None:
        known[list(CALENDAR_FIELDS)] = calendar_fields(timestamps)
    if y is not None:
        known["y"] = np.asarray(y)
    missing = [name for name in field if name not in known]
    if missing:
        raise ValueError(f"field={missing[0]!r} is not known of X; known are {list(known)}.")
    if len(known) != n_windows:
        raise ValueError(f"conditions has {len(known)} rows, but X has {n_windows} windows.")
    groups = known.groupby(list(field), observed=True).indices
    large = {value: rows for value, rows in groups.items() if len(rows) >= _LEAST_WINDOWS}
    if len(large) < 2:
        raise ValueError(
            f"field={field} needs two values that {_LEAST_WINDOWS} windows have at least, got {len(large)}."
        )
    codes = np.full(n_windows, -1)
    for code, rows in enumerate(large.values()):
        codes[rows] = code
    return [value if isinstance(value, tuple) else (value,) for value in large], codes


def _make(sampler, field, values, n_samples, shape, rng):
    """Return windows made for each value, and the places of the values asked for."""
    made = []
    for value in values:
        prompt = dict(zip(field, value, strict=True))
        new = sampler.sample(n_samples, prompt=prompt, random_state=draw_seed(rng))
        made.append(np.asarray(new, dtype=float).reshape(n_samples, *shape[1:]))
    return np.concatenate(made), np.repeat(np.arange(len(values)), n_samples)


def _deal_folds(fold, distance):
    """Yield what is learned from and what is held out: not the windows within a distance of those held out."""
    for k in np.unique(fold):
        held = fold == k
        near = np.convolve(held, np.ones(2 * distance + 1))[distance : distance + len(held)]
        yield np.flatnonzero(near < 0.5), np.flatnonzero(held)


def _accuracies(judge, windows, codes, made, asked, folds, max_samples, rng):
    """Return the mean over values of the share told right, of held-out real and of generated windows."""
    real_right, made_right = [], []
    for learned, held in folds:
        learned, held = (rows[codes[rows] >= 0] for rows in (learned, held))
        if len(np.unique(codes[learned])) < 2 or not len(held):
            raise ValueError(
                "The windows to learn from have fewer than two values; choose other cv, block_length or unseen."
            )
        if max_samples is not None and len(learned) > max_samples:
            learned = rng.choice(learned, max_samples, replace=False)
        fitted = clone(judge).fit(window_features(windows[learned]), codes[learned])
        told = fitted.predict(window_features(windows[held])) == codes[held]
        real_right.append(pd.Series(told, index=codes[held]))
        told = fitted.predict(window_features(made)) == asked
        made_right.append(pd.Series(told, index=asked))
    return tuple(float(_mean_recall(right)) for right in (real_right, made_right))


def _mean_recall(right):
    """Return the mean over values of how often each was told, from whether each window was."""
    return pd.concat(right).groupby(level=0).mean().mean()


def _compare(windows, codes, made, asked, odd, n_components):
    """Return the divergences of generated windows and of half of the real ones, and whose are closest."""
    real, synthetic = standardise_pair(
        windows.reshape(len(windows), -1), made.reshape(len(made), -1)
    )
    pca = PCA(min(n_components, *real.shape), random_state=0).fit(real)
    real, synthetic = pca.transform(real), pca.transform(synthetic)
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
    """Return KL(real‖synthetic), a row for each asked value, a column for each real one."""
    periods = [real[codes == code] for code in range(n_values)]
    prompts = [synthetic[asked == code] for code in range(n_values)]
    return np.array(
        [
            [
                normal_kl(fit_normal(period), fit_normal(prompt))
                if min(len(period), len(prompt)) > 1
                else np.inf
                for period in periods
            ]
            for prompt in prompts
        ]
    )
