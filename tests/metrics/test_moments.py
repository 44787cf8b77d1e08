import numpy as np
import pytest
from scipy.stats import kurtosis, skew

from sktsgan.metrics import kurtosis_difference, skewness_difference

BOTH = [skewness_difference, kurtosis_difference]


@pytest.mark.parametrize("difference", BOTH)
def test_equal_sets_are_at_zero_and_skewed_ones_are_not(walks, difference):
    real, other = walks
    assert difference(real, real) == 0
    floor = difference(real, other)
    assert floor < 0.5
    centred = (other - other.mean(axis=(0, 1))) / other.std(axis=(0, 1))
    assert difference(real, np.exp(centred)) > 3 * floor


def test_they_are_the_means_of_those_of_the_channels(walks):
    first, second = (X.reshape(-1, 2) for X in walks)
    expected = np.abs(skew(first) - skew(second)).mean()
    assert skewness_difference(*walks) == pytest.approx(expected)
    expected = np.abs(kurtosis(first) - kurtosis(second)).mean()
    assert kurtosis_difference(*walks) == pytest.approx(expected)


@pytest.mark.parametrize("difference", BOTH)
def test_units_do_not_matter(walks, difference):
    real, other = walks
    expected = difference(real, other)
    assert difference(real * [10, 0.1] + 3, other * [10, 0.1] + 3) == pytest.approx(expected)


@pytest.mark.parametrize("difference", BOTH)
def test_constant_channels(walks, difference):
    constant = np.ones_like(walks)
    assert difference(*constant) == 0
    assert 0 < difference(constant[0], walks[0]) < np.inf


@pytest.mark.parametrize("difference", BOTH)
def test_windows_of_another_length(walks, difference):
    with pytest.raises(ValueError, match="shape"):
        difference(walks[0], walks[1][:, :-1])
