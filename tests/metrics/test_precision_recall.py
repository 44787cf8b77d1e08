import numpy as np
import pytest

from sktsgan.metrics import precision_recall


def naive(real, synthetic, n_neighbors):
    """Return both shares by the definition, one item after the other."""

    def share(queries, points):
        radii = [np.sort(np.linalg.norm(points - p, axis=1))[n_neighbors] for p in points]
        return np.mean(
            [
                any(np.linalg.norm(q - p) <= r for p, r in zip(points, radii, strict=True))
                for q in queries
            ]
        )

    return share(synthetic, real), share(real, synthetic)


@pytest.mark.parametrize("n_neighbors", [1, 3])
def test_it_is_what_the_definition_says(n_neighbors):
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(60, 4)), 1.3 * rng.normal(size=(40, 4)) + 0.5
    expected = naive(real, synthetic, n_neighbors)
    assert precision_recall(real, synthetic, n_neighbors=n_neighbors) == pytest.approx(expected)
    assert 0 < expected[0] < 1 and 0 < expected[1] < 1


def test_equal_sets_have_both():
    images = np.random.default_rng(0).integers(0, 256, size=(50, 6, 6), dtype=np.uint8)
    assert precision_recall(images, images) == (1.0, 1.0)


def test_repeated_items_far_from_zero_are_in_their_own_balls():
    one = 1e4 + np.random.default_rng(0).normal(size=30)
    repeated = np.vstack([np.tile(one, (10, 1)), one + np.eye(30)])
    assert precision_recall(repeated, repeated[:10]) == (1.0, 10 / 40)


def test_far_sets_have_neither():
    real = np.random.default_rng(0).normal(size=(50, 3))
    assert precision_recall(real, real + 100) == (0.0, 0.0)


def test_what_collapsed_has_precision_alone():
    real, fresh = np.random.default_rng(0).normal(size=(2, 1000, 2))
    precision, recall = precision_recall(real, 0.05 * fresh)
    assert precision > 0.9
    assert recall < 0.1


def test_what_is_too_wide_has_recall_alone():
    real, fresh = np.random.default_rng(0).normal(size=(2, 1000, 4))
    precision, recall = precision_recall(real, 4 * fresh)
    assert precision < 0.2 < 0.8 < recall


def test_features_are_what_is_compared():
    real, fresh = np.random.default_rng(0).normal(size=(2, 200, 5, 5))
    fresh[:, 0] += 1000

    def last_row(images):
        return images[:, -1]

    assert precision_recall(real, fresh) == (0.0, 0.0)
    assert min(precision_recall(real, fresh, features=last_row)) > 0.6


@pytest.mark.parametrize(
    ("sizes", "n_neighbors", "message"),
    [
        ((3, 9), 3, "real must have more than n_neighbors=3 items, got 3."),
        ((9, 4), 5, "synthetic must have more than n_neighbors=5 items, got 4."),
        ((9, 9), 0, "n_neighbors == 0, must be >= 1."),
    ],
)
def test_errors(sizes, n_neighbors, message):
    real, synthetic = (np.random.default_rng(0).normal(size=(n, 2)) for n in sizes)
    with pytest.raises(ValueError) as error:
        precision_recall(real, synthetic, n_neighbors=n_neighbors)
    assert str(error.value) == message
