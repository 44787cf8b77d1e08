"""Series of unequal length: what goes in and comes out, prompts for a length, scores, and what is refused."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score

from sktsgan import TimeGANSampler, distribution_kl_score

QUICK = {"refine": "always", "max_iter": 3, "hidden_size": 4, "random_state": 0}
FEW_STEPS = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")


def make_sampler(**params):
    return TimeGANSampler(**QUICK | params)


@pytest.fixture
def series():
    rng = np.random.default_rng(0)
    lengths = np.concatenate([rng.integers(3, 7, 40), rng.integers(9, 13, 40)])
    return [rng.normal(size=(n, 2)).cumsum(axis=0) + n for n in lengths]


@pytest.fixture
def labels():
    return np.repeat(["short", "long"], 40)


def lengths_of(series):
    return [len(one) for one in series]


def assert_equal(first, second):
    assert lengths_of(first) == lengths_of(second)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@FEW_STEPS
@pytest.mark.parametrize("params", [{}, {"base": None}, {"cell": "lstm", "gradient_penalty": 0}])
def test_lists_come_in_and_go_out(series, params):
    sampler = make_sampler(**params).fit(series)
    made = sampler.sample(50, random_state=0)
    assert isinstance(made, list) and len(made) == 50
    assert {one.shape[1] for one in made} == {2}
    assert set(lengths_of(made)) <= set(lengths_of(series))
    assert len(set(lengths_of(made))) > 3
    steps, seen = np.concatenate(made), np.concatenate(series)
    assert (steps >= seen.min(axis=0)).all() and (steps <= seen.max(axis=0)).all()
    assert_equal(made, sampler.sample(50, random_state=0))
    batches = list(sampler.iter_sample(50, batch_size=15, random_state=0))
    assert lengths_of(batches) == [15, 15, 15, 5]
    assert_equal(made, sum(batches, []))
    assert sampler.n_timesteps_ == max(lengths_of(series))


def test_containers_of_a_series(series):
    flat = [one[:, 0] for one in series]
    made = make_sampler().fit(flat).sample(5)
    assert {one.ndim for one in made} == {1}
    time_major = [one.ravel() for one in series]
    made = make_sampler(n_channels=2).fit(time_major).sample(5, prompt={"length": 4})
    assert {one.shape for one in made} == {(8,)}
    whole = [one.round().astype(np.int32) for one in series]
    made = make_sampler().fit(tuple(whole)).sample(5)
    assert {one.dtype for one in made} == {np.dtype(np.int32)}
    as_objects = np.empty(len(series), dtype=object)
    as_objects[:] = series
    assert isinstance(make_sampler().fit(as_objects).sample(2), list)
    assert isinstance(make_sampler().fit([one.tolist() for one in series]).sample(2), list)


@pytest.mark.parametrize("equal", [False, True])
def test_frames_are_aligned_by_name(series, equal):
    frames = [pd.DataFrame(one[:3] if equal else one, columns=["a", "b"]) for one in series]
    turned = [frame[["b", "a"]] if i % 2 else frame for i, frame in enumerate(frames)]
    expected = make_sampler().fit(frames)
    sampler = make_sampler().fit(turned)
    draws = [s.sample(5, random_state=0) for s in (sampler, expected)]
    assert_equal(*map(list, draws))
    assert sampler.score(turned[::-1]) == expected.score(frames[::-1])
    spoiled = [*frames[:-1], frames[-1].rename(columns={"b": "c"})]
    place = len(frames) - 1
    message = rf"^X\[{place}\] must have the columns \['a', 'b'\], in any order, got \['a', 'c'\].$"
    with pytest.raises(ValueError, match=message):
        make_sampler().fit(spoiled)
    with pytest.raises(ValueError, match=r"^X\[0\] must have the columns \['a', 'b'\]"):
        sampler.score([frame.rename(columns={"b": "c"}) for frame in frames])
    with pytest.raises(ValueError, match=r"^X must hold DataFrames only or none, but X\[0\] is a"):
        make_sampler().fit([frames[0].to_numpy(), *frames[1:]])


def test_constants_and_copies_are_exact(series):
    series = [np.column_stack([one, one[:, 0], np.full(len(one), 0.1)]) for one in series]
    for one in make_sampler().fit(series).sample(20):
        np.testing.assert_array_equal(one[:, 2], one[:, 0])
        assert (one[:, 3] == 0.1).all()


def test_series_without_variation():
    series = [np.ones((n, 2)) for n in (2, 3, 4)] * 5
    sampler = make_sampler().fit(series)
    assert {float(one.max()) for one in sampler.sample(5)} == {1.0}


def test_lengths_follow_the_conditions(series, labels):
    sampler = make_sampler().fit(series, labels)
    assert max(lengths_of(sampler.sample(50, prompt="short"))) < 7
    assert min(lengths_of(sampler.sample(50, prompt="long"))) > 8
    made, table = sampler.sample(50, random_state=0, return_prompt=True)
    assert table["length"].tolist() == lengths_of(made)
    again = sampler.sample(50, prompt=table, random_state=0)
    assert lengths_of(again) == lengths_of(made)
    levels = {
        name: np.mean([one.mean() for one in sampler.sample(50, prompt=name)]) for name in labels
    }
    assert levels["long"] - levels["short"] > 3


@pytest.mark.parametrize("length", [1, 5, 8, 12, np.int64(7), 7.0])
def test_a_prompt_names_the_length(series, labels, length):
    made, table = (
        make_sampler().fit(series, labels).sample(9, prompt={"length": length}, return_prompt=True)
    )
    assert lengths_of(made) == [int(length)] * 9
    assert table["length"].tolist() == [int(length)] * 9


def test_prompts_name_the_length_of_each(series, labels):
    sampler = make_sampler().fit(series, labels)
    made, table = sampler.sample(
        3, prompt=[{"length": 4}, {"length": 11}, {"y": "long"}], return_prompt=True
    )
    assert lengths_of(made)[:2] == [4, 11] and len(made[2]) > 8
    frame = pd.DataFrame({"length": [5, np.nan], "y": ["short", "long"]})
    made, table = sampler.sample(2, prompt=frame, return_prompt=True)
    assert len(made[0]) == 5 and len(made[1]) > 8
    assert table["y"].tolist() == ["short", "long"]


@pytest.mark.parametrize("length", [0, 13, 2.5, "long", True])
def test_lengths_that_can_not_be_made(series, length):
    sampler = make_sampler().fit(series)
    with pytest.raises(ValueError) as error:
        sampler.sample(2, prompt={"length": length})
    longest = max(lengths_of(series))
    message = f"length must be an integer from 1 to {longest}, the longest seen, got {length!r}."
    assert str(error.value) == message


@FEW_STEPS
def test_what_is_beyond_the_end_does_not_reach_what_is_learned(series, monkeypatch):
    """The array that series are kept in may hold anything beyond their end."""
    from sktsgan.scaling import _series

    made = make_sampler(base=None, batch_size=40).fit(series).sample(5, random_state=0)
    transform = _series.SeriesScaler.transform

    def spoiled(self, windows):
        scores = transform(self, windows)
        scores[np.isnan(windows[..., 0])] = 3.0
        return scores

    monkeypatch.setattr(_series.SeriesScaler, "transform", spoiled)
    again = make_sampler(base=None, batch_size=40).fit(series).sample(5, random_state=0)
    for one, other in zip(made, again, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_score(series):
    sampler = make_sampler().fit(series)
    score = sampler.score(series)
    assert score == sampler.score(series) <= 0
    shifted = [one + 20 for one in series]
    assert sampler.score(shifted) < score - 1
    cut = [one[: 2 + i % 2] for i, one in enumerate(series)]
    assert sampler.score(cut) < score
    assert np.isfinite(sampler.score([one[:3] for one in series]))  # of one length


def test_scorer_is_the_score(series):
    sampler = make_sampler().fit(series)
    assert distribution_kl_score(sampler, series) == sampler.score(series)
    flat = [one.ravel() for one in series]  # time-major, two channels
    sampler = make_sampler(n_channels=2).fit(flat)
    assert distribution_kl_score(sampler, flat) == sampler.score(flat)
    assert distribution_kl_score(sampler, flat) == pytest.approx(
        make_sampler().fit(series).score(series)
    )


def test_searches_take_lists(series, labels):
    assert np.isfinite(cross_val_score(make_sampler(), series, cv=3)).all()
    for scoring in (None, distribution_kl_score):
        search = GridSearchCV(
            make_sampler(), {"max_iter": [1, 2]}, scoring=scoring, cv=2, error_score="raise"
        )
        search.fit(series, labels)
        assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert isinstance(search.best_estimator_.sample(2), list)


def test_conditions_and_timestamps(series):
    conditions = pd.DataFrame({"load": np.arange(80.0)})
    starts = pd.date_range("2024-01-01", periods=80, freq="D")
    sampler = make_sampler().fit(series, timestamps=starts, conditions=conditions)
    made, table = sampler.sample(5, prompt="February", return_prompt=True)
    assert list(table.columns) == ["timestamp", "load", "length"]
    assert set(table["timestamp"].dt.month) == {2}
    with pytest.raises(ValueError, match="other than 'length'"):
        sampler.fit(series, conditions=pd.DataFrame({"length": np.arange(80)}))


def test_going_on(series, labels):
    sampler = make_sampler().partial_fit(series, labels)
    sampler.partial_fit(series[:10], labels[:10])
    assert len(sampler.conditions_) == 90
    sampler.partial_fit([one[:3] for one in series[:6]], labels[:6])
    assert set(lengths_of(sampler.sample(200))) <= set(lengths_of(series))
    warm = make_sampler(warm_start=True).fit(series).fit(series)
    assert isinstance(warm.sample(2), list)
    copy = pickle.loads(pickle.dumps(warm))
    assert_equal(copy.sample(5, random_state=0), warm.sample(5, random_state=0))


def test_a_sampler_may_be_fitted_on_windows_again(series):
    sampler = make_sampler().fit(series)
    assert sampler.n_features_in_ == 2
    windows = np.random.default_rng(0).normal(size=(40, 5, 2))
    assert sampler.fit(windows).sample(3).shape == (3, 5, 2)
    assert "length" not in sampler.sample(3, return_prompt=True)[1]
    assert isinstance(clone(sampler).fit(series).sample(2), list)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda one: one[:, :1], r"X\[3\] has 1 channels, not n_channels=2."),
        (lambda one: one[:, 0], r"X\[3\] must have as many axes as X\[0\], got 1."),
        (lambda one: one[None], r"X\[3\] must have 2 axes \(steps, channels\) or 1, got 3."),
        (lambda one: one * np.nan, r"X\[3\] must be finite, got NaN or infinity."),
        (lambda one: one[:0], r"X\[3\] must have at least one step and one channel"),
        (lambda one: [["a", "b"]], r"X\[3\] must be an array of numbers"),
    ],
)
def test_series_that_are_refused(series, spoil, message):
    sampler = make_sampler()
    series[3] = spoil(series[3])
    with pytest.raises(ValueError, match=message):
        sampler.fit(series)
    assert not hasattr(sampler, "container_")


def test_other_series_are_refused(series, labels):
    sampler = make_sampler().fit(series)
    longer = [*series[:3], np.ones((99, 2))]
    assert np.isfinite(sampler.score(longer))
    with pytest.raises(ValueError, match="has a series of 99 steps, but TimeGANSampler was fitted"):
        sampler.partial_fit(longer)
    with pytest.raises(ValueError, match=r"X\[0\] has 1 channels, not n_channels=2."):
        sampler.score([one[:, :1] for one in series])
    with pytest.raises(ValueError, match="as many axes as those of fit"):
        sampler.score([one.ravel() for one in series[:3]])
    with pytest.raises(ValueError, match="y has 79 labels, but X has 80 series"):
        sampler.fit(series, labels[1:])
