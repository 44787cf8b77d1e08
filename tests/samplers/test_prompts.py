"""Prompts by period and condition, through the samplers."""

import numpy as np
import pandas as pd
import pytest

from sktsgan import CopulaSampler
from sktsgan.datasets import make_seasonal_series
from sktsgan.preprocessing import Windowizer


@pytest.fixture(scope="module")
def frame():
    series = make_seasonal_series(4000, 2, frequency="3h", noise=0.5, random_state=0)
    return Windowizer(8, stride=4).set_output(transform="pandas").fit_transform(series)


def test_a_frame_with_dates_gives_a_frame_with_dates(sampler, frame):
    sampler.set_params(n_channels=2).fit(frame)
    made = sampler.sample(50, prompt="July", random_state=0)
    assert isinstance(made.index, pd.DatetimeIndex) and set(made.index.month) == {7}
    assert made.index.name == frame.index.name
    pd.testing.assert_index_equal(made.columns, frame.columns)
    real, others = frame[frame.index.month == 7], frame[frame.index.month == 1]
    assert abs(made - real.mean()).mean().mean() < abs(made - others.mean()).mean().mean()
    assert isinstance(sampler.sample(5).index, pd.DatetimeIndex)


def test_windows_of_a_prompt_have_the_mean_of_their_period(frame):
    windows, starts = frame.to_numpy().reshape(len(frame), 8, 2), frame.index
    sampler = CopulaSampler(random_state=0).fit(windows, timestamps=starts)
    for prompt, own in (("January", starts.month == 1), ("12:00", starts.hour == 12)):
        made = sampler.sample(1500, prompt=prompt, random_state=0)
        np.testing.assert_allclose(made.mean(axis=0), windows[own].mean(axis=0), atol=0.45)
    made = sampler.sample(6000, random_state=0)
    np.testing.assert_allclose(made.mean(axis=0), windows.mean(axis=0), atol=0.2)
    np.testing.assert_allclose(made.std(axis=0), windows.std(axis=0), rtol=0.08)


def test_numbers_rule_what_is_made(sampler, walks):
    y = np.linspace(-1, 1, 80)
    walks += 20 * y[:, None, None]
    sampler.fit(walks, y)
    assert sampler.classes_ is None
    low, high = (sampler.sample(40, prompt=p, random_state=0).mean() for p in (-0.9, 0.9))
    assert high - low > 15


def test_classes_of_conditions_rule_what_is_made(sampler, walks):
    site = np.where(np.arange(80) % 2, "a", "b")
    walks[site == "a"] += 50
    sampler.fit(walks, conditions=pd.DataFrame({"site": site}))
    made, table = sampler.sample(60, random_state=0, return_prompt=True)
    assert ((made.mean(axis=(1, 2)) > 25) == (table["site"] == "a")).mean() > 0.9


def test_later_windows_can_be_asked_for(make_gan, walks):
    starts = pd.date_range("2017-01-01", periods=80, freq="D")
    sampler = make_gan().partial_fit(walks, timestamps=starts)
    with pytest.raises(ValueError, match="June"):
        sampler.sample(2, prompt="June")
    later = starts + pd.Timedelta(days=151)
    sampler.partial_fit(walks[:40], timestamps=later[:40])
    assert len(sampler.conditions_) == len(sampler.base_.windows_) == 120
    months = sampler.sample(9, prompt="June", return_prompt=True)[1]["timestamp"].dt.month
    assert set(months) == {6}
    assert len(sampler.sample(9)) == 9


def test_warm_start_on_the_same_windows_keeps_the_table(make_gan, walks):
    starts = pd.date_range("2017-01-01", periods=80, freq="D")
    sampler = make_gan(warm_start=True).fit(walks, timestamps=starts).fit(walks, timestamps=starts)
    assert len(sampler.conditions_) == 80


def test_without_conditions_nothing_is_added(walks):
    sampler = CopulaSampler(random_state=0).fit(walks)
    assert sampler.copula_.conditions_ is None
    assert all(mixture.row_groups_ is None for mixture in sampler.copula_.mixtures_)


def test_observed_values_go_to_impute(walks):
    class Repairing(CopulaSampler):
        def impute(self, X, *, n_draws=1, random_state=None):
            return np.where(np.isnan(X), float(random_state), X)

    holes = np.where(walks > 0, walks, np.nan)
    sampler = Repairing(random_state=0).fit(walks)
    made, table = sampler.sample(80, prompt=holes, random_state=7, return_prompt=True)
    np.testing.assert_array_equal(made, np.where(np.isnan(holes), 7.0, holes))
    assert table.shape == (80, 0)
    assert len(sampler.sample(5, prompt=holes[:1], random_state=7)) == 5
    with pytest.raises(ValueError, match="one window or n_samples=5"):
        sampler.sample(5, prompt=holes[:3])


def test_observed_values_without_impute(walks):
    class Plain(CopulaSampler):
        _takes_holes = False

    sampler = Plain(random_state=0).fit(walks)
    with pytest.raises(ValueError, match="Plain can't impute missing values"):
        sampler.sample(80, prompt=walks)
