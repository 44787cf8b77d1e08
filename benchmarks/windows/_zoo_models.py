"""The rows of the tables: the package's samplers, and simple ones to compare them with."""

import numpy as np
from scipy.stats import norm
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state

from benchmarks._common._fits import set_known
from benchmarks.windows._models import GaussianSampler
from sktsgan import CopulaSampler, NeighborSampler, TransformerGANSampler
from sktsgan.metrics._distances import flat_and_scaled
from sktsgan.samplers.published import TTSGAN

__all__ = ["CURVE", "MODELS", "OWN", "make_model"]

_GRID_VALUES = 1000  # most distinct values of a channel that is on a grid


class NoisyCopySampler:
    """Return training windows with noise of .02 standard deviations of each channel."""

    def fit(self, X):
        """Keep the windows."""
        self.windows_, self.noise_ = X, 0.02 * X.std(axis=(0, 1))
        return self

    def sample(self, n_samples=1, *, random_state=None):
        """Return ``n_samples`` windows, drawn with replacement."""
        rng = check_random_state(random_state)
        drawn = self.windows_[rng.randint(len(self.windows_), size=n_samples)]
        return drawn + self.noise_ * rng.normal(size=drawn.shape)


class SmoteSampler:
    """Draw a window between a training window and one of its five nearest neighbours; values of a grid stay on it."""

    def fit(self, X):
        """Find the neighbours, each channel divided by its standard deviation."""
        (scaled,) = flat_and_scaled({"X": X}, None)
        self.windows_ = X
        self.neighbors_ = NearestNeighbors(n_neighbors=5).fit(scaled).kneighbors()[1]
        return self

    def sample(self, n_samples=1, *, random_state=None):
        """Return ``n_samples`` windows."""
        rng = check_random_state(random_state)
        rows = rng.randint(len(self.windows_), size=n_samples)
        others = self.neighbors_[rows, rng.randint(5, size=n_samples)]
        way = rng.uniform(size=(n_samples, 1, 1))
        made = self.windows_[rows] + way * (self.windows_[others] - self.windows_[rows])
        for channel in range(made.shape[2]):
            seen = np.unique(self.windows_[..., channel])
            if len(seen) <= _GRID_VALUES:
                made[..., channel] = _nearest(made[..., channel], seen, seen)
        return made


class LocalGaussianSampler:
    """Draw from the Gaussian of a training window and its nearest neighbours.

    Both are computed on normal scores: each value becomes the normal quantile of its mid-rank among the values of its
    channel. New values of a channel on a grid are rounded to the nearest value in training.

    Parameters
    ----------
    n_neighbors : int
        Number of windows of a Gaussian.
    """

    _CHUNK = 200  # windows whose neighbourhoods are in memory at once

    def __init__(self, n_neighbors):
        self.n_neighbors = n_neighbors

    def fit(self, X):
        """Find the neighbours."""
        self.shape_ = X.shape[1:]
        self.knots_ = [_normal_scores(X[..., channel]) for channel in range(X.shape[2])]
        scores = [np.interp(X[..., i], *knots) for i, knots in enumerate(self.knots_)]
        self.scores_ = np.stack(scores, axis=2).reshape(len(X), -1)
        n_neighbors = min(self.n_neighbors, len(X))
        index = NearestNeighbors(n_neighbors=n_neighbors).fit(self.scores_)
        self.neighbors_ = index.kneighbors(self.scores_)[1]
        return self

    def sample(self, n_samples=1, *, random_state=None):
        """Return ``n_samples`` windows."""
        rng = check_random_state(random_state)
        rows = rng.randint(len(self.scores_), size=n_samples)
        made = [
            self._draw(rows[i : i + self._CHUNK], rng) for i in range(0, n_samples, self._CHUNK)
        ]
        made = np.concatenate(made).reshape(n_samples, *self.shape_)
        values = [_from_scores(made[..., i], *knots) for i, knots in enumerate(self.knots_)]
        return np.stack(values, axis=2)

    def _draw(self, rows, rng):
        near = self.scores_[self.neighbors_[rows]]
        mean = near.mean(axis=1, keepdims=True)
        weights = rng.normal(size=near.shape[:2]) / np.sqrt(near.shape[1] - 1)
        # weighted sums of centred neighbours have their covariance, which need not be computed
        return mean[:, 0] + np.einsum("nk,nkd->nd", weights, near - mean)


def _normal_scores(values):
    """Return the distinct values and the normal quantile of each one's mid-rank."""
    values, counts = np.unique(values, return_counts=True)
    return values, norm.ppf((counts.cumsum() - counts / 2) / counts.sum())


def _from_scores(scores, values, knots):
    """Return values of normal scores; on a grid, the nearest value in training."""
    if len(values) > _GRID_VALUES:
        return np.interp(scores, knots, values)
    return _nearest(scores, knots, values)


def _nearest(places, knots, values):
    """Return the value of the knot that is nearest to each place."""
    return values[np.searchsorted((knots[1:] + knots[:-1]) / 2, places)]


CURVE = ("local-10", "local-20", "local-40", "local-80", "local-160")
OWN = ("copula", "neighbors", "pair", "gated")

# makes the sampler of a row, given its random_state; the row "real" has none
MODELS = {
    "real": None,
    **{name: lambda seed, k=int(name[6:]): LocalGaussianSampler(k) for name in CURVE},
    "copy": lambda seed: NoisyCopySampler(),
    "smote": lambda seed: SmoteSampler(),
    "gaussian": lambda seed: GaussianSampler(),
    "plain-gan": lambda seed: TransformerGANSampler(**TTSGAN, random_state=seed, device="cpu"),
    "copula": lambda seed: CopulaSampler(random_state=seed),
    "neighbors": lambda seed: NeighborSampler(random_state=seed),
    "pair": lambda seed: TransformerGANSampler(refine="always", random_state=seed, device="cpu"),
    "gated": lambda seed: TransformerGANSampler(random_state=seed, device="cpu"),
}


def make_model(name, seed, changes):
    """Return the unfitted sampler of a row; ``changes`` are parameters of the rows ``"pair"`` and ``"gated"``."""
    model = MODELS[name](seed)
    return set_known(model, changes) if name in ("pair", "gated") else model
