import numpy as np
import pytest

from sktsgan.metrics import context_fid


def test_equal_sets_are_at_zero_and_others_are_not(walks, crude):
    real, other = walks
    assert context_fid(real, real, random_state=0) == pytest.approx(0, abs=1e-6)
    floor = context_fid(real, other, random_state=0)
    assert 0 < floor < context_fid(real, other + [1.0, 100.0], random_state=0)
    assert floor < context_fid(real, crude, random_state=0) / 2


def test_a_collapsed_set_is_far(walks):
    real, other = walks
    collapsed = np.repeat(other[:1], 400, axis=0)
    near, far = (context_fid(real, X, random_state=0) for X in (other, collapsed))
    assert far > 5 * near


def test_units_hardly_matter(walks):
    real, other = walks
    scaled = context_fid(real * 10 + 3, other * 10 + 3, random_state=0)
    assert scaled == pytest.approx(context_fid(real, other, random_state=0), rel=0.05)


def test_same_seed_same_value(walks):
    a, b, c = (context_fid(*walks, random_state=seed) for seed in (1, 1, 2))
    assert a == b != c


@pytest.mark.parametrize("shape", [(2, 1, 1), (5, 2, 1), (3, 40, 3)])
def test_short_windows_and_small_sets(shape):
    real, other = np.random.default_rng(0).normal(size=(2, *shape))
    assert 0 <= context_fid(real, other, random_state=0) < np.inf


def test_a_diverged_generator_has_a_score(walks):
    assert context_fid(walks[0], walks[1] * 1e12, random_state=0) < np.inf


def test_errors(walks):
    with pytest.raises(ValueError, match="^synthetic can't be used: Found array with 1 sample"):
        context_fid(walks[0], walks[1][:1])
    with pytest.raises(ValueError, match="^max_iter == 0, must be >= 1.$"):
        context_fid(*walks, max_iter=0)
