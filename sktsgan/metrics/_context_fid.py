"""The Fréchet distance between windows as a small network, trained on the real ones, represents them."""

import numbers

import numpy as np
import torch
from sklearn.utils import check_scalar
from torch import nn

from sktsgan._random import draw_seed, local_torch_seed, threads_for
from sktsgan.containers._windows import check_window_pair
from sktsgan.metrics._frechet import frechet_distance

__all__ = ["WindowEncoder", "context_fid"]

_HIDDEN, _FEATURES = 32, 32
_MAX_DILATION = 8
_BATCH = 32
_MASKED = 0.5  # chance that a step is hidden from a view
_TEMPERATURE = 0.2
_CHUNK = 4096  # windows represented at once, to bound memory

# Standard deviations: values further off, from a diverged generator, are cut off.
_MAX_SCALED = 10.0


def context_fid(real, synthetic, *, max_iter=200, n_channels=None, random_state=None):
    """Return the squared Fréchet distance between representations of windows, learnt from the real ones.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows, on which the encoder is trained.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    max_iter : int, default=200
        Training steps of the encoder.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    random_state : int, RandomState instance or None, default=None
        Controls the encoder's initial weights and its training. None draws a fresh seed.

    Returns
    -------
    distance : float
        At least 0, without a unit; **lower is better**, 0 is best. Two finite real sets have a distance above 0:
        state it beside that of two real sets of the same sizes.

    Raises
    ------
    ValueError
        If a set has fewer than two windows, the windows differ in shape, or ``max_iter`` is less than 1.
    TypeError
        If ``max_iter`` is not an integer.

    See Also
    --------
    frechet_distance : The same distance of features of your own.

    Notes
    -----
    After the Context-FID of [1]_, whose idea it keeps: the encoder is trained without labels on the real windows, and
    normal distributions are fitted to the representations of both sets. **The values are not comparable with
    published ones**, which use TS2Vec [2]_. That encoder has eleven residual blocks, the last of 320 channels, and is
    trained for 600 steps on random crops. Here it has up to four residual blocks of dilated convolutions (dilations
    1, 2, 4, 8) of 32 channels, 32 features, and ``max_iter`` steps of AdamW (learning rate 0.001) on batches of 32:
    two to five seconds on one core. Two views of a window hide half of the steps each; a contrastive loss asks to
    find the other view of a window among those of the batch, by features that are the maximum over steps. There are no
    crops and no contrast between steps. All features are divided by one number, their standard deviation in the real
    set, so that the distance has no unit.

    Channels are standardised by the real set, and values beyond ten standard deviations cut off.

    References
    ----------
    .. [1] P. Jeha et al., "PSA-GAN: Progressive self attention GANs for synthetic time series", ICLR 2022.
    .. [2] Z. Yue et al., "TS2Vec: Towards universal representation of time series", AAAI 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import context_fid
    >>> real, fresh = np.random.default_rng(0).normal(size=(2, 200, 8, 2)).cumsum(axis=2)
    >>> context_fid(real, fresh, random_state=0) < context_fid(real, fresh + 1, random_state=0)
    True
    """
    check_scalar(max_iter, "max_iter", numbers.Integral, min_val=1)
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    encoder = WindowEncoder(max_iter, draw_seed(random_state)).fit(real)
    return frechet_distance(encoder.transform(real), encoder.transform(synthetic))


class WindowEncoder:
    """Representations of windows by a network that was trained on real ones; see :func:`context_fid`.

    Parameters
    ----------
    max_iter : int
        Training steps.
    seed : int
        Controls initial weights, batches and masks.
    """

    def __init__(self, max_iter, seed):
        self.max_iter = max_iter
        self.seed = seed

    def fit(self, X):
        """Train the network on windows of shape (n_windows, n_timesteps, n_channels)."""
        self.mean_ = X.mean(axis=(0, 1))
        deviation = X.std(axis=(0, 1))
        self.deviation_ = np.where(deviation > 0, deviation, 1.0)
        with local_torch_seed(self.seed), threads_for(0):
            self.network_ = _Network(*X.shape[1:])
            _train(self.network_, self._scaled(X), self.max_iter)
        made = self._represent(X)
        self.scale_ = np.sqrt(np.mean((made - made.mean(axis=0)) ** 2)) or 1.0
        return self

    def transform(self, X):
        """Return the representations of windows, an array of shape (n_windows, 32)."""
        return self._represent(X) / self.scale_

    def _scaled(self, X):
        scaled = np.clip((X - self.mean_) / self.deviation_, -_MAX_SCALED, _MAX_SCALED)
        return torch.from_numpy(scaled.transpose(0, 2, 1).copy()).float()

    def _represent(self, X):
        with torch.no_grad(), threads_for(0):
            made = [self.network_(part) for part in self._scaled(X).split(_CHUNK)]
        return torch.cat(made).double().numpy()


class _Network(nn.Module):
    """Residual blocks of dilated convolutions, then the maximum over steps."""

    def __init__(self, n_timesteps, n_channels):
        super().__init__()
        self.read = nn.Conv1d(n_channels, _HIDDEN, 1)
        dilations = [2**i for i in range(4) if 2**i <= min(_MAX_DILATION, n_timesteps)]
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.GELU(),
                nn.Conv1d(_HIDDEN, _HIDDEN, 3, padding=dilation, dilation=dilation),
                nn.GELU(),
                nn.Conv1d(_HIDDEN, _HIDDEN, 3, padding=dilation, dilation=dilation),
            )
            for dilation in dilations
        )
        self.write = nn.Conv1d(_HIDDEN, _FEATURES, 1)

    def forward(self, windows, seen=None):
        """Map windows (B, C, T) to features (B, F); where ``seen``, of shape (B, 1, T), is 0, a step is hidden."""
        states = self.read(windows)
        if seen is not None:
            states = states * seen
        for block in self.blocks:
            states = states + block(states)
        return self.write(states).amax(dim=2)


def _train(network, windows, max_iter):
    """Train the network, in place, to find the other view of a window among those of a batch."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    size = min(_BATCH, len(windows))
    answers = torch.arange(size)
    for _ in range(max_iter):
        batch = windows[torch.randperm(len(windows))[:size]]
        views = [network(batch, _draw_mask(batch)) for _ in range(2)]
        first, second = (nn.functional.normalize(view, dim=1) for view in views)
        likeness = first @ second.T / _TEMPERATURE
        loss = sum(
            nn.functional.cross_entropy(logits, answers) for logits in (likeness, likeness.T)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _draw_mask(windows):
    """Return 1 for the steps that a view shows; a window of one step shows it."""
    B, _, T = windows.shape
    return (torch.rand(B, 1, T) > _MASKED).float() if T > 1 else torch.ones(B, 1, T)
