"""Checks of how a sampler treats its input, and of the input that it refuses."""

import copy

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from sktsgan.utils._check_data import WINDOWS
from sktsgan.utils._check_tools import (
    assert_refuses,
    assert_same,
    assert_unfitted,
    fit_clone,
)

__all__ = [
    "check_sampler_columns",
    "check_sampler_counts_refused",
    "check_sampler_input_unchanged",
    "check_sampler_items_refused",
    "check_sampler_labels_refused",
    "check_sampler_read_only_input",
    "check_sampler_refused_fit_changes_nothing",
    "check_sampler_unfitted",
]


def check_sampler_input_unchanged(name, estimator, data=WINDOWS):
    """``fit`` and ``score`` change neither items nor labels, and ``sample`` returns new arrays."""
    for form, X, params in (("items as they are", data.items, {}), *data.forms):
        own, labels = copy.deepcopy(X), copy.deepcopy(data.labels)
        sampler = fit_clone(estimator, own, labels, **params)
        sampler.score(own)
        made = sampler.sample(3, random_state=0)
        if isinstance(made, np.ndarray):
            made.fill(0)
        assert_same(X, own, f"{name} changes {form}")
        if labels is not None:
            np.testing.assert_array_equal(data.labels, labels, f"{name} changes the labels")


def check_sampler_read_only_input(name, estimator, data=WINDOWS):
    """Read-only arrays work like others."""
    if not isinstance(data.items, np.ndarray):
        return
    locked = data.items.copy()
    locked.flags.writeable = False
    sampler = fit_clone(estimator, locked)
    sampler.score(locked)
    expected = fit_clone(estimator, data.items).sample(5, random_state=0)
    assert_same(expected, sampler.sample(5, random_state=0), f"{name} fitted on read-only items")


def check_sampler_items_refused(name, estimator, data=WINDOWS):
    """Items that no sampler can learn from are a ValueError, and leave the sampler unfitted."""
    learns_around_holes = get_tags(estimator).input_tags.allow_nan
    for what, X, params in data.refused:
        if what == "NaN" and learns_around_holes:
            continue
        sampler = clone(estimator).set_params(random_state=0, **params)
        assert_refuses(f"{name}.fit on {what}", sampler.fit, X)
        assert_unfitted(f"{name}, after it refused {what},", sampler)


def check_sampler_refused_fit_changes_nothing(name, estimator, data=WINDOWS):
    """A fitted sampler that refuses items samples as before."""
    sampler = fit_clone(estimator, data.items, data.labels)
    expected = sampler.sample(5, random_state=0)
    own = sampler.get_params(deep=False)
    learns_around_holes = get_tags(estimator).input_tags.allow_nan
    for what, X, params in data.refused:
        if what == "NaN" and learns_around_holes:
            continue
        sampler.set_params(**params)
        assert_refuses(f"{name}.fit on {what}", sampler.fit, X)
        made = sampler.sample(5, random_state=0)
        assert_same(made, expected, f"{name}, fitted, after it refused {what}")
        sampler.set_params(**{key: own[key] for key in params})


def check_sampler_labels_refused(name, estimator, data=WINDOWS):
    """Labels that are too few, missing or in two columns are a ValueError before training."""
    if data.labels is None:
        return
    n = len(data.labels)
    for what, y in (
        ("y of other length", data.labels[:-1]),
        ("y with NaN", np.where(np.arange(n) == 3, np.nan, 1.0)),
        ("y with two columns", np.stack([np.zeros(n), np.arange(n) % 2], axis=1)),
    ):
        sampler = clone(estimator).set_params(random_state=0)
        assert_refuses(f"{name}.fit with {what}", sampler.fit, data.items, y, mentions=["y"])
        assert_unfitted(f"{name}, after it refused {what},", sampler)


def check_sampler_counts_refused(name, estimator, data=WINDOWS):
    """A number of items that is below one or not an integer is an error that names it."""
    sampler = fit_clone(estimator, data.items)
    for n in (0, -1, 1.5, True, "3", None):
        assert_refuses(
            f"{name}.sample(n_samples={n!r})",
            sampler.sample,
            n,
            mentions=["n_samples", n],
            errors=(ValueError, TypeError),
        )


def check_sampler_unfitted(name, estimator, data=WINDOWS):
    """Before ``fit``, ``sample``, ``iter_sample`` and ``score`` raise NotFittedError when called."""
    sampler = clone(estimator)
    for method, argument in (("sample", 3), ("iter_sample", 3), ("score", data.items)):
        call = getattr(sampler, method)
        assert_refuses(f"{name}.{method} before fit", call, argument, errors=NotFittedError)


def check_sampler_columns(name, estimator, data=WINDOWS):
    """``n_features_in_`` and ``feature_names_in_`` are kept, and other columns refused by ``score``."""
    for form, X, params in (("items as they are", data.items, {}), *data.forms):
        if not hasattr(X, "shape"):
            continue
        sampler = fit_clone(estimator, X, **params)
        message = f"{name} fitted on {form}"
        if len(X.shape) == 1:
            assert not hasattr(sampler, "n_features_in_"), f"{message} has n_features_in_."
            continue
        seen = sampler.n_features_in_
        assert seen == X.shape[1], f"{message} has n_features_in_={seen}, not {X.shape[1]}."
        if not isinstance(X, pd.DataFrame):
            assert not hasattr(sampler, "feature_names_in_"), f"{message} has feature_names_in_."
            continue
        np.testing.assert_array_equal(sampler.feature_names_in_, X.columns, message)
        renamed = X.rename(columns={X.columns[0]: "other"})
        message = f"{message}, scored on other columns"
        assert_refuses(message, sampler.score, renamed, mentions=["other"])
