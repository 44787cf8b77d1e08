"""Windows as views of an array, and the array as the mean of its windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.utils import check_array

from sktsgan.containers._long_series import value_dtype


def window_view(series, window, stride, *, flat=False):
    """Return the windows of a series without copying it.

    Parameters
    ----------
    series : ndarray of shape (n_steps, n_channels)
        Series of at least ``window`` time steps.
    window : int
        Length of a window, in time steps.
    stride : int
        Time steps from the start of one window to that of the next.
    flat : bool, default=False
        Whether each window is one row, time-major.

    Returns
    -------
    windows : ndarray of shape (n_windows, window, n_channels) or (n_windows, window * n_channels)
        A read-only view. Only flat windows of an array that is not C-contiguous require one copy of the series.
    """
    if not flat:
        windows = sliding_window_view(series, window, axis=0)
        return windows[::stride].transpose(0, 2, 1)
    n_channels = series.shape[1]
    line = series.reshape(-1)
    return sliding_window_view(line, window * n_channels)[:: stride * n_channels]


def to_three_axes(X, window, n_channels):
    """Return windows of either form as an array of three axes, a view of them where NumPy allows.

    Parameters
    ----------
    X : array-like of shape (n_windows, window, n_channels) or (n_windows, window * n_channels)
        The windows.
    window, n_channels : int
        Their required length in time steps and number of channels.

    Returns
    -------
    windows : ndarray of shape (n_windows, window, n_channels)

    Raises
    ------
    ValueError
        If the shape is wrong.
    """
    # no copy in float64; overlap_mean checks for infinity, since a check here would copy a view
    windows = check_array(
        X, dtype=value_dtype(X), allow_nd=True, ensure_2d=False, ensure_all_finite=False
    )
    if windows.ndim == 2 and windows.shape[1] == window * n_channels:
        windows = windows.reshape(-1, window, n_channels)
    if windows.shape[1:] != (window, n_channels):
        raise ValueError(
            f"X must have windows of window={window} time steps and {n_channels} channel(s), or of "
            f"{window * n_channels} flat values, got the shape {windows.shape}."
        )
    return windows


def overlap_mean(windows, starts, n_steps):
    r"""Return the series that windows cover, averaged where they overlap.

    A step :math:`t` that the windows :math:`1, \dots, k` cover becomes
    :math:`x_1 + \frac{1}{k} \sum_i (x_i - x_1)`. Unlike the plain mean, this returns equal values unchanged:
    :math:`(0.1 + 0.1 + 0.1) / 3` is not 0.1 in floating point.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window, n_channels)
        The windows. NaN in any window that covers a step makes the mean NaN.
    starts : ndarray of shape (n_windows,)
        First step of each window; no two are the same.
    n_steps : int
        Number of steps from the first that can be covered to the last.

    Returns
    -------
    series : ndarray of shape (n_covered, n_channels)
        The covered steps, in the dtype of ``windows``; means of integers are rounded.
    covered : ndarray of shape (n_steps,)
        Mask of the steps that a window covers.

    Raises
    ------
    ValueError
        If a window holds infinity.
    """
    series = np.zeros((n_steps, windows.shape[2]), dtype=windows.dtype)
    count = np.zeros((n_steps, 1), dtype=np.int32)
    rows_of = _row_selector(starts)
    for step in range(windows.shape[1]):
        rows, values = rows_of(step), windows[:, step]
        if np.isinf(values).any():
            raise ValueError("X holds infinity; windows must be finite or NaN.")
        series[rows] = values
        count[rows] += 1
    deviation = np.zeros(series.shape)
    for step in range(windows.shape[1]):
        rows = rows_of(step)
        # in float64 whatever the dtype: differences of unsigned integers would wrap around
        deviation[rows] += np.subtract(windows[:, step], series[rows], dtype=np.float64)
    covered = count[:, 0] > 0
    moved = deviation != 0
    if moved.any():
        deviation /= np.maximum(count, 1)
        mean = series[moved] + deviation[moved]
        series[moved] = np.rint(mean) if series.dtype.kind in "iu" else mean
    return (series if covered.all() else series[covered]), covered


def _row_selector(starts):
    """Return a function from a step of the windows to its rows, a slice if they are evenly spaced."""
    stride = int(starts[1] - starts[0]) if len(starts) > 1 else 1
    first, stop = int(starts[0]), int(starts[-1]) + 1
    if (np.diff(starts) == stride).all():
        return lambda step: slice(first + step, stop + step, stride)
    return lambda step: starts + step
