import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktsgan.metrics import nll_score

TEXTS = ["a b", "b a a", "a", "c a"] * 10


class UnigramSampler(BaseEstimator):
    """Knows how frequent words are; ``extra`` occurrences are added to each."""

    def __init__(self, extra=1.0):
        self.extra = extra

    def fit(self, X, y=None):
        words = " ".join(X).split()
        self.counts_ = {word: words.count(word) + self.extra for word in "abc"}
        return self

    def score(self, X, y=None):
        total = sum(self.counts_.values())
        return np.mean([np.log(self.counts_[word] / total) for word in " ".join(X).split()])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags


def test_minus_the_mean_over_tokens():
    sampler = UnigramSampler(extra=0).fit(["a a b c"])
    expected = -(np.log(2) + 2 * np.log(4)) / 3
    assert nll_score(sampler, ["a", "b c"]) == pytest.approx(expected)


def test_end_of_a_pipeline():
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    pipeline = make_pipeline(lower, UnigramSampler()).fit(TEXTS)
    upper = [text.upper() for text in TEXTS]
    assert nll_score(pipeline, upper) == nll_score(pipeline[-1], TEXTS)
    assert nll_score(Pipeline([("s", pipeline[-1])]), TEXTS) == nll_score(pipeline[-1], TEXTS)


def test_searches_look_for_the_best():
    search = GridSearchCV(UnigramSampler(), {"extra": [1.0, 1e6]}, scoring=nll_score, cv=2)
    assert search.fit(TEXTS).best_params_ == {"extra": 1.0}
    assert (search.cv_results_["mean_test_score"] < 0).all()


def test_other_samplers_are_refused():
    sampler = KernelDensity().fit(np.eye(3))
    for estimator in (sampler, make_pipeline(sampler)):
        with pytest.raises(TypeError) as error:
            nll_score(estimator, np.eye(3))
        assert str(error.value) == "nll_score needs a sampler of texts, got KernelDensity."
