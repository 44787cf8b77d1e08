import numpy as np
import pytest
import torch

from sktsgan.closed_form import log_scale_floor
from sktsgan.training import WindowTokens


@pytest.fixture
def scores():
    return np.random.default_rng(0).normal(size=(200, 7, 3)).cumsum(axis=1)


def make_tokens(patch_length, scores):
    return WindowTokens(patch_length, log_scale_floor(scores)).fit(scores)


def test_channel_tokens_are_standardised(scores):
    tokens = make_tokens(None, scores)
    # levels, increments, one log-scale and the shape of each channel
    assert tokens.sizes_ == [(3, 7 + 7 + 1 + 7)]
    (made,) = tokens(torch.as_tensor(scores).float())
    assert made.shape == (200, 3, 22)
    for rows in (slice(0, 7), slice(7, 14), slice(14, 15), slice(15, 22)):
        feature = made[:, :, rows]
        torch.testing.assert_close(feature.mean(dim=(0, 2)), torch.zeros(3), atol=1e-4, rtol=0)
        torch.testing.assert_close(feature.std(dim=(0, 2)), torch.ones(3), atol=1e-3, rtol=0)


def test_time_tokens_hold_patches_of_levels_and_increments(scores):
    tokens = make_tokens(2, scores)
    assert tokens.sizes_ == [(4, 2 * 2 * 3)]
    (made,) = tokens(torch.as_tensor(scores).float())
    assert made.shape == (200, 4, 12)
    np.testing.assert_array_equal(made[:, 3, 6:], 0)  # steps beyond the seventh
    steps = made.reshape(200, 8, 6)[:, :7]
    levels = torch.as_tensor(scores).float()
    expected = (levels - levels.mean(dim=(0, 1))) / levels.std(dim=(0, 1))
    torch.testing.assert_close(steps[..., :3], expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("patch_length", [None, 2])
def test_slopes_reach_the_window(scores, patch_length):
    windows = torch.as_tensor(scores).float().requires_grad_()
    sum((part**2).sum() for part in make_tokens(patch_length, scores)(windows)).backward()
    assert torch.isfinite(windows.grad).all()
    assert (windows.grad != 0).all()


@pytest.mark.parametrize("patch_length", [None, 2])
@pytest.mark.parametrize("n_timesteps", [2, 8])
def test_flat_windows_are_finite(patch_length, n_timesteps):
    scores = np.zeros((20, n_timesteps, 2))
    scores[..., 0] = np.arange(20)[:, None]
    for part in make_tokens(patch_length, scores)(torch.as_tensor(scores).float()):
        assert torch.isfinite(part).all()
