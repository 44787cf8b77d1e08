"""The closed-form model of windows that everything starts from."""

import numpy as np
import torch
from sklearn.cluster import KMeans

from sktsgan.representation._channels import ChannelScaler
from sktsgan.representation._components import WindowComponents

__all__ = ["WindowCopula"]

_WINDOWS_PER_COMPONENT = 600
_WINDOWS_FOR_OWN_COVARIANCE = 300


class WindowCopula:
    """A mixture of Gaussians on the principal components of scaled windows.

    Channels go to normal scores, windows to (level, log-scale, shape), these to white principal
    components e. Windows of one class are grouped by k-means on their levels, and each group j gets a Gaussian,

        e | j ~ N(μ_j, (1 − a_j) Σ_j + a_j Σ),   a_j = max(0, 1 − n_j / 300),

    with Σ the covariance within all groups: small groups borrow from it. With one group this is a Gaussian
    copula whose margins are those of the channels.

    Parameters
    ----------
    n_components : int or "auto"
        Groups of each class; "auto" takes one for every 600 windows.
    max_rank : int
        The most directions that a group's covariance keeps.
    random_state : int
        Seed of the grouping.
    """

    def __init__(self, n_components="auto", max_rank=400, *, random_state=0):
        self.n_components = n_components
        self.max_rank = max_rank
        self.random_state = random_state

    def fit(self, windows, classes=None):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels).

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        classes : ndarray of shape (n_windows,), default=None
            The class of each window as an integer from 0.

        Returns
        -------
        components : ndarray of shape (n_windows, n_principal)
            White components of the windows; empty where all channels are constant.
        """
        self.scaler_ = ChannelScaler().fit(windows)
        self.shape_ = windows.shape[1:]
        if not self.scaler_.free_:
            self.components_ = None
            return np.empty((len(windows), 0))
        scores = self.scaler_.transform(windows)
        self.components_ = WindowComponents(random_state=self.random_state).fit(scores)
        components = self.components_.encode(scores)
        if classes is None:
            classes = np.zeros(len(windows), dtype=int)
        self._fit_groups(scores.mean(axis=1), components, classes)
        return components

    def _fit_groups(self, levels, components, classes):
        levels = levels / np.maximum(levels.std(axis=0), 1e-12)
        self.class_weights_ = np.bincount(classes) / len(classes)
        members, self.groups_of_class_ = [], []
        for label in range(len(self.class_weights_)):
            rows = np.flatnonzero(classes == label)
            groups = self._cluster(levels[rows])
            self.groups_of_class_.append(np.arange(len(members), len(members) + groups.max() + 1))
            members += [rows[groups == j] for j in range(groups.max() + 1)]
        self.group_sizes_ = np.array([len(rows) for rows in members])
        self.means_ = torch.as_tensor(
            np.stack([components[rows].mean(axis=0) for rows in members]), dtype=torch.float32
        )
        centred = [components[rows] - components[rows].mean(axis=0) for rows in members]
        self.borrowed_ = np.maximum(0.0, 1 - self.group_sizes_ / _WINDOWS_FOR_OWN_COVARIANCE)
        if len(members) == 1:  # there is nothing to borrow from
            self.borrowed_[:] = 0.0
        self.factors_ = [self._factor(rows) for rows in centred]
        self.common_factor_ = (
            self._factor(np.concatenate(centred)) if self.borrowed_.any() else None
        )

    def _cluster(self, levels):
        n_groups = self.n_components
        if n_groups == "auto":
            n_groups = round(len(levels) / _WINDOWS_PER_COMPONENT)
        n_groups = min(max(n_groups, 1), len(np.unique(levels, axis=0)))
        if n_groups == 1:
            return np.zeros(len(levels), dtype=int)
        groups = KMeans(n_groups, random_state=self.random_state).fit_predict(levels)
        return np.unique(groups, return_inverse=True)[1]

    def _factor(self, centred):
        """Return A of shape (rank, n_principal) with AᵀA the covariance of centred components."""
        covariance = centred.T @ centred / max(len(centred) - 1, 1)
        variances, axes = np.linalg.eigh(covariance)
        kept = np.flatnonzero(variances > 1e-10)[::-1][: self.max_rank]
        factor = np.sqrt(variances[kept])[:, None] * axes[:, kept].T
        return torch.as_tensor(factor, dtype=torch.float32)

    @property
    def n_principal_(self):
        """Number of principal components; 0 where all channels are constant."""
        return 0 if self.components_ is None else len(self.components_.basis_)

    def draw_groups(self, n_draws, generator, classes=None):
        """Return a random group for every item, a tensor of shape (n_draws,)."""
        if classes is None:
            weights = torch.as_tensor(self.class_weights_)
            classes = torch.multinomial(weights, n_draws, replacement=True, generator=generator)
        groups = torch.empty(n_draws, dtype=torch.long)
        for label, own in enumerate(self.groups_of_class_):
            rows = torch.nonzero(classes == label)[:, 0]
            if len(rows):
                weights = torch.as_tensor(self.group_sizes_[own] / 1.0)
                drawn = torch.multinomial(weights, len(rows), replacement=True, generator=generator)
                groups[rows] = torch.as_tensor(own)[drawn]
        return groups

    def draw(self, n_draws, generator, classes=None):
        """Draw components.

        Parameters
        ----------
        n_draws : int
        generator : torch.Generator
        classes : Tensor of shape (n_draws,), default=None
            The class of each item; drawn by frequency where None.

        Returns
        -------
        components : Tensor of shape (n_draws, n_principal)
        """
        groups = self.draw_groups(n_draws, generator, classes)
        parts = []
        for j, count in enumerate(torch.bincount(groups).tolist()):
            own = np.sqrt(1 - self.borrowed_[j]) * self.factors_[j]
            part = torch.randn(count, len(own), generator=generator) @ own + self.means_[j]
            if self.borrowed_[j]:
                common = np.sqrt(self.borrowed_[j]) * self.common_factor_
                part += torch.randn(count, len(common), generator=generator) @ common
            parts.append(part)
        components = torch.empty(n_draws, self.n_principal_)
        components[torch.argsort(groups)] = torch.cat(parts)
        return components

    def sample(self, n_draws, generator, classes=None):
        """Draw windows in the units of those seen in ``fit``.

        Returns
        -------
        windows : ndarray of shape (n_draws, n_timesteps, n_channels)
        """
        if not self.n_principal_:
            return self.scaler_.inverse_transform(torch.empty(n_draws, self.shape_[0], 0))
        scores = self.components_.decode(*self.draw_noise(n_draws, classes, generator))
        return self.scaler_.inverse_transform(scores)

    def draw_noise(self, n_draws, classes, generator):
        """Draw components and residual noise, what a refining generator starts from."""
        return self.draw(n_draws, generator, classes), self.draw_residual(n_draws, generator)

    def draw_residual(self, n_draws, generator):
        """Draw the noise of what the principal components leave out, or None where that is nothing."""
        if self.components_.residual_ is None:
            return None
        scale = self.components_.residual_
        return torch.randn(n_draws, len(scale), generator=generator) * scale
