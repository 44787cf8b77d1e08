import numpy as np
import pytest

from sktsgan.closed_form import times_of_windows


def cut(series, n_timesteps, stride=1):
    view = np.lib.stride_tricks.sliding_window_view(series, n_timesteps, axis=0)
    return view[::stride].transpose(0, 2, 1).copy()


@pytest.fixture
def series():
    return np.random.default_rng(0).normal(size=(200, 2)).cumsum(axis=0)


@pytest.mark.parametrize("stride", [1, 2, 5, 6])
def test_strides(series, stride):
    times = times_of_windows(cut(series, 8, stride))
    assert (np.diff(times) == stride).all()


def test_any_order(series):
    order = np.random.default_rng(1).permutation(193)
    times = times_of_windows(cut(series, 8)[order])
    np.testing.assert_array_equal(times - times.min(), order)


def test_what_shares_nothing_is_far_apart(series):
    pieces = [cut(piece, 8) for piece in np.split(series, 4)]
    times = np.split(times_of_windows(np.concatenate(pieces)), 4)
    for own, following in zip(times[:-1], times[1:], strict=True):
        assert following.min() - own.max() >= 16
    independent = np.random.default_rng(2).normal(size=(50, 8, 1))
    assert (np.diff(np.sort(times_of_windows(independent))) >= 16).all()


def test_a_missing_window(series):
    rows = np.delete(np.arange(100), [40, 41, 70])
    times = times_of_windows(cut(series, 8)[rows])
    np.testing.assert_array_equal(times - times[0], rows)


def test_holes_are_shared(series):
    series[::7, 0] = np.nan
    assert (np.diff(times_of_windows(cut(series, 8))) == 1).all()


def test_signed_zeros_are_equal():
    series = np.random.default_rng(0).integers(-2, 3, (60, 3)) * 1.0
    windows = cut(series, 20)
    windows[::2] = np.where(windows[::2] == 0, -0.0, windows[::2])
    assert (np.diff(times_of_windows(windows)) == 1).all()


@pytest.mark.parametrize("shape", [(1, 5, 1), (4, 1, 2), (3, 2, 1)])
def test_small(shape):
    times = times_of_windows(np.random.default_rng(0).normal(size=shape))
    assert len(np.unique(times)) == shape[0]


def test_windows_that_are_all_the_same():
    times = times_of_windows(np.ones((9, 4, 1)))
    assert times.shape == (9,)
