import pickle
from importlib.resources import files

import numpy as np
import pytest
import torch
from safetensors import safe_open
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from sktsgan.metrics import DigitFeatures, frechet_distance

DATA = files("sktsgan.metrics") / "data"


@pytest.fixture(scope="module")
def digits():
    """Digits of 8 × 8 pixels, enlarged to those of MNIST: 20 × 20 in the middle of 28 × 28, from 0 to 255."""
    small = torch.from_numpy(load_digits().images[:600]).unsqueeze(1)
    large = torch.nn.functional.interpolate(small, size=(20, 20), mode="bilinear")
    padded = torch.nn.functional.pad(large, (4, 4, 4, 4))[:, 0].numpy()
    return np.round(padded * 255 / 16).astype(np.uint8), load_digits().target[:600]


def test_digits_of_another_hand_are_recognised(digits):
    images, labels = digits
    network = DigitFeatures().fit(images)
    assert (network.predict(images) == labels).mean() > 0.7
    features = network.transform(images)
    assert features.shape == (600, 64)
    assert features.dtype == np.float64
    assert features.min() >= 0
    assert len(network.get_feature_names_out()) == 64


def test_shape_range_and_container_do_not_matter(digits):
    images = digits[0][:20]
    expected = DigitFeatures().fit_transform(images)
    for same in (
        images[..., None],
        images.reshape(20, -1),
        images.tolist(),
        images / 255,
        images / 127.5 - 1,
        images.astype(np.float32) * 7 + 100,
    ):
        np.testing.assert_allclose(DigitFeatures().fit_transform(same), expected, atol=1e-4)


def test_nothing_but_pixels_and_range_counts(digits):
    images = digits[0][:50]
    network = DigitFeatures().fit(images)
    expected = network.transform(images)
    torch.set_default_dtype(torch.float64)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            again = network.transform(images)
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(before)
    np.testing.assert_array_equal(again, expected)
    copy = pickle.loads(pickle.dumps(network))
    np.testing.assert_array_equal(copy.transform(images), expected)
    np.testing.assert_allclose(network.transform(images[7:8]), expected[7:8], atol=1e-5)


def test_faint_images_are_told_from_real_ones(digits):
    images = digits[0]
    network = DigitFeatures().fit(images)
    between_halves = frechet_distance(images[:300], images[300:], features=network)
    faint = images[300:] // 2
    assert frechet_distance(images[:300], faint, features=network) > 2 * between_halves


def test_worse_images_are_further_away(digits):
    images = digits[0]
    network = DigitFeatures().fit(images)
    noise = np.random.default_rng(0).normal(size=images.shape)
    distances = [
        frechet_distance(images, np.clip(images + level * noise, 0, 255), features=network)
        for level in (0, 20, 60, 120)
    ]
    assert distances == sorted(distances)


def test_weights_are_small_and_what_is_written_of_them_is_true():
    path = DATA / "digit_features.safetensors"
    assert len(path.read_bytes()) < 1_000_000
    with safe_open(str(path), framework="pt") as file:
        accuracy = f"{100 * float(file.metadata()['test_accuracy']):.2f} %"
    description = (DATA / "digit_features.md").read_text(encoding="utf-8")
    assert accuracy in description
    assert "CC BY-SA 3.0" in description
    assert accuracy in DigitFeatures.__doc__
    assert float(accuracy[:-2]) >= 98.5


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.eye(28), "got images of shape (28,)."),
        (np.zeros((2, 8, 8)), "got images of shape (8, 8)."),
        (np.zeros((2, 28, 28, 3)), "got images of shape (28, 28, 3)."),
        (np.full((2, 28, 28), 5), "X must have pixels that differ, but all of them are 5."),
        (np.full((2, 28, 28), np.nan), "Input X contains NaN."),
    ],
)
def test_errors(images, message):
    with pytest.raises(ValueError) as error:
        DigitFeatures().fit(images)
    assert message in str(error.value)


def test_estimator():
    with pytest.warns(Warning, match="Can't test estimator"):
        check_estimator(DigitFeatures())
    network = DigitFeatures().fit(np.eye(28)[None])
    with pytest.raises(NotFittedError):
        clone(network).transform(np.eye(28)[None])
