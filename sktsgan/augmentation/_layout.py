"""Whether flat rows are steps of a series or columns of a table."""

import numpy as np

__all__ = ["is_series"]

_MAX_RATIO = 0.5


def is_series(rows):
    """Return whether the columns of flat rows follow each other as the steps of a series do.

    They do where neighbours differ much less than columns in any order: once the mean of every column is taken off,
    the mean squared difference of neighbouring columns is below half of that of all pairs (a von Neumann ratio).

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_columns)

    Returns
    -------
    is_series : bool
        False where there are fewer than three columns.
    """
    n_columns = rows.shape[1]
    if n_columns < 3:
        return False
    centred = rows - rows.mean(axis=0)
    neighbours = np.mean(np.diff(centred, axis=1) ** 2)
    pairs = 2 * np.mean(centred.var(axis=1)) * n_columns / (n_columns - 1)
    return bool(neighbours < _MAX_RATIO * pairs)
