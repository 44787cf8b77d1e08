"""Images of small classes, by DCGANSampler: stacked and flat, before a classifier and inside one."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktsgan import AugmentedClassifier, DCGANSampler, GANOverSampler

COUNTS = {0: 30, 1: 12, 2: 5}


@pytest.fixture(scope="module")
def digits():
    """Digits of 8 × 8 pixels from 0 to 16, uint8: thirty noughts, twelve ones, five twos."""
    X, y = load_digits(return_X_y=True)
    rows = np.concatenate([np.flatnonzero(y == label)[:n] for label, n in COUNTS.items()])
    return X[rows].astype(np.uint8).reshape(-1, 8, 8), y[rows]


@pytest.fixture
def sampler():
    return DCGANSampler(max_iter=2, width=2, batch_size=8, device="cpu")


pytestmark = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (64,)])
def test_images_come_out_as_they_went_in(digits, sampler, shape):
    X, y = digits[0].reshape(-1, *shape), digits[1]
    over_sampler = GANOverSampler(sampler, random_state=0)
    X_all, y_all = over_sampler.fit_resample(X, y)
    assert X_all.shape == (90, *shape)
    assert X_all.dtype == np.uint8
    np.testing.assert_array_equal(X_all[: len(X)], X)
    np.testing.assert_array_equal(np.bincount(y_all), [30, 30, 30])
    assert over_sampler.sampler_.image_shape_ == (8, 8, 1)
    again, _ = over_sampler.fit_resample(X, y)
    np.testing.assert_array_equal(again, X_all)


def test_flat_images_of_a_dataframe(digits, sampler):
    X = pd.DataFrame(digits[0].reshape(-1, 64)).add_prefix("pixel")
    sampler.set_params(image_shape=(8, 8))
    X_all, y_all = GANOverSampler(sampler, sampling_strategy={2: 9}).fit_resample(X, digits[1])
    assert X_all.columns.equals(X.columns)
    assert (X_all.dtypes == np.uint8).all()
    assert np.bincount(y_all).tolist() == [30, 12, 9]


def test_the_images_that_look_most_real(digits, sampler):
    X, y = digits
    X_all, y_all = GANOverSampler(sampler, keep="best", random_state=0).fit_resample(X, y)
    assert X_all.shape == (90, 8, 8)
    assert np.bincount(y_all).tolist() == [30, 30, 30]


def test_colour(digits, sampler):
    X, y = np.stack([digits[0], 16 - digits[0], digits[0] // 2], axis=3), digits[1]
    X_all, _ = GANOverSampler(sampler).fit_resample(X, y)
    assert X_all.shape == (90, 8, 8, 3)


@pytest.mark.parametrize("flat", [False, True])
def test_a_classifier_with_synthetic_images(digits, sampler, flat):
    X, y = digits
    X = X.reshape(len(X), -1) if flat else X
    flatten = FunctionTransformer(lambda images: images.reshape(len(images), -1))
    classifier = make_pipeline(flatten, LogisticRegression(max_iter=1000))
    augmented = AugmentedClassifier(classifier, sampler, random_state=0)
    augmented.fit(X, y)
    assert augmented.n_synthetic_ == 18 + 25
    assert augmented.score(X, y) > 0.9
    assert cross_val_score(augmented, X, y, cv=2).shape == (2,)


def test_a_step_of_imblearns_pipeline(digits, sampler):
    imblearn = pytest.importorskip("imblearn.pipeline")
    X, y = digits
    flatten = FunctionTransformer(lambda images: images.reshape(len(images), -1))
    steps = GANOverSampler(sampler, random_state=0), flatten, LogisticRegression(max_iter=1000)
    pipeline = imblearn.make_pipeline(*steps).fit(X, y)
    assert pipeline.predict(X).shape == (47,)
