import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.patches import Ellipse
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sktsgan.metrics import distribution_kl_divergence
from sktsgan.plotting import DistributionDisplay


def test_panels_hold_both_sets_and_their_normals(walks):
    display = DistributionDisplay.from_samples(*walks, random_state=0)
    assert isinstance(display, DistributionDisplay)
    assert display.axes_.shape == (2,)
    assert list(display.projections) == ["pca", "tsne"]
    for panel, pair, ellipses in zip(
        display.axes_, display.scatters_, display.ellipses_, strict=True
    ):
        assert panel.figure is display.figure_
        for points in pair:
            assert isinstance(points, PathCollection)
            assert points.get_offsets().shape == (60, 2)
        assert len(ellipses) == 4
        assert all(isinstance(ellipse, Ellipse) for ellipse in ellipses)
        assert panel.get_title() and panel.get_xlabel() and panel.get_ylabel()
    assert [text.get_text() for text in display.axes_[0].get_legend().get_texts()][:2] == [
        "real",
        "generated",
    ]


def test_divergence_is_the_score_of_all_windows(walks):
    display = DistributionDisplay.from_samples(*walks, projection="pca", max_points=20)
    expected = distribution_kl_divergence(*walks)
    assert display.projections["pca"].divergence == pytest.approx(expected)
    assert display.axes_[0].get_title() == f"PCA: KL divergence {expected:.3g} nats"
    assert display.scatters_[0][0].get_offsets().shape == (20, 2)


def test_ellipses_are_one_and_two_deviations_wide():
    rng = np.random.default_rng(0)
    angle = np.pi / 6
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (rng.normal(size=(4000, 2)) * [3, 1]) @ turn.T
    display = DistributionDisplay.from_samples(points, points, projection="pca")
    mean, covariance = display.projections["pca"].real_normal
    for n_deviations, ellipse in zip((1, 2), display.ellipses_[0], strict=False):
        # Points of the outline are that many deviations away, by the distance of Mahalanobis.
        outline = ellipse.get_patch_transform().transform(ellipse.get_path().vertices[:8]) - mean
        inverse = np.linalg.inv(covariance)
        distances = np.sqrt(np.einsum("ij,jk,ik->i", outline, inverse, outline))
        on_curve = distances[::3]  # the others are control points of its Bézier curves
        np.testing.assert_allclose(on_curve, n_deviations, rtol=0.01)


def test_axes_may_be_given(walks):
    figure, axes = plt.subplots(1, 2)
    display = DistributionDisplay.from_samples(*walks, max_points=30, random_state=0, ax=axes)
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes)
    assert plt.get_fignums() == [figure.number]
    _, ax = plt.subplots()
    assert DistributionDisplay.from_samples(*walks, projection=["pca"], ax=ax).axes_[0] is ax


def test_plot_draws_again(walks):
    display = DistributionDisplay.from_samples(*walks, projection="pca")
    first = display.figure_
    assert display.plot() is display
    assert display.figure_ is not first


def test_same_seed_same_picture(walks):
    first, second = (
        DistributionDisplay.from_samples(*walks, max_points=30, random_state=1) for _ in range(2)
    )
    for name in ("pca", "tsne"):
        np.testing.assert_array_equal(first.projections[name].real, second.projections[name].real)


def test_containers(walks, sampler):
    frames = [pd.DataFrame(windows.reshape(60, -1)) for windows in walks]
    for pair in (frames, walks.reshape(2, 60, -1), walks[..., 0]):
        DistributionDisplay.from_samples(*pair, projection="pca")


def test_from_estimator(walks, sampler):
    display = DistributionDisplay.from_estimator(
        sampler.fit(walks[0]), walks[0], max_points=25, random_state=0
    )
    assert display.scatters_[1][1].get_offsets().shape == (25, 2)
    flat = walks[0].reshape(60, -1)
    pipeline = make_pipeline(StandardScaler(), sampler).fit(flat)
    display = DistributionDisplay.from_estimator(pipeline, flat, projection="pca", random_state=0)
    assert display.projections["pca"].divergence < 1


def test_constant_and_diverged_windows_can_be_drawn(walks):
    constant = np.ones((10, 4))
    DistributionDisplay.from_samples(constant, constant, random_state=0)
    DistributionDisplay.from_samples(walks[0], np.full_like(walks[0], 1e300), random_state=0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"projection": "umap"}, "projection must be one of 'pca', 'tsne', got 'umap'."),
        ({"max_points": 1}, "max_points == 1, must be >= 2."),
        ({"projection": "pca", "ax": [1, 2]}, "ax must hold 1 axes, got 2."),
    ],
)
def test_errors(walks, parameters, message):
    with pytest.raises(ValueError) as error:
        DistributionDisplay.from_samples(*walks, **parameters)
    assert str(error.value) == message


def test_a_single_value_spans_no_plane():
    with pytest.raises(ValueError) as error:
        DistributionDisplay.from_samples(np.zeros((5, 1)), np.zeros((5, 1)))
    assert str(error.value) == "A plane needs items of at least 2 values, got 1."


def test_import_does_not_load_pyplot():
    code = "import sys, sktsgan.plotting; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_texts_and_series_of_unequal_length(walks):
    words = np.array(list("abcdefgh"))
    texts = [" ".join(row) for row in words[np.random.default_rng(0).integers(8, size=(80, 5))]]
    series = [window[: 3 + i % 4] for i, window in enumerate(walks[0])]
    for real, made in ((texts[:40], texts[40:]), (series, series[::-1])):
        display = DistributionDisplay.from_samples(real, made, max_points=20, random_state=0)
        expected = distribution_kl_divergence(real, made)
        assert display.projections["pca"].divergence == pytest.approx(expected)
        assert display.scatters_[1][0].get_offsets().shape == (20, 2)
