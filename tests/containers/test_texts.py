"""Texts and sequences of integers as token numbers, and back."""

import pickle

import numpy as np
import pandas as pd
import pytest

from sktsgan import networks
from sktsgan.containers._texts import END, FIRST_TERM, PADDING, UNKNOWN, read_texts

TEXTS = ["A man riding a wave.", "a cat", "a dog, a cat"]


def test_networks_mean_the_same_numbers():
    assert (PADDING, END, UNKNOWN) == (networks.PADDING, networks.END, networks.UNKNOWN)


def test_token_numbers():
    tokens, container = read_texts(TEXTS)
    assert container.vocabulary == [", ", ". ", "a", "cat", "dog", "man", "riding", "wave"]
    assert tokens.dtype == np.int64
    np.testing.assert_array_equal(
        tokens[1], [FIRST_TERM + 2, FIRST_TERM + 3, END, PADDING, PADDING, PADDING]
    )
    assert not np.isin(tokens[0], [PADDING, END]).any()  # the longest has no end


@pytest.mark.parametrize("analyzer", ["word", "char", str.split])
def test_what_goes_in_comes_out(analyzer):
    tokens, container = read_texts(TEXTS, lowercase=False, analyzer=analyzer)
    assert container.wrap(tokens) == TEXTS
    np.testing.assert_array_equal(container.encode(TEXTS), tokens)
    copy = pickle.loads(pickle.dumps(container))
    assert copy.wrap(copy.encode(TEXTS)) == TEXTS


@pytest.mark.parametrize(
    "X",
    [
        TEXTS,
        np.array(TEXTS, dtype=object),
        pd.Series(TEXTS, name="caption"),
        pd.Series(TEXTS, dtype="string"),
        pd.Series(TEXTS, dtype=object),
    ],
)
def test_containers_of_texts(X):
    tokens, container = read_texts(X, lowercase=False)
    made = container.wrap(tokens)
    assert type(made) is type(X)
    assert list(made) == TEXTS
    assert getattr(made, "dtype", None) == getattr(X, "dtype", None)
    assert getattr(made, "name", None) == getattr(X, "name", None)


def test_other_containers_of_texts():
    tokens, container = read_texts((text for text in TEXTS), lowercase=False)
    assert container.wrap(tokens) == TEXTS
    tokens, container = read_texts(pd.Series(TEXTS, dtype="category"), lowercase=False)
    assert container.wrap(tokens).dtype == object
    tokens, container = read_texts(np.array(TEXTS), lowercase=False)
    assert container.wrap(tokens).dtype.kind == "U"
    longer = container.wrap(
        tokens, pd.DataFrame({"prefix": [None, "a cat and a", None]}, dtype=object)
    )
    assert longer[1] == "a cat and a"  # no string is cut to the width of the first ones


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int32, np.float32])
def test_tables_of_integers(dtype):
    X = np.array([[7, 0, 0], [0, 9, 7]], dtype=dtype)
    tokens, container = read_texts(X)
    assert tokens.shape == (2, 3) and tokens.min() == FIRST_TERM  # neither end nor padding
    assert not container.has_end
    assert container.vocabulary == [0, 7, 9]
    made = container.wrap(tokens)
    np.testing.assert_array_equal(made, X)
    assert made.dtype == dtype
    np.testing.assert_array_equal(container.wrap(read_texts(X.tolist())[0]), X)


def test_sequences_of_unequal_length():
    X = [np.array([5, 2], dtype=np.int32), np.array([2, 2, 5], dtype=np.int32)]
    tokens, container = read_texts(X)
    np.testing.assert_array_equal(tokens, [[4, 3, END], [3, 3, 4]])
    assert container.has_end
    made = container.wrap(tokens)
    assert isinstance(made, list)
    for one, other in zip(made, X, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    objects = np.empty(2, dtype=object)
    objects[:] = X
    assert container.wrap(container.encode(objects))[0].tolist() == [5, 2]
    made = read_texts(objects)[1].wrap(tokens[:1])
    assert made.dtype == object and made.shape == (1,)
    assert read_texts(pd.Series([[1, 2], [3, 4]]))[1].wrap(tokens).shape == (2,)


def test_rare_tokens_are_unknown():
    tokens, container = read_texts(TEXTS, min_df=2)
    assert container.vocabulary == ["a", "cat"]
    np.testing.assert_array_equal(tokens[2, :5], [3, UNKNOWN, UNKNOWN, 3, 4])
    assert read_texts(TEXTS, min_df=0.9)[1].vocabulary == ["a"]
    assert read_texts(TEXTS, max_features=2)[1].vocabulary == ["a", "cat"]
    assert read_texts([[5, 2], [2, 2]], min_df=2)[1].vocabulary == [2]
    np.testing.assert_array_equal(container.encode(["a zebu"])[0, :3], [3, UNKNOWN, END])


def test_rare_spacings_take_the_number_of_a_known_one():
    texts = ["a (b) c", "a (b) d", "a ( b) c", "a (b)c", "(a, b ) c"]
    _, container = read_texts(texts, min_df=2)
    assert [t for t in container.vocabulary if "(" in t or ")" in t] == [" (", ") "]
    written = container.wrap(container.encode(texts))
    assert written[2:4] == ["a (b) c", "a (b) c"]
    assert "?" not in "".join(container.vocabulary)
    assert UNKNOWN in container.encode(["a?"])


def test_given_vocabulary():
    tokens, container = read_texts(TEXTS, vocabulary=["cat", "a", ",", "zebu"])
    assert container.vocabulary == ["cat", "a", ", ", "zebu"]
    np.testing.assert_array_equal(tokens[1, :3], [4, 3, END])
    assert container.wrap(tokens)[1] == "a cat"
    by_index = read_texts(TEXTS, vocabulary={"cat": 1, "a": 0})[1]
    assert by_index.vocabulary == ["a", "cat"]
    again = read_texts(TEXTS, vocabulary=container.vocabulary)[1]
    assert again.vocabulary == container.vocabulary
    _, container = read_texts([[5, 2], [2, 2]], vocabulary=range(50))
    assert container.vocabulary == list(range(50))


def test_length():
    assert read_texts(TEXTS, max_length=2)[0].shape == (3, 2)
    assert read_texts(TEXTS, max_length=99)[0].shape == (3, 6)
    assert read_texts(TEXTS, max_length=2)[1].wrap(read_texts(TEXTS, max_length=2)[0])[0] == "a man"
    captions = ["a man and a cat"] * 99 + ["a " * 500]
    assert read_texts(captions)[0].shape == (100, 10)  # twice what is usual
    sequences = [[1, 2]] * 99 + [[1] * 500]
    assert read_texts(sequences)[0].shape == (100, 500)
    tokens, container = read_texts([[1, 2, 3], [3, 2, 1]], max_length=2)
    assert not container.has_end
    np.testing.assert_array_equal(container.encode([[1, 2, 3], [3, 2, 1]]), tokens)


def test_beginnings_are_kept_as_given():
    tokens, container = read_texts(["a man, a cat"] * 2)
    given, numbers = container.split_beginning("A Zebu,")
    assert given == ["a", "zebu", ", "]
    assert numbers[1] == UNKNOWN
    row = np.array([*numbers, *container.encode(["a cat"])[0, :2]])[None]
    assert container.wrap(row, pd.DataFrame({"prefix": ["A Zebu,"]})) == ["A Zebu, a cat"]
    assert container.wrap(row[:, :3], pd.DataFrame({"prefix": ["A Zebu,"]})) == ["A Zebu,"]
    assert (
        container.wrap(tokens, pd.DataFrame({"prefix": ["", None]}, dtype=object))
        == ["a man, a cat"] * 2
    )
    _, container = read_texts([[5, 2, 2], [2, 5, 5]])
    assert container.split_beginning([9, 2]) == ([9, 2], [UNKNOWN, 3])
    np.testing.assert_array_equal(
        container.wrap(np.array([[UNKNOWN, 3, 4]]), pd.DataFrame({"prefix": [[9, 2]]})), [[9, 2, 5]]
    )


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ("a man", "X must be a list of texts, got one str: 'a man'"),
        (b"a man", "X must be a list of texts, got one bytes"),
        (3, "X must be a list of texts, got 3"),
        ({"data": ["a man"]}, "X must be a list of texts, got a dict"),
        ({"a man", "a cat"}, "X must be a list of texts, got a set"),
        (pd.DataFrame({"text": TEXTS}), "hand in the column that holds the texts"),
        (["a", None], r"got X\[1\]=None"),
        (["a", np.nan], r"got X\[1\]=nan"),
        (pd.Series(["a", pd.NA], dtype="string"), r"got X\[1\]=<NA>"),
        (["a", ""], r"X must hold no empty items, but X\[1\]='' has no token"),
        (["a", " \n"], r"X must hold no empty items, but X\[1\]"),
        (["a", b"b"], r"got X\[1\]=b'b'"),
        (["a", [1]], r"got X\[1\]=\[1\]"),
        ([[1], []], r"X must hold no empty items, but X\[1\] is empty"),
        (np.ones((3, 2)) + 0.5, r"whole numbers that int64 can hold, got 1.5 in X\[0\]"),
        ([[1.0, np.nan], [1, 2]], r"whole numbers that int64 can hold, got nan in X\[0\]"),
        ([[1, 2], [1, 2**63]], r"whole numbers that int64 can hold, got .* in X\[1\]"),
        (np.ones((3, 2), dtype=bool), r"numbers, got X\[0\] of dtype bool"),
        (np.ones((3, 2, 2), dtype=int), r"numbers, got X\[0\]="),
        (np.ones(3, dtype=int), r"numbers, got X\[0\]="),
        ([None, None], r"numbers, got X\[0\]=None"),
        ([["a", "b"], ["c", "d"]], r"numbers, got X\[0\] of dtype <U1"),
        ([], "X must hold at least 2 texts or sequences, got 0"),
        (["a"], "X must hold at least 2 texts or sequences, got 1"),
    ],
)
def test_what_is_no_set_of_texts_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        read_texts(X, min_items=2)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"min_df": 4}, "min_df=4 leaves no token: the most frequent one is in 3 of 3 items"),
        ({"vocabulary": []}, "empty vocabulary"),
        ({"vocabulary": ["a", "a"]}, "Duplicate term in vocabulary: 'a'"),
        ({"vocabulary": "a"}, "vocabulary must hold tokens, got the string 'a'"),
        (
            {"vocabulary": ["zebu"]},
            r"vocabulary must hold tokens of X, got none of them: \['zebu'\]",
        ),
        ({"vocabulary": [1, 2]}, "vocabulary must hold tokens of X"),
    ],
)
def test_rules_that_leave_no_token_are_refused(params, message):
    with pytest.raises(ValueError, match=message):
        read_texts(TEXTS, **params)


def test_further_items_must_be_like_those_of_fit():
    _, texts = read_texts(TEXTS)
    _, table = read_texts([[1, 2], [2, 1]])
    with pytest.raises(
        ValueError, match="X must hold strings as in fit, got sequences of integers"
    ):
        texts.encode([[1, 2]])
    with pytest.raises(
        ValueError, match="X must hold sequences of integers as in fit, got strings"
    ):
        table.encode(TEXTS)
    with pytest.raises(ValueError, match=r"sequences of 2 integers as in fit, got lengths \[3\]"):
        table.encode([[1, 2, 1]])
    with pytest.raises(ValueError, match=r"max_length=2, got 2: \[1, 2\]"):
        table.split_beginning([1, 2])
    with pytest.raises(ValueError, match="prompt must begin sequences with integers, got 'a man'"):
        table.split_beginning("a man")
    with pytest.raises(ValueError, match="prompt must begin texts with a string, got 3"):
        texts.split_beginning(3)
