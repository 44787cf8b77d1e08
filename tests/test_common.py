"""scikit-learn's checks on every public estimator, and the contract of samplers on every sampler."""

import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

import sktsgan
from sktsgan import (
    AugmentedClassifier,
    AugmentedRegressor,
    CopulaSampler,
    DCGANSampler,
    GANImputer,
    GANOverSampler,
    NeighborSampler,
    SamplingPipeline,
    SeqGANSampler,
    TimeGANSampler,
    TransformerGANSampler,
    Windowizer,
)
from sktsgan.utils.estimator_checks import IMAGES, TEXTS, parametrize_with_sampler_checks

QUICK = {"max_iter": 2, "embedding_size": 8}
SAMPLERS = [
    CopulaSampler(),
    NeighborSampler(),
    TimeGANSampler(max_iter=2, hidden_size=4),
    TimeGANSampler(base=None, scaling="range", n_layers=2, max_iter=2, hidden_size=4),
    TransformerGANSampler(**QUICK),
    TransformerGANSampler(base=None, **QUICK),
]
IMAGE_SAMPLERS = [
    DCGANSampler(max_iter=2, width=2),
    DCGANSampler(architecture="mlp", max_iter=2),
]
SMALL = {"embedding_size": 8, "hidden_size": 8, "kernels": {2: 4, 3: 4}, "pretraining": (2, 2)}
TEXT_SAMPLERS = [
    SeqGANSampler(max_iter=2, n_rollouts=2, **SMALL),
    SeqGANSampler(generator="transformer", **SMALL),
]
UNTRAINED = "ignore::sktsgan.exceptions.ModeCollapseWarning"  # two updates are few without a base
ESTIMATORS = [
    *SAMPLERS,
    *IMAGE_SAMPLERS,
    *TEXT_SAMPLERS,
    SamplingPipeline([("sampler", CopulaSampler())]),
    Windowizer(window=1),
    GANOverSampler(),
    GANImputer(),
    AugmentedClassifier(LogisticRegression()),
    AugmentedRegressor(Ridge()),
]


def expected_failures(estimator):
    if isinstance(estimator, Windowizer):
        return {"check_fit1d": "A series may have one axis: such an array is univariate."}
    if isinstance(estimator, SamplingPipeline):
        fitted_in_place = "A Pipeline of scikit-learn fits its steps themselves."
        return {
            "check_dont_overwrite_parameters": fitted_in_place,
            "check_estimators_overwrite_params": fitted_in_place,
        }
    if isinstance(estimator, AugmentedClassifier | AugmentedRegressor):
        same = "A row given twice teaches the sampler more than a row of weight 2, of which it knows nothing."
        return {"check_sample_weight_equivalence_on_dense_data": same}
    return {}


@pytest.fixture
def array_api(monkeypatch):
    """Let scikit-learn's check of array API input run, which it skips otherwise."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")


@pytest.mark.filterwarnings(UNTRAINED)
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures, xfail_strict=True)
def test_sklearn_checks(estimator, check, array_api):
    check(estimator)


@pytest.mark.filterwarnings(UNTRAINED)
@parametrize_with_sampler_checks(SAMPLERS)
def test_sampler_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings(UNTRAINED)
@parametrize_with_sampler_checks(IMAGE_SAMPLERS, data=IMAGES)
def test_sampler_checks_on_images(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings(UNTRAINED)
@parametrize_with_sampler_checks(TEXT_SAMPLERS, data=TEXTS)
def test_checks_of_texts(estimator, check):
    check(estimator)


def test_no_estimator_is_left_out():
    public = [getattr(sktsgan, name) for name in sktsgan.__all__]
    classes = {c for c in public if isinstance(c, type) and issubclass(c, BaseEstimator)}
    assert {type(estimator) for estimator in ESTIMATORS} == classes
    samplers = {c for c in classes if hasattr(c, "sample")} - {SamplingPipeline}  # holds a sampler
    with_contract = [*SAMPLERS, *IMAGE_SAMPLERS, *TEXT_SAMPLERS]
    assert {type(sampler) for sampler in with_contract} == samplers
