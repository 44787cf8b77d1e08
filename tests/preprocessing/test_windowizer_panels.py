"""Windowizer: entities, whose windows are apart and whose attributes come along."""

import pickle

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal

from sktsgan.preprocessing import Windowizer


@pytest.fixture
def panel():
    """Three stations of unequal length, the second with a gap."""
    parts = {}
    for i, (key, n_rows) in enumerate({"EWR": 10, "JFK": 14, "LGA": 7}.items()):
        hours = pd.date_range(f"2024-01-0{i + 1}", periods=n_rows, freq="h", name="time")
        values = {"temp": 100.0 * i + np.arange(n_rows), "wind": np.arange(n_rows)[::-1]}
        parts[key] = pd.DataFrame(values | {"coast": key != "EWR", "size": 7 - i}, index=hours)
    parts["JFK"] = parts["JFK"].drop(parts["JFK"].index[6])
    return pd.concat(parts, names=["station"])


def test_windows_never_straddle_entities_or_gaps(panel):
    windowizer = Windowizer(4, gaps="split").fit(panel)
    windows = windowizer.transform(panel)
    assert windows.shape == (7 + 3 + 4 + 4, 4, 2) and windowizer.n_windows_ == 18
    assert (np.diff(windows, axis=1) == [1, -1]).all()
    assert windowizer.static_features_ == ["coast", "size"]
    starts = windowizer.window_starts(panel)
    assert starts.names == ["station", "time"]
    np.testing.assert_array_equal(panel.loc[starts, "temp"], windows[:, 0, 0])
    table = windowizer.window_attributes(panel)
    assert table["station"].tolist() == starts.get_level_values(0).tolist()
    assert table["size"].tolist() == [7] * 7 + [6] * 7 + [5] * 4
    flat = Windowizer(4, gaps="split").set_output(transform="pandas").fit_transform(panel)
    assert_index_equal(flat.index, starts)


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("of", ["levels", "column"])
def test_there_and_back(panel, of, shuffled):
    X = panel.sample(frac=1, random_state=0).sort_index(level="time") if shuffled else panel
    groups = None
    if of == "column":
        X, groups = X.reset_index("station"), "station"
    windowizer = pickle.loads(pickle.dumps(Windowizer(4, groups=groups, gaps="split").fit(X)))
    windows = windowizer.transform(X)
    order = windowizer._layout.panel.order
    expected = X if order is None else X.iloc[order]
    assert_frame_equal(windowizer.inverse_transform(windows), expected)
    frame = pd.DataFrame(windows.reshape(len(windows), -1), index=windowizer.window_starts(X))
    assert_frame_equal(windowizer.inverse_transform(frame), expected)
    part = frame[frame.index.get_level_values(0) == "LGA"]
    expected = panel.loc[["LGA"]] if of == "levels" else panel.loc[["LGA"]].reset_index("station")
    assert_frame_equal(windowizer.inverse_transform(part), expected)
    part.index = part.index.set_levels(["a", "b", "c"], level=0)
    with pytest.raises(ValueError, match="station='c', which fit has not seen"):
        windowizer.inverse_transform(part)


def test_lists_keep_their_attributes(panel):
    parts = [part.droplevel(0) for _, part in panel.groupby(level=0)]
    parts[2] = parts[2][["size", "coast", "wind", "temp"]]
    windowizer = Windowizer(4, gaps="split").fit(parts)
    windows = windowizer.transform(parts)
    np.testing.assert_array_equal(windows, Windowizer(4, gaps="split").fit_transform(panel))
    assert windowizer.window_attributes(parts)["series"].tolist() == [0] * 7 + [1] * 7 + [2] * 4
    back = windowizer.inverse_transform(windows)
    assert_frame_equal(back[2], parts[2][list(parts[0])], check_freq=False)


def test_lists_whose_columns_differ(panel):
    parts = [part.droplevel(0) for _, part in panel.groupby(level=0)]
    with pytest.raises(ValueError, match=r"^X\[1\] must have the columns \['temp', 'wind'"):
        Windowizer(4).fit([parts[0], parts[2].rename(columns={"wind": "rain"})])


def test_entities_that_are_too_short(panel):
    with pytest.warns(UserWarning, match="2 of 3 entities have no .* the first is station='JFK'"):
        windowizer = Windowizer(9, gaps="split").fit(panel.drop(panel.index[11:15]))
    assert windowizer.n_windows_ == 2
    with pytest.raises(ValueError, match="X has no entity with window=30 time steps"):
        Windowizer(30, gaps="split").fit(panel)
    with pytest.raises(ValueError, match="^The timestamps of X of station='JFK' have 1 gap"):
        Windowizer(4).fit(panel)


def test_targets_are_in_the_order_of_rows(panel):
    X = panel.sort_index(level="time", ascending=True)
    windowizer = Windowizer(4, gaps="split", target="first").fit(X)
    targets = windowizer.window_targets(X["temp"])
    np.testing.assert_array_equal(targets, windowizer.transform(X)[:, 0, 0])
    with pytest.raises(ValueError, match=r"^y must have one target for each of the 30 rows of X"):
        windowizer.window_targets(np.zeros(3))


def test_one_entity_after_another(panel):
    windowizer = Windowizer(4, gaps="split").fit(panel)
    alone = panel.loc["EWR"]
    expected = windowizer.transform(panel)[:7]
    np.testing.assert_array_equal(windowizer.transform(alone), expected)
    np.testing.assert_array_equal(windowizer.transform(alone[["temp", "wind"]]), expected)
    with pytest.raises(ValueError, match="X must be several pandas series, the entities"):
        windowizer.window_attributes(alone)


def test_a_series_of_entities(panel):
    windowizer = Windowizer(4, gaps="split").fit(panel["temp"])
    assert windowizer.transform(panel["temp"]).shape == (18, 4, 1)
    back = windowizer.inverse_transform(windowizer.transform(panel["temp"]))
    pd.testing.assert_series_equal(back, panel["temp"])
