"""Sets of texts in the hands of a sampler."""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from sktsgan.containers._texts import read_texts
from sktsgan.networks import Drawing
from sktsgan.prompts._beginnings import LABEL, PREFIX, split_beginnings
from sktsgan.samplers._beginnings import BegunSelection

__all__ = ["TextsMixin"]


class _Request(NamedTuple):
    """What a call of ``sample`` asks for."""

    prompt: object
    drawing: Drawing


class TextsMixin:
    """Let a sampler take texts, or sequences of integers, and give such items back.

    The sampler gets token numbers, an int64 array of shape (n_items, max_length), and gives them back by
    ``_draw(n_items, rows, generator, prefix, drawing)``, where ``prefix`` holds the tokens that items begin with, an
    int64 tensor of shape (n_items, length) with 0 behind them, or None; ``drawing`` is a Drawing. By
    ``_weigh(tokens, rows)`` it says how probable such a prefix is, log p, under the conditions of rows. It has the
    parameters of ``read_texts``, and the attribute ``temperature_``.
    """

    _item_dtype = np.int64

    @property
    def _item_shape(self):
        return (self.max_length_,)

    def _note_shape(self, items):
        self.max_length_ = items.shape[1]
        self.vocabulary_ = list(self.container_.vocabulary)

    def _read_new(self, X):
        if hasattr(self, "n_features_in_"):  # of a table in an earlier fit
            del self.n_features_in_
        tokens, container = read_texts(
            self._check_table(X, reset=True),
            analyzer=self.analyzer,
            lowercase=self.lowercase,
            min_df=self.min_df,
            max_features=self.max_features,
            max_length=self.max_length,
            vocabulary=self.vocabulary,
            min_items=self._min_windows,
        )
        if container.form.kind == "table":
            self.n_features_in_ = container.form.length
        return tokens, container

    def _read_more(self, X):
        check_is_fitted(self, "container_")
        is_table = self.container_.form.kind == "table"
        return self.container_.encode(self._check_table(X, reset=False) if is_table else X)

    def _check_table(self, X, *, reset):
        """Return a table of numbers as scikit-learn validates it, and anything else as it is."""
        if len(getattr(X, "shape", ())) != 2 or isinstance(X, pd.DataFrame):
            return X
        return validate_data(
            self, X, reset=reset, ensure_min_samples=self._min_windows if reset else 1
        )

    def _read_training_set(self, X, y, timestamps, conditions):
        names = [conditions.name] if isinstance(conditions, pd.Series) else conditions
        for name in (PREFIX, LABEL):
            if names is not None and name in names:
                raise ValueError(
                    f"conditions must have names other than {PREFIX!r} and {LABEL!r}, which prompts have a use for, "
                    f"got {name!r}."
                )
        return super()._read_training_set(X, y, timestamps, conditions)

    def fit(self, X, y=None, *, timestamps=None, conditions=None):
        """Learn the distribution of texts.

        Parameters
        ----------
        X : iterable of str, array-like of int of shape (n_texts, length), or list of array-like of int
            Texts, or sequences of integers. Floating-point numbers will do where they are whole.
        y : array-like of shape (n_texts,), default=None
            Class labels or numbers, for which ``sample`` can then be prompted. Floating-point numbers are labels
            where they are whole and half of the texts share theirs with four others.
        timestamps : array-like of shape (n_texts,), default=None
            When each text was written; ``sample`` can then be prompted for periods of the calendar.
        conditions : DataFrame of shape (n_texts, n_conditions), default=None
            What else ``sample`` can be prompted for. Strings, booleans and categories are classes, numbers are numbers.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        ValueError
            If ``X`` is one string, a DataFrame or no set of texts, or has fewer than two of them or one without a
            token; if no token is known by ``min_df`` and ``vocabulary``; or if ``y``, ``timestamps`` or
            ``conditions`` do not hold one known value for each text. Nothing has been trained then.

        Warns
        -----
        UserWarning
            If conditions vary too little to learn from: one that is constant, or whose classes are so many that fewer
            than half of the texts share theirs with four others, is dropped.
        """
        return super().fit(X, y, timestamps=timestamps, conditions=conditions)

    @available_if(lambda self: hasattr(super(), "partial_fit"))
    def partial_fit(self, X, y=None, *, timestamps=None, conditions=None):
        """Train for one pass over further texts.

        The first call learns the vocabulary from its texts; words that later calls bring are unknown ones.

        Parameters
        ----------
        X : iterable of str, array-like of int or list of array-like of int
            Texts as in ``fit``; those that are longer than the longest of the first call are cut.
        y : array-like of shape (n_texts,), default=None
            Class labels or numbers; later calls must bring labels of the first.
        timestamps : array-like of shape (n_texts,), default=None
            As in ``fit``; in every call or in none.
        conditions : DataFrame of shape (n_texts, n_conditions), default=None
            As in ``fit``; of the same columns in every call, and of classes that the first one brought.

        Returns
        -------
        self : object
            The sampler. Prompts choose among the labels and conditions of the texts of all calls.

        Raises
        ------
        ValueError
            As ``fit``; also if labels are new, or integers follow strings.
        """
        return super().partial_fit(X, y, timestamps=timestamps, conditions=conditions)

    def sample(
        self,
        n_samples=1,
        *,
        prompt=None,
        temperature=None,
        top_k=None,
        top_p=None,
        random_state=None,
        return_prompt=False,
    ):
        """Make new texts.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        prompt : object, default=None
            What the texts are to be like, or one prompt for each; what it leaves open is drawn from the training
            texts that agree with it, by frequency and by how well it goes with a beginning.

            - a beginning, such as ``"a man"``. The text keeps it as it is given; to the model, words that it does not
              know are unknown ones;
            - a class label, or what else other samplers can be asked for: a number, a period, a timestamp. A string
              that is a class label means the label, and one that is a period means that where timestamps were seen;
            - a dict such as ``{"label": "cat", "prefix": "a man"}``, with any conditions beside, whose ``"prefix"`` is
              always a beginning; or a DataFrame with a row for each text. Sequences of integers begin with
              integers: ``{"prefix": [3, 5]}``.
        temperature : float, default=None
            Above 0. Below 1 makes probable words more probable, above 1 less; None is the one of ``fit``.
        top_k : int, default=None
            Draws the most probable words only, so many.
        top_p : float, default=None
            Draws only the most probable words that together have this probability, in (0, 1].
        random_state : int, RandomState instance or None, default=None
            Rules the draws; an int gives the same texts every time.
        return_prompt : bool, default=False
            Whether to return the conditions of each text too.

        Returns
        -------
        X : list, ndarray or Series
            ``n_samples`` texts in the container of the training texts; sequences of integers as an array where the
            training sequences have the same length, else as a list of arrays.
        conditions : DataFrame of shape (n_samples, n_conditions)
            With ``return_prompt`` only: what each text was made for, a prompt itself. It has ``"prefix"`` where a
            beginning was asked for, and otherwise the columns of the conditions, as far as these are known.

        Raises
        ------
        ValueError
            If ``n_samples`` is below 1, ``temperature``, ``top_k`` or ``top_p`` out of range, a label was not seen in
            ``fit``, or a beginning has as many tokens as the longest text.
        """
        request = _Request(prompt, self._read_drawing(temperature, top_k, top_p))
        return super().sample(
            n_samples, prompt=request, random_state=random_state, return_prompt=return_prompt
        )

    def iter_sample(
        self,
        n_samples,
        *,
        batch_size=1024,
        prompt=None,
        temperature=None,
        top_k=None,
        top_p=None,
        random_state=None,
        return_prompt=False,
    ):
        """Make new texts in bounded memory.

        Parameters
        ----------
        n_samples : int
            How many in all.
        batch_size : int, default=1024
            Texts of a batch; the last one may be smaller.
        prompt : object, default=None
            As in ``sample``.
        temperature : float, default=None
            As in ``sample``.
        top_k : int, default=None
            As in ``sample``.
        top_p : float, default=None
            As in ``sample``.
        random_state : int, RandomState instance or None, default=None
            As in ``sample``.
        return_prompt : bool, default=False
            As in ``sample``.

        Yields
        ------
        X : list, ndarray or Series
            A batch; together they are the texts that ``sample`` returns for the same ``random_state``.
        conditions : DataFrame
            With ``return_prompt`` only.

        Raises
        ------
        ValueError
            As ``sample``, and if ``batch_size`` is below 1.
        """
        request = _Request(prompt, self._read_drawing(temperature, top_k, top_p))
        return super().iter_sample(
            n_samples,
            batch_size=batch_size,
            prompt=request,
            random_state=random_state,
            return_prompt=return_prompt,
        )

    def _read_drawing(self, temperature, top_k, top_p):
        check_is_fitted(self, "container_")
        if temperature is None:
            temperature = self.temperature_
        if not _is_real(temperature) or not 0 < temperature < np.inf:
            raise ValueError(f"temperature must be a number above 0, got {temperature!r}.")
        whole = isinstance(top_k, Integral) and not isinstance(top_k, bool)
        if top_k is not None and (not whole or top_k < 1):
            raise ValueError(f"top_k must be an integer of at least 1, got {top_k!r}.")
        if top_p is not None and (not _is_real(top_p) or not 0 < top_p <= 1):
            raise ValueError(f"top_p must be a number in (0, 1], got {top_p!r}.")
        return Drawing(temperature, top_k, top_p)

    def _read_prompt(self, request, n_samples):
        """Return the training texts that agree with a prompt, and how words are to be drawn."""
        prompt, beginnings = split_beginnings(
            self.conditions_, request.prompt, n_samples, are_texts=self.container_.form.are_texts
        )
        tokens = None if beginnings is None else self._read_beginnings(beginnings)
        selection = super()._read_prompt(prompt, n_samples)
        if tokens is not None:
            encoded = self.conditions_.encoded
            selection = BegunSelection(selection, beginnings, tokens, encoded, self._weigh)
        return selection, request.drawing

    def _read_beginnings(self, beginnings):
        """Return the tokens of beginnings, a tensor of shape (n_items, length) with 0 behind them."""
        numbers, known = [], {}
        for beginning in beginnings:
            key = beginning if isinstance(beginning, str) else repr(beginning)
            if key not in known:
                known[key] = (
                    [] if beginning is None else self.container_.split_beginning(beginning)[1]
                )
            numbers.append(known[key])
        prefix = torch.zeros(len(numbers), max(map(len, numbers)), dtype=torch.long)
        for row, own in zip(prefix, numbers, strict=True):
            row[: len(own)] = torch.tensor(own, dtype=torch.long)
        return prefix

    def _draw_blocks(self, n_samples, selection, generator):
        selection, drawing = selection
        begun = isinstance(selection, BegunSelection)
        size = self._block_size()
        for start in range(0, n_samples, size):
            n = min(size, n_samples - start)
            rows = selection.draw(start, n, generator)
            prefix = selection.prefix(start, n) if begun else None
            yield self._draw(n, rows, generator, prefix, drawing), selection.describe(start, rows)

    def _wrap(self, tokens, table):
        return self.container_.wrap(tokens, table.get(PREFIX))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = True  # integers stand for words
        tags.input_tags.three_d_array = False
        return tags


def _is_real(value):
    return isinstance(value, Real) and not isinstance(value, bool)
