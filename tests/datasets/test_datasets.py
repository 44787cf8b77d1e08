"""Datasets: what is loaded and made is what the docstrings say."""

import re

import numpy as np
import pandas as pd
import pytest

from sktsgan.datasets import (
    load_appliances_energy,
    load_captions,
    make_seasonal_series,
    make_sines,
    seasonal_pattern,
)


class TestAppliances:
    def test_frame(self):
        bunch = load_appliances_energy()
        frame = bunch.data
        assert bunch.frame is frame
        assert bunch.feature_names == list(frame.columns)
        assert frame.shape == (3289, 8)
        assert frame.index.freqstr == "h"
        assert frame.notna().all(axis=None)
        assert frame.dtypes.astype(str).value_counts().to_dict() == {"float64": 6, "int64": 2}
        assert frame["RH_out"].between(0, 100).all()

    def test_loads_afresh(self):
        frame = load_appliances_energy().data
        frame.iloc[:] = 0
        assert (load_appliances_energy().data["Appliances"] > 0).all()

    def test_attribution(self):
        text = load_appliances_energy().DESCR
        for part in ["Luis Candanedo", "10.24432/C5VC8G", "CC BY 4.0", "Changes"]:
            assert part in text
        for column in load_appliances_energy().feature_names:
            assert f"| {column} " in text


class TestCaptions:
    def test_each_caption_names_its_label_alone(self):
        bunch = load_captions()
        assert len(bunch.data) == len(bunch.target) == len(set(bunch.data)) == 2215
        assert bunch.target_names == sorted(set(bunch.target))
        for caption, label in zip(bunch.data, bunch.target, strict=True):
            words = set(re.findall(r"\w+", caption))
            named = [name for name in bunch.target_names if words & {name, f"{name}s"}]
            assert named == [label]
            assert caption == caption.lower() and 0 < len(caption.split()) <= 20

    def test_alone(self):
        captions, labels = load_captions(return_X_y=True)
        assert captions == load_captions().data
        np.testing.assert_array_equal(labels, load_captions().target)

    def test_attribution(self):
        bunch = load_captions()
        for part in ["COCO Consortium", "arXiv:1405.0312", "CC BY 4.0", "Changes"]:
            assert part in bunch.DESCR
        for label in bunch.target_names:
            assert f"{label} {np.sum(bunch.target == label)}" in bunch.DESCR


class TestSines:
    def test_each_channel_is_a_sine(self):
        windows = make_sines(200, 30, 3, random_state=0)
        assert windows.shape == (200, 30, 3)
        assert windows.min() >= 0 and windows.max() <= 1
        # x(t-1) + x(t+1) = 2 cos(f) x(t) for any sine, so the ratio is one constant a channel
        x = 2 * windows - 1
        slow = np.abs(x[:, :-2] + x[:, 2:] - 2 * x[:, 1:-1]).max()
        assert slow <= 2 * (1 - np.cos(0.1)) + 1e-12
        start = np.arcsin(x[:, 0])
        assert start.min() >= 0 and start.max() <= 0.1

    @pytest.mark.parametrize("name", ["n_windows", "n_timesteps", "n_channels"])
    def test_errors(self, name):
        with pytest.raises(ValueError, match=f"^{name} must be an integer of at least 1, got 0.$"):
            make_sines(**{name: 0})


class TestSeasonalSeries:
    def test_without_noise_it_is_the_pattern(self):
        series = make_seasonal_series(1000, noise=0.0, random_state=0)
        pd.testing.assert_frame_equal(series, seasonal_pattern(series.index))

    def test_the_equation(self):
        times = pd.DatetimeIndex(["2024-07-06 06:00"])  # a Saturday, day 188 of 366
        year, day = (187 + 0.25) / 366, 0.25
        for c in range(2):
            angles = [2 * np.pi * (part - c / 8) for part in (year, day)]
            expected = 10 * (c + 1) - 2 * np.cos(angles[0]) - 3 - 4 * np.cos(angles[1])
            pattern = seasonal_pattern(times, 2, yearly=2.0, weekly=3.0, daily=4.0)
            assert pattern.iloc[0, c] == pytest.approx(expected)

    def test_the_week_has_mean_zero(self):
        times = pd.date_range("2024-01-01", periods=7, freq="D")
        week = seasonal_pattern(times, 1, yearly=0.0, daily=0.0) - 10
        assert week.mean().item() == pytest.approx(0)

    def test_time_zones_go_by_their_clocks(self):
        local = pd.date_range("2024-07-01", periods=24, freq="h", tz="Asia/Tokyo")
        pattern = seasonal_pattern(local)
        assert pattern.index.equals(local)
        naive = seasonal_pattern(local.tz_localize(None))
        np.testing.assert_array_equal(pattern, naive)

    def test_noise(self):
        series = make_seasonal_series(50_000, noise=2.0, random_state=0)
        noise = (series - seasonal_pattern(series.index)).to_numpy()
        np.testing.assert_allclose(noise.std(axis=0), 2, rtol=0.05)
        distance = np.abs(np.subtract.outer(range(3), range(3)))
        np.testing.assert_allclose(np.corrcoef(noise.T), 0.6**distance, atol=0.05)
        for lag in (1, 3):
            for channel in noise.T:
                found = np.corrcoef(channel[lag:], channel[:-lag])[0, 1]
                assert found == pytest.approx(0.8**lag, abs=0.05)

    def test_index_and_names(self):
        series = make_seasonal_series(10, 2, start="2020-02-28", frequency="D", random_state=0)
        assert list(series.columns) == ["channel_0", "channel_1"]
        assert series.index.freqstr == "D"
        assert series.index[2] == pd.Timestamp("2020-03-01")  # a leap year

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"n_steps": 0}, "n_steps must be an integer of at least 1, got 0."),
            ({"n_channels": 0}, "n_channels must be an integer of at least 1, got 0."),
            ({"noise": -1.0}, "noise must be at least 0, got -1.0."),
            ({"autocorrelation": 1.0}, "autocorrelation must lie between -1 and 1, got 1.0."),
            ({"cross_correlation": -2}, "cross_correlation must lie between -1 and 1, got -2."),
        ],
    )
    def test_errors(self, parameters, message):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            make_seasonal_series(**parameters)


@pytest.mark.parametrize("make", [make_sines, make_seasonal_series])
def test_random_state(make):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = make(50, random_state=3), make(50, random_state=3)
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, make(50, random_state=4))
    assert not np.array_equal(make(50), make(50))
    shared = np.random.RandomState(0)
    assert not np.array_equal(make(50, random_state=shared), make(50, random_state=shared))
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
