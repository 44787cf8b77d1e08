"""Containers of windows: what is read, what is refused, and how windows leave."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from sktsgan.containers._windows import (
    check_window_pair,
    check_windows,
    read_training_windows,
)


@pytest.fixture
def windows():
    return np.random.default_rng(0).normal(size=(10, 4, 3))


def read(X, n_channels=None):
    estimator = BaseEstimator()
    return estimator, *read_training_windows(estimator, X, n_channels=n_channels, min_windows=2)


def assert_refused(message, call, *args, **kwargs):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        call(*args, **kwargs)


def test_check_windows(windows):
    assert check_windows(windows) is windows
    flat = windows.reshape(10, 12)
    assert check_windows(flat).shape == (10, 12, 1)
    np.testing.assert_array_equal(check_windows(flat, n_channels=3), windows)
    assert np.shares_memory(check_windows(flat, n_channels=3), windows)
    assert check_windows(windows.astype(np.float32)).dtype == np.float64
    assert check_windows(flat.tolist(), n_channels=3).shape == (10, 4, 3)


def test_check_windows_names_what_is_wrong(windows):
    flat = windows.reshape(10, 12)
    message = "real has 12 columns, which is no multiple of n_channels=5."
    assert_refused(message, check_windows, flat, n_channels=5, name="real")
    message = "real has 3 channels, but n_channels=5."
    assert_refused(message, check_windows, windows, n_channels=5, name="real")
    message = "X must have 3 axes (windows, steps, channels) or 2 (windows, flat values), got 4."
    assert_refused(message, check_windows, windows[None])
    message = "X can't be used: Found array with 10 sample(s)"
    assert_refused(message, check_windows, windows, min_windows=11)


def test_missing_values(windows):
    windows[0, 0, 0] = np.nan
    assert_refused("Input real contains NaN.", check_windows, windows, name="real")
    assert np.isnan(check_windows(windows, allow_nan=True)[0, 0, 0])
    windows[0, 0, 0] = np.inf
    assert_refused("Input X contains infinity", check_windows, windows, allow_nan=True)


def test_check_window_pair(windows):
    real, synthetic = check_window_pair(windows, windows[:5].reshape(5, 12), n_channels=3)
    assert real.shape == (10, 4, 3) and synthetic.shape == (5, 4, 3)
    message = "synthetic has windows of shape (3, 3), but those of real have shape (4, 3)."
    assert_refused(message, check_window_pair, windows, windows[:, 1:])
    message = "synthetic can't be used: Found array with 1 sample(s)"
    assert_refused(message, check_window_pair, windows, windows[:1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, bool])
@pytest.mark.parametrize(
    ("shape", "n_channels"), [((10, 4, 3), None), ((10, 12), 3), ((10, 12), None)]
)
def test_arrays_leave_as_they_came(windows, dtype, shape, n_channels):
    X = (3 * windows).astype(dtype).reshape(shape)
    estimator, values, container = read(X, n_channels)
    assert values.dtype == np.float64
    assert values.shape == ((10, 4, 3) if len(shape) == 3 or n_channels else (10, 12, 1))
    assert estimator.n_features_in_ == shape[1]
    wrapped = container.wrap(values)
    assert wrapped.dtype == dtype and wrapped.shape == shape
    np.testing.assert_array_equal(wrapped, X)


def test_integers_are_rounded(windows):
    container = read((10 * windows).astype(int))[2]
    wrapped = container.wrap(np.full((2, 4, 3), 2.7))
    assert (wrapped == 3).all() and wrapped.dtype == int


def test_frames_leave_as_they_came(windows):
    names = [f"{channel}_{t}" for t in range(4) for channel in "abc"]
    frame = pd.DataFrame(windows.reshape(10, 12), columns=names).round()
    frame = frame.astype({"a_0": "int8", "b_0": "Int64", "c_0": "float32"})
    frame["a_1"], frame["b_1"] = frame["a_1"] > 0, (frame["b_1"] > 0).astype("boolean")
    estimator, values, container = read(frame, 3)
    assert list(estimator.feature_names_in_) == names
    pd.testing.assert_frame_equal(container.wrap(values), frame)
    wrapped = container.wrap(values + 0.3)
    pd.testing.assert_series_equal(wrapped.dtypes, frame.dtypes)
    np.testing.assert_array_equal(wrapped["a_0"], frame["a_0"])
    assert not np.shares_memory(values, wrapped.to_numpy(dtype=float))


def test_lists_leave_as_arrays(windows):
    container = read(windows.tolist())[2]
    assert container.wrap(windows).dtype == np.float64


def test_windows_of_a_fitted_estimator(windows):
    estimator, _, container = read(windows)
    np.testing.assert_array_equal(container.read(estimator, windows[:1]), windows[:1])
    message = "X has 3 features, but BaseEstimator is expecting 4 features as input."
    assert_refused(message, container.read, estimator, windows[:, 1:])
    message = "X has 2 channels, but n_channels=3."
    assert_refused(message, container.read, estimator, windows[..., 1:])
    estimator, _, container = read(windows.reshape(10, 12), 3)
    container.read(estimator, windows.reshape(10, 12))


def test_windows_of_another_number_of_axes(windows):
    estimator, _, container = read(windows.reshape(10, 12), 3)
    message = "X has windows of 12 steps, but BaseEstimator was fitted on windows of 4."
    three_axes = windows.reshape(10, 12)[..., None].repeat(3, axis=2)
    assert_refused(message, container.read, estimator, three_axes)
