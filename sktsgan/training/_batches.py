"""Batches as slices of tensors that are already in memory."""

from typing import NamedTuple

import torch

__all__ = ["AdversarialBatches", "Batch"]


class Batch(NamedTuple):
    """What one discriminator update needs; ``labels`` and ``residual`` may be None."""

    real: torch.Tensor
    noise: torch.Tensor
    residual: torch.Tensor | None
    labels: torch.Tensor | None


class AdversarialBatches:
    """Iterate over real items and fresh noise, a tuple of batches for each step.

    Parameters
    ----------
    real : Tensor of shape (n_items, ...)
    labels : Tensor of shape (n_items,) or None
        Classes; noise is drawn for those of the real items beside it.
    draw_noise : callable
        ``draw_noise(n, labels, generator)`` gives noise and residual.
    batch_size : int
        Items of a batch; no more than there are.
    n_parts : int
        Batches of a step.
    generator : torch.Generator
        Rules order and noise.
    device : str or torch.device
    """

    def __init__(self, real, labels, draw_noise, *, batch_size, n_parts, generator, device):
        self.real = real.to(device)
        self.labels = labels
        self.draw_noise = draw_noise
        self.batch_size = min(batch_size, len(real))
        self.n_parts = n_parts
        self.generator = generator
        self.device = device
        self.n_steps = 1
        self._order = torch.empty(0, dtype=torch.long)

    def for_steps(self, n_steps):
        """Set how many steps the next pass makes, and return self."""
        self.n_steps = n_steps
        return self

    def _next_rows(self):
        if len(self._order) < self.batch_size:
            self._order = torch.randperm(len(self.real), generator=self.generator)
        rows, self._order = self._order.split([self.batch_size, len(self._order) - self.batch_size])
        return rows

    def _next_batch(self):
        rows = self._next_rows()
        labels = None if self.labels is None else self.labels[rows]
        noise, residual = self.draw_noise(len(rows), labels, self.generator)
        moved = [None if t is None else t.to(self.device) for t in (noise, residual, labels)]
        return Batch(self.real[rows.to(self.device)], *moved)

    def __iter__(self):
        for _ in range(self.n_steps):
            yield tuple(self._next_batch() for _ in range(self.n_parts))
