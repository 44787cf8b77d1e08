"""Which training windows agree with a prompt."""

import datetime
from numbers import Number

import numpy as np
import pandas as pd
import torch

from sktsgan.prompts._calendar import CALENDAR_FIELDS, calendar_places
from sktsgan.prompts._conditions import to_zone
from sktsgan.prompts._periods import parse_period, read_period

__all__ = ["Selection", "select_rows"]

_NEAREST_SHARE = 0.02
_LEAST_NEAREST = 10
_SHOWN = 20  # values that an error lists


class Selection:
    """For each item to make, the training windows that agree with its prompt.

    Parameters
    ----------
    table : ConditionTable
    pools : list of ndarray
        Rows of the table that agree with each of the different prompts.
    which : ndarray of shape (n_items,), default=None
        The pool of each item; None is the first for all.
    starts : DatetimeIndex of shape (n_items,), default=None
        The timestamps that were asked for; NaT where a row's own count.
    """

    def __init__(self, table, pools, which=None, starts=None):
        self.table = table
        self.rows = torch.as_tensor(np.concatenate(pools))
        self.sizes = torch.as_tensor([len(pool) for pool in pools])
        self.firsts = torch.cumsum(self.sizes, dim=0) - self.sizes
        self.which = None if which is None else torch.as_tensor(which)
        self.starts = starts

    def draw(self, first, n_items, generator):
        """Draw a row that agrees for each of ``n_items`` items, from the ``first`` one on.

        Returns
        -------
        rows : Tensor of shape (n_items,)
        """
        if self.which is None:
            pool = torch.zeros(n_items, dtype=torch.long)
        else:
            pool = self.which[first : first + n_items]
        place = torch.rand(n_items, dtype=torch.float64, generator=generator) * self.sizes[pool]
        return self.rows[self.firsts[pool] + place.long()]

    def describe(self, first, rows):
        """Return the conditions of items made for ``rows``.

        Returns
        -------
        table : DataFrame of shape (n_items, n_columns)
            ``"timestamp"`` (the one asked for, or else the row's), the conditions, and ``"y"``.
        """
        rows = rows.numpy()
        described = self.table.frame.iloc[rows].reset_index(drop=True)
        if self.table.timestamps is None:
            return described
        stamps = self.table.timestamps[rows].to_series(index=range(len(rows)))
        if self.starts is not None:
            asked = self.starts[first : first + len(rows)].to_series(index=range(len(rows)))
            stamps = asked.fillna(stamps)
        described.insert(0, "timestamp", stamps)
        return described


def select_rows(table, prompt, n_items, *, name="The sampler"):
    """Return the training windows that agree with a prompt.

    Parameters
    ----------
    table : ConditionTable
    prompt : object
        None for any window; a label, number, period, timestamp or dict for all items; or an array-like of these,
        a DatetimeIndex, a PeriodIndex or a DataFrame with one for each item.
    n_items : int
    name : str, default="The sampler"
        Named by errors.

    Returns
    -------
    selection : Selection

    Raises
    ------
    ValueError
        If the prompt was not seen in ``fit`` or has another length than ``n_items``; the message lists what was
        seen.
    """
    if prompt is None:
        return Selection(table, [np.arange(len(table))])
    reader = _Reader(table, name)
    if _is_one(prompt):
        pool, start = reader.read(prompt)
        starts = None if start is None else pd.DatetimeIndex([start] * n_items)
        return Selection(table, [pool], None, starts)
    pools, which, starts, seen = [], [], [], {}
    for item in _items(prompt, n_items):
        key = str(item) if isinstance(item, dict) else (type(item), item)
        if key not in seen:
            seen[key] = len(pools), *reader.read(item)
            pools.append(seen[key][1])
        which.append(seen[key][0])
        starts.append(seen[key][2])
    if table.timestamps is None or all(start is None for start in starts):
        return Selection(table, pools, which)
    return Selection(table, pools, which, pd.DatetimeIndex(starts, tz=table.timestamps.tz))


def _is_one(prompt):
    return isinstance(
        prompt, (str, Number, np.generic, pd.Period, datetime.date, dict)
    ) or not hasattr(prompt, "__len__")


def _items(prompt, n_items):
    """Return the prompt of each item as a list of plain values or dicts."""
    if isinstance(prompt, pd.DataFrame):
        records = prompt.to_dict("records")
        items = [{k: v for k, v in record.items() if not pd.isna(v)} for record in records]
        shape = (len(items),)
    elif isinstance(prompt, list | tuple) and all(_is_one(item) for item in prompt):
        items, shape = list(prompt), (len(prompt),)
    else:
        values = prompt if isinstance(prompt, pd.Index | pd.Series) else np.asarray(prompt)
        if values.ndim == 0:
            return [values.item()] * n_items
        shape = values.shape
        if values.dtype.kind == "M":
            values = pd.DatetimeIndex(values)
        items = list(values)
    if len(shape) > 1 or shape[0] != n_items:
        raise ValueError(
            f"prompt must be one label or n_samples={n_items} of them, got shape {shape}."
        )
    return items


class _Reader:
    """Find the rows that agree with single prompts."""

    def __init__(self, table, name):
        self.table = table
        self.name = name
        self._places = None

    def read(self, prompt):
        """Return the rows that agree, and the timestamp that was asked for or None."""
        if self.table.is_empty:
            raise ValueError(
                f"prompt={prompt!r} asks for a condition, but {self.name} was fitted without y, timestamps and "
                "conditions."
            )
        asked = self._asked(prompt)
        start = asked.pop("timestamp", None)
        if start is not None:
            start = self._read_start(prompt, start)
        numbers = {}
        agree = np.ones(len(self.table), dtype=bool)
        for key, value in asked.items():
            if key in self.table.frame and key not in self.table.values:
                numbers[key] = value
            else:
                agree &= self._agree(prompt, key, value)
        rows = np.flatnonzero(agree)
        if not len(rows):
            raise self._unknown(prompt)
        if numbers:
            rows = self._nearest_numbers(prompt, rows, numbers)
        return (rows if start is None else self._nearest_start(rows, start)), start

    def _asked(self, prompt):
        """Return a prompt as a dict of what it asks for."""
        if isinstance(prompt, dict):
            for key, value in prompt.items():
                if not pd.api.types.is_scalar(value):
                    raise ValueError(
                        f"prompt[{key!r}] must be one value, got {value!r}; a DataFrame has one for each window."
                    )
            return dict(prompt)
        if isinstance(prompt, np.datetime64):
            prompt = pd.Timestamp(prompt)
        prompt = prompt.item() if isinstance(prompt, np.generic) else prompt
        if "y" in self.table.values and _is_among(prompt, self.table.values["y"]):
            return {"y": prompt}
        if isinstance(prompt, Number):
            if "y" not in self.table.frame or "y" in self.table.values:
                raise self._unknown(prompt)
            return {"y": prompt}
        if self.table.timestamps is None:
            raise self._unknown(prompt)
        if isinstance(prompt, datetime.date):
            return {"timestamp": prompt}
        asked = read_period(prompt) if isinstance(prompt, pd.Period) else None
        if isinstance(prompt, str):
            asked = parse_period(prompt)
        if asked is None:
            raise self._unknown(prompt)
        return asked

    def _agree(self, prompt, key, value):
        """Return which rows have a value of a class, a calendar field or a period."""
        table = self.table
        if key in table.values:
            if not _is_among(value, table.values[key]):
                raise self._unknown(prompt, key, value)
            return (table.frame[key] == value).to_numpy()
        if table.fields is not None and key == "between":
            first, last = (to_zone(pd.Timestamp(moment), table.timestamps.tz) for moment in value)
            return np.asarray((table.timestamps >= first) & (table.timestamps <= last))
        if table.fields is not None and key in CALENDAR_FIELDS:
            if isinstance(value, str):
                value = (parse_period(value) or {}).get(key, value)
            agree = (table.fields[key] == value).to_numpy()
            if agree.any():
                return agree
        raise self._unknown(prompt, key, value)

    def _nearest_numbers(self, prompt, rows, numbers):
        """Return the rows whose numbers are nearest: 2 % of the training windows, ten at least."""
        distance = np.zeros(len(rows))
        for key, value in numbers.items():
            own = self.table.frame[key].to_numpy(dtype=float)
            try:
                distance += ((own[rows] - float(value)) / own.std()) ** 2
            except (TypeError, ValueError):
                raise self._unknown(prompt, key, value) from None
        if not np.isfinite(distance).all():
            raise self._unknown(prompt)
        n_nearest = min(len(rows), max(_LEAST_NEAREST, round(_NEAREST_SHARE * len(self.table))))
        return rows[distance <= np.partition(distance, n_nearest - 1)[n_nearest - 1]]

    def _read_start(self, prompt, start):
        """Return a timestamp of a year that was seen."""
        if self.table.timestamps is None:
            raise self._unknown(prompt)
        start = to_zone(pd.Timestamp(start), self.table.timestamps.tz)
        if start is pd.NaT or start.year not in set(self.table.fields["year"]):
            raise self._unknown(prompt)
        return start

    def _nearest_start(self, rows, start):
        """Return the rows that start then, or those nearest in year, season, weekday and hour."""
        exact = rows[self.table.timestamps[rows] == start]
        if len(exact):
            return exact
        if self._places is None:
            self._places = calendar_places(self.table.timestamps)
        distance = ((self._places[rows] - calendar_places(pd.DatetimeIndex([start]))) ** 2).sum(1)
        return rows[distance <= distance.min() + 1e-12]

    def _unknown(self, prompt, key=None, value=None):
        what = f"prompt={prompt!r}" + (f" asks for {key}={value!r}, which" * (key in _keys(prompt)))
        return ValueError(f"{what} was not seen in fit; {describe_known(self.table)}.")


def _keys(prompt):
    return prompt if isinstance(prompt, dict) else ()


def _is_among(value, known):
    try:
        return value in set(known)
    except TypeError:  # what can't be hashed is no label
        return False


def describe_known(table):
    """Return what prompts can ask for, in words.

    Parameters
    ----------
    table : ConditionTable

    Returns
    -------
    text : str
    """
    parts = []
    if "y" in table.frame:
        parts.append(_describe_column("the classes are", table, "y"))
    for column in table.frame.columns.drop("y", errors="ignore"):
        parts.append(_describe_column(f"{column!r} is", table, column))
    if table.timestamps is not None:
        first, last = table.timestamps.min(), table.timestamps.max()
        parts.append(f"windows start from {first} to {last}")
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
