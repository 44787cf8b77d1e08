"""What goes in and comes out: texts, or sequences of integers, as arrays of token numbers."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import pandas as pd
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.utils.validation import validate_data

from sktsgan._validation import naming, refuse_silent_losses
from sktsgan.containers._text_items import ItemForm, read_items
from sktsgan.containers._tokenizers import TextTokenizer, make_tokenizer

__all__ = [
    "END",
    "FIRST_TERM",
    "PADDING",
    "UNKNOWN",
    "TextContainer",
    "read_texts",
    "read_training_texts",
]

PADDING, END, UNKNOWN, FIRST_TERM = range(4)

PREFIX, LABEL = "prefix", "label"  # what prompts of texts call their beginning, and the class
_USUAL = 0.95  # share of the texts that says how long texts are
_LONGEST = 2  # times that


@dataclass(frozen=True)
class TextContainer:
    """How training items came, so that new ones leave in the same way.

    Attributes
    ----------
    vocabulary : list of str or list of int
        The tokens that the numbers from 3 on stand for.
    numbers : dict
        The number of each token, and of spacings of a mark that are too rare for a number of their own.
    max_length : int
        Tokens of the longest item.
    form : ItemForm
        What items came in.
    analyzer : {"word", "char"} or callable
        What split texts.
    lowercase : bool
        Whether texts became lower case.
    """

    vocabulary: list
    numbers: dict
    max_length: int
    form: ItemForm
    analyzer: object
    lowercase: bool

    columns = None  # of no DataFrame
    dtype = np.int64  # of texts as samplers see them: token numbers

    @property
    def noun(self):
        """What messages call the items."""
        return "texts" if self.form.are_texts else "sequences"

    @property
    def shape(self):
        """The shape of a text as samplers see it."""
        return (self.max_length,)

    @property
    def exact(self):
        """What checks the beginning that a prompt asks for."""
        return {PREFIX: self._check_beginning}

    def _check_beginning(self, beginning):
        self.split_beginning(beginning)
        return beginning

    def own_conditions(self, tokens, conditions):
        """Return the conditions that are given, whose names must not be those of a prompt of texts."""
        names = [conditions.name] if isinstance(conditions, pd.Series) else conditions
        for name in (PREFIX, LABEL):
            if isinstance(names, list | dict | pd.DataFrame) and name in names:
                raise ValueError(
                    f"conditions must have names other than {PREFIX!r} and {LABEL!r}, which prompts have a use for, "
                    f"got {name!r}."
                )
        return conditions

    @property
    def has_end(self):
        """Whether items end by themselves: a table's all have the same length."""
        return self.form.kind != "table"

    @cached_property
    def tokenizer(self):
        """What splits texts and joins tokens."""
        return make_tokenizer(self.analyzer, self.lowercase)

    @property
    def attributes(self):
        """What a fitted sampler says of the shape of its items."""
        return {"max_length_": self.max_length, "vocabulary_": list(self.vocabulary)}

    def lengths(self, tokens):
        """Return None: tokens say by themselves where a text ends."""

    def read(self, estimator, X, *, allow_nan=False, any_length=False):
        """Return further items as token numbers, a table validated as scikit-learn does."""
        if self.form.kind == "table":
            X = _check_table(estimator, X, reset=False, min_items=1)
        return self.encode(X)

    def encode(self, X):
        """Return further items as token numbers; those that are too long are cut.

        Returns
        -------
        tokens : ndarray of shape (n_items, max_length), int64

        Raises
        ------
        ValueError
            If ``X`` holds other things than the items of ``fit``, empty ones, or sequences of another length.
        """
        items, form = read_items(X)
        if form.are_texts != self.form.are_texts:
            kinds = "sequences of integers", "strings"
            raise ValueError(
                f"X must hold {kinds[self.form.are_texts]} as in fit, got {kinds[form.are_texts]}."
            )
        if form.are_texts:
            items = _split(self.tokenizer, items)
        lengths = {len(item) for item in items}
        if not self.has_end and lengths != {self.form.length}:
            raise ValueError(
                f"X must hold sequences of {self.form.length} integers as in fit, got lengths {sorted(lengths)}."
            )
        return _encode(items, self.numbers, self.max_length)

    def split_beginning(self, beginning):
        """Return the tokens of the beginning of an item, and their numbers, two lists.

        Raises
        ------
        ValueError
            If it is no beginning of such an item, or leaves nothing to add.
        """
        if self.form.are_texts:
            if not isinstance(beginning, str):
                raise ValueError(f"prompt must begin texts with a string, got {beginning!r}.")
            tokens = self.tokenizer.split(beginning)
        else:
            array = np.asarray(beginning)
            whole = array.ndim == 1 and (not array.size or array.dtype.kind in "iu")
            if not whole or (array.astype(self.form.dtype) != array).any():
                raise ValueError(f"prompt must begin sequences with integers, got {beginning!r}.")
            tokens = array.tolist()
        if len(tokens) >= self.max_length:
            raise ValueError(
                f"prompt must begin with fewer tokens than the longest item has, max_length={self.max_length}, got "
                f"{len(tokens)}: {beginning!r}."
            )
        return tokens, [self.numbers.get(token, UNKNOWN) for token in tokens]

    def encode_beginnings(self, beginnings):
        """Return the tokens of beginnings, int64 of shape (n_items, length) with 0 behind them; None has none."""
        numbers = [[] if one is None else self.split_beginning(one)[1] for one in beginnings]
        prefix = torch.zeros(len(numbers), max(map(len, numbers)), dtype=torch.long)
        for row, own in zip(prefix, numbers, strict=True):
            row[: len(own)] = torch.tensor(own, dtype=torch.long)
        return prefix

    def wrap(self, tokens, table=None, index_name=None):
        """Return token numbers as items like those of ``fit``.

        Parameters
        ----------
        tokens : ndarray of shape (n_items, max_length)
            An item goes on to its first 0 or 1. A 2 becomes ``"<unknown>"``, or the integer 0.
        table : DataFrame of shape (n_items, n_conditions), default=None
            Its ``"prefix"`` is what items begin with as it was given, which may hold unknown words and capitals.
        index_name : object, default=None
            Ignored.
        """
        beginnings = None if table is None else table.get(PREFIX)
        inside = np.cumprod(tokens > END, axis=1).sum(axis=1)
        rows = [row[:n] for row, n in zip(tokens, inside, strict=True)]
        beginnings = [None] * len(rows) if beginnings is None else beginnings
        decode = self._to_text if self.form.are_texts else self._to_integers
        return self.form.wrap([decode(*pair) for pair in zip(rows, beginnings, strict=True)])

    def _to_text(self, row, beginning):
        if beginning is None:
            return self.tokenizer.join([self._terms[number] for number in row])
        given, numbers = self.split_beginning(beginning)
        if not given:
            return self._to_text(row, None)
        last = given[-1] if numbers[-1] == UNKNOWN else self._terms[numbers[-1]]
        added = [self._terms[number] for number in row[len(given) :]]
        return self.tokenizer.extend(beginning, last, added)

    def _to_integers(self, row, beginning):
        made = self._terms[row]
        if beginning is not None:
            made[: len(beginning)] = beginning
        return made

    @cached_property
    def _terms(self):
        if self.form.are_texts:
            return ["", "", "<unknown>", *self.vocabulary]
        return np.array([0, 0, 0, *self.vocabulary], dtype=self.form.dtype)


def read_texts(X, tokenizer="word", *, min_items=1):
    """Validate texts or sequences of integers, and learn their vocabulary.

    Parameters
    ----------
    X : iterable of str, array-like of int of shape (n_items, length), or iterable of array-like of int
    tokenizer : {"word", "char"}, callable or TextTokenizer, default="word"
        What splits texts, and which tokens are known. The first three are analyzers of a TextTokenizer with defaults.
    min_items : int, default=1

    Returns
    -------
    tokens : ndarray of shape (n_items, max_length), int64
        0 is padding, 1 the end, 2 a token that isn't known. An item of ``max_length`` tokens has no end.
    container : TextContainer

    Raises
    ------
    ValueError
        If ``X`` holds anything else, empty items or too few of them, or if no token of it is known.
    """
    if not isinstance(tokenizer, TextTokenizer):
        tokenizer = TextTokenizer(tokenizer)
    tokenizer._validate_params()
    items, form = read_items(X, min_items=min_items)
    splitter = None
    if form.are_texts:
        splitter = make_tokenizer(tokenizer.analyzer, tokenizer.lowercase)
        items = _split(splitter, items)
    counts = Counter(chain.from_iterable(items))
    if tokenizer.vocabulary is None:
        terms = _count_terms(items, tokenizer.min_df, tokenizer.max_features)
    else:
        terms = _given_terms(tokenizer.vocabulary, counts, splitter)
    numbers = _number(terms, counts, splitter)
    max_length = tokenizer.max_length or _choose_length(items, form)
    max_length = min(max_length, max(len(item) for item in items))
    container = TextContainer(
        terms, numbers, max_length, form, tokenizer.analyzer, tokenizer.lowercase
    )
    return _encode(items, numbers, max_length), container


def read_training_texts(estimator, X, tokenizer, min_items):
    """Validate texts or sequences of integers for ``fit``, and learn their vocabulary; see ``read_texts``.

    Sets ``n_features_in_`` on the estimator where the sequences are a table.
    """
    if hasattr(estimator, "n_features_in_"):  # of a table in an earlier fit
        del estimator.n_features_in_
    X = _check_table(estimator, X, reset=True, min_items=min_items)
    tokens, container = read_texts(X, tokenizer, min_items=min_items)
    if container.form.kind == "table":
        estimator.n_features_in_ = container.form.length
    return tokens, container


def _check_table(estimator, X, *, reset, min_items):
    """Return a table of numbers as scikit-learn validates it, and anything else as it is."""
    if len(getattr(X, "shape", ())) != 2 or isinstance(X, pd.DataFrame):
        return X
    refuse_silent_losses(X, "X")
    with naming("X"):
        return validate_data(estimator, X, reset=reset, ensure_min_samples=min_items)


def _split(tokenizer, texts):
    """Return the tokens of each text."""
    items = [tokenizer.split(text) for text in texts]
    for i, (item, text) in enumerate(zip(items, texts, strict=True)):
        if not item:
            raise ValueError(f"X must hold no empty items, but X[{i}]={text!r} has no token.")
    return items


def _count_terms(items, min_df, max_features):
    """Return the tokens that are frequent enough, sorted."""
    most = max(Counter(chain.from_iterable(map(set, items))).values())
    if most < (min_df * len(items) if isinstance(min_df, float) else min_df):
        raise ValueError(
            f"min_df={min_df} leaves no token: the most frequent one is in {most} of {len(items)} items."
        )
    rules = {"min_df": min_df, "max_features": max_features}
    return sorted(CountVectorizer(analyzer=list, **rules).fit(items).vocabulary_)


def _given_terms(vocabulary, counts, tokenizer):
    """Return the tokens of a vocabulary of the user's, in its order."""
    if isinstance(vocabulary, str):
        raise ValueError(f"vocabulary must hold tokens, got the string {vocabulary!r}.")
    given = CountVectorizer(vocabulary=vocabulary).get_feature_names_out().tolist()
    if tokenizer is not None:
        spacings = {}
        for token, _ in counts.most_common():
            spacings.setdefault(token.strip() or token, []).append(token)
        given = [token for term in given for token in spacings.get(term, [term])]
    terms = list(dict.fromkeys(given))
    if not any(term in counts for term in terms):
        raise ValueError(f"vocabulary must hold tokens of X, got none of them: {terms[:5]}.")
    return terms


def _number(terms, counts, tokenizer):
    """Return the number of each token, and of spacings of marks that are not among them."""
    numbers = {term: FIRST_TERM + i for i, term in enumerate(terms)}
    if tokenizer is None:
        return numbers
    by_frequency = sorted(terms, key=lambda term: -counts[term])
    for same_before in (True, False):
        for term in by_frequency:
            for other in tokenizer.spacings(term, same_before):
                numbers.setdefault(other, numbers[term])
    return numbers


def _choose_length(items, form):
    """Return the tokens of the longest item, or of texts fewer where a few are far longer than the others."""
    lengths = [len(item) for item in items]
    if not form.are_texts:
        return max(lengths)
    usual = int(np.quantile(lengths, _USUAL, method="inverted_cdf"))
    return min(max(lengths), _LONGEST * usual)


def _encode(items, numbers, max_length):
    tokens = np.full((len(items), max_length), PADDING, dtype=np.int64)
    for row, item in zip(tokens, items, strict=True):
        known = [numbers.get(token, UNKNOWN) for token in item[:max_length]]
        row[: len(known)] = known
        row[len(known) : len(known) + 1] = END
    return tokens
