"""Checks of arguments that several rooms share; the only home of private functions of scikit-learn."""

import os
import re
import warnings
from contextlib import contextmanager
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d, validate_data

__all__ = [
    "LEAST_SHARED",
    "are_shared",
    "check_axes",
    "check_class_labels",
    "check_count",
    "check_memory",
    "check_spread",
    "check_targets",
    "naming",
    "physical_memory",
    "refuse_flags",
    "refuse_silent_losses",
    "validate_numbers",
]

LEAST_SHARED = 5
_LARGEST, _LEAST_SPREAD = 1e150, 1e-150  # whose squares float64 holds, with digits to spare


def validate_numbers(estimator, X, *, reset, min_items, allow_nan=False, dtype=np.float64):
    """Return items of any shape as an array of floats, validated as scikit-learn does for ``fit`` or after it."""
    refuse_silent_losses(X, "X")
    with naming("X"):
        values = validate_data(
            estimator,
            X,
            reset=reset,
            dtype=dtype,
            allow_nd=True,
            ensure_all_finite="allow-nan" if allow_nan else True,
            ensure_min_samples=min_items,
        )
    check_axes(values.shape, "X")
    return values


def refuse_silent_losses(X, name):
    """Refuse what NumPy would take for other numbers than it is."""
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError(
            f"{name} must hold no masked values, got {np.ma.count_masked(X)}; {name}.filled(np.nan) makes them NaN."
        )
    dtype = getattr(X, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "mM":
        raise ValueError(f"{name} must hold numbers, got dates or times of dtype {dtype}.")


@contextmanager
def naming(name):
    """See to it that an error about an argument names it."""
    try:
        yield
    except (OverflowError, TypeError, ValueError) as error:
        if re.search(rf"\b{name}\b", str(error)):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{name} can't be used: {error}") from error


def check_axes(shape, name):
    """Raise a ValueError if an axis of items has no entries."""
    if 0 in shape[1:]:
        raise ValueError(
            f"{name} must have at least one entry along every axis, got shape {shape}."
        )


def check_spread(values, name="X"):
    """Raise a ValueError if float64 can't hold the variance of a channel, the last axis, or takes it for 0."""
    axes = tuple(range(values.ndim - 1))
    low, high = (f(values, axis=axes).astype(np.float64) for f in (np.nanmin, np.nanmax))
    with np.errstate(over="ignore"):
        spread = high - low
    bad = ((spread > 0) & (spread < _LEAST_SPREAD)) | (np.maximum(-low, high) > _LARGEST)
    if bad.any():
        channel = int(bad.argmax())
        raise ValueError(
            f"{name} must have values up to {_LARGEST:g}, and channels that are constant or vary by at least "
            f"{_LEAST_SPREAD:g}, got {low[channel]:.3g} to {high[channel]:.3g} in channel {channel}; change its unit."
        )


def refuse_flags(estimator):
    """Raise a ValueError where a parameter that is a number is True or False, which Python takes for integers."""
    for name, constraints in estimator._parameter_constraints.items():
        value = getattr(estimator, name)
        named = {c for c in constraints if isinstance(c, str)}
        if isinstance(value, bool) and not named & {"boolean", "random_state", "verbose"}:
            raise ValueError(f"{name} must be no boolean, got {value}.")


def physical_memory():
    """Return the bytes of memory of this machine, or 2**40 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 2**40


def check_memory(name, value, n_bytes, hint=""):
    """Raise a ValueError that names the parameter if its value asks for more bytes than the machine has."""
    most = physical_memory()
    if n_bytes > most:
        raise ValueError(
            f"{name} must be small enough for the {most / 2**30:.3g} GiB of memory of this machine, got {value}, which "
            f"takes {n_bytes // 2**30} GiB{hint}."
        )


def check_targets(y, n_items, noun="windows"):
    """Return the classes and the target of each window: a label, or a number.

    Floating-point numbers are labels where they are whole and at least half of the windows share theirs with four
    others; else they are numbers.

    Returns
    -------
    classes : ndarray of shape (n_classes,) or None
        The labels, sorted; None for numbers, and without ``y``.
    y : ndarray of shape (n_windows,) or None
        Labels as integers that count the classes from 0, or float64 numbers.

    Raises
    ------
    ValueError
        If ``y`` has another length than ``X``, or holds neither labels nor numbers.
    """
    if y is None:
        return None, None
    y, kind = _read_targets(y, n_items, noun)
    if kind == "continuous":
        return None, y.astype(np.float64)
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"y must hold class labels or numbers, got a {kind!r} target.")
    classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    if y.dtype.kind == "f" and not are_shared(counts):
        return None, y.astype(np.float64)
    return classes, codes


def are_shared(counts):
    """Return whether at least half of the items share their value with four others.

    Parameters
    ----------
    counts : ndarray of shape (n_values,)
        Items of each value.
    """
    return counts[counts >= LEAST_SHARED].sum() >= counts.sum() / 2


def check_class_labels(y, n_items, noun="windows"):
    """Return the classes and the class of each window as an integer, or None twice for no labels.

    Raises
    ------
    ValueError
        If ``y`` has another length than ``X`` or is no set of class labels.
    """
    if y is None:
        return None, None
    y, kind = _read_targets(y, n_items, noun)
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"y must hold class labels, got a {kind!r} target.")
    return np.unique(y, return_inverse=True)


def _read_targets(y, n_items, noun):
    """Return one target for each window, and what kind they are."""
    if np.ma.is_masked(y):
        raise ValueError(f"y must hold no masked values, got {np.ma.count_masked(y)}.")
    with naming("y"):
        y = column_or_1d(y)
        if len(y) != n_items:
            raise ValueError(f"y has {len(y)} labels, but X has {n_items} {noun}.")
        missing = pd.isna(y) if y.dtype == object else np.zeros(0, dtype=bool)
        if missing.any():
            raise ValueError(
                f"y must not be missing, got {y[missing][0]} for {missing.sum()} {noun}."
            )
        if not y.dtype.isnative:
            y = y.astype(y.dtype.newbyteorder("="))
        assert_all_finite(y, input_name="y")
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # of many classes
            return y, type_of_target(y, input_name="y", raise_unknown=True)


def check_count(name, value):
    """Raise a ValueError that names the parameter unless its value is an integer of at least 1."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}.")
