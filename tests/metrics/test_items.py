"""Sets of items of any kind, made comparable."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from sktsgan.metrics._items import comparable_pair, is_text

TEXTS = ["a man on a horse", "two dogs", "a dog , in the snow"]


def test_what_text_is():
    for X in (TEXTS, tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, object), pd.Series(TEXTS)):
        assert is_text(X)
    ragged = [[1, 2], [3]]
    for X in ([], ragged, [np.array(["a"])], np.array([TEXTS]), pd.DataFrame({"a": TEXTS}), "a", 3):
        assert not is_text(X)


def test_windows_are_standardised_by_the_real_set():
    real, synthetic = np.random.default_rng(0).normal(3, 2, size=(2, 50, 4, 2))
    points, others = comparable_pair(real, synthetic)
    np.testing.assert_allclose(points.mean(axis=0), np.zeros(8), atol=1e-9)
    np.testing.assert_allclose(points.std(axis=0), np.ones(8))
    flat = real.reshape(50, -1)
    expected = (synthetic.reshape(50, -1) - flat.mean(axis=0)) / flat.std(axis=0)
    np.testing.assert_allclose(others, expected)


@pytest.mark.parametrize("vectorizer", [None, CountVectorizer(analyzer="char")])
def test_texts(vectorizer):
    points, others = comparable_pair(TEXTS, TEXTS[1:], vectorizer)
    np.testing.assert_allclose(others, points[1:])
    assert points.std(axis=0).max() == pytest.approx(1)


def test_many_terms_become_few_components():
    words = np.array([f"w{i}" for i in range(300)])
    rows = np.random.default_rng(0).integers(300, size=(200, 6))
    texts = [" ".join(words[row]) for row in rows]
    points, others = comparable_pair(texts, texts[:7])
    assert points.shape == (200, 50)
    np.testing.assert_allclose(others, points[:7], atol=1e-9)


def test_series_of_unequal_length():
    real = [np.arange(3.0), np.arange(5.0)]
    synthetic = [np.array([0.0, 4.0]), np.arange(3.0)]
    points, others = comparable_pair(real, synthetic)
    assert points.shape == others.shape == (2, 6)  # five moments, and the length
    np.testing.assert_allclose(others[1], points[0])
    np.testing.assert_allclose(others[0, :5], points[1, :5])
