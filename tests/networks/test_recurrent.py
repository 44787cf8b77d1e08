"""Recurrent networks: shapes, causality, gradients, what they start as; the fast recurrence against torch's."""

import pickle

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sktsgan.networks import RecurrentDiscriminator, RecurrentMap, RecurrentTimeGAN
from sktsgan.networks._fast._gru import run_gru

SIZES = {"hidden_size": 6, "n_layers": 2, "cell": "gru"}


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_networks(n_conditions=0, base=True, **sizes):
    covariances = torch.stack([2 * torch.eye(3), torch.eye(3) + 0.5]) if base else None
    return RecurrentTimeGAN(
        3, 3, n_conditions, covariances=covariances, unit_range=not base, **SIZES | sizes
    )


def make_discriminator(n_conditions=0, **sizes):
    return RecurrentDiscriminator(6, n_conditions, **SIZES | sizes)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("n_layers", [1, 3])
@pytest.mark.parametrize("lengths", [None, [9, 3, 1, 5, 9, 2]])
def test_the_fast_recurrence_is_that_of_torch(bidirectional, n_layers, lengths):
    options = {"batch_first": True, "bidirectional": bidirectional, "dtype": torch.float64}
    gru = nn.GRU(5, 7, n_layers, **options)
    series = torch.randn(6, 9, 5, dtype=torch.float64, requires_grad=True)
    inside = torch.ones(6, 9, 1)
    if lengths is None:
        expected, made = gru(series)[0], run_gru(gru, series)
    else:
        lengths = torch.tensor(lengths)
        packed = pack_padded_sequence(series, lengths, batch_first=True, enforce_sorted=False)
        expected = pad_packed_sequence(gru(packed)[0], batch_first=True)[0]
        made = run_gru(gru, series, lengths)
        inside = (torch.arange(9) < lengths[:, None])[..., None]
    torch.testing.assert_close(made * inside, expected * inside)
    weights = torch.randn_like(made) * inside
    wanted = [series, *gru.parameters()]
    slopes = (torch.autograd.grad((m * weights).sum(), wanted) for m in (made, expected))
    for one, other in zip(*slopes, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("base", [True, False])
@pytest.mark.parametrize("n_conditions", [0, 2])
def test_shapes_and_gradients(cell, base, n_conditions):
    networks = make_networks(n_conditions, base, cell=cell)
    if base:  # without a share the supervisor moves nothing
        nn.init.constant_(networks.gate, 0.5)
    discriminator = make_discriminator(n_conditions, cell=cell, with_increments=base)
    conditions = torch.randn(4, 2) if n_conditions else None
    noise = torch.randn(4, 5, 3)
    assert networks(noise, conditions).shape == (4, 5, 3)
    states = networks.embedder(noise, conditions)
    logits = discriminator(discriminator.features(states), conditions)
    assert logits.shape == (4, 5)
    (networks(noise, conditions).square().sum() + logits.square().sum()).backward()
    for network in (networks, discriminator):
        for name, parameter in network.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize("base", [True, False])
def test_ranges_of_the_published_networks(base):
    networks = make_networks(0, base)
    series = 100 * torch.randn(4, 5, 3)
    for made in (networks.embedder(series), networks.generator(series), networks(series)):
        within = bool(((made >= 0) & (made <= 1)).all())
        assert within != base


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_maps_look_at_no_later_step(cell):
    mapping = RecurrentMap(3, 2, 0, **SIZES | {"cell": cell}, linear=True)
    series = torch.randn(4, 7, 3)
    other = series.clone()
    other[:, 5:] += 1
    torch.testing.assert_close(mapping(other)[:, :5], mapping(series)[:, :5])
    assert not torch.allclose(mapping(other)[:, 5:], mapping(series)[:, 5:])


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("grad", [True, False])
def test_the_discriminator_reads_no_step_beyond_the_end(cell, grad):
    discriminator = make_discriminator(cell=cell)
    lengths = torch.tensor([5, 3, 1])
    features = torch.randn(3, 5, 6)
    beyond = features.clone()
    beyond[1, 3:], beyond[2, 1:] = 1e3, -1e3
    with torch.set_grad_enabled(grad):
        first, second = (discriminator(f, None, lengths) for f in (features, beyond))
    for i, length in enumerate(lengths):
        torch.testing.assert_close(first[i, :length], second[i, :length])
        alone = discriminator(features[i : i + 1, :length])
        torch.testing.assert_close(first[i, :length], alone[0])


def test_the_discriminator_reads_both_ways():
    discriminator, features = make_discriminator(), torch.randn(1, 5, 6, requires_grad=True)
    for step in (0, 4):
        (slope,) = torch.autograd.grad(discriminator(features)[0, step], features)
        assert (slope[0].abs().sum(dim=1) > 0).all()


def test_features_have_the_size_that_real_ones_have():
    discriminator = make_discriminator(with_increments=True)
    states = (0.01 * torch.randn(200, 9, 6)).cumsum(dim=1)
    mask = torch.ones(200, 9, dtype=torch.bool)
    mask[0, 5:] = False
    states[0, 5:] = 1e6
    discriminator.learn_scale(states, mask)
    features = discriminator.features(states[1:])
    sizes = features.square().mean(dim=(0, 1))
    torch.testing.assert_close(sizes, torch.ones(18), rtol=0.05, atol=0)
    assert (features[:, 0, 6:] == 0).all() and (features[:, 1, 12:] == 0).all()
    slope = torch.arange(9.0)[:, None] * torch.ones(6)
    straight = discriminator.features(slope[None])
    torch.testing.assert_close(straight[:, :, 12:], torch.zeros(1, 9, 6))


@pytest.mark.parametrize("hidden_size", [3, 6, 40])
@pytest.mark.parametrize("n_conditions", [0, 2])
def test_untrained_networks_hand_the_base_on(hidden_size, n_conditions):
    networks = make_networks(n_conditions, hidden_size=hidden_size)
    series = torch.randn(50, 8, 3)
    conditions = torch.randn(50, 2) if n_conditions else None
    assert (networks(series, conditions) - series).abs().mean() < 0.05
    start = networks.generate(series, conditions)
    torch.testing.assert_close(start, networks.embedder(series, conditions))


def test_what_is_embedded_is_white_about_the_mean():
    networks = make_networks(hidden_size=3)
    series = torch.randn(5000, 1, 3) @ torch.linalg.cholesky(torch.eye(3) + 0.5).T
    covariance = torch.cov(networks.embedder(series)[:, 0].detach().T)
    torch.testing.assert_close(covariance, torch.eye(3), rtol=0, atol=0.1)


def test_fewer_states_than_channels_keep_what_varies_most():
    covariance = torch.diag(torch.tensor([1.0, 1e-6, 4.0]))
    covariances = torch.stack([covariance, covariance.flip(0, 1)])
    networks = RecurrentTimeGAN(
        3, 3, 0, covariances=covariances, unit_range=False, **SIZES | {"hidden_size": 2}
    )
    series = torch.randn(50, 8, 3) * covariance.diagonal().sqrt()
    recovered = networks.recovery(networks.embedder(series))
    assert (recovered - series).abs().mean() < 0.05


def test_training_keeps_the_mean_over_time_of_the_base():
    networks, series = make_networks(), torch.randn(4, 8, 3)
    for parameter in [*networks.generator.parameters(), networks.gate]:
        nn.init.normal_(parameter, std=0.3)
    states = networks.generate(series)
    states = networks.supervise(states, networks.supervisor(states))
    start = networks.embedder(series)
    assert not torch.allclose(states, start, atol=0.01)
    torch.testing.assert_close(states.mean(dim=1), start.mean(dim=1), rtol=1e-4, atol=1e-5)


def test_without_a_base_states_are_what_the_supervisor_made_of_them():
    networks, noise = make_networks(base=False), torch.rand(4, 8, 3)
    states = networks.generator(noise)
    expected = networks.recovery(networks.supervisor(states))
    torch.testing.assert_close(networks(noise), expected)


@pytest.mark.parametrize("base", [True, False])
def test_pickling(base):
    networks, noise = make_networks(base=base), torch.randn(4, 8, 3)
    copy = pickle.loads(pickle.dumps(networks))
    torch.testing.assert_close(copy(noise), networks(noise), rtol=0, atol=0)
