import numpy as np
import pytest

from sktsgan.closed_form._blocks import independent_blocks
from sktsgan.datasets import make_sines


@pytest.mark.parametrize("n_windows", [400, 2000])
def test_unrelated_channels_are_told_apart(n_windows):
    blocks = independent_blocks(make_sines(n_windows, 24, 3, random_state=0))
    assert [block.tolist() for block in blocks] == [[0], [1], [2]]


@pytest.mark.parametrize("n_windows", [3, 10, 40, 400])
def test_related_channels_stay_together_however_few_the_windows(n_windows):
    walk = np.random.default_rng(0).normal(size=(n_windows, 12, 1)).cumsum(axis=1)
    noise = 0.1 * np.random.default_rng(1).normal(size=walk.shape)
    blocks = independent_blocks(np.concatenate([walk, walk + noise], axis=2))
    assert [block.tolist() for block in blocks] == [[0, 1]]
