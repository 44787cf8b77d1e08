import numpy as np
import pandas as pd
import pytest

from sktsgan.metrics import nearest_neighbor_ratio


@pytest.fixture
def sets(walks):
    """Training, held-out and fresh windows of one distribution, 250 each."""
    return walks.reshape(800, 12, 2)[:750].reshape(3, 250, 12, 2)


def test_fresh_windows_are_near_one(sets):
    assert abs(nearest_neighbor_ratio(*sets) - 1) < 0.1


def test_copies_are_at_zero(sets):
    train, held_out, _ = sets
    assert nearest_neighbor_ratio(train, held_out, train[:100]) == 0


def test_near_copies_are_near_zero(sets):
    train, held_out, _ = sets
    near = train + 0.01 * train.std(axis=(0, 1)) * np.random.default_rng(0).normal(size=train.shape)
    assert nearest_neighbor_ratio(train, held_out, near) < 0.15


def test_copies_of_the_held_out_windows_are_far_above_one(sets):
    train, held_out, fresh = sets
    assert nearest_neighbor_ratio(train, held_out, held_out) == np.inf


@pytest.mark.parametrize("sizes", [(600, 60), (60, 600)])
def test_sizes_of_the_real_sets_do_not_matter(sizes):
    rng = np.random.default_rng(0)
    train, held_out = (rng.normal(size=(size, 6)) for size in sizes)
    fresh = rng.normal(size=(1000, 6))
    assert abs(nearest_neighbor_ratio(train, held_out, fresh, random_state=0) - 1) < 0.15
    assert nearest_neighbor_ratio(train, held_out, train, random_state=0) == 0


def test_windows_of_both_sets_count_as_one(sets):
    train, held_out, _ = sets
    assert nearest_neighbor_ratio(train, train, train) == 1


def test_units_and_containers_do_not_matter(sets):
    expected = nearest_neighbor_ratio(*sets)
    frames = [pd.DataFrame((windows * [10.0, 0.1]).reshape(250, -1)) for windows in sets]
    assert nearest_neighbor_ratio(*frames, n_channels=2) == pytest.approx(expected)


def test_univariate_and_constant_channels(sets):
    univariate = sets[..., 0]
    assert abs(nearest_neighbor_ratio(*univariate) - 1) < 0.15
    with_constant = np.stack([univariate, np.full_like(univariate, 7.0)], axis=3)
    expected = nearest_neighbor_ratio(*univariate)
    assert nearest_neighbor_ratio(*with_constant) == pytest.approx(expected)


def test_input_is_unchanged(sets):
    before = sets.copy()
    nearest_neighbor_ratio(sets[0], sets[1][:100], sets[2], random_state=0)
    np.testing.assert_array_equal(sets, before)


def test_same_seed_same_ratio():
    rng = np.random.default_rng(0)
    sets = rng.normal(size=(500, 6)), rng.normal(size=(50, 6)), rng.normal(size=(200, 6))
    first, second, other = (nearest_neighbor_ratio(*sets, random_state=seed) for seed in (0, 0, 1))
    assert first == second != other


@pytest.mark.parametrize("name", ["held_out", "synthetic"])
def test_shapes_must_agree(name):
    sets = {"train": np.eye(4), "held_out": np.eye(4), "synthetic": np.eye(4)}
    sets[name] = np.eye(5)
    message = f"{name} has windows of shape (5, 1), but those of train have shape (4, 1)."
    with pytest.raises(ValueError) as error:
        nearest_neighbor_ratio(**sets)
    assert str(error.value) == message
