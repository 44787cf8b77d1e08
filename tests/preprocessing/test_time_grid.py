"""Frequencies: what the calendar makes uneven is no gap."""

import numpy as np
import pandas as pd
import pytest

from sktsgan.preprocessing import Windowizer
from sktsgan.preprocessing._time_grid import find_jumps, infer_frequency, make_timestamps

FREQUENCIES = [
    "10min", "h", "90min", "D", "2D", "7D", "W-TUE", "B", "MS", "ME", "2MS", "BMS", "QS", "QE", "YS", "5s",
]  # fmt: skip


def bare(index):
    """The same timestamps without their frequency, as a file gives them."""
    return pd.DatetimeIndex(index.tolist())


@pytest.mark.parametrize("tz", [None, "Europe/Berlin"])
@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_regular_timestamps(frequency, tz):
    index = pd.date_range("2020-03-20", periods=40, freq=frequency, tz=tz)
    inferred = infer_frequency(bare(index), "X")
    rows, _ = find_jumps(bare(index), inferred, "X")
    assert len(rows) == 0
    assert make_timestamps(index[0], 40, inferred).equals(index)


@pytest.mark.parametrize(
    "frequency", ["10min", "h", "90min", "D", "7D", "B", "MS", "ME", "QS", "YS"]
)
@pytest.mark.parametrize("tz", [None, "Europe/Berlin"])
def test_missing_steps(frequency, tz):
    index = pd.date_range("2020-03-20", periods=60, freq=frequency, tz=tz)
    holey = bare(index.delete([7, 8, 30]))
    inferred = infer_frequency(holey, "X")
    rows, counts = find_jumps(holey, inferred, "X")
    assert rows.tolist() == [7, 28]
    assert counts.tolist() == [3, 2]
    windowizer = Windowizer(6, gaps="split").fit(pd.Series(np.zeros(57), index=holey))
    assert windowizer.n_windows_ == 2 + 16 + 24


@pytest.mark.parametrize("tz", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("frequency", ["h", "D", "30min"])
def test_daylight_saving(frequency, tz):
    index = pd.date_range("2023-03-01", "2023-04-15", freq=frequency, tz=tz)
    series = pd.Series(np.arange(len(index)), index=bare(index))
    windowizer = Windowizer(12)
    windows = windowizer.fit_transform(series)
    assert len(windows) == len(series) - 11
    pd.testing.assert_series_equal(windowizer.inverse_transform(windows), series)


def test_a_frequency_of_its_own_is_taken_at_its_word():
    holidays = pd.offsets.CustomBusinessDay(holidays=["2024-01-01", "2024-03-29"])
    index = pd.date_range("2023-12-20", periods=90, freq=holidays)
    windowizer = Windowizer(5)
    frame = pd.DataFrame({"close": np.arange(90.0)}, index=index)
    windows = windowizer.set_output(transform="pandas").fit_transform(frame)
    assert len(windows) == 86
    pd.testing.assert_frame_equal(windowizer.inverse_transform(windows), frame)


def test_the_day_of_the_month_may_be_any():
    index = pd.DatetimeIndex([f"20{20 + m // 12}-{m % 12 + 1:02d}-15" for m in range(30)])
    assert len(find_jumps(index, infer_frequency(index, "X"), "X")[0]) == 0


def test_resolution_finer_than_that_of_the_index():
    half = pd.offsets.Milli(500)
    index = bare(pd.date_range("2024", periods=5, freq="s")).as_unit("s")
    rows, counts = find_jumps(index, half, "X")
    assert rows.tolist() == [1, 2, 3, 4]
    assert counts.tolist() == [2, 2, 2, 2]


def test_one_window_is_the_whole_series():
    index = pd.DatetimeIndex(["2024-01-01"], name="date")
    frame = pd.DataFrame({"a": [1.5]}, index=index)
    windowizer = Windowizer(1)
    back = windowizer.inverse_transform(windowizer.fit_transform(frame))
    pd.testing.assert_frame_equal(back, frame)
    assert windowizer.frequency_ is None
