import numpy as np
import pytest
import torch


@pytest.fixture
def walks():
    """Two independent sets of 400 real windows of 12 steps and 2 channels of unlike scale."""
    rng = np.random.default_rng(0)
    windows = rng.normal(size=(2, 400, 12, 2)).cumsum(axis=2)
    return windows * [1.0, 100.0] + [0.0, 5000.0]


@pytest.fixture
def crude(walks):
    """What no one would take for the walks: every value by itself, at the right mean and scale."""
    real = walks[0]
    noise = np.random.default_rng(1).normal(size=real.shape)
    return real.mean(axis=(0, 1)) + real.std(axis=(0, 1)) * noise


@pytest.fixture(autouse=True)
def global_randomness_is_left_alone():
    before_numpy = np.random.get_state()[1].copy()  # noqa: NPY002
    before_torch = torch.get_rng_state()
    n_threads = torch.get_num_threads()
    yield
    np.testing.assert_array_equal(np.random.get_state()[1], before_numpy)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), before_torch)
    assert torch.get_num_threads() == n_threads
