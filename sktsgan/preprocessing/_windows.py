"""Windows as views of an array, their targets, and the array as the mean of its windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.utils import check_array
from sklearn.utils.multiclass import type_of_target

from sktsgan._validation import naming
from sktsgan.containers._long_series import value_dtype


def window_view(series, window, starts, *, flat=False):
    """Return the windows of a series of shape (n_steps, n_channels) that start at given steps.

    They have the shape (n_windows, window, n_channels), or (n_windows, window * n_channels) if ``flat``, time-major.
    If ``starts`` is a range they are a read-only view; only flat windows of an array that is not C-contiguous then
    require one copy of the series. Starts that are not evenly spaced, an array, are copied.
    """
    if isinstance(starts, range):  # one row has no stop that a negative step could reach
        starts = slice(starts.start, starts.stop, starts.step)
    if not flat:
        return sliding_window_view(series, window, axis=0)[starts].transpose(0, 2, 1)
    n_channels = series.shape[1]
    line = sliding_window_view(series.reshape(-1), window * n_channels)
    return line[::n_channels][starts]


def to_three_axes(X, window, n_channels):
    """Return windows, flat or not, as an array of shape (n_windows, window, n_channels), a view where NumPy allows.

    Another shape is a ValueError.
    """
    # no copy in float64; overlap_mean checks for infinity, since a check here would copy a view
    with naming("X"):
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
    r"""Return the series that windows cover, averaged where they overlap, and a mask of the covered steps.

    A step :math:`t` that the windows :math:`1, \dots, k` cover becomes :math:`x_1 + \frac{1}{k} \sum_i (x_i - x_1)`.
    Unlike the plain mean, this returns equal values unchanged: :math:`(0.1 + 0.1 + 0.1) / 3` is not 0.1 in floating
    point.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window, n_channels)
        Finite values or NaN, which makes the mean NaN; infinity is a ValueError. Means of integers are rounded.
    starts : ndarray of shape (n_windows,)
        First step of each window; no two are the same.
    n_steps : int
        Number of steps from the first that can be covered to the last.
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


def split_targets(y, layout):
    """Return the targets of each series of a layout, and what errors call them; a wrong number is a ValueError."""
    if layout.is_table:
        y, n_rows = np.asarray(y), sum(layout.lengths)
        if y.shape != (n_rows,):
            raise ValueError(
                f"y must have one target for each of the {n_rows} rows of X, got the shape {y.shape}."
            )
        y = y if layout.panel.order is None else y[layout.panel.order]
        return np.split(y, np.cumsum(layout.lengths)[:-1]), ["y"] * len(layout.lengths)
    if layout.many:
        with naming("y"):
            series = list(y)
    else:
        series = [y]
    if len(series) != len(layout.lengths):
        raise ValueError(
            f"y must be a list with the targets of each of the {len(layout.lengths)} series, got {len(series)}."
        )
    names = [f"y[{i}]" for i in range(len(series))] if layout.many else ["y"]
    return series, names


def check_targets(y, n_steps, rule, name):
    """Return one target per time step as an array, or raise a ValueError that names them if they don't fit the rule.

    ``rule`` is the parameter ``target`` of :class:`Windowizer`: the mean needs numbers, the majority class labels.
    """
    with naming(name):
        y = np.asarray(y)
    if y.shape != (n_steps,):
        raise ValueError(
            f"{name} must have one target for each of the {n_steps} time steps of the series, got "
            f"the shape {y.shape}."
        )
    if rule == "mean" and y.dtype.kind not in "biuf":
        raise ValueError(f"target='mean' needs numbers in {name}, got the dtype {y.dtype}.")
    if rule == "majority" and type_of_target(y) not in ("binary", "multiclass"):
        raise ValueError(
            f"target='majority' needs class labels in {name}, got {type_of_target(y)} values."
        )
    return y


def reduce_targets(y, window, starts, rule):
    """Return the target of each window of a stretch by a rule, in the dtype of ``y``, or float64 for means."""
    starts = np.asarray(starts, dtype=np.int64)
    views = sliding_window_view(y, window)
    if rule == "first":
        return views[starts, 0]
    if rule == "last":
        return views[starts, -1]
    if rule == "mean":
        return views[starts].mean(axis=1)
    return _majority(y, window, starts)


def _majority(y, window, starts):
    classes, codes = np.unique(y, return_inverse=True)
    most = np.zeros(len(starts), dtype=np.int64)
    winner = np.zeros_like(most)
    for code in range(len(classes)):  # one class at a time, so that memory does not grow with them
        total = np.concatenate([[0], np.cumsum(codes == code)])
        count = (total[window:] - total[:-window])[starts]
        winner[count > most] = code
        most = np.maximum(most, count)
    return classes[winner]
