"""Networks: shapes, a gradient in every parameter, pickling."""

import pickle

import pytest
import torch

from sktsgan.networks import RefiningGenerator, TransformerDiscriminator, TransformerGenerator
from sktsgan.networks._layers import TokenLinear, make_encoder

SIZES = {"embedding_size": 8, "n_layers": 2, "n_heads": 2, "dropout": 0.1}


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_windows_generator(n_conditions=0, **sizes):
    return TransformerGenerator(5, 7, 3, 2, n_conditions, **SIZES | sizes)


def make_refining_generator(n_conditions=0, **sizes):
    return RefiningGenerator(7, 3, 2, 4, n_conditions, **SIZES | sizes)


def make_discriminator(n_conditions=0, **sizes):
    return TransformerDiscriminator([(3, 6), (2, 5)], n_conditions, **SIZES | sizes)


# a network, its input for four items, and the shape of what it makes of them
NETWORKS = {
    "windows": (make_windows_generator, lambda: torch.randn(4, 5), (4, 7, 3)),
    "refining": (make_refining_generator, lambda: torch.randn(4, 7, 5), (4, 2, 7, 3)),
    "discriminator": (
        make_discriminator,
        lambda: (torch.randn(4, 3, 6), torch.randn(4, 2, 5)),
        (4,),
    ),
}


@pytest.fixture(params=NETWORKS)
def case(request):
    make, make_input, shape = NETWORKS[request.param]
    return make, make_input(), shape


@pytest.mark.parametrize("n_conditions", [0, 3])
def test_shape(case, n_conditions):
    make, given, shape = case
    conditions = torch.randn(4, 3) if n_conditions else None
    made = make(n_conditions)(given, conditions)
    assert made.shape == shape
    assert torch.isfinite(made).all()


@pytest.mark.parametrize("n_conditions", [0, 3])
def test_every_parameter_gets_a_gradient(case, n_conditions):
    make, given, _ = case
    network = make(n_conditions, dropout=0.0)
    made = network(given, torch.randn(4, 3) if n_conditions else None)
    (made * torch.randn_like(made)).sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize("n_conditions", [0, 3])
def test_pickling(case, n_conditions):
    make, given, _ = case
    network = make(n_conditions).eval()
    conditions = torch.randn(4, 3) if n_conditions else None
    copy = pickle.loads(pickle.dumps(network))
    torch.testing.assert_close(copy(given, conditions), network(given, conditions), rtol=0, atol=0)


def test_dropout_only_in_training(case):
    make, given, _ = case
    network = make(dropout=0.5)
    if make is make_refining_generator:
        torch.nn.init.normal_(network.head.weight)  # which starts too small to show it
    assert not torch.allclose(network(given), network(given))
    network.eval()
    torch.testing.assert_close(network(given), network(given), rtol=0, atol=0)


def test_conditions_matter(case):
    make, given, _ = case
    network = make(3).eval()
    zeros = torch.zeros(4, 3)
    assert not torch.equal(network(given, zeros), network(given, zeros + 1))


def test_items_do_not_influence_each_other(case):
    make, given, _ = case
    network = make().eval()
    alone = tuple(t[:1] for t in given) if isinstance(given, tuple) else given[:1]
    torch.testing.assert_close(network(alone), network(given)[:1])


def test_an_untrained_refining_generator_is_its_base():
    for n_timesteps, patch_length in ((24, 4), (7, 4), (1, 1)):
        network = RefiningGenerator(n_timesteps, 3, 2, patch_length, 0, **SIZES).eval()
        noise = torch.randn(1000, n_timesteps, 5)
        drawn, direction = network(noise).detach().unbind(dim=1)
        torch.testing.assert_close(drawn, noise[..., :3])
        assert 0 < direction.std() < 0.1


def test_patch_length_need_not_divide_the_window():
    for n_timesteps, patch_length in ((1, 1), (8, 8), (9, 4), (512, 85)):
        network = TransformerGenerator(5, n_timesteps, 2, patch_length, 0, **SIZES)
        assert network(torch.randn(3, 5)).shape == (3, n_timesteps, 2)


def test_token_linear_is_a_map_for_each_token():
    layer, x = TokenLinear(3, 4, 5), torch.randn(2, 3, 4)
    made = layer(x)
    for n in range(3):
        torch.testing.assert_close(made[:, n], x[:, n] @ layer.weight[n] + layer.bias[n])


def test_encoder_mixes_tokens():
    encoder = make_encoder(8, n_layers=1, n_heads=2, dropout=0.0)
    tokens = torch.randn(2, 3, 8, requires_grad=True)
    made = encoder(tokens)
    assert made.shape == (2, 3, 8)
    (slope,) = torch.autograd.grad(made[:, 0].pow(2).sum(), tokens)
    assert (slope[:, 2].abs().sum(dim=1) > 0).all()
