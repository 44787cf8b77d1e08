"""Random convolutions as features of a judge."""

import numpy as np
import pytest
import torch

from sktsgan.metrics import classifier_two_sample_score
from sktsgan.metrics._random_convolutions import RandomConvolutions, _convolve


def test_random_convolutions_tell_noise_from_walks():
    convolutions = RandomConvolutions(12, 2, n_convolutions=40)
    convolutions.set_params(random_state=0)
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(2, 100, 12, 2))
    noise[1] = noise[1].cumsum(axis=1)
    X = noise.reshape(200, -1)
    features = convolutions.fit_transform(X)
    assert features.shape == (200, 120)
    np.testing.assert_array_equal(features, convolutions.fit(X).transform(X))
    beyond = np.hstack([X, rng.normal(size=(200, 5))])
    np.testing.assert_allclose(features, convolutions.transform(beyond), rtol=1e-4, atol=1e-4)


def test_a_convolution_by_hand():
    windows = torch.tensor([[[1.0, 2.0, 4.0, 8.0, 16.0]]])
    made = _convolve(windows, torch.tensor([[[1.0, -1.0, 0.0]]]), 2)
    assert made.tolist() == [[[-3.0]]]


@pytest.mark.parametrize("n_timesteps", [1, 2, 12])
def test_a_judge_by_name(n_timesteps):
    rng = np.random.default_rng(0)
    real, test, fake = rng.normal(size=(3, 200, n_timesteps, 2))
    score = classifier_two_sample_score(
        real, 3 * fake, real_test=test, classifier="convolutions", random_state=0
    )
    assert score > 0.6
    with pytest.raises(ValueError, match="or None, got 'forest'"):
        classifier_two_sample_score(real, fake, classifier="forest")
