"""The cross-entropy of many tokens against torch and by hand."""

import math

import pytest
import torch

from sktsgan.networks import token_cross_entropy
from sktsgan.networks._fast import _cross_entropy


def test_token_cross_entropy_is_that_of_torch_and_has_its_gradients(monkeypatch):
    monkeypatch.setattr(_cross_entropy, "_BLOCK_VALUES", 20)  # blocks of four rows
    generator = torch.Generator().manual_seed(0)
    states, weight, bias, weights = (
        torch.randn(shape, generator=generator) for shape in ((10, 3), (5, 3), (5,), (10,))
    )
    bias[0] = -torch.inf  # can't occur
    targets = 1 + torch.arange(10) % 4
    leaves = [t.requires_grad_() for t in (states, weight, bias)]
    value = token_cross_entropy(*leaves, targets, weights)
    found = torch.autograd.grad(2 * value, leaves)
    nll = torch.nn.functional.cross_entropy(states @ weight.T + bias, targets, reduction="none")
    torch.testing.assert_close(value, (weights * nll).sum())
    expected = torch.autograd.grad(2 * (weights * nll).sum(), leaves)
    torch.testing.assert_close(found, expected)


def test_token_cross_entropy_by_hand():
    # logits log 1 and log 3: probabilities 1/4 and 3/4
    states, weight = torch.ones(2, 1), torch.tensor([[0.0], [math.log(3)]])
    value = token_cross_entropy(
        states, weight, torch.zeros(2), torch.tensor([0, 1]), torch.tensor([1.0, 0.5])
    )
    assert float(value) == pytest.approx(math.log(4) + 0.5 * math.log(4 / 3))
