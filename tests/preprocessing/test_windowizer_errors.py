"""Windowizer: errors name the parameter, the rule and the value."""

import re

import numpy as np
import pandas as pd
import pytest

from sktsgan.preprocessing import Windowizer

HOURS = pd.date_range("2024-01-01", periods=20, freq="h")


def series(index):
    return pd.Series(np.arange(float(len(index))), index=index)


def raises(message):
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"window": 0}, r"an int in the range \[1, inf\), .*. Got 0"),
        ({"window": 2.5}, r"an int in the range \[1, inf\), .*. Got 2.5"),
        ({"stride": -2}, r"an int in the range \[1, inf\), .*. Got -2"),
        ({"output": "2d"}, "a str among {.*'flat'.*}. Got '2d'"),
        ({"gaps": "skip"}, "a str among {.*'split'.*}. Got 'skip'"),
        ({"target": "max"}, "a str among {.*'majority'.*}. Got 'max'"),
    ],
)
def test_parameters(parameters, message):
    (name,) = parameters
    message = f"^The {name!r} parameter of Windowizer must be {message} instead.$"
    with pytest.raises(ValueError, match=message):
        Windowizer(**parameters).fit(np.zeros(50))


def test_short_series():
    with raises("X has n_samples=20 time steps, fewer than window=24."):
        Windowizer().fit(np.zeros((20, 2)))
    with raises("X[1] has n_samples=3 time steps, fewer than window=4."):
        Windowizer(4).fit([np.zeros(9), np.zeros(3)])
    windowizer = Windowizer(4).fit(np.zeros(9))
    with raises("X has n_samples=3 time steps, fewer than window=4."):
        windowizer.transform(np.zeros(3))


def test_shapes():
    with raises(
        "X must have 1 or 2 axes (time steps, channels), got 3; give several series as a list of "
        "them."
    ):
        Windowizer(2).fit(np.zeros((4, 5, 2)))
    with raises("The series of X must be of one kind, got DataFrame and ndarray."):
        Windowizer(2).fit([np.zeros((4, 1)), pd.DataFrame(np.zeros((4, 1)))])
    with raises("X has 3 features, but Windowizer is expecting 2 features as input."):
        Windowizer(2).fit(np.zeros((5, 2))).transform(np.zeros((5, 3)))
    with pytest.raises(ValueError, match="Reshape your data"):
        Windowizer(2).fit(np.zeros((5, 2))).transform(np.zeros(5))
    with pytest.raises(ValueError, match="feature names should match"):
        Windowizer(2).fit(pd.DataFrame({"a": [1.0, 2.0]})).transform(
            pd.DataFrame({"b": [1.0, 2.0]})
        )


def test_columns():
    frame = pd.DataFrame({"date": HOURS.as_unit("ns"), "kind": pd.Categorical(["a", "b"] * 10)})
    with raises(
        "The columns of X must hold numbers or categories, but 'date' has the dtype datetime64[ns]; timestamps "
        "belong in the index."
    ):
        Windowizer(2).fit(frame)
    known = Windowizer(2).fit(frame[["kind"]])
    with raises(
        "The categories of 'kind' must be among those seen in fit, 'a', 'b', but X has 'c' in row 1."
    ):
        known.transform(pd.DataFrame({"kind": ["a", "c", "b"]}, index=HOURS[:3]))


def test_timestamps():
    swapped = HOURS[[0, 1, 3, 2, *range(4, 20)]]
    with raises(
        "The timestamps of X must increase, but row 3 (2024-01-01 02:00:00) comes before row 2 "
        "(2024-01-01 03:00:00)."
    ):
        Windowizer(4).fit(series(swapped))
    with raises(
        "The timestamps of X must be unique, but rows 1 and 2 both have 2024-01-01 01:00:00."
    ):
        Windowizer(4).fit(series(HOURS[[0, 1, 1, 2, 3]]))
    with raises("The timestamps of X[1] must be known, but row 2 has NaT."):
        unknown = HOURS[:10].to_series()
        unknown.iloc[2] = pd.NaT
        Windowizer(4).fit([series(HOURS), series(pd.DatetimeIndex(unknown))])
    shifted = HOURS.to_series()
    shifted.iloc[7] += pd.Timedelta(minutes=20)
    with raises(
        "The timestamps of X must be whole steps of h apart, but row 7 (2024-01-01 07:20:00) is "
        "not a whole number of steps after row 6 (2024-01-01 06:00:00)."
    ):
        Windowizer(4).fit(series(pd.DatetimeIndex(shifted)))


def test_gaps():
    holey = series(HOURS.delete([5, 6, 12]))
    with raises(
        "The timestamps of X have 2 gap(s), the first between 2024-01-01 04:00:00 and "
        "2024-01-01 07:00:00, where steps of h are missing. Insert the missing steps, or set gaps='split' for "
        "windows that never straddle one."
    ):
        Windowizer(4).fit(holey)
    with raises("X has no stretch of window=10 time steps without a gap; its longest has 7."):
        Windowizer(10, gaps="split").fit(holey)


def test_another_frequency_than_in_fit():
    windowizer = Windowizer(4).fit(series(HOURS))
    with raises(
        "The timestamps of X must be whole steps of h apart, but row 1 (2024-01-01 00:10:00) is "
        "not a whole number of steps after row 0 (2024-01-01 00:00:00)."
    ):
        windowizer.transform(series(pd.date_range("2024-01-01", periods=20, freq="10min")))
    with pytest.raises(ValueError, match="have 19 gap"):
        windowizer.transform(series(pd.date_range("2024-01-01", periods=20, freq="2h")))


def test_inverse_transform():
    windowizer = Windowizer(4).fit(np.arange(20).reshape(10, 2))
    for shape in [(3, 5, 2), (3, 4, 1), (3, 9), (8,)]:
        with raises(
            "X must have windows of window=4 time steps and 2 channel(s), or of 8 flat values, "
            f"got the shape {shape}."
        ):
            windowizer.inverse_transform(np.zeros(shape))
    with raises("X holds NaN, which int64, the dtype seen in fit, cannot hold."):
        windowizer.inverse_transform(np.full((3, 8), np.nan))
    with raises("X holds infinity; windows must be finite or NaN."):
        windowizer.inverse_transform(np.full((3, 8), np.inf))
    dated = Windowizer(4).set_output(transform="pandas").fit(series(HOURS))
    with pytest.raises(ValueError, match="The timestamps of X must increase, but row 1"):
        dated.inverse_transform(dated.transform(series(HOURS))[::-1])


def test_targets():
    windowizer = Windowizer(4).fit(np.zeros(10))
    with raises(
        "y must have one target for each of the 10 time steps of the series, got the shape (9,)."
    ):
        windowizer.window_targets(np.zeros(9))
    with raises("target='mean' needs numbers in y, got the dtype <U1."):
        windowizer.set_params(target="mean").window_targets(list("abcdefghij"))
    with raises("target='majority' needs class labels in y, got continuous values."):
        windowizer.set_params(target="majority").window_targets(np.linspace(0, 1, 10))
    listed = Windowizer(4).fit([np.zeros(10), np.zeros(5)])
    with raises("y must be a list with the targets of each of the 2 series, got 10."):
        listed.window_targets(np.zeros(10))
    with raises(
        "y[1] must have one target for each of the 5 time steps of the series, got the shape (6,)."
    ):
        listed.window_targets([np.zeros(10), np.zeros(6)])
