"""The regression of components on conditions."""

import numpy as np
import pytest
import torch

from sktsgan.closed_form._condition_slopes import ConditionSlopes


def learn(n_windows, law, seed=0):
    """Fit to two groups whose components follow a law of two conditions; return slopes, conditions and targets."""
    rng = np.random.default_rng(seed)
    conditions = rng.normal(size=(n_windows, 2)).astype(np.float32)
    members = np.array_split(np.arange(n_windows), 2)
    targets = law(conditions)
    centred = [targets[rows] - targets[rows].mean(axis=0) for rows in members]
    slopes = ConditionSlopes()
    no_kernels = np.zeros(2, dtype=bool)
    classes = np.zeros(n_windows, dtype=int)
    left = slopes.fit(centred, conditions, members, classes, no_kernels)
    return slopes, torch.as_tensor(conditions), members, centred, left


def both_and_their_product(c):
    return np.stack([c[:, 0] - c[:, 1], 2 * c[:, 0] * c[:, 1]], axis=1)


def test_products_count_where_windows_are_many():
    slopes, conditions, members, centred, left = learn(2000, both_and_their_product)
    assert slopes.slopes_.shape == (3, 2)
    assert np.concatenate(left).std(axis=0) == pytest.approx(0, abs=0.1)
    shift = slopes.shift(conditions[members[1]], torch.ones(1000, dtype=torch.long))
    np.testing.assert_allclose(shift, centred[1], atol=0.2)


def test_few_windows_go_by_the_conditions_alone():
    slopes, *_ = learn(20, both_and_their_product)
    assert slopes.slopes_.shape == (2, 2)


def test_what_is_left_and_the_shift_are_the_whole():
    slopes, conditions, members, centred, left = learn(500, both_and_their_product)
    for j, rows in enumerate(members):
        shift = slopes.shift(conditions[rows], torch.full((len(rows),), j))
        np.testing.assert_allclose(shift.numpy() + left[j], centred[j], atol=1e-4)
