"""Kinds of bad input, and how a call must answer: it works, or raises an error that names the parameter."""

import re
import warnings

import numpy as np
import pandas as pd
from scipy import sparse


def bad_items(good):
    """Return bad sets of items by their names; ``good`` is an array of floats with several axes."""
    n = len(good)
    flat = good.reshape(n, -1)
    read_only = good.copy()
    read_only.flags.writeable = False
    return {
        "None": None,
        "string": "windows",
        "bytes": b"windows",
        "number": 3.5,
        "NaN alone": np.nan,
        "dict": {"X": good},
        "set": {1.0, 2.0},
        "generator": (row for row in good),
        "object": object(),
        "class": dict,
        "empty list": [],
        "empty array": good[:0],
        "no steps": good[:, :0],
        "no channels": good[..., :0],
        "one row": good[:1],
        "one axis": flat[:, 0],
        "five axes": good[..., None, None],
        "scalar array": np.array(1.0),
        "objects": np.array([[object()] * 3] * n),
        "objects that are numbers": good.astype(object),
        "None inside": [[None] * flat.shape[1]] * n,
        "strings": np.full(good.shape, "a"),
        "complex": good + 1j,
        "dates": np.zeros(good.shape, dtype="M8[s]"),
        "spans of time": np.zeros(good.shape, dtype="m8[s]"),
        "sparse": sparse.csr_matrix(flat),
        "sparse array": sparse.coo_array(flat),
        "masked": np.ma.masked_less(good, np.median(good)),
        "NaN": np.where(np.arange(good.size).reshape(good.shape) == 3, np.nan, good),
        "all NaN": np.full(good.shape, np.nan),
        "infinity": np.where(np.arange(good.size).reshape(good.shape) == 3, np.inf, good),
        "minus infinity": np.full(good.shape, -np.inf),
        "too small": good * 1e-300,
        "too large": good * 1e300,
        "constant": np.ones(good.shape),
        "fewer steps": good[:, :-1],
        "more channels": np.concatenate([good, good], axis=-1),
        "read-only": read_only,
        "not contiguous": good[::-1, ::-1],
        "column-major": np.asfortranarray(good),
        "big-endian": good.astype(">f8"),
        "half precision": good.astype(np.float16),
        "booleans": good > 0,
        "integers that overflow": [[10**400] * 3] * n,
        "record array": np.zeros(n, dtype=[("a", float), ("b", float)]),
        "unequal lengths": [row[: 1 + i % 2] for i, row in enumerate(good)],
        "mixed": [1, "a", None],
        "frame of strings": pd.DataFrame({"a": ["x"] * n}),
        "frame of duplicate names": pd.DataFrame(flat, columns=["a"] * flat.shape[1]),
        "frame of mixed names": pd.DataFrame(flat[:, :2], columns=["a", 1]),
        "frame of no rows": pd.DataFrame({"a": []}),
        "Series": pd.Series(flat[:, 0]),
        "Index": pd.RangeIndex(n),
    }


def bad_labels(n):
    """Return bad ``y`` of ``n`` items by their names."""
    return {
        "string": "a",
        "number": 3,
        "dict": {"a": 1},
        "set": set(range(n)),
        "generator": (i for i in range(n)),
        "object": object(),
        "too few": [0, 1] * (n // 2 - 1),
        "empty": [],
        "two columns": np.zeros((n, 2)),
        "NaN": np.where(np.arange(n) == 3, np.nan, 1.0),
        "NA": pd.array([1, pd.NA] * (n // 2), dtype="Int64"),
        "NA among strings": pd.Series(["a", pd.NA] * (n // 2), dtype="string"),
        "None among strings": ["a", None] * (n // 2),
        "infinity": np.full(n, np.inf),
        "complex": np.full(n, 1j),
        "objects": [object() for _ in range(n)],
        "bytes": [b"a", b"b"] * (n // 2),
        "lists": [[1, 2], [3]] * (n // 2),
        "sparse": sparse.csr_matrix(np.ones(n)),
        "masked": np.ma.masked_equal(np.arange(n) % 2, 1),
        "overflow": [10**400, 1] * (n // 2),
        "one class": [0] * n,
        "a class each": [f"c{i}" for i in range(n)],
        "big-endian": (np.arange(n) % 2).astype(">i8"),
        "booleans": [True, False] * (n // 2),
    }


def bad_timestamps(n):
    """Return bad ``timestamps`` of ``n`` items by their names."""
    days = pd.date_range("2024-01-01", periods=n)
    return {
        "string": "2024-01-01",
        "number": 3,
        "NaN": np.nan,
        "dict": {"a": 1},
        "set": set(days),
        "object": object(),
        "too few": days[:-1],
        "empty": [],
        "no dates": ["soon"] * n,
        "missing": [*days[:-1], pd.NaT],
        "numbers": np.arange(n),
        "floats": np.linspace(0, 1, n),
        "complex": np.full(n, 1j),
        "two columns": np.zeros((n, 2), dtype="M8[s]"),
        "spans": pd.timedelta_range("1D", periods=n),
        "offsets": ["2024-01-01+01:00", "2024-07-01+02:00"] * (n // 2),
        "overflow": [10**30] * n,
        "a distant year": ["99999-01-01"] * n,
        "all the same": [days[0]] * n,
        "backwards": days[::-1],
    }


def bad_conditions(n):
    """Return bad ``conditions`` of ``n`` items by their names."""
    return {
        "string": "a",
        "number": 3,
        "list": [1] * n,
        "array": np.zeros((n, 2)),
        "object": object(),
        "dict of numbers": {"a": 1},
        "dict of a set": {"a": {1, 2}},
        "empty dict": {},
        "too few": pd.DataFrame({"a": [1, 2]}),
        "duplicate names": pd.DataFrame(np.zeros((n, 2)), columns=["a", "a"]),
        "names that are no strings": pd.DataFrame({1: range(n)}),
        "reserved names": pd.DataFrame({"month": range(n)}),
        "no columns": pd.DataFrame(index=range(n)),
        "NaN": pd.DataFrame({"a": [1.0, np.nan] * (n // 2)}),
        "NA": pd.DataFrame({"a": pd.array([1, pd.NA] * (n // 2), dtype="Int64")}),
        "None": pd.DataFrame({"a": ["a", None] * (n // 2)}),
        "infinity": pd.DataFrame({"a": [1.0, np.inf] * (n // 2)}),
        "complex": pd.DataFrame({"a": [1j] * n}),
        "lists": pd.DataFrame({"a": [[1]] * n}),
        "dicts": pd.DataFrame({"a": [{"b": 1}] * n}),
        "objects": pd.DataFrame({"a": [object() for _ in range(n)]}),
        "constant": pd.DataFrame({"a": [1] * n}),
        "mixed": pd.DataFrame({"a": [1, "x"] * (n // 2)}),
        "Series without a name": pd.Series(range(n)),
    }


COUNTS = {
    "None": None, "string": "3", "NaN": np.nan, "infinity": np.inf, "list": [3], "array": np.array([3, 4]), "dict": {},
    "object": object(), "zero": 0, "negative": -1, "float": 1.5, "whole float": 2.0, "complex": 2j, "True": True,
    "huge": 10**15, "beyond int64": 10**30,
}  # fmt: skip
SEEDS = {
    "string": "seven", "NaN": np.nan, "float": 1.5, "negative": -1, "too large": 2**32, "list of words": ["a"],
    "dict": {}, "object": object(), "Generator": np.random.default_rng(0), "complex": 2j,
}  # fmt: skip


def bad_prompts(good):
    """Return bad prompts for three items by their names; ``good`` is a set of items."""
    days = pd.date_range("2024-01-01", periods=5)
    return {
        "unknown word": "Smarch", "empty string": "", "space": " ", "13pm": "13pm", "bytes": b"January", "NaN": np.nan,
        "NaT": pd.NaT, "NA": pd.NA, "infinity": np.inf, "complex": 2j, "a large number": 10**30,
        "beyond floats": 10**400, "object": object(), "class": dict, "function": len, "generator": iter([1, 2, 3]),
        "set": {1, 2, 3}, "range": range(3), "empty list": [], "too many": ["a"] * 5, "too many days": days,
        "lists": [[1, 2]] * 3, "sets": [{1}] * 3, "objects": [object()] * 3, "mixed": ["a", 1, None],
        "an item": good[0], "items": good[:2], "complex items": good[:3] + 1j, "scalar array": np.array(1),
        "unknown day": pd.Timestamp("1999-01-01"), "a zone": pd.Timestamp("2024-01-01", tz="Asia/Tokyo"),
        "unknown period": pd.Period("1999-01"), "unknown field": {"colour": 1}, "number for a name": {1: 1},
        "NaN for a month": {"month": np.nan}, "None for a month": {"month": None}, "thirteen": {"month": 13},
        "month of words": {"month": "Smarch"}, "list for a month": {"month": [1, 2]}, "set for a month": {"month": {1}},
        "no moment": {"timestamp": "soon"}, "a number of time": {"timestamp": 3}, "half a period": {"between": 3},
        "no label": {"y": object()}, "a label too many": {"y": 0, "label": 0}, "NaN for a label": {"y": np.nan},
        "number of a condition": {"load": 10**400}, "word of a condition": {"load": "x"},
        "beginning of a space": {"prefix": " "}, "beginning of a number": {"prefix": 3}, "length": {"length": -1},
        "a nested dict": {"y": {"y": 0}}, "an empty frame": pd.DataFrame(), "a short frame": pd.DataFrame({"y": [0]}),
        "a frame of names": pd.DataFrame({"colour": [1, 2, 3]}), "a frame of NaN": pd.DataFrame({"y": [np.nan] * 3}),
        "duplicate columns": pd.DataFrame(np.zeros((3, 2)), columns=["y", "y"]),
    }  # fmt: skip


def find_faults(kinds, call, names, after=None):
    """Return what is wrong with how a call answers each kind: a list of sentences.

    Parameters
    ----------
    kinds : dict of str to object
    call : callable
        Takes one kind.
    names : sequence of str
        An error must name one of these parameters.
    after : callable, default=None
        ``after(worked)`` is told of each call, and returns what it left behind, or None.
    """
    faults = []
    for kind, value in kinds.items():
        worked, fault = False, None
        with warnings.catch_warnings(action="ignore"):
            try:
                call(value)
                worked = True
            except (TypeError, ValueError) as error:
                if not re.search(rf"\b({'|'.join(names)})\b", str(error)):
                    fault = f"the error names none of {names}: {error!r:.200}"
            except Exception as error:
                fault = f"{error!r:.200}"
            left = None if after is None else after(worked)
            fault = fault or left
        if fault is not None:
            faults.append(f"{kind}: {fault}")
    return faults
