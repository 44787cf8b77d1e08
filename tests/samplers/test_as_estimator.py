"""Samplers in the hands of scikit-learn: searches, cross-validation, pipelines, workers, displays."""

import re

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted

from sktsgan import (
    CopulaSampler,
    TimeGANSampler,
    TransformerGANSampler,
    Windowizer,
    distribution_kl_score,
)

PARAMETER = {
    "CopulaSampler": "random_state",
    "NeighborSampler": "n_neighbors",
    "TimeGANSampler": "max_iter",
    "TransformerGANSampler": "max_iter",
}


@pytest.fixture
def series():
    index = pd.date_range("2024-01-01", periods=120, freq="h")
    values = np.random.default_rng(0).normal(size=(120, 2)).cumsum(axis=0)
    return pd.DataFrame(values, index, columns=["load", "wind"])


@pytest.mark.parametrize("scoring", [distribution_kl_score, None])
def test_grid_search(sampler, walks, scoring):
    name = PARAMETER[type(sampler).__name__]
    search = GridSearchCV(sampler, {name: [2, 3]}, scoring=scoring, cv=2, error_score="raise")
    search.fit(walks)
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all() and (scores <= 0).all()
    assert search.best_params_[name] == [2, 3][int(np.argmax(scores))]
    best = search.best_estimator_
    assert search.score(walks) == best.score(walks) == distribution_kl_score(best, walks)
    assert best.sample(3).shape == (3, 8, 2)
    assert not hasattr(sampler, "container_")


def test_grid_search_with_classes(sampler, walks, labels):
    search = GridSearchCV(sampler, {PARAMETER[type(sampler).__name__]: [2, 3]}, cv=2)
    search.fit(walks, labels)
    assert list(search.best_estimator_.classes_) == ["a", "b", "c"]


def test_cross_validation(sampler, walks):
    scores = cross_val_score(sampler, walks, cv=3)
    assert scores.shape == (3,) and np.isfinite(scores).all()
    with_scorer = cross_val_score(sampler, walks, cv=3, scoring=distribution_kl_score)
    np.testing.assert_array_equal(with_scorer, scores)
    results = cross_validate(sampler, walks, cv=2, return_estimator=True)
    first, second = (s.sample(3, random_state=0) for s in results["estimator"])
    assert not np.array_equal(first, second)


def test_end_of_a_pipeline(sampler, series):
    pipeline = make_pipeline(Windowizer(window=8), sampler)
    for scoring in (None, distribution_kl_score):
        scores = cross_val_score(pipeline, series.to_numpy(), cv=KFold(3), scoring=scoring)
        assert np.isfinite(scores).all()
    pipeline.fit(series)
    windows = pipeline[:-1].transform(series)
    assert pipeline.score(series) == pipeline[-1].score(windows)
    assert pipeline[-1].sample(4).shape == (4, 8, 2)


def test_flat_windows_in_a_pipeline(sampler, series):
    pipeline = Pipeline(
        [
            ("windows", Windowizer(window=8).set_output(transform="pandas")),
            ("sampler", sampler.set_params(n_channels=2)),
        ]
    ).fit(series)
    made = pipeline[-1].sample(4)
    assert list(made.columns) == list(pipeline[:-1].get_feature_names_out())
    back = pipeline["windows"].inverse_transform(made.iloc[:1])
    assert list(back.columns) == ["load", "wind"]


def test_parameters_of_a_pipeline_are_searched(sampler, series):
    pipeline = Pipeline([("windows", Windowizer(window=8)), ("sampler", sampler)])
    grid = {f"sampler__{PARAMETER[type(sampler).__name__]}": [2, 3], "windows__window": [4, 8]}
    search = GridSearchCV(pipeline, grid, scoring=distribution_kl_score, cv=KFold(2))
    search.fit(series.to_numpy())
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_two_workers(sampler, walks):
    here = cross_val_score(sampler, walks, cv=2)
    np.testing.assert_array_equal(cross_val_score(sampler, walks, cv=2, n_jobs=2), here)
    sampler.fit(walks)
    made = Parallel(n_jobs=2)(delayed(sampler.sample)(3, random_state=seed) for seed in range(2))
    for seed in range(2):
        np.testing.assert_array_equal(made[seed], sampler.sample(3, random_state=seed))


def test_html(sampler, walks):
    name = type(sampler).__name__
    for state in (sampler, sampler.fit(walks), make_pipeline(Windowizer(window=4), sampler)):
        html = state._repr_html_()
        assert name in html and "random_state" in html


def test_repr(sampler, walks):
    assert re.fullmatch(r"\w+\([^)]*random_state=0[^)]*\)", repr(sampler.fit(walks)))
    with config_context(print_changed_only=False):
        assert "n_channels=None" in repr(sampler)


@pytest.mark.parametrize("make", [CopulaSampler, TimeGANSampler, TransformerGANSampler])
def test_parameters(make):
    sampler = make()
    params = sampler.get_params()
    assert set(params) == set(sampler._parameter_constraints)
    assert clone(sampler).get_params() == params
    assert sampler.set_params(n_channels=3).get_params() == params | {"n_channels": 3}
    with pytest.raises(ValueError, match="Invalid parameter 'd_iters'"):
        sampler.set_params(d_iters=5)
    with pytest.raises(TypeError):
        type(sampler)(3)  # all are named


def test_parameters_are_checked_before_training(sampler, walks):
    sampler.set_params(n_channels=0)
    message = f"The 'n_channels' parameter of {type(sampler).__name__} must be an int in the range"
    with pytest.raises(ValueError, match=re.escape(message)):
        sampler.fit(walks)
    with pytest.raises(Exception, match="not fitted"):
        check_is_fitted(sampler)
