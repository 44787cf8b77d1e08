import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from sktsgan.closed_form._conditional import ConditionalGaussian, fill_rows, rows_by_pattern

SIZE = 9
SOME = np.array([True, False])


@pytest.fixture
def law():
    rng = np.random.default_rng(0)
    factor = rng.normal(size=(SIZE, SIZE))
    return ConditionalGaussian(rng.normal(size=SIZE), factor @ factor.T + 0.1 * np.eye(SIZE))


def by_hand(law, missing):
    seen = ~missing
    across = law.covariance[np.ix_(seen, missing)]
    weights = np.linalg.solve(law.covariance[np.ix_(seen, seen)], across)
    return weights, law.covariance[np.ix_(missing, missing)] - across.T @ weights


@pytest.mark.parametrize("n_missing", [1, 4, 5, 8])
def test_conditional_law_is_that_of_the_textbook(law, n_missing):
    rng = np.random.default_rng(n_missing)
    missing = np.isin(np.arange(SIZE), rng.permutation(SIZE)[:n_missing])
    weights, covariance = by_hand(law, missing)
    rows = rng.normal(size=(4, SIZE))
    conditioned = law.condition(missing)
    expected = law.mean[missing] + (rows - law.mean)[:, ~missing] @ weights
    assert_allclose(conditioned.locate(np.where(missing, np.nan, rows)), expected)
    assert_allclose(conditioned.covariance(), covariance)
    drawn = conditioned.deviate(rng.normal(size=(100_000, SIZE)))
    assert_allclose(np.cov(drawn.T), covariance, atol=0.05 * covariance.max())


def test_nothing_observed_is_the_law_itself(law):
    conditioned = law.condition(np.ones(SIZE, dtype=bool))
    rows = np.full((2, SIZE), np.nan)
    assert_allclose(conditioned.locate(rows), [law.mean, law.mean])
    assert_allclose(conditioned.covariance(), law.covariance)


def test_a_covariance_that_is_none_is_refused():
    with pytest.raises(np.linalg.LinAlgError, match="2 values is not positive definite"):
        ConditionalGaussian(np.zeros(2), np.array([[1.0, 2.0], [2.0, 1.0]])).condition(SOME)


def test_patterns_share_out_the_rows():
    missing = np.random.default_rng(0).random((50, 3)) < 0.5
    seen = np.zeros(50, dtype=int)
    for pattern, rows in rows_by_pattern(missing):
        assert (missing[rows] == pattern).all()
        seen[rows] += 1
    assert (seen == 1).all()


@pytest.mark.parametrize("n_draws", [1, 2, 5])
def test_draws_come_in_pairs_about_the_mean(law, n_draws):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, SIZE))
    rows[rng.random(rows.shape) < 0.4] = np.nan
    filled = fill_rows(law, rows, n_draws, torch.Generator().manual_seed(0))
    assert filled.shape == (n_draws, *rows.shape)
    assert not np.isnan(filled).any()
    seen = ~np.isnan(rows)
    assert all((own[seen] == rows[seen]).all() for own in filled)
    if n_draws > 1:
        for missing, own in rows_by_pattern(~seen):
            if missing.any():
                middle = filled[:2, own][:, :, missing].mean(axis=0)
                assert_allclose(middle, law.condition(missing).locate(rows[own]))
