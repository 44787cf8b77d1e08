"""Windowizer: windows and strides as lengths of time, phases, periods, time zones, irregular series."""

import re

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal

from sktsgan.preprocessing import Windowizer


def hours(start="2024-01-01 05:00", periods=24 * 30, freq="h", **options):
    index = pd.date_range(start, periods=periods, freq=freq, **options)
    return pd.DataFrame({"a": np.arange(float(periods))}, index=index)


def raises(message):
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


@pytest.mark.parametrize(
    ("freq", "window", "stride", "steps"),
    [
        ("h", "1D", "36h", (24, 36)),
        ("10min", "36h", "1D", (216, 144)),
        ("h", "1W", pd.Timedelta("2h"), (168, 2)),
        ("D", "1W", "1D", (7, 1)),
        ("MS", "1YS", "1QS", (12, 3)),
        ("ME", pd.DateOffset(years=1), 1, (12, 1)),
        ("B", "5B", "2B", (5, 2)),
        ("W-MON", "14D", "1W", (2, 1)),
    ],
)
def test_lengths_of_time_are_steps(freq, window, stride, steps):
    frame = hours("2024-01-01", 500, freq)
    windowizer = Windowizer(window, stride=stride).fit(frame)
    expected = Windowizer(steps[0], stride=steps[1]).fit(frame)
    assert windowizer.n_timesteps_ == steps[0]
    if freq != "MS":  # where quarters begin depends on the calendar: here with the series
        assert windowizer.n_windows_ == expected.n_windows_
    np.testing.assert_array_equal(windowizer.transform(frame), expected.transform(frame))
    assert np.shares_memory(windowizer.transform(frame), frame.to_numpy())


def test_phases():
    frame = hours()
    starts = Windowizer("1D", phase="00:00").fit(frame).window_starts(frame)
    assert list(starts) == list(pd.date_range("2024-01-02", "2024-01-30"))
    starts = Windowizer("1D", phase="monday noon").fit(frame).window_starts(frame)
    assert list(starts) == list(pd.date_range("2024-01-01 12:00", periods=5, freq="7D"))
    mondays = Windowizer("1D", phase="Monday", stride="2W").fit(frame).window_starts(frame)
    assert list(mondays.day) == [1, 15, 29]  # the first row of a Monday will do
    others = Windowizer("1D", phase="midnight", stride="36h").fit(frame)
    assert set(np.diff(others.window_starts(frame))) == {np.timedelta64(2, "D")}


@pytest.mark.parametrize("phase", ["25:00", "someday", "", "Monday Tuesday", "00:00 01:00"])
def test_what_is_no_phase(phase):
    with raises(
        "phase must be a time of day, a weekday or both, such as '00:00', 'Monday' or 'Monday 08:00', got "
        f"{phase!r}."
    ):
        Windowizer(phase=phase).fit(hours())


def test_months_as_strides():
    frame = hours("2024-01-10", 24 * 200)
    windowizer = Windowizer("7D", stride="MS").fit(frame)
    starts = windowizer.window_starts(frame)
    assert list(starts) == list(pd.date_range("2024-02-01", "2024-07-01", freq="MS"))
    windows = windowizer.transform(frame)
    assert_frame_equal(
        windowizer.inverse_transform(windows),
        pd.concat([frame[start : start + pd.Timedelta("167h")] for start in starts]),
        check_freq=False,
    )
    with raises("window='MS' must be a whole number of the steps of X, which are h."):
        Windowizer("MS").fit(frame)


def test_days_follow_the_clocks():
    frame = hours("2024-03-28", 24 * 8, tz="Europe/Berlin")
    windowizer = Windowizer("1D", stride="1D").fit(frame)
    starts = windowizer.window_starts(frame)
    assert set(starts.hour) == {0} and len(starts) == 8
    windows = windowizer.transform(frame)
    assert set(np.diff(windows[:, 0, 0])) == {24, 23}
    assert set(Windowizer("1D", phase="00:00").fit(frame).window_starts(frame)) == set(starts)
    elapsed = Windowizer("1D", stride="24h").fit(frame).window_starts(frame)
    assert set(elapsed.hour) == {0, 1}
    autumn = hours("2024-10-25", 24 * 6, tz="Europe/Berlin")
    twice = Windowizer("1D", phase="02:00").fit(autumn).window_starts(autumn)
    assert len(set(twice.date)) == len(twice) == 5


def test_lengths_that_do_not_fit():
    frame = hours()
    with raises("window='90min' must be a whole number of the steps of X, which are h."):
        Windowizer("90min").fit(frame)
    with raises("stride='90min' must be a whole number of the steps of X, which are h."):
        Windowizer(3, stride="90min").fit(frame)
    message = (
        " must be a number of time steps, or a length of time such as '1D' or '36h', got 'a day'."
    )
    with raises("window" + message):
        Windowizer("a day").fit(frame)
    with raises("stride" + message):
        Windowizer(2, stride="a day").fit(frame)
    with raises(
        "window='1D' needs a DatetimeIndex or PeriodIndex on X; without one, window must be a number of time steps."
    ):
        Windowizer("1D").fit(frame.to_numpy())
    for parameters, name in [({"phase": "00:00"}, "phase='00:00'"), ({"stride": "2h"}, "stride")]:
        with pytest.raises(ValueError, match=f"{name}.* needs a DatetimeIndex or PeriodIndex on X"):
            Windowizer(3, **parameters).fit(frame.to_numpy())
    with raises("X has no window of 24 time steps that starts at phase='Monday' and stride=1."):
        Windowizer("1D", phase="Monday").fit(hours("2024-01-02", 48))
    windowizer = Windowizer("1D", phase="00:00").fit(frame)
    with pytest.raises(ValueError, match="X must have the n_windows=29 windows of fit, or an"):
        windowizer.inverse_transform(windowizer.transform(frame)[:3])


@pytest.mark.parametrize("freq", ["h", "D", "M", "Q", "Y", "W"])
def test_periods_are_dates(freq):
    periods = pd.period_range("2000-01", periods=40, freq=freq, name="when")
    frame = pd.DataFrame({"a": np.arange(40.0)}, index=periods)
    windowizer = Windowizer(4).fit(frame)
    assert windowizer.frequency_ is not None
    assert_index_equal(windowizer.window_starts(frame), periods.to_timestamp()[:37], exact="equiv")
    assert_frame_equal(windowizer.inverse_transform(windowizer.transform(frame)), frame)
    gapped = frame.drop(periods[20])
    windowizer = Windowizer(4, gaps="split").fit(gapped)
    assert windowizer.n_windows_ == 17 + 16
    assert_frame_equal(windowizer.inverse_transform(windowizer.transform(gapped)), gapped)
    with pytest.raises(ValueError, match=r"have 1 gap\(s\)"):
        Windowizer(4).fit(gapped)


def test_irregular_series_by_a_rule():
    rng = np.random.default_rng(0)
    minutes = np.sort(rng.choice(60 * 48, 2000, replace=False))
    index = pd.Timestamp("2024-01-01") + pd.to_timedelta(minutes, unit="min")
    frame = pd.DataFrame({"a": rng.normal(size=2000), "b": np.arange(2000)}, index=index)
    with pytest.raises(ValueError, match=r"have \d+ gap\(s\)"):
        Windowizer(24).fit(frame)
    windowizer = Windowizer("1D", resample="1h").fit(frame)
    assert windowizer.frequency_ == pd.offsets.Hour() and windowizer.n_windows_ == 25
    windows = windowizer.transform(frame)
    np.testing.assert_allclose(windows[0], frame.resample("1h").mean()[:24])
    back = windowizer.inverse_transform(windows)
    assert len(back) == 48 and back["b"].dtype == np.int64
    holed = frame.drop(frame.index[(index.hour == 3) & (index.day == 1)])
    with pytest.raises(ValueError, match=r"have 1 gap\(s\)"):
        Windowizer(12, resample="1h").fit(holed)
    assert Windowizer(12, resample="1h", gaps="split").fit(holed).n_windows_ == 33
    with raises("y has a target for each row of X, which resample='1h' puts on other time steps."):
        windowizer.window_targets(np.zeros(2000), frame)
    with raises("resample must be the length of a time step, such as '10min' or '1D', got 'x'."):
        Windowizer(resample="x").fit(frame)
    with raises("resample='1h' needs a DatetimeIndex or PeriodIndex on X, which has none."):
        Windowizer(resample="1h").fit(frame.reset_index(drop=True))


def test_a_million_rows_stay_a_view():
    frame = hours("1900-01-01", 1_000_000, "min")
    windowizer = Windowizer("1D", phase="00:00").fit(frame)
    windows = windowizer.transform(frame)
    assert windows.shape == (694, 1440, 1) and np.shares_memory(windows, frame.to_numpy())
