"""A Gaussian copula of whole windows."""

import numpy as np
import torch

from sktsgan.closed_form._blocks import independent_blocks
from sktsgan.closed_form._components import WindowComponents
from sktsgan.closed_form._expectation import fit_expectation
from sktsgan.closed_form._neighborhoods import vary_within
from sktsgan.scaling._channels import ChannelScaler

__all__ = ["WindowCopula"]

_FOR_OWN_COVARIANCE = (
    10  # windows of a class per component; with fewer, it borrows from the covariance of all
)
_MOST_FOR_OWN_COVARIANCE = 300


class WindowCopula:
    """A Gaussian of the principal components of scaled windows, one for each class.

    Channels go to normal scores, windows to (level, log-scale, shape), these to white principal components e. Channels
    that have nothing to do with each other share no component. A class j of n_j windows has

        e | j, c ~ N(μ_j + B c, (1 − a_j) Σ_j + a_j Σ),   a_j = max(0, 1 − n_j / n),

    with conditions c, Σ the covariance within all classes, and n = 10 windows a component, at most 300.

    Parameters
    ----------
    random_state : int
        Seed of the solver of principal components.
    """

    def __init__(self, *, random_state=0):
        self.random_state = random_state

    def fit(self, windows, classes=None, conditions=None):
        """Learn from windows.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        classes : ndarray of shape (n_windows,), default=None
            The class of each window as an integer.
        conditions : ndarray of shape (n_windows, n_conditions), default=None
            What is known of each window.
        """
        self.scaler_, self.shape_ = ChannelScaler().fit(windows), windows.shape[1:]
        if classes is None:
            classes = np.zeros(len(windows), dtype=int)
        _, self.class_of_row_, counts = np.unique(classes, return_inverse=True, return_counts=True)
        self.has_lone_windows_ = bool(counts.min() == 1)
        of_class = [windows[self.class_of_row_ == j] for j in range(len(counts))]
        self.lowest_, self.highest_ = (
            np.stack([reduce(own, axis=(0, 1)) for own in of_class]) for reduce in (np.min, np.max)
        )
        self.components_ = None
        if not self.scaler_.free_:
            return self
        scores = self.scaler_.transform(windows)
        blocks = independent_blocks(scores)
        self.components_ = WindowComponents(random_state=self.random_state).fit(scores, blocks)
        components = self.components_.encode(scores)
        conditions = vary_within(conditions, self.class_of_row_)
        self.expected_ = np.zeros((len(windows), 1), dtype=np.float32)
        if conditions is not None:
            expected = fit_expectation(conditions, components).predict(conditions)
            self.expected_ = expected.astype(np.float32)
        self._fit_classes(components - self.expected_, counts)
        return self

    def _fit_classes(self, components, counts):
        n_components = components.shape[1]
        sums = np.zeros((len(counts), n_components))
        np.add.at(sums, self.class_of_row_, components)
        self.means_ = (sums / counts[:, None]).astype(np.float32)
        centred = components - self.means_[self.class_of_row_]
        linked = np.zeros((n_components, n_components), dtype=bool)
        for rows in self.components_.rows_of_blocks_:
            linked[np.ix_(rows, rows)] = True
        common = centred.T @ centred / max(len(centred) - len(counts), 1)
        enough = min(_FOR_OWN_COVARIANCE * n_components, _MOST_FOR_OWN_COVARIANCE)
        roots = []
        for j, count in enumerate(counts):
            rows = centred[self.class_of_row_ == j]
            borrowed = max(0.0, 1 - count / enough) if len(counts) > 1 else 0.0
            own = rows.T @ rows / max(count - 1, 1)
            roots.append(_root(np.where(linked, (1 - borrowed) * own + borrowed * common, 0.0)))
        self.roots_ = np.stack(roots).astype(np.float32)

    def sample(self, rows, generator):
        """Draw windows in the units of those seen in ``fit``.

        Parameters
        ----------
        rows : Tensor of shape (n_draws,)
            The training windows for whose classes and conditions to draw.
        generator : torch.Generator

        Returns
        -------
        windows : ndarray of shape (n_draws, n_timesteps, n_channels)
        """
        if self.components_ is None:
            scores = torch.empty(len(rows), self.shape_[0], 0)
            return self.scaler_.inverse_transform(scores, generator)
        classes, rows = self.class_of_row_[rows.numpy()], rows.numpy()
        noise = torch.randn(len(rows), self.means_.shape[1], generator=generator).numpy()
        components = self.means_[classes] + self.expected_[rows]
        for j in np.unique(classes):
            components[classes == j] += noise[classes == j] @ self.roots_[j]
        left_out = self.components_.residual_
        if left_out is not None:
            left_out = torch.randn(len(rows), len(left_out), generator=generator) * left_out
        scores = self.components_.decode(torch.as_tensor(components), left_out)
        made = self.scaler_.inverse_transform(scores, generator)
        # scores of classes far apart meet where no class has values
        return np.clip(made, self.lowest_[classes][:, None], self.highest_[classes][:, None])


def _root(covariance):
    """Return the symmetric root of a covariance."""
    variances, axes = np.linalg.eigh(covariance)
    return (axes * np.sqrt(np.maximum(variances, 0))) @ axes.T
