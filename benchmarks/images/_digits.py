"""Handwritten digits, and a classifier of them trained from scratch."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from sktsgan.metrics._digit_features import DigitNetwork

__all__ = ["FILE", "as_tensor", "classify", "load_digits", "load_or_train", "train_classifier"]

FILE = "mnist10k.npz"
_TRAIN_SHARE = 0.8
_BATCH = 100
_PEAK_RATE = 1e-2


def load_digits(directory):
    """Return images and labels to train on, and images and labels held out.

    Parameters
    ----------
    directory : str or Path
        Holds ``mnist10k.npz``: ``images`` of shape (10000, 28, 28), uint8, and ``labels``.

    Returns
    -------
    X, y, X_held_out, y_held_out : ndarray
        The first four fifths of the images, 8,000, and the last fifth.
    """
    with np.load(Path(directory) / FILE, allow_pickle=False) as data:
        images, labels = data["images"], data["labels"].astype(np.int64)
    n_train = round(_TRAIN_SHARE * len(images))
    return images[:n_train], labels[:n_train], images[n_train:], labels[n_train:]


def as_tensor(images):
    """Return uint8 images of shape (n, 28, 28) as networks read them: (n, 1, 28, 28) from 0 to 1."""
    return torch.from_numpy(np.ascontiguousarray(images)).float().div_(255).unsqueeze(1)


def _distort(images, generator):
    """Turn, stretch, shear and shift images a little, each on its own."""
    n = len(images)
    angle, shear = (0.25 * (2 * torch.rand(2, n, generator=generator) - 1)).unbind()
    across, down = (1 + 0.15 * (2 * torch.rand(2, n, generator=generator) - 1)).unbind()
    shift = 0.15 * (2 * torch.rand(n, 2, generator=generator) - 1)  # of half a side
    turned = torch.stack(
        [
            torch.stack([across * angle.cos(), shear - angle.sin(), shift[:, 0]], dim=1),
            torch.stack([angle.sin(), down * angle.cos(), shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(turned, images.shape, align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def train_classifier(images, labels, *, seed, n_epochs, report=None):
    """Return a network that tells digits, trained on distorted images.

    Cross-entropy, Adam with decoupled weight decay, a learning rate that rises and falls once. Random numbers are
    those of ``seed``; the global states are left as they were.

    Parameters
    ----------
    images : ndarray of shape (n_images, 28, 28)
        uint8.
    labels : ndarray of shape (n_images,)
        0 to 9.
    seed, n_epochs : int
    report : callable, default=None
        Called with the number of the epoch and the network after each.

    Returns
    -------
    network : DigitNetwork
        In evaluation mode.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = DigitNetwork()
    images, labels = as_tensor(images), torch.from_numpy(labels)
    steps = len(images) // _BATCH
    optimizer = torch.optim.AdamW(network.parameters(), lr=_PEAK_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _PEAK_RATE, total_steps=n_epochs * steps
    )
    for epoch in range(n_epochs):
        network.train()
        order = torch.randperm(len(images), generator=generator)
        for rows in order[: steps * _BATCH].split(_BATCH):
            loss = F.cross_entropy(network(_distort(images[rows], generator)), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        if report is not None:
            report(epoch, network.eval())
    return network.eval()


def classify(network, images):
    """Return the digit that a network sees in each image, an array of shape (n_images,)."""
    with torch.inference_mode():
        parts = [network(part).argmax(dim=1) for part in as_tensor(images).split(1000)]
    return torch.cat(parts).numpy()


def load_or_train(directory, path, n_epochs, *, seed=1):
    """Return a classifier of digits, read from ``path`` where that is a file, else trained and written there.

    Parameters
    ----------
    directory : str or Path
        Of the data.
    path : Path or None
        None trains it and writes nothing.
    n_epochs, seed : int
        Of the training.
    """
    if path is not None and path.exists():
        network = DigitNetwork()
        network.load_state_dict(load_file(path))
        return network.eval()
    X, y, _, _ = load_digits(directory)
    network = train_classifier(X, y, seed=seed, n_epochs=n_epochs)
    if path is not None:
        save_file(network.state_dict(), path)
    return network
