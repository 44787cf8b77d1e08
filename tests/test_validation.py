"""Checks of targets: what is a label, and what a number."""

import re

import numpy as np
import pandas as pd
import pytest

from sktsgan._validation import check_memory, check_spread, check_targets, naming


def assert_refused(message, call, *args, **kwargs):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        call(*args, **kwargs)


@pytest.mark.parametrize(
    "y",
    [
        ["b", "a", "b"],
        np.array([2, 1, 2]),
        np.array([True, False, True]),
        np.array(["b", "a", "b"], dtype=object),
        pd.Series(["b", "a", "b"], index=[7, 8, 9]),
        pd.Series(["b", "a", "b"], dtype="category"),
    ],
)
def test_class_labels(y):
    labels, classes = check_targets(y, 3)
    assert classes.tolist() == [1, 0, 1]
    assert list(labels[classes]) == list(y)


def test_no_labels():
    assert check_targets(None, 3) == (None, None)


@pytest.mark.parametrize("y", [np.linspace(0, 1, 9), np.arange(9.0), [0.5, 1.0, 1.0]])
def test_numbers(y):
    classes, numbers = check_targets(y, len(y))
    assert classes is None
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, y)


@pytest.mark.parametrize("y", [np.repeat([0.0, 1.0], 5), np.arange(9)])
def test_numbers_that_are_labels(y):
    classes, codes = check_targets(y, len(y))
    np.testing.assert_array_equal(classes[codes], y)


def test_targets_that_are_refused():
    assert_refused("y has 2 labels, but X has 3 windows.", check_targets, [0, 1], 3)
    assert_refused("Input y contains NaN.", check_targets, [0.0, np.nan, 1.0], 3)
    assert_refused("y should be a 1d array", check_targets, [[0, 1], [1, 0], [1, 1]], 3)


@pytest.mark.parametrize(
    "y",
    [["a", None, "b"], pd.Series(["a", pd.NA, "b"], dtype="string"), np.array(["a", np.nan, "b"], dtype=object)],
)  # fmt: skip
def test_labels_that_are_missing(y):
    assert_refused("y must not be missing, got ", check_targets, y, 3)


def test_labels_of_another_byte_order():
    classes, codes = check_targets(np.array([3, 1, 3], dtype=">i8"), 3)
    assert classes.tolist() == [1, 3] and codes.tolist() == [1, 0, 1]


def test_masked_labels():
    masked = np.ma.masked_equal([0, 1, 1], 0)
    assert_refused("y must hold no masked values, got 1.", check_targets, masked, 3)


@pytest.mark.parametrize("factor", [1e-300, 1e300])
def test_values_whose_squares_float64_cannot_hold(factor):
    X = np.arange(24.0).reshape(4, 3, 2) * factor
    with pytest.raises(
        ValueError, match="^X must have values up to .* in channel 0; change its unit"
    ):
        check_spread(X)
    check_spread(np.full((4, 3, 2), 1e-300))  # constant channels have no variance


def test_errors_name_the_argument():
    for error in (TypeError("no array"), OverflowError("too large")):
        with pytest.raises((TypeError, ValueError), match="^left can't be used: "), naming("left"):
            raise error
    with pytest.raises(ValueError, match="^left is long$"), naming("left"):
        raise ValueError("left is long")


@pytest.mark.parametrize("n_bytes", [2**70, 10**40])
def test_more_than_memory(n_bytes):
    with pytest.raises(
        ValueError, match="^size must be small enough for the .* GiB .*, got 7, which takes"
    ):
        check_memory("size", 7, n_bytes)
    check_memory("size", 7, 2**20)
