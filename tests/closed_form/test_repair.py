import numpy as np
import pytest
import torch

from sktsgan.closed_form import WindowRepair
from sktsgan.closed_form._blend import Blends, find_places
from sktsgan.closed_form._incomplete import estimate_law, interpolate, some_rows
from sktsgan.closed_form._repair_channels import RepairChannels, _clip
from sktsgan.closed_form._similar import WindowLaw


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
    assert (filled[..., 3] == filled[..., 3].round()).all()


def test_categories_stay_those_that_were_seen():
    windows = make_walks(n_channels=2)
    windows[..., 1] = np.where(windows[..., 0] > 0, np.where(windows[..., 1] > 9, 7, 3), 1)
    filled = draw(WindowRepair().fit(windows), punch(windows, 0.5))
    assert set(np.unique(filled[..., 1])) <= {1, 3, 7}


def test_values_of_a_copy_are_known():
    windows = make_walks()
    windows[..., 2] = windows[..., 0]
    repair = WindowRepair().fit(windows)
    given = windows.copy()
    given[..., 0] = np.nan
    np.testing.assert_array_equal(draw(repair, given, 1)[0], windows)


def test_values_stay_within_bounds_at_which_they_pile_up():
    windows = make_walks(n_channels=2).clip(0, 2)
    drawn = draw(WindowRepair().fit(windows), punch(windows, 0.5))
    assert ((drawn >= 0) & (drawn <= 2)).all()


def test_what_was_never_negative_stays_so_and_may_rise():
    windows = np.exp(make_walks(n_channels=2) / 3)
    repair = WindowRepair().fit(windows)
    assert draw(repair, punch(windows, 0.5)).min() >= 0
    given = windows + 10 * windows.max()
    given[:, 3, 0] = np.nan
    assert draw(repair, given)[:, :, 3, 0].mean() > 5 * windows.max()


def test_draws_cut_at_a_bound_keep_their_mean():
    draws = np.array([[-1.0, 3.0], [2.0, 4.0], [2.0, 5.0]])
    cut = _clip(draws, 0.0)
    assert cut.min() == 0
    np.testing.assert_allclose(cut.mean(axis=0), draws.mean(axis=0))
    assert _clip(draws[:1], 0.0)[0, 0] == 0


def test_series_that_drifted_away_take_their_own_level():
    train, test = make_walks(600), make_walks(100, seed=5) + 100
    given = test.copy()
    given[:, 6:] = np.nan
    drawn = draw(WindowRepair().fit(train), given).mean(axis=0)
    held = np.abs(test[:, [5]] - test)[:, 6:].mean()
    assert np.abs(drawn - test)[:, 6:].mean() < 1.01 * held


def test_regular_holes_are_interpolated():
    steps = np.arange(200) / 5
    series = np.where(np.arange(200) % 2 == 0, np.sin(steps), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(series, 8)[..., None]
    filled = draw(WindowRepair().fit(windows), windows[:40]).mean(axis=0)[:, 1:-1, 0]
    truth = np.lib.stride_tricks.sliding_window_view(np.sin(steps), 8)[:40, 1:-1]
    assert np.abs(filled - truth).max() < 0.05


def test_the_mean_of_draws_is_the_same_for_every_seed():
    windows = make_walks()
    repair, given = WindowRepair().fit(windows), punch(windows)
    first, other = (repair.draw(given, 6, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    assert not np.array_equal(first, other)
    np.testing.assert_allclose(first.mean(axis=0), other.mean(axis=0))


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
        assert len(block.law_.mean) <= 800
    assert len(repair.blocks_) > 1
    assert (owners == 1).all()


def test_channels_that_hardly_meet_are_no_copies():
    windows = make_walks(n_channels=2)
    windows[::2, :, 0], windows[1::2, :, 1] = np.nan, np.nan
    assert RepairChannels().fit(windows).source_ == [0, 1]


def test_law_of_rows_with_holes_is_near_that_of_whole_ones():
    rows = make_walks(4000, 4, 2).reshape(4000, -1)
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    law = estimate_law(punch(rows[:, :, None])[..., 0], 2)
    np.testing.assert_allclose(law.covariance, np.cov(rows.T), atol=0.1)


def test_interpolate_holds_the_ends_and_leaves_absent_channels():
    nan = np.nan
    rows = np.array([[nan, nan], [1.0, nan], [nan, nan], [3.0, nan], [nan, nan]]).reshape(1, -1)
    filled = interpolate(rows, 2).reshape(5, 2)
    np.testing.assert_array_equal(filled[:, 0], [1, 1, 2, 3, 3])
    assert np.isnan(filled[:, 1]).all()


def test_laws_lean_on_a_window_s_level_as_drift_grows():
    rows = make_walks(500, 6, 1).reshape(500, -1)
    given = np.full((1, 6), 50.0)
    given[0, 3:] = np.nan
    law = WindowLaw(rows, 1)
    far = [next(law.explain(given, drift, 1.0))[2].mean() for drift in (0.0, 1000.0)]
    assert far[0] < far[1]
    assert abs(far[1] - 50) < 5
    assert law.find_beyond(given).all()
    assert not law.find_beyond(rows).any()


def test_blends_find_what_tells_the_truth():
    rng = np.random.default_rng(0)
    means, residuals, lines, similar, noise = rng.normal(size=(5, 6000))
    channels, absent = np.repeat([0, 1, 2], 2000), np.zeros(6000, dtype=bool)
    truth = np.choose(channels, [means + residuals, lines, similar]) + 0.1 * noise
    blends, bounds = Blends(3), (residuals - 0.1, residuals + 0.1)
    blends.fit(truth, means, residuals, *bounds, lines, similar, channels, absent)
    np.testing.assert_allclose(blends.table_[0, :3, :3], np.eye(3), atol=0.1)
    assert (blends.pool(3).table_[0] == blends.table_[0, -1]).all()
    hidden = np.array([[True, False], [True, True]]).ravel()
    assert [list(x) for x in find_places(hidden, 2)] == [[0, 0, 1], [True, True, False]]


def test_some_rows_keep_their_order():
    rows = np.arange(100)
    kept = some_rows(rows, 10)
    assert len(kept) == 10
    assert (np.diff(kept) > 0).all()
    assert some_rows(rows, 200) is rows
