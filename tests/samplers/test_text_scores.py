"""SeqGANSampler before the scorers and the pictures of the package."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, cross_validate

from sktsgan import SeqGANSampler, distribution_kl_score
from sktsgan.metrics import distinct_n_score, nll_score, self_bleu_score
from sktsgan.plotting import DistributionDisplay

QUICK = {"hidden_size": 4, "embedding_size": 4, "pretraining": (2, 0), "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")

WORDS = "a man dog rides sits on the bench".split()


@pytest.fixture(params=["texts", "sequences", "table"])
def X(request):
    rng = np.random.default_rng(0)
    table = rng.integers(len(WORDS), size=(60, 7))
    if request.param == "table":
        return table
    rows = [row[: 3 + i % 4] for i, row in enumerate(table)]
    if request.param == "sequences":
        return rows
    return [" ".join(WORDS[i] for i in row) + "." for row in rows]


def test_searches(X):
    for scoring in (distribution_kl_score, nll_score, None):
        search = GridSearchCV(
            SeqGANSampler(**QUICK),
            {"pretraining": [(2, 0), (4, 0)]},
            scoring=scoring,
            cv=2,
            error_score="raise",
        )
        scores = search.fit(X).cv_results_["mean_test_score"]
        assert np.isfinite(scores).all() and (scores <= 0).all()


def test_the_likelihood_scorer_is_the_score(X):
    sampler = SeqGANSampler(**QUICK).fit(X)
    assert nll_score(sampler, X) == sampler.score(X)
    scores = cross_validate(SeqGANSampler(**QUICK), X, cv=2, error_score="raise")["test_score"]
    assert np.isfinite(scores).all()


def test_what_is_sampled_can_be_measured(X):
    made = SeqGANSampler(**QUICK).fit(X).sample(20, random_state=0)
    assert 0 < distinct_n_score(made) <= 1
    assert 0 <= self_bleu_score(made, n=2) <= 1


def test_picture(X):
    sampler = SeqGANSampler(**QUICK).fit(X)
    display = DistributionDisplay.from_estimator(sampler, X, projection="pca", random_state=0)
    assert np.isfinite(display.projections["pca"].divergence)
