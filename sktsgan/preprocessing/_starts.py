"""Where windows start: lengths and strides as offsets of time, and phases of the calendar."""

import calendar
import re

import numpy as np
import pandas as pd

__all__ = ["check_offset", "check_phase", "choose_starts", "count_steps"]

_DAY = pd.Timedelta(days=1)
_WORDS = {"midnight": "00:00", "noon": "12:00"}
_MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}


def check_offset(name, value):
    """Return a number of steps as it is, and a length of time as a DateOffset; what is neither is a ValueError."""
    if isinstance(value, int | np.integer):
        return int(value)
    try:
        offset = pd.tseries.frequencies.to_offset(value)
    except (ValueError, TypeError):
        offset = None
    if offset is None or getattr(offset, "n", 1) < 1 or _fixed(offset) == pd.Timedelta(0):
        raise ValueError(
            f"{name} must be a number of time steps, or a length of time such as '1D' or '36h', got {value!r}."
        )
    return offset


def count_steps(name, value, frequency):
    """Return how many steps of a frequency a window or a stride has; a ValueError says if the number is not whole.

    Days are 24 hours and weeks seven days, whatever the clocks do.
    """
    offset = check_offset(name, value)
    if isinstance(offset, int):
        return offset
    value = value if isinstance(value, str) else offset.freqstr
    if frequency is None:
        raise ValueError(
            f"{name}={value!r} needs a DatetimeIndex or PeriodIndex on X; without one, {name} must be a number of "
            "time steps."
        )
    n_steps = _ratio(offset, frequency)
    if n_steps is None:
        raise ValueError(
            f"{name}={value!r} must be a whole number of the steps of X, which are {frequency.freqstr}."
        )
    return n_steps


def _ratio(offset, frequency):
    for measure in (_fixed, _months, _own_unit(frequency)):
        whole, part = measure(offset), measure(frequency)
        if whole is not None and part is not None:
            return whole // part if whole % part == part * 0 else None
    return None


def _fixed(offset):
    """Return the length of an offset, or None if it depends on the calendar."""
    if isinstance(offset, pd.offsets.Day):
        return offset.n * _DAY
    if isinstance(offset, pd.offsets.Week):
        return 7 * offset.n * _DAY
    return pd.Timedelta(offset) if isinstance(offset, pd.offsets.Tick) else None


def _months(offset):
    """Return how many months an offset has, or None."""
    if type(offset) is pd.DateOffset:
        known = set(offset.kwds) <= {"months", "years"} and offset.kwds
        return (
            offset.n * (offset.kwds.get("months", 0) + 12 * offset.kwds.get("years", 0))
            if known
            else None
        )
    unit = re.fullmatch("(Month|Quarter|Year)(Begin|End)", type(offset).__name__)
    return offset.n * _MONTHS[unit[1]] if unit else None


def _own_unit(frequency):
    return lambda offset: offset.n if type(offset) is type(frequency) else None


def check_phase(phase):
    """Return the weekday (0 is Monday) and the time of day of a phase, None where it leaves one open.

    What is neither is a ValueError.
    """
    weekday = time = None
    names = {name.lower(): i for i, name in enumerate(calendar.day_name)}
    words = phase.lower().split() if isinstance(phase, str) else []
    for word in words:
        word = _WORDS.get(word, word)
        clock = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", word)
        if word in names and weekday is None:
            weekday = names[word]
        elif clock and time is None:
            time = pd.Timedelta(hours=int(clock[1]), minutes=int(clock[2]))
        else:
            words = []
            break
    if not words:
        raise ValueError(
            "phase must be a time of day, a weekday or both, such as '00:00', 'Monday' or 'Monday 08:00', got "
            f"{phase!r}."
        )
    return weekday, time


def choose_starts(times, n_steps, window, stride, phase, frequency):
    """Return the steps of a stretch where windows start, increasing: a range if they are evenly spaced.

    Parameters
    ----------
    times : DatetimeIndex of shape (n_steps,) or None
    n_steps : int
    window : int
        Length of a window, in steps.
    stride : int or DateOffset
        Least distance from the start of a window to that of the next.
    phase : str or None
        Where in the week or the day windows may start.
    frequency : DateOffset or None
    """
    last = n_steps - window
    if last < 0:
        return range(0)
    stride = _plain_stride(stride, times, phase, frequency)
    if phase is None and isinstance(stride, int):
        return range(0, last + 1, stride)
    if times is None:
        name, value = ("stride", stride.freqstr) if phase is None else ("phase", phase)
        raise ValueError(f"{name}={value!r} needs a DatetimeIndex or PeriodIndex on X.")
    candidates = np.arange(last + 1) if phase is None else _match_phase(times[: last + 1], phase)
    if isinstance(stride, int):
        picked = _pick(candidates, lambda row: np.searchsorted(candidates, row + stride))
        return _as_range(candidates[picked])
    # the clocks of days are local; an hour that is repeated in autumn must not run backwards
    is_local = times.tz is not None and not _is_elapsed(stride)
    clock = times.tz_localize(None) if is_local else times
    stamps = pd.DatetimeIndex(np.maximum.accumulate(clock.as_unit("ns").asi8)[candidates])

    anchored = _is_anchored(stride)

    def follow(row):
        start = stamps[np.searchsorted(candidates, row)]
        return stamps.searchsorted((start.normalize() if anchored else start) + stride)

    first = _first_anchor(stamps, stride) if phase is None else 0
    return _as_range(candidates[_pick(candidates, follow, first)])


def _plain_stride(stride, times, phase, frequency):
    """Return a stride as a number of steps where that is the same on every day."""
    if isinstance(stride, int) or times is None:
        return stride
    local = times.tz is not None and not _is_elapsed(stride) and _is_elapsed(frequency)
    if phase is not None or local or _fixed(stride) is None:
        return stride
    return count_steps("stride", stride, frequency)


def _is_elapsed(offset):
    """Return whether an offset is elapsed time rather than days of the calendar."""
    return isinstance(offset, pd.offsets.Tick) and not isinstance(offset, pd.offsets.Day)


def _is_anchored(offset):
    """Return whether an offset leads to the beginning or the end of a month, quarter or year."""
    return _months(offset) is not None and type(offset) is not pd.DateOffset


def _first_anchor(stamps, stride):
    """Return the place of the first start: where a month begins, for a stride of months, else the first step."""
    if not len(stamps) or not _is_anchored(stride):
        return 0
    day = stamps[0].normalize()
    if day == stamps[0] and stride.is_on_offset(day):
        return 0
    return stamps.searchsorted(stride.rollforward(day + _DAY))


def _match_phase(times, phase):
    """Return the steps, increasing, at which a phase comes: one a day at most."""
    weekday, time = check_phase(phase)
    wall = times.tz_localize(None)
    days = wall.normalize()
    rows = np.arange(len(times))
    if time is not None:
        rows = rows[np.asarray(wall - days == time)]
    if weekday is not None:
        rows = rows[np.asarray(wall.day_of_week)[rows] == weekday]
    numbers = days.asi8[rows]
    is_first = np.append(True, numbers[1:] != numbers[:-1])[: len(rows)]
    return rows[is_first]


def _pick(candidates, follow, place=0):
    """Return places of candidates, each the one that follows the one before."""
    picked = []
    while place < len(candidates):
        picked.append(place)
        place = follow(candidates[place])
    return picked


def _as_range(rows):
    rows = np.asarray(rows, dtype=np.int64)
    steps = np.diff(rows)
    if not len(rows):
        return range(0)
    if len(rows) == 1 or (steps == steps[0]).all():
        step = int(steps[0]) if len(steps) else 1
        return range(int(rows[0]), int(rows[-1]) + 1, step)
    return rows
