"""How samplers make new items: in blocks, by the rows that a prompt selects."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed, torch_generator
from sktsgan._validation import check_count
from sktsgan.prompts import KINDS, read_beginning, select_rows
from sktsgan.samplers._blocks import block_size, check_room, rebatch

__all__ = ["DrawingMixin"]


class DrawingMixin:
    """What is behind ``sample`` and ``iter_sample``."""

    def _sample(self, n_samples, prompt, random_state, return_prompt, **options):
        check_is_fitted(self, "container_")
        check_count("n_samples", n_samples)
        check_room("n_samples", n_samples, self.container_)
        blocks = self._iter_blocks(n_samples, prompt, random_state, **options)
        items, tables, first = None, [], 0
        for block, table in blocks:
            if items is None:
                items = np.empty((n_samples, *self.container_.shape), self.container_.dtype)
            items[first : first + len(block)] = block
            first += len(block)
            tables.append(table)
        table = pd.concat(tables, ignore_index=True)
        X = self._wrap(items, table)
        return (X, table) if return_prompt else X

    def _wrap(self, items, table):
        starts = self.conditions_.timestamps
        return self.container_.wrap(items, table, None if starts is None else starts.name)

    def _iter_sample(self, n_samples, batch_size, prompt, random_state, return_prompt, **options):
        check_is_fitted(self, "container_")
        check_count("n_samples", n_samples)
        check_count("batch_size", batch_size)
        check_room("batch_size", min(batch_size, n_samples), self.container_)
        blocks = self._iter_blocks(n_samples, prompt, random_state, **options)
        return self._wrap_batches(rebatch(blocks, batch_size), return_prompt)

    def _wrap_batches(self, batches, return_prompt):
        for items, table in batches:
            X = self._wrap(items, table)
            yield (X, table) if return_prompt else X

    def _iter_blocks(self, n_samples, prompt, random_state, **options):
        """Yield blocks of items and their conditions, whose sizes depend on the items' shape alone."""
        selection = self._select(prompt, n_samples, **options)
        generator = torch_generator(draw_seed(random_state))
        return self._make_blocks(n_samples, selection, generator)

    def _select(self, prompt, n_samples, **options):
        """Return the training items that agree with a prompt; ``options`` go on to ``_make``."""
        container = self.container_
        selection = select_rows(
            self.conditions_,
            prompt,
            n_samples,
            name=type(self).__name__,
            kinds=(*KINDS, read_beginning) if container.noun == "texts" else KINDS,
            exact=container.exact,
        )
        selection.options = options
        beginnings = [exact.get("prefix") for exact in selection.exact]
        if any(beginning is not None for beginning in beginnings):
            prefixes = container.encode_beginnings(beginnings)
            if prefixes.shape[1]:  # else nothing begins with a word
                selection.prefixes, selection.weigh = prefixes, self._weigh
        return selection

    def _make_blocks(self, n_samples, selection, generator):
        size = block_size(self.container_.shape)
        for first in range(0, n_samples, size):
            n_items = min(size, n_samples - first)
            rows = selection.draw(first, n_items, generator)
            made = self._make(rows, generator, **selection.details(first, n_items))
            yield made, selection.describe(first, rows)
