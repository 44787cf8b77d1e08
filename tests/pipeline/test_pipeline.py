"""SamplingPipeline: windows come back in the units of the series, and labels reach the sampler."""

import pickle

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.callback import ProgressBar
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    Normalizer,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.utils import get_tags

from sktsgan import (
    NeighborSampler,
    PurgedWindowSplit,
    SamplingPipeline,
    Windowizer,
    distribution_kl_score,
    make_sampling_pipeline,
)


class Replay(BaseEstimator):
    """Give back the training windows, one after the other, and keep what was handed in."""

    def __init__(self, shift=0.0):
        self.shift = shift

    def fit(self, X, y=None, *, timestamps=None, conditions=None):
        self.X_, self.y_, self.timestamps_, self.conditions_ = X, y, timestamps, conditions
        return self

    def sample(self, n_samples=1, *, prompt=None, random_state=None, return_prompt=False):
        self.prompt_ = prompt
        rows = np.arange(n_samples) % len(self.X_)
        drawn = np.asarray(self.X_)[rows] + self.shift
        table = pd.DataFrame(index=range(n_samples))
        if self.timestamps_ is not None:
            table = pd.DataFrame({"timestamp": self.timestamps_[rows].to_series(index=table.index)})
        return (drawn, table) if return_prompt else drawn

    def iter_sample(self, n_samples, *, batch_size=1024, return_prompt=False, **options):
        X, table = self.sample(n_samples, return_prompt=True, **options)
        batches = (slice(i, i + batch_size) for i in range(0, n_samples, batch_size))
        return ((X[b], table[b]) if return_prompt else X[b] for b in batches)

    def score(self, X, y=None):
        self.scored_ = np.asarray(X), y
        return -float(np.abs(self.shift))

    def impute(self, X, n_draws=1, random_state=None):
        """Put the mean of a window's own channel where it is missing."""
        self.imputed_ = X
        known = ~np.isnan(X)
        totals = np.where(known, X, 0).sum(axis=1, keepdims=True)
        filled = np.where(known, X, totals / np.maximum(known.sum(axis=1, keepdims=True), 1))
        return filled if n_draws == 1 else np.stack([filled] * n_draws)


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    index = pd.date_range("2024-01-01", periods=60, freq="h", name="date")
    values = {
        "load": rng.integers(0, 500, 60),
        "heat": rng.normal(20, 5, 60).astype(np.float32),
        "flow": rng.lognormal(size=60),
    }
    return pd.DataFrame(values, index=index)


def long_windows(frame, window, n_windows):
    """Return the first windows of a frame as a pipeline is to give them."""
    parts = [frame.iloc[i : i + window] for i in range(n_windows)]
    return pd.concat(parts, keys=range(n_windows), names=["window"])


SCALERS = [
    StandardScaler(),
    MinMaxScaler((-1, 1)),
    RobustScaler(),
    PowerTransformer(),
    PCA(whiten=True),
    FunctionTransformer(np.log1p, np.expm1, check_inverse=False),
    make_pipeline(StandardScaler(), PCA()),
    "passthrough",
]


class TestRoundTrip:
    @pytest.mark.parametrize("scaler", SCALERS, ids=str)
    def test_frames(self, frame, scaler):
        pipeline = SamplingPipeline(
            [("scaler", scaler), ("cut", Windowizer(6)), ("sampler", Replay())]
        )
        new = pipeline.fit(frame + 1).sample(7)
        expected = long_windows((frame + 1).astype(frame.dtypes), 6, 7)
        assert_frame_equal(new, expected, check_freq=False, rtol=1e-5)

    @pytest.mark.parametrize("scaler", SCALERS[:6], ids=str)
    @pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
    def test_arrays(self, frame, scaler, dtype):
        values = (frame.to_numpy() + 1).astype(dtype)
        pipeline = make_sampling_pipeline(clone(scaler), Windowizer(6), Replay()).fit(values)
        expected = Windowizer(6).fit_transform(values)[:7]
        assert pipeline.sample(7).dtype == dtype
        np.testing.assert_allclose(pipeline.sample(7), expected, rtol=1e-4)

    @pytest.mark.parametrize("output", ["3d", "flat", "pandas"])
    def test_steps_after_the_windowizer(self, frame, output):
        cut = Windowizer(6, output="3d" if output == "3d" else "flat")
        if output == "pandas":
            cut.set_output(transform="pandas")
        after = FunctionTransformer() if output == "3d" else StandardScaler()
        pipeline = make_sampling_pipeline(StandardScaler(), cut, after, Replay()).fit(frame)
        assert_frame_equal(pipeline.sample(4), long_windows(frame, 6, 4), check_freq=False)

    def test_one_series(self, frame):
        pipeline = make_sampling_pipeline(Windowizer(6), Replay())
        new = pipeline.fit(frame["load"]).sample(4)
        pd.testing.assert_series_equal(new, long_windows(frame["load"], 6, 4), check_freq=False)
        values = frame["load"].to_numpy()
        assert pipeline.fit(values).sample(4).shape == (4, 6)
        np.testing.assert_array_equal(pipeline.sample(4)[2], values[2:8])

    def test_several_series(self, frame):
        pipeline = make_sampling_pipeline(Windowizer(6), Replay()).fit([frame[:20], frame[30:]])
        new = pipeline.sample(17)
        times = new.index.get_level_values("date")
        assert times[15 * 6] == frame.index[30]  # 15 windows fit into the first
        assert_frame_equal(new.droplevel(0), frame.loc[times], check_freq=False)

    def test_windows_of_a_long_series_reach_the_sampler_as_a_view(self):
        index = pd.date_range("2010-01-01", periods=100_000, freq="h")
        long = pd.DataFrame(np.zeros((100_000, 8)), index=index)
        pipeline = make_sampling_pipeline(Windowizer(24), Replay()).fit(long)
        windows = pipeline[-1].X_
        assert windows.shape == (99_977, 24, 8) and np.shares_memory(windows, long.to_numpy())

    def test_without_timestamps_steps_are_counted(self, frame):
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay())
        new = pipeline.fit(frame.reset_index(drop=True)).sample(2)
        expected = pd.MultiIndex.from_product([range(2), range(6)], names=["window", "step"])
        assert_index_equal(new.index, expected)

    @pytest.mark.parametrize("freq", ["MS", "B", "D", "15min"])
    def test_times_follow_the_calendar(self, frame, freq):
        index = pd.date_range("2024-03-01", periods=60, freq=freq, tz="Europe/Brussels")
        frame = frame.set_axis(index)
        new = (
            make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay()).fit(frame).sample(55)
        )
        assert new.index.names == ["window", "timestamp"]
        assert new.loc[54].index.equals(index[54:])

    def test_windows_without_a_windowizer(self, frame):
        windows = Windowizer(6).set_output(transform="pandas").fit_transform(frame)
        new = make_sampling_pipeline(StandardScaler(), Replay()).fit(windows).sample(5)
        assert_frame_equal(new, windows[:5], check_freq=False)
        flat = windows.to_numpy(dtype=np.float32)
        new = make_sampling_pipeline(MinMaxScaler(), Replay()).fit(flat).sample(5)
        np.testing.assert_allclose(new, flat[:5], rtol=1e-4)
        three = flat.reshape(-1, 6, 3)
        assert make_sampling_pipeline(NeighborSampler()).fit(three).sample(5).shape == (5, 6, 3)

    def test_other_scikit_learn_estimators_that_sample(self, frame):
        values = frame.to_numpy()
        cut = Windowizer(6, output="flat")
        pipeline = make_sampling_pipeline(StandardScaler(), cut, KernelDensity(bandwidth=1e-9))
        new = pipeline.fit(values).sample(3, random_state=0)
        real = Windowizer(6).fit_transform(values)
        assert all(np.isclose(window, real).all(axis=(1, 2)).any() for window in new)
        assert not hasattr(pipeline, "iter_sample")
        assert not hasattr(pipeline, "impute")

    def test_batches_are_the_sample(self, frame):
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay()).fit(frame)
        batches = list(pipeline.iter_sample(7, batch_size=3))
        assert [len(batch) for batch in batches] == [18, 18, 6]
        assert_frame_equal(pd.concat(batches), pipeline.sample(7))
        real = make_sampling_pipeline(Windowizer(6), NeighborSampler(random_state=0)).fit(frame)
        batches = list(real.iter_sample(5, batch_size=2, random_state=3, return_prompt=True))
        assert_frame_equal(pd.concat([X for X, _ in batches]), real.sample(5, random_state=3))


class TestLabels:
    def test_timestamps_reach_the_sampler(self, frame):
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6, stride=4), Replay())
        sampler = pipeline.fit(frame)[-1]
        assert_index_equal(sampler.timestamps_, frame.index[:-5:4], exact=False)
        assert sampler.X_.shape == (14, 6, 3)

    def test_given_timestamps_count(self, frame):
        own = pd.date_range("1999", periods=55, freq="D")
        pipeline = make_sampling_pipeline(Windowizer(6), Replay()).fit(
            frame, replay__timestamps=own
        )
        assert pipeline[-1].timestamps_ is own

    def test_gaps_are_seen_through_scalers(self, frame):
        gappy = frame.drop(frame.index[20:23])
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6, gaps="split"), Replay())
        starts = pipeline.fit(gappy)[-1].timestamps_
        assert_index_equal(starts, frame.index[:15].append(frame.index[23:-5]), exact=False)
        assert pipeline[:-1].transform(gappy).shape == (len(starts), 6, 3)
        with pytest.raises(ValueError, match="have 1 gap"):
            make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay()).fit(gappy)

    @pytest.mark.parametrize("target", ["first", "last", "mean"])
    def test_the_sampler_gets_a_target_a_window(self, frame, target):
        cut = Windowizer(6, stride=5, target=target)
        pipeline = make_sampling_pipeline(StandardScaler(), cut, Replay())
        y = np.arange(60)
        pipeline.fit(frame, y)
        expected = clone(cut).fit(frame).window_targets(y)
        np.testing.assert_array_equal(pipeline[-1].y_, expected)
        pipeline.score(frame[:30], y[:30])
        np.testing.assert_array_equal(pipeline[-1].scored_[1], expected[:5])

    def test_prompts_reach_the_sampler(self, frame):
        y = np.where(np.arange(60) < 30, "a", "b")
        cut = Windowizer(6, stride=2)
        pipeline = make_sampling_pipeline(StandardScaler(), cut, NeighborSampler()).fit(frame, y)
        X, table = pipeline.sample(4, prompt="b", return_prompt=True)
        assert (table["y"] == "b").all()
        assert X.shape == (24, 3)

    def test_observed_values_of_a_prompt_are_in_units(self, frame):
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay()).fit(frame)
        holes = pipeline.sample(2).astype(float)
        holes.iloc[3, 1] = np.nan
        for prompt in (holes, holes.to_numpy().reshape(2, 6, 3), holes.to_numpy()[:6]):
            pipeline.sample(2, prompt=prompt)
            seen = pipeline[-1].prompt_
            expected = pipeline[-1].X_[: len(seen)].copy()
            expected[0, 3, 1] = np.nan
            np.testing.assert_allclose(seen, expected)


class TestImpute:
    @pytest.fixture
    def pipeline(self, frame):
        return make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay()).fit(frame)

    @pytest.fixture
    def holed(self, frame):
        holed = frame.astype({"load": float})
        for rows, column in [([0, 1], 0), ([20], 1), (range(30, 45), 2), ([59], 2)]:
            holed.iloc[rows, column] = np.nan
        return holed

    def test_only_what_is_missing_changes(self, pipeline, holed):
        before = holed.copy()
        filled = pipeline.impute(holed)
        assert_frame_equal(holed, before)
        assert not filled.isna().any(axis=None)
        assert_frame_equal(filled.where(holed.notna()), holed)
        assert filled.index.equals(holed.index)
        assert filled.loc[holed["load"].isna(), "load"].map(float.is_integer).all()

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_arrays(self, frame, holed, dtype):
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay())
        values = holed.to_numpy(dtype, copy=True)
        before = values.copy()
        filled = pipeline.fit(frame.to_numpy(dtype)).impute(values)
        np.testing.assert_array_equal(values, before)
        assert filled.dtype == dtype
        known = ~np.isnan(values)
        np.testing.assert_array_equal(filled[known], values[known])
        assert np.isfinite(filled).all()

    def test_a_frame_that_is_one_block(self, frame, holed):
        frame, holed = frame.astype(float), holed.astype(float)
        filled = make_sampling_pipeline(Windowizer(6), Replay()).fit(frame).impute(holed)
        assert_frame_equal(filled.where(holed.notna()), holed)
        assert not filled.isna().any(axis=None)

    def test_a_hole_lies_in_the_middle_of_its_window(self, pipeline, frame):
        holed = frame.copy()
        holed.iloc[20:22, 1] = np.nan
        pipeline.impute(holed)
        assert pipeline[-1].imputed_.shape == (1, 6, 3)
        missing = np.isnan(pipeline[-1].imputed_[0, :, 1])
        np.testing.assert_array_equal(missing, [False, False, True, True, False, False])

    def test_several_draws(self, pipeline, holed):
        filled = pipeline.impute(holed, n_draws=3)
        assert filled.index.names == ["draw", "date"]
        assert_frame_equal(filled.loc[1], pipeline.impute(holed), check_freq=False)
        values = pipeline.fit(holed.ffill().bfill().to_numpy()).impute(holed.to_numpy(), n_draws=3)
        assert values.shape == (3, 60, 3)

    def test_windows(self, pipeline):
        windows = pipeline.sample(4)
        holed = windows.copy()
        holed.iloc[7, 1] = np.nan
        filled = pipeline.impute(holed)
        assert_index_equal(filled.index, windows.index)
        changed = filled.to_numpy() != windows.to_numpy()
        assert changed[7, 1] and changed.sum() == 1
        array = holed.to_numpy().reshape(4, 6, 3)
        np.testing.assert_array_equal(pipeline.impute(array).reshape(24, 3), filled)

    def test_several_series_and_gaps(self, frame):
        pipeline = make_sampling_pipeline(Windowizer(6, gaps="split"), Replay()).fit(frame)
        parts = [frame[:20].copy(), frame[25:].drop(frame.index[40:44])]
        parts[0].iloc[19, 1] = parts[1].iloc[[0, 14, 15], 2] = np.nan
        filled = pipeline.impute(parts)
        for part, whole in zip(parts, filled, strict=True):
            assert_frame_equal(whole.where(part.notna()), part)
            assert not whole.isna().any(axis=None)

    def test_nothing_missing(self, pipeline, frame):
        filled = pipeline.impute(frame)
        assert filled is not frame
        assert_frame_equal(filled, frame)

    def test_errors(self, pipeline, frame, holed):
        with pytest.raises(ValueError, match="n_draws == 0, must be >= 1"):
            pipeline.impute(holed, n_draws=0)
        split = make_sampling_pipeline(Windowizer(6, gaps="split"), Replay()).fit(frame)
        with pytest.raises(
            ValueError, match="in row 29, in a stretch between gaps shorter than window=6"
        ):
            split.impute(holed.drop(frame.index[[28, 33]]))
        with pytest.raises(
            ValueError, match="windows of 5 steps, but the pipeline was fitted on windows of 6"
        ):
            pipeline.impute(np.zeros((2, 5, 3)))
        with pytest.raises(ValueError, match="2 channels, but the pipeline was fitted on 3"):
            pipeline.impute(np.zeros((2, 6, 2)))


class TestAsEstimator:
    @pytest.fixture
    def pipeline(self):
        return make_sampling_pipeline(
            StandardScaler(), Windowizer(6), NeighborSampler(random_state=0)
        )

    def test_params_clone_and_pickle(self, pipeline, frame):
        pipeline.set_params(windowizer__window=4, neighborsampler__n_neighbors=2).fit(frame)
        new = pipeline.sample(3, random_state=1)
        assert len(new) == 12
        assert_frame_equal(pickle.loads(pickle.dumps(pipeline)).sample(3, random_state=1), new)
        assert_frame_equal(clone(pipeline).fit(frame).sample(3, random_state=1), new)

    def test_slices_and_names(self, pipeline, frame):
        pipeline.fit(frame)
        assert isinstance(pipeline[:-1], SamplingPipeline)
        assert pipeline[:-1].transform(frame).shape == (55, 6, 3)
        assert pipeline[:-1].fit_transform(frame).shape == (55, 6, 3)
        assert not hasattr(pipeline[:-1], "sample")
        assert pipeline["windowizer"] is pipeline.named_steps.windowizer
        assert_frame_equal(
            pipeline[:].sample(2, random_state=0), pipeline.sample(2, random_state=0)
        )
        scaled = pipeline[1:].sample(2, random_state=0)
        assert scaled.shape == (2, 6, 3)
        back = pipeline["standardscaler"].inverse_transform(scaled.reshape(-1, 3))
        np.testing.assert_allclose(back[:, 2], pipeline.sample(2, random_state=0)["flow"])

    def test_html(self, pipeline, frame):
        assert "NeighborSampler" in pipeline._repr_html_()
        assert "NeighborSampler" in pipeline.fit(frame)._repr_html_()

    def test_scores(self, pipeline, frame):
        pipeline.fit(frame)
        windows = pipeline[:-1].transform(frame)
        assert pipeline.score(frame) == pipeline[-1].score(windows)
        assert pipeline.score(frame) == distribution_kl_score(pipeline, frame)

    @pytest.mark.parametrize("scoring", [None, distribution_kl_score])
    def test_grid_search_of_a_dated_series(self, frame, scoring):
        pipeline = make_sampling_pipeline(
            StandardScaler(), Windowizer(4, gaps="split"), NeighborSampler(random_state=0)
        )
        search = GridSearchCV(
            pipeline,
            {"windowizer__window": [3, 4], "neighborsampler__n_neighbors": [2, 8]},
            scoring=scoring,
            cv=PurgedWindowSplit(3, window=1, embargo=2),
            error_score="raise",
        )
        assert search.fit(frame).best_estimator_.sample(2).shape[1] == 3

    def test_grid_search_of_an_array(self, frame):
        pipeline = make_sampling_pipeline(Windowizer(6), Replay())
        cv = TimeSeriesSplit(3, gap=2)
        search = GridSearchCV(pipeline, {"replay__shift": [1.0, 0.0]}, cv=cv, error_score="raise")
        search.fit(frame.to_numpy(), np.arange(60))
        assert search.best_params_ == {"replay__shift": 0.0}

    def test_memory(self, frame, tmp_path):
        steps = [StandardScaler(), Windowizer(6), Replay()]
        pipeline = make_sampling_pipeline(*steps, memory=str(tmp_path))
        for _ in range(2):
            pipeline.fit(frame)
            assert_frame_equal(pipeline.sample(2), long_windows(frame, 6, 2), check_freq=False)
        assert list(tmp_path.rglob("*.pkl"))

    def test_verbose(self, frame, capsys):
        make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay(), verbose=True).fit(frame)
        assert "(step 3 of 3) Processing replay" in capsys.readouterr().out

    def test_callbacks_see_every_step(self, pipeline, frame):
        seen = []

        class Recorder:
            def setup(self, estimator, context):
                pass

            def teardown(self, estimator, context):
                pass

            def on_fit_task_begin(self, estimator, context, **kwargs):
                seen.append(context.task_name)

            def on_fit_task_end(self, estimator, context, **kwargs):
                return False

        pipeline.set_callbacks(Recorder()).fit(frame)
        plain = Pipeline(clone(pipeline).steps).set_callbacks(Recorder())
        ours, seen[:] = list(seen), []
        plain.fit(frame)
        assert ours == seen
        pipeline.set_callbacks(ProgressBar()).fit(frame)

    def test_metadata_routing(self, frame):
        conditions = pd.DataFrame({"wind": np.arange(55.0)})
        with config_context(enable_metadata_routing=True):
            sampler = Replay().set_fit_request(conditions=True)
            pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6), sampler)
            pipeline.fit(frame, conditions=conditions)
        assert sampler.conditions_ is conditions
        assert len(sampler.timestamps_) == 55


class TestErrors:
    @pytest.mark.parametrize("step", [Normalizer(), Pipeline([("n", Normalizer())])])
    def test_a_step_without_inverse(self, frame, step):
        pipeline = SamplingPipeline([("unit", step), ("cut", Windowizer(6)), ("sampler", Replay())])
        with pytest.raises(TypeError, match="Step 'unit' .* must have an inverse_transform"):
            pipeline.fit(frame)
        assert not hasattr(pipeline[-1], "X_")

    def test_two_windowizers(self, frame):
        with pytest.raises(
            ValueError, match=r"one Windowizer, got \['windowizer-1', 'windowizer-2'\]"
        ):
            make_sampling_pipeline(Windowizer(6), Windowizer(6), Replay()).fit(frame)
        with pytest.raises(ValueError, match="'pipeline' contains a Windowizer"):
            make_sampling_pipeline(make_pipeline(Windowizer(6)), Replay()).fit(frame)

    def test_lost_timestamps(self, frame):
        class Bare(BaseEstimator):
            def fit(self, X, y=None):
                return self

            def transform(self, X):
                return np.asarray(X)

            inverse_transform = transform

        with pytest.raises(ValueError, match="before the Windowizer loses the timestamps of X"):
            make_sampling_pipeline(Bare(), Windowizer(6), Replay()).fit(frame)

    def test_several_series_before_a_scaler(self, frame):
        pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(6), Replay())
        with pytest.raises(ValueError, match="make the Windowizer the first step"):
            pipeline.fit([frame.to_numpy(), frame.to_numpy()])
        new = pipeline.fit([frame[:20], frame[30:]]).sample(17)
        assert new.loc[15].index[0] == frame.index[30]  # 15 windows fit into the first
        np.testing.assert_allclose(new.loc[15], frame[30:36], rtol=1e-5)

    def test_functions_without_an_inverse(self, frame):
        for roots in (FunctionTransformer(np.sqrt), make_pipeline(FunctionTransformer(np.sqrt))):
            pipeline = SamplingPipeline([("roots", roots), ("cut", Windowizer(6)), ("s", Replay())])
            message = (
                r"Step 'roots.*must undo its transform.*func=<ufunc 'sqrt'>\) needs inverse_func"
            )
            with pytest.raises(ValueError, match=message):
                pipeline.fit(frame)
        roots = FunctionTransformer(np.sqrt, np.square, check_inverse=False)
        new = make_sampling_pipeline(roots, Windowizer(6), Replay()).fit(frame.abs()).sample(3)
        np.testing.assert_allclose(new, long_windows(frame.abs(), 6, 3), rtol=1e-5)

    def test_imputers_that_keep_no_trace(self, frame):
        frame = frame.astype(float)
        frame.iloc[3:5, 0] = np.nan
        for imputer in (SimpleImputer(), SimpleImputer(add_indicator=True)):
            pipeline = make_sampling_pipeline(imputer, Windowizer(6), Replay())
            with pytest.raises(ValueError, match=r"Step 'simpleimputer' .* fill the series before"):
                pipeline.fit(frame)

    def test_steps_whose_inverse_fails(self, frame):
        class Broken(StandardScaler):
            def inverse_transform(self, X):
                raise RuntimeError("no way back")

        pipeline = make_sampling_pipeline(Broken(), Windowizer(6), Replay())
        with pytest.raises(ValueError, match="Step 'broken' .* of Broken fails: no way back"):
            pipeline.fit(frame)
        assert not hasattr(pipeline[-1], "X_")  # the sampler has not been trained

    def test_transform_input_needs_routing(self, frame):
        pipeline = make_sampling_pipeline(Windowizer(6), Replay(), transform_input=["V"])
        with pytest.raises(ValueError, match=r"transform_input=\['V'\] needs metadata routing"):
            pipeline.fit(frame)

    def test_targets_of_another_length(self, frame):
        with pytest.raises(ValueError, match="one target for each of the 60 time steps"):
            make_sampling_pipeline(Windowizer(6), Replay()).fit(frame, np.zeros(55))

    def test_windows_of_another_length(self, frame):
        pipeline = make_sampling_pipeline(Windowizer(6), Replay()).fit(frame)
        with pytest.raises(ValueError, match="windows of 6 steps, as in fit"):
            pipeline.impute(pipeline.sample(3)[:-1])


def test_missing_values_are_welcome_where_every_step_takes_them():
    steps = [StandardScaler(), Windowizer(4), NeighborSampler()]
    assert get_tags(make_sampling_pipeline(*steps)).input_tags.allow_nan
    assert not get_tags(make_sampling_pipeline(PCA(2), *steps)).input_tags.allow_nan
