"""Beginnings are told from what prompts say of conditions."""

import numpy as np
import pandas as pd
import pytest

from sktsgan.prompts import ConditionTable
from sktsgan.prompts._beginnings import split_beginnings

CLASSES = np.array(["cat", "dog"])
TABLE = ConditionTable(4, y=CLASSES[[0, 1, 0, 1]], classes=CLASSES)
DATED = ConditionTable(4, timestamps=pd.date_range("2017-01-01", periods=4, freq="D"))
EMPTY = ConditionTable(4)


@pytest.mark.parametrize(
    ("table", "prompt", "expected"),
    [
        (TABLE, None, (None, None)),
        (TABLE, "cat", ("cat", None)),
        (TABLE, "a cat", (None, ["a cat"] * 2)),
        (EMPTY, "cat", (None, ["cat"] * 2)),
        (EMPTY, "January", (None, ["January"] * 2)),
        (DATED, "January", ("January", None)),
        (TABLE, {"prefix": "cat"}, (None, ["cat"] * 2)),
        (TABLE, {"label": "cat"}, ({"y": "cat"}, None)),
        (TABLE, {"y": "cat", "prefix": "a"}, ({"y": "cat"}, ["a"] * 2)),
        (TABLE, {"y": "cat", "prefix": None}, ({"y": "cat"}, None)),
        (TABLE, ["cat", "a"], (["cat", {}], [None, "a"])),
        (TABLE, ["cat", "dog"], (["cat", "dog"], None)),
        (TABLE, pd.DataFrame({"prefix": ["a", np.nan]}), (None, ["a", None])),
        (TABLE, pd.DataFrame({"y": ["cat", None]}), ([{"y": "cat"}, {}], None)),
        (TABLE, 3, (3, None)),
        (TABLE, [3, 4], ([3, 4], None)),
        (TABLE, [[3], [4, 5]], ([[3], [4, 5]], None)),
    ],
)
def test_split(table, prompt, expected):
    assert split_beginnings(table, prompt, 2) == expected


def test_strings_begin_nothing_but_texts():
    assert split_beginnings(TABLE, "a cat", 2, are_texts=False) == ("a cat", None)
    prompt = {"prefix": [1, 2]}
    assert split_beginnings(TABLE, prompt, 2, are_texts=False) == (None, [[1, 2]] * 2)


def test_the_first_condition_is_refused_where_none_is_known():
    assert split_beginnings(EMPTY, ["a", {"y": "cat"}], 2)[0] == [{"y": "cat"}] * 2


def test_number_of_prompts():
    with pytest.raises(ValueError, match="prompt must be .* n_samples=2 of them, got 3"):
        split_beginnings(TABLE, ["a"] * 3, 2)
