import numpy as np
import pandas as pd
import pytest
from scipy.linalg import sqrtm
from sklearn.decomposition import PCA

from sktsgan.metrics import frechet_distance


def correlated(n_items, n_values, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_items, n_values)) @ rng.normal(size=(n_values, n_values))


def test_it_is_the_closed_form():
    real, synthetic = correlated(60, 7, 0), correlated(40, 7, 1) + 2
    covariances = [np.cov(X, rowvar=False) for X in (real, synthetic)]
    root = sqrtm(covariances[0] @ covariances[1]).real
    shift = real.mean(axis=0) - synthetic.mean(axis=0)
    expected = shift @ shift + np.trace(sum(covariances)) - 2 * np.trace(root)
    assert frechet_distance(real, synthetic) == pytest.approx(expected)


def test_of_one_value_it_is_the_difference_of_means_and_deviations():
    real, synthetic = np.array([[0.0], [2.0]]), np.array([[1.0], [1.0], [10.0]])
    expected = 3.0**2 + (real.std(ddof=1) - synthetic.std(ddof=1)) ** 2
    assert frechet_distance(real, synthetic) == pytest.approx(expected)


@pytest.mark.parametrize("n_items", [5, 100])
def test_equal_sets_are_at_zero_and_the_order_of_sets_does_not_matter(n_items):
    first, second = correlated(n_items, 12, 0), correlated(n_items, 12, 1)
    assert frechet_distance(first, first) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(first, second) == pytest.approx(frechet_distance(second, first))


def test_fewer_items_than_values_leave_a_shift_as_it_is():
    images = np.random.default_rng(0).normal(size=(4, 6, 6))
    assert frechet_distance(images, images + 0.5) == pytest.approx(36 * 0.5**2)


def test_sets_without_spread_are_compared_by_their_means():
    assert frechet_distance(np.zeros((3, 5)), np.ones((2, 5))) == pytest.approx(5)


def test_features_are_what_is_compared():
    images = np.random.default_rng(0).integers(0, 256, size=(300, 6, 6), dtype=np.uint8)
    seen = []

    def brightness(items):
        seen.append(items)
        return items.mean(axis=(1, 2))[:, None]

    mirrored = images[:, ::-1]
    assert frechet_distance(images, mirrored, features=brightness) == pytest.approx(0, abs=1e-6)
    assert all(items.dtype == np.uint8 and items.shape == (300, 6, 6) for items in seen)
    assert frechet_distance(images.tolist(), mirrored.tolist(), features=brightness) < 1e-6
    flat = pd.DataFrame(images.reshape(300, -1)).add_prefix("pixel")
    pca = PCA(3).fit(flat)
    assert frechet_distance(flat, flat[:100], features=pca) == pytest.approx(
        frechet_distance(pca.transform(flat), pca.transform(flat[:100]))
    )


@pytest.mark.parametrize(
    ("real", "synthetic", "features", "message"),
    [
        (np.ones((2, 3)), np.ones((1, 3)), None, "Found array with 1 sample"),
        (np.ones((2, 3)), np.full((2, 3), np.nan), None, "Input synthetic contains NaN"),
        (np.ones((2, 3)), np.ones((2, 4)), None, r"synthetic has items of shape \(4,\)"),
        (
            np.ones((2, 3)),
            np.ones((2, 3)),
            lambda X: X[:1],
            "features returned 1 rows for the 2 items",
        ),
        (np.ones((2, 3)), np.ones((2, 3)), lambda X: X / 0, "features of real contains infinity"),
    ],
)
def test_errors(real, synthetic, features, message):
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match=message):
        frechet_distance(real, synthetic, features=features)


def test_features_must_be_usable():
    with pytest.raises(
        TypeError, match="features must be a callable, a fitted transformer or None"
    ):
        frechet_distance(np.eye(3), np.eye(3), features="inception")
