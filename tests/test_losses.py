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
    moment_loss,
    reconstruction_loss,
    state_discriminator_loss,
    state_generator_loss,
    supervised_loss,
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


MASK = torch.tensor([[True, True, True], [True, True, False]])


def series(*rows):
    return torch.tensor(rows, dtype=torch.float64)[..., None]


def test_reconstruction_loss():
    real, recovered = series([1, 2, 3], [1, 2, 0]), series([1, 2, 5], [1, 3, 100])
    assert float(reconstruction_loss(real[:1], recovered[:1])) == pytest.approx(4 / 3)
    # without what is beyond the end of the second series: (0 + 0 + 4 + 0 + 1) / 5
    assert float(reconstruction_loss(real, recovered, MASK)) == pytest.approx(1)


def test_supervised_loss_compares_a_state_with_the_prediction_made_a_step_before():
    states, predicted = series([1, 2, 4], [1, 2, 77]), series([2, 3, 99], [5, 88, 99])
    assert float(supervised_loss(states[:1], predicted[:1])) == pytest.approx((0 + 1) / 2)
    # of the second series only the second state is known: (0 + 1 + 9) / 3
    assert float(supervised_loss(states, predicted, MASK)) == pytest.approx(10 / 3)


@pytest.mark.parametrize("mask", [None, torch.tensor([[True], [True]])])
def test_supervised_loss_of_a_single_step_is_nothing(mask):
    states = torch.ones(2, 1, 3)
    assert float(supervised_loss(states, states, mask)) == 0.0


def test_moment_loss():
    real, generated = series([0, 1], [2, 1]), series([1, 0], [1, 4])
    # deviations 1 and 0 against 0 and 2, means 1 and 1 against 1 and 2
    expected = (1 + 2) / 2 + (0 + 1) / 2
    assert float(moment_loss(real, generated)) == pytest.approx(expected, abs=5e-3)


def test_moment_loss_of_series_of_unequal_length():
    mask = torch.tensor([[True, True], [True, False], [True, False]])
    real, generated = series([0, 5], [3, 77], [3, 77]), series([3, 9], [3, 88], [3, 99])
    # the second step has one series only; deviations √2 against 0, means 2 against 3
    value = float(moment_loss(real, generated, mask))
    assert value == pytest.approx(math.sqrt(2) + 1, abs=5e-3)
    beyond = real.clone()
    beyond[1:, 1] = -1e6
    assert float(moment_loss(beyond, generated, mask)) == value


def test_moment_loss_of_one_series_is_nothing():
    assert float(moment_loss(series([0, 1]), series([5, 5]))) == 0.0


def test_states_are_judged_before_the_supervisor_too():
    real, fake, before = logits(LN3), logits(-LN3), logits(0)
    # ln(4/3) twice for the real and the fake state, ln 2 for the one before
    value = state_discriminator_loss(real, fake, before, 0.5, "bce")
    assert float(value) == pytest.approx(2 * math.log(4 / 3) + 0.5 * math.log(2))
    value = state_generator_loss(real, fake, before, 0.5, "bce")
    assert float(value) == pytest.approx(math.log(4) + 0.5 * math.log(2))


@pytest.mark.parametrize("loss", LOSSES)
def test_without_gamma_the_states_before_the_supervisor_do_not_count(loss):
    real, fake, before = torch.randn(3, 20, dtype=torch.float64)
    value = state_discriminator_loss(real, fake, before, 0.0, loss)
    assert value == discriminator_loss(real, fake, loss)
    assert state_generator_loss(real, fake, before, 0.0, loss) == generator_loss(real, fake, loss)


def test_relativistic_loss_pairs_both_kinds_of_states_with_real_ones():
    real, fake, before = logits(LN3), logits(0), logits(2 * LN3)
    value = state_discriminator_loss(real, fake, before, 2.0, "relativistic")
    assert float(value) == pytest.approx(math.log(4 / 3) + 2 * math.log(4))
