import numpy as np
import pytest
import torch

from sktsgan.closed_form import WindowRepair
from sktsgan.closed_form._incomplete import estimate_law, some_rows
from sktsgan.closed_form._repair_channels import RepairChannels


def make_walks(n_windows=300, n_timesteps=8, n_channels=3, seed=0):
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(n_windows, n_timesteps, n_channels))
    return np.cumsum(steps, axis=1) @ (np.eye(n_channels) + 0.5)


def punch(windows, share=0.3, seed=1):
    return np.where(np.random.default_rng(seed).random(windows.shape) < share, np.nan, windows)


def generator():
    return torch.Generator().manual_seed(0)


def draw(repair, windows, n_draws=20):
    return repair.draw(windows, n_draws, generator())


@pytest.mark.parametrize("holes_in_training", [False, True])
def test_fills_better_than_the_mean_and_covers(holes_in_training):
    train, test = make_walks(600), make_walks(200, seed=5)
    repair = WindowRepair().fit(punch(train) if holes_in_training else train)
    given = punch(test, seed=3)
    drawn, hidden = draw(repair, given), np.isnan(given)
    assert all((own[~hidden] == test[~hidden]).all() for own in drawn)
    error = np.abs(drawn.mean(axis=0) - test)[hidden].mean()
    assert error < 0.5 * np.abs(train.mean(axis=(0, 1)) - test)[hidden].mean()
    low, high = np.quantile(drawn, [0.1, 0.9], axis=0, method="weibull")
    assert 0.7 < ((low <= test) & (test <= high))[hidden].mean() < 0.9


def test_constants_copies_and_grids_come_back_exactly():
    windows = make_walks(n_channels=4).round()
    windows[..., 1] = windows[..., 0]
    windows[..., 2] = 0.3
    repair = WindowRepair().fit(punch(windows))
    filled = draw(repair, punch(windows, seed=2), 1)[0]
    np.testing.assert_array_equal(filled[..., 1], filled[..., 0])
    assert (filled[..., 2] == 0.3).all()
    assert set(np.unique(filled[..., 3])) <= set(np.unique(windows[..., 3]))


def test_values_of_a_copy_are_known():
    windows = make_walks()
    windows[..., 2] = windows[..., 0]
    repair = WindowRepair().fit(windows)
    given = windows.copy()
    given[..., 0] = np.nan
    np.testing.assert_array_equal(draw(repair, given, 1)[0], windows)


def test_filled_values_stay_in_the_range_that_is_known():
    windows = make_walks()
    repair = WindowRepair().fit(windows)
    given = punch(windows * 3, 0.5)
    drawn = draw(repair, given)
    low = np.minimum(windows.min(axis=(0, 1)), np.nanmin(given, axis=1))[:, None]
    high = np.maximum(windows.max(axis=(0, 1)), np.nanmax(given, axis=1))[:, None]
    assert ((drawn >= low) & (drawn <= high)).all()


@pytest.mark.parametrize(
    "shape", [(2, 3, 1), (5, 1, 1), (60, 1, 1), (60, 1, 3), (50, 40, 60), (45, 1600, 1)]
)
def test_any_shape(shape):
    windows = make_walks(*shape)
    given = windows.copy()
    given[0, 0, 0] = np.nan
    drawn = draw(WindowRepair().fit(windows), given, 3)
    assert drawn.shape == (3, *shape)
    assert np.isfinite(drawn).all()


def test_wide_windows_are_cut_into_blocks_that_share_no_value():
    windows = make_walks(50, 40, 60)
    repair = WindowRepair().fit(windows)
    owners = np.zeros(windows.shape[1:], dtype=int)
    for steps, channels, block in repair.blocks_:
        owners[steps, channels] += 1
        assert len(block.mean_) <= 800
    assert len(repair.blocks_) > 1
    assert (owners == 1).all()


def test_channels_that_hardly_meet_are_no_copies():
    windows = make_walks(n_channels=2)
    windows[::2, :, 0], windows[1::2, :, 1] = np.nan, np.nan
    assert RepairChannels().fit(windows).source_ == [0, 1]


def test_law_of_rows_with_holes_is_near_that_of_whole_ones():
    rows = make_walks(4000, 4, 2).reshape(4000, -1)
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    law = estimate_law(punch(rows[:, :, None])[..., 0])
    np.testing.assert_allclose(law.covariance, np.cov(rows.T), atol=0.1)


def test_stationary_part_knows_distances_only():
    covariance = np.cov(make_walks(500, 5, 2).reshape(500, -1).T)
    part = stationary_part(covariance, 2)
    assert (part[::2, 1::2] == 0).all()
    own = part[::2, ::2]
    np.testing.assert_allclose(own[1:, 1:], own[:-1, :-1])
    assert np.linalg.eigvalsh(part).min() > -1e-9


def test_moments_add_up():
    rows = make_walks(50, 3, 2).reshape(50, -1)
    law = (Moments(rows[:20]) + Moments(rows[20:])).fit(Prior(0.0, 1e-4, 0.0), 2)
    np.testing.assert_allclose(law.mean, rows.mean(axis=0))
    expected = np.cov(rows.T, bias=True) + 1e-4 * np.eye(6)
    np.testing.assert_allclose(law.covariance, expected)


def test_patterns_hide_something_and_leave_something():
    for n_timesteps, n_channels in ((1, 1), (2, 1), (24, 3)):
        patterns = hole_patterns(n_timesteps, n_channels, np.random.default_rng(0))
        assert all(p.any() and not p.all() for _, p in patterns)
    assert {"block", "end", "channel"} <= {kind for kind, _ in patterns}


def test_spread_becomes_that_of_the_held_out():
    rng = np.random.default_rng(0)
    n_values = 20_000
    channels = rng.integers(2, size=n_values)
    distances = np.abs(rng.normal(size=n_values)) * np.where(channels == 1, 2.0, 0.5)
    absent = np.zeros(n_values, dtype=bool)
    spread = SpreadMap().fit(channels, absent, np.ones(n_values), distances)
    noise = rng.normal(size=(n_values, 2)) * 3
    made = spread(noise, np.array([3.0, 3.0]), np.array([0, 1]), np.array([False, False]))
    np.testing.assert_allclose(made.std(axis=0), [1.5, 6.0], rtol=0.1)


def test_some_rows_keep_their_order():
    rows = np.arange(100)
    kept = some_rows(rows, 10)
    assert len(kept) == 10
    assert (np.diff(kept) > 0).all()
    assert some_rows(rows, 200) is rows
