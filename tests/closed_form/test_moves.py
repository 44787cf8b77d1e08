"""Moves along neighbourhoods."""

import pickle

import numpy as np
import pytest
import torch

from sktsgan.closed_form import NeighborhoodMoves, WindowNeighborhoods, _moves


@pytest.fixture
def neighborhoods():
    """Walks of two channels that have to do with each other, and one that is zero more often than not."""
    walks = np.random.default_rng(0).normal(size=(60, 8, 3)).cumsum(axis=1)
    walks[..., 1] += walks[..., 0]
    walks[..., 2] = np.maximum(walks[..., 2], 0)
    return WindowNeighborhoods(4).fit(walks)


def move(neighborhoods, direction, n_draws=20):
    """Return how far draws move in a direction."""
    rows = np.arange(n_draws)
    scores, _, centres = neighborhoods.draw_around(rows, np.random.default_rng(0))
    scores = torch.as_tensor(scores)
    made = torch.stack([scores, direction.expand_as(scores)], dim=1)
    return NeighborhoodMoves(neighborhoods)(made, torch.as_tensor(centres)) - scores


def test_draws_move_as_their_neighbours_differ(neighborhoods):
    change = move(neighborhoods, torch.randn(8, 3, generator=torch.Generator().manual_seed(0)))
    moved = change.abs().amax(dim=(0, 1)) > 0.01
    assert moved.tolist() == [True, True, False]  # the last takes its values whole
    scores = neighborhoods.scaler_
    block = next(b for b in neighborhoods.blocks_ if 0 in b.channels)
    moves = next(b for b in NeighborhoodMoves(neighborhoods).blocks_ if 0 in b.channels)
    near = moves.scores[torch.as_tensor(block.neighbors[5]).long()].flatten(1).double()
    near = near - near.mean(dim=0)
    own = change[5][:, moves.channels].flatten().double()
    left = own - torch.linalg.lstsq(near.T, own[:, None]).solution[:, 0] @ near
    assert left.norm() < 1e-4 * own.norm()
    assert len(scores.free_) == 3


def test_where_neighbours_agree_nothing_moves():
    windows = np.random.default_rng(0).normal(size=(60, 8, 1)).cumsum(axis=1)
    windows[:, :4] = np.linspace(0, 1, 4)[:, None]
    change = move(WindowNeighborhoods(4).fit(windows), torch.ones(8, 1))
    assert change[:, :4].abs().max() < 1e-3 < 1e-2 < change[:, 4:].abs().max()


def test_chunks_and_pickles_change_nothing(neighborhoods, monkeypatch):
    change = move(neighborhoods, torch.ones(8, 3))
    neighborhoods = pickle.loads(pickle.dumps(neighborhoods))
    monkeypatch.setattr(_moves, "_CHUNK_VALUES", 1)
    torch.testing.assert_close(move(neighborhoods, torch.ones(8, 3)), change)
