import numpy as np
import pytest
import torch

from sktsgan.datasets import make_sines
from sktsgan.scaling import ChannelScaler
from sktsgan.scaling._interpolation import InterpolatedMap, find_phases, knot_period


@pytest.fixture
def hourly():
    """Overlapping windows of 24 ten-minute steps of a process that was read every hour, to a tenth."""
    readings = np.random.default_rng(0).normal(size=(603, 2))
    readings = sum(readings[k : 600 + k] for k in range(4)).round(1)
    steps = np.arange(0, 599 * 6 - 24)[:, None] + np.arange(24)
    return np.stack(
        [np.interp(steps, 6 * np.arange(600), readings[:, c]) for c in range(2)], axis=-1
    )


def bends(windows):
    return np.abs(np.diff(windows, n=2, axis=1)) > 1e-9


def test_period_and_phases_are_found(hourly):
    channel = hourly[..., 0]
    assert knot_period(channel) == 6
    np.testing.assert_array_equal(
        find_phases([channel, hourly[..., 1]], 6)[:50], -np.arange(50) % 6
    )


@pytest.mark.parametrize("decimals", [2, 3])
def test_rounding_does_not_hide_the_period(hourly, decimals):
    assert knot_period(hourly[..., 0].round(decimals)) == 6


def test_other_channels_have_no_period():
    rng = np.random.default_rng(1)
    walk = rng.normal(size=(500, 24)).cumsum(axis=1)
    steps = (rng.random((500, 24)) < 0.1).cumsum(axis=1).astype(float)
    sine = make_sines(500, 24, 1, random_state=0)[..., 0]
    lines = np.arange(24) * rng.normal(size=(500, 1))
    for channel in (walk, walk.round(), steps, sine, lines, rng.normal(size=(500, 24))):
        assert knot_period(channel) is None
    assert knot_period(walk[:, :3]) is None


def test_round_trip_at_the_right_phases(hourly):
    scaler = ChannelScaler().fit(hourly)
    scores = torch.as_tensor(scaler.transform(hourly), dtype=torch.float32)
    phases = scaler.phases_[6]
    for k in range(2):
        assert isinstance(scaler.maps_[k], InterpolatedMap)
        returned = scaler.maps_[k].inverse_transform(scores[..., k], phases).numpy()
        # between the first knot and the last the knots are all there; outside, a line is guessed at
        np.testing.assert_allclose(returned[:, 5:18], hourly[:, 5:18, k], atol=1e-9)
        assert np.abs(returned - hourly[..., k]).mean() < 0.02 * hourly[..., k].std()


def test_what_is_modelled_does_not_show_the_knots(hourly):
    scores = ChannelScaler().fit(hourly).transform(hourly)
    sharp = np.abs(np.diff(scores, n=2, axis=1)).max() / np.abs(np.diff(scores, axis=1)).max()
    assert sharp < 0.75  # a bend of the readings themselves would be as large as their largest step


def test_what_comes_back_bends_at_knots_only_and_lies_on_the_grid(hourly):
    scaler = ChannelScaler().fit(hourly)
    scores = np.random.default_rng(2).normal(size=(200, 24, 2)).cumsum(axis=1) / 5
    made = scaler.inverse_transform(
        torch.as_tensor(scores, dtype=torch.float32), torch.Generator().manual_seed(0)
    )
    seen = bends(made).any(axis=2)
    phase = np.stack([seen[:, k::6].sum(axis=1) for k in range(6)], axis=1).argmax(axis=1)
    off = (np.arange(22) - phase[:, None]) % 6 != 0
    assert not (seen & off).any()
    assert len(np.unique(phase)) == 6
    for k in range(2):
        np.testing.assert_allclose(60 * made[..., k], (60 * made[..., k]).round(), atol=1e-6)


def test_same_generator_same_knots(hourly):
    scaler = ChannelScaler().fit(hourly)
    scores = torch.as_tensor(scaler.transform(hourly[:20]), dtype=torch.float32)
    first, again, other = (
        scaler.inverse_transform(scores, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_rounding_comes_back(hourly):
    rounded = hourly.round(2)
    scaler = ChannelScaler().fit(rounded)
    scores = torch.as_tensor(scaler.transform(rounded), dtype=torch.float32)
    made = scaler.inverse_transform(scores, torch.Generator().manual_seed(0))
    assert (np.abs(made - made.round(2)) < 1e-6).mean() > 0.95  # some hundredths were not seen


def test_further_windows_have_the_scores_that_they_have_among_others(hourly):
    scaler = ChannelScaler().fit(hourly)
    among_others = scaler.transform(hourly)
    np.testing.assert_allclose(scaler.transform(hourly[7:8]), among_others[7:8], atol=1e-9)
