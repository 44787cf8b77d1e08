"""Losses against values worked out by hand."""

import math

import pytest
import torch

from sktsgan.losses import (
    LOSSES,
    discriminator_loss,
    finite_difference_penalty,
    generator_gradient_ratio,
    generator_loss,
)

LN3 = math.log(3)


def logits(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(
    ("loss", "real", "fake", "expected"),
    [
        # softplus(-ln 3) = ln(1 + 1/3) = ln(4/3), softplus(ln 3) = ln(1 + 3) = ln 4
        ("bce", [0], [0], 2 * math.log(2)),
        ("bce", [LN3], [-LN3], 2 * math.log(4 / 3)),
        ("bce", [-LN3, LN3], [LN3, -LN3], math.log(4) + math.log(4 / 3)),
        ("relativistic", [5], [5], math.log(2)),
        ("relativistic", [LN3], [0], math.log(4 / 3)),
        ("relativistic", [1, 1], [1 + LN3, 1 - LN3], (math.log(4) + math.log(4 / 3)) / 2),
    ],
)
def test_discriminator_loss(loss, real, fake, expected):
    value = discriminator_loss(logits(*real), logits(*fake), loss)
    assert value.shape == ()
    assert float(value) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("loss", "real", "fake", "expected"),
    [
        ("bce", [100], [0], math.log(2)),
        ("bce", [0, 0], [LN3, -LN3], (math.log(4 / 3) + math.log(4)) / 2),
        ("relativistic", [5], [5], math.log(2)),
        ("relativistic", [LN3], [0], math.log(4)),
    ],
)
def test_generator_loss(loss, real, fake, expected):
    value = generator_loss(logits(*real), logits(*fake), loss)
    assert value.shape == ()
    assert float(value) == pytest.approx(expected)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_better_discriminator_is_a_worse_generator(loss):
    apart, together = logits(3, 4), logits(0, 0)
    assert discriminator_loss(apart, -apart, loss) < discriminator_loss(together, together, loss)
    assert generator_loss(apart, -apart, loss) > generator_loss(together, together, loss)


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_ratio_is_that_of_the_losses(loss):
    real = torch.randn(50, dtype=torch.float64)
    fake = (3 * torch.randn(50, dtype=torch.float64)).requires_grad_()
    (of_discriminator,) = torch.autograd.grad(discriminator_loss(real, fake, loss), fake)
    (of_generator,) = torch.autograd.grad(generator_loss(real, fake, loss), fake)
    ratio = generator_gradient_ratio(real, fake, loss)
    assert (ratio < 0).all()
    torch.testing.assert_close(ratio * of_discriminator, of_generator)


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_ratio_is_finite_for_any_logits(loss):
    ratio = generator_gradient_ratio(torch.full((1,), 1e4), torch.full((1,), -1e4), loss)
    assert torch.isfinite(ratio).all()


@pytest.mark.parametrize("step", [1e-3, 0.1, 10.0])
def test_penalty_of_a_linear_discriminator(step):
    # For D(x) = w x, the penalty is (w n)² / 2 for noise n, whatever the step. The noises √3 e₁, √3 e₂ and √3 e₃
    # have the second moments of a standard normal, so that their mean is the expectation ‖w‖² / 2 = 7.
    weights = logits(1, 2, 3)
    x = torch.randn(3, 3, dtype=torch.float64)
    noise = math.sqrt(3) * torch.eye(3, dtype=torch.float64)
    penalty = finite_difference_penalty(x @ weights, (x + step * noise) @ weights, step)
    assert float(penalty) == pytest.approx(7)


def test_penalty_of_random_noise_is_half_the_squared_gradient():
    weights = logits(1, 2, 3)
    x, noise = torch.randn(2, 100_000, 3, dtype=torch.float64)
    penalty = finite_difference_penalty(x @ weights, (x + 0.1 * noise) @ weights, 0.1)
    assert float(penalty) == pytest.approx(7, rel=0.05)
