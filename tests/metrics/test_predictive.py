import numpy as np
import pytest

from sktsgan.metrics import predictive_score


@pytest.fixture
def sines():
    """Two independent sets of 300 windows in which a channel lags behind the other by a step."""
    phase = np.random.default_rng(0).uniform(0, 6, size=(2, 300, 1, 1))
    return np.sin(phase + np.arange(6)[:, None] * 0.3 - [0.0, 0.3])


def quick(real, synthetic, **parameters):
    return predictive_score(
        real, synthetic, **{"max_iter": 800, "batch_size": 64, "random_state": 0} | parameters
    )


def test_real_against_real_is_near_its_floor(sines):
    floor = quick(sines[0], sines[0])
    assert floor < 0.13
    assert quick(*sines) == pytest.approx(floor, abs=0.02)


def test_crude_fake_is_far_above(sines):
    real = sines[0]
    shuffled = np.random.default_rng(0).permuted(real, axis=0)  # values without their neighbours
    assert quick(real, shuffled) > 0.25
    assert quick(real, np.full_like(real, -1.0)) > 0.35


def test_univariate(sines):
    real, fresh = sines[:, :, :, 0]
    assert quick(real, fresh) < 0.2
    assert quick(real, np.full_like(real, -1.0)) > 0.35


def test_diverged_windows_have_a_finite_score(sines):
    assert 0.3 < quick(sines[0], np.full_like(sines[0], 1e300), max_iter=100) <= 1


def test_same_seed_same_score(sines):
    scores = [quick(*sines, max_iter=5, random_state=seed) for seed in (1, 1, 2)]
    assert scores[0] == scores[1] != scores[2]


def test_fits_can_be_returned(sines):
    score, fits = quick(*sines, n_fits=3, max_iter=5, return_fits=True)
    assert fits.shape == (3,)
    assert len(set(fits)) == 3
    assert score == fits.mean()


def test_input_is_unchanged(sines):
    before = sines.copy()
    quick(*sines, max_iter=2)
    np.testing.assert_array_equal(sines, before)


@pytest.mark.parametrize("parameter", ["n_fits", "max_iter", "batch_size"])
def test_counts_must_be_positive(sines, parameter):
    with pytest.raises(ValueError) as error:
        predictive_score(*sines, **{parameter: 0})
    assert str(error.value) == f"{parameter} == 0, must be >= 1."


def test_a_single_step_has_no_future():
    message = "Forecasting one step ahead needs windows of at least 2 steps, got 1."
    with pytest.raises(ValueError) as error:
        predictive_score(np.zeros((5, 1, 3)), np.zeros((5, 1, 3)))
    assert str(error.value) == message
