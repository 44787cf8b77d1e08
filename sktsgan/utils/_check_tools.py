"""Helpers that the checks of samplers share."""

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

__all__ = [
    "assert_differ",
    "assert_refuses",
    "assert_same",
    "assert_unfitted",
    "fit_clone",
    "fit_labelled",
    "join_batches",
    "take_class",
]


def fit_clone(estimator, X, y=None, **params):
    """Return a fitted clone with ``random_state=0`` and the given parameters."""
    return clone(estimator).set_params(**{"random_state": 0} | params).fit(X, y)


def fit_labelled(estimator, data):
    """Return a clone fitted on items and labels, and the sorted distinct labels."""
    return fit_clone(estimator, data.items, data.labels), np.unique(data.labels)


def assert_same(first, second, message):
    """Assert that items are exactly equal, in containers of the same type and dtype."""
    assert type(first) is type(second), f"{message}: {type(first)} and {type(second)}."
    if isinstance(first, pd.DataFrame):
        pd.testing.assert_frame_equal(first, second, check_exact=True, obj=message)
    elif isinstance(first, pd.Series):
        pd.testing.assert_series_equal(first, second, check_exact=True, obj=message)
    elif isinstance(first, np.ndarray):
        assert first.dtype == second.dtype, f"{message}: dtypes {first.dtype} and {second.dtype}."
        if first.dtype == object:  # may hold arrays
            assert_same(list(first), list(second), message)
        else:
            np.testing.assert_array_equal(first, second, err_msg=message)
    elif isinstance(first, list):
        assert len(first) == len(second), f"{message}: {len(first)} and {len(second)} items."
        for one, other in zip(first, second, strict=True):
            assert_same(one, other, message)
    else:
        assert first == second, message


def assert_differ(first, second, message):
    """Assert that two sets of items are not all equal."""
    try:
        assert_same(first, second, message)
    except AssertionError:
        return
    raise AssertionError(message)


def assert_refuses(message, call, *args, mentions=(), errors=ValueError, **kwargs):
    """Assert that a call raises an error whose text has all of ``mentions``."""
    try:
        call(*args, **kwargs)
    except errors as error:
        missing = [str(part) for part in mentions if str(part) not in str(error)]
        assert not missing, f"{message}: the error does not mention {missing}: {error}"
    else:
        raise AssertionError(f"{message}: no error was raised.")


def assert_unfitted(message, sampler):
    """Assert that a sampler raises NotFittedError."""
    assert_refuses(f"{message} samples", sampler.sample, errors=NotFittedError)


def take_class(data, label):
    """Return the items of a class, and their labels."""
    rows = np.flatnonzero(np.asarray(data.labels) == label)
    labels = np.asarray(data.labels)[rows]
    if isinstance(data.items, pd.DataFrame):
        return data.items.iloc[rows], labels
    if isinstance(data.items, np.ndarray):
        return data.items[rows], labels
    return [data.items[i] for i in rows], labels


def join_batches(batches):
    """Return the items of batches in one container."""
    batches = list(batches)
    if isinstance(batches[0], pd.DataFrame):
        return pd.concat(batches, ignore_index=True)
    if isinstance(batches[0], np.ndarray):
        return np.concatenate(batches)
    return [item for batch in batches for item in batch]
