"""Which rows of the table of conditions agree with a prompt."""

import numpy as np
import pandas as pd

from sktsgan.prompts._calendar import CALENDAR_FIELDS
from sktsgan.prompts._conditions import to_zone
from sktsgan.prompts._moments import MomentFinder
from sktsgan.prompts._periods import parse_period

__all__ = ["RowFinder", "describe_known", "is_open"]

_NEAREST_SHARE = 0.02
_LEAST_NEAREST = 10
_SHOWN = 20  # values that an error lists
_PERIODS = (
    "January",
    "first half of January",
    "January 5",
    "Monday",
    "weekend",
    "8:00",
    "8am",
    "Q1",
)
_PERIODS += ("2017-03", "2017-W05", "2017-03-05 08:00")


class RowFinder:
    """Find the rows that agree with single prompts.

    Parameters
    ----------
    table : ConditionTable
    name : str
        What errors call the sampler.
    kinds : sequence of callable
        The kinds of prompts that are no dicts.
    exact : dict of str to callable
        Fields that a new item has just as asked, and what checks a value of each.
    """

    def __init__(self, table, name, kinds, exact):
        self.table = table
        self.name = name
        self.kinds = kinds
        self.exact = exact
        self._codes = {}
        self._moments = None if table.timestamps is None else MomentFinder(table.timestamps)

    def read(self, prompt):
        """Return the rows that agree, and a dict of the fields that the item has just as asked."""
        asked = self._asked(prompt)
        exact = self._take_exact(asked)
        if self.table.is_empty and (asked or "timestamp" in exact):
            raise ValueError(
                f"prompt={prompt!r} asks for a condition, but {self.name} was fitted without y, timestamps and "
                "conditions."
            )
        if "timestamp" in exact:
            exact["timestamp"] = self._read_start(prompt, exact["timestamp"])
        numbers, agree = {}, None
        for key, value in asked.items():
            if key in self.table.frame and key not in self.table.values:
                numbers[key] = value
            else:
                own = self._agree(prompt, key, value)
                agree = own if agree is None else agree & own
        rows = None if agree is None else np.flatnonzero(agree)
        if rows is not None and not len(rows):
            raise self._unknown(prompt)
        if numbers:
            rows = np.arange(len(self.table)) if rows is None else rows
            rows = self._nearest_numbers(prompt, rows, numbers)
        if "timestamp" in exact:
            return self._moments.find(exact["timestamp"], rows), exact
        return np.arange(len(self.table)) if rows is None else rows, exact

    def _asked(self, prompt):
        """Return a prompt as a new dict of what it asks for."""
        if prompt is None:
            return {}
        if isinstance(prompt, dict):
            return self._check_fields(dict(prompt))
        if isinstance(prompt, np.datetime64):
            prompt = pd.Timestamp(prompt)
        prompt = prompt.item() if isinstance(prompt, np.generic) else prompt
        for read in self.kinds:
            asked = read(prompt, self.table)
            if asked is not None:
                return dict(asked)
        if self.table.is_empty:
            return {"y": prompt}  # which is refused
        if isinstance(prompt, str) and self.table.timestamps is not None:
            raise ValueError(
                f"prompt={prompt!r} was not understood. A period reads like {', '.join(map(repr, _PERIODS))}; known "
                f"from fit: {describe_known(self.table)}."
            )
        raise self._unknown(prompt)

    def _check_fields(self, asked):
        if "label" in asked and "label" not in self.table.frame:
            if "y" in asked:
                raise ValueError(
                    f"prompt must name the class by 'label' or by 'y', got both: {asked!r}."
                )
            asked["y"] = asked.pop("label")
        for key, value in asked.items():
            if key not in self.exact and not pd.api.types.is_scalar(value):
                raise ValueError(
                    f"prompt[{key!r}] must be one value, got {value!r}; a DataFrame has a row for each item."
                )
        return {k: v for k, v in asked.items() if k in self.exact or not pd.isna(v)}

    def _take_exact(self, asked):
        """Take the fields out that an item has just as asked; one that is a condition too stays beside."""
        exact = {}
        for key in ("timestamp", *self.exact):
            if key not in asked:
                continue
            value = asked.pop(key)
            if key == "timestamp":
                exact |= {} if value is None else {key: value}
            elif not is_open(value):
                exact[key] = self.exact[key](value)
                asked |= {key: value} if key in self.table.frame else {}
        return exact

    def _agree(self, prompt, key, value):
        """Return which rows have a value of a class, a calendar field or a period."""
        table = self.table
        if key in table.values:
            codes, numbers = self._read_codes(key)
            try:
                number = numbers.get(value)
            except TypeError:  # what can't be hashed is no label
                number = None
            if number is None:
                raise self._unknown(prompt, key, value)
            return codes == number
        if table.fields is not None and key == "between":
            return self._is_between(prompt, value)
        if table.fields is not None and key in CALENDAR_FIELDS:
            if isinstance(value, str):
                value = (parse_period(value) or {}).get(key, value)
            values = value if isinstance(value, tuple) else (value,)
            agree = table.fields[key].isin(values).to_numpy()
            if agree.any():
                return agree
        raise self._unknown(prompt, key, value)

    def _read_codes(self, key):
        """Return the class of each row as an integer, and the integer of each class."""
        if key not in self._codes:
            numbers = {label: i for i, label in enumerate(self.table.values[key])}
            self._codes[key] = self.table.codes(key), numbers
        return self._codes[key]

    def _is_between(self, prompt, between):
        """Return which rows start in a period, by their clocks unless it has a time zone."""
        starts = self.table.timestamps
        try:
            first, last = map(pd.Timestamp, between)
        except (TypeError, ValueError):
            raise self._unknown(prompt, "between", between) from None
        if first.tz is None:
            starts = starts.tz_localize(None)
        else:
            first, last = to_zone(first, starts.tz), to_zone(last, starts.tz)
        return np.asarray((starts >= first) & (starts <= last))

    def _nearest_numbers(self, prompt, rows, numbers):
        """Return the rows whose numbers are nearest: 2 % of the training items, ten at least."""
        distance = np.zeros(len(rows))
        for key, value in numbers.items():
            own = self.table.frame[key].to_numpy(dtype=float)
            try:
                distance += ((own[rows] - float(value)) / own.std()) ** 2
            except (OverflowError, TypeError, ValueError):
                raise self._unknown(prompt, key, value) from None
        if not np.isfinite(distance).all():
            raise self._unknown(prompt)
        n_nearest = min(len(rows), max(_LEAST_NEAREST, round(_NEAREST_SHARE * len(self.table))))
        return rows[distance <= np.partition(distance, n_nearest - 1)[n_nearest - 1]]

    def _read_start(self, prompt, start):
        """Return a timestamp of a year that was seen."""
        if self.table.timestamps is None:
            raise self._unknown(prompt)
        try:
            moment = pd.Timestamp(start)
        except (OverflowError, TypeError, ValueError):
            raise self._unknown(prompt, "timestamp", start) from None
        try:
            start = to_zone(moment, self.table.timestamps.tz)
        except ValueError as error:
            raise ValueError(f"prompt={prompt!r} is no start of an item: {error}") from None
        if start is pd.NaT or start.year not in self._moments.years:
            raise self._unknown(prompt)
        return start

    def _unknown(self, prompt, key=None, value=None):
        named = isinstance(prompt, dict) and key is not None
        what = f"prompt={prompt!r}" + f" asks for {key}={value!r}, which" * named
        return ValueError(f"{what} was not seen in fit; {describe_known(self.table)}.")


def is_open(value):
    """Return whether a value leaves open what it could say."""
    if hasattr(value, "__len__"):
        return len(value) == 0
    return bool(pd.isna(value))


def describe_known(table):
    """Return what prompts of a table can ask for, in words."""
    parts = []
    if "y" in table.frame:
        parts.append(_describe_column("the classes are", table, "y"))
    for column in table.frame.columns.drop("y", errors="ignore"):
        parts.append(_describe_column(f"{column!r} is", table, column))
    if table.timestamps is not None:
        first, last = table.timestamps.min(), table.timestamps.max()
        parts.append(f"{table.noun} start from {first} to {last}")
        parts += [
            f"{name} is {_shorten(sorted(set(table.fields[name])))}" for name in CALENDAR_FIELDS
        ]
    return ", ".join(parts)


def _describe_column(words, table, column):
    if column in table.values:
        return f"{words} {_shorten(table.values[column])}"
    numbers = table.frame[column]
    words = "y is" if column == "y" else words
    return f"{words} from {numbers.min()} to {numbers.max()}"


def _shorten(values):
    """Return values as text: a run of whole numbers by its ends, and the first twenty of many."""
    whole = all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in values)
    if whole and len(values) > 2 and values[-1] - values[0] == len(values) - 1:
        return f"{values[0]} to {values[-1]}"
    shown = [v.item() if isinstance(v, np.generic) else v for v in values[:_SHOWN]]
    return f"{shown}" + f" and {len(values) - _SHOWN} more" * (len(values) > _SHOWN)
