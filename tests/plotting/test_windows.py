import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sktsgan.plotting import WindowDisplay


def test_a_column_a_channel_real_above(walks):
    display = WindowDisplay.from_samples(*walks, n_windows=5, channel_names=["a (V)", "b", "c"])
    assert isinstance(display, WindowDisplay)
    assert display.axes_.shape == (2, 3)
    assert len(display.lines_) == 2 * 3 * 5
    assert [panel.get_title() for panel in display.axes_[0]] == ["a (V)", "b", "c"]
    assert [panels[0].get_ylabel() for panels in display.axes_] == ["real", "generated"]
    for above, below in display.axes_.T:
        assert above.get_ylim() == below.get_ylim()
        assert above.get_xlim() == below.get_xlim()
    drawn = display.axes_[0, 1].lines[0].get_ydata()
    assert any(np.array_equal(drawn, window) for window in walks[0][:, :, 1])


def test_channels_are_chosen(walks):
    display = WindowDisplay.from_samples(*walks, channels=[2, 0])
    assert [panel.get_title() for panel in display.axes_[0]] == ["channel 2", "channel 0"]
    many = np.zeros((2, 5, 4, 30))
    assert WindowDisplay.from_samples(*many).axes_.shape == (2, 4)


def test_flat_univariate_and_few_windows(walks):
    frames = [pd.DataFrame(windows.reshape(60, -1)) for windows in walks]
    assert WindowDisplay.from_samples(*frames, n_channels=3).axes_.shape == (2, 3)
    assert WindowDisplay.from_samples(*walks[..., 0]).axes_.shape == (2, 1)
    assert len(WindowDisplay.from_samples(*walks[:, :3, :, 0], n_windows=8).lines_) == 6


def test_axes_may_be_given(walks):
    figure, axes = plt.subplots(2, 3)
    display = WindowDisplay.from_samples(*walks, ax=axes)
    assert display.figure_ is figure
    assert (display.axes_ == axes).all()
    assert axes[0, 0].get_ylim() == axes[1, 0].get_ylim()
    assert plt.get_fignums() == [figure.number]


def test_same_seed_same_windows(walks):
    first, second = (WindowDisplay.from_samples(*walks, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(first.real, second.real)
    np.testing.assert_array_equal(first.synthetic, second.synthetic)


def test_from_estimator(walks, sampler):
    display = WindowDisplay.from_estimator(sampler.fit(walks[0]), walks[0], random_state=0)
    assert display.axes_.shape == (2, 3)
    flat = walks[0].reshape(60, -1)
    pipeline = make_pipeline(StandardScaler(), sampler).fit(flat)
    display = WindowDisplay.from_estimator(pipeline, flat, n_channels=3, random_state=0)
    assert np.abs(display.real).max() < 10


def test_n_channels_of_the_sampler_is_used(walks, sampler):
    flat = walks[0].reshape(60, -1)
    sampler.fit(flat).n_channels = 3
    assert WindowDisplay.from_estimator(sampler, flat).axes_.shape == (2, 3)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_windows": 0}, "n_windows == 0, must be >= 1."),
        ({"channels": [0, 3]}, "channels must be in 0 ... 2, got [0, 3]."),
        ({"channels": []}, "channels must be in 0 ... 2, got []."),
        ({"channel_names": ["a"]}, "channel_names must hold 3 names, got 1."),
        ({"ax": [1, 2]}, "ax must hold 6 axes, got 2."),
    ],
)
def test_errors(walks, parameters, message):
    with pytest.raises(ValueError) as error:
        WindowDisplay.from_samples(*walks, **parameters)
    assert str(error.value) == message
