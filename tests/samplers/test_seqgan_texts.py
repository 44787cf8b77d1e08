"""What SeqGANSampler writes: grammar, labels, beginnings, temperature."""

import numpy as np
import pytest

from sktsgan import SeqGANSampler
from sktsgan.preprocessing import TextTokenizer

SENTENCES = {
    "sea": [
        "the boat sinks.",
        "the boat, (an old one), drifts.",
        "a gull cries!",
        "waves roll in.",
    ],
    "town": [
        "the bus waits.",
        "the bus, (an old one), stops.",
        "a bell rings!",
        "shops open at 9.",
    ],
}
TEXTS = [text for texts in SENTENCES.values() for text in texts] * 20
LABELS = [label for label, texts in SENTENCES.items() for _ in texts] * 20
SMALL = {"embedding_size": 32, "hidden_size": 32, "dropout": 0.0, "weight_decay": 0.0}


@pytest.fixture(scope="module")
def sampler():
    return SeqGANSampler(**SMALL, pretraining=(160, 0), random_state=0).fit(TEXTS, LABELS)


def share_of(texts, known):
    return np.mean([text in known for text in texts])


def test_it_learns_to_write(sampler):
    texts = sampler.sample(300, random_state=0)
    assert share_of(texts, set(TEXTS)) > 0.9
    assert len(set(texts)) >= 7


@pytest.mark.parametrize("label", SENTENCES)
def test_it_writes_of_a_label(sampler, label):
    assert share_of(sampler.sample(100, prompt=label, random_state=0), SENTENCES[label]) > 0.9
    assert sampler.score(SENTENCES[label], [label] * 4) > -1
    other = {"sea": "town", "town": "sea"}[label]
    assert sampler.score(SENTENCES[label], [other] * 4) < -1


def test_a_likelihood_without_labels_is_the_mean_over_labels(sampler):
    (text,) = SENTENCES["sea"][:1]
    given = [sampler.score([text], [label]) for label in ("sea", "town")]
    n_tokens = len(text.split()) + 2  # the full stop and the end
    shares = [np.mean(np.asarray(LABELS) == label) for label in ("sea", "town")]
    known = np.log(np.dot(shares, np.exp(np.multiply(n_tokens, given)))) / n_tokens
    assert sampler.score([text]) == pytest.approx(known, abs=0.01)


def test_it_goes_on_from_a_beginning(sampler):
    texts, table = sampler.sample(100, prompt="The bus,", random_state=0, return_prompt=True)
    assert share_of(texts, {"The bus, (an old one), stops."}) > 0.9
    assert (table["y"] == "town").mean() > 0.9  # told by the beginning
    texts, table = sampler.sample(100, prompt="the", random_state=0, return_prompt=True)
    assert 0.2 < (table["y"] == "town").mean() < 0.8
    texts = sampler.sample(100, prompt={"label": "sea", "prefix": "a"}, random_state=0)
    assert share_of(texts, {"a gull cries!"}) > 0.9


def test_a_beginning_of_unknown_words_is_kept(sampler):
    texts = sampler.sample(20, prompt="The Zebu,", random_state=0)
    assert all(text.startswith("The Zebu, ") and "<unknown>" not in text for text in texts)


def test_colder_is_more_usual(sampler):
    varied, usual = (
        len(set(sampler.sample(200, temperature=temperature, random_state=0)))
        for temperature in (3.0, 0.05)
    )
    assert usual < varied
    assert len(set(sampler.sample(20, top_k=1, prompt="sea", random_state=0))) == 1
    assert len(set(sampler.sample(20, top_p=1e-9, prompt="sea", random_state=0))) == 1


def test_rare_words_are_never_written():
    texts = [*TEXTS, "a yak yawns.", "an emu eats."]
    sampler = SeqGANSampler(
        **SMALL, tokenizer=TextTokenizer(min_df=2), pretraining=(10, 0), random_state=0
    ).fit(texts)
    assert "yak" not in sampler.vocabulary_
    written = set(" ".join(sampler.sample(200, temperature=2.0, random_state=0)).split())
    assert not written & {"yak", "yawns", "emu", "<unknown>"}


def test_no_text_is_empty_or_too_long():
    sampler = SeqGANSampler(
        **SMALL, tokenizer=TextTokenizer(max_length=5), pretraining=(2, 0), random_state=0
    ).fit(TEXTS)
    split = sampler.container_.tokenizer.split
    lengths = [len(split(text)) for text in sampler.sample(500, random_state=0)]
    assert min(lengths) >= 1 and max(lengths) == sampler.max_length_ == 5
    with pytest.raises(ValueError, match="max_length=5, got 5: 'the bus, an old'"):
        sampler.sample(prompt="the bus, an old")


def test_characters_and_integers():
    sampler = SeqGANSampler(**SMALL, tokenizer="char", pretraining=(120, 0), random_state=0).fit(
        TEXTS
    )
    texts = sampler.sample(100, random_state=0)
    assert share_of([t for text in texts for t in text.split()], set(" ".join(TEXTS).split())) > 0.5
    assert all(text.startswith("the b") for text in sampler.sample(20, prompt="the b"))
    table = np.array([[5, 5, 7], [7, 9, 9]] * 40)
    sampler = SeqGANSampler(**SMALL, pretraining=(160, 0), random_state=0).fit(table)
    made = sampler.sample(200, random_state=0)
    assert (made[:, None] == table[:2]).all(axis=2).any(axis=1).mean() > 0.9
    np.testing.assert_array_equal(sampler.sample(9, prompt={"prefix": [7]})[:, 0], 7)
