"""Draws around the windows of a block of channels, and the codes that they are made of."""

from dataclasses import dataclass

import numpy as np
import torch

from sktsgan.closed_form._components import WindowComponents, log_scale_floor, scale_mix

__all__ = ["NeighborhoodBlock", "decode", "encode"]

_SLOW_SHARE = 1 / 8  # of the cosines of a shape; they are blended, the fast ones are taken whole
_NEAR = 0.5  # of the spread of neighbours in level and scale, which their mean may be away from the window
_LENT = 8  # windows of which the variation of a window of few is made
_FLAT = 0.3  # root mean square below which a blended shape isn't scaled up
_CLOSENESS = 0.8  # of numbers to the window that gives the categories beside them, as a correlation


@dataclass
class NeighborhoodBlock:
    """Neighbourhoods in channels that have to do with each other.

    Attributes
    ----------
    channels : ndarray of shape (n_block_channels,)
        Their places among the free channels.
    steady : bool
        Whether a draw takes the fast part of its shape from one neighbour.
    codes : ndarray of shape (n_windows, n_codes)
        Level, log-scale and shape of each window.
    neighbors : ndarray of shape (n_windows, n_neighbors)
        Rows of the windows that a draw around each is made of.
    expected : ndarray of shape (n_windows, n_codes) or None
        Codes that the conditions of each window let one expect.
    varied : ndarray of shape (n_lent, n_codes) or None
        How windows differ from the means of their classes, for classes of few to borrow.
    turns : ndarray of shape (n_windows, n_neighbors) or None
        Running sums of the chances of neighbours to be the donor; None where they are equal.
    """

    channels: np.ndarray
    steady: bool
    codes: np.ndarray
    neighbors: np.ndarray
    expected: np.ndarray | None
    varied: np.ndarray | None
    turns: np.ndarray | None = None

    def draw(self, rows, widths, rng):
        """Draw around windows.

        Parameters
        ----------
        rows : ndarray of shape (n_draws,)
            The windows.
        widths : ndarray of shape (n_draws,)
            For windows of small classes, the share of the variation in all classes that they are to have; else 0.
        rng : numpy.random.Generator

        Returns
        -------
        scores : ndarray of shape (n_draws, n_timesteps, n_block_channels)
        donors : ndarray of shape (n_draws,)
            The windows that the fast part of each draw was taken from.
        """
        near = self.neighbors[rows]
        donors = near[np.arange(len(rows)), self._take_turns(rows, rng)]
        seen, given = self.codes[near], self.codes[donors]
        if self.expected is not None:  # neighbours move by what their conditions differ in
            own = self.expected[rows]
            seen = seen + own[:, None] - self.expected[near]
            given = given + own - self.expected[donors]
        if self.turns is None:
            way = _way_back(seen, self.codes[rows], 2 * len(self.channels))
            seen, given = seen + way[:, None], given + way
            codes = _blend(seen, 1 / near.shape[1], rng)
        else:  # by whose chances rare windows are as frequent as they were
            chances = self._chances(rows)
            centre = np.matmul(chances[:, None], seen)[:, 0]
            codes = centre + _lean(_blend(seen, chances, rng) - centre, given - centre)
        if self.steady:
            _take_fast_part(codes, given, len(self.channels))
        few = widths > 0
        if few.any():
            codes[few] = self.codes[rows[few]] + widths[few, None] * self._vary(few.sum(), rng)
        return decode(codes, len(self.channels)), np.where(few, rows, donors)

    def _chances(self, rows):
        return np.diff(self.turns[rows], prepend=0, axis=1).astype(np.float32)

    def _take_turns(self, rows, rng):
        """Return which neighbour of each window is the donor."""
        n_neighbors = self.neighbors.shape[1]
        if self.turns is None:
            return rng.integers(n_neighbors, size=len(rows))
        chance = rng.random((len(rows), 1))
        return np.minimum((self.turns[rows] <= chance).sum(axis=1), n_neighbors - 1)

    def _vary(self, n_draws, rng):
        """Return draws of how windows differ from the means of their classes, of mean 0 and of their covariance."""
        lent = self.varied[rng.integers(len(self.varied), size=(n_draws, _LENT))]
        weights = rng.standard_normal((n_draws, _LENT, 1), dtype=np.float32)
        return (weights * lent).sum(axis=1) / np.sqrt(_LENT)


def encode(scores):
    """Return level, log-scale and shape side by side, an array of shape (n_windows, n_codes)."""
    parts = scale_mix(torch.as_tensor(scores), log_scale_floor(scores))
    return WindowComponents.flatten(*parts).numpy()


def decode(codes, n_channels):
    """Return windows of scores, of shape (n_windows, n_timesteps, n_channels).

    Shapes get mean 0 and mean square 1 again, which blends have lost.
    """
    level, log_scale, shape = np.split(codes, [n_channels, 2 * n_channels], axis=1)
    shape = shape.reshape(len(codes), -1, n_channels)
    shape = shape - shape.mean(axis=1, keepdims=True)
    size = np.sqrt((shape**2).mean(axis=1, keepdims=True))
    shape = np.where(size > _FLAT, shape / np.maximum(size, _FLAT), shape)
    return level[:, None] + np.exp(log_scale)[:, None] * shape


def _way_back(seen, own, n_codes):
    """Return how codes are to move lest windows far from all others vanish.

    The neighbours of a rare window lie where windows are more frequent, so that draws around them would gather in the
    middle. Of the first codes, levels and log-scales, they move until their mean is half their spread from the window.

    Parameters
    ----------
    seen : ndarray of shape (n_draws, n_neighbors, n_all_codes)
        Codes of the neighbours.
    own : ndarray of shape (n_draws, n_all_codes)
        Codes of the windows.
    n_codes : int

    Returns
    -------
    way : ndarray of shape (n_draws, n_all_codes)
    """
    seen, way = seen[..., :n_codes], np.zeros_like(own)
    mean = seen.mean(axis=1)
    spread = np.sqrt(((seen - mean[:, None]) ** 2).sum(axis=2).mean(axis=1))
    gap = own[:, :n_codes] - mean
    distance = np.maximum(np.sqrt((gap**2).sum(axis=1)), 1e-9)
    way[:, :n_codes] = np.maximum(1 - _NEAR * spread / distance, 0)[:, None] * gap
    return way


def _blend(seen, means, rng):
    """Return codes of one draw from each neighbourhood.

    Parameters
    ----------
    seen : ndarray of shape (n_draws, n_neighbors, n_codes)
        Codes of the neighbours.
    means : float or ndarray of shape (n_draws, n_neighbors)
        The mean weights of the neighbours.
    rng : numpy.random.Generator
    """
    n_draws, n_neighbors, _ = seen.shape
    weights = rng.standard_normal((n_draws, n_neighbors), dtype=np.float32)
    weights -= weights.mean(axis=1, keepdims=True)
    weights /= np.sqrt(n_neighbors - 1)
    weights += means
    return np.matmul(weights[:, None], seen)[:, 0]


def _lean(differences, donors):
    """Return differences from the mean that are closer to those of donors, with the same covariance."""
    return np.sqrt(1 - _CLOSENESS**2) * differences + _CLOSENESS * donors


def _take_fast_part(codes, donors, n_channels):
    """Give shapes the fast part of those of their donors, in place."""
    shape = codes[:, 2 * n_channels :].reshape(len(codes), -1, n_channels)
    change = donors[:, 2 * n_channels :].reshape(shape.shape) - shape
    shape += np.matmul(_fast_projection(shape.shape[1]), change)


def _fast_projection(n_timesteps):
    """Return the projection of a shape onto its fast cosines, of shape (n_timesteps, n_timesteps)."""
    n_slow = max(int(np.ceil(_SLOW_SHARE * n_timesteps)), 1)
    steps = (np.arange(n_timesteps) + 0.5) / n_timesteps
    slow = np.cos(np.pi * np.outer(np.arange(n_slow), steps))
    slow /= np.linalg.norm(slow, axis=1, keepdims=True)
    return (np.eye(n_timesteps) - slow.T @ slow).astype(np.float32)
