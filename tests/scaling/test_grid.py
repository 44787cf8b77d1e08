import numpy as np
import pytest
import torch

from sktsgan.scaling import GridMap


@pytest.fixture
def walk():
    return np.random.default_rng(0).normal(size=(400, 24)).cumsum(axis=1)


def back(grid_map, scores):
    return grid_map.inverse_transform(torch.as_tensor(scores, dtype=torch.float32)).numpy()


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 24])
def test_round_trip(walk, standardise, n_timesteps):
    channel = walk[:, :n_timesteps].round()
    grid_map = GridMap(standardise).fit(channel)
    np.testing.assert_array_equal(back(grid_map, grid_map.transform(channel)), channel)


@pytest.mark.parametrize("standardise", [False, True])
def test_scores_are_smoother_than_the_grid(walk, standardise):
    smooth = np.sin(np.linspace(0, 3, 24) + walk[:, :1])
    channel = smooth.round(1)
    scores = GridMap(standardise).fit(channel).transform(channel)
    roughness = [np.diff(x / x.std(), n=2, axis=1).std() for x in (smooth, scores, channel)]
    assert roughness[1] < roughness[0] + 0.5 * (roughness[2] - roughness[0])


def test_normal_scores_give_every_value_its_share(walk):
    channel = walk.round()
    scores = np.random.default_rng(1).normal(size=200_000)
    made = back(GridMap().fit(channel), scores)
    for value in range(-5, 6):
        assert (made == value).mean() == pytest.approx((channel == value).mean(), abs=5e-3)


def test_any_score_comes_back_as_a_value_that_was_seen(walk):
    channel = walk.round()
    made = back(GridMap().fit(channel), np.linspace(-9, 9, 1000))
    assert set(np.unique(made)) <= set(np.unique(channel))
    assert made[0] == channel.min() and made[-1] == channel.max()
    assert (np.diff(made) >= 0).all()


def test_an_atom_gets_scores_that_vary_within_its_cell(walk):
    channel = np.maximum(walk, 1).round()  # more than half of all readings are 1
    grid_map = GridMap().fit(channel)
    scores = grid_map.transform(channel)
    np.testing.assert_array_equal(back(grid_map, scores), channel)
    idle = (channel == 1).all(axis=1)
    assert scores[idle].std() > 0.3
    # and that hang together in time as the others do
    steps = np.diff(scores, axis=1)
    assert steps[idle].std() < 0.7 * scores[idle].std()
    np.testing.assert_array_equal(scores, grid_map.transform(channel))
