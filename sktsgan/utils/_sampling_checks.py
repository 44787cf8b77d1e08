"""Checks of the items that a sampler returns: counts, containers, seeds, batches."""

import pickle
import random
from io import BytesIO

import joblib
import numpy as np
import pandas as pd
import torch
from sklearn.base import clone

from sktsgan.utils._check_data import WINDOWS
from sktsgan.utils._check_tools import (
    assert_differ,
    assert_refuses,
    assert_same,
    assert_unfitted,
    fit_clone,
    join_batches,
)

__all__ = [
    "check_sampler_bounded_batches",
    "check_sampler_clone",
    "check_sampler_exact_count",
    "check_sampler_forms",
    "check_sampler_global_random_state",
    "check_sampler_iter_sample",
    "check_sampler_pickle",
    "check_sampler_random_state_instance",
    "check_sampler_sample_keeps_state",
    "check_sampler_score",
    "check_sampler_seed",
    "check_sampler_without_seed",
]


def check_sampler_exact_count(name, estimator, data=WINDOWS):
    """``sample`` makes one item by default, or as many as its first argument says."""
    sampler = fit_clone(estimator, data.items)
    counts = {n: len(sampler.sample(n)) for n in (1, 2, 7, np.int64(3), data.n_many)}
    counts[1] = len(sampler.sample())
    for asked, made in counts.items():
        assert made == asked, f"{name}.sample({asked}) made {made} items."


def check_sampler_forms(name, estimator, data=WINDOWS):
    """Items are returned in the container, shape, dtypes and names of the input."""
    for form, X, params in (("items as they are", data.items, {}), *data.forms):
        new = fit_clone(estimator, X, **params).sample(5, random_state=0)
        message = f"{name} fitted on {form}"
        assert type(new) is type(X), f"{message} returns a {type(new).__name__}."
        assert len(new) == 5, f"{message} returns {len(new)} items for 5."
        if isinstance(X, pd.DataFrame):
            pd.testing.assert_series_equal(new.dtypes, X.dtypes, obj=message)
        if isinstance(X, pd.Series):
            assert new.dtype == X.dtype, f"{message} returns {new.dtype}, not {X.dtype}."
            assert new.name == X.name, f"{message} returns a Series named {new.name!r}."
        if isinstance(X, np.ndarray):
            assert new.dtype == X.dtype, f"{message} returns {new.dtype}, not {X.dtype}."
            assert new.shape[1:] == X.shape[1:], f"{message} returns items of {new.shape[1:]}."


def check_sampler_seed(name, estimator, data=WINDOWS):
    """The same seeds give the same items; another seed of ``sample`` gives others."""
    first, second = (fit_clone(estimator, data.items, random_state=7) for _ in range(2))
    made = first.sample(20, random_state=1)
    assert_same(made, first.sample(20, random_state=1), f"{name}.sample with the same seed")
    assert_same(made, second.sample(20, random_state=1), f"{name}.fit with the same seed")
    assert_differ(made, first.sample(20, random_state=2), f"{name} ignores the seed of sample.")


def check_sampler_random_state_instance(name, estimator, data=WINDOWS):
    """A RandomState works as a seed in ``fit`` and ``sample``, which advance it."""
    first, second = (
        fit_clone(estimator, data.items, random_state=np.random.RandomState(3)) for _ in range(2)
    )
    rng = np.random.RandomState(4)
    made = first.sample(20, random_state=rng)
    again = second.sample(20, random_state=np.random.RandomState(4))
    assert_same(made, again, f"{name} with equal RandomState instances")
    assert_differ(made, first.sample(20, random_state=rng), f"{name} does not advance RandomState.")


def check_sampler_without_seed(name, estimator, data=WINDOWS):
    """Without a seed, every call makes other items, even if the global seed is the same."""
    sampler = fit_clone(estimator, data.items, random_state=None)
    state, torch_state = np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    try:
        made = []
        for _ in range(2):
            np.random.seed(0)  # noqa: NPY002
            torch.manual_seed(0)
            made.append(sampler.sample(20))
    finally:
        np.random.set_state(state)  # noqa: NPY002
        torch.set_rng_state(torch_state)
    assert_differ(*made, f"{name}.sample without a seed makes the same items twice.")


def check_sampler_global_random_state(name, estimator, data=WINDOWS):
    """Fitting, sampling and scoring leave the global random states alone."""
    before = _global_states()
    for seed in (0, None):
        sampler = fit_clone(estimator, data.items, random_state=seed)
        sampler.sample(5, random_state=seed)
        list(sampler.iter_sample(5, batch_size=2, random_state=seed))
        sampler.score(data.items)
    for library, state in _global_states().items():
        unchanged = np.array_equal(before[library], state)
        assert unchanged, f"{name} changes the global random state of {library}."


def _global_states():
    position = np.random.get_state()[1:3]  # noqa: NPY002
    return {
        "NumPy": np.append(*position),
        "torch": torch.get_rng_state().numpy(),
        "Python": np.array(random.getstate()[1]),
    }


def check_sampler_sample_keeps_state(name, estimator, data=WINDOWS):
    """Earlier calls of ``sample``, ``iter_sample`` and ``score`` don't change later ones."""
    sampler = fit_clone(estimator, data.items)
    made, score = sampler.sample(20, random_state=0), sampler.score(data.items)
    sampler.sample(3)
    next(iter(sampler.iter_sample(50, batch_size=2)))
    message = f"{name}.sample, after other calls"
    assert_same(made, sampler.sample(20, random_state=0), message)
    assert sampler.score(data.items) == score, f"{name}.score varies from call to call."


def check_sampler_iter_sample(name, estimator, data=WINDOWS):
    """``iter_sample`` yields the items of ``sample``, whatever the batches."""
    sampler = fit_clone(estimator, data.items)
    for n_samples, batch_size in ((7, 1), (7, 3), (7, 7), (7, 1000), (data.n_many, 4096)):
        expected = sampler.sample(n_samples, random_state=0)
        batches = sampler.iter_sample(n_samples, batch_size=batch_size, random_state=0)
        message = f"{name}.iter_sample({n_samples}, batch_size={batch_size})"
        assert_same(expected, join_batches(batches), message)
    whole = join_batches(sampler.iter_sample(5, random_state=0))
    assert_same(sampler.sample(5, random_state=0), whole, f"{name}.iter_sample(5)")


def check_sampler_bounded_batches(name, estimator, data=WINDOWS):
    """All batches but the last have ``batch_size`` items; errors are raised by the call, not the iteration."""
    sampler = fit_clone(estimator, data.items)
    for n_samples, batch_size in ((7, 3), (data.n_many, 999)):
        sizes = [len(b) for b in sampler.iter_sample(n_samples, batch_size=batch_size)]
        whole, rest = divmod(n_samples, batch_size)
        expected = [batch_size] * whole + [rest] * (rest > 0)
        assert sizes == expected, f"{name}.iter_sample({n_samples}) yields batches of {sizes}."
    for argument, n_samples, batch_size in (("n_samples", 0, 5), ("batch_size", 5, 0)):
        assert_refuses(
            f"{name}.iter_sample with {argument}=0",
            sampler.iter_sample,
            n_samples,
            batch_size=batch_size,
            mentions=[argument, 0],
        )


def check_sampler_score(name, estimator, data=WINDOWS):
    """``score`` is a finite number that does not depend on the seed of ``sample``."""
    sampler = fit_clone(estimator, data.items)
    score = sampler.score(data.items)
    assert np.isscalar(score) and np.isfinite(score), f"{name}.score returned {score!r}."
    assert sampler.score(data.items, data.labels) == score, f"{name}.score varies with y."


def check_sampler_pickle(name, estimator, data=WINDOWS):
    """A fitted sampler makes the same items after a round trip through pickle or joblib."""
    sampler = fit_clone(estimator, data.items, data.labels)
    expected = sampler.sample(20, random_state=0)
    copy = pickle.loads(pickle.dumps(sampler))
    assert_same(expected, copy.sample(20, random_state=0), f"{name}, pickled")
    file = BytesIO()
    joblib.dump(sampler, file)
    file.seek(0)
    assert_same(expected, joblib.load(file).sample(20, random_state=0), f"{name}, through joblib")


def check_sampler_clone(name, estimator, data=WINDOWS):
    """A clone has the parameters, but is not fitted."""
    sampler = fit_clone(estimator, data.items)
    copy = clone(sampler)
    assert_unfitted(f"A clone of {name}", copy)
    again = copy.fit(data.items).sample(20, random_state=0)
    assert_same(sampler.sample(20, random_state=0), again, f"A clone of {name}, fitted")
