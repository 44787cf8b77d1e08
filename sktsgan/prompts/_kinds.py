"""The kinds of prompts: each reads a plain value as the fields that it asks for.

A kind is a function ``read(value, table)``. It returns a dict of fields, or None where the value is none of its kind.
Fields are the columns of the table, those of the calendar, ``"between"`` for two moments, ``"timestamp"`` for the start
of the item, and ``"prefix"`` for the beginning of a text; a tuple of values stands for any of them. Prompts that are
dicts of fields need no kind.
"""

import datetime
from numbers import Number

import pandas as pd

from sktsgan.prompts._periods import parse_period, read_period

__all__ = ["KINDS", "read_beginning"]


def read_label(value, table):
    """Read a class label."""
    known = table.values.get("y", ())
    try:
        return {"y": value} if value in set(known) else None
    except TypeError:  # what can't be hashed is no label
        return None


def read_number(value, table):
    """Read a number, where ``y`` held numbers."""
    asks = isinstance(value, Number) and "y" in table.frame and "y" not in table.values
    return {"y": value} if asks else None


def read_moment(value, table):
    """Read a date or a time: when the item starts."""
    asks = isinstance(value, datetime.date) and table.timestamps is not None and value is not pd.NaT
    return {"timestamp": value} if asks else None


def read_calendar(value, table):
    """Read a period of the calendar, in words or as pandas has it."""
    if table.timestamps is None:
        return None
    if isinstance(value, pd.Period):
        return read_period(value)
    return parse_period(value) if isinstance(value, str) else None


def read_beginning(value, table):
    """Read the beginning of a text: any string, so that this kind comes last."""
    if not isinstance(value, str):
        return None
    return {"prefix": value} if value else {}


KINDS = (read_label, read_number, read_moment, read_calendar)
