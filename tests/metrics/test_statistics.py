import numpy as np
import pytest

from sktsgan.metrics import (
    autocorrelation_difference,
    correlation_difference,
    marginal_difference,
)

ALL = [autocorrelation_difference, correlation_difference, marginal_difference]


def test_real_against_real_is_near_zero(walks):
    for difference in ALL:
        assert difference(walks[0], walks[0]) < 0.02  # subsets of one set differ too
    assert autocorrelation_difference(*walks) < 0.05
    assert correlation_difference(*walks) < 0.05
    assert marginal_difference(*walks, n_bins=10) < 0.15


def test_autocorrelation_of_noise_differs_from_that_of_walks(walks, crude):
    assert autocorrelation_difference(walks[0], crude) > 0.2


def test_correlation_of_tied_channels_differs(walks):
    tied = walks[0][:, :, [0, 0]]
    assert correlation_difference(tied, walks[0], random_state=0) == pytest.approx(0.1, abs=0.03)


def test_correlation_over_whole_sets_by_hand():
    real = np.array([[[1.0, 1.0], [-1.0, -1.0]]] * 2)  # correlation 1
    synthetic = np.array([[[1.0, -1.0], [-1.0, 1.0]]] * 2)  # correlation -1
    assert correlation_difference(real, synthetic, fraction=1.0) == pytest.approx(0.2)


def test_correlation_of_one_channel_is_zero(walks, crude):
    assert correlation_difference(walks[0][:, :, 0], crude[:, :, 0]) == pytest.approx(0)


def test_marginals_out_of_the_real_range_count_in_full(walks):
    assert marginal_difference(walks[0], walks[0] + 1e6) == pytest.approx(1)


def test_constant_channels(walks):
    constant = np.ones_like(walks)
    for difference in ALL:
        assert difference(*constant) == 0
        assert 0 < difference(constant[0], walks[0]) < np.inf


@pytest.mark.parametrize(
    ("difference", "parameters", "message"),
    [
        (autocorrelation_difference, {"max_lag": 4}, "max_lag == 4, must be <= 3."),
        (correlation_difference, {"n_repeats": 0}, "n_repeats == 0, must be >= 1."),
        (correlation_difference, {"fraction": 0.0}, "fraction == 0.0, must be > 0."),
        (marginal_difference, {"n_bins": 0}, "n_bins == 0, must be >= 1."),
    ],
)
def test_errors(difference, parameters, message):
    with pytest.raises(ValueError) as error:
        difference(np.eye(4), np.eye(4), **parameters)
    assert str(error.value) == message


def test_a_single_step_has_no_autocorrelation():
    with pytest.raises(ValueError) as error:
        autocorrelation_difference(np.zeros((3, 1)), np.zeros((3, 1)))
    assert str(error.value) == "Autocorrelation needs windows of at least 2 steps, got 1."
