"""Panels: which tables and lists they are, what is an attribute, and the way back."""

import re

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sktsgan.containers._panels import align_columns, read_panel

DAYS = pd.date_range("2024-01-01", periods=3, name="day")


def raises(message):
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


@pytest.fixture
def table():
    """Two stations, three days each, as columns."""
    return pd.DataFrame(
        {
            "station": ["EWR"] * 3 + ["JFK"] * 3,
            "temp": np.arange(6.0),
            "coast": [False] * 3 + [True] * 3,
            "city": ["Newark"] * 3 + ["New York"] * 3,
        },
        index=DAYS.append(DAYS).rename("day"),
    )


@pytest.fixture
def levels(table):
    return table.set_index("station", append=True).swaplevel()


def parts_of(panel):
    return [part["temp"].tolist() for part in panel.series]


def test_one_panel_in_three_forms(table, levels):
    parts = [part.drop(columns="station") for _, part in table.groupby("station")]
    for X, groups in [(levels, None), (levels, "station"), (table, "station"), (parts, None)]:
        panel = read_panel(X, groups)
        assert parts_of(panel) == [[0, 1, 2], [3, 4, 5]]
        assert list(panel.form.attributes) == ["coast", "city"]
        assert panel.form.attributes["city"].tolist() == ["Newark", "New York"]
        assert list(panel.series[0].columns) == ["temp"]
    assert read_panel(levels.swaplevel(), "station").form.keys.tolist() == ["EWR", "JFK"]
    assert read_panel(table) is None and read_panel(table.to_numpy()[:, 1]) is None


def test_rows_in_any_order_of_entities(table, levels):
    panel = read_panel(levels.sort_index(level="day"))
    assert parts_of(panel) == [[0, 1, 2], [3, 4, 5]]
    assert_frame_equal(panel.stack(), levels.sort_index(level="day")[["temp"]])


def test_tables_are_put_together_again(table, levels):
    for X, groups in [(levels, None), (table, "station")]:
        panel = read_panel(X, groups)
        entities = np.repeat([0, 1], 3)
        back = panel.form.dress(pd.concat(panel.series), panel.form.keys[entities], entities)
        assert_frame_equal(back, X)


def test_new_identifiers_are_of_nobody(levels):
    assert read_panel(levels).form.new_keys(3, 2).tolist() == ["new 3", "new 4"]
    numbered = levels.rename({"EWR": 4, "JFK": 9}, level="station")
    assert read_panel(numbered).form.new_keys(0, 2).tolist() == [10, 11]


def test_static_by_name(levels):
    panel = read_panel(levels.drop(columns="city"), static=["coast"])
    assert list(panel.form.attributes) == ["coast"]
    assert read_panel(levels, static=None).form.attributes.empty
    with raises("static names 'size', which is no column of X: ['temp', 'coast', 'city']."):
        read_panel(levels, static=["city", "size"])
    with raises(
        "static names 'temp', which must be constant within an entity, but station='EWR' has 0.0 and 1.0."
    ):
        read_panel(levels, static=["temp"])
    with raises(
        "static=['coast'] must name columns that are constant within each entity, but X is one series."
    ):
        read_panel(levels.loc["EWR"], static=["coast"])


def test_what_can_not_be_read(table, levels):
    with raises(
        "The attribute 'city' of X must be known of each entity, but station='JFK' has none."
    ):
        read_panel(levels.replace("New York", None))
    with raises(
        "groups='port' must be a column or a level of the index of X, which has ['station', 'temp', 'coast', 'city', "
        "'day']."
    ):
        read_panel(table, "port")
    with raises("The entities of X must be known, but row 0 has nan."):
        read_panel(table.assign(station=[np.nan, "a", "a", "b", "b", "b"]), "station")
    with raises(
        "The index of X must have the levels entity and time in this order, got ['day', 'station'], of which the first "
        "holds dates: name the entities by groups='station'."
    ):
        read_panel(levels.swaplevel())
    with raises(
        "The index of X must have the levels entity and time, got 3 level(s): ['station', 'day', None]."
    ):
        read_panel(levels.set_index(np.arange(6), append=True))
    with raises("groups='station' must be None for a list, whose items are the entities."):
        read_panel([table, table], "station")
    with raises("groups='a' must be a column or a level of the index of X, got a ndarray."):
        read_panel(np.zeros((3, 2)), "a")
    with pytest.raises(ValueError, match="X must have a channel, but all of its columns"):
        read_panel(levels[["coast", "city"]])


def test_frames_are_aligned_by_name(table):
    frame = table[["temp", "coast"]]
    (_, other) = align_columns([frame, frame[["coast", "temp"]]])
    assert_frame_equal(other, frame)
    with raises("X[1] must have the columns ['temp', 'coast'], in any order, got ['temp']."):
        align_columns([frame, frame[["temp"]]])
