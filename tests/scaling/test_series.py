"""Series of unequal length as one array, and their scales."""

import numpy as np
import pytest
import torch

from sktsgan.containers._series import pad_series, resample_series, series_lengths
from sktsgan.datasets import make_sines
from sktsgan.scaling import (
    ChannelScaler,
    QuantileMap,
    RangeScaler,
    SeriesExtender,
    SeriesScaler,
    StandardMap,
)


@pytest.fixture
def series():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(n, 2)).cumsum(axis=0) for n in (3, 7, 1, 5)]


def test_padding_and_lengths(series):
    windows = pad_series(series)
    assert windows.shape == (4, 7, 2)
    assert series_lengths(windows).tolist() == [3, 7, 1, 5]
    for window, one in zip(windows, series, strict=True):
        np.testing.assert_array_equal(window[: len(one)], one)
        assert np.isnan(window[len(one) :]).all()


def test_series_go_on_as_they_might_have():
    """The continuation of noise is as rough as noise, that of a straight line is straight."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(300, 9, 1))
    lines = rng.normal(size=(300, 1, 1)) + rng.normal(size=(300, 1, 1)) * np.arange(9)[:, None]
    whole = np.concatenate([noise, lines], axis=2)
    lengths = rng.integers(3, 10, size=300)
    windows = pad_series([one[:n] for one, n in zip(whole, lengths, strict=True)])
    extender = SeriesExtender().fit(windows)
    made = extender.transform(windows)
    seen = ~np.isnan(windows)
    np.testing.assert_array_equal(made[seen], windows[seen])
    assert np.isfinite(made).all()
    beyond = ~seen[..., 0]
    assert made[beyond][:, 0].std() == pytest.approx(1, abs=0.15)
    inside = (
        np.abs(whole[..., 1]).max(axis=1) < 0.5 * np.abs(whole[..., 1]).max()
    )  # where no range ends
    np.testing.assert_allclose(made[inside, :, 1], whole[inside, :, 1], atol=0.05)
    np.testing.assert_array_equal(made, extender.transform(windows))
    assert np.isfinite(extender.transform(windows[lengths < 4])).all()


@pytest.mark.parametrize("lengths", [(1, 2), (1, 3, 2), (2, 9)])
def test_few_and_short_series_go_on_too(lengths):
    windows = pad_series([np.ones((n, 2)) * n for n in lengths])
    made = SeriesExtender().fit(windows).transform(windows)
    assert made.shape == windows.shape and np.isfinite(made).all()
    assert made.min() >= min(lengths) and made.max() <= max(lengths)


def test_resampled_series_keep_their_ends_and_their_length(series):
    features = resample_series(series, 4)
    assert features.shape == (4, 2 * 4 + 1)
    assert features[:, -1].tolist() == [3, 7, 1, 5]
    for row, one in zip(features, series, strict=True):
        np.testing.assert_allclose(row[[0, 3, 4, 7]], [*one[[0, -1], 0], *one[[0, -1], 1]])
    straight = resample_series([np.arange(5.0)[:, None]], 9)
    np.testing.assert_allclose(straight[0, :-1], np.arange(0, 4.5, 0.5))


@pytest.mark.parametrize("make", [ChannelScaler, RangeScaler])
def test_scales_are_those_of_the_steps_of_the_series(series, make):
    steps = np.concatenate(series)[:, None]
    alone = make().fit(steps)
    scaler = SeriesScaler(make()).fit(pad_series(series))
    scores = scaler.transform(pad_series(series))
    for row, one in zip(scores, series, strict=True):
        np.testing.assert_allclose(row[: len(one)], alone.transform(one[:, None])[:, 0])
        assert (row[len(one) :] == 0).all()
    back = scaler.inverse_transform(torch.as_tensor(scores), torch.Generator())
    for row, one in zip(back, series, strict=True):
        np.testing.assert_allclose(row[: len(one)], one, atol=1e-2)


def test_constants_and_copies_of_series_come_back(series):
    series = [np.column_stack([one, one[:, 0], np.full(len(one), 0.1)]) for one in series]
    scaler = SeriesScaler(ChannelScaler()).fit(pad_series(series))
    assert scaler.free_ == [0, 1]
    made = scaler.inverse_transform(torch.randn(5, 6, 2), torch.Generator())
    np.testing.assert_array_equal(made[..., 2], made[..., 0])
    assert (made[..., 3] == 0.1).all()


def test_constant_series_have_nothing_to_scale():
    scaler = SeriesScaler(ChannelScaler()).fit(pad_series([np.ones((n, 2)) for n in (2, 4)]))
    assert (scaler.inverse_transform(torch.empty(3, 4, 0), torch.Generator()) == 1).all()


def test_range_scaler():
    windows = np.random.default_rng(0).normal(5, 3, size=(400, 6, 2))
    windows[..., 1] = np.round(windows[..., 1])
    scaler = RangeScaler().fit(windows)
    scores = scaler.transform(windows)
    assert scores.min(axis=(0, 1)).tolist() == [0, 0]
    assert scores.max(axis=(0, 1)).tolist() == [1, 1]
    back = scaler.inverse_transform(torch.as_tensor(scores), torch.Generator())
    np.testing.assert_allclose(back, windows)
    made = scaler.inverse_transform(torch.rand(50, 6, 2) * 3 - 1, torch.Generator())
    assert np.isin(made[..., 1], windows[..., 1]).all()
    assert made[..., 0].min() == windows[..., 0].min()


def test_smooth_series_are_standardised_and_others_are_not():
    whole = make_sines(400, random_state=0)
    whole[..., 1] = np.random.default_rng(0).normal(size=whole.shape[:2]).cumsum(axis=1)
    lengths = np.random.default_rng(1).integers(3, 25, size=400)
    windows = pad_series([one[:n] for one, n in zip(whole, lengths, strict=True)])
    maps = SeriesScaler(ChannelScaler()).fit(windows).scaler.maps_
    assert [type(one) for one in maps[:3]] == [StandardMap, QuantileMap, StandardMap]
