"""Where new windows give themselves away, and what to try."""

import pandas as pd

from sktsgan.metrics import discrepancy_report

__all__ = ["rank_discrepancies", "what_to_try"]

_QUICK = {"lags": None, "cv": 2, "max_samples": 500, "max_pairs": None}
_FULL = {"lags": None, "cv": 3, "max_samples": 1000, "max_pairs": 10}
_KEYS = ["feature", "channel", "lag"]
_TELLING = 0.03  # above the floor

_ADVICE = {
    ("values", "level", "minimum", "maximum", "values at one step"): (
        "Values lie elsewhere. Look at the histogram of the channel. If both agree, real readings are rounded and new "
        "ones are not, or bounds are missed: round them, or pass constraints. If the floor is high too, periods "
        "differ: learn from more of them, or give fit the timestamps or conditions."
    ),
    ("exact zeros", "most common value", "values on the grid", "equal values"): (
        "Real readings repeat exact values. Give integers an integer dtype and codes a category dtype, and use "
        'constraints="auto", which keeps rules that always held.'
    ),
    ("repeats",): (
        "Real readings stand still. If the series was resampled or filled, learn from the raw readings."
    ),
    ("increments", "largest increment", "second differences", "roughness", "spectrum"): (
        "New windows are too smooth or too rough. Compare NeighborSampler and CopulaSampler, or train longer "
        "(max_iter); shorter windows are easier."
    ),
    ("autocorrelation", "increment autocorrelation"): (
        "Values depend on earlier ones in another way. Try longer training (max_iter), or windows that hold a whole "
        "cycle, such as a day."
    ),
    ("scale",): (
        "Windows vary too much or too little. If calm and busy periods alternate, name them: give fit labels, "
        "timestamps or conditions."
    ),
    ("spread", "increment correlation", "increments at one step"): (
        "Channels go together in another way. If they are tied by a rule, such as low <= high or a sum, pass it as "
        "constraints; leave out channels that follow from others."
    ),
}


def what_to_try(feature):
    """Return advice for a feature of the ranking."""
    return next((advice for names, advice in _ADVICE.items() if feature in names), "")


def rank_discrepancies(even, names, channels, detail, seed, n_rows):
    """Return the features by which a judge knows new windows best, beyond the floor.

    Parameters
    ----------
    even : tuple of ndarray
        The reference, other real windows and new ones.
    names : list of str
    channels : list of int
        The channels to look at.
    detail : {"quick", "full"}
    seed : int
    n_rows : int
        The most rows to return.

    Returns
    -------
    rows : list of dict
        ``feature``, ``channel``, ``lag``, ``accuracy``, ``floor`` (the accuracy for other real windows), ``real`` and
        ``new`` (mean of the feature's measure) and ``try``; only those that tell more than the floor.
    """
    reference, others, new = (X[:, :, channels] for X in even)
    options = dict(_QUICK if detail == "quick" else _FULL)
    n_steps = reference.shape[1]
    if detail == "quick":
        options["lags"] = [lag for lag in (1, 4) if lag < n_steps]
    options |= {"channel_names": [names[c] for c in channels], "random_state": seed}
    found = discrepancy_report(reference, new, **options)
    floor = discrepancy_report(reference, others, **options)
    table = found.merge(floor[[*_KEYS, "accuracy"]], on=_KEYS, how="left", suffixes=("", "_floor"))
    # among many channels, the pairs judged for the floor are others: the same relation of those is the floor
    alike = table.groupby("feature")["accuracy_floor"].transform("max")
    table["accuracy_floor"] = table["accuracy_floor"].fillna(alike)
    table["excess"] = table["accuracy"] - table["accuracy_floor"].fillna(0.5).clip(lower=0.5)
    table = table[table["excess"] > _TELLING].sort_values("excess", ascending=False, kind="stable")
    return [_row(row) for row in table.head(n_rows).itertuples()]


def _row(row):
    floor = row.accuracy_floor
    return {
        "feature": row.feature,
        "channel": row.channel,
        "lag": None if pd.isna(row.lag) else int(row.lag),
        "accuracy": float(row.accuracy),
        "floor": None if pd.isna(floor) else float(floor),
        "real": float(row.real),
        "new": float(row.synthetic),
        "try": what_to_try(row.feature),
    }
