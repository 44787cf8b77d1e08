import numpy as np
import pandas as pd
import pytest

from sktsgan.metrics import membership_inference_score


@pytest.fixture
def sets(walks):
    """Training, held-out and fresh windows of one distribution, 250 each."""
    return walks.reshape(800, 12, 2)[:750].reshape(3, 250, 12, 2)


def test_it_is_what_the_definition_says():
    # Distances to the nearest of 0 and 10: 1 and 4 of training, 2, 3 and 5 of the held-out values.
    train, held_out, synthetic = ([[[v]] for v in s] for s in ([1, 14], [2, 7, 5], [0, 10]))
    assert membership_inference_score(train, held_out, synthetic) == pytest.approx(4 / 6)


def test_fresh_windows_give_nothing_away(sets):
    assert abs(membership_inference_score(*sets) - 0.5) < 0.08


def test_copies_give_everything_away(sets):
    train, held_out, _ = sets
    assert membership_inference_score(train, held_out, train[::-1]) == 1


def test_copies_with_noise_are_caught(sets):
    train, held_out, _ = sets
    noise = np.random.default_rng(0).normal(size=train.shape)
    near = train + 0.02 * train.std(axis=(0, 1)) * noise
    assert membership_inference_score(train, held_out, near) > 0.95


def test_draws_with_replacement_leave_a_third_out(sets):
    train, held_out, _ = sets
    drawn = train[np.random.default_rng(0).integers(len(train), size=len(train))]
    assert 0.75 < membership_inference_score(train, held_out, drawn) < 0.9


def test_copies_of_the_held_out_windows_are_at_zero(sets):
    train, held_out, _ = sets
    assert membership_inference_score(train, held_out, held_out) == 0


def test_sizes_of_the_real_sets_do_not_matter():
    rng = np.random.default_rng(0)
    train, held_out, fresh = (rng.normal(size=(size, 6)) for size in (1200, 200, 600))
    assert abs(membership_inference_score(train, held_out, fresh) - 0.5) < 0.08


def test_units_and_containers_do_not_matter(sets):
    expected = membership_inference_score(*sets)
    frames = [pd.DataFrame((windows * [10.0, 0.1]).reshape(250, -1)) for windows in sets]
    assert membership_inference_score(*frames, n_channels=2) == pytest.approx(expected)


def test_constant_channels_do_not_matter(sets):
    univariate = sets[..., 0]
    with_constant = np.stack([univariate, np.full_like(univariate, 7.0)], axis=3)
    expected = membership_inference_score(*univariate)
    assert membership_inference_score(*with_constant) == pytest.approx(expected)


def test_images_are_their_pixels_by_colour():
    images = np.random.default_rng(0).integers(0, 256, size=(3, 60, 5, 4, 3), dtype=np.uint8)
    score = membership_inference_score(*images)
    assert score == membership_inference_score(*images.reshape(3, 60, -1), n_channels=3)
    assert membership_inference_score(images[0], images[1], images[0]) == 1


def test_input_is_unchanged(sets):
    before = sets.copy()
    membership_inference_score(*sets)
    np.testing.assert_array_equal(sets, before)


@pytest.mark.parametrize("name", ["held_out", "synthetic"])
def test_shapes_must_agree(name):
    sets = {"train": np.eye(4), "held_out": np.eye(4), "synthetic": np.eye(4)}
    sets[name] = np.eye(5)
    message = f"{name} has windows of shape (5, 1), but those of train have shape (4, 1)."
    with pytest.raises(ValueError) as error:
        membership_inference_score(**sets)
    assert str(error.value) == message
