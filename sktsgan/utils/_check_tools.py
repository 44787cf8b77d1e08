"""What the checks of samplers share."""

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
]


def fit_clone(estimator, X, y=None, **params):
    """Return a fitted clone with ``random_state=0`` and the given parameters."""
    return clone(estimator).set_params(**{"random_state": 0} | params).fit(X, y)


def fit_labelled(estimator, data):
    """Return a clone fitted on items and labels, and the labels that it saw, sorted."""
    return fit_clone(estimator, data.items, data.labels), np.unique(data.labels)


def assert_same(first, second, message):
    """Assert that items are equal to the bit, in containers of the same type and dtype."""
    assert type(first) is type(second), f"{message}: {type(first)} and {type(second)}."
    if isinstance(first, pd.DataFrame):
        pd.testing.assert_frame_equal(first, second, check_exact=True, obj=message)
    elif isinstance(first, np.ndarray):
        assert first.dtype == second.dtype, f"{message}: dtypes {first.dtype} and {second.dtype}."
        np.testing.assert_array_equal(first, second, err_msg=message)
    else:
        assert first == second, message


def assert_differ(first, second, message):
    """Assert that items of the same shape are not all equal."""
    same = np.array_equal(first, second) if hasattr(first, "shape") else first == second
    assert not same, message


def assert_refuses(call, message, *, mentions=(), errors=ValueError):
    """Assert that a call raises, with an error whose text mentions what it must."""
    try:
        call()
    except errors as error:
        missing = [str(part) for part in mentions if str(part) not in str(error)]
        assert not missing, f"{message}: the error does not mention {missing}: {error}"
    else:
        raise AssertionError(f"{message}: no error was raised.")


def assert_unfitted(sampler, message):
    """Assert that a sampler says that it is not fitted."""
    assert_refuses(lambda: sampler.sample(), message, errors=NotFittedError)


def join_batches(batches):
    """Return the items of batches in one container."""
    batches = list(batches)
    if isinstance(batches[0], pd.DataFrame):
        return pd.concat(batches, ignore_index=True)
    if isinstance(batches[0], np.ndarray):
        return np.concatenate(batches)
    return [item for batch in batches for item in batch]
