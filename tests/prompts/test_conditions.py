import numpy as np
import pandas as pd
import pytest

from sktsgan.prompts import ConditionTable, read_timestamps


@pytest.fixture
def starts():
    return pd.date_range("2016-11-01", periods=2000, freq="7h", name="start")


def refused(call, *args, **kwargs):
    with pytest.raises(ValueError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


def test_nothing_known():
    table = ConditionTable(7)
    assert len(table) == 7 and table.is_empty
    assert table.encoded.shape == (7, 0)
    assert table.codes("y") is None
    assert table.append(3).tolist() == [0, 1, 2] and len(table) == 7


def test_encoding():
    known = pd.DataFrame({"site": list("ab") * 10, "load": np.arange(20.0)})
    table = ConditionTable(20, conditions=known)
    assert table.encoded.dtype == np.float32 and table.encoded.shape == (20, 3)
    np.testing.assert_array_equal(table.encoded[:, 0], np.arange(20) % 2 == 0)
    assert abs(table.encoded[:, 2].mean()) < 1e-6
    assert table.encoded[:, 2].std() == pytest.approx(1, abs=1e-5)


def test_places_that_do_not_vary_are_left_out(starts):
    days = pd.date_range("2017-01-01", periods=50, freq="D")
    assert ConditionTable(50, timestamps=days).encoded.shape[1] == 8 + 6  # neither year nor hour
    table = ConditionTable(2000, timestamps=starts)
    assert table.encoded.shape[1] == 27


@pytest.mark.parametrize("values", [["a"] * 20, [1.0] * 20, [f"id {i}" for i in range(20)]])
def test_what_varies_too_little_is_dropped(values):
    known = pd.DataFrame({"good": list("ab") * 10, "bad": values})
    with pytest.warns(UserWarning, match="bad vary too little") as caught:
        table = ConditionTable(20, conditions=known)
    assert "good" not in str(caught[0].message)
    assert list(table.frame) == ["good"]


def test_names_that_are_taken():
    for name in ("y", "timestamp", "month"):
        message = refused(ConditionTable, 3, conditions=pd.DataFrame({name: [1, 2, 3]}))
        assert message.endswith(f"got {name!r}.")


def test_later_windows(starts):
    classes = np.array(["a", "b"])
    y = classes[np.arange(2000) % 2]
    table = ConditionTable(2000, y=y, classes=classes, timestamps=starts)
    rows = table.append(2000, y=y, timestamps=starts)  # the same once more
    assert rows.tolist() == list(range(2000)) and len(table) == 2000
    rows = table.append(2, y=y[:2], timestamps=starts[:2])
    assert rows.tolist() == [2000, 2001]
    np.testing.assert_array_equal(table.encoded[rows], table.encoded[:2])
    assert len(table.fields) == 2002


def test_later_windows_that_are_refused(starts):
    y = np.array(["a", "b"] * 1000)
    table = ConditionTable(2000, y=y, classes=np.array(["a", "b"]), timestamps=starts)
    message = "y must be given in every call of partial_fit, or in none."
    assert refused(table.append, 2, timestamps=starts[:2]) == message
    message = "timestamps must be given in every call of partial_fit, or in none."
    assert refused(table.append, 2, y=y[:2]) == message
    assert "'c'" in refused(table.append, 1, y=np.array(["c"]), timestamps=starts[:1])
    new = pd.DataFrame({"site": ["a"]})
    message = refused(table.append, 1, y=y[:1], timestamps=starts[:1], conditions=new)
    assert message.endswith("'site' is new.")
    assert len(table) == 2000


def test_timestamps(starts):
    assert read_timestamps(np.zeros((3, 2)), None, 3) is None
    assert read_timestamps([[1], [2]], None, 2) is None
    frame = pd.DataFrame(index=starts)
    assert read_timestamps(frame, None, 2000).name == "start"
    assert read_timestamps(frame, starts[::-1], 2000)[0] == starts[-1]
    months = pd.period_range("2017-01", periods=3, freq="M")
    assert read_timestamps(None, months, 3)[2] == pd.Timestamp("2017-03-01")
    message = "timestamps has 2000 entries, but X has 3 windows."
    assert refused(read_timestamps, None, starts, 3) == message
    assert "dates" in refused(read_timestamps, None, ["never"] * 3, 3)


@pytest.mark.parametrize("numbers", [np.arange(3), [0, 1, 2], [0.5, 1, 2], pd.RangeIndex(3)])
def test_numbers_are_no_timestamps(numbers):
    message = refused(read_timestamps, np.zeros(3), numbers, 3)
    assert message.startswith("timestamps must hold dates or times, got numbers, the first 0")
    assert "pandas.to_datetime(timestamps, unit=...)" in message


def test_dates_in_the_index(starts):
    days = pd.period_range("2024-01-01", periods=4, name="day")
    frame = pd.DataFrame(np.zeros((4, 2)), index=days)
    assert read_timestamps(frame, None, 4).equals(days.to_timestamp())
    frame.index = pd.MultiIndex.from_arrays([list("aabb"), days])
    assert read_timestamps(frame, None, 4).equals(days.to_timestamp())
    frame.index = pd.MultiIndex.from_arrays([list("aabb"), range(4)])
    assert read_timestamps(frame, None, 4) is None


def test_conditions_with_names_that_repeat():
    twice = pd.DataFrame(np.zeros((9, 2)), columns=["a", "a"])
    expected = "conditions must have a name of its own for each column, got 'a' twice."
    assert refused(ConditionTable, 9, conditions=twice) == expected


@pytest.mark.parametrize("value", [[1], {"b": 1}, 1j])
def test_conditions_that_are_neither_numbers_nor_classes(value):
    message = refused(ConditionTable, 9, conditions=pd.DataFrame({"a": [value] * 9}))
    assert message.startswith("conditions must hold numbers or classes, got ")


def test_timestamps_without_an_order():
    days = pd.date_range("2024-01-01", periods=9)
    assert "got a set, which has no order" in refused(read_timestamps, None, set(days), 9)
    table = days.to_numpy()[:, None]
    assert "got an array of 2 axes" in refused(read_timestamps, None, table, 9)
