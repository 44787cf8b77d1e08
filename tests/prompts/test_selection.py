import datetime

import numpy as np
import pandas as pd
import pytest
import torch

from sktsgan.prompts import ConditionTable, select_rows

STARTS = pd.date_range("2016-07-01", "2018-06-30 23:00", freq="h")


@pytest.fixture(scope="module")
def table():
    n = len(STARTS)
    known = pd.DataFrame({"site": np.where(np.arange(n) % 3, "a", "b"), "load": np.arange(n) / n})
    y = np.array(["high", "low"])[(np.arange(n) // 100) % 2]
    return ConditionTable(
        n, y=y, classes=np.array(["high", "low"]), timestamps=STARTS, conditions=known
    )


def draw(table, prompt, n_items=200):
    selection = select_rows(table, prompt, n_items)
    rows = selection.draw(0, n_items, torch.Generator().manual_seed(0))
    assert rows.shape == (n_items,)
    return selection.describe(0, rows)


def message_of(table, prompt, n_items=3):
    with pytest.raises(ValueError) as caught:
        select_rows(table, prompt, n_items)
    return str(caught.value)


@pytest.mark.parametrize(
    ("prompt", "name", "values"),
    [
        ("January", "month", {1}),
        ("二月", "month", {2}),
        ("周一", "day_of_week", {0}),
        ("Sunday", "day_of_week", {6}),
        ("8:00", "hour", {8}),
        ("Q4", "quarter", {4}),
        ("2017", "year", {2017}),
        (pd.Period("2017-03"), "month", {3}),
        ({"month": "March"}, "month", {3}),
        ({"month": 3, "y": "low"}, "month", {3}),
    ],
)
def test_periods(table, prompt, name, values):
    assert set(getattr(draw(table, prompt)["timestamp"].dt, name)) == values


def test_half_months_and_weeks(table):
    days = draw(table, "first half of January")["timestamp"].dt
    assert set(days.month) == {1} and days.day.max() <= 15
    drawn = draw(table, "2017-W05")["timestamp"]
    assert drawn.min() >= pd.Timestamp("2017-01-30") and drawn.max() < pd.Timestamp("2017-02-06")
    both_years = draw(table, "January")["timestamp"].dt.year
    assert set(both_years) == {2017, 2018}


def test_what_is_left_open_is_drawn_from_what_agrees(table):
    drawn = draw(table, {"month": 1, "site": "a"}, 4000)
    agree = (STARTS.month == 1) & (np.arange(len(STARTS)) % 3 != 0)
    share = np.mean((np.arange(len(STARTS)) // 100 % 2)[agree] == 0)
    assert np.mean(drawn["y"] == "high") == pytest.approx(share, abs=0.04)
    assert set(drawn["site"]) == {"a"}


def test_starts(table):
    assert set(draw(table, pd.Timestamp("2017-03-05 08:00"))["timestamp"]) == {
        pd.Timestamp("2017-03-05 08:00")
    }
    asked = pd.DatetimeIndex(["2018-12-25 08:00", "2017-03-05 07:59"])
    selection = select_rows(table, asked, 2)
    rows = selection.draw(0, 2, torch.Generator().manual_seed(0))
    assert selection.describe(0, rows)["timestamp"].tolist() == asked.tolist()
    nearest = STARTS[rows.numpy()]
    assert nearest[0].month in (12, 1) and nearest[0].hour == 8
    assert nearest[1] == pd.Timestamp("2017-03-05 08:00")
    for same in (
        asked.to_numpy(),
        list(asked),
        pd.Series(asked),
        pd.DataFrame({"timestamp": asked}),
    ):
        assert draw(table, same, 2)["timestamp"].tolist() == asked.tolist()
    assert draw(table, datetime.datetime(2017, 3, 5))["timestamp"].nunique() == 1


def test_one_prompt_for_each(table):
    prompt = ["January", {"site": "b"}, pd.Period("2017-03"), "low"]
    drawn = draw(table, prompt, 4)
    assert drawn["timestamp"][0].month == 1 and drawn["timestamp"][2].month == 3
    assert drawn["site"][1] == "b" and drawn["y"][3] == "low"
    months = pd.period_range("2017-01", periods=3, freq="M")
    assert draw(table, months, 3)["timestamp"].dt.month.tolist() == [1, 2, 3]


def test_the_table_is_a_prompt(table):
    drawn = draw(table, "January", 20)
    pd.testing.assert_frame_equal(draw(table, drawn, 20), drawn)


def test_nearest_numbers(table):
    load = draw(table, {"load": 0.5})["load"]
    assert load.between(0.48, 0.52).all() and load.nunique() > 20
    months = draw(table, {"load": 0.0, "month": 6})["timestamp"]
    assert set(months.dt.month) == {6}


def test_labels_come_before_periods():
    y = np.array(["January", "other"] * 10)
    starts = pd.date_range("2017-05-01", periods=20, freq="D")
    table = ConditionTable(20, y=y, classes=np.array(["January", "other"]), timestamps=starts)
    assert set(draw(table, "January")["y"]) == {"January"}


def test_time_zones():
    starts = pd.date_range("2017-01-01", periods=100, freq="h", tz="Europe/Berlin")
    table = ConditionTable(100, timestamps=starts)
    for prompt in (pd.Timestamp("2017-01-02 08:00"), pd.Timestamp("2017-01-02 07:00", tz="UTC")):
        stamps = draw(table, [prompt] * 3, 3)["timestamp"]
        assert (stamps == pd.Timestamp("2017-01-02 08:00", tz="Europe/Berlin")).all()
    naive = ConditionTable(100, timestamps=starts.tz_localize(None))
    assert "time zone" in message_of(naive, starts[0])


@pytest.mark.parametrize(
    "prompt",
    ["Smarch", "2020-01", pd.Timestamp("2020-01-01"), {"month": 13}, {"hour": "noon"}, 3, {"load": "x"}]
    + [{"timestamp": pd.Timestamp("2015-01-01")}, {"site": "c"}, {"colour": 1}, {"month": 1, "year": 2016}],
)  # fmt: skip
def test_never_seen(table, prompt):
    message = message_of(table, prompt)
    assert message.startswith(f"prompt={prompt!r}")
    for known in ("'high'", "'site' is ['a', 'b']", "'load' is from 0.0", "2016 to 2018"):
        assert known in message


def test_of_other_length(table):
    for prompt in (["January"] * 2, STARTS[:2], pd.DataFrame({"month": [1, 2]})):
        expected = "prompt must be one or n_samples=3 of them, got shape (2,)."
        assert message_of(table, prompt) == expected


def test_several_values_of_one_condition(table):
    expected = "prompt['month'] must be one value, got [1, 2]; a DataFrame has a row for each item."
    assert message_of(table, {"month": [1, 2]}) == expected
    assert message_of(table, [{"month": [1, 2]}] * 3) == expected


def test_several_weekdays_and_quarters(table):
    assert set(draw(table, "weekend")["timestamp"].dt.day_of_week) == {5, 6}
    assert set(draw(table, {"weekday": "weekend", "month": 3})["timestamp"].dt.day_of_week) == {
        5,
        6,
    }
    assert set(draw(table, "上半年")["timestamp"].dt.quarter) == {1, 2}


@pytest.mark.parametrize("open_value", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_missing_in_a_dict_is_left_open(table, open_value):
    drawn = draw(table, {"month": open_value, "site": "b", "y": open_value})
    assert set(drawn["site"]) == {"b"} and drawn["timestamp"].dt.month.nunique() > 6


@pytest.mark.parametrize("prompt", ["13pm", "Januray", "January 32", "2017-02-30", "week 54"])
def test_what_is_not_understood(table, prompt):
    message = message_of(table, prompt)
    assert message.startswith(
        f"prompt={prompt!r} was not understood. A period reads like 'January'"
    )
    assert "'site' is ['a', 'b']" in message and "2016 to 2018" in message


def test_times_that_clocks_skip_or_show_twice():
    for day, hour, fault in (
        ("2017-03-26", "2017-03-26 02:30", "do not exist"),
        ("2017-10-29", "2017-10-29 02:30", "come twice"),
    ):
        starts = pd.date_range(day, periods=100, freq="30min", tz="Europe/Berlin")
        table = ConditionTable(100, timestamps=starts)
        for prompt in (pd.Timestamp(hour), {"timestamp": hour}):
            assert fault in message_of(table, prompt)
        assert len(draw(table, day, 9)) == 9
    skipped = pd.date_range("2017-03-26", periods=100, freq="30min", tz="Europe/Berlin")
    table = ConditionTable(100, timestamps=skipped)
    expected = "prompt='2017-03-26 02:30' was not seen in fit; "
    assert message_of(table, "2017-03-26 02:30").startswith(expected)
    twice = draw(ConditionTable(100, timestamps=starts), "2017-10-29 02:30", 50)["timestamp"]
    assert twice.nunique() == 2  # in summer time and after it


@pytest.mark.parametrize("prompt", [{1, 2, 3}, set(), range(2), iter([1, 2, 3])])
def test_what_is_no_list_of_prompts(table, prompt):
    assert message_of(table, prompt).startswith("prompt")
