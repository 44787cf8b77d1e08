"""The oracle experiment: the oracle is what its file says, and gains are what they are said to be."""

import numpy as np
import pytest
import torch

from benchmarks.texts import _oracle_model, _weighing
from benchmarks.texts.oracle import gains_over

GATES = ("i", "f", "og", "c")


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(0)
    size, n_words = 3, _oracle_model.N_WORDS
    shapes = {"embedding": (n_words, size), "Wo": (size, n_words), "bo": (n_words,)}
    for gate in GATES:
        shapes |= {f"W{gate}": (size, size), f"U{gate}": (size, size), f"b{gate}": (size,)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def directory(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("oracle")
    np.savez(path / "seqgan_oracle.npz", **weights)
    return path


def logits_by_hand(weights, words):
    """Return the logits of each word of a text, gate by gate."""
    hidden = cell = np.zeros(3)
    logits = []
    for word in [0, *words[:-1]]:
        x = weights["embedding"][word]
        pre = {
            g: x @ weights[f"W{g}"] + hidden @ weights[f"U{g}"] + weights[f"b{g}"] for g in GATES
        }
        i, f, o = (1 / (1 + np.exp(-pre[g])) for g in ("i", "f", "og"))
        cell = f * cell + i * np.tanh(pre["c"])
        hidden = o * np.tanh(cell)
        logits.append(hidden @ weights["Wo"] + weights["bo"])
    return np.array(logits)


def test_the_oracle_is_what_its_file_says(weights, directory):
    oracle = _oracle_model.load_oracle(directory)
    words = _oracle_model.draw_words(oracle, 4, 0)
    assert words.shape == (4, 20) and words.min() >= 0 and words.max() < _oracle_model.N_WORDS
    expected = np.stack([logits_by_hand(weights, text) for text in words])
    found = oracle(torch.as_tensor(words) + _oracle_model.FIRST_WORD)[..., 3:]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    for temperature in (1.0, 0.7):
        scaled = expected / temperature
        logs = scaled - np.log(np.exp(scaled).sum(axis=2, keepdims=True))
        mean = np.take_along_axis(logs, words[..., None], axis=2).mean()
        assert _oracle_model.log_likelihood(oracle, words, temperature) == pytest.approx(
            mean, rel=1e-4
        )


def test_gains_are_distances_to_the_curve():
    curve = [
        {"gen": 7.4, "oracle": 9.0, "distinct of 2,000": 0.9},
        {"gen": 7.6, "oracle": 8.0, "distinct of 2,000": 0.8},
    ]
    row = {"gen": 7.5, "oracle": 8.2, "distinct of 2,000": 0.82}
    gains = gains_over(curve, row)
    assert gains == {"gain at gen": pytest.approx(0.3), "gain at distinct": pytest.approx(0.0)}
    assert np.isnan(gains_over(curve, row | {"gen": 7.3})["gain at gen"])


def test_known_pairs_are_counted_and_weighed(directory):
    known = _weighing.KnownPairs(np.array([[1, 2, 3], [3, 1, 2]]))
    np.testing.assert_array_equal(
        known.count(np.array([[1, 2, 3], [2, 1, 2], [4, 4, 4]])), [2, 1, 0]
    )
    rng = np.random.default_rng(0)
    weight, auc = _weighing.fit_weight(rng.normal(1.0, size=4000), rng.normal(0.0, size=4000))
    assert weight == pytest.approx(1.0, abs=0.1)  # of normal distributions a deviation apart
    assert 0.7 < auc < 0.8
    oracle = _oracle_model.load_oracle(directory)
    texts = _oracle_model.draw_words(oracle, 50, 0)
    same = _weighing.weigh(oracle, texts, np.ones(50), np.ones(9), 0.5, gen=7.0)
    assert same["gen"] == pytest.approx(7.0)  # a weight that all share changes nothing
