import numpy as np
import pytest

from sktsgan import CopulaSampler
from sktsgan.datasets import make_sines
from sktsgan.metrics import distribution_kl_divergence


def make_walks(n_windows, seed):
    return np.random.default_rng(seed).normal(size=(n_windows, 8, 3)).cumsum(axis=1)


def test_margins_and_correlations_of_channels():
    X = make_walks(2000, 0)
    X[..., 2] = X[..., 0] + 0.3 * X[..., 1]
    made = CopulaSampler(random_state=0).fit(X).sample(4000, random_state=0)
    for q in (0.05, 0.5, 0.95):
        real, new = (np.quantile(w, q, axis=(0, 1)) for w in (X, made))
        np.testing.assert_allclose(new, real, atol=0.15 * X.std())
    real, new = (np.corrcoef(w.reshape(-1, 3), rowvar=False) for w in (X, made))
    np.testing.assert_allclose(new, real, atol=0.05)


def test_makes_new_windows():
    X = make_walks(300, 0)
    made = CopulaSampler(random_state=0).fit(X).sample(300, random_state=0)
    distance = np.abs(made[:, None] - X[None]).max(axis=(2, 3)).min(axis=1)
    assert (distance > 1e-3).all()


def test_score_tells_good_from_bad():
    X = make_walks(1500, 0)
    sampler = CopulaSampler(random_state=0).fit(X)
    fresh = make_walks(1500, 1)
    assert sampler.score(fresh) > -0.1
    assert sampler.score(fresh + 3) < -1
    assert -sampler.score(X) < distribution_kl_divergence(X, np.zeros_like(X))


def test_smooth_windows_stay_smooth():
    X = make_sines(1000, n_channels=2, random_state=0)
    made = CopulaSampler(random_state=0).fit(X).sample(500, random_state=0)
    bends = [np.abs(np.diff(w, n=2, axis=1)).mean() for w in (X, made)]
    assert bends[1] < 2 * bends[0]


@pytest.mark.parametrize("n_windows", [2, 3, 5])
def test_few_windows(n_windows):
    X = make_walks(n_windows, 0)
    made = CopulaSampler(random_state=0).fit(X).sample(50)
    assert np.isfinite(made).all()
    assert (made.min(axis=(0, 1)) >= X.min(axis=(0, 1))).all()


@pytest.mark.parametrize("shape", [(40, 1, 1), (40, 2, 3), (40, 1, 5), (20, 512, 1), (20, 8, 100)])
def test_shapes(shape):
    X = np.random.default_rng(0).normal(size=shape)
    assert CopulaSampler(random_state=0).fit(X).sample(7).shape == (7, *shape[1:])


def test_windows_that_are_all_the_same():
    X = np.repeat(make_walks(1, 0).round(2), 30, axis=0)
    np.testing.assert_array_equal(CopulaSampler().fit(X).sample(4), X[:4])
