"""The rows of the fidelity table that are samplers: the package's, and two trivial ones."""

import numpy as np
import torch
from sklearn.utils import check_random_state

from benchmarks._common._fits import set_known
from sktsgan import CopulaSampler, NeighborSampler, TimeGANSampler, TransformerGANSampler
from sktsgan.samplers.published import TIMEGAN, TTSGAN

__all__ = ["MODELS", "count_parameters", "make_model"]

MODELS = (
    "real",
    "copy",
    "gaussian",
    "transformer-always",
    "copula",
    "neighbors",
    "plain",
    "transformer-none",
    "transformer",
    "timegan-published",
    "timegan",
)


class CopySampler:
    """Give training windows back: each once, in random order, before any comes again."""

    def fit(self, X):
        """Keep the windows."""
        self.windows_ = X
        return self

    def sample(self, n_samples=1, *, random_state=None):
        """Return ``n_samples`` training windows."""
        rng, n_windows = check_random_state(random_state), len(self.windows_)
        rounds = [rng.permutation(n_windows) for _ in range(-(-n_samples // n_windows))]
        return self.windows_[np.concatenate(rounds)[:n_samples]]


class GaussianSampler:
    """Draw flattened windows from a normal with their mean and full covariance."""

    def fit(self, X):
        """Learn mean and covariance of windows of shape (n_windows, n_timesteps, n_channels)."""
        self.shape_ = X.shape[1:]
        flat = X.reshape(len(X), -1)
        self.mean_ = flat.mean(axis=0)
        variances, axes = np.linalg.eigh(np.cov(flat, rowvar=False))
        self.factor_ = np.sqrt(np.maximum(variances, 0))[:, None] * axes.T
        return self

    def sample(self, n_samples=1, *, random_state=None):
        """Return ``n_samples`` windows."""
        noise = check_random_state(random_state).normal(size=(n_samples, len(self.mean_)))
        return (self.mean_ + noise @ self.factor_).reshape(n_samples, *self.shape_)


class PublishedTimeGAN(TimeGANSampler):
    """The published configuration, whose three phases are equally long within any budget."""

    def set_params(self, **params):
        """Set parameters; ``max_iter`` is the length of each phase."""
        if "max_iter" in params:
            params = {"pretraining": (params["max_iter"],) * 2} | params
        return super().set_params(**params)


def make_model(name, seed, device, changes):
    """Return an unfitted sampler.

    Parameters
    ----------
    name : str
        One of ``MODELS`` other than ``"real"``.
    seed : int
        Its ``random_state``.
    device : str
        For those that train.
    changes : dict
        Parameters to set, of the row ``"transformer"`` only.
    """
    if name == "copy":
        return CopySampler()
    if name == "gaussian":
        return GaussianSampler()
    if name == "copula":
        return CopulaSampler(random_state=seed)
    if name == "neighbors":
        return NeighborSampler(random_state=seed)
    if name == "timegan-published":
        return PublishedTimeGAN(**TIMEGAN, device=device, random_state=seed)
    if name == "timegan":
        return TimeGANSampler(device=device, random_state=seed)
    own = {
        "plain": TTSGAN,
        "transformer-always": {"refine": "always"},
        "transformer-none": {"base": None},
    }
    model = TransformerGANSampler(**own.get(name, {}), device=device, random_state=seed)
    return set_known(model, changes if name == "transformer" else {})


def count_parameters(model):
    """Return how many numbers a fitted model holds.

    Of a pair of networks these are the trainable ones of both; of a closed-form model, all floating-point numbers
    that it keeps.
    """
    net = getattr(model, "net_", None)
    if net is not None:
        return sum(p.numel() for n in (net.module_, net.discriminator_) for p in n.parameters())
    return _count_numbers(model, seen=set())


def _count_numbers(thing, seen):
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, torch.Tensor):
        return thing.numel() if thing.is_floating_point() else 0
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        return thing.size if np.issubdtype(thing.dtype, np.floating) else 0
    if isinstance(thing, dict):
        parts = thing.values()
    elif isinstance(thing, list | tuple):
        parts = thing
    else:
        parts = getattr(thing, "__dict__", {}).values()
    return sum(_count_numbers(part, seen) for part in parts)
