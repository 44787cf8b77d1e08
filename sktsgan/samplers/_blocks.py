"""Large draws in bounded memory: blocks of items as they are made, batches as they are asked for."""

import math

import numpy as np
import pandas as pd

from sktsgan._validation import check_memory

__all__ = ["block_size", "check_room", "rebatch"]

_BLOCK_VALUES = 2**24  # of the blocks that sampling works through: 128 MiB of float64
_BLOCK_ITEMS = 8_192


def block_size(shape):
    """Return how many items of a shape a block holds."""
    return max(1, min(_BLOCK_VALUES // math.prod(shape), _BLOCK_ITEMS))


def check_room(name, count, container, n_each=1):
    """Raise a ValueError that names the parameter if so many times ``n_each`` items don't fit into memory."""
    n_bytes = count * n_each * math.prod(container.shape) * np.dtype(container.dtype).itemsize
    hint = "; iter_sample makes items in batches" if name == "n_samples" else ""
    check_memory(name, count, n_bytes, hint)


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
