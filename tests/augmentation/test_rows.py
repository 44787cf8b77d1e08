"""Rows that are neither tables nor windows, which a sampler of the user's learns from."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sktsgan import AugmentedClassifier, GANOverSampler, SeqGANSampler, TimeGANSampler
from sktsgan.datasets import load_captions

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
    sampler = TimeGANSampler(refine="always", max_iter=1, hidden_size=2)
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


def test_texts_of_a_sampler_of_texts():
    captions, labels = load_captions(return_X_y=True)
    rows = np.r_[np.flatnonzero(labels == "cat")[:60], np.flatnonzero(labels == "kitchen")[:25]]
    captions, labels = [captions[i] for i in rows], labels[rows]
    sampler = SeqGANSampler(embedding_size=8, hidden_size=8, pretraining=(60, 0))
    words = make_pipeline(TfidfVectorizer(), LogisticRegression())
    augmented = AugmentedClassifier(words, sampler=sampler, random_state=0)
    assert cross_val_score(augmented, captions, labels, cv=3).min() > 0.6
    augmented.fit(captions, labels)
    assert augmented.n_synthetic_ == 35
    assert augmented.sampler_.classes_.tolist() == [0, 1]
    made = GANOverSampler(sampler, random_state=0).fit_resample(captions, labels)[0][85:]
    assert len(made) == 35 and all(isinstance(text, str) and text for text in made)
