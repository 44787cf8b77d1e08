import numpy as np
import pytest
import torch

from sktsgan.metrics._recurrent_judge import (
    RecurrentJudges,
    fit_judges,
    group_sizes,
    scale_to_real,
)


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def alone(judges, index, n_inputs, n_hidden):
    """Return one of the judges as a network of its own."""
    single = RecurrentJudges(1, n_inputs, n_hidden)
    units = slice(index * n_hidden, (index + 1) * n_hidden)
    inputs = slice(index * n_inputs, (index + 1) * n_inputs)
    rows = [
        gate * judges.gru.hidden_size + unit
        for gate in range(3)
        for unit in range(index * n_hidden, (index + 1) * n_hidden)
    ]
    with torch.no_grad():
        single.gru.weight_ih_l0.copy_(judges.gru.weight_ih_l0[rows, inputs])
        single.gru.weight_hh_l0.copy_(judges.gru.weight_hh_l0[rows, units])
        single.gru.bias_ih_l0.copy_(judges.gru.bias_ih_l0[rows])
        single.gru.bias_hh_l0.copy_(judges.gru.bias_hh_l0[rows])
        single.readout.weight.copy_(judges.readout.weight[[index], units])
        single.readout.bias.copy_(judges.readout.bias[[index]])
    return single


@pytest.mark.parametrize("last_only", [True, False])
def test_judges_side_by_side_are_judges_alone(last_only):
    judges = RecurrentJudges(3, n_inputs=2, n_hidden=4)
    windows = torch.randn(3, 5, 7, 2)
    singles = [alone(judges, index, 2, 4) for index in range(3)]
    for step in range(3):  # before training, and after one and two steps of it
        outputs = judges(windows, last_only=last_only)
        assert outputs.shape == ((3, 5) if last_only else (3, 5, 7))
        for index, single in enumerate(singles):
            expected = single(windows[[index]], last_only=last_only)[0]
            torch.testing.assert_close(outputs[index], expected)
        if step == 2:
            break
        # One step each, so that an optimizer's memory can't matter.
        for network, x in [(judges, windows), *zip(singles, windows.split(1), strict=True)]:
            fit_judges(network, lambda n=network, x=x: n(x, last_only=last_only).pow(2).sum(), 1)


def test_every_parameter_learns():
    judges = RecurrentJudges(2, n_inputs=3, n_hidden=4)
    judges(torch.randn(2, 5, 7, 3), last_only=True).sum().backward()
    for name, parameter in judges.named_parameters():
        inside = parameter != 0
        assert (parameter.grad[inside] != 0).all(), name
        assert (parameter.grad[~inside] == 0).all(), name


def test_group_sizes_sum_to_the_number_of_fits():
    assert group_sizes(5, 2) == [5]
    assert group_sizes(5, 20) == [2, 2, 1]
    assert group_sizes(3, 500) == [1, 1, 1]


def test_scale_to_real():
    real = np.array([[[2.0, 7.0], [6.0, 7.0]]])
    synthetic = np.array([[[4.0, 8.0], [1e300, -1e300]]])
    scaled_real, scaled_synthetic = scale_to_real(real, synthetic)
    assert scaled_real.tolist() == [[[0, 0], [1, 0]]]
    assert scaled_synthetic.tolist() == [[[0.5, 1], [10, -10]]]
