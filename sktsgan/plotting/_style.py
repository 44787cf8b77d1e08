"""The colours and axes that the displays share."""

import numpy as np

__all__ = ["LINE_COLORS", "REAL", "SYNTHETIC", "check_axes", "make_axes"]

# The palette of M. Okabe and K. Ito, "Color universal design" (2008), which colour-blind readers can
# tell apart; blue and vermillion differ in lightness too, for prints in grey.
REAL, SYNTHETIC = "#0072B2", "#D55E00"
LINE_COLORS = (REAL, SYNTHETIC, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def make_axes(shape, *, size, sharex=False, sharey=False):
    """Return an array of axes in a new figure.

    Parameters
    ----------
    shape : tuple of (n_rows, n_columns)
        Shape of the grid.
    size : tuple of (width, height)
        Size of one cell, in inches.
    sharex, sharey : bool or {"all", "row", "col"}, default=False
        As in :func:`matplotlib.pyplot.subplots`.

    Returns
    -------
    axes : ndarray of Axes of shape (n_rows, n_columns)
    """
    import matplotlib.pyplot as plt  # not at import: it is slow and chooses a backend

    n_rows, n_columns = shape
    _, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(n_columns * size[0], n_rows * size[1]),
        sharex=sharex,
        sharey=sharey,
        squeeze=False,
        layout="constrained",
    )
    return axes


def check_axes(ax, shape):
    """Return given axes as an array.

    Parameters
    ----------
    ax : Axes or array-like of Axes
        As many axes as ``shape`` has cells.
    shape : tuple of (n_rows, n_columns)
        Shape of the grid.

    Returns
    -------
    axes : ndarray of Axes of shape (n_rows, n_columns)

    Raises
    ------
    ValueError
        If there are too few or too many axes.
    """
    axes = np.asarray(ax, dtype=object)
    if axes.size != shape[0] * shape[1]:
        raise ValueError(f"ax must hold {shape[0] * shape[1]} axes, got {axes.size}.")
    return axes.reshape(shape)
