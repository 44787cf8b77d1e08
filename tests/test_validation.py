"""Checks of targets: what is a label, and what a number."""

import re

import numpy as np
import pandas as pd
import pytest

from sktsgan._validation import check_targets


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
