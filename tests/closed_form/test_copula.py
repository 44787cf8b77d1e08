import numpy as np
import pytest
import torch

from sktsgan.closed_form import WindowCopula
from sktsgan.datasets import make_sines


def draw(copula, rows, seed=0):
    return copula.sample(torch.as_tensor(rows), torch.Generator().manual_seed(seed))


@pytest.fixture
def walks():
    """Two channels that have a part of their increments in common."""
    steps = np.random.default_rng(0).normal(size=(900, 6, 2))
    steps[..., 1] += 0.5 * steps[..., 0]
    return steps.cumsum(axis=1)


def test_draws_have_the_moments_of_the_components(walks):
    copula = WindowCopula().fit(walks)
    scores = copula.scaler_.transform(walks)
    components = copula.components_.encode(scores)
    # of 2 levels, 2 log-scales and 2 shapes of 6 steps that sum to 0
    assert components.shape == (900, 14)
    (root,) = copula.roots_
    np.testing.assert_allclose(root @ root, np.cov(components, rowvar=False), atol=1e-4)
    np.testing.assert_allclose(copula.means_[0], components.mean(axis=0), atol=1e-4)


def test_margins_of_channels_and_correlations_in_time(walks):
    skewed = np.stack([np.exp(walks[..., 0]), -(walks[..., 1] ** 3)], axis=-1)
    made = draw(WindowCopula().fit(skewed), np.arange(5000) % 900)
    assert made.shape == (5000, 6, 2)
    for c in range(2):
        share = [(made[..., c] < np.quantile(skewed[..., c], q)).mean() for q in (0.1, 0.5, 0.9)]
        np.testing.assert_allclose(share, [0.1, 0.5, 0.9], atol=0.05)
        real, drawn = (np.argsort(np.argsort(w[..., c], axis=0), axis=0) for w in (skewed, made))
        for t in range(5):
            expected = np.corrcoef(real[:, t], real[:, t + 1])[0, 1]
            correlation = np.corrcoef(drawn[:, t], drawn[:, t + 1])[0, 1]
            assert correlation == pytest.approx(expected, abs=0.1)


def test_unrelated_channels_share_no_component():
    sines = make_sines(2000, 24, 2, random_state=0)
    related = np.concatenate([sines, 1 - sines[..., :1] ** 2], axis=2)
    copula = WindowCopula().fit(related)
    first, second = copula.components_.rows_of_blocks_
    assert len(first) + len(second) == copula.means_.shape[1]
    # levels of the first block's channels, 0 and 2, depend on its components alone
    basis = copula.components_.basis_
    assert (basis[second][:, [0, 2]] == 0).all() and (basis[first][:, 1] == 0).all()
    assert (copula.roots_[0][np.ix_(first, second)] == 0).all()
    made = draw(copula, np.arange(2000).repeat(2))
    levels = np.corrcoef(made.mean(axis=1), rowvar=False)
    expected = np.corrcoef(related.mean(axis=1), rowvar=False)
    np.testing.assert_allclose(levels, expected, atol=0.1)


def test_classes_keep_their_place(walks):
    classes = np.repeat([0, 1], 450)
    walks[classes == 1] += 100
    rows = np.array([3, 800, 600, 44, 500])
    made = draw(WindowCopula().fit(walks, classes), rows)
    np.testing.assert_array_equal(made.mean(axis=(1, 2)) > 50, rows >= 450)


def test_conditions_shift_the_mean_and_leave_the_law_of_all(walks):
    condition = np.random.default_rng(1).normal(size=(900, 1))
    walks += 3 * condition[:, None]
    copula = WindowCopula().fit(walks, None, condition.astype(np.float32))
    for sign in (-1, 1):
        rows = np.flatnonzero(sign * condition[:, 0] > 1)
        levels = draw(copula, np.resize(rows, 4000)).mean(axis=(0, 1))
        np.testing.assert_allclose(levels, walks[rows].mean(axis=(0, 1)), atol=0.5)
    made = draw(copula, np.arange(900).repeat(20))
    np.testing.assert_allclose(made.mean(axis=0), walks.mean(axis=0), atol=0.25)
    np.testing.assert_allclose(made.std(axis=0), walks.std(axis=0), rtol=0.08)


def test_small_classes_borrow_covariance(walks):
    classes = np.repeat([0, 1], [898, 2])
    copula = WindowCopula().fit(walks, classes)
    # two windows alone would span a line
    assert np.linalg.matrix_rank(copula.roots_[1], tol=1e-2) == len(copula.roots_[1])
    assert not copula.has_lone_windows_


def test_a_class_of_one_window(walks):
    copula = WindowCopula().fit(walks, (np.arange(900) == 17).astype(int))
    made = draw(copula, np.full(50, 17))
    assert copula.has_lone_windows_
    assert np.isfinite(made).all() and np.ptp(made, axis=0).max() > 0


def test_same_seed_same_draws(walks):
    copula = WindowCopula().fit(walks)
    first, again, other = (draw(copula, np.arange(10), seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_windows_that_are_all_the_same(walks):
    same = np.repeat(walks[:1].round(1), 20, axis=0)
    made = draw(WindowCopula().fit(same), np.arange(3))
    np.testing.assert_array_equal(made, same[:3])
