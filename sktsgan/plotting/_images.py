"""Images as grids: real ones beside generated ones, by class where classes are known."""

import numbers

import numpy as np
from sklearn.utils import check_array, check_consistent_length, check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.metrics._draws import unwrap_pipeline
from sktsgan.plotting._style import REAL, SYNTHETIC, check_axes, make_axes

__all__ = ["ImageGridDisplay"]

_GAP = 1  # pixels of white between images
_CELL = 0.4  # inches of an image
_N_ROWS = 4


class ImageGridDisplay:
    """Some images of two sets: real ones above generated ones, or side by side with a row a class.

    Make it by :meth:`from_samples` or :meth:`from_estimator`. Both sets are drawn by one scale: what is darkest among
    the real images is black, what is brightest is white, values beyond are cut off.

    Parameters
    ----------
    real : ndarray of shape (n_rows, n_columns, height, width, n_channels)
        Real images to draw, grey or red, green and blue, from 0 to 1; NaN leaves a place empty.
    synthetic : ndarray of shape (n_rows, n_columns, height, width, n_channels)
        Generated images to draw.
    labels : list of str or None
        The class of each row; None puts the real images above the generated ones.

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
            Real images, of any range of values, with 1 channel or 3.
        synthetic : array-like of shape (n_synthetic, height, width), with channels or flat
            Generated images of the same shape.
        y_real : array-like of shape (n_real,), default=None
            Classes of the real images; given, each class has a row.
        y_synthetic : array-like of shape (n_synthetic,), default=None
            Classes of the generated images, which were prompted for; needed where ``y_real`` is given.
        n_columns : int, default=10
            Images in a row; there are four rows of either set, or as many as there are classes.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of flat images.
        random_state : int, RandomState instance or None, default=None
            Rules which images are drawn.
        ax : array-like of two Axes, default=None
            The panels; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            Drawn.

        Raises
        ------
        ValueError
            If the images differ in shape or are no images, only one of the sets has classes, ``n_columns`` is less than
            1, or there are not two axes.
        """
        check_scalar(n_columns, "n_columns", numbers.Integral, min_val=1)
        if (y_real is None) != (y_synthetic is None):
            raise ValueError("y_real and y_synthetic must be given both or neither.")
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
        """Draw some real images and some that a fitted sampler makes.

        Parameters
        ----------
        estimator : sampler or Pipeline
            Fitted; at the end of a pipeline, the sampler is compared with what the steps before it make of ``X``.
        X : array-like of shape (n_images, ...)
            Real images, or what the pipeline takes.
        y : array-like of shape (n_images,), default=None
            Their classes; given, each class has a row, for which the sampler is prompted.
        n_columns : int, default=10
            Images in a row; there are four rows of either set, or as many as there are classes.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of flat images; None takes the sampler's ``image_shape_``,
            if it has one.
        random_state : int, RandomState instance or None, default=None
            Rules what is made, and which images are drawn.
        ax : array-like of two Axes, default=None
            The panels; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            Drawn.

        Raises
        ------
        TypeError
            If the sampler has no method ``sample``.
        ValueError
            As :meth:`from_samples`, and if a class was not seen when the sampler was fitted.
        """
        check_scalar(n_columns, "n_columns", numbers.Integral, min_val=1)
        sampler, real = unwrap_pipeline(estimator, X)
        if not hasattr(sampler, "sample"):
            raise TypeError(
                f"{type(sampler).__name__} has no method sample, so it can't make items."
            )
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
            The panels; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            Itself.
        """
        n_rows, n_columns, height, width, _ = self.real.shape
        shape = (2, 1) if self.labels is None else (1, 2)
        if ax is None:
            size = (_CELL * n_columns + 0.5, _CELL * n_rows * height / width + 0.3)
            self.axes_ = make_axes(shape, size=size)
        else:
            self.axes_ = check_axes(ax, shape)
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
                f"{name} has {images[0].size} values an image, but image_shape={image_shape!r}."
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
    """Return images from 0, where they are at most ``low``, to 1, where they are at least ``high``."""
    return np.clip((images - low) / (high - low if high > low else 1.0), 0.0, 1.0)


def _arrange(images, y, labels, shape, rng):
    """Return images drawn at random in rows, a row a class where there are labels; NaN where they are too few."""
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
    """Return a grid of images as one, in colour, with white between them and where one is missing."""
    n_rows, n_columns, height, width, n_channels = grid.shape
    padding = [(0, 0), (0, 0), (0, _GAP), (0, _GAP), (0, 0)]
    padded = np.pad(grid, padding, constant_values=np.nan).transpose(0, 2, 1, 3, 4)
    tiled = padded.reshape(n_rows * (height + _GAP), n_columns * (width + _GAP), n_channels)
    colours = np.broadcast_to(np.nan_to_num(tiled, nan=1.0), (*tiled.shape[:2], 3))
    return colours[:-_GAP, :-_GAP]
