"""Columns of categories as whole numbers and back."""

import numpy as np
import pandas as pd
import pytest

from sktsgan.containers._categories import (
    categories_of_windows,
    decode,
    encode,
    find_categories,
    holds_categories,
    read_categorical,
)
from sktsgan.containers._windows import WindowContainer

COLUMNS = {
    "category": pd.Series(["b", "a", "b"], dtype="category"),
    "ordered": pd.Series(
        pd.Categorical(["low", "high", "low"], ["low", "mid", "high"], ordered=True)
    ),
    "category of numbers": pd.Series([3, 1, 3], dtype="category"),
    "string": pd.Series(["b", "a", "c"], dtype="string"),
    "str": pd.Series(["b", "a", "c"], dtype="str"),
    "bool": pd.Series([True, False, True]),
    "boolean": pd.Series([True, None, False], dtype="boolean"),
    "object": pd.Series(["b", None, "a"], dtype=object),
    "mixed": pd.Series([True, "a", None], dtype=object),
    "missing category": pd.Series(["b", None, "a"], dtype="category"),
    "missing string": pd.Series(["b", None, "a"], dtype="string"),
}
NUMBERS = {
    "float": pd.Series([1.0, np.nan]),
    "int": pd.Series([1, 2]),
    "Int64": pd.Series([1, None], dtype="Int64"),
    "dates": pd.Series(pd.date_range("2020", periods=2)),
    "objects": pd.Series([1.5, "a"], dtype=object),
    "nothing": pd.Series([None, None], dtype=object),
}


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
def test_columns_come_back(column):
    frame = pd.DataFrame({"x": column, "number": 1.5})
    categories = find_categories([frame])
    assert list(categories) == ["x"]
    coded = encode(frame, categories)
    assert coded["x"].dtype == float and coded["number"].equals(frame["number"])
    np.testing.assert_array_equal(coded["x"].isna(), column.isna())
    made = decode(coded["x"].to_numpy(), column.dtype, categories["x"])
    made = pd.Series(made, dtype=column.dtype)
    assert made.dtype == column.dtype and made.isna().equals(column.isna())
    assert made.dropna().equals(column.dropna())


@pytest.mark.parametrize("column", NUMBERS.values(), ids=NUMBERS)
def test_columns_of_numbers_are_none(column):
    assert not holds_categories(column)
    assert find_categories([column.to_frame("x")]) == {}


def test_categories_have_the_order_of_the_dtype_or_else_are_sorted():
    frame = pd.DataFrame({"a": COLUMNS["ordered"], "b": COLUMNS["string"], "c": COLUMNS["bool"]})
    found = find_categories([frame])
    assert list(found["a"]) == ["low", "mid", "high"]
    assert list(found["b"]) == ["a", "b", "c"] and list(found["c"]) == [False, True]
    others = [pd.DataFrame({"a": [value]}) for value in ("z", "a")]
    assert list(find_categories(others)["a"]) == ["a", "z"]


def test_too_many_texts():
    frame = pd.DataFrame({"name": [f"name {i}" for i in range(1001)]})
    with pytest.raises(ValueError, match="at most 1000 categories, but 'name' has 1001 different"):
        find_categories([frame])


def test_a_category_that_fit_has_not_seen():
    categories = find_categories([pd.DataFrame({"x": COLUMNS["string"]})])
    message = (
        "categories of 'x' must be among those seen in fit, 'a', 'b', 'c', but X has 'd' in row 1"
    )
    with pytest.raises(ValueError, match=message):
        encode(pd.DataFrame({"x": ["a", "d"]}), categories)


def test_booleans_of_numpy_hold_no_missing_value():
    with pytest.raises(ValueError, match="X holds NaN, which bool"):
        decode(np.array([0, np.nan]), np.dtype(bool), pd.Index([False, True]))


def test_categories_of_flat_windows_are_those_of_their_channels():
    steps = pd.DataFrame({"x0": ["a", "b"], "y0": [1.0, 2.0], "x1": ["b", "c"], "y1": [3.0, 4.0]})
    own, none = categories_of_windows(steps, 2)
    assert list(own) == ["a", "b", "c"] and none is None
    assert categories_of_windows(steps[["y0", "y1"]], 1) == ()
    assert categories_of_windows(np.zeros((2, 4)), 2) == ()


@pytest.mark.parametrize("channel", [2, -1, 0.5, True, "x"])
def test_channels_that_are_none(channel):
    container = WindowContainer(4, 2, False, np.dtype(float))
    with pytest.raises(ValueError, match=r"^categorical must hold numbers of channels from 0 to 1"):
        read_categorical([channel], container)
    assert read_categorical([np.int64(1), 0], container) == (0, 1)
