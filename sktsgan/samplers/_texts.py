"""How samplers of texts are asked for texts: methods that a class takes as its own."""

from numbers import Integral, Real

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import torch_generator
from sktsgan.networks import Drawing, marginal_log_likelihood, mean_log_likelihood
from sktsgan.prompts import select_rows

__all__ = ["iter_sample", "sample", "score"]

_MOST_KINDS = 64  # of conditions, in a likelihood that leaves them open


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
        Number of texts to make.
    prompt : object, default=None
        What the texts are to be like, or one prompt for each; what it leaves open is drawn from the training
        texts that agree with it, by frequency and by how well it goes with a beginning.

        - a beginning, such as ``"a man"``. The text keeps it as it is given; to the model, words that it does not
          know are unknown ones. One without a word, such as ``" "``, leaves the beginning open;
        - a class label, or what else other samplers can be asked for: a number, a period, a timestamp. A string
          that is a class label means the label, and one that is a period means that where timestamps were seen;
        - a dict such as ``{"label": "cat", "prefix": "a man"}``, with any conditions beside, whose ``"prefix"`` is
          always a beginning; or a DataFrame with a row for each text. Sequences of integers begin with
          integers: ``{"prefix": [3, 5]}``.
    temperature : float, default=None
        Divisor of the logits, above 0: below 1 probable words get more probable. None is the one of ``fit``.
    top_k : int, default=None
        Number of the most probable words to draw from; None for all.
    top_p : float, default=None
        Probability, in (0, 1], that the words to draw from have together at least; None for all words.
    random_state : int, RandomState instance or None, default=None
        Controls the draws; an int gives the same texts every time.
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
    drawing = _read_drawing(self, temperature, top_k, top_p)
    return self._sample(n_samples, prompt, random_state, return_prompt, drawing=drawing)


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
        Number of texts in all.
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
    drawing = _read_drawing(self, temperature, top_k, top_p)
    return self._iter_sample(
        n_samples, batch_size, prompt, random_state, return_prompt, drawing=drawing
    )


def score(self, X, y=None):
    """Return the mean log-likelihood of a token.

    Parameters
    ----------
    X : iterable
        Texts, or sequences of integers, as in ``fit``.
    y : array-like of shape (n_texts,), default=None
        Their labels, if ``fit`` had labels: the likelihood is then that given the label. Without them it is that of
        a text whose label, or whatever else ``fit`` was told of texts, is not known.

    Returns
    -------
    score : float
        In nats; the end of a text is a token. Higher is better.
    """
    check_is_fitted(self, "container_")
    tokens = torch.as_tensor(self._read_more(X))
    if y is None or "y" not in self.conditions_.frame:
        kinds, shares = _condition_shares(self)
        return marginal_log_likelihood(self._model, tokens, kinds, shares)
    selection = select_rows(self.conditions_, list(y), len(tokens))
    rows = selection.draw(0, len(tokens), torch_generator(0))
    return mean_log_likelihood(self._model, tokens, self._encoded(rows))


def _condition_shares(sampler):
    """Return the conditions of each kind of texts, and their shares; a sample of texts where kinds are many."""
    encoded = sampler.conditions_.encoded
    _, rows, counts = np.unique(encoded, axis=0, return_index=True, return_counts=True)
    if len(rows) > _MOST_KINDS:
        rows = np.linspace(0, len(encoded) - 1, _MOST_KINDS).astype(int)
        counts = np.ones(_MOST_KINDS)
    given = sampler._encoded(rows)
    return [None] * len(rows) if given is None else list(given), counts / counts.sum()


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


def _is_real(value):
    return isinstance(value, Real) and not isinstance(value, bool)
