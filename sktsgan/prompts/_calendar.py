"""Timestamps as fields of the calendar, and as places on its circles."""

from collections.abc import Mapping, Set

import numpy as np
import pandas as pd
from pandas.api.types import is_list_like

__all__ = ["CALENDAR_FIELDS", "calendar_fields", "calendar_places", "read_timestamps"]

CALENDAR_FIELDS = (
    "year",
    "quarter",
    "month",
    "half_month",
    "week",
    "day",
    "weekday",
    "hour",
    "minute",
)

_PLAIN = ("year", "quarter", "month", "day", "hour", "minute")  # as pandas has them
# How finely a circle is told apart: three harmonics place seven days exactly, four the quarters and, nearly, months.
_HARMONICS = {"year": 4, "week": 3, "day": 6}


def calendar_fields(timestamps):
    """Return the fields of the calendar that prompts can name.

    Parameters
    ----------
    timestamps : DatetimeIndex of shape (n_items,)
        Those of a time zone count by its clocks.

    Returns
    -------
    fields : DataFrame of shape (n_items, 9)
        Whole numbers: ``year``; ``quarter`` 1 to 4; ``month`` 1 to 12; ``half_month``, 1 up to the fifteenth day
        and 2 from the sixteenth on; ``week`` 1 to 53 of ISO 8601; ``day`` of the month; ``weekday``, 0 on
        Monday; ``hour``; ``minute``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sktsgan.prompts import calendar_fields
    >>> calendar_fields(pd.DatetimeIndex(["2017-01-16 08:00"])).loc[0].tolist()
    [2017, 1, 1, 2, 3, 16, 0, 8, 0]
    """
    values = {name: getattr(timestamps, name) for name in _PLAIN}
    values["half_month"] = np.where(timestamps.day <= 15, 1, 2)
    values["week"] = timestamps.isocalendar()["week"].to_numpy()
    values["weekday"] = timestamps.day_of_week
    return pd.DataFrame({name: np.asarray(values[name], dtype=int) for name in CALENDAR_FIELDS})


def calendar_places(timestamps):
    """Return where timestamps are on the circles of the year, the week and the day, and their year.

    The result has the shape (n_items, 27): the year as a number, then cosine and sine of each circle's harmonics, four
    of the year, three of the week, six of the day.
    """
    clock = timestamps.tz_localize(None)
    day = ((clock - clock.normalize()) / pd.Timedelta(days=1)).to_numpy()
    turns = {
        "year": (clock.day_of_year + day - 1) / np.where(clock.is_leap_year, 366, 365),
        "week": clock.day_of_week / 7,
        "day": day,
    }
    columns = [np.asarray(clock.year, dtype=float)]
    for circle, n_harmonics in _HARMONICS.items():
        for harmonic in range(1, n_harmonics + 1):
            angle = 2 * np.pi * harmonic * np.asarray(turns[circle], dtype=float)
            columns += [np.cos(angle), np.sin(angle)]
    return np.stack(columns, axis=1)


def read_timestamps(X, timestamps, n_items, noun="windows"):
    """Return when each item starts.

    Parameters
    ----------
    X : array-like or DataFrame
        A DatetimeIndex or PeriodIndex on it counts as timestamps where none are given; of an index of two levels,
        entity and time, the second.
    timestamps : array-like of shape (n_items,) or None
    n_items : int
    noun : str, default="windows"
        What errors call the items.

    Returns
    -------
    timestamps : DatetimeIndex or None

    Raises
    ------
    ValueError
        If there is not one for each item, one is missing, or they are numbers.
    """
    if timestamps is None:
        index = getattr(X, "index", None)  # of a list: a method
        if isinstance(index, pd.MultiIndex):
            index = index.get_level_values(-1)
        if not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
            return None
        timestamps = index
    if isinstance(timestamps, pd.PeriodIndex):
        timestamps = timestamps.to_timestamp()
    name = getattr(timestamps, "name", None)
    rule = "timestamps must hold dates or times, one for each item"
    if not is_list_like(timestamps):
        raise ValueError(f"{rule}, got {timestamps!r:.60}.")
    if isinstance(timestamps, Set | Mapping):
        raise ValueError(f"{rule}, got a {type(timestamps).__name__}, which has no order of items.")
    if getattr(timestamps, "ndim", 1) != 1:
        raise ValueError(f"{rule}, got an array of {timestamps.ndim} axes.")
    _refuse_numbers(timestamps)
    try:
        timestamps = pd.DatetimeIndex(timestamps, name=name)
    except (OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"{rule}: {error}") from None
    if len(timestamps) != n_items:
        raise ValueError(f"timestamps has {len(timestamps)} entries, but X has {n_items} {noun}.")
    if timestamps.hasnans:
        raise ValueError("timestamps must not be missing, got NaT.")
    return timestamps


def _refuse_numbers(timestamps):
    """Refuse numbers, which pandas would read as nanoseconds since 1970, and may be seconds, days or row numbers."""
    kind = pd.api.types.infer_dtype(timestamps, skipna=True)
    if "integer" in kind or kind in ("floating", "decimal", "boolean"):
        first = next(iter(timestamps), None)
        raise ValueError(
            f"timestamps must hold dates or times, got numbers, the first {first}; convert those that count from "
            "1970 by pandas.to_datetime(timestamps, unit=...)."
        )
