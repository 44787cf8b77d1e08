"""Windowizer: windows of every container, and the way back."""

import pickle

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sktsgan.preprocessing import Windowizer


@pytest.fixture
def series():
    return np.random.default_rng(0).normal(size=(50, 3))


@pytest.fixture
def frame(series):
    index = pd.date_range("2024-01-01", periods=50, freq="h", name="date")
    return pd.DataFrame(series, index=index, columns=["a", "b", "c"])


def windows_by_hand(values, window, stride):
    starts = range(0, len(values) - window + 1, stride)
    return np.stack([values[start : start + window] for start in starts])


class TestTransform:
    @pytest.mark.parametrize(("window", "stride"), [(1, 1), (4, 1), (4, 3), (4, 9), (50, 1)])
    def test_windows(self, series, window, stride):
        expected = windows_by_hand(series, window, stride)
        windows = Windowizer(window, stride=stride).fit_transform(series)
        flat = Windowizer(window, stride=stride, output="flat").fit_transform(series)
        np.testing.assert_array_equal(windows, expected)
        np.testing.assert_array_equal(flat, expected.reshape(len(expected), -1))

    def test_one_axis_is_one_channel(self, series):
        windows = Windowizer(4).fit_transform(series[:, 0])
        assert windows.shape == (47, 4, 1)
        named = pd.Series(series[:, 0], name="load")
        windowizer = Windowizer(4).fit(named)
        np.testing.assert_array_equal(windowizer.transform(named), windows)
        assert windowizer.get_feature_names_out()[0] == "load_t0"

    def test_a_list_is_several_series(self, series):
        parts = [series[:10], series[20:35], series[40:]]
        windows = Windowizer(4, stride=2).fit_transform(parts)
        expected = np.concatenate([windows_by_hand(part, 4, 2) for part in parts])
        np.testing.assert_array_equal(windows, expected)

    def test_nested_lists_of_numbers_are_one_series(self, series):
        windows = Windowizer(4).fit_transform(series.tolist())
        np.testing.assert_array_equal(windows, Windowizer(4).fit_transform(series))

    @pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8"])
    @pytest.mark.parametrize("output", ["3d", "flat"])
    def test_windows_are_read_only_views(self, dtype, output):
        series = np.arange(60).reshape(20, 3).astype(dtype)
        windows = Windowizer(5, output=output).fit_transform(series)
        assert np.shares_memory(windows, series)
        assert windows.dtype == series.dtype
        assert not windows.flags.writeable
        assert series.flags.writeable

    def test_frames_are_viewed_too(self, frame):
        windows = Windowizer(5).fit_transform(frame)
        assert np.shares_memory(windows, frame.to_numpy())
        column = frame["a"].copy()
        flat = Windowizer(5).set_output(transform="pandas").fit_transform(column)
        assert np.shares_memory(flat.to_numpy(), column.to_numpy())

    def test_fortran_order_is_viewed_in_three_axes(self, series):
        fortran = np.asfortranarray(series)
        windows = Windowizer(5).fit_transform(fortran)
        assert np.shares_memory(windows, fortran)
        flat = Windowizer(5, output="flat").fit_transform(fortran)
        np.testing.assert_array_equal(flat, windows.reshape(len(windows), -1))

    def test_nan_passes_and_infinity_does_not(self, series):
        series[3, 1] = np.nan
        windowizer = Windowizer(4)
        assert np.isnan(windowizer.fit_transform(series)).sum() == 4
        np.testing.assert_array_equal(
            windowizer.inverse_transform(windowizer.transform(series)), series
        )
        series[3, 1] = np.inf
        with pytest.raises(ValueError, match="Input X contains infinity"):
            windowizer.fit(series)


class TestInverseTransform:
    @pytest.mark.parametrize("stride", [1, 2, 4, 5])
    @pytest.mark.parametrize("output", ["3d", "flat"])
    @pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "uint8", "bool"])
    def test_arrays_come_back_exactly(self, series, stride, output, dtype):
        series = (100 * series).astype(dtype)
        windowizer = Windowizer(4, stride=stride, output=output)
        back = windowizer.inverse_transform(windowizer.fit_transform(series))
        covered = np.zeros(len(series), dtype=bool)
        for start in range(0, len(series) - 3, stride):
            covered[start : start + 4] = True
        np.testing.assert_array_equal(back, series[covered])
        assert back.dtype == series.dtype

    def test_large_integers_come_back_exactly(self):
        series = 2**62 + np.arange(20)
        windowizer = Windowizer(3)
        windows = windowizer.fit_transform(series)
        np.testing.assert_array_equal(windowizer.inverse_transform(windows), series)

    def test_one_axis(self, series):
        windowizer = Windowizer(7)
        back = windowizer.inverse_transform(windowizer.fit_transform(series[:, 0]))
        np.testing.assert_array_equal(back, series[:, 0])

    @pytest.mark.parametrize("container", ["default", "pandas"])
    def test_series_and_frames(self, frame, container):
        frame["count"] = np.arange(50)
        frame["small"] = np.arange(50, dtype="float32") / 3
        frame["on"] = np.arange(50) % 3 == 0
        frame["maybe"] = pd.array([None, 2] * 25, dtype="Int64")
        windowizer = Windowizer(6, stride=4).set_output(transform=container)
        assert_frame_equal(windowizer.inverse_transform(windowizer.fit_transform(frame)), frame)
        column = frame["count"]
        back = windowizer.inverse_transform(windowizer.fit_transform(column))
        assert_series_equal(back, column)

    @pytest.mark.parametrize(
        "index",
        [
            pd.RangeIndex(5, 105, 2),
            pd.Index(np.arange(1970, 2020), name="year"),
            pd.Index(np.arange(50) ** 2),
            pd.Index([f"row {i}" for i in range(50)]),
            pd.period_range("2020-01", periods=50, freq="M"),
            pd.MultiIndex.from_product([range(5), range(10)], names=["day", "slot"]),
            pd.DatetimeIndex(pd.date_range("2020-01-31", periods=50, freq="ME").tolist()),
            pd.date_range("2020-02-01", periods=50, freq="7D", tz="Asia/Tokyo", unit="s"),
        ],
        ids=lambda index: type(index).__name__,
    )
    def test_any_index_comes_back(self, frame, index):
        frame.index = index
        windowizer = Windowizer(5, stride=5)
        assert_frame_equal(windowizer.inverse_transform(windowizer.fit_transform(frame)), frame)

    def test_the_names_of_the_axes_come_back(self, frame):
        frame.columns = pd.Index([1, 2, 3], name="sensor")
        windowizer = Windowizer(5)
        assert_frame_equal(windowizer.inverse_transform(windowizer.fit_transform(frame)), frame)

    def test_rows_that_no_window_covers_are_left_off(self, frame):
        windowizer = Windowizer(4, stride=7)
        back = windowizer.inverse_transform(windowizer.fit_transform(frame))
        rows = np.flatnonzero(np.arange(50) % 7 < 4)[:28]
        assert_frame_equal(back, frame.iloc[rows], check_freq=False)

    def test_a_list_comes_back_as_a_list(self, frame):
        parts = [frame[:10], frame[12:30], frame[33:]]
        windowizer = Windowizer(4)
        back = windowizer.inverse_transform(windowizer.fit_transform(parts))
        assert isinstance(back, list)
        for one, other in zip(back, parts, strict=True):
            assert_frame_equal(one, other)

    def test_overlaps_are_averaged(self):
        windowizer = Windowizer(2).fit([0.0, 0.0, 0.0])
        windows = np.array([[1.0, 2.0], [4.0, 8.0]])
        np.testing.assert_array_equal(windowizer.inverse_transform(windows), [1.0, 3.0, 8.0])

    def test_integers_are_rounded_to_and_kept_in_range(self):
        windowizer = Windowizer(2).fit(np.array([0, 1, 2], dtype=np.uint8))
        back = windowizer.inverse_transform(np.array([[-3.0, 2.4], [2.8, 300.0]]))
        assert back.dtype == np.uint8
        np.testing.assert_array_equal(back, [0, 3, 255])

    def test_frames_of_windows_are_placed_by_time(self, frame):
        windowizer = Windowizer(4).set_output(transform="pandas").fit(frame[:20])
        later = frame[25:45]
        assert len(windowizer.transform(later)) == windowizer.n_windows_
        assert_frame_equal(windowizer.inverse_transform(windowizer.transform(later)), later)
        picked = windowizer.transform(frame).iloc[[0, 2, 30]]
        rows = [*range(6), *range(30, 34)]
        assert_frame_equal(windowizer.inverse_transform(picked), frame.iloc[rows], check_freq=False)

    def test_another_number_of_windows_is_one_series_of_unknown_time(self, frame):
        windowizer = Windowizer(4, stride=2).fit(frame)
        windows = windowizer.transform(frame)
        back = windowizer.inverse_transform(windows[:3])
        assert_frame_equal(back, frame[:8].reset_index(drop=True))
        listed = Windowizer(4, stride=2).fit([frame, frame])
        assert_frame_equal(listed.inverse_transform(windows[:3])[0], back)

    def test_round_trip_across_gaps(self, frame):
        holey = frame.drop(frame.index[[15, 16, 30, 33]])
        windowizer = Windowizer(5, gaps="split")
        windows = windowizer.fit_transform(holey)
        kept = frame.index[[*range(15), *range(17, 30), *range(34, 50)]]
        assert_frame_equal(windowizer.inverse_transform(windows), frame.loc[kept], check_freq=False)
        flat = windowizer.set_output(transform="pandas").transform(holey)
        assert_frame_equal(windowizer.inverse_transform(flat), frame.loc[kept], check_freq=False)


class TestStartsAndTargets:
    def test_starts(self, series, frame):
        windowizer = Windowizer(4, stride=3).fit(series)
        np.testing.assert_array_equal(windowizer.window_starts(series), np.arange(0, 47, 3))
        parts = [series[:9], series[:12]]
        np.testing.assert_array_equal(windowizer.window_starts(parts), [0, 3, 0, 3, 6])
        windowizer.fit(frame)
        assert_index_equal(windowizer.window_starts(frame), frame.index[:47:3])
        parts = [frame[:9], frame[20:32]]
        expected = frame.index[[0, 3, 20, 23, 26]]
        assert_index_equal(windowizer.window_starts(parts), expected)

    def test_starts_across_gaps(self, frame):
        holey = frame.drop(frame.index[[5, 6, 20]])[:30]
        windowizer = Windowizer(4, stride=2, gaps="split").fit(holey)
        expected = frame.index[[0, 7, 9, 11, 13, 15, 21, 23, 25, 27, 29]]
        assert_index_equal(windowizer.window_starts(holey), expected)

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ("first", [1, 0, 2]),
            ("last", [2, 0, 2]),
            ("majority", [1, 0, 2]),
            ("mean", [1.25, 0.5, 1.75]),
        ],
    )
    def test_target_rules(self, target, expected):
        y = [1, 1, 1, 2, 0, 2, 0, 0, 2, 2, 1, 2, 5]
        windowizer = Windowizer(4, stride=4, target=target).fit(np.zeros(13))
        np.testing.assert_array_equal(windowizer.window_targets(y), expected)

    def test_majority_of_names_and_ties(self):
        windowizer = Windowizer(4, target="majority").fit(np.zeros(5))
        targets = windowizer.window_targets(["b", "a", "b", "b", "a"])
        np.testing.assert_array_equal(targets, ["b", "a"])

    def test_targets_of_lists_gaps_and_other_series(self, frame):
        windowizer = Windowizer(4).fit([np.zeros(5), np.zeros(4)])
        targets = windowizer.window_targets([np.arange(5), np.arange(10, 14)])
        np.testing.assert_array_equal(targets, [3, 4, 13])
        rows = np.delete(np.arange(50), [10])
        windowizer = Windowizer(4, gaps="split").fit(frame.iloc[rows])
        expected = [*range(3, 10), *range(14, 50)]
        np.testing.assert_array_equal(windowizer.window_targets(rows), expected)
        later = frame[20:30]
        assert windowizer.window_targets(np.arange(10), later).tolist() == list(range(3, 10))


class TestBeingAnEstimator:
    def test_pandas_output(self, frame):
        windowizer = Windowizer(2, stride=3).set_output(transform="pandas")
        flat = windowizer.fit_transform(frame)
        assert list(flat.columns) == ["a_t0", "b_t0", "c_t0", "a_t1", "b_t1", "c_t1"]
        assert_index_equal(flat.index, frame.index[:49:3])
        np.testing.assert_array_equal(flat.iloc[1], frame.to_numpy()[3:5].ravel())
        assert_frame_equal(windowizer.fit(frame).transform(frame), flat)
        with config_context(transform_output="pandas"):
            assert_frame_equal(Windowizer(2, stride=3).fit_transform(frame), flat)

    def test_pandas_output_of_arrays(self, series):
        flat = Windowizer(2, stride=5).set_output(transform="pandas").fit_transform(series)
        assert list(flat.columns[:4]) == ["x0_t0", "x1_t0", "x2_t0", "x0_t1"]
        assert list(flat.index) == list(range(0, 49, 5))

    @pytest.mark.parametrize("of", ["array", "frame", "list", "gaps"])
    def test_clone_and_pickle(self, series, frame, of):
        X = {
            "array": series,
            "frame": frame,
            "list": [frame, frame[:20]],
            "gaps": frame.drop(frame.index[7]),
        }[of]
        windowizer = Windowizer(4, stride=2, gaps="split").fit(X)
        again = pickle.loads(pickle.dumps(windowizer))
        windows = again.transform(X)
        np.testing.assert_array_equal(windows, windowizer.transform(X))
        pairs = again.inverse_transform(windows), windowizer.inverse_transform(windows)
        for one, other in zip(*pairs, strict=True) if of == "list" else [pairs]:
            np.testing.assert_array_equal(one, other)
            assert type(one) is type(other)
        assert clone(windowizer).get_params() == windowizer.get_params()
        with pytest.raises(NotFittedError):
            clone(windowizer).transform(X)

    def test_fit_keeps_no_values(self):
        index = pd.date_range("2000", periods=100_000, freq="min")
        frame = pd.DataFrame(np.zeros((100_000, 4)), index=index).drop(index[50_000])
        frame.columns = list("abcd")
        assert len(pickle.dumps(Windowizer(24, gaps="split").fit(frame))) < 5_000

    def test_input_is_not_changed(self, frame):
        frame.index.freq = None
        before = frame.copy(deep=True)
        windowizer = Windowizer(4)
        windowizer.inverse_transform(windowizer.fit_transform(frame))
        assert_frame_equal(frame, before)

    def test_html(self, frame):
        windowizer = Windowizer(window=7)
        assert "Windowizer" in windowizer._repr_html_()
        html = windowizer.fit(frame)._repr_html_()
        assert "window" in html and "7" in html

    def test_first_step_of_a_pipeline(self, frame):
        pipeline = make_pipeline(Windowizer(6, output="flat"), StandardScaler())
        assert pipeline.fit_transform(frame).shape == (45, 18)
        assert pipeline.set_params(windowizer__window=10).fit_transform(frame).shape == (41, 30)
        flat = pipeline.set_output(transform="pandas").fit_transform(frame)
        assert_index_equal(flat.index, frame.index[:41], check_names=False, exact="equiv")
        assert flat.columns[-1] == "c_t9"
        back = pipeline.inverse_transform(flat.to_numpy())
        np.testing.assert_allclose(back, frame, atol=1e-12)

    @pytest.mark.parametrize("of", ["frame", "list"])
    def test_grid_search(self, frame, of):
        X = frame.drop(frame.index[30]) if of == "frame" else [frame, frame + 1, frame * 2]
        pipeline = make_pipeline(Windowizer(4, gaps="split", output="flat"), KernelDensity())
        search = GridSearchCV(pipeline, {"windowizer__stride": [1, 2]}, cv=KFold(3))
        assert np.isfinite(search.fit(X).cv_results_["mean_test_score"]).all()
