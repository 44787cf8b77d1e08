import numpy as np
import pytest
import torch

from sktsgan.datasets import make_sines
from sktsgan.scaling import ChannelScaler, GridMap, QuantileMap, StandardMap

GRID = np.array([-2.5, 0.1, 0.25, 7.0])


@pytest.fixture
def walks():
    return np.random.default_rng(0).normal(size=(80, 12, 2)).cumsum(axis=1)


@pytest.fixture
def windows(walks):
    """Channels: a walk, constant, a copy of it, few values, many integers, the same, constant."""
    walk = walks[..., 0]
    few = GRID[np.digitize(walks[..., 1], [-1, 0, 2])]
    many = np.round(1e4 * walk)
    constants = np.full_like(walk, 0.1), np.full_like(walk, -7.0)
    return np.stack([walk, constants[0], walk, few, many, many, constants[1]], axis=-1)


def invert(scaler, scores):
    generator = torch.Generator().manual_seed(0)
    return scaler.inverse_transform(torch.as_tensor(scores, dtype=torch.float32), generator)


def test_constants_and_copies_are_set_aside(windows):
    scaler = ChannelScaler().fit(windows)
    assert scaler.free_ == [0, 3, 4]
    assert scaler.transform(windows).shape == (80, 12, 3)


def test_round_trip(windows):
    scaler = ChannelScaler().fit(windows)
    returned = invert(scaler, scaler.transform(windows))
    assert returned.dtype == np.float64
    np.testing.assert_array_equal(returned[..., [1, 3, 6]], windows[..., [1, 3, 6]])
    span = np.ptp(windows, axis=(0, 1))
    assert (np.abs(returned - windows) <= 2e-3 * span).all()


def test_any_scores_come_back_as_what_was_seen(windows):
    scores = 5 * np.random.default_rng(1).normal(size=(100, 12, 3))
    returned = invert(ChannelScaler().fit(windows), scores)
    assert (returned[..., 1] == 0.1).all() and (returned[..., 6] == -7).all()
    np.testing.assert_array_equal(returned[..., 2], returned[..., 0])
    assert set(np.unique(returned[..., 3])) == set(GRID)
    np.testing.assert_array_equal(returned[..., 4] % 1, 0)
    np.testing.assert_array_equal(returned[..., 5], returned[..., 4])
    for extreme in (np.min, np.max):
        np.testing.assert_array_equal(extreme(returned, axis=(0, 1)), extreme(windows, axis=(0, 1)))


def test_order_of_values_is_kept(windows):
    scaler = ChannelScaler().fit(windows)
    returned = invert(scaler, np.linspace(-5, 5, 1000).reshape(-1, 1, 1).repeat(3, axis=2))
    assert (np.diff(returned, axis=0) >= 0).all()


def test_smooth_channels_are_standardised_and_others_ranked(walks):
    sines = make_sines(80, n_timesteps=12, n_channels=1, random_state=0)
    scaler = ChannelScaler().fit(np.concatenate([walks, sines], axis=2))
    assert [type(m) for m in scaler.maps_] == [QuantileMap, QuantileMap, StandardMap]


@pytest.mark.parametrize("n_timesteps", [1, 2, 3])
def test_short_windows(walks, n_timesteps):
    short = walks[:, :n_timesteps]
    scaler = ChannelScaler().fit(short)
    returned = invert(scaler, scaler.transform(short))
    np.testing.assert_allclose(returned, short, atol=2e-3 * np.ptp(short))


def test_extremes_of_long_channels_are_kept():
    windows = np.random.default_rng(0).normal(size=(15_000, 30, 1))
    windows[7, 3], windows[8, 5] = 100.0, -100.0  # where a thinned channel would miss them
    scaler = ChannelScaler().fit(windows)
    returned = invert(scaler, np.array([[[-9.0]], [[9.0]]]))
    np.testing.assert_array_equal(returned.ravel(), [-100, 100])


def test_two_values():
    windows = np.random.default_rng(0).integers(2, size=(50, 6, 1)).astype(float)
    scaler = ChannelScaler().fit(windows)
    np.testing.assert_array_equal(invert(scaler, scaler.transform(windows)), windows)


def test_all_constant():
    windows = np.full((5, 4, 2), 3.5)
    scaler = ChannelScaler().fit(windows)
    assert scaler.free_ == []
    np.testing.assert_array_equal(invert(scaler, np.empty((2, 4, 0))), np.full((2, 4, 2), 3.5))


def test_readings_that_often_stay_the_same_lie_on_a_grid():
    rng = np.random.default_rng(0)
    walk = rng.normal(size=(60, 12)).cumsum(axis=1)
    held = np.repeat(walk[:, ::2], 2, axis=1)  # every reading comes twice, and never again
    scaler = ChannelScaler().fit(np.stack([walk, held], axis=-1))
    assert [type(m) for m in scaler.maps_] == [QuantileMap, GridMap]


def test_a_short_channel_of_distinct_values_is_no_grid():
    values = np.random.default_rng(0).normal(size=(50, 1, 1))
    scaler = ChannelScaler().fit(values)
    assert isinstance(scaler.maps_[0], QuantileMap)
    assert isinstance(ChannelScaler().fit(np.round(values)).maps_[0], GridMap)
