"""The log-density of windows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler

from benchmarks.windows import anomalies
from sktsgan import NeighborSampler, Windowizer, make_sampling_pipeline
from sktsgan.closed_form import WindowDensity
from sktsgan.datasets import make_seasonal_series, make_sines


def walks(n_windows, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_windows, 4, 2)).cumsum(axis=1)


@pytest.fixture(scope="module")
def sampler():
    return NeighborSampler(n_neighbors=8, random_state=0).fit(walks(1000, 0))


def test_it_is_near_the_true_density(sampler):
    X = walks(500, 1)
    steps = np.diff(X, axis=1, prepend=0)
    true = -0.5 * (steps**2 + np.log(2 * np.pi)).sum(axis=(1, 2))
    found = sampler.score_samples(X)
    assert (
        found.mean() <= true.mean() + 0.1
    )  # no density is more likely than the true one, but by chance
    assert found.mean() > true.mean() - 2
    assert np.corrcoef(found, true)[0, 1] > 0.7


def test_it_is_in_the_units_of_the_channels(sampler):
    X = walks(50, 1)
    scale = np.array([10.0, 0.1])
    other = NeighborSampler(n_neighbors=8, random_state=0).fit(walks(1000, 0) * scale)
    change = 4 * np.log(scale).sum()
    assert_allclose(other.score_samples(X * scale), sampler.score_samples(X) - change, atol=1e-2)


@pytest.mark.parametrize("fault", anomalies.FAULTS)
def test_faults_are_unusual(fault):
    X = make_sines(400, random_state=0)
    sampler = NeighborSampler(random_state=0).fit(X[:300])
    damaged = anomalies.damage(X[300:], fault, X.std(axis=(0, 1)), np.random.default_rng(0))
    assert (sampler.score_samples(damaged) < sampler.score_samples(X[300:])).mean() > 0.8


def test_constants_and_copies_do_not_count(sampler):
    X = walks(1000, 0)
    wide = np.concatenate([X, np.full_like(X[..., :1], 7.0), X[..., :1]], axis=2)
    other = NeighborSampler(n_neighbors=8, random_state=0).fit(wide)
    X = walks(20, 1)
    wide = np.concatenate([X, np.zeros_like(X)], axis=2)
    assert_allclose(other.score_samples(wide), sampler.score_samples(X), rtol=1e-4)
    still = NeighborSampler(random_state=0).fit(np.ones((30, 4, 1)))
    assert_array_equal(still.score_samples(np.zeros((3, 4, 1))), 0)


def test_categories_do_not_count():
    X = walks(300, 0)
    X[..., 1] = X[..., 1] > 0
    sampler = NeighborSampler(random_state=0).fit(X, categorical=[1])
    scores = sampler.score_samples(X[:20])
    X[..., 1] = 0
    assert_array_equal(sampler.score_samples(X[:20]), scores)


def test_windows_that_break_rules_have_no_density():
    X = np.abs(walks(300, 0))
    X[..., 1] += X[..., 0]
    sampler = NeighborSampler(constraints=["x0 <= x1"], random_state=0).fit(X[:250])
    broken = X[250:].copy()
    broken[::2, 1, 0] = broken[::2, 1, 1] + 1
    scores = sampler.score_samples(broken)
    assert (scores[::2] == -np.inf).all() and np.isfinite(scores[1::2]).all()


def test_classes_of_one_window_and_repeated_windows():
    X = walks(30, 0)
    assert np.isfinite(NeighborSampler(random_state=0).fit(X, np.arange(30)).score_samples(X)).all()
    X = np.repeat(X[:3], 10, axis=0)
    assert np.isfinite(NeighborSampler(random_state=0).fit(X).score_samples(X)).all()


def test_chunks_make_no_difference(sampler, monkeypatch):
    X = walks(50, 1)
    whole = sampler.score_samples(X)
    monkeypatch.setattr("sktsgan.closed_form._density._MAX_DISTANCES", 3000)
    assert_allclose(sampler.score_samples(X), whole)
    assert isinstance(WindowDensity(sampler.neighborhoods_).log_density(X), np.ndarray)


def test_pipelines_score_the_windows_of_a_series():
    series = make_seasonal_series(400, random_state=0)
    pipe = make_sampling_pipeline(StandardScaler(), Windowizer(24), NeighborSampler(random_state=0))
    pipe.fit(series)
    assert pipe.score_samples(series[:100]).shape == (77,)


def test_what_can_not_be_scored(sampler):
    with pytest.raises(NotFittedError):
        NeighborSampler().score_samples(walks(3, 0))
    with pytest.raises(ValueError, match="NaN"):
        sampler.score_samples(np.full((2, 4, 2), np.nan))
    with pytest.raises(ValueError, match="expecting 4 features"):
        sampler.score_samples(np.zeros((2, 5, 2)))


def test_the_benchmark_prints_a_table(tmp_path, capsys):
    rows = anomalies.main(["--dataset", "sines", "--seeds", "1", "--max-rows", "400"])
    assert [row["label"] for row in rows] == ["neighbors", "forest", "lof"]
    assert all(0 <= row["fits"][0]["mean"] <= 1 for row in rows)
    assert "means over data sets" in capsys.readouterr().out
