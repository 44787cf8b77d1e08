"""MomentFinder: the items that start at a moment, without a look at each."""

import numpy as np
import pandas as pd
import pytest

from sktsgan.prompts._calendar import calendar_places
from sktsgan.prompts._moments import MomentFinder


def by_hand(timestamps, start, rows):
    """Return what a look at each item finds."""
    same = rows[timestamps[rows] == start]
    if len(same):
        return same
    places = calendar_places(timestamps)[rows]
    distance = ((places - calendar_places(pd.DatetimeIndex([start]))) ** 2).sum(axis=1)
    return rows[distance <= distance.min() + 1e-12]


@pytest.mark.parametrize("tz", [None, "Europe/Berlin"])
@pytest.mark.parametrize("n_items", [300, 9000])
def test_as_by_hand(n_items, tz):
    rng = np.random.default_rng(0)
    hours = pd.date_range("2016-01-01", periods=n_items // 2, freq="3h", tz=tz)
    timestamps = hours.append(hours[::-1])  # each twice, in no order
    finder, every = MomentFinder(timestamps), np.arange(n_items)
    some = np.sort(rng.choice(n_items, n_items // 3, replace=False))
    asked = [hours[17], hours[40] + pd.Timedelta("7min"), hours[-1] + pd.Timedelta("90D")]
    for start in [*asked, hours[3] + pd.Timedelta("1ns")]:
        np.testing.assert_array_equal(finder.find(start), by_hand(timestamps, start, every))
        found = finder.find(start, some)
        np.testing.assert_array_equal(found, by_hand(timestamps, start, some))
    assert finder.years == set(hours.year)
