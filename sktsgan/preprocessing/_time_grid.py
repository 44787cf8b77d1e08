"""Timestamps as steps of a regular grid: the frequency, and where steps are missing."""

import numpy as np
import pandas as pd

_DAY = pd.Timedelta(days=1)


def check_timestamps(index, name):
    """Raise a ValueError that names the series unless its timestamps are known and strictly increasing."""
    if index.hasnans:
        row = int(np.argmax(index.isna()))
        raise ValueError(f"The timestamps of {name} must be known, but row {row} has NaT.")
    if index.is_monotonic_increasing and index.is_unique:
        return
    steps = np.diff(index.asi8)
    row = int(np.argmax(steps <= 0)) + 1
    if steps[row - 1] == 0:
        raise ValueError(
            f"The timestamps of {name} must be unique, but rows {row - 1} and {row} both have "
            f"{index[row]}."
        )
    raise ValueError(
        f"The timestamps of {name} must increase, but row {row} ({index[row]}) comes before "
        f"row {row - 1} ({index[row - 1]})."
    )


def infer_frequency(index, name):
    """Return the step of a time grid on which every timestamp lies; steps of it may be missing.

    It is ``index.freq`` if that is set. Otherwise it is the most common step, in the calendar of the time zone for days
    and months and in elapsed time below a day; None for fewer than two timestamps. If no such grid fits the strictly
    increasing timestamps, a ValueError names the series.
    """
    if index.freq is not None:
        return index.freq
    if len(index) < 2:
        return None
    first = None
    for frequency in _candidates(index):
        if frequency is None:
            continue
        rows, counts = _jumps(index, frequency)
        if (counts > 0).all():
            return frequency
        first = first or _off_grid(index, frequency, rows, counts, name)
    raise first


def find_jumps(index, frequency, name):
    """Return the rows that do not come exactly one step after the row above, and how many steps they come after it.

    Timestamps are strictly increasing; the frequency is None if there is only one. A timestamp that is not a whole
    number of steps after the one above it is a ValueError that names the series.
    """
    if frequency is None or index.freq == frequency:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    rows, counts = _jumps(index, frequency)
    if (counts <= 0).any():
        raise _off_grid(index, frequency, rows, counts, name)
    return rows, counts


def make_timestamps(start, n_steps, frequency):
    """Return the timestamps of a stretch without gaps, in the resolution of its start."""
    return pd.date_range(start, periods=n_steps, freq=frequency).as_unit(start.unit)


def _off_grid(index, frequency, rows, counts, name):
    row = int(rows[np.argmax(counts <= 0)])
    return ValueError(
        f"The timestamps of {name} must be whole steps of {frequency.freqstr} apart, but row {row} "
        f"({index[row]}) is not a whole number of steps after row {row - 1} ({index[row - 1]})."
    )


def _jumps(index, frequency):
    """Return rows that are not one step after the row above, and their steps; 0 or less if off the grid."""
    if isinstance(frequency, pd.offsets.Day):  # a day in local time, which may have 23 or 25 hours
        return _fixed_jumps(index.tz_localize(None), frequency.n * _DAY)
    if isinstance(frequency, pd.offsets.Tick):
        return _fixed_jumps(index, pd.Timedelta(frequency))
    places = pd.date_range(index[0], index[-1], freq=frequency).get_indexer(index)
    counts = np.diff(places)
    counts[(places[1:] < 0) | (places[:-1] < 0)] = 0
    rows = np.flatnonzero(counts != 1)
    return rows + 1, counts[rows]


def _fixed_jumps(clock, step):
    tick = pd.Timedelta(1, clock.unit)
    if step % tick:  # a step finer than the index's own resolution
        clock, tick = clock.as_unit("ns"), pd.Timedelta(1, "ns")
    size = step // tick
    elapsed = np.diff(clock.asi8)
    rows = np.flatnonzero(elapsed != size)  # usually few
    counts, rest = np.divmod(elapsed[rows], size)
    return rows + 1, np.where(rest == 0, counts, 0)


def _candidates(index):
    """Yield frequencies to try: the most common step first, then steps uneven in the calendar."""
    wall = index.tz_localize(None)
    on_wall = _most_common(np.diff(wall.asi8)) * pd.Timedelta(1, index.unit)
    elapsed = _most_common(np.diff(index.asi8)) * pd.Timedelta(1, index.unit)
    days = on_wall // _DAY if on_wall % _DAY == pd.Timedelta(0) else 0
    if days == 1 and (wall.day_of_week < 5).all() and wall[-1] - wall[0] > 5 * _DAY:
        yield pd.offsets.BusinessDay()  # more than a week, and never a weekend
    if days > 0:
        yield pd.offsets.Day(days)
    yield pd.tseries.frequencies.to_offset(elapsed)
    yield pd.DatetimeIndex(index, freq="infer").freq
    yield _month_frequency(wall)


def _month_frequency(wall):
    """Return a frequency of months, which pandas infers only if none is missing."""
    months = _most_common(np.diff(wall.year * 12 + wall.month))
    if months < 1:
        return None
    if (wall.day == 1).all():
        return pd.offsets.MonthBegin(months)
    if wall.is_month_end.all():
        return pd.offsets.MonthEnd(months)
    return pd.DateOffset(months=months)


def _most_common(values):
    if (values == values[0]).all():  # the usual case, which needs no sorting
        return int(values[0])
    unique, counts = np.unique(values, return_counts=True)
    return int(unique[np.argmax(counts)])
