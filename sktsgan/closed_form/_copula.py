"""The closed-form model of windows that everything starts from."""

import numpy as np
import torch

from sktsgan.closed_form._blocks import independent_blocks
from sktsgan.closed_form._components import WindowComponents
from sktsgan.closed_form._mixture import GroupedGaussians
from sktsgan.scaling._channels import ChannelScaler

__all__ = ["WindowCopula"]


class WindowCopula:
    """A mixture of Gaussians on the principal components of scaled windows.

    Channels go to normal scores, windows to (level, log-scale, shape), these to white principal
    components e. Channels that have nothing to do with each other are modelled apart. Windows of one class are
    grouped by k-means on levels, log-scales and shapes, and each group j gets a Gaussian,

        e | j ~ N(μ_j, (1 − a_j) Σ_j + a_j Σ),   a_j = max(0, 1 − n_j / n),

    with Σ the covariance within all groups and n = 10 windows a component, at most 300: small groups borrow
    from it. With one group this is a Gaussian copula whose margins are those of the channels.

    Where conditions of the windows are known, items are drawn for training windows: an item belongs to the
    groups of its window, so that groups are as frequent as under its conditions, and these shift its mean.

    Parameters
    ----------
    n_components : int or "auto"
        Groups of each class; "auto" takes one for every 60 to 600 windows, by the number of principal components.
    max_rank : int
        The most directions that a group's covariance keeps.
    random_state : int
        Seed of the grouping.
    """

    def __init__(self, n_components="auto", max_rank=400, *, random_state=0):
        self.n_components = n_components
        self.max_rank = max_rank
        self.random_state = random_state

    def fit(self, windows, classes=None, conditions=None, cells=None, scaler=None):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels).

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        classes : ndarray of shape (n_windows,), default=None
            The class of each window as an integer from 0.
        conditions : ndarray of shape (n_windows, n_conditions), default=None
            What is known of each window, classes included; None where nothing is.
        cells : ndarray of shape (n_windows, n_factors), default=None
            Factors that may change the covariance of windows, such as the month, as integers from 0; with conditions.
        scaler : ChannelScaler, default=None
            A fitted one; None fits one to the windows.

        Returns
        -------
        components : ndarray of shape (n_windows, n_principal)
            White components of the windows; empty where all channels are constant.
        """
        self.scaler_ = ChannelScaler().fit(windows) if scaler is None else scaler
        self.shape_ = windows.shape[1:]
        self.conditions_ = None if conditions is None else _to_tensor(conditions)
        if conditions is not None and cells is None:
            cells = np.empty((len(windows), 0), dtype=np.int64)
        self.cells_ = None if cells is None else torch.as_tensor(cells)
        if not self.scaler_.free_:
            self.components_ = None
            return np.empty((len(windows), 0))
        scores = self.scaler_.transform(windows)
        blocks = independent_blocks(scores)
        self.components_ = WindowComponents(random_state=self.random_state).fit(scores, blocks)
        components = self.components_.encode(scores)
        if classes is None:
            classes = np.zeros(len(windows), dtype=int)
        self.mixtures_ = [
            GroupedGaussians(self.n_components, self.max_rank, random_state=self.random_state).fit(
                components[:, rows],
                self.components_.features(components, rows),
                classes,
                conditions,
                cells,
            )
            for rows in self.components_.rows_of_blocks_
        ]
        return components

    @property
    def n_principal_(self):
        """Number of principal components; 0 where all channels are constant."""
        return 0 if self.components_ is None else len(self.components_.basis_)

    @property
    def has_lone_windows_(self):
        """Whether a group has a single training window, which is then its mean."""
        mixtures = self.mixtures_ if self.n_principal_ else []
        return any(bool((mixture.group_sizes_ == 1).any()) for mixture in mixtures)

    def add_rows(self, windows, classes, conditions, cells=None):
        """Take further windows as rows to draw for, without learning from them.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        classes : ndarray of shape (n_windows,) or None
        conditions : ndarray of shape (n_windows, n_conditions)
        cells : ndarray of shape (n_windows, n_factors), default=None
            Where ``fit`` had cells.
        """
        if cells is None:
            cells = np.empty((len(windows), 0), dtype=np.int64)
        self.conditions_ = torch.cat([self.conditions_, _to_tensor(conditions)])
        self.cells_ = torch.cat([self.cells_, torch.as_tensor(cells)])
        if not self.n_principal_:
            return
        components = self.components_.encode(self.scaler_.transform(windows))
        if classes is None:
            classes = np.zeros(len(windows), dtype=int)
        for mixture, rows in zip(self.mixtures_, self.components_.rows_of_blocks_, strict=True):
            mixture.add_rows(components[:, rows], classes)

    def draw(self, n_draws, generator, rows=None):
        """Draw components.

        Parameters
        ----------
        n_draws : int
        generator : torch.Generator
        rows : Tensor of shape (n_draws,), default=None
            The training windows for whose conditions to draw; any where None. Without conditions they say nothing:
            groups of different blocks are then independent.

        Returns
        -------
        components, noise : Tensor of shape (n_draws, n_principal)
            What was drawn, and the white noise that it was made of.
        groups : Tensor of shape (n_draws, n_blocks)
            The group of each block that it belongs to.
        """
        given = cells = None
        if self.conditions_ is None:
            rows = None
        else:
            if rows is None:
                rows = torch.randint(len(self.conditions_), (n_draws,), generator=generator)
            given = self.conditions_[rows]
            cells = None if self.cells_ is None else self.cells_[rows]
        parts = [mixture.draw(n_draws, generator, rows, given, cells) for mixture in self.mixtures_]
        components, noise, groups = zip(*parts, strict=True)
        return torch.cat(components, dim=1), torch.cat(noise, dim=1), torch.stack(groups, dim=1)

    def sample(self, n_draws, generator, rows=None):
        """Draw windows in the units of those seen in ``fit``.

        Returns
        -------
        windows : ndarray of shape (n_draws, n_timesteps, n_channels)
        """
        if not self.n_principal_:
            return self.scaler_.inverse_transform(
                torch.empty(n_draws, self.shape_[0], 0), generator
            )
        return self.scaler_.inverse_transform(self.draw_scores(n_draws, generator, rows), generator)

    def draw_scores(self, n_draws, generator, rows=None):
        """Draw windows of scores, a tensor of shape (n_draws, n_timesteps, n_free)."""
        components, _, _ = self.draw(n_draws, generator, rows)
        return self.components_.decode(components, self.draw_residual(n_draws, generator))

    def draw_residual(self, n_draws, generator):
        """Draw the noise of what the principal components leave out, or None where that is nothing."""
        if self.components_.residual_ is None:
            return None
        scale = self.components_.residual_
        return torch.randn(n_draws, len(scale), generator=generator) * scale

    def draw_noise(self, n_draws, rows, generator):
        """Draw what a refining generator starts from.

        Returns
        -------
        noise : Tensor of shape (n_draws, 2, n_principal)
            Components, and the white noise that they were made of.
        rest : Tensor of shape (n_draws, n_rest)
            What ``refine`` needs besides: groups, and the residual where there is one.
        """
        components, noise, groups = self.draw(n_draws, generator, rows)
        residual = self.draw_residual(n_draws, generator)
        parts = [groups.float()] if residual is None else [groups.float(), residual]
        return torch.stack([components, noise], dim=1), torch.cat(parts, dim=1)

    def hold_levels(self):
        """Let ``refine`` keep the level of every channel as it was drawn.

        Where levels would be more than half of what a group varies in, as with very few windows, they stay free.
        """
        levels = self.components_.basis_[:, : self.components_.n_channels_].double().numpy()
        for mixture, rows in zip(self.mixtures_, self.components_.rows_of_blocks_, strict=True):
            mixture.hold(levels[rows])

    def to(self, device):
        """Move what ``refine`` needs to a device, in place."""
        for part in (self.components_, *self.mixtures_):
            part.to(device)
        return self

    def refine(self, refined, rest):
        """Return windows of scores.

        Parameters
        ----------
        refined : Tensor of shape (n_draws, 2, n_principal)
            Components, and what to change in the white noise that they were made of.
        rest : Tensor of shape (n_draws, n_rest)
            What ``draw_noise`` gave besides.
        """
        components, change = refined.unbind(dim=1)
        groups, residual = rest.tensor_split([len(self.mixtures_)], dim=1)
        groups = groups.long()
        sizes = [len(rows) for rows in self.components_.rows_of_blocks_]
        moves = [
            mixture.move(part, groups[:, i])
            for i, (mixture, part) in enumerate(
                zip(self.mixtures_, change.split(sizes, dim=1), strict=True)
            )
        ]
        residual = residual if residual.shape[1] else None
        return self.components_.decode(components + torch.cat(moves, dim=1), residual)


def _to_tensor(array):
    return torch.as_tensor(array, dtype=torch.float32)
