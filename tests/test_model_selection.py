"""PurgedWindowSplit: no fold is trained on a time step that it is judged on."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.neighbors import KernelDensity, KNeighborsRegressor

from sktsgan import NeighborSampler, PurgedWindowSplit, Windowizer, make_sampling_pipeline


def steps_of(starts, window):
    return {(start + k) for start in starts for k in range(window)}


def shared_steps(cv, n_steps, window, stride):
    """Count the time steps that are both in training and in test windows, over all folds."""
    rows = Windowizer(window, stride=stride).fit_transform(np.arange(n_steps))
    return sum(len(np.intersect1d(rows[train], rows[test])) for train, test in cv.split(rows))


class TestFolds:
    @pytest.mark.parametrize(
        ("window", "stride", "embargo"), [(1, 1, 0), (6, 1, 0), (6, 4, 5), (3, 7, 2)]
    )
    @pytest.mark.parametrize("n_splits", [2, 5])
    def test_no_step_is_shared_and_the_embargo_is_kept(self, n_splits, window, stride, embargo):
        starts = np.arange(0, 200, stride)
        cv = PurgedWindowSplit(n_splits, window=window, stride=stride, embargo=embargo)
        held_out = []
        for train, test in cv.split(np.zeros((len(starts), 2))):
            assert (np.diff(test) == 1).all()
            around = steps_of(starts[test], window + embargo) | steps_of(
                starts[test] - embargo, window
            )
            assert not around & steps_of(starts[train], window)
            # every window that may be trained on is
            left_out = np.setdiff1d(np.arange(len(starts)), np.concatenate([train, test]))
            assert all(around & steps_of([start], window) for start in starts[left_out])
            held_out.append(test)
        assert len(held_out) == n_splits == cv.get_n_splits()
        np.testing.assert_array_equal(np.concatenate(held_out), np.arange(len(starts)))

    def test_the_window_is_read_from_three_axes(self):
        X = np.zeros((50, 8, 2))
        read, given = PurgedWindowSplit(3), PurgedWindowSplit(3, window=8)
        for a, b in zip(read.split(X), given.split(X), strict=True):
            np.testing.assert_array_equal(np.concatenate(a), np.concatenate(b))

    def test_plain_folds_leak_and_these_do_not(self):
        """A model that only remembers looks good under shuffled folds, and like chance here."""
        steps = np.random.default_rng(0).normal(size=(300, 4)).cumsum(axis=0)
        windowizer = Windowizer(12, output="flat")
        X = windowizer.fit_transform(steps[:, :3])
        y = windowizer.window_targets(steps[:, 3])  # a walk of its own: nothing in X foretells it
        shuffled, purged = KFold(5, shuffle=True, random_state=0), PurgedWindowSplit(5, window=12)
        assert shared_steps(shuffled, 300, 12, 1) > 300
        assert shared_steps(purged, 300, 12, 1) == 0
        memory = KNeighborsRegressor(1)
        assert cross_val_score(memory, X, y, cv=shuffled).mean() > 0.5
        assert cross_val_score(memory, X, y, cv=purged).mean() < 0

    def test_unshuffled_folds_leak_at_their_edges(self):
        assert shared_steps(KFold(5), 300, 12, 1) > 0

    def test_repr_names_the_parameters(self):
        expected = "PurgedWindowSplit(embargo=3, n_splits=4, stride=2, window=24)"
        assert repr(PurgedWindowSplit(4, window=24, stride=2, embargo=3)) == expected


class TestStarts:
    def test_integers_say_where_windows_start(self):
        starts = np.r_[0:50, 0:50]  # two series at the same time
        for train, test in PurgedWindowSplit(4, window=5).split(np.zeros(100), groups=starts):
            assert not steps_of(starts[train], 5) & steps_of(starts[test], 5)
            np.testing.assert_array_equal(
                starts[test[: len(test) // 2]], starts[test[len(test) // 2 :]]
            )

    def test_order_does_not_matter(self):
        starts = np.random.default_rng(0).permutation(60) * 2
        for train, test in PurgedWindowSplit(3, window=7).split(np.zeros(60), groups=starts):
            assert np.ptp(starts[test]) == 2 * (len(test) - 1)
            assert not steps_of(starts[train], 7) & steps_of(starts[test], 7)

    @pytest.mark.parametrize("stride", [1, 3])
    @pytest.mark.parametrize("shift", [0, 1])
    def test_timestamps_of_parallel_series_with_gaps(self, stride, shift):
        hours = pd.date_range("2024-01-01", periods=240, freq="h")
        series = [
            pd.Series(1.0, index=hours.delete(range(90, 97))),
            pd.Series(1.0, index=hours[shift:]),
        ]
        starts = Windowizer(5, stride=stride, gaps="split").fit(series).window_starts(series)
        numbers = hours.get_indexer(starts)
        cv = PurgedWindowSplit(4, window=5, stride=stride)
        for train, test in cv.split(np.zeros(len(starts)), groups=starts):
            assert not steps_of(numbers[train], 5) & steps_of(numbers[test], 5)

    @pytest.mark.parametrize("stride", [1, 3])
    def test_entities_are_held_out_together(self, stride):
        hours = pd.date_range("2024-01-01", periods=200, freq="h")
        parts = {"a": pd.Series(1.0, hours[:150]), "b": pd.Series(1.0, hours[60:])}
        panel = pd.concat(parts)
        windowizer = Windowizer(5, stride=stride)
        starts = windowizer.fit(panel).window_starts(panel)
        numbers = hours.get_indexer(starts.get_level_values(1))
        windows = windowizer.set_output(transform="pandas").transform(panel)
        cv = PurgedWindowSplit(4, window=5, stride=stride, embargo=2)
        for train, test in cv.split(windows):
            apart = numbers[train][:, None] - numbers[test]
            assert (np.abs(apart) >= 7).all()
        folds = list(cv.split(windows.to_numpy(), groups=starts))
        np.testing.assert_array_equal(folds[-1][1], test)
        with pytest.raises(ValueError, match="levels entity and start, got 3 levels"):
            next(cv.split(windows.set_index(numbers, append=True)))

    def test_folds_of_a_panel_in_a_pipeline(self):
        days = pd.date_range("2024-01-01", periods=120)
        index = pd.MultiIndex.from_product([["a", "b"], days], names=["who", "day"])
        rng = np.random.default_rng(0)
        panel = pd.DataFrame({"x": rng.normal(size=240), "kind": ["p"] * 120 + ["q"] * 120}, index)
        pipeline = make_sampling_pipeline(Windowizer(6, gaps="split"), NeighborSampler())
        cv = PurgedWindowSplit(3, window=1, embargo=2)
        assert np.isfinite(cross_val_score(pipeline, panel, cv=cv)).all()
        for train, test in cv.split(panel):
            times = panel.index.get_level_values("day")
            assert not set(times[train]) & set(times[test])

    def test_periods_are_starts(self):
        months = pd.period_range("2000-01", periods=40, freq="M")
        a, b = (
            list(PurgedWindowSplit(4, window=6).split(np.zeros(40), groups=groups))
            for groups in (months, np.arange(40))
        )
        np.testing.assert_array_equal(a[1][0], b[1][0])

    @pytest.mark.parametrize("freq", ["B", "MS", "2D"])
    def test_any_calendar(self, freq):
        index = pd.date_range("2000-01-01", periods=100, freq=freq)
        frame = (
            Windowizer(6)
            .set_output(transform="pandas")
            .fit_transform(pd.DataFrame({"a": range(100)}, index))
        )
        dated, plain = PurgedWindowSplit(5, window=6), PurgedWindowSplit(5, window=6)
        for a, b in zip(dated.split(frame), plain.split(frame.to_numpy()), strict=True):
            np.testing.assert_array_equal(np.concatenate(a), np.concatenate(b))

    def test_gaps_leave_out_no_fewer(self):
        frame = pd.DataFrame({"a": np.arange(100.0)}, pd.date_range("2024", periods=100, freq="h"))
        frame = frame.drop(frame.index[40:43])
        windows = Windowizer(6, gaps="split").set_output(transform="pandas").fit_transform(frame)
        for train, test in PurgedWindowSplit(2, window=6).split(windows):
            assert not set(windows.iloc[train].to_numpy().ravel()) & set(
                windows.iloc[test].to_numpy().ravel()
            )


class TestInScikitLearn:
    X = np.random.default_rng(0).normal(size=(60, 4, 1)).cumsum(axis=1)

    def test_grid_search_of_a_sampler(self):
        search = GridSearchCV(
            NeighborSampler(random_state=0), {"n_neighbors": [2, 8]}, cv=PurgedWindowSplit(3)
        )
        assert np.isfinite(search.fit(self.X).best_score_)

    def test_groups_pass_through(self):
        starts = np.arange(60) * 2
        result = cross_validate(
            KernelDensity(),
            self.X[:, :, 0],
            groups=starts,
            cv=PurgedWindowSplit(3, window=4),
            return_indices=True,
        )
        assert len(result["indices"]["train"][0]) == 40 - 1

    def test_groups_are_routed_unasked(self):
        cv = PurgedWindowSplit(3, window=4)
        with config_context(enable_metadata_routing=True):
            scores = cross_val_score(
                KernelDensity(), self.X[:, :, 0], params={"groups": np.arange(60)}, cv=cv
            )
        assert len(scores) == 3


class TestErrors:
    @pytest.mark.parametrize(
        ("parameters", "error", "message"),
        [
            ({"n_splits": 1}, ValueError, "n_splits == 1, must be >= 2"),
            ({"window": 0}, ValueError, "window == 0, must be >= 1"),
            ({"stride": 0}, ValueError, "stride == 0, must be >= 1"),
            ({"embargo": -1}, ValueError, "embargo == -1, must be >= 0"),
            ({"embargo": 0.5}, TypeError, "embargo must be an instance of int"),
        ],
    )
    def test_parameters(self, parameters, error, message):
        with pytest.raises(error, match=message):
            PurgedWindowSplit(**parameters)

    @pytest.mark.parametrize(
        ("cv", "X", "groups", "message"),
        [
            (
                PurgedWindowSplit(),
                np.zeros((9, 4)),
                None,
                "window must be given if X does not have three axes",
            ),
            (
                PurgedWindowSplit(window=3),
                np.zeros((9, 4, 1)),
                None,
                "window=3, but the windows of X have 4 steps",
            ),
            (
                PurgedWindowSplit(),
                np.zeros((3, 4, 1)),
                None,
                "n_splits=5 folds need windows with at least 5 different starts, got 3",
            ),
            (
                PurgedWindowSplit(3),
                np.zeros((14, 6, 1)),
                None,
                "Fold 2 of n_splits=3 has no training window left",
            ),
            (
                PurgedWindowSplit(2, embargo=9),
                np.zeros((9, 2, 1)),
                None,
                "Fold 1 of n_splits=2 .* embargo=9",
            ),
            (
                PurgedWindowSplit(2),
                np.zeros((4, 2, 1)),
                list("aabb"),
                "as whole numbers of time steps or as timestamps",
            ),
            (
                PurgedWindowSplit(2),
                np.zeros((2, 2, 1)),
                pd.DatetimeIndex(["2024", None]),
                "has missing values",
            ),
        ],
    )
    def test_data(self, cv, X, groups, message):
        with pytest.raises(ValueError, match=message):
            cv.split(X, groups=groups)
