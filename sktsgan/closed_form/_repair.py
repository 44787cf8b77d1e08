"""The closed-form model that fills the holes of windows."""

from itertools import pairwise

import numpy as np
import torch
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from sktsgan.closed_form._incomplete import some_rows
from sktsgan.closed_form._repair_block import BlockRepair
from sktsgan.closed_form._repair_categories import CategoryRepair
from sktsgan.closed_form._repair_channels import RepairChannels

__all__ = ["WindowRepair"]

_MAX_VALUES, _BLOCK_VALUES = 1500, 800
_MAX_ORDER_ROWS = 20_000


class WindowRepair:
    """Fill the holes of windows from what was observed of them and from training windows, some of which it keeps.

    Channels are standardised; a copy of another takes its values, a constant is put back. Windows of up to 1,500
    values are one block; wider ones are cut into blocks of at most 800, of channels that correlate, and a channel of
    more steps into stretches: then values of one block say nothing of another's. See ``BlockRepair`` for the model.
    Missing categories come from a similar window (``CategoryRepair``); numbers follow from them as from what was
    observed.

    Parameters
    ----------
    categorical : sequence of int, default=()
        Channels of categories.
    random_state : int
        Seed of what completes training windows with holes.
    """

    def __init__(self, categorical=(), *, random_state=0):
        self.categorical = categorical
        self.random_state = random_state

    def fit(self, windows):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels), NaN where nothing was observed.

        Every window and every channel must have been observed somewhere.
        """
        self.categories_ = None
        if len(self.categorical):
            self.categories_ = CategoryRepair(self.categorical).fit(windows)
            windows = self.categories_.expand(windows)
        self.channels_ = RepairChannels().fit(windows)
        n_channels = len(self.channels_.free_)
        self.blocks_ = []
        for steps, channels in self._cut(windows) if n_channels else ():
            rows = self.channels_.standardise(windows[:, steps], channels).reshape(len(windows), -1)
            block = BlockRepair(len(channels), random_state=self.random_state)
            self.blocks_.append((steps, channels, block.fit(rows)))
        return self

    def _cut(self, windows):
        """Yield the steps and the free channels of every block."""
        n_timesteps, n_channels = windows.shape[1], len(self.channels_.free_)
        order = np.arange(n_channels)
        each, n_stretches = n_channels, 1
        if n_timesteps * n_channels > _MAX_VALUES:
            each = max(1, _BLOCK_VALUES // n_timesteps)
            n_stretches = -(-n_timesteps // _BLOCK_VALUES)
            order = self._order(windows)
        bounds = np.linspace(0, n_timesteps, n_stretches + 1).round().astype(int)
        for channels in np.array_split(order, -(-n_channels // each)):
            for start, stop in pairwise(bounds.tolist()):
                yield slice(start, stop), np.sort(channels)

    def _order(self, windows):
        """Return the free channels in an order in which those that correlate are neighbours."""
        n_channels = len(self.channels_.free_)
        if n_channels < 3:
            return np.arange(n_channels)
        few = some_rows(windows, max(1, _MAX_ORDER_ROWS // windows.shape[1]))
        scores = self.channels_.standardise(few, np.arange(n_channels))
        scores = np.nan_to_num(scores.reshape(-1, n_channels))
        related = np.abs(np.corrcoef(scores.T))
        distance = squareform(np.clip(1 - related, 0, 1), checks=False)
        return leaves_list(linkage(np.nan_to_num(distance, nan=1.0), "average"))

    def draw(self, windows, n_draws, generator):
        """Fill the holes of windows.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
            NaN where a value is to be drawn.
        n_draws : int
            With two or more, their mean is the conditional mean, but for grids.
        generator : torch.Generator

        Returns
        -------
        filled : ndarray of shape (n_draws, n_windows, n_timesteps, n_channels)
            In the units of the training windows; what was observed is the same to the bit.
        """
        rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
        if self.categories_ is None:
            return self._draw_numbers(windows, n_draws, rng)
        own = self.categories_
        codes = own.draw(windows, n_draws, rng)
        numbers = np.empty((*codes.shape[:3], len(own.numeric_)))
        lacking = np.isnan(windows[..., self.categorical]).any(axis=(1, 2))
        parts = [(slice(None), ~lacking)] + [(slice(i, i + 1), lacking) for i in range(n_draws)]
        for draws, rows in parts:
            if rows.any():
                known = own.expand(
                    own.put_back(windows[rows][..., own.numeric_], codes[draws][0, rows])
                )
                made = self._draw_numbers(known, len(codes[draws]), rng)
                numbers[draws, rows] = made[..., : len(own.numeric_)]
        return own.put_back(numbers, codes)

    def _draw_numbers(self, windows, n_draws, rng):
        """Fill the holes of windows whose categories are known, in the form of indicators."""
        scores = np.empty((n_draws, *windows.shape[:2], len(self.channels_.free_)))
        choice = None
        for steps, channels, block in self.blocks_:
            part = self.channels_.standardise(windows[:, steps], channels)
            rows = part.reshape(len(part), -1)
            if np.isnan(rows).any():
                # what holds for the first block is taken to hold for all: judging each would take minutes
                choice = (
                    block.choose(rows)
                    if choice is None
                    else (*choice[:2], choice[2].pool(len(channels)))
                )
                rows = block.draw(rows, n_draws, rng, choice)
            scores[:, :, steps, channels] = rows.reshape(-1, *part.shape)
        return self.channels_.restore(scores, windows)
