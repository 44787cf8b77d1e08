"""Windows of scores to white components and back."""

import numpy as np
import torch
from sklearn.decomposition import PCA

__all__ = ["WindowComponents", "log_scale_floor", "scale_mix"]

_MAX_FIT_VALUES = 5e7
_RELATIVE_VARIANCE = 1e-6


def scale_mix(scores, floor):
    """Split windows into level, log-scale and shape.

    m = mean(x), v = ½ log(mean((x − m)²) + ε²), S = (x − m) / exp(v), each over time.

    Parameters
    ----------
    scores : Tensor of shape (n_windows, n_timesteps, n_channels)
    floor : Tensor of shape (n_channels,)
        ε, which keeps flat windows finite.

    Returns
    -------
    level, log_scale : Tensor of shape (n_windows, n_channels)
    shape : Tensor of shape (n_windows, n_timesteps, n_channels)
    """
    level = scores.mean(dim=1)
    residual = scores - level[:, None]
    log_scale = 0.5 * torch.log((residual**2).mean(dim=1) + floor**2)
    return level, log_scale, residual / torch.exp(log_scale)[:, None]


def log_scale_floor(scores):
    """Return ε of ``scale_mix``: a hundredth of the standard deviation of what is left of each level."""
    deviation = (scores - scores.mean(axis=1, keepdims=True)).std(axis=(0, 1))
    return torch.as_tensor(np.maximum(0.01 * deviation, 1e-6), dtype=torch.float32)


class WindowComponents:
    """Principal components of level, log-scale and shape, each of variance one.

    Parameters
    ----------
    max_components : int, default=512
        The most components that are kept. What the others would add is made as independent noise of
        the right variance, so that long windows keep their roughness.
    random_state : int
        Seed of the randomised solver, which scikit-learn takes for wide windows.
    """

    def __init__(self, max_components=512, *, random_state):
        self.max_components = max_components
        self.random_state = random_state

    def fit(self, scores, blocks=None):
        """Learn from scores of shape (n_windows, n_timesteps, n_channels).

        No component mixes channels of different ``blocks``, a list of arrays of channels; None is one block of all.
        """
        self.n_timesteps_, self.n_channels_ = scores.shape[1:]
        self.floor_ = log_scale_floor(scores)
        width = self.n_channels_ * (self.n_timesteps_ + 2)
        every = max(1, int(np.ceil(len(scores) * width / _MAX_FIT_VALUES)))
        flat = self._flatten(scores[::every])
        if blocks is None:
            blocks = [np.arange(self.n_channels_)]
        fitted = [self._fit_block(flat, self._columns(block)) for block in blocks]
        owners = np.concatenate([np.full(len(part[0]), i) for i, part in enumerate(fitted)])
        variance = np.concatenate([part[0] for part in fitted])
        # each block keeps what is large within it, all together no more than max_components
        kept = np.sort(np.argsort(-variance, kind="stable")[: self.max_components])
        axes, taken = np.zeros((len(kept), width)), 0
        self.rows_of_blocks_ = []
        for i, block in enumerate(blocks):
            own = np.flatnonzero(owners == i)
            wanted = np.isin(own, kept)
            rows = np.arange(taken, taken + wanted.sum())
            axes[np.ix_(rows, self._columns(block))] = fitted[i][1][wanted]
            taken += len(rows)
            if len(rows):
                self.rows_of_blocks_.append(rows)
        scale = np.sqrt(variance[kept])[:, None]
        self.mean_ = torch.as_tensor(flat.mean(axis=0), dtype=torch.float32)
        self.basis_ = torch.as_tensor(axes * scale, dtype=torch.float32)
        self.inverse_ = torch.as_tensor((axes / scale).T, dtype=torch.float32)
        cut = len(kept) < len(variance) or any(part[2] for part in fitted)
        self.residual_ = self._residual_scale(flat) if cut else None
        return self

    def _columns(self, block):
        """Return where a block's levels, log-scales and shapes are among the flat features."""
        steps = np.arange(self.n_timesteps_ + 2)[:, None] * self.n_channels_
        return (steps + block).ravel()

    def _fit_block(self, flat, columns):
        """Return variances and axes of a block's components, and whether there would be more."""
        n_components = min(len(flat) - 1, len(columns), self.max_components)
        with np.errstate(invalid="ignore"):  # shares of no variance, where all windows are the same
            pca = PCA(n_components, random_state=self.random_state).fit(flat[:, columns])
        variance = np.maximum(pca.explained_variance_, 1e-30)
        kept = variance >= variance[0] * _RELATIVE_VARIANCE
        return (
            variance[kept],
            pca.components_[kept],
            n_components < min(len(columns), len(flat) - 1),
        )

    def _residual_scale(self, flat):
        """Return the standard deviation per feature of what the kept components leave out."""
        flat = torch.as_tensor(flat[:: max(1, len(flat) // 4096)], dtype=torch.float32)
        missing = flat - self.decode_flat(self._project(flat))
        return missing.std(dim=0)

    def _flatten(self, scores):
        scores = torch.as_tensor(scores, dtype=torch.float32)
        return self.flatten(*scale_mix(scores, self.floor_)).double().numpy()

    @staticmethod
    def flatten(level, log_scale, shape):
        """Return the three parts side by side, of shape (n_windows, n_channels * (n_timesteps + 2))."""
        return torch.cat([level, log_scale, shape.flatten(1)], dim=1)

    def _project(self, flat):
        return (flat - self.mean_) @ self.inverse_

    def encode(self, scores):
        """Return the components, a float64 array of shape (n_windows, n_components)."""
        batches = [scores[i : i + 4096] for i in range(0, len(scores), 4096)]
        parts = [
            self._project(torch.as_tensor(self._flatten(b), dtype=torch.float32)) for b in batches
        ]
        return torch.cat(parts).double().numpy()

    def decode_flat(self, components):
        """Return level, log-scale and shape side by side."""
        return self.mean_ + components @ self.basis_

    def decode(self, components, residual=None):
        """Return windows of scores.

        Parameters
        ----------
        components : Tensor of shape (n_windows, n_components)
        residual : Tensor of shape (n_windows, n_channels * (n_timesteps + 2)), default=None
            Added to level, log-scale and shape.

        Returns
        -------
        scores : Tensor of shape (n_windows, n_timesteps, n_channels)
        """
        flat = self.decode_flat(components)
        if residual is not None:
            flat = flat + residual
        k = self.n_channels_
        # a score is within ±4 or so: a scale beyond e³ can't come from data, but exp would overflow on it
        log_scale = flat[:, k : 2 * k].clamp(-14.0, 3.0)
        shape = flat[:, 2 * k :].reshape(-1, self.n_timesteps_, k)
        return flat[:, None, :k] + torch.exp(log_scale)[:, None] * shape
