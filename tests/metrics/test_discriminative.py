import numpy as np
import pandas as pd
import pytest

from sktsgan.metrics import discriminative_score


@pytest.fixture
def walks(walks):
    return walks[:, :, :6]


def quick(real, synthetic, **parameters):
    parameters = {"n_fits": 2, "max_iter": 400, "batch_size": 64, "random_state": 0} | parameters
    return discriminative_score(real, synthetic, **parameters)


def test_real_against_real_is_near_zero(walks):
    assert quick(*walks) < 0.1


def test_crude_fake_is_near_one_half(walks):
    shifted = walks[1] + 5 * walks[1].std(axis=(0, 1))
    assert quick(walks[0], shifted) > 0.45


def test_univariate(walks):
    real, fresh = walks[:, :, :, 0]
    assert quick(real, fresh) < 0.1
    assert quick(real, fresh + 30) > 0.45


def test_diverged_windows_do_not_pass_for_real(walks):
    assert quick(walks[0], np.full_like(walks[0], 1e300)) > 0.45


def test_sets_of_unequal_size(walks):
    assert quick(walks[0], walks[1][:80]) < 0.15


def test_same_seed_same_score(walks):
    scores = [quick(*walks, max_iter=20, random_state=seed) for seed in (1, 1, 2)]
    assert scores[0] == scores[1] != scores[2]


def test_fits_can_be_returned(walks):
    score, fits = quick(*walks, n_fits=3, max_iter=5, return_fits=True)
    assert fits.shape == (3,)
    assert score == fits.mean()
    assert len(set(fits)) > 1
    assert isinstance(score, float)


def test_data_frames_and_unchanged_input(walks):
    frames = [pd.DataFrame(windows.reshape(400, -1)) for windows in walks]
    before = [frame.copy() for frame in frames]
    assert quick(*frames, n_channels=2, max_iter=5) == quick(*walks, max_iter=5)
    for frame, copy in zip(frames, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


@pytest.mark.parametrize("parameter", ["n_fits", "max_iter", "batch_size"])
def test_counts_must_be_positive(walks, parameter):
    with pytest.raises(ValueError) as error:
        discriminative_score(*walks, **{parameter: 0})
    assert str(error.value) == f"{parameter} == 0, must be >= 1."
    with pytest.raises(TypeError, match=f"{parameter} must be an instance of"):
        discriminative_score(*walks, **{parameter: 1.5})


def test_windows_of_unlike_length(walks):
    message = "synthetic has windows of shape (5, 2), but those of real have shape (6, 2)."
    with pytest.raises(ValueError) as error:
        discriminative_score(walks[0], walks[1][:, :-1])
    assert str(error.value) == message


def test_nan_is_refused(walks):
    walks[1, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="Input synthetic contains NaN"):
        discriminative_score(*walks)
