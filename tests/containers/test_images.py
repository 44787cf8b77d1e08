"""Reading images: every shape and dtype goes in and comes out; what is refused, word for word."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from sktsgan.containers._images import read_training_images

DTYPES = ["uint8", "int16", "int64", "float16", "float32", "float64", "bool"]


def read(X, image_shape=None):
    return read_training_images(BaseEstimator(), X, image_shape=image_shape, min_images=2)


def make(shape, dtype="float64"):
    return (np.random.default_rng(0).random(shape) * 2.5).astype(dtype)


def message_of(call, *args, **kwargs):
    with pytest.raises(ValueError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("shape", "image_shape", "inside"),
    [
        ((5, 4, 6), None, (5, 1, 4, 6)),
        ((5, 4, 6, 1), None, (5, 1, 4, 6)),
        ((5, 4, 6, 3), None, (5, 3, 4, 6)),
        ((5, 4, 6), (4, 6), (5, 1, 4, 6)),
        ((5, 24), [4, 6], (5, 1, 4, 6)),
        ((5, 24), (4, 2, 3), (5, 3, 4, 2)),
        ((5, 64), None, (5, 1, 8, 8)),
        ((5, 10), None, (5, 1, 1, 10)),
        ((5, 1), None, (5, 1, 1, 1)),
    ],
)
def test_there_and_back(dtype, shape, image_shape, inside):
    X = make(shape, dtype)
    images, container = read(X, image_shape)
    assert images.shape == inside
    assert images.dtype == (np.float64 if dtype in ("int64", "float64") else np.float32)
    back = container.wrap(images)
    assert back.dtype == X.dtype
    np.testing.assert_array_equal(back, X)
    again = container.read(BaseEstimator(), X) if X.ndim > 2 else images
    np.testing.assert_array_equal(again, images)


def test_colours_are_taken_apart():
    X = make((5, 4, 6, 3))
    np.testing.assert_array_equal(read(X)[0][:, 2], X[..., 2])
    np.testing.assert_array_equal(read(X.reshape(5, -1), (4, 6, 3))[0][:, 2], X[..., 2])


def test_frame():
    X = pd.DataFrame(make((5, 24))).add_prefix("p").astype({"p3": "float32"})
    images, container = read(X, (4, 6))
    starts = pd.date_range("2024-01-01", periods=5)
    back = container.wrap(images, pd.DataFrame({"timestamp": starts}))
    pd.testing.assert_frame_equal(back, X.set_axis(starts), check_freq=False)


def test_lists():
    images, container = read(make((5, 4, 6)).tolist())
    assert container.wrap(images).shape == (5, 4, 6)


@pytest.mark.parametrize(
    ("shape", "image_shape", "expected"),
    [
        (
            (5, 784, 2, 2, 2),
            None,
            "X must have 3 axes (images, height, width), 4 (images, height, width, channels) or 2 (flat images), got "
            "5.",
        ),
        (
            (5, 3072),
            None,
            "X has 3072 columns, which is no square: image_shape must say what the height, width and channels of flat "
            "images are, got None.",
        ),
        (
            (5, 784),
            (28, 27),
            "X has 784 columns, but image_shape=(28, 27) has 756 pixels.",
        ),
        ((5, 28, 27), (27, 28), "X has images of shape (28, 27), but image_shape=(27, 28)."),
        (
            (5, 28, 27, 3),
            (28, 27),
            "X has images of shape (28, 27, 3), but image_shape=(28, 27).",
        ),
        (
            (5, 16),
            (4, 4.0),
            "image_shape must be (height, width) or (height, width, channels), integers of at least 1, got (4, 4.0).",
        ),
        (
            (5, 16),
            (16,),
            "image_shape must be (height, width) or (height, width, channels), integers of at least 1, got (16,).",
        ),
    ],
)
def test_refused(shape, image_shape, expected):
    assert message_of(read, make(shape), image_shape) == expected


def test_other_images_later():
    _, container = read(make((5, 4, 6)))
    expected = (
        "X has images of shape (4, 7), but BaseEstimator was fitted on images of shape (4, 6)."
    )
    assert message_of(container.read, BaseEstimator(), make((5, 4, 7))) == expected
