"""PixelScaler: what it keeps and what it gives back exactly."""

import numpy as np
import pytest
import torch

from sktsgan.scaling import PixelScaler


@pytest.fixture
def images():
    return np.random.default_rng(0).normal(5, 100, size=(20, 3, 6, 4))


def there_and_back(scaler, images):
    return scaler.inverse_transform(torch.as_tensor(scaler.transform(images)))


def test_range_and_back(images):
    scaler = PixelScaler().fit(images)
    scores = scaler.transform(images)
    assert scores.dtype == np.float32 and scores.shape == images.shape
    for c in range(3):
        assert (scores[:, c].min(), scores[:, c].max()) == (-1, 1)
    np.testing.assert_allclose(there_and_back(scaler, images), images, atol=1e-4)


def test_beyond_the_range(images):
    scaler = PixelScaler().fit(images)
    made = scaler.inverse_transform(torch.full((2, 3, 6, 4), 7.0))
    np.testing.assert_array_equal(made.max(axis=(0, 2, 3)), images.max(axis=(0, 2, 3)))


def test_constant_pixels_and_channels_are_exact(images):
    images[:, 1] = 0.1
    images[:, :, 0] = np.array([0.3, 0.1, -1e30])[:, None]
    scaler = PixelScaler().fit(images)
    assert scaler.free_ == [0, 2]
    made = scaler.inverse_transform(torch.rand(5, 2, 6, 4) * 2 - 1)
    assert (made[:, 1] == np.where(np.arange(6) == 0, 0.1, 0.1)[:, None]).all()
    assert (made[:, 0, 0] == 0.3).all() and (made[:, 2, 0] == -1e30).all()


def test_copies_are_exact(images):
    images[:, 2] = images[:, 0]
    scaler = PixelScaler().fit(images)
    assert scaler.free_ == [0, 1]
    made = scaler.inverse_transform(torch.rand(5, 2, 6, 4) * 2 - 1)
    np.testing.assert_array_equal(made[:, 2], made[:, 0])


def test_whole_numbers_stay_whole(images):
    images[:, 0] = images[:, 0].round()
    made = PixelScaler().fit(images).inverse_transform(torch.rand(5, 3, 6, 4) * 2 - 1)
    assert (made[:, 0] % 1 == 0).all() and (made[:, 1] % 1 != 0).any()


def test_identical_images(images):
    images[:] = images[0]
    scaler = PixelScaler().fit(images)
    assert scaler.free_ == []
    made = scaler.inverse_transform(torch.empty(4, 3, 0))
    np.testing.assert_array_equal(made, images[:4])


@pytest.mark.parametrize("scale", [1e-300, 1e307])
def test_extreme_ranges(images, scale):
    images = images / np.abs(images).max() * scale
    scaler = PixelScaler().fit(images)
    assert np.isfinite(scaler.transform(images)).all()
    np.testing.assert_allclose(there_and_back(scaler, images), images, atol=1e-6 * scale)


def test_single_precision_is_kept(images):
    images = images.astype(np.float32)
    scaler = PixelScaler().fit(images)
    assert there_and_back(scaler, images).dtype == np.float32
