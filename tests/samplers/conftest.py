import numpy as np
import pytest

from sktsgan import CopulaSampler, NeighborSampler, TimeGANSampler, TransformerGANSampler

QUICK = {"refine": "always", "max_iter": 3, "embedding_size": 8, "random_state": 0}


@pytest.fixture
def walks():
    return np.random.default_rng(0).normal(size=(80, 8, 2)).cumsum(axis=1)


@pytest.fixture
def labels():
    return np.repeat(["a", "b", "c"], [40, 30, 10])


@pytest.fixture
def make_gan():
    """Return a function that makes a sampler of few steps and small networks."""
    return lambda **params: TransformerGANSampler(**QUICK | params)


@pytest.fixture(
    params=["CopulaSampler", "NeighborSampler", "TimeGANSampler", "TransformerGANSampler"]
)
def sampler(request):
    if request.param == "CopulaSampler":
        return CopulaSampler(random_state=0)
    if request.param == "NeighborSampler":
        return NeighborSampler(random_state=0)
    if request.param == "TimeGANSampler":
        return TimeGANSampler(refine="always", max_iter=3, hidden_size=4, random_state=0)
    return TransformerGANSampler(**QUICK)
