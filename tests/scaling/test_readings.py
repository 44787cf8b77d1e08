import numpy as np
import pytest

from sktsgan.scaling import ReadingScaler
from sktsgan.scaling._readings import find_white


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def cut(channel, n_timesteps=12):
    return np.lib.stride_tricks.sliding_window_view(channel, n_timesteps).copy()


def test_round_trip(rng):
    windows = rng.normal(3, 5, size=(50, 8, 3)).cumsum(axis=1)
    scaler = ReadingScaler().fit(windows)
    back = scaler.inverse_transform(scaler.transform(windows), {})
    np.testing.assert_allclose(back, windows, rtol=1e-5, atol=1e-4)
    far = scaler.inverse_transform(np.full((4, 8, 3), 1e6), {})
    np.testing.assert_array_equal(far, np.broadcast_to(windows.max(axis=(0, 1)), far.shape))


def test_grids_and_integers(rng):
    few = np.array([-2.5, 0.1, 7.0])[rng.integers(3, size=(50, 8))]
    counts = rng.integers(0, 10**9, size=(50, 8)) * 1.0
    scaler = ReadingScaler().fit(np.stack([few, counts], axis=-1))
    made = scaler.inverse_transform(rng.normal(size=(40, 8, 2)), {})
    assert np.isin(made[..., 0], few).all()
    assert (made[..., 1] % 1 == 0).all()


def test_constants_copies_and_values_as_read(rng):
    walk = rng.normal(size=(50, 8)).cumsum(axis=1)
    windows = np.stack([walk, np.full_like(walk, 0.1), walk, -walk], axis=-1)
    scaler = ReadingScaler().fit(windows)
    made = scaler.inverse_transform(np.zeros((5, 8, 2)), {0: walk[:5]})
    np.testing.assert_array_equal(made[..., 0], walk[:5])
    np.testing.assert_array_equal(made[..., 2], walk[:5])
    assert (made[..., 1] == 0.1).all()
    np.testing.assert_allclose(made[..., 3], scaler.mean_[1])


def test_atoms(rng):
    rain = np.maximum(rng.normal(size=(50, 8)), 0)
    scaler = ReadingScaler().fit(np.stack([rain, rng.normal(size=(50, 8))], axis=-1))
    assert scaler.atomic_.tolist() == [True, False]


def test_white_channels(rng):
    noise = rng.normal(size=(4, 20_000))
    walk = noise[0].cumsum()
    beside = noise[1] + 0.5 * noise[2]  # linked to another, though both are noise
    late = np.roll(noise[3], 1)
    channels = [cut(x) for x in (walk, noise[1], beside, rng.uniform(size=20_000), noise[3], late)]
    assert find_white(channels).tolist() == [False, False, False, True, False, False]


def test_noise_that_comes_in_bursts_or_comes_back_is_not_white(rng):
    noise = rng.normal(size=20_000)
    bursts = noise * np.exp(np.sin(np.arange(20_000) / 50))
    back = noise + np.roll(noise, 7)
    assert not find_white([cut(bursts)]).any()
    assert not find_white([cut(back)]).any()


def test_of_few_windows_nobody_can_tell(rng):
    assert not find_white([rng.normal(size=(150, 12))]).any()
    assert not find_white([rng.normal(size=(500, 1))]).any()
    assert find_white([]).shape == (0,)
