import numpy as np
import pytest
import torch
from scipy.stats import norm

from sktsgan.scaling import QuantileMap, StandardMap


@pytest.fixture
def values():
    return np.random.default_rng(0).gamma(2, size=2000)


def invert(quantile, scores):
    return np.asarray(quantile.inverse_transform(torch.as_tensor(scores)))


def test_scores_by_hand():
    # mid-ranks of 1, 2 and 3: (0 + 1) / 2, (1 + 3) / 2 and (3 + 4) / 2 of 4 values
    quantile = QuantileMap().fit(np.array([2.0, 1.0, 3.0, 2.0]))
    scores = quantile.transform(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(scores, norm.ppf([1 / 8, 1 / 2, 7 / 8]))
    halfway = quantile.transform(np.array([1.5]))
    np.testing.assert_allclose(halfway, (norm.ppf(1 / 8) + norm.ppf(1 / 2)) / 2)


def test_scores_are_normal(values):
    scores = QuantileMap().fit(values).transform(values)
    assert abs(scores.mean()) < 0.01
    assert scores.std() == pytest.approx(1, abs=0.02)
    assert (np.diff(scores[np.argsort(values)]) >= 0).all()


def test_round_trip(values):
    quantile = QuantileMap().fit(values)
    returned = invert(quantile, quantile.transform(values))
    assert returned.dtype == float
    np.testing.assert_allclose(returned, values, atol=1e-3 * np.ptp(values))


@pytest.mark.parametrize("n_values", [2, 3, 100, 10_000])
def test_what_comes_back_stays_in_the_range(n_values):
    values = np.random.default_rng(0).standard_cauchy(n_values)
    quantile = QuantileMap().fit(values)
    returned = invert(quantile, np.linspace(-50, 50, 1001))
    assert returned.min() == values.min()
    assert returned.max() == values.max()
    assert (np.diff(returned) >= 0).all()
    assert np.abs(quantile.transform(values * 10)).max() < 4


def test_many_values_keep_few_knots_and_the_extremes():
    values = np.random.default_rng(0).normal(size=50_000)
    quantile = QuantileMap(max_knots=100).fit(values)
    assert len(quantile.knots_) == 100
    assert quantile.knots_[[0, -1]].tolist() == [values.min(), values.max()]
    returned = invert(quantile, quantile.transform(values))
    np.testing.assert_allclose(np.quantile(returned, 0.9), np.quantile(values, 0.9), atol=0.05)


def test_shape_is_kept(values):
    windows = values.reshape(50, 8, 5)
    quantile = QuantileMap().fit(values)
    assert quantile.transform(windows).shape == (50, 8, 5)
    assert invert(quantile, quantile.transform(windows)).shape == (50, 8, 5)


def test_standard_map():
    values = np.array([[1.0, 3.0], [5.0, 7.0]])
    scale = StandardMap().fit(values)
    np.testing.assert_allclose(scale.transform(values), (values - 4) / np.sqrt(5))
    np.testing.assert_allclose(invert(scale, scale.transform(values)), values)
    np.testing.assert_allclose(invert(scale, np.array([-9.0, 0.0, 9.0])), [1, 4, 7])
