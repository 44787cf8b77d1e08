import subprocess
import sys

import numpy as np
import pytest
from sacrebleu.metrics import BLEU

from sktsgan.metrics import bleu_score, self_bleu_score

WORDS = "a the man dog horse on in rides sits red bench snow .".split()


def make_texts(n_texts, seed, lengths=(5, 12)):
    """Texts of words drawn by unlike frequencies, so that n-grams repeat within and between them."""
    rng = np.random.default_rng(seed)
    odds = 1 / np.arange(1, len(WORDS) + 1)
    return [
        " ".join(rng.choice(WORDS, rng.integers(*lengths), p=odds / odds.sum()))
        for _ in range(n_texts)
    ]


def plain_bleu(references, text, n):
    """What the library says when it is asked about one text and all references."""
    bleu = BLEU(tokenize="none", smooth_method="floor", smooth_value=0.1, max_ngram_order=n)
    return bleu.sentence_score(text, references).score / 100


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_equals_the_plain_call_of_the_library(n):
    references, synthetic = make_texts(40, 0), make_texts(30, 1)
    expected = np.mean([plain_bleu(references, text, n) for text in synthetic])
    assert bleu_score(references, synthetic, n=n) == pytest.approx(expected)


@pytest.mark.parametrize("n", [2, 5])
def test_self_bleu_equals_the_plain_call_with_each_text_left_out(n):
    texts = make_texts(25, 2)
    texts += texts[:3]  # whose double is among the others
    others = [texts[:i] + texts[i + 1 :] for i in range(len(texts))]
    expected = np.mean(
        [plain_bleu(rest, text, n) for rest, text in zip(others, texts, strict=True)]
    )
    assert self_bleu_score(texts, n=n) == pytest.approx(expected)


def test_by_hand():
    # Words: 3 of 4 ("b" once only), bigrams: 1 of 3 ("a b"); the reference is longer by one.
    expected = np.exp(1 - 5 / 4) * np.sqrt(3 / 4 * 1 / 3)
    assert bleu_score(["a b c d e"], ["c a b b"], n=2) == pytest.approx(expected)
    # No bigram matches: 0.1 of the 3 count.
    expected = np.sqrt(2 / 4 * 0.1 / 3)
    assert bleu_score(["a b c d"], ["b a x y"], n=2) == pytest.approx(expected)


def test_nearest_reference_in_length_is_the_shorter_one_of_two():
    # 3 is nearer to 4 than 6 is; at 4 and 6, 5 is not penalised
    assert bleu_score(["a b c", "a b c d e f"], ["a b c d"], n=1) == pytest.approx(1)
    assert bleu_score(["a b c d", "a b c d e f"], ["a b c d e"], n=1) == pytest.approx(1)
    assert bleu_score(["a b c d e f"], ["a b c d e"], n=1) == pytest.approx(np.exp(1 - 6 / 5))


def test_texts_too_short_for_an_order_are_smoothed():
    assert bleu_score(["a b c"], ["a b c"], n=4) == pytest.approx(0.1 ** (1 / 4))


def test_no_word_in_common_or_no_words():
    assert bleu_score(["a b c"], ["x y", ""], n=2) == 0
    assert self_bleu_score(["a b", ""], n=2) == 0


def test_copies_score_one():
    texts = make_texts(20, 3)
    assert bleu_score(texts, texts) == pytest.approx(1)
    assert self_bleu_score(texts[:1] * 5) == pytest.approx(1)
    assert self_bleu_score(texts) < 0.9


def test_scores_are_in_the_unit_interval_and_order_does_not_matter():
    references, synthetic = make_texts(20, 4), make_texts(20, 5)
    score = bleu_score(references, synthetic, n=3)
    assert 0 < score < 1
    assert bleu_score(references[::-1], synthetic[::-1], n=3) == pytest.approx(score)
    assert bleu_score(references, references, n=3) <= 1


def test_more_references_score_higher():
    references, synthetic = make_texts(100, 6), make_texts(20, 7)
    assert bleu_score(references, synthetic) > bleu_score(references[:10], synthetic)


def test_several_orders_at_once():
    references, synthetic = make_texts(20, 8), make_texts(20, 9)
    for score, sets in ((bleu_score, (references, synthetic)), (self_bleu_score, (synthetic,))):
        scores = score(*sets, n=(2, 4))
        assert scores.shape == (2,)
        assert scores == pytest.approx([score(*sets, n=2), score(*sets, n=4)])


def test_strings_tokens_and_integers_alike():
    references, synthetic = make_texts(20, 10), make_texts(20, 11)
    expected = bleu_score(references, synthetic), self_bleu_score(synthetic)
    as_words = [[text.split() for text in texts] for texts in (references, synthetic)]
    as_codes = [[np.array([WORDS.index(w) for w in t]) for t in texts] for texts in as_words]
    for real, made in (as_words, as_codes):
        assert (bleu_score(real, made), self_bleu_score(made)) == expected


def test_tokenize():
    assert bleu_score(["ab"], ["abab"], n=1, tokenize=list) == pytest.approx(0.5)
    assert self_bleu_score(["ab", "abab"], n=1, tokenize=list) < 0.9


@pytest.mark.parametrize(
    ("n", "kind", "message"),
    [
        (0, ValueError, "n == 0, must be >= 1."),
        ((2, 0), ValueError, "n == 0, must be >= 1."),
        ((), ValueError, "n must name at least one order of n-grams, got none."),
        (2.5, TypeError, "n must be an instance of int, not float."),
    ],
)
def test_orders_that_are_none(n, kind, message):
    for score, sets in ((bleu_score, (["a"], ["a"])), (self_bleu_score, (["a", "a"],))):
        with pytest.raises(kind) as error:
            score(*sets, n=n)
        assert str(error.value) == message


def test_sets_that_are_too_small():
    with pytest.raises(ValueError, match="^references must hold at least 1 texts, got 0.$"):
        bleu_score([], ["a"])
    with pytest.raises(ValueError, match="^synthetic must hold at least 1 texts, got 0.$"):
        bleu_score(["a"], [])
    with pytest.raises(ValueError, match="^synthetic must hold at least 2 texts, got 1.$"):
        self_bleu_score(["a"])


def test_missing_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    for score, sets in ((bleu_score, (["a"], ["a"])), (self_bleu_score, (["a", "a"],))):
        with pytest.raises(ImportError) as error:
            score(*sets)
        assert str(error.value) == (
            "BLEU needs sacrebleu, which is not installed: pip install sktsgan[text]"
        )


def test_library_is_imported_only_where_it_is_used():
    code = "import sys, sktsgan.metrics; assert 'sacrebleu' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
