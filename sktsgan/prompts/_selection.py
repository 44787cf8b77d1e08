"""Which training items agree with a prompt, and what new items have just as asked."""

import datetime
from collections.abc import Hashable
from functools import cached_property
from numbers import Number

import numpy as np
import pandas as pd
import torch

from sktsgan.prompts._entities import EntityPools
from sktsgan.prompts._kinds import KINDS
from sktsgan.prompts._rows import RowFinder, is_open

__all__ = ["Selection", "select_rows"]

_CANDIDATES = 64  # rows among which a weighed one is drawn


class Selection:
    """For each item to make, the training items that agree with its prompt.

    They are equally likely or, where the table knows entities, the entities are.

    Parameters
    ----------
    table : ConditionTable
    pools : list of ndarray
        Rows of the table that agree with each of the different prompts.
    which : ndarray of shape (n_items,), default=None
        The prompt of each item; None is the first for all.
    exact : list of dict, default=None
        Fields that an item has just as each prompt asks: ``"timestamp"``, ``"length"``, ``"prefix"``.

    Attributes
    ----------
    options : dict
        What the sampler is told of all items.
    prefixes : int64 Tensor of shape (n_prompts, length) or None
        The tokens that texts begin with, 0 behind them.
    weigh : callable or None
        ``weigh(prefixes, rows)`` returns log p of beginnings under the conditions of rows, a tensor. Rows are then
        drawn by Bayes' rule, p(row | beginning) ∝ p(row) p(beginning | conditions of the row), among 64 that agree:
        texts that begin with "a cat" are about cats more often than others.
    """

    prefixes = weigh = None

    def __init__(self, table, pools, which=None, exact=None):
        self.table = table
        self.rows = torch.as_tensor(np.concatenate(pools))
        self.sizes = torch.as_tensor([len(pool) for pool in pools])
        self.firsts = torch.cumsum(self.sizes, dim=0) - self.sizes
        self.which = None if which is None else torch.as_tensor(which)
        self.exact = [{} for _ in pools] if exact is None else exact
        self.options = {}
        self.by_entity = None
        if table.entity is not None:
            self.by_entity = EntityPools(pools, table.codes(table.entity))

    def prompts(self, first, n_items):
        """Return which prompt each of ``n_items`` items has, from the ``first`` one on, a tensor."""
        if self.which is None:
            return torch.zeros(n_items, dtype=torch.long)
        return self.which[first : first + n_items]

    def details(self, first, n_items):
        """Return what a sampler is told of ``n_items`` items beside their rows, by name."""
        if self.prefixes is None:
            return self.options
        return {**self.options, "prefix": self.prefixes[self.prompts(first, n_items)]}

    def draw(self, first, n_items, generator):
        """Draw a row that agrees for each of ``n_items`` items, from the ``first`` one on, a tensor."""
        prompts = self.prompts(first, n_items)
        if self.weigh is None or len(self._kinds[0]) == 1:
            return self._draw_any(prompts, generator)
        draws = [self._draw_any(prompts, generator) for _ in range(_CANDIDATES)]
        candidates = torch.stack(draws, dim=1)
        weights = self._weigh_all(prompts, self._kinds[1][candidates])
        places = torch.rand(weights.shape, generator=generator, dtype=torch.float64)
        chosen = (weights - torch.log(-torch.log(places.clamp(min=1e-300)))).argmax(dim=1)
        return candidates[torch.arange(n_items), chosen]

    def _draw_any(self, prompts, generator):
        if self.by_entity is not None:
            return self.by_entity.draw(prompts, generator)
        place = torch.rand(len(prompts), dtype=torch.float64, generator=generator)
        return self.rows[self.firsts[prompts] + (place * self.sizes[prompts]).long()]

    @cached_property
    def _kinds(self):
        """A row for each kind of conditions, and which kind each row has."""
        _, examples, codes = np.unique(
            self.table.encoded, axis=0, return_index=True, return_inverse=True
        )
        return torch.as_tensor(examples), torch.as_tensor(codes).ravel()

    def _weigh_all(self, prompts, codes):
        """Return log p of the beginnings of prompts (n,) under conditions (n, k), each pair worked out once."""
        examples, _ = self._kinds
        pairs, places = torch.unique(prompts[:, None] * len(examples) + codes, return_inverse=True)
        prefixes = self.prefixes[pairs // len(examples)]
        return self.weigh(prefixes, examples[pairs % len(examples)]).double()[places]

    def describe(self, first, rows):
        """Return the conditions of items made for ``rows``, from the ``first`` one on, as a DataFrame.

        These are ``"timestamp"``, the conditions and ``"y"`` of the row, but for what was asked for just so.
        """
        prompts = self.prompts(first, len(rows)).tolist()
        rows = rows.numpy()
        described = self.table.frame.iloc[rows].reset_index(drop=True)
        if self.table.timestamps is not None:
            stamps = self.table.timestamps[rows].to_series(index=range(len(rows)))
            described.insert(0, "timestamp", stamps)
        for name in dict.fromkeys(name for exact in self.exact for name in exact):
            asked = [self.exact[i].get(name) for i in prompts]
            described[name] = _overlay(described.get(name), asked, described.index)
        return described


def _overlay(own, asked, index):
    """Return a column in which what was asked for takes the place of what a row has."""
    if own is None:
        return pd.Series(asked, dtype=object, index=index)
    asked = pd.Series(asked, index=index)
    if asked.isna().all():
        return own
    return asked.fillna(own).astype(own.dtype)


def select_rows(table, prompt, n_items, *, name="The sampler", kinds=KINDS, exact=None):
    """Return the training items that agree with a prompt.

    Parameters
    ----------
    table : ConditionTable
    prompt : object
        None for any item; a label, number, period, timestamp or dict for all items; or an array-like of these,
        a DatetimeIndex, a PeriodIndex or a DataFrame with one for each item.
    n_items : int
    name : str, default="The sampler"
        Named by errors.
    kinds : sequence of callable, default=KINDS
        How values that are no dicts are read, in this order.
    exact : dict of str to callable, default=None
        Fields beside ``"timestamp"`` that a new item has just as asked; each callable checks a value and returns it.

    Returns
    -------
    selection : Selection

    Raises
    ------
    ValueError
        If the prompt was not seen in ``fit`` or has another length than ``n_items``; the message lists what was
        seen.
    """
    if prompt is None:
        return Selection(table, [np.arange(len(table))])
    if isinstance(prompt, np.ndarray) and not prompt.ndim:
        prompt = prompt[()]
    finder = RowFinder(table, name, kinds, exact or {})
    if _is_one(prompt):
        rows, asked = finder.read(prompt)
        return Selection(table, [rows], None, [asked])
    pools, which, asked, seen = [], [], [], {}
    for item in _items(prompt, n_items):
        key = (type(item), item if isinstance(item, Hashable) else str(item))
        if key not in seen:
            seen[key] = len(pools)
            for part, found in zip((pools, asked), finder.read(item), strict=True):
                part.append(found)
        which.append(seen[key])
    return Selection(table, pools, which, asked)


def _is_one(prompt):
    return isinstance(
        prompt, (str, Number, np.generic, pd.Period, datetime.date, dict)
    ) or not hasattr(prompt, "__len__")


def _items(prompt, n_items):
    """Return the prompt of each item as a list of plain values or dicts."""
    if isinstance(prompt, pd.DataFrame):
        records = prompt.to_dict("records")
        items = [{k: v for k, v in record.items() if not is_open(v)} for record in records]
        shape = (len(items),)
    elif isinstance(prompt, list | tuple) and all(_is_one(item) for item in prompt):
        items, shape = list(prompt), (len(prompt),)
    else:
        values = prompt if isinstance(prompt, pd.Index | pd.Series) else np.asarray(prompt)
        if values.ndim == 0:  # such as a set, which has no order
            raise ValueError(
                f"prompt must be one or n_samples={n_items} of them in a list or an array, got {prompt!r:.80}."
            )
        shape = values.shape
        if values.dtype.kind == "M":
            values = pd.DatetimeIndex(values)
        items = list(values)
    if len(shape) > 1 or shape[0] != n_items:
        raise ValueError(f"prompt must be one or n_samples={n_items} of them, got shape {shape}.")
    return items
