"""Grids of real and generated images, by class if classes are known."""

import numbers

import numpy as np
from sklearn.utils import check_array, check_consistent_length, check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.metrics._draws import unwrap_sampler
from sktsgan.plotting._style import REAL, SYNTHETIC, prepare_axes

__all__ = ["ImageGridDisplay"]

_GAP = 1  # white pixels between images
_CELL = 0.4  # inches per image
_N_ROWS = 4


class ImageGridDisplay:
    """Some images of two sets: real above generated ones, or side by side with one row per class.

    Create it with :meth:`from_samples` or :meth:`from_estimator`. Both sets share one scale: the darkest real
    pixel is black, the brightest is white, values beyond are cut off.

    Parameters
    ----------
    real : ndarray of shape (n_rows, n_columns, height, width, n_channels)
        Real images to draw, grey or RGB, from 0 to 1; NaN leaves a place empty.
    synthetic : ndarray of shape (n_rows, n_columns, height, width, n_channels)
        Generated images to draw.
    labels : list of str or None
        Class of each row; None puts the real images above the generated ones.

    Attributes
    ----------
    axes_ : ndarray of Axes of shape (2, 1), or (1, 2) with labels
        The panels.
    figure_ : Figure
        The figure that holds them.
    images_ : list of AxesImage
        The grids, real and generated.

    See Also
    --------
    DistributionDisplay : Both sets as a whole.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sktsgan.plotting import ImageGridDisplay
    >>> digits = load_digits()
    >>> real, noisy = digits.images[:800], digits.images[800:1600] + 2
    >>> ImageGridDisplay.from_samples(real, noisy).axes_.shape
    (2, 1)
    >>> y, y_noisy = digits.target[:800], digits.target[800:1600]
    >>> display = ImageGridDisplay.from_samples(real, noisy, y, y_noisy)
    >>> display.axes_.shape
    (1, 2)
    """

    def __init__(self, *, real, synthetic, labels):
        self.real = real
        self.synthetic = synthetic
        self.labels = labels

    @classmethod
    def from_samples(
        cls,
        real,
        synthetic,
        y_real=None,
        y_synthetic=None,
        *,
        n_columns=10,
        image_shape=None,
        random_state=None,
        ax=None,
    ):
        """Draw some images of two sets.

        Parameters
        ----------
        real : array-like of shape (n_real, height, width), (n_real, height, width, n_channels) or flat
            Real images, in any range of values, with 1 channel or 3.
        synthetic : array-like of shape (n_synthetic, height, width), with channels or flat
            Generated images of the same shape.
        y_real : array-like of shape (n_real,), default=None
            Classes of the real images. If given, each class has a row.
        y_synthetic : array-like of shape (n_synthetic,), default=None
            Classes that the generated images were prompted for; required with ``y_real``.
        n_columns : int, default=10
            Number of images in a row. Each set has four rows, or one per class.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of flat images.
        random_state : int, RandomState instance or None, default=None
            Controls which images are drawn.
        ax : array-like of two Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the images differ in shape or are not images, only one of the sets has classes, ``n_columns`` is less
            than 1, or there are not two axes.
        """
        check_scalar(n_columns, "n_columns", numbers.Integral, min_val=1)
        if (y_real is None) != (y_synthetic is None):
            raise ValueError("Give both y_real and y_synthetic, or neither.")
        real = _read_images(real, image_shape, "real")
        synthetic = _read_images(synthetic, image_shape, "synthetic")
        if real.shape[1:] != synthetic.shape[1:]:
            raise ValueError(
                f"synthetic has images of shape {synthetic.shape[1:]}, but those of real have "
                f"shape {real.shape[1:]}."
            )
        low, high = real.min(), real.max()
        labels = None if y_real is None else np.unique(np.asarray(y_real))
        shape = min(_N_ROWS, -(-max(len(real), len(synthetic)) // n_columns)), n_columns
        rng = check_random_state(draw_seed(random_state))
        grids = [
            _arrange(_scale(images, low, high), y, labels, shape, rng)
            for images, y in ((real, y_real), (synthetic, y_synthetic))
        ]
        names = None if labels is None else [str(label) for label in labels]
        return cls(real=grids[0], synthetic=grids[1], labels=names).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        n_columns=10,
        image_shape=None,
        random_state=None,
        ax=None,
    ):
        """Draw some real images and some from a fitted sampler.

        Parameters
        ----------
        estimator : sampler or Pipeline
            Fitted sampler; in a pipeline, its items are compared with the output of the steps before it.
        X : array-like of shape (n_images, ...)
            Real images, or the pipeline's input.
        y : array-like of shape (n_images,), default=None
            Classes of the images. If given, each class has a row, for which the sampler is prompted.
        n_columns : int, default=10
            Number of images in a row. Each set has four rows, or one per class.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of flat images; None takes the sampler's ``image_shape_``,
            if it has one.
        random_state : int, RandomState instance or None, default=None
            Controls the generated images and which ones are drawn.
        ax : array-like of two Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the sampler has no method ``sample``.
        ValueError
            As :meth:`from_samples`, and if the sampler was not fitted on one of the classes.
        """
        check_scalar(n_columns, "n_columns", numbers.Integral, min_val=1)
        sampler, real = unwrap_sampler(estimator, X)
        if image_shape is None:
            image_shape = getattr(sampler, "image_shape_", None)
        prompted = None if y is None else np.repeat(np.unique(np.asarray(y)), n_columns)
        if y is None:
            made = sampler.sample(_N_ROWS * n_columns, random_state=random_state)
        else:
            made = sampler.sample(len(prompted), prompt=prompted, random_state=random_state)
        return cls.from_samples(
            real,
            made,
            y,
            prompted,
            n_columns=n_columns,
            image_shape=image_shape,
            random_state=random_state,
            ax=ax,
        )

    def plot(self, ax=None):
        """Draw the grids.

        Parameters
        ----------
        ax : array-like of two Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            The display itself.
        """
        n_rows, n_columns, height, width, _ = self.real.shape
        shape = (2, 1) if self.labels is None else (1, 2)
        size = (_CELL * n_columns + 0.5, _CELL * n_rows * height / width + 0.3)
        self.axes_ = prepare_axes(ax, shape, size=size)
        self.figure_ = self.axes_[0, 0].figure
        self.images_ = []
        sets = ("real", self.real, REAL), ("generated", self.synthetic, SYNTHETIC)
        for panel, (title, grid, color) in zip(self.axes_.flat, sets, strict=True):
            self.images_.append(panel.imshow(_tile(grid), interpolation="nearest"))
            panel.set_title(title, color=color, fontweight="bold")
            panel.set(xticks=[], yticks=[])
            panel.spines[:].set_visible(False)
            if self.labels is not None:
                middles = (np.arange(n_rows) + 0.5) * (height + _GAP) - 0.5
                panel.set_yticks(middles, self.labels)
                panel.tick_params(left=False)
        return self


def _read_images(X, image_shape, name):
    """Return images as a float64 array of shape (n_images, height, width, 1 or 3)."""
    images = check_array(X, dtype=np.float64, allow_nd=True, input_name=name)
    if image_shape is not None:
        if images[0].size != np.prod(image_shape):
            raise ValueError(
                f"{name} has {images[0].size} values per image, but image_shape={image_shape!r}."
            )
        images = images.reshape(-1, *image_shape)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[3] not in (1, 3):
        raise ValueError(
            f"{name} must hold images of shape (height, width), (height, width, 1) or (height, width, 3), or flat ones "
            f"with image_shape, got {images.shape[1:]}."
        )
    return images


def _scale(images, low, high):
    """Return images scaled from ``low`` ... ``high`` to 0 ... 1 and cut off there."""
    return np.clip((images - low) / (high - low if high > low else 1.0), 0.0, 1.0)


def _arrange(images, y, labels, shape, rng):
    """Return random images in rows, one row per class if there are labels; NaN fills short rows."""
    order = rng.permutation(len(images))
    n_rows, n_columns = shape
    if labels is None:
        rows = [order[i * n_columns :][:n_columns] for i in range(n_rows)]
    else:
        y = np.asarray(y)
        check_consistent_length(y, order)
        rows = [order[y[order] == label][:n_columns] for label in labels]
    grid = np.full((len(rows), n_columns, *images.shape[1:]), np.nan)
    for places, own in zip(grid, rows, strict=True):
        places[: len(own)] = images[own]
    return grid


def _tile(grid):
    """Return a grid of images as one RGB image, with white between them and in empty places."""
    n_rows, n_columns, height, width, n_channels = grid.shape
    padding = [(0, 0), (0, 0), (0, _GAP), (0, _GAP), (0, 0)]
    padded = np.pad(grid, padding, constant_values=np.nan).transpose(0, 2, 1, 3, 4)
    tiled = padded.reshape(n_rows * (height + _GAP), n_columns * (width + _GAP), n_channels)
    colours = np.broadcast_to(np.nan_to_num(tiled, nan=1.0), (*tiled.shape[:2], 3))
    return colours[:-_GAP, :-_GAP]
