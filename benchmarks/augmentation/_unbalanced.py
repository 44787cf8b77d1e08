"""Data sets made unbalanced, and the over-samplers that are to mend them."""

import numpy as np

from sktsgan import GANOverSampler

__all__ = ["DATASETS", "OVER_SAMPLERS", "load_dataset", "unbalance"]

DATASETS = ("GunPoint", "ItalyPowerDemand", "ArrowHead", "BasicMotions")
_RATIO = 10
_FEWEST = 2  # windows of a class: SMOTE needs a neighbour
_JITTER = 0.05  # of a channel's standard deviation


def load_dataset(name):
    """Return training windows, their labels, test windows and theirs, of a set that aeon bundles.

    Windows have the shape (n_windows, n_timesteps, n_channels).
    """
    from aeon.datasets import load_classification

    parts = []
    for split in ("train", "test"):
        X, y = load_classification(name, split=split)
        parts += [X.transpose(0, 2, 1), y]
    return parts


def unbalance(y, seed, ratio=_RATIO):
    """Return which windows to keep so that half of the classes, rounded down, are ``ratio`` times smaller.

    The step imbalance of Buda, Maki and Mazurowski (2018). The seed draws the classes and their windows.

    Returns
    -------
    kept : ndarray of bool of shape (n_windows,)
    """
    rng = np.random.default_rng(seed)
    labels, counts = np.unique(y, return_counts=True)
    n_left = max(_FEWEST, round(counts.max() / ratio))
    kept = np.ones(len(y), dtype=bool)
    for label in rng.permutation(labels)[: max(1, len(labels) // 2)]:
        rows = rng.permutation(np.flatnonzero(y == label))
        kept[rows[n_left:]] = False
    return kept


def _resample_flat(over_sampler, X, y):
    flat, labels = over_sampler.fit_resample(X.reshape(len(X), -1), y)
    return flat.reshape(-1, *X.shape[1:]), labels


def leave(X, y, seed):
    """Return the windows as they are."""
    return X, y


def repeat(X, y, seed):
    """Repeat windows of small classes."""
    from imblearn.over_sampling import RandomOverSampler

    return _resample_flat(RandomOverSampler(random_state=seed), X, y)


def interpolate(X, y, seed):
    """SMOTE, with as many neighbours as there are, up to its default of five."""
    from imblearn.over_sampling import SMOTE

    n_neighbors = min(5, np.unique(y, return_counts=True)[1].min() - 1)
    return _resample_flat(SMOTE(k_neighbors=n_neighbors, random_state=seed), X, y)


def jitter(X, y, seed):
    """Repeat windows of small classes with white noise on them (Um et al. 2017)."""
    more, labels = repeat(X, y, seed)
    noise = np.random.default_rng(seed).normal(size=more[len(X) :].shape)
    more[len(X) :] += _JITTER * X.std(axis=(0, 1)) * noise
    return more, labels


def generate(X, y, seed):
    """GANOverSampler with its defaults."""
    return GANOverSampler(random_state=seed).fit_resample(X, y)


OVER_SAMPLERS = {
    "none": leave,
    "random": repeat,
    "SMOTE": interpolate,
    "jitter": jitter,
    "GANOverSampler": generate,
}
