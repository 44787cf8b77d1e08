"""Images: what goes in and comes out."""

import math
from dataclasses import dataclass

import numpy as np

from sktsgan._validation import check_spread, validate_numbers
from sktsgan.containers._windows import WindowContainer, note_container

__all__ = ["ImageContainer", "check_image_shape", "read_training_images"]

_LEAST_IMAGE = 64  # pixels; flat rows of fewer may be one row of pixels


@dataclass(frozen=True)
class ImageContainer:
    """How the training images came, so that generated ones leave in the same way.

    Attributes
    ----------
    image_shape : tuple of (int, int, int)
        Height, width, channels.
    item_shape : tuple of int
        The shape that an image came in: that, or without channels, or flat.
    dtype : numpy.dtype
        float32 or float64: that of images as samplers see them.
    flat : WindowContainer
        The container and dtypes of flat images.
    """

    image_shape: tuple
    item_shape: tuple
    dtype: np.dtype
    flat: WindowContainer

    noun = "images"
    exact = {}

    @property
    def shape(self):
        """The shape of an image as samplers see it: channels first."""
        height, width, channels = self.image_shape
        return channels, height, width

    @property
    def columns(self):
        """The columns of the DataFrame, if it was one."""
        return self.flat.columns

    @property
    def attributes(self):
        """What a fitted sampler says of the shape of its items."""
        return {"image_shape_": self.image_shape}

    def lengths(self, images):
        """Return None: images have no length."""

    def read(self, estimator, X, *, allow_nan=False, any_length=False):
        """Validate images for a fitted estimator, of the shape seen in ``fit``."""
        values = validate_numbers(
            estimator, X, reset=False, min_items=1, allow_nan=allow_nan, dtype=_working_dtype(X)
        )
        if values.shape[1:] != self.item_shape:
            raise ValueError(
                f"X has images of shape {values.shape[1:]}, but {type(estimator).__name__} was fitted on images of "
                f"shape {self.item_shape}."
            )
        return _channels_first(values, self.image_shape)

    def own_conditions(self, images, conditions):
        """Return the conditions that are given; images bring none of their own."""
        return conditions

    def wrap(self, images, table=None, index_name=None):
        """Return float images of shape (n_images, n_channels, height, width) as they came.

        A DataFrame is indexed by the ``"timestamp"`` of the ``table`` of conditions, where there is one.
        """
        height, width, channels = self.image_shape
        pixels = np.moveaxis(images, 1, -1).reshape(len(images), height * width, channels)
        pixels = self.flat.wrap(pixels, table, index_name)
        return pixels if self.columns is not None else pixels.reshape(-1, *self.item_shape)


def check_image_shape(image_shape):
    """Raise a ValueError unless ``image_shape`` is None or two or three integers of at least 1."""
    if image_shape is None:
        return
    whole = [isinstance(n, int | np.integer) and n >= 1 for n in image_shape]
    if len(whole) not in (2, 3) or not all(whole):
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels), integers of at least 1, got "
            f"{image_shape!r}."
        )


def read_training_images(estimator, X, *, image_shape, min_images):
    """Validate images for ``fit``, and keep what they came in.

    Sets ``n_features_in_`` and, for a DataFrame, ``feature_names_in_`` on the estimator.

    Parameters
    ----------
    estimator : estimator
    X : array-like of shape (n_images, height, width), (n_images, height, width, channels) or flat
    image_shape : tuple of int or None
        The shape of flat images.
    min_images : int

    Returns
    -------
    images : ndarray of shape (n_images, n_channels, height, width)
        float32 where that holds the values exactly, else float64.
    container : ImageContainer

    Raises
    ------
    ValueError
        If ``X`` is no set of images, does not agree with ``image_shape``, holds NaN or infinity, or too few images.
    """
    check_image_shape(image_shape)
    values = validate_numbers(
        estimator, X, reset=True, min_items=min_images, dtype=_working_dtype(X)
    )
    shape = _find_shape(values.shape, image_shape)
    flat = note_container(X, values, shape[0] * shape[1], shape[2], flat=True)
    check_spread(values.reshape(len(values), *shape))
    images = _channels_first(values, shape)
    return images, ImageContainer(shape, values.shape[1:], images.dtype, flat)


def _working_dtype(X):
    """Return the float that holds what ``X`` holds."""
    dtype = getattr(X, "dtype", None)
    small = isinstance(dtype, np.dtype) and dtype.kind in "fiub"
    return np.float32 if small and np.can_cast(dtype, np.float32) else np.float64


def _channels_first(values, shape):
    images = values.reshape(len(values), *shape)
    return np.ascontiguousarray(np.moveaxis(images, -1, 1))


def _find_shape(shape, image_shape):
    """Return height, width and channels of images that came in an array of ``shape``."""
    item = shape[1:]
    if len(item) > 3 or not item:
        raise ValueError(
            "X must have 3 axes (images, height, width), 4 (images, height, width, channels) or 2 (flat images), "
            f"got {len(shape)}."
        )
    if len(item) == 1:
        return _find_flat_shape(item[0], image_shape)
    found = item if len(item) == 3 else (*item, 1)
    if image_shape is not None and _with_channels(image_shape) != found:
        raise ValueError(f"X has images of shape {item}, but image_shape={tuple(image_shape)}.")
    return found


def _with_channels(image_shape):
    return (*map(int, image_shape), 1) if len(image_shape) == 2 else tuple(map(int, image_shape))


def _find_flat_shape(n_columns, image_shape):
    if image_shape is not None:
        shape = _with_channels(image_shape)
        if math.prod(shape) != n_columns:
            raise ValueError(
                f"X has {n_columns} columns, but image_shape={tuple(image_shape)} has {math.prod(shape)} pixels."
            )
        return shape
    side = math.isqrt(n_columns)
    if side**2 == n_columns:
        return side, side, 1
    if n_columns < _LEAST_IMAGE:
        return 1, n_columns, 1
    raise ValueError(
        f"X has {n_columns} columns, which is no square: image_shape must say what the height, width and channels of "
        "flat images are, got None."
    )
