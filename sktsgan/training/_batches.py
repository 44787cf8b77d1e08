"""Batches as slices of tensors that are already in memory."""

from typing import NamedTuple

import torch

__all__ = ["AdversarialBatches", "Batch"]


class Batch(NamedTuple):
    """What one discriminator update needs; all but ``real`` may be None."""

    real: torch.Tensor
    noise: torch.Tensor | None = None
    residual: torch.Tensor | None = None
    conditions: torch.Tensor | None = None
    lengths: torch.Tensor | None = None


class AdversarialBatches:
    """Iterate over real items and fresh noise, a tuple of batches for each step.

    Parameters
    ----------
    real : Tensor of shape (n_items, ...)
    rows : Tensor of shape (n_items,)
        What noise is drawn for: that of a batch is for the rows of the real items beside it.
    conditions : Tensor of shape (n_items, n_conditions) or None
        What is known of the items, real and generated alike.
    draw_noise : callable
        ``draw_noise(rows, generator)`` gives noise and residual.
    batch_size : int
        Items of a batch; no more than there are.
    generator : torch.Generator
        Controls order and noise.
    device : str or torch.device
    lengths : Tensor of shape (n_items,), default=None
        Steps of series of unequal length.

    Attributes
    ----------
    n_parts : int
        Batches of a step.
    with_noise : bool
        Whether batches have noise; the net that takes them says so.
    """

    def __init__(
        self, real, rows, conditions, draw_noise, *, batch_size, generator, device, lengths=None
    ):
        self.real = real.to(device)
        self.rows = rows
        self.conditions = None if conditions is None else conditions.to(device)
        self.lengths = None if lengths is None else lengths.to(device)
        self.draw_noise = draw_noise
        self.batch_size = min(batch_size, len(real))
        self.n_parts, self.with_noise = 1, True
        self.generator = generator
        self.device = device
        self.n_steps = 1
        self._order = torch.empty(0, dtype=torch.long)

    def for_steps(self, n_steps):
        """Set how many steps the next pass makes, and return self."""
        self.n_steps = n_steps
        return self

    def _next_items(self):
        if len(self._order) < self.batch_size:
            self._order = torch.randperm(len(self.real), generator=self.generator)
        items, self._order = self._order.split(
            [self.batch_size, len(self._order) - self.batch_size]
        )
        return items

    def _next_batch(self):
        items, noise, residual = self._next_items(), None, None
        if self.with_noise:
            drawn = self.draw_noise(self.rows[items], self.generator)
            noise, residual = (None if t is None else t.to(self.device) for t in drawn)
        items = items.to(self.device)
        conditions, lengths = (
            None if known is None else known[items] for known in (self.conditions, self.lengths)
        )
        return Batch(self.real[items], noise, residual, conditions, lengths)

    def __iter__(self):
        for _ in range(self.n_steps):
            yield tuple(self._next_batch() for _ in range(self.n_parts))
