"""The colours and axes that the displays share."""

import numpy as np

__all__ = ["LINE_COLORS", "REAL", "SYNTHETIC", "prepare_axes"]

# The palette of M. Okabe and K. Ito, "Color universal design" (2008), which colour-blind readers can
# tell apart; blue and vermillion differ in lightness too, for prints in grey.
REAL, SYNTHETIC = "#0072B2", "#D55E00"
LINE_COLORS = (REAL, SYNTHETIC, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def prepare_axes(ax, shape, *, size, **shared):
    """Return given axes as an array, or those of a new figure.

    Parameters
    ----------
    ax : Axes or array-like of Axes, or None
        As many axes as ``shape`` has cells; None makes a new figure.
    shape : tuple of (n_rows, n_columns)
        Shape of the grid.
    size : tuple of (width, height)
        Size of one cell of a new figure, in inches.
    **shared : {"all", "row", "col"}
        ``sharex`` and ``sharey`` as in :func:`matplotlib.pyplot.subplots`.

    Returns
    -------
    axes : ndarray of Axes of shape (n_rows, n_columns)

    Raises
    ------
    ValueError
        If there are too few or too many axes.
    """
    n_rows, n_columns = shape
    if ax is None:
        import matplotlib.pyplot as plt  # not at import: it is slow and chooses a backend

        figsize = n_columns * size[0], n_rows * size[1]
        options = {"figsize": figsize, "squeeze": False, "layout": "constrained"}
        return plt.subplots(n_rows, n_columns, **options, **shared)[1]
    axes = np.asarray(ax, dtype=object)
    if axes.size != n_rows * n_columns:
        raise ValueError(f"ax must hold {n_rows * n_columns} axes, got {axes.size}.")
    return axes.reshape(shape)
