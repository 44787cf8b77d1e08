"""Moves of draws along the neighbourhoods that they were drawn from."""

from dataclasses import dataclass

import numpy as np
import torch

from sktsgan.closed_form._neighborhood_block import decode

__all__ = ["NeighborhoodMoves"]

_CHUNK_VALUES = 2**25  # of the neighbours of draws that are moved together
_LEAST_SPREAD = 1e-3  # of neighbours, in standard deviations


@dataclass
class _Block:
    """What is moved together.

    Attributes
    ----------
    place : int
        Place among the blocks of the neighbourhoods.
    channels : Tensor of shape (n_moved,)
        Places of the channels among the free ones.
    scores : Tensor of shape (n_windows, n_timesteps, n_moved)
        Training windows.
    neighbors : Tensor of shape (n_windows, n_neighbors)
    """

    place: int
    channels: torch.Tensor
    scores: torch.Tensor
    neighbors: torch.Tensor

    def to(self, device):
        """Return the block on a device."""
        tensors = (t.to(device) for t in (self.channels, self.scores, self.neighbors))
        return _Block(self.place, *tensors)

    def change(self, direction, centres):
        """Return how far the channels move, of shape (n_draws, n_timesteps, n_moved)."""
        near = self.scores[self.neighbors[centres[:, self.place]]].flatten(2)
        near = near - near.mean(dim=1, keepdim=True)
        direction = direction[..., self.channels]
        along = torch.einsum("nkd,nd->nk", near, direction.flatten(1))
        change = torch.einsum("nkd,nk->nd", near, along)
        size = near.flatten(1).norm(dim=1, keepdim=True)
        return (change / (size + _LEAST_SPREAD)).view_as(direction)


class NeighborhoodMoves:
    """Move draws in the way that the neighbours of their windows differ from each other.

    A direction g moves a draw x to

        x' = x + Nᵀ N g / ‖N‖,

    where the rows of N are the neighbours less their mean: what they have in common stays, such as a stretch of zeros.
    Channels that take their values whole from training windows are not moved.

    Parameters
    ----------
    neighborhoods : WindowNeighborhoods
        Fitted ones.
    """

    def __init__(self, neighborhoods):
        self.blocks_ = []
        for place, block in enumerate(neighborhoods.blocks_):
            moved = [
                i
                for i, channel in enumerate(block.channels)
                if channel not in neighborhoods.as_read_
            ]
            if moved:
                scores = decode(block.codes, len(block.channels))[..., moved]
                arrays = block.channels[moved], scores, block.neighbors.astype(np.int64)
                self.blocks_.append(_Block(place, *map(torch.as_tensor, arrays)))

    def to(self, device):
        """Move to a device, in place."""
        self.blocks_ = [block.to(device) for block in self.blocks_]
        return self

    def __call__(self, made, centres):
        """Return draws as they are moved.

        Parameters
        ----------
        made : Tensor of shape (n_draws, 2, n_timesteps, n_free)
            Scores as drawn, and directions.
        centres : Tensor of shape (n_draws, n_blocks)
            The training windows that each was drawn around.
        """
        widths = [block.neighbors.shape[1] * block.scores[0].numel() for block in self.blocks_]
        step = max(_CHUNK_VALUES // max(widths, default=1), 1)
        parts = zip(made.float().split(step), centres.split(step), strict=True)
        return torch.cat([self._move(part, around) for part, around in parts])

    def _move(self, made, centres):
        scores, direction = made.unbind(dim=1)
        moved = scores.clone()
        for block in self.blocks_:
            change = block.change(direction, centres)
            moved = moved.index_add(2, block.channels, change)
        return moved
