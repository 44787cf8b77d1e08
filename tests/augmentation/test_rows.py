"""Rows that are neither tables nor windows, which a sampler of the user's learns from."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sktsgan import AugmentedClassifier, GANOverSampler, TimeGANSampler

TEXTS = ["a man"] * 6 + ["two dogs", "three dogs", "a dog"]
LABELS = np.repeat(["man", "dog"], [6, 3])


class Repeater(BaseEstimator):
    """Sample the items of the class that is asked for, in turn."""

    def fit(self, X, y):
        self.items_, self.labels_ = np.asarray(X), np.asarray(y)
        return self

    def sample(self, n_samples=1, *, prompt=None, random_state=None):
        own = self.items_[self.labels_ == prompt[0]]
        return own[np.arange(n_samples) % len(own)]


@pytest.mark.parametrize("container", [list, pd.Series, lambda texts: np.array(texts, object)])
def test_texts_come_out_as_they_went_in(container):
    X = container(TEXTS)
    X_all, y_all = GANOverSampler(Repeater()).fit_resample(X, LABELS)
    assert type(X_all) is type(X)
    assert list(X_all[:9]) == TEXTS
    assert all("dog" in text for text in X_all[9:])
    assert y_all.tolist() == [*LABELS, *["dog"] * 3]


def test_texts_of_a_classifier():
    words = make_pipeline(CountVectorizer(), LogisticRegression())
    augmented = AugmentedClassifier(words, sampler=Repeater()).fit(TEXTS, LABELS)
    assert augmented.n_synthetic_ == 3
    assert augmented.predict(["dogs", "man"]).tolist() == ["dog", "man"]


def test_texts_of_weight_zero_are_left_out():
    words = make_pipeline(CountVectorizer(), LogisticRegression())
    augmented = AugmentedClassifier(words, sampler=Repeater())
    with pytest.raises(ValueError, match="takes no sample_weight"):
        augmented.fit(TEXTS, LABELS, sample_weight=np.arange(9) != 8)


@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 3)])
def test_images_keep_shape_and_dtype(shape):
    images = np.random.default_rng(0).integers(0, 255, (9, *shape), dtype=np.uint8)
    X_all, y_all = GANOverSampler(Repeater()).fit_resample(images, LABELS)
    assert X_all.shape == (12, *shape)
    assert X_all.dtype == np.uint8
    np.testing.assert_array_equal(X_all[:9], images)
    assert (y_all[9:] == "dog").all()


def test_series_of_unequal_length():
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(4 + i % 3, 2)) for i in range(20)]
    labels = np.repeat([0, 1], [14, 6])
    sampler = TimeGANSampler(max_iter=1, hidden_size=2)
    X_all, y_all = GANOverSampler(sampler, random_state=0).fit_resample(series, labels)
    assert isinstance(X_all, list)
    assert len(X_all) == len(y_all) == 28
    assert all(one.shape[1] == 2 for one in X_all)


def test_refusals():
    with pytest.raises(ValueError, match="sampler must be one that learns from texts"):
        GANOverSampler().fit_resample(TEXTS, LABELS)
    with pytest.raises(ValueError, match='keep must be "all" for texts'):
        GANOverSampler(Repeater(), keep="best").fit_resample(TEXTS, LABELS)
    with pytest.raises(ValueError, match="X must hold at least 2 rows, got 1"):
        GANOverSampler(Repeater()).fit_resample(TEXTS[:1], LABELS[:1])
    with pytest.raises(ValueError, match="must have 3 axes"):
        GANOverSampler().fit_resample(np.ones((9, 4, 4, 3)), LABELS)
