"""Convolutional and fully connected networks for images."""

import math

import torch
from torch import nn

__all__ = [
    "ConvDiscriminator",
    "ConvGenerator",
    "DenseDiscriminator",
    "DenseGenerator",
    "image_sizes",
]

_LEAST_SIDE = 7  # pixels; longer sides of a map are halved again
_MOST_DOUBLINGS = 3
_SLOPE = 0.2
_DENSE_WIDTHS = (256, 512, 1024)


def image_sizes(height, width):
    """Return the (height, width) of each map of an image, its own first.

    Each side is halved and rounded up from map to map while it is above 7.
    """
    sizes = [(height, width)]
    while max(sizes[-1]) > _LEAST_SIDE:
        sizes.append(tuple(-(-s // 2) if s > _LEAST_SIDE else s for s in sizes[-1]))
    return sizes


def _map_widths(width, sizes):
    """Return the numbers of channels of the maps, which double as sides are halved, at most three times."""
    return [width * 2 ** min(i, _MOST_DOUBLINGS) for i in range(max(1, len(sizes) - 1))]


def _layer(kind, in_channels, out_channels, before, after):
    """Return a convolution between maps of two sizes, ``before`` the larger one; each side is halved or kept."""
    strides = [1 if a == b else 2 for a, b in zip(before, after, strict=True)]
    transposed = kind is nn.ConvTranspose2d
    # a kernel of 3 halves an odd side; the way back makes one row too many, which is cut off
    kernel = [
        4 if s == 2 and (transposed or b % 2 == 0) else 3
        for s, b in zip(strides, before, strict=True)
    ]
    return kind(in_channels, out_channels, kernel, strides, padding=1)


def _normalise(channels, size):
    """Return batch normalisation, or none for maps of one pixel, which fails for a batch of one image."""
    return nn.BatchNorm2d(channels) if math.prod(size) > 1 else nn.Identity()


def _start_as_published(network):
    """Draw weights from N(0, 0.02²) (Radford et al. 2016, sec. 4), and set biases to 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


class _Upsample(nn.Module):
    """Transposed convolution that doubles the sides of a map and cuts it to ``size``."""

    def __init__(self, in_channels, out_channels, size, smaller):
        super().__init__()
        self.size = size
        self.convolution = _layer(nn.ConvTranspose2d, in_channels, out_channels, size, smaller)

    def forward(self, x):
        height, width = self.size
        return self.convolution(x)[..., :height, :width]


class ConvGenerator(nn.Module):
    """Maps noise to images by transposed convolutions (Radford et al. 2016, fig. 1).

    A linear layer maps noise and conditions to the smallest map. Transposed convolutions of stride 2, batch
    normalisation and ReLU lead from map to map, and tanh to [−1, 1].

    Parameters
    ----------
    noise_size : int
    image_shape : tuple of (int, int, int)
        Channels, height, width.
    n_conditions : int
    width : int
        Number of channels of the largest map; it doubles as sides are halved, at most three times.
    """

    memory_format = torch.channels_last  # a fifth faster than the default

    def __init__(self, noise_size, image_shape, n_conditions, width):
        super().__init__()
        channels, *size = image_shape
        sizes = image_sizes(*size)
        widths = _map_widths(width, sizes)
        self.top = widths[-1], *sizes[-1]
        self.linear = nn.Linear(noise_size + n_conditions, math.prod(self.top))
        layers = [_normalise(widths[-1], sizes[-1]), nn.ReLU()]
        for i in range(len(widths) - 1, 0, -1):
            layers += [
                _Upsample(widths[i], widths[i - 1], sizes[i], sizes[i + 1]),
                _normalise(widths[i - 1], sizes[i]),
                nn.ReLU(),
            ]
        layers.append(_Upsample(widths[0], channels, sizes[0], sizes[min(1, len(sizes) - 1)]))
        self.maps = nn.Sequential(*layers, nn.Tanh())
        self.to(memory_format=self.memory_format)
        _start_as_published(self)

    def forward(self, noise, conditions=None):
        """Map noise of shape (B, noise_size) and conditions (B, n_conditions) to images of shape (B, C, H, W)."""
        if conditions is not None:
            noise = torch.cat([noise, conditions], dim=1)
        maps = self.linear(noise).unflatten(1, self.top)
        return self.maps(maps.contiguous(memory_format=self.memory_format))


class ConvDiscriminator(nn.Module):
    """Maps images to logits by strided convolutions (Radford et al. 2016), with conditions by projection.

    Convolutions of stride 2 and LeakyReLU compute features φ(x). The logit is wᵀφ(x) + b + cᵀVφ(x) for conditions c
    (Miyato and Koyama 2018, eq. 3).

    Parameters
    ----------
    image_shape : tuple of (int, int, int)
        Channels, height, width.
    n_conditions : int
    width : int
        Number of channels of the largest map.
    """

    memory_format = torch.channels_last

    def __init__(self, image_shape, n_conditions, width):
        super().__init__()
        channels, *size = image_shape
        sizes = image_sizes(*size)
        widths = [channels, *_map_widths(width, sizes)]
        layers = []
        for i, (before, after) in enumerate(zip(widths, widths[1:], strict=False)):
            halves = sizes[i], sizes[min(i + 1, len(sizes) - 1)]
            layers += [_layer(nn.Conv2d, before, after, *halves), nn.LeakyReLU(_SLOPE)]
        self.features = nn.Sequential(*layers, nn.Flatten())
        n_features = widths[-1] * math.prod(sizes[-1])
        self.logit = nn.Linear(n_features, 1)
        self.projection = nn.Linear(n_conditions, n_features, bias=False) if n_conditions else None
        self.to(memory_format=self.memory_format)
        _start_as_published(self)

    def forward(self, tokens, conditions=None):
        """Map a tuple of one tensor of shape (B, C, H, W) and conditions (B, n_conditions) to logits of shape (B,)."""
        features = self.features(tokens[0].contiguous(memory_format=self.memory_format))
        logits = self.logit(features)[:, 0]
        if self.projection is None:
            return logits
        return logits + (features * self.projection(conditions)).sum(dim=1)


class DenseGenerator(nn.Module):
    """Maps noise to images by linear layers of 256, 512 and 1024 units, LeakyReLU and tanh.

    Parameters
    ----------
    noise_size : int
    image_shape : tuple of (int, int, int)
        Channels, height, width.
    n_conditions : int
    """

    def __init__(self, noise_size, image_shape, n_conditions):
        super().__init__()
        self.image_shape = image_shape
        sizes = noise_size + n_conditions, *_DENSE_WIDTHS, math.prod(image_shape)
        self.layers = nn.Sequential(*_dense_layers(sizes), nn.Tanh())

    def forward(self, noise, conditions=None):
        """Return images of shape (B, C, H, W)."""
        if conditions is not None:
            noise = torch.cat([noise, conditions], dim=1)
        return self.layers(noise).unflatten(1, self.image_shape)


class DenseDiscriminator(nn.Module):
    """Maps images and their conditions to logits by linear layers of 1024, 512 and 256 units and LeakyReLU.

    Parameters
    ----------
    image_shape : tuple of (int, int, int)
        Channels, height, width.
    n_conditions : int
    """

    def __init__(self, image_shape, n_conditions):
        super().__init__()
        sizes = math.prod(image_shape) + n_conditions, *reversed(_DENSE_WIDTHS), 1
        self.layers = nn.Sequential(*_dense_layers(sizes))

    def forward(self, tokens, conditions=None):
        """Return logits of shape (B,)."""
        pixels = tokens[0].flatten(1)
        if conditions is not None:
            pixels = torch.cat([pixels, conditions], dim=1)
        return self.layers(pixels)[:, 0]


def _dense_layers(sizes):
    """Return linear layers between sizes, with a LeakyReLU after each but the last."""
    layers = []
    for before, after in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(before, after), nn.LeakyReLU(_SLOPE)]
    return layers[:-1]
