"""Entities of training items: which item belongs to whom, and rows drawn so that entities have equal shares."""

import numpy as np
import pandas as pd
import torch

__all__ = ["EntityPools", "read_entities"]


def read_entities(entities, n_items, noun="windows"):
    """Return the entity of each item as a Series, named ``"entity"`` if it has no name; None stays None.

    A ValueError says if there is not one for each item, or one is missing.
    """
    if entities is None:
        return None
    name = getattr(entities, "name", None)
    values = pd.Series(np.asarray(entities), name="entity" if name is None else str(name))
    if len(values) != n_items:
        raise ValueError(f"entities has {len(values)} entries, but X has {n_items} {noun}.")
    missing = values.isna().to_numpy()
    if missing.any():
        row = int(np.argmax(missing))
        raise ValueError(f"entities must not be missing, got {values[row]!r} in row {row}.")
    return values


class EntityPools:
    """Rows that agree with prompts, drawn entity by entity.

    For each item an entity is drawn first, all that agree with the prompt being as likely, and then one of its rows.
    Items with the same prompt are dealt to the entities in turn, so that each gets its share, up to one item.

    Parameters
    ----------
    pools : list of ndarray
        Rows that agree with each prompt.
    codes : ndarray of shape (n_rows,)
        Entity of each row of the table.
    """

    def __init__(self, pools, codes):
        rows, sizes, counts = [], [], []
        for pool in pools:
            order = np.argsort(codes[pool], kind="stable")
            rows.append(pool[order])
            sizes.append(np.unique(codes[pool], return_counts=True)[1])
            counts.append(len(sizes[-1]))
        self.rows = torch.as_tensor(np.concatenate(rows))
        self.sizes = torch.as_tensor(np.concatenate(sizes))
        self.firsts = torch.cumsum(self.sizes, dim=0) - self.sizes
        self.n_entities = torch.as_tensor(counts)
        self.first_entities = torch.cumsum(self.n_entities, dim=0) - self.n_entities

    def draw(self, prompts, generator):
        """Return a row for each of a tensor of prompts."""
        share = _spread(prompts, generator)
        entities = self.first_entities[prompts] + (share * self.n_entities[prompts]).long()
        place = torch.rand(len(prompts), dtype=torch.float64, generator=generator)
        return self.rows[self.firsts[entities] + (place * self.sizes[entities]).long()]


def _spread(prompts, generator):
    """Return numbers from 0 to 1 that are spread evenly over the items of each prompt, in random order."""
    shuffled = torch.randperm(len(prompts), generator=generator)
    order = shuffled[torch.argsort(prompts[shuffled], stable=True)]
    counts = torch.bincount(prompts)
    firsts = torch.cumsum(counts, dim=0) - counts
    ranks = torch.arange(len(prompts)) - firsts[prompts[order]]
    within = torch.rand(len(prompts), dtype=torch.float64, generator=generator)
    share = torch.empty(len(prompts), dtype=torch.float64)
    share[order] = (ranks + within) / counts[prompts[order]]
    return share
