"""New series: which dates are asked for, what they go on from, and the form in which they come back."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sktsgan._validation import check_count
from sktsgan.containers._categories import encode
from sktsgan.containers._long_series import get_index
from sktsgan.pipeline._training_series import weigh_places
from sktsgan.preprocessing._time_grid import check_timestamps, find_jumps, make_timestamps

__all__ = ["SeriesRequest", "check_panel", "draw_evenly", "read_initial", "read_request"]

_CHUNK = 4096  # steps whose places in the calendar are worked out together


@dataclass(frozen=True)
class SeriesRequest:
    """The steps of new series.

    Parameters
    ----------
    n_steps : int
    first : Timestamp or int
        Label of the first step.
    frequency : pandas.DateOffset or None
        One step; None if steps are numbered.
    """

    n_steps: int
    first: object
    frequency: object

    def labels(self, size):
        """Yield the labels of the steps, so many at a time."""
        first = self.first
        for done in range(0, self.n_steps, size):
            n = min(size, self.n_steps - done)
            if self.frequency is None:
                yield pd.RangeIndex(first + done, first + done + n)
                continue
            labels = make_timestamps(first, n + 1, self.frequency)
            first = labels[-1]
            yield labels[:-1]

    def place_of(self):
        """Return what tells the place of a step in the calendar, for steps in increasing order; None without dates."""
        if self.frequency is None:
            return None
        chunks = (weigh_places(labels) for labels in self.labels(_CHUNK))
        begin, places = -_CHUNK, None

        def place(step):
            nonlocal begin, places
            while step >= begin + _CHUNK:
                begin, places = begin + _CHUNK, next(chunks)
            return places[step - begin]

        return place


def read_request(form, times, length, start, end, initial):
    """Return the steps that are asked for.

    Parameters
    ----------
    form : RawForm
        Of the data seen in ``fit``.
    times : DatetimeIndex or None
        Those of the training series.
    length, start, end : object
        As given to ``sample_series``.
    initial : series or None
        What the new series go on from, checked.

    Raises
    ------
    ValueError
        If they name no steps, or steps that don't follow ``initial``.
    """
    if times is None:
        return _read_numbered(length, start, end, initial)
    if (length is None) == (end is None):
        raise ValueError(
            f"One of length and end must be given, got length={length!r} and end={end!r}."
        )
    last = get_index(initial)[-1] if initial is not None else times[-1]
    follows = make_timestamps(last, 2, form.frequency)[-1]
    first = follows
    if start is not None:
        first = _read_date("start", start, times)
        first = make_timestamps(first, 1, form.frequency)[0]  # business days begin after a weekend
        if initial is not None and first != follows:
            raise ValueError(
                f"start must be the step after initial, {follows}, or None, got {start!r}."
            )
    if length is not None:
        check_count("length", length)
        _check_reach(first, length, form.frequency)
        return SeriesRequest(length, first, form.frequency)
    last = _read_date("end", end, times)
    n_steps = len(pd.date_range(first, last, freq=form.frequency))
    if not n_steps:
        raise ValueError(f"end must not be before the first step, {first}, got {end!r}.")
    return SeriesRequest(n_steps, first, form.frequency)


def check_panel(n_series, n_entities, initial):
    """Return the number of new entities of a panel, and refuse what panels have no use for."""
    if n_series != 1:
        raise ValueError(
            f"n_series must be 1, since the pipeline was fitted on a panel, got {n_series!r}; n_entities says how many."
        )
    if initial is not None:
        raise ValueError(
            "initial must be None, since the pipeline was fitted on a panel; fit one on one entity to go on from it."
        )
    if n_entities is None:
        return 1
    check_count("n_entities", n_entities)
    return n_entities


def draw_evenly(n_values, n_draws, rng):
    """Return numbers below ``n_values`` in random order, each about as often as any other."""
    rounds = [rng.permutation(n_values) for _ in range(-(-n_draws // n_values))]
    return np.concatenate(rounds)[:n_draws]


def _read_numbered(length, start, end, initial):
    for name, value in (("start", start), ("end", end)):
        if value is not None:
            raise ValueError(
                f"{name} must be None, since the series seen in fit has no dates, got {value!r}."
            )
    check_count("length", length)
    index = get_index(initial) if initial is not None else None
    numbered = index is not None and pd.api.types.is_integer_dtype(index)
    return SeriesRequest(length, int(index[-1]) + 1 if numbered else 0, None)


def _read_date(name, value, times):
    """Return a date in the time zone of the training series."""
    try:
        date = pd.Timestamp(value) if not isinstance(value, pd.Period) else value.to_timestamp()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a date, got {value!r}: {error}") from None
    if isinstance(value, bool | int | float | np.number) or pd.isna(date):
        raise ValueError(f"{name} must be a date, got {value!r}.")
    if times.tz is None and date.tz is not None:
        raise ValueError(
            f"{name} must have no time zone, like the series seen in fit, got {value!r}."
        )
    if times.tz is not None:
        date = date.tz_localize(times.tz) if date.tz is None else date.tz_convert(times.tz)
    return date.as_unit(times.unit)


def _check_reach(first, length, frequency):
    try:
        first + length * frequency
    except (NotImplementedError, OverflowError, ValueError):
        raise ValueError(
            f"length must end before the last date that can be told, got {length!r} steps from {first}."
        ) from None


def read_initial(initial, form, times):
    """Return the table that series go on from with the columns of ``fit``, and its values, categories as places.

    Raises
    ------
    ValueError
        If it is empty or has other channels, missing values, or other steps than the series seen in ``fit``.
    """
    wrapping = form.wrapping
    columns = list(wrapping.columns) if wrapping.kind == "DataFrame" else [wrapping.columns]
    if wrapping.kind == "DataFrame":
        if not isinstance(initial, pd.DataFrame) or not set(columns) <= set(initial.columns):
            raise ValueError(
                f"initial must be a DataFrame with the columns {columns}, got "
                f"{list(getattr(initial, 'columns', [])) or type(initial).__name__}."
            )
        initial = initial[columns]
    elif wrapping.kind == "Series" and not isinstance(initial, pd.Series):
        raise ValueError(f"initial must be a Series, as in fit, got {type(initial).__name__}.")
    if times is not None:
        _check_dates(initial, form.frequency, times)
    categories = wrapping.categories or (None,) * len(columns)
    known = {c: own for c, own in zip(columns, categories, strict=True) if own is not None}
    table = encode(initial, known, "initial") if known else initial
    try:
        if hasattr(table, "iloc"):
            values = table.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            values = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"initial must hold numbers like the series seen in fit: {error}"
        ) from None
    if values.ndim != wrapping.n_axes or not len(values):
        raise ValueError(
            f"initial must have at least one row and {wrapping.n_axes} axes, as in fit, got the shape {values.shape}."
        )
    values = values.reshape(len(values), -1)
    if not np.isfinite(values).all():
        row = int(np.argmax(~np.isfinite(values).all(axis=1)))
        raise ValueError(
            f"initial must be finite and without missing values, got one in row {row}."
        )
    return initial, values


def _check_dates(initial, frequency, times):
    index = get_index(initial)
    if not isinstance(index, pd.DatetimeIndex) or str(index.tz) != str(times.tz):
        raise ValueError(
            f"initial must be indexed by dates in the time zone {times.tz}, as in fit, got {index!r:.80}."
        )
    check_timestamps(index, "initial")
    if len(index) and len(find_jumps(index, frequency, "initial")[0]):
        raise ValueError(f"initial must have steps of {frequency.freqstr} without gaps.")
