"""One target per window from one target per time step."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.utils.multiclass import type_of_target


def check_targets(y, n_steps, rule, name):
    """Return targets as an array of one axis, fit for the rule.

    Parameters
    ----------
    y : array-like of shape (n_steps,)
        A target for each time step: numbers, or class labels.
    n_steps : int
        Number of time steps of the series.
    rule : {"last", "first", "majority", "mean"}
        Target of a window; see :class:`Windowizer`.
    name : str
        Name of the targets in errors.

    Returns
    -------
    y : ndarray of shape (n_steps,)

    Raises
    ------
    ValueError
        If the shape is wrong, or ``y`` does not hold the class labels or numbers that the rule needs.
    """
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


def reduce_targets(y, window, stride, rule):
    """Return the target of each window of a stretch.

    Parameters
    ----------
    y : ndarray of shape (n_steps,)
        A target for each time step of the stretch, at least ``window`` of them.
    window, stride : int
        Length of a window and distance between two starts, in time steps.
    rule : {"last", "first", "majority", "mean"}
        Target of a window; see :class:`Windowizer`.

    Returns
    -------
    targets : ndarray of shape (n_windows,)
        In the dtype of ``y``, or float64 for means.
    """
    views = sliding_window_view(y, window)[::stride]
    if rule == "first":
        return views[:, 0].copy()
    if rule == "last":
        return views[:, -1].copy()
    if rule == "mean":
        return views.mean(axis=1)
    return _majority(y, window, stride)


def _majority(y, window, stride):
    classes, codes = np.unique(y, return_inverse=True)
    most = np.zeros((len(y) - window) // stride + 1, dtype=np.int64)
    winner = np.zeros_like(most)
    for code in range(len(classes)):  # one class at a time, so that memory does not grow with them
        total = np.concatenate([[0], np.cumsum(codes == code)])
        count = (total[window:] - total[:-window])[::stride]
        winner[count > most] = code
        most = np.maximum(most, count)
    return classes[winner]
