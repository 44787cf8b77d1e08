"""The convolutional network behind the ready-made features of digits."""

from torch import nn

__all__ = ["N_FEATURES", "SIDE", "DigitNetwork"]

SIDE = 28  # pixels of an image, in height and in width
N_FEATURES = 64


class DigitNetwork(nn.Module):
    """A small convolutional classifier of digits; what it averages over the image are the features.

    Four convolutions of 3 × 3 pixels with batch normalisation and rectified outputs; after the first and the third,
    the largest of every 2 × 2 places; the mean over the 7 × 7 places that are left; a linear layer.

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
        """Return what the last convolution gives, averaged over the image.

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
