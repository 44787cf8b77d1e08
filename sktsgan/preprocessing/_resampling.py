"""Irregular series on a regular grid, by an explicit rule."""

import pandas as pd

from sktsgan.containers._categories import holds_categories

__all__ = ["check_rule", "resample"]


def check_rule(rule):
    """Return the rule of a regular grid as a DateOffset; what is none is a ValueError."""
    try:
        return pd.tseries.frequencies.to_offset(rule)
    except (ValueError, TypeError):
        raise ValueError(
            f"resample must be the length of a time step, such as '10min' or '1D', got {rule!r}."
        ) from None


def resample(series, rule, name):
    """Return the mean of the readings within each step of a regular grid; steps without a reading are left out.

    Of categories, texts and booleans it is the last one. A series without timestamps, or with missing ones, is a
    ValueError that names it.
    """
    index = getattr(series, "index", None)
    if isinstance(index, pd.PeriodIndex):
        series = series.set_axis(index.to_timestamp(), axis=0)
    elif not isinstance(index, pd.DatetimeIndex):
        raise ValueError(
            f"resample={rule!r} needs a DatetimeIndex or PeriodIndex on {name}, which has none."
        )
    if series.index.hasnans:
        raise ValueError(
            f"The timestamps of {name} must be known to resample it, but some are NaT."
        )
    steps = series.resample(rule)
    known = (steps.size() > 0).to_numpy()
    if isinstance(series, pd.Series):
        return (steps.last() if holds_categories(series) else steps.mean())[known]
    whole = [column for column in series if holds_categories(series[column])]
    if not whole:
        return steps.mean()[known]
    numbers = series.drop(columns=whole).resample(rule).mean()
    return numbers.join(series[whole].resample(rule).last())[list(series.columns)][known]
