"""Large draws in bounded memory: blocks of items as they are made, batches as they are asked for."""

import math

import numpy as np
import pandas as pd

__all__ = ["block_size", "rebatch"]

_BLOCK_VALUES = 2**24  # of the blocks that sampling works through: 128 MiB of float64
_BLOCK_ITEMS = 8_192


def block_size(shape):
    """Return how many items of a shape a block holds."""
    return max(1, min(_BLOCK_VALUES // math.prod(shape), _BLOCK_ITEMS))


def rebatch(blocks, batch_size):
    """Cut a stream of (items, table) into batches of the given size."""
    waiting, n_waiting = [], 0
    for block in blocks:
        waiting.append(block)
        n_waiting += len(block[0])
        if n_waiting >= batch_size:
            items, table = _join(waiting)
            whole = n_waiting - n_waiting % batch_size
            for start in range(0, whole, batch_size):
                rows = slice(start, start + batch_size)
                yield items[rows], table[rows].reset_index(drop=True)
            # a copy, lest the remainder keep the whole block alive
            waiting, n_waiting = [(items[whole:].copy(), table[whole:])], n_waiting - whole
    if n_waiting:
        yield _join(waiting)


def _join(blocks):
    items, tables = zip(*blocks, strict=True)
    return np.concatenate(items), pd.concat(tables, ignore_index=True)
