"""Two sets of windows in the plane: by principal components and by t-SNE."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import check_random_state

from sktsgan._random import draw_seed
from sktsgan.metrics._plane import fit_normal, normal_kl, project_pair

__all__ = ["Projection", "project"]

_MAX_TSNE_INPUTS = 50  # components: with more, t-SNE's search for neighbours slows down


@dataclass(frozen=True)
class Projection:
    """Two sets in the plane, with a normal distribution fitted to each.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_points, 2)
        Points to draw, a random part of each set.
    real_normal, synthetic_normal : tuple of (mean, covariance)
        Arrays of shapes (2,) and (2, 2).
    """

    real: np.ndarray
    synthetic: np.ndarray
    real_normal: tuple
    synthetic_normal: tuple

    @property
    def divergence(self):
        """KL(real‖synthetic) of the two normal distributions, in nats."""
        return normal_kl(self.real_normal, self.synthetic_normal)


def project(real, synthetic, names, max_points, random_state):
    """Return the projections ("pca" or "tsne") of two sets by name, given the rows of ``comparable_pair``.

    At most ``max_points`` points of each set are kept. ``random_state`` controls which ones, and t-SNE.
    """
    rng = check_random_state(draw_seed(random_state))
    kept = [
        rng.permutation(len(windows))[: min(max_points, len(real), len(synthetic))]
        for windows in (real, synthetic)
    ]
    make = {"pca": _by_pca, "tsne": _by_tsne}
    return {name: make[name](real, synthetic, kept, draw_seed(rng)) for name in names}


def _by_pca(real, synthetic, kept, seed):
    """Fit the normal distributions to all items, as the score does, and keep some of the points."""
    real, synthetic = project_pair(real, synthetic)
    return Projection(real[kept[0]], synthetic[kept[1]], fit_normal(real), fit_normal(synthetic))


def _by_tsne(real, synthetic, kept, seed):
    """Embed some items of both sets together; all of them would take too long."""
    both = np.vstack([real[kept[0]], synthetic[kept[1]]])
    if min(both.shape) > _MAX_TSNE_INPUTS:
        both = PCA(_MAX_TSNE_INPUTS, random_state=seed).fit_transform(both)
    tsne = TSNE(
        perplexity=min(30, (len(both) - 1) / 3),
        init="pca" if both.std(axis=0).any() else "random",
        random_state=seed,
    )
    points = tsne.fit_transform(both).astype(float)
    real, synthetic = np.split(points, 2)
    return Projection(real, synthetic, fit_normal(real), fit_normal(synthetic))
