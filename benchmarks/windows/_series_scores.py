"""Scores of long series: their windows, their seams, and what only a long series shows."""

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.windows import _zoo_judges
from benchmarks.windows._zoo_judges import judge
from sktsgan.metrics import classifier_two_sample_score

__all__ = ["compare_courses", "judge_seams", "judge_windows", "take_windows"]

_SEAM_WINDOW = 8  # steps; longer ones would nearly all have a seam within
_N_LAGS = 24
_WEEK = pd.Timedelta(days=7)
_UNDATED_WEEK = 168  # steps
_MAX_VALUES = 50_000  # of a channel, in the distance of two distributions


def take_windows(series, n_windows, window, rng):
    """Return windows at arbitrary places of series of shape (n_series, n_steps, n_channels)."""
    which = rng.integers(len(series), size=n_windows)
    starts = rng.integers(series.shape[1] - window + 1, size=n_windows)
    return series[which[:, None], starts[:, None] + np.arange(window)]


def judge_windows(blocks, made, seed, max_samples):
    """Return c2, rk, mia and nn of windows; judges see at most ``max_samples`` of each set."""
    rng = np.random.default_rng(seed)
    thinned = [
        windows[rng.permutation(len(windows))[:max_samples]]
        for windows in (blocks.train, blocks.first, blocks.second, made)
    ]
    return judge(type(blocks)(*thinned[:3]), thinned[3], seed)


def judge_seams(series, seams, seed):
    """Return how well windows across seams are told from those within blocks: .5 is best.

    There is one of each for every block, so that none shares a step with another. Each series is judged by itself:
    of many series that follow the same training moments, a judge knows windows within blocks by heart. (Of 20 years,
    it tells them from others within blocks by .62.)
    """
    return float(np.mean([_judge_seams(one, seams, seed) for one in series]))


def _judge_seams(series, seams, seed):
    rng, length = np.random.default_rng(seed), _SEAM_WINDOW
    lengths = np.diff(seams)
    begins = seams[:-1][lengths >= 2 * length]
    lengths = lengths[lengths >= 2 * length]
    across = begins - length // 2
    # a window that begins where a block does has no seam within
    free = lengths - length - length // 2
    within = (
        begins + length // 2 + (rng.random(across.shape) * (free - length // 2 + 1)).astype(int)
    )
    sets = []
    for places in (within, across):
        sets.append(series[places[:, None] + np.arange(length)])
    judges = HistGradientBoostingClassifier(max_iter=_zoo_judges._ROUNDS)
    return classifier_two_sample_score(
        *sets, classifier=judges, max_samples=None, random_state=seed
    )


def compare_courses(real, real_times, made, times, scale):
    """Return how series differ in distribution, autocorrelation, profiles and level.

    Parameters
    ----------
    real : ndarray of shape (n_steps, n_channels)
    real_times, times : Index of shape (n_steps,)
    made : ndarray of shape (n_series, n_made_steps, n_channels)
    scale : ndarray of shape (n_channels,)
        Standard deviations that differences are measured in.

    Returns
    -------
    scores : dict of float
        Means over channels.
    """
    flat = made.reshape(-1, made.shape[2])
    every = -(-len(flat) // _MAX_VALUES)
    pairs = zip(real.T, flat[::every].T, strict=True)
    distances = [ks_2samp(*pair, method="asymp").statistic for pair in pairs]
    lags = _lags(real_times, min(len(real), made.shape[1]))
    theirs = np.mean([_autocorrelations(one, lags) for one in made], axis=0)
    levels = made.mean(axis=1) / scale
    return {
        "ks": float(np.mean(distances)),
        "acf": float(np.abs(_autocorrelations(real, lags) - theirs).mean()),
        "sd": float(np.mean(flat.std(axis=0) / scale)),
        "levels": float(levels.std(axis=0, ddof=1).mean()) if len(made) > 1 else np.nan,
        **_compare_profiles(real / scale, real_times, made / scale, times),
    }


def _lags(times, n_steps):
    week = _UNDATED_WEEK
    if isinstance(times, pd.DatetimeIndex):
        week = int(_WEEK / times.to_series().diff().median())
    most = min(week, n_steps // 4)
    return np.unique(np.geomspace(1, most, _N_LAGS).round().astype(int))


def _autocorrelations(series, lags):
    centred = series - series.mean(axis=0)
    variance = np.maximum((centred**2).mean(axis=0), 1e-12)
    return np.array([(centred[lag:] * centred[:-lag]).mean(axis=0) / variance for lag in lags])


def _compare_profiles(real, real_times, made, times):
    """Return the root mean square difference of the profiles of the day, the week and the year."""
    if not isinstance(times, pd.DatetimeIndex):
        return {}
    keys = {
        "day": lambda index: index.hour * 60 + index.minute,
        "week": lambda index: index.day_of_week,
        "year": lambda index: index.month,
    }
    mean, scores = pd.DataFrame(made.mean(axis=0), index=times), {}
    for name, key in keys.items():
        profiles = []
        for table in (pd.DataFrame(real, index=real_times), mean):
            profile = table.groupby(np.asarray(key(table.index))).mean()
            # how high the whole level is, only the year tells
            profiles.append(profile if name == "year" else profile - profile.mean())
        difference = (profiles[0] - profiles[1]).dropna().to_numpy()
        scores[name] = float(np.sqrt((difference**2).mean())) if difference.size else np.nan
    return scores
