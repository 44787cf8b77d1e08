"""The rows of the image table, and what one of them fits and samples, in a process of its own."""

import warnings
from dataclasses import dataclass, field

import numpy as np
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state

from benchmarks._common._fits import Budget, set_known, time_sampling
from benchmarks._common._processes import limited_threads, peak_memory
from benchmarks.images._digits import load_digits
from sktsgan import DCGANSampler
from sktsgan.metrics import DigitFeatures, frechet_distance

__all__ = ["MODELS", "TUTORIAL_MLP", "ImageRow", "asked_digits", "fit_row", "make_model"]

MODELS = ("real", "gmm", "gmm-y", "mlp", "dcgan", "dcgan-y")

# The pair that tutorials call a DCGAN, as they train it.
TUTORIAL_MLP = {
    "architecture": "mlp",
    "latent_size": 100,
    "groups": None,
    "loss": "bce",
    "gradient_penalty": 0,
    "shift": 0,
    "generator_learning_rate": 2e-4,
    "discriminator_learning_rate": 2e-4,
    "schedule": "constant",
    "batch_size": 128,
}


class MixtureSampler:
    """A Gaussian mixture of principal components: of all images, or one of each class.

    The number of normals is the one of ``sizes`` whose images come closest to a fifth of the training images that is
    held out for that, by the Fréchet distance of the table: the best that the model can show there.

    Parameters
    ----------
    by_class : bool
        Whether each class has a mixture of its own.
    random_state : int
    n_components : int, default=100
        Principal components.
    """

    def __init__(self, by_class, random_state, n_components=100):
        self.by_class = by_class
        self.random_state = random_state
        self.n_components = n_components
        self.sizes = (1, 2, 4, 8) if by_class else (10, 20, 40, 80)

    def fit(self, X, y):
        """Learn from images of shape (n_images, 28, 28), uint8, and their labels."""
        self.shape_ = X.shape[1:]
        flat = X.reshape(len(X), -1) / 255
        self.pca_ = PCA(self.n_components, random_state=self.random_state).fit(flat)
        points, groups = self.pca_.transform(flat), y if self.by_class else np.zeros(len(y), int)
        self.labels_, groups = np.unique(groups, return_inverse=True)
        left_out = np.arange(len(X)) % 5 == 0
        network = DigitFeatures().fit(X)
        real = network.transform(X[left_out])
        distances = []
        for size in self.sizes:
            self._fit_mixtures(points[~left_out], groups[~left_out], size)
            made = self.sample(left_out.sum(), random_state=self.random_state)
            distances.append(frechet_distance(real, network.transform(made)))
        self.size_ = self.sizes[int(np.argmin(distances))]
        self._fit_mixtures(points, groups, self.size_)
        return self

    def _fit_mixtures(self, points, groups, size):
        self.shares_ = np.bincount(groups) / len(groups)
        self.mixtures_ = []
        for group in range(len(self.labels_)):
            mixture = GaussianMixture(size, reg_covar=1e-4, random_state=self.random_state)
            with warnings.catch_warnings(action="ignore"):  # a hundred steps are near enough
                self.mixtures_.append(mixture.fit(points[groups == group]))

    def sample(self, n_samples=1, *, prompt=None, random_state=None):
        """Return ``n_samples`` images, of the labels of ``prompt`` where it is given."""
        rng = check_random_state(random_state)
        if prompt is None:
            groups = rng.choice(len(self.shares_), n_samples, p=self.shares_)
        else:
            groups = np.searchsorted(self.labels_, prompt)
        points = np.empty((n_samples, self.n_components))
        for group in np.unique(groups):
            mixture, own = self.mixtures_[group], groups == group
            mixture.random_state = rng.randint(2**31)
            drawn = mixture.sample(own.sum())[0]
            points[own] = rng.permutation(drawn)  # they come in the order of the normals
        images = np.clip(255 * self.pca_.inverse_transform(points), 0, 255)
        return images.round().astype(np.uint8).reshape(n_samples, *self.shape_)


@dataclass(frozen=True)
class ImageRow:
    """What a row fits.

    Parameters
    ----------
    model : str
        One of ``MODELS`` other than ``"real"``.
    directory : str
        Of the data.
    seeds : int
    n_samples : int
        Images sampled without a prompt; with one, a fifth of that.
    seconds : float or None
        Budget of a fit; None leaves ``max_iter`` at its default.
    by_processor : bool
        Whether the budget is processor time.
    device : str
    threads : int
    changes : dict
        Parameters of the rows ``"dcgan"`` and ``"dcgan-y"``.
    """

    model: str
    directory: str
    seeds: int = 1
    n_samples: int = 10_000
    seconds: float | None = None
    by_processor: bool = False
    device: str = "cpu"
    threads: int = 2
    changes: dict = field(default_factory=dict)

    @property
    def by_class(self):
        """Whether digits can be prompted for."""
        return self.model.endswith("-y")


def asked_digits(n_samples):
    """Return the digits that a fifth of ``n_samples`` images are prompted for, each as often, in order."""
    return np.repeat(np.arange(10), n_samples // 50)


def make_model(row, seed):
    """Return the unfitted sampler of a row."""
    if row.model.startswith("gmm"):
        return MixtureSampler(row.by_class, seed)
    model = DCGANSampler(device=row.device, random_state=seed)
    if row.model == "mlp":
        return model.set_params(**TUTORIAL_MLP)
    return set_known(model, row.changes)


def fit_row(row):
    """Return what the fits of a row made and cost.

    Returns
    -------
    made : dict
        ``fits``, for each seed a dict with ``free``, images without a prompt, ``prompted``, images of
        ``asked_digits`` or None, and what they cost; ``memory``, the peak of the process in MiB.
    """
    with limited_threads(row.threads):
        X, y, _, _ = load_digits(row.directory)
        training_set = (X, y) if row.by_class or row.model == "gmm" else (X,)
        budget = Budget(row.seconds, by_processor=row.by_processor)
        budget.plan(make_model(row, 0), *training_set)
        fits = [_fit(row, seed, budget, training_set) for seed in range(row.seeds)]
        return {"fits": fits, "memory": peak_memory()}


def _fit(row, seed, budget, training_set):
    """Fit and sample once; return the images, seconds and warnings."""
    model = make_model(row, seed)
    cost = budget.fit(model, *training_set)
    free, rate = time_sampling(model, row.n_samples, seed)
    prompted = None
    if row.by_class:
        labels = asked_digits(row.n_samples)
        prompted = model.sample(len(labels), prompt=labels, random_state=seed)
    return cost | {
        "free": free,
        "prompted": prompted,
        "normals": getattr(model, "size_", None),
        "images_per_second": rate,
    }
