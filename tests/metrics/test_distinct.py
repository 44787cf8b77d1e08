import numpy as np
import pytest

from sktsgan.metrics import distinct_n_score


def test_by_hand():
    texts = ["a b a b", "b a"]  # ab ba ab, ba
    assert distinct_n_score(texts) == 2 / 4
    assert distinct_n_score(texts, n=1) == 2 / 6
    assert distinct_n_score(texts, n=3) == 2 / 2


def test_n_grams_do_not_cross_texts():
    assert distinct_n_score(["a b", "c d"]) == 1
    assert distinct_n_score(["a", "b"]) == 0


def test_containers():
    codes = np.array([[0, 1, 0, 1], [1, 0, 0, 0]])
    assert distinct_n_score(codes) == distinct_n_score([list("abab"), tuple("baaa")]) == 3 / 6
    assert distinct_n_score(["abab", "ba"], tokenize=list) == 2 / 4


def test_repetition_lowers_it():
    rng = np.random.default_rng(0)
    texts = rng.integers(50, size=(40, 10))
    assert distinct_n_score(np.tile(texts[:4], (10, 1))) < distinct_n_score(texts)


def test_errors():
    with pytest.raises(ValueError, match="^synthetic must hold at least 1 texts, got 0.$"):
        distinct_n_score([])
    with pytest.raises(ValueError, match="^n == 0, must be >= 1.$"):
        distinct_n_score(["a"], n=0)
