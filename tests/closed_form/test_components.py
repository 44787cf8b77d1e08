import math

import numpy as np
import pytest
import torch

from sktsgan.closed_form import WindowComponents, log_scale_floor, scale_mix


@pytest.fixture
def scores():
    return np.random.default_rng(0).normal(size=(400, 6, 2)).cumsum(axis=1) / 2


def test_scale_mix_by_hand():
    # mean 2, residuals ±1 of mean square 1: with ε² = 3 the log-scale is ½ ln 4 = ln 2, the shape ±½
    windows = torch.tensor([[[1.0], [3.0], [1.0], [3.0]]])
    level, log_scale, shape = scale_mix(windows, torch.tensor([math.sqrt(3)]))
    assert level.tolist() == [[2.0]]
    assert float(log_scale) == pytest.approx(math.log(2))
    torch.testing.assert_close(shape[0, :, 0], torch.tensor([-0.5, 0.5, -0.5, 0.5]))


def test_scale_mix_round_trip(scores):
    windows = torch.as_tensor(scores)
    parts = scale_mix(windows, torch.tensor([0.1, 0.01]))
    assert [tuple(p.shape) for p in parts] == [(400, 2), (400, 2), (400, 6, 2)]
    torch.testing.assert_close(parts[0][:, None] + parts[1].exp()[:, None] * parts[2], windows)


def test_flat_windows_are_finite_with_finite_slopes():
    windows = torch.ones(3, 6, 2, requires_grad=True)
    parts = scale_mix(windows, torch.full((2,), 1e-6))
    sum(part.sum() for part in parts).backward()
    assert all(torch.isfinite(part).all() for part in parts)
    assert torch.isfinite(windows.grad).all()


def test_floor_is_a_hundredth_of_the_deviation_within_windows(scores):
    floor = log_scale_floor(scores * [1, 5])
    within = scores - scores.mean(axis=1, keepdims=True)
    expected = torch.as_tensor(within.std(axis=(0, 1)) / 100 * [1, 5], dtype=torch.float32)
    torch.testing.assert_close(floor, expected)
    assert (log_scale_floor(np.ones((4, 6, 2))) > 0).all()


def test_components_are_white(scores):
    encoded = WindowComponents(random_state=0).fit(scores).encode(scores)
    np.testing.assert_allclose(encoded.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(np.cov(encoded, rowvar=False), np.eye(encoded.shape[1]), atol=1e-2)


def test_round_trip(scores):
    components = WindowComponents(random_state=0).fit(scores)
    returned = components.decode(torch.as_tensor(components.encode(scores), dtype=torch.float32))
    np.testing.assert_allclose(returned.numpy(), scores, atol=0.02)
    assert components.residual_ is None


def test_a_copy_of_a_channel_adds_no_component(scores):
    alone = WindowComponents(random_state=0).fit(scores)
    doubled = WindowComponents(random_state=0).fit(np.concatenate([scores, scores], axis=2))
    assert len(doubled.basis_) == len(alone.basis_)


def test_left_out_components_return_as_noise(scores):
    components = WindowComponents(max_components=3, random_state=0).fit(scores)
    assert components.encode(scores).shape == (400, 3)
    assert components.residual_.shape == (16,)
    kept = components.decode_flat(torch.as_tensor(components.encode(scores)).float())
    flat = components.flatten(*scale_mix(torch.as_tensor(scores).float(), components.floor_))
    variance = kept.var(dim=0) + components.residual_**2
    torch.testing.assert_close(variance, flat.var(dim=0), rtol=0.05, atol=1e-3)


def test_residual_is_added(scores):
    components = WindowComponents(max_components=3, random_state=0).fit(scores)
    drawn, residual = torch.randn(5, 3), torch.randn(5, 16)
    level, log_scale, shape = (components.decode_flat(drawn) + residual).split([2, 2, 12], dim=1)
    shape = shape.reshape(5, 6, 2)
    expected = level[:, None] + log_scale.clamp(max=3).exp()[:, None] * shape
    torch.testing.assert_close(components.decode(drawn, residual), expected)


@pytest.mark.parametrize("n_windows", [2, 3, 10])
def test_few_windows(scores, n_windows):
    few = scores[:n_windows]
    components = WindowComponents(random_state=0).fit(few)
    assert components.encode(few).shape[1] <= n_windows - 1
    returned = components.decode(torch.as_tensor(components.encode(few)).float())
    np.testing.assert_allclose(returned.numpy(), few, atol=0.02)


def test_windows_that_are_all_the_same(scores):
    same = scores[:1].repeat(20, axis=0)
    components = WindowComponents(random_state=0).fit(same)
    encoded = torch.as_tensor(components.encode(same)).float()
    np.testing.assert_allclose(components.decode(encoded).numpy(), same, atol=1e-4)


def test_extreme_components_decode_to_finite_windows(scores):
    components = WindowComponents(random_state=0).fit(scores)
    extreme = torch.full((1, len(components.basis_)), 1e4)
    assert torch.isfinite(components.decode(extreme)).all()
