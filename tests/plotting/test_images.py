import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktsgan.plotting import ImageGridDisplay


class StripeSampler(BaseEstimator):
    """Makes images whose row of the class's number is bright."""

    def fit(self, X, y=None):
        self.shape_, self.image_shape_ = np.shape(X)[1:], (6, 5, 1)
        return self

    def sample(self, n_samples=1, *, prompt=None, random_state=None):
        rows = np.random.default_rng(random_state).integers(3, size=n_samples)
        made = np.zeros((n_samples, 6, 5), dtype=np.uint8)
        made[np.arange(n_samples), rows if prompt is None else prompt] = 200
        return made.reshape(n_samples, *self.shape_)


@pytest.fixture
def stripes():
    """Images of 6 × 5 pixels, 20 of each of three classes."""
    y = np.repeat([0, 1, 2], 20)
    return StripeSampler().fit(np.zeros((1, 6, 5))).sample(60, prompt=y), y


def brightest_rows(grid):
    return grid[..., 0].mean(axis=3).argmax(axis=2)


def test_real_above_generated_below(stripes):
    X, _ = stripes
    display = ImageGridDisplay.from_samples(X, X[:7], n_columns=8, random_state=0)
    assert isinstance(display, ImageGridDisplay)
    assert display.axes_.shape == (2, 1)
    assert [panel.get_title() for panel in display.axes_[:, 0]] == ["real", "generated"]
    assert display.real.shape == display.synthetic.shape == (4, 8, 6, 5, 1)
    assert np.isnan(display.synthetic[..., 0, 0, 0]).sum() == 4 * 8 - 7  # no more are left
    (drawn, _) = (image.get_array() for image in display.images_)
    assert drawn.shape == (4 * 6 + 3, 8 * 5 + 7, 3)
    assert drawn.min() == 0 and drawn.max() == 1


def test_a_row_a_class(stripes):
    X, y = stripes
    names = np.array(["a", "b", "c"])
    display = ImageGridDisplay.from_samples(X, X[::-1], names[y], names[y[::-1]], n_columns=4)
    assert display.axes_.shape == (1, 2)
    for grid in (display.real, display.synthetic):
        np.testing.assert_array_equal(brightest_rows(grid), [[0] * 4, [1] * 4, [2] * 4])
    for panel in display.axes_[0]:
        assert [label.get_text() for label in panel.get_yticklabels()] == ["a", "b", "c"]
        np.testing.assert_allclose(panel.get_yticks(), [3.0, 10.0, 17.0])


def test_the_scale_is_that_of_the_real_images():
    real, synthetic = np.zeros((2, 3, 4, 4))
    real[:, 0], synthetic[:, 0], synthetic[:, 1] = -10, 30, -5
    display = ImageGridDisplay.from_samples(real, synthetic, n_columns=3)
    np.testing.assert_allclose(display.synthetic[0, 0, :3, 0, 0], [1, 0.5, 1])
    constant = ImageGridDisplay.from_samples(np.ones((3, 4, 4)), np.ones((3, 4, 4)), n_columns=3)
    assert constant.real.max() == 0


def test_colour_flat_and_one_channel():
    colour = np.random.default_rng(0).uniform(size=(2, 12, 6, 5, 3))
    display = ImageGridDisplay.from_samples(*colour, random_state=0)
    flat = ImageGridDisplay.from_samples(
        *colour.reshape(2, 12, -1), image_shape=(6, 5, 3), random_state=0
    )
    np.testing.assert_array_equal(flat.real, display.real)
    assert not np.array_equal(*np.moveaxis(display.images_[0].get_array()[..., :2], 2, 0))
    grey = ImageGridDisplay.from_samples(*colour[..., :1], random_state=0)
    assert grey.real.shape == (2, 10, 6, 5, 1)
    without = ImageGridDisplay.from_samples(*colour[..., 0], random_state=0)
    np.testing.assert_array_equal(grey.real, without.real)


def test_from_estimator(stripes):
    X, y = stripes
    sampler = StripeSampler().fit(X)
    display = ImageGridDisplay.from_estimator(sampler, X, n_columns=6, random_state=0)
    assert display.real.shape == display.synthetic.shape == (4, 6, 6, 5, 1)
    by_class = ImageGridDisplay.from_estimator(sampler, X, y, n_columns=6, random_state=0)
    np.testing.assert_array_equal(brightest_rows(by_class.synthetic)[:, 0], [0, 1, 2])
    assert not np.isnan(by_class.synthetic).any()


def test_image_shape_of_the_sampler_is_used(stripes):
    flat = stripes[0].reshape(60, -1)
    pipeline = make_pipeline(FunctionTransformer(), StripeSampler()).fit(flat)
    assert ImageGridDisplay.from_estimator(pipeline, flat).real.shape == (4, 10, 6, 5, 1)


def test_same_seed_same_images(stripes):
    X, _ = stripes
    first, second = (ImageGridDisplay.from_samples(X, X, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(first.real, second.real)


def test_axes_may_be_given(stripes):
    X, y = stripes
    figure, axes = plt.subplots(1, 2)
    display = ImageGridDisplay.from_samples(X, X, y, y, ax=axes)
    assert display.figure_ is figure
    assert (display.axes_[0] == axes).all()
    assert display.plot().figure_ is not figure


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_columns": 0}, "n_columns == 0, must be >= 1."),
        ({"y_real": np.zeros(60)}, "Give both y_real and y_synthetic, or neither."),
        ({"image_shape": (7, 7)}, "real has 30 values per image, but image_shape=(7, 7)."),
        ({"image_shape": (3, 5, 2)}, "real must hold images of shape"),
        ({"ax": [1]}, "ax must hold 2 axes, got 1."),
    ],
)
def test_errors(stripes, parameters, message):
    with pytest.raises(ValueError) as error:
        ImageGridDisplay.from_samples(stripes[0], stripes[0], **parameters)
    assert message in str(error.value)


def test_images_of_unlike_shape_and_no_images(stripes):
    X, _ = stripes
    with pytest.raises(ValueError, match=r"synthetic has images of shape \(5, 5, 1\)"):
        ImageGridDisplay.from_samples(X, X[:, 1:])
    with pytest.raises(ValueError, match="or flat ones with image_shape, got"):
        ImageGridDisplay.from_samples(X.reshape(60, -1), X.reshape(60, -1))
    with pytest.raises(TypeError, match="has no method sample"):
        ImageGridDisplay.from_estimator(FunctionTransformer(), X)
