"""Training texts that agree with a prompt and go with how new ones begin."""

import numpy as np
import pandas as pd
import torch

from sktsgan.prompts._beginnings import PREFIX

__all__ = ["BegunSelection"]

_CANDIDATES = 64


class BegunSelection:
    """A selection of training texts for new ones that have a beginning.

    A beginning says something of what is left open: texts that begin with "a cat" are about cats more often than
    others. Rows are drawn by Bayes' rule, p(row | beginning) ∝ p(row) p(beginning | conditions of the row), among 64
    that agree with the prompt.

    Parameters
    ----------
    selection : Selection
    beginnings : list
        Of each item as it was given, None where it is open.
    tokens : int64 Tensor of shape (n_items, length)
        What they are to the model, with 0 behind them.
    encoded : ndarray of shape (n_rows, n_features)
        What is known of the training texts.
    weigh : callable
        ``weigh(tokens, rows)`` returns log p of beginnings, given the conditions of rows.
    """

    def __init__(self, selection, beginnings, tokens, encoded, weigh):
        self.selection = selection
        self.beginnings = beginnings
        self.tokens = tokens
        self.weigh = weigh
        _, examples, codes = np.unique(encoded, axis=0, return_index=True, return_inverse=True)
        self.examples, self.codes = torch.as_tensor(examples), torch.as_tensor(codes).ravel()

    def draw(self, first, n_items, generator):
        """Draw a row for each of ``n_items`` items, from the ``first`` one on, a Tensor."""
        if len(self.examples) == 1:
            return self.selection.draw(first, n_items, generator)
        draws = [self.selection.draw(first, n_items, generator) for _ in range(_CANDIDATES)]
        candidates = torch.stack(draws, dim=1)
        weights = self._weigh_all(self.prefix(first, n_items), self.codes[candidates])
        places = torch.rand(weights.shape, generator=generator, dtype=torch.float64)
        chosen = (weights - torch.log(-torch.log(places.clamp(min=1e-300)))).argmax(dim=1)
        return candidates[torch.arange(n_items), chosen]

    def _weigh_all(self, tokens, codes):
        """Return log p of beginnings (n, length) under conditions (n, k), each pair worked out once."""
        tokens, which = torch.unique(tokens, dim=0, return_inverse=True)
        n_codes = len(self.examples)
        pairs, places = torch.unique(which[:, None] * n_codes + codes, return_inverse=True)
        weights = self.weigh(tokens[pairs // n_codes], self.examples[pairs % n_codes])
        return weights.double()[places]

    def prefix(self, first, n_items):
        """Return what items begin with, a Tensor of shape (n_items, length) with 0 behind."""
        return self.tokens[first : first + n_items]

    def describe(self, first, rows):
        """Return the conditions of items made for ``rows``, and their beginnings as ``"prefix"``."""
        table = self.selection.describe(first, rows)
        own = self.beginnings[first : first + len(rows)]
        return table.assign(**{PREFIX: pd.Series(own, dtype=object, index=table.index)})
