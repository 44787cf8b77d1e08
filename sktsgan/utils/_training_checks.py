"""Checks of samplers that can continue training: ``warm_start`` and ``partial_fit``."""

import numpy as np
from sklearn.base import clone

from sktsgan.utils._check_data import WINDOWS
from sktsgan.utils._check_tools import assert_refuses, assert_same, fit_clone, take_class

__all__ = [
    "check_sampler_partial_fit",
    "check_sampler_partial_fit_labels",
    "check_sampler_warm_start",
    "check_sampler_warm_start_labels",
]


def check_sampler_warm_start(name, estimator, data=WINDOWS):
    """With ``warm_start``, a second ``fit`` continues training, repeatably, on items of the same shape only."""
    made = []
    for _ in range(2):
        sampler = fit_clone(estimator, data.items, warm_start=True).fit(data.items)
        made.append(sampler.sample(5, random_state=0))
    assert_same(*made, f"{name} with warm_start and the same seed")
    _assert_refuses_shapes(f"{name} with warm_start", sampler, sampler.fit, data)


def check_sampler_partial_fit(name, estimator, data=WINDOWS):
    """``partial_fit`` starts or continues training, repeatably, on items of the same shape only."""
    made = []
    for _ in range(2):
        sampler = clone(estimator).set_params(random_state=0)
        assert sampler.partial_fit(data.items) is sampler, f"{name}.partial_fit must return self."
        made.append(sampler.partial_fit(data.items[:10]).sample(5, random_state=0))
    assert_same(*made, f"{name}.partial_fit with the same seed")
    _assert_refuses_shapes(f"{name}.partial_fit, later,", sampler, sampler.partial_fit, data)


def _assert_refuses_shapes(message, sampler, fit, data):
    """Assert that training refuses windows of other shapes and leaves the sampler unchanged."""
    if not data.are_windows:
        return
    X, made = data.items, sampler.sample(5, random_state=0)
    for what, other in (
        ("shorter", X[:, :-1]),
        ("longer", np.concatenate([X, X], axis=1)),
        ("narrower", X[..., 1:]),
        ("wider", np.concatenate([X, X], axis=2)),
        ("flat", X.reshape(len(X), -1)),
    ):
        assert_refuses(f"{message} on {what} windows", fit, other)
    assert_same(made, sampler.sample(5, random_state=0), f"{message} after it refused windows")


def check_sampler_warm_start_labels(name, estimator, data=WINDOWS):
    """With ``warm_start``, ``fit`` keeps the classes of its first call, and refuses new ones."""
    sampler = fit_clone(estimator, data.items, data.labels, warm_start=True)
    _assert_keeps_classes(f"{name} with warm_start", sampler, sampler.fit, data)


def check_sampler_partial_fit_labels(name, estimator, data=WINDOWS):
    """``partial_fit`` keeps the classes of its first call, and refuses new ones."""
    sampler = clone(estimator).set_params(random_state=0).partial_fit(data.items, data.labels)
    _assert_keeps_classes(f"{name}.partial_fit, later,", sampler, sampler.partial_fit, data)


def _assert_keeps_classes(message, sampler, fit, data):
    new = np.repeat("new", len(data.labels))
    assert_refuses(f"{message} on a new label", fit, data.items, new, mentions=["new"])
    assert_refuses(f"{message} without y", fit, data.items, mentions=["y"])
    labels = np.unique(data.labels)
    fit(*take_class(data, labels[-1]))
    for label in labels:
        table = sampler.sample(3, prompt=label, return_prompt=True)[1]
        assert list(table["y"]) == [label] * 3, f"{message} on one class forgets {label!r}."
