from collections import Counter

import numpy as np
import pytest

from sktsgan.metrics._sentences import count_ngrams, read_sentences


def test_strings_are_split_and_tokens_kept():
    assert read_sentences(["a b  c", ("d", 4), ["e f"], ""]) == [
        ["a", "b", "c"],
        ["d", 4],
        ["e f"],
        [],
    ]
    assert read_sentences(["ab"], tokenize=list) == [["a", "b"]]


def test_arrays():
    rows = np.array([[3, 1], [2, 2]])
    assert read_sentences(rows) == [[3, 1], [2, 2]]
    assert read_sentences([rows[0], rows[1][:1]]) == [[3, 1], [2]]
    assert read_sentences(np.array(["a b", "c"], dtype=object)) == [["a", "b"], ["c"]]
    assert read_sentences(np.array(["a b", "c"])) == [["a", "b"], ["c"]]


def test_iterators():
    assert read_sentences(iter(["a b"])) == [["a", "b"]]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"texts": "a man"}, TypeError, "texts must be a list of texts, got 'a man'."),
        ({"texts": 3}, TypeError, "texts must be a list of texts, got 3."),
        (
            {"texts": ["a", 7], "name": "real"},
            TypeError,
            "real[1] must be a string or a sequence of tokens, got 7.",
        ),
        (
            {"texts": ["a"], "min_sentences": 2},
            ValueError,
            "texts must hold at least 2 texts, got 1.",
        ),
        (
            {"texts": ["a"], "tokenize": "word"},
            TypeError,
            "tokenize must be callable or None, got 'word'.",
        ),
    ],
)
def test_what_is_refused(arguments, kind, message):
    with pytest.raises(kind) as error:
        read_sentences(**arguments)
    assert str(error.value) == message


def test_ngrams():
    assert count_ngrams(list("aaba"), 2) == Counter({("a", "a"): 1, ("a", "b"): 1, ("b", "a"): 1})
    assert count_ngrams([1, 1, 1], 1) == {(1,): 3}
    assert count_ngrams(["a"], 2) == {}
    with pytest.raises(ValueError) as error:
        count_ngrams(["a"], 0)
    assert str(error.value) == "n == 0, must be >= 1."
