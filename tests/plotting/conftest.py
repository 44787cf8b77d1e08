import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator


class BootstrapSampler(BaseEstimator):
    """Draws training items again, with a little noise."""

    def fit(self, X, y=None):
        self.items_ = np.asarray(X)
        self.history_ = [
            {"step": 10 * i, "generator_loss": 1 / i, "discriminator_loss": 2.0, "seconds": 0.1}
            for i in (1, 2, 3)
        ]
        return self

    def sample(self, n_samples=1, *, random_state=None):
        rng = np.random.default_rng(random_state)
        drawn = self.items_[rng.integers(len(self.items_), size=n_samples)]
        return drawn + 0.1 * rng.normal(size=drawn.shape)


@pytest.fixture
def sampler():
    return BootstrapSampler()


@pytest.fixture
def walks():
    """Two sets of 60 windows of 8 steps and 3 channels."""
    return np.random.default_rng(0).normal(size=(2, 60, 8, 3)).cumsum(axis=2)


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def global_randomness_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    yield
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
