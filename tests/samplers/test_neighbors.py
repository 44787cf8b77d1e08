import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sktsgan import CopulaSampler, NeighborSampler
from sktsgan.metrics import distribution_kl_divergence, nearest_neighbor_ratio


def make_walks(n_windows, seed, n_timesteps=8):
    return np.random.default_rng(seed).normal(size=(n_windows, n_timesteps, 2)).cumsum(axis=1)


def test_says_that_it_keeps_its_training_windows():
    X = make_walks(100, 0)
    assert NeighborSampler().fit(X).keeps_training_windows_ is True
    assert CopulaSampler().fit(X).keeps_training_windows_ is False
    # the mean of a class of one is its window
    assert CopulaSampler().fit(X, np.arange(100) == 9).keeps_training_windows_ is True
    assert CopulaSampler().fit(np.ones((9, 4, 1))).keeps_training_windows_ is False


@pytest.mark.parametrize("n_neighbors", [1, 0, -3, 2.5, "many", None])
def test_refuses_a_number_of_neighbours(n_neighbors):
    X = make_walks(20, 0)
    sampler = NeighborSampler(n_neighbors=n_neighbors)
    with pytest.raises(ValueError, match="The 'n_neighbors' parameter of NeighborSampler must be"):
        sampler.fit(X)
    assert not hasattr(sampler, "conditions_")


def test_number_of_neighbours():
    X = make_walks(300, 0)
    assert NeighborSampler(n_neighbors=5).fit(X).n_neighbors_ == 5
    assert NeighborSampler(random_state=0).fit(X).n_neighbors_ in (8, 16, 32)
    assert NeighborSampler(n_neighbors=400).fit(X).sample(5).shape == (5, 8, 2)


@pytest.mark.parametrize("n_neighbors", ["auto", 8, 32])
def test_new_windows_are_new_and_like_real_ones(n_neighbors):
    X, fresh = make_walks(1500, 0), make_walks(1500, 1)
    made = NeighborSampler(n_neighbors=n_neighbors, random_state=0).fit(X).sample(1500)
    assert nearest_neighbor_ratio(X, fresh, made, random_state=0) > 0.7
    assert distribution_kl_divergence(fresh, made) < 0.1


def test_a_prompt_says_around_which_windows_to_draw():
    X, y = make_walks(300, 0), np.arange(300) % 3
    X += 1000 * y[:, None, None]
    sampler = NeighborSampler(random_state=0).fit(X, np.array(["a", "b", "c"])[y])
    made = sampler.sample(6, prompt=["a", "c", "b"] * 2)
    np.testing.assert_array_equal(np.round(made.mean(axis=(1, 2)) / 1000), [0, 2, 1] * 2)


def test_periods_and_numbers_as_prompts():
    days = pd.date_range("2020-01-01", periods=730)
    X = make_walks(730, 0, 6) / 3
    X += 10 * np.cos(2 * np.pi * days.day_of_year.to_numpy() / 365.25)[:, None, None]
    sampler = NeighborSampler(random_state=0).fit(X, timestamps=days)
    winter, summer = (sampler.sample(50, prompt=month).mean() for month in ("January", "July"))
    assert winter > 7 and summer < -7
    load = pd.DataFrame({"load": np.random.default_rng(0).uniform(0, 10, 730)})
    X = make_walks(730, 0, 6) / 3 + 5 * load.to_numpy()[:, None]
    sampler = NeighborSampler(random_state=0).fit(X, conditions=load)
    assert sampler.sample(50, prompt={"load": 8}).mean() == pytest.approx(40, abs=4)


def test_conditions_of_classes():
    kind = np.array(["low", "high"])[np.arange(400) % 2]
    X = make_walks(400, 0)
    X[kind == "high"] += 20
    sampler = NeighborSampler(random_state=0).fit(X, conditions=pd.DataFrame({"kind": kind}))
    assert (sampler.sample(50, prompt={"kind": "high"}).mean(axis=(1, 2)) > 10).all()


def test_learns_around_holes():
    X = make_walks(200, 0)
    given = np.where(np.random.default_rng(0).random(X.shape) < 0.2, np.nan, X)
    sampler = NeighborSampler(random_state=0).fit(given)
    assert np.isfinite(sampler.sample(50)).all()
    filled = sampler.impute(given, random_state=0)
    seen = ~np.isnan(given)
    np.testing.assert_array_equal(filled[seen], given[seen])


def test_windows_of_a_series_with_holes_share_readings():
    series = np.random.default_rng(0).normal(size=400).cumsum()
    series[np.random.default_rng(1).random(400) < 0.1] = np.nan
    X = np.lib.stride_tricks.sliding_window_view(series, 12)
    sampler = NeighborSampler(random_state=0).fit(X)
    (block,) = sampler.neighborhoods_.blocks_
    assert (np.abs(block.neighbors - np.arange(len(X))[:, None]) >= 12).all()


@pytest.mark.parametrize("n_windows", [2, 3, 20])
def test_few_windows(n_windows):
    X = make_walks(n_windows, 0)
    made = NeighborSampler(random_state=0).fit(X).sample(50)
    assert np.isfinite(made).all()
    assert (made.min(axis=(0, 1)) >= X.min(axis=(0, 1))).all()


@pytest.mark.parametrize("shape", [(40, 1, 1), (40, 2, 3), (300, 1, 4), (220, 256, 1)])
def test_shapes(shape):
    X = np.random.default_rng(0).normal(size=shape)
    assert NeighborSampler(random_state=0).fit(X).sample(7).shape == (7, *shape[1:])


def test_a_seed_gives_the_same_bits():
    X = make_walks(300, 0)
    sampler = NeighborSampler(random_state=0)
    first, again = (clone(sampler).fit(X).sample(40, random_state=3) for _ in range(2))
    assert first.tobytes() == again.tobytes()
    copy = pickle.loads(pickle.dumps(sampler.fit(X)))
    assert copy.sample(40, random_state=3).tobytes() == first.tobytes()
    assert not np.array_equal(sampler.sample(40, random_state=4), first)
