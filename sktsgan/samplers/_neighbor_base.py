"""Neighbourhoods as what a refining generator starts from."""

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors

from sktsgan.closed_form import NeighborhoodMoves, WindowNeighborhoods, times_of_windows
from sktsgan.samplers._neighbors import NeighborSampler
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["N_NOISES", "NeighborBase", "beside_noise"]

N_NOISES = 4  # channels of white noise beside those of a draw
_TIE = 1e-3  # beside conditions, which are about one


class NeighborBase:
    """Draws of neighbourhoods for the rows of a table of conditions.

    Parameters
    ----------
    neighborhoods : WindowNeighborhoods
        Fitted ones.
    rows : ndarray of shape (n_windows,)
        Rows of their windows in the table.
    n_rows : int
        Rows of the table.

    Attributes
    ----------
    windows_ : ndarray of shape (n_rows,)
        The window that is drawn around for each row; -1 for none.
    """

    def __init__(self, neighborhoods, rows, n_rows):
        self.neighborhoods = neighborhoods
        self.windows_ = np.full(n_rows, -1)
        self.windows_[rows] = np.arange(len(rows))
        self.moves_ = NeighborhoodMoves(neighborhoods)
        self.gaps_ = torch.as_tensor(neighborhoods.scaler_.gaps(), dtype=torch.float32)

    @classmethod
    def around(cls, windows, n_neighbors, scaler, table, times, seen=slice(None)):
        """Return a base of those windows of a mask.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        n_neighbors : int
        scaler : ReadingScaler
        table : ConditionTable
            Of all windows.
        times : ndarray of shape (n_windows,)
            When windows begin, in steps.
        seen : ndarray of bool of shape (n_windows,), default=slice(None)
        """
        known = table.groups, table.encoded, times
        known = [None if part is None else part[seen] for part in known]
        neighborhoods = WindowNeighborhoods(n_neighbors).fit(windows[seen], *known, scaler)
        return cls(neighborhoods, np.arange(len(table))[seen], len(table))

    @classmethod
    def fit(cls, sampler, windows, table, seed, categorical=()):
        """Return the base that a sampler makes of windows.

        Parameters
        ----------
        sampler : NeighborSampler or "neighbors"
            The latter is one with its defaults.
        windows, table
            As in ``around``.
        seed : int
            Of the draws by which the number of neighbours is chosen.
        categorical : sequence of int, default=()
            Channels of categories.
        """
        times = times_of_windows(windows)
        sampler = NeighborSampler() if sampler == "neighbors" else sampler
        n_neighbors = sampler._count_neighbors(windows, times, table, seed, categorical)
        scaler = ReadingScaler(categorical).fit(windows)
        return cls.around(windows, n_neighbors, scaler, table, times)

    def of_some(self, windows, table, seen):
        """Return a base of the same kind that knows only the windows of a mask."""
        n_neighbors, scaler = self.neighborhoods.n_neighbors, self.neighborhoods.scaler_
        return NeighborBase.around(
            windows, n_neighbors, scaler, table, times_of_windows(windows), seen
        )

    def to(self, device):
        """Move to a device what training needs there, in place."""
        self.moves_.to(device)
        self.gaps_ = self.gaps_.to(device)
        return self

    def draw(self, rows, generator):
        """Draw for rows of the table.

        Parameters
        ----------
        rows : Tensor of shape (n_draws,)
        generator : torch.Generator

        Returns
        -------
        scores : Tensor of shape (n_draws, n_timesteps, n_free)
        as_read : dict of int to ndarray of shape (n_draws, n_timesteps)
            Readings of the channels that take their values whole from training windows.
        centres : Tensor of shape (n_draws, n_blocks)
            The windows that were drawn around.
        """
        rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
        scores, as_read, centres = self.neighborhoods.draw_around(self.windows_[rows.numpy()], rng)
        scaler = self.neighborhoods.scaler_
        for k, readings in as_read.items():
            scores[..., k] = (readings - scaler.mean_[k]) / scaler.scale_[k]
        return torch.as_tensor(scores), as_read, torch.as_tensor(centres)

    def sample(self, rows, generator):
        """Return windows in the units of those seen, for rows of the table."""
        scores, as_read, _ = self.draw(rows, generator)
        return self.neighborhoods.scaler_.inverse_transform(scores.numpy(), as_read)

    def render(self, made, centres):
        """Return scores of draws that are moved as a generator says."""
        return self.moves_(made, centres)

    def blur(self, scores):
        """Return scores of real windows, those on a grid spread over the gap: draws leave the grid, too."""
        return scores + self.gaps_ * (torch.rand_like(scores) - 0.5)

    def add_rows(self, rows, table, seed):
        """Draw for rows of a later call around windows of the first, of the same class and alike in all that is known.

        Parameters
        ----------
        rows : ndarray of shape (n_rows,)
        table : ConditionTable
        seed : int
            Which of those that are equally alike.
        """
        known, new = np.flatnonzero(self.windows_ >= 0), rows[rows >= len(self.windows_)]
        self.windows_ = np.append(self.windows_, np.full(len(table) - len(self.windows_), -1))
        classes = table.groups
        classes = np.zeros(len(table), dtype=int) if classes is None else classes
        rng = np.random.default_rng(seed)
        features = np.hstack([table.encoded, rng.normal(size=(len(table), 1), scale=_TIE)])
        for label in np.unique(classes[new]):
            own, old = new[classes[new] == label], known[classes[known] == label]
            near = NearestNeighbors(n_neighbors=1).fit(features[old]).kneighbors(features[own])[1]
            self.windows_[own] = self.windows_[old[near[:, 0]]]


def beside_noise(scores, generator):
    """Return scores with channels of white noise beside them: what a refining generator takes."""
    noise = torch.randn(*scores.shape[:2], N_NOISES, generator=generator)
    return torch.cat([scores, noise], dim=2)
