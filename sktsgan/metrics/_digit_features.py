"""Ready-made features of handwritten digits."""

from importlib.resources import files

import numpy as np
import torch
from safetensors.torch import load
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted
from torch import nn

from sktsgan._random import threads_for

__all__ = ["DigitFeatures", "DigitNetwork"]

_BATCH = 1000  # images
SIDE = 28  # pixels of an image, in height and in width
N_FEATURES = 64


class DigitFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Features of handwritten digits, by a small convolutional network that comes with the package.

    A transformer for :func:`frechet_distance` and :func:`precision_recall`. The network was trained on the first
    8,000 of the 10,000 test images of MNIST [1]_ and recognises 99.20 % of the other 2,000. ``fit`` learns only the
    range of the pixels.

    Attributes
    ----------
    data_min_ : float
        Smallest value seen in ``fit``, taken as background.
    data_max_ : float
        Largest value seen in ``fit``, taken as ink.

    See Also
    --------
    frechet_distance : Distance between the features of two sets.
    precision_recall : Quality and variety of generated items.

    Notes
    -----
    Four convolutions (16, 32, 48 and 64 channels), averaged over the image, give the 64 features; a linear layer on
    them predicts the digit. The network expects small bright digits in the middle of 28 × 28 dark pixels; for other
    pictures the features mean little. ``benchmarks/images/train_features.py`` trains it;
    ``metrics/data/digit_features.md`` names the training data and its licence.

    The features of an image depend only on its pixels and on the range seen in ``fit``. Fit on real images: generated
    ones that are too faint or too bright then differ from them.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
       recognition", Proceedings of the IEEE 86 (11), 1998.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import DigitFeatures, frechet_distance
    >>> one = np.zeros((28, 28), dtype=np.uint8)
    >>> one[5:23, 13:16] = 255
    >>> places = range(-4, 5)
    >>> ones = np.stack([np.roll(one, (i, j), axis=(0, 1)) for i in places for j in places])
    >>> network = DigitFeatures().fit(ones)
    >>> network.transform(ones).shape
    (81, 64)
    >>> int(np.bincount(network.predict(ones)).argmax())
    1
    >>> frechet_distance(ones, ones[:, ::-1], features=network) < 0.01
    True
    """

    def fit(self, X, y=None):
        """Learn the range of the pixels.

        Parameters
        ----------
        X : array-like of shape (n_images, 28, 28), (n_images, 28, 28, 1) or (n_images, 784)
            Images of digits, in any range of values.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If the images have another shape or values that are not finite, or all pixels are equal.
        """
        images = _check_images(X)
        low, high = float(images.min()), float(images.max())
        if low == high:
            raise ValueError(f"X must have pixels that differ, but all of them are {low:g}.")
        self.data_min_, self.data_max_ = low, high
        return self

    def transform(self, X):
        """Return the features of images.

        Parameters
        ----------
        X : array-like of shape (n_images, 28, 28), (n_images, 28, 28, 1) or (n_images, 784)
            Images in the range of values seen in ``fit``.

        Returns
        -------
        features : ndarray of shape (n_images, 64)
            float64, at least 0.

        Raises
        ------
        ValueError
            If the images have another shape or values that are not finite.
        """
        return self._compute(X, DigitNetwork.features)

    def predict(self, X):
        """Predict the digit in each image.

        Parameters
        ----------
        X : array-like of shape (n_images, 28, 28), (n_images, 28, 28, 1) or (n_images, 784)
            Images in the range of values seen in ``fit``.

        Returns
        -------
        y : ndarray of shape (n_images,)
            0 to 9.

        Raises
        ------
        ValueError
            If the images have another shape or values that are not finite.
        """
        return self._compute(X, DigitNetwork.forward).argmax(axis=1)

    def _compute(self, X, method):
        """Apply a method of the network to images, batch by batch."""
        check_is_fitted(self)
        scaled = (_check_images(X) - self.data_min_) / (self.data_max_ - self.data_min_)
        images = torch.from_numpy(scaled.astype(np.float32)).unsqueeze(1)
        network = _load_network()
        size = sum(parameter.numel() for parameter in network.parameters())
        # the number of threads and the precision change the result, so both are fixed
        with torch.inference_mode(), torch.autocast("cpu", enabled=False), threads_for(size):
            parts = [method(network, part) for part in images.split(_BATCH)]
        return torch.cat(parts).numpy().astype(np.float64)

    @property
    def _n_features_out(self):
        return N_FEATURES

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # only rows of 784 pixels
        tags.input_tags.three_d_array = True
        return tags


def _check_images(X):
    """Return images as a float64 array of shape (n_images, 28, 28)."""
    images = check_array(X, dtype=np.float64, allow_nd=True, input_name="X")
    if images.shape[1:] not in ((SIDE, SIDE), (SIDE, SIDE, 1), (SIDE * SIDE,)):
        raise ValueError(
            f"X must hold images of {SIDE} × {SIDE} pixels, with or without a channel or flat, got images of shape "
            f"{images.shape[1:]}."
        )
    return images.reshape(-1, SIDE, SIDE)


def _load_network():
    """Return the trained network, made without drawing random weights."""
    with torch.device("meta"):
        network = DigitNetwork()
    path = files("sktsgan.metrics") / "data" / "digit_features.safetensors"
    network.load_state_dict(load(path.read_bytes()), assign=True)
    return network.eval()


class DigitNetwork(nn.Module):
    """A small convolutional classifier of digits.

    Four convolutions of 3 × 3 pixels with batch normalisation and rectified outputs; max pooling over 2 × 2 pixels
    after the first and the third; the mean over the remaining 7 × 7 pixels, which is the features; a linear layer.

    Parameters
    ----------
    n_features : int, default=64
        Channels of the last convolution.
    """

    def __init__(self, n_features=N_FEATURES):
        super().__init__()
        self.convolutions = nn.Sequential(
            *_convolve(1, 16),
            nn.MaxPool2d(2),
            *_convolve(16, 32),
            *_convolve(32, 48),
            nn.MaxPool2d(2),
            *_convolve(48, n_features),
        )
        self.classify = nn.Linear(n_features, 10)

    def features(self, images):
        """Return the outputs of the last convolution, averaged over the image.

        Parameters
        ----------
        images : tensor of shape (B, 1, 28, 28)
            Background 0, ink 1.

        Returns
        -------
        features : tensor of shape (B, n_features)
            At least 0.
        """
        return self.convolutions(images).mean(dim=(2, 3))

    def forward(self, images):
        """Return the logits of the ten digits, a tensor of shape (B, 10)."""
        return self.classify(self.features(images))


def _convolve(n_in, n_out):
    return nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()
