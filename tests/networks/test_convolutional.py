"""Networks of images: shapes for any size, a gradient in every parameter, conditions, pickling."""

import pickle

import pytest
import torch
from torch import nn

from sktsgan.networks import (
    ConvDiscriminator,
    ConvGenerator,
    DenseDiscriminator,
    DenseGenerator,
)
from sktsgan.networks._convolutional import image_sizes

SHAPES = [(1, 8, 8), (3, 40, 24), (1, 28, 28), (2, 9, 31), (1, 128, 16), (1, 1, 5), (1, 1, 1)]
GENERATORS = {
    "conv": lambda shape, n=0: ConvGenerator(5, shape, n, 2),
    "dense": lambda shape, n=0: DenseGenerator(5, shape, n),
}
DISCRIMINATORS = {
    "conv": lambda shape, n=0: ConvDiscriminator(shape, n, 2),
    "dense": lambda shape, n=0: DenseDiscriminator(shape, n),
}


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((28, 28), [(28, 28), (14, 14), (7, 7)]),
        ((8, 8), [(8, 8), (4, 4)]),
        ((9, 31), [(9, 31), (5, 16), (5, 8), (5, 4)]),
        ((1, 7), [(1, 7)]),
    ],
)
def test_sizes(size, sizes):
    assert image_sizes(*size) == sizes


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("shape", SHAPES)
def test_generator(kind, shape):
    generator = GENERATORS[kind](shape, 3)
    images = generator(torch.randn(4, 5), torch.randn(4, 3))
    assert images.shape == (4, *shape)
    assert images.abs().max() <= 1
    images.square().sum().backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in generator.parameters())
    assert GENERATORS[kind](shape)(torch.randn(4, 5)).shape == (4, *shape)


@pytest.mark.parametrize("kind", DISCRIMINATORS)
@pytest.mark.parametrize("shape", SHAPES)
def test_discriminator(kind, shape):
    discriminator = DISCRIMINATORS[kind](shape, 3)
    images = torch.randn(4, *shape)
    logits = discriminator((images,), torch.randn(4, 3))
    assert logits.shape == (4,)
    logits.sum().backward()
    assert all((p.grad != 0).any() for p in discriminator.parameters())
    assert DISCRIMINATORS[kind](shape)((images,)).shape == (4,)


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_every_pixel_and_every_condition_counts(kind):
    discriminator = DISCRIMINATORS[kind]((1, 9, 31), 3)
    images, conditions = torch.randn(4, 1, 9, 31), torch.randn(4, 3)
    images.requires_grad_(True), conditions.requires_grad_(True)
    discriminator((images,), conditions).sum().backward()
    assert (images.grad != 0).all() and (conditions.grad != 0).all()


@pytest.mark.parametrize("kind", GENERATORS)
def test_conditions_change_images(kind):
    generator = GENERATORS[kind]((1, 9, 31), 3).eval()
    noise, conditions = torch.randn(4, 5), torch.eye(3)[[0, 1, 2, 0]]
    assert not torch.equal(generator(noise, conditions), generator(noise, conditions.flip(1)))


def test_the_published_start():
    for network in (ConvGenerator(64, (1, 28, 28), 0, 16), ConvDiscriminator((1, 28, 28), 0, 16)):
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                assert (layer.bias == 0).all()
                if layer.weight.numel() > 1000:
                    assert layer.weight.std().item() == pytest.approx(0.02, rel=0.2)


def test_dense_sizes():
    generator, discriminator = (
        DenseGenerator(100, (1, 28, 28), 0),
        DenseDiscriminator((1, 28, 28), 0),
    )
    sizes = [
        [layer.out_features for layer in network.layers if isinstance(layer, nn.Linear)]
        for network in (generator, discriminator)
    ]
    assert sizes == [[256, 512, 1024, 784], [1024, 512, 256, 1]]


def test_pickle():
    generator = ConvGenerator(5, (1, 9, 31), 0, 2).eval()
    noise = torch.randn(4, 5)
    copy = pickle.loads(pickle.dumps(generator))
    torch.testing.assert_close(copy(noise), generator(noise), rtol=0, atol=0)
