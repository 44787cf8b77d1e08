"""The net of TimeGAN: which network each phase moves, and by what gradient."""

import copy
import pickle

import pytest
import torch
from torch import nn

from sktsgan.losses import (
    LOSSES,
    moment_loss,
    reconstruction_loss,
    state_discriminator_loss,
    state_generator_loss,
    supervised_loss,
)
from sktsgan.networks import RecurrentDiscriminator, RecurrentTimeGAN
from sktsgan.training import AdversarialBatches, TimeGANNet
from sktsgan.training._batches import Batch

OPTIONS = {
    "phase_lengths": (0, 0),
    "generator_steps": 1,
    "n_updates": 10,
    "n_warmup": 0,
    "loss": "bce",
    "gamma": 0.5,
    "moment_weight": 3.0,
    "gradient_penalty": 0.0,
    "generator_learning_rate": 0.01,
    "discriminator_learning_rate": 0.01,
    "betas": (0.5, 0.9),
    "decay": False,
    "moving_average": 0.5,
    "verbose": 0,
}
SIZES = {"hidden_size": 5, "n_layers": 1, "cell": "gru"}
LENGTHS = torch.tensor([6, 3, 1, 6, 2, 4, 6, 5])


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_net(base=True, threshold=0.0, **options):
    covariances = torch.eye(2).repeat(2, 1, 1) if base else None
    networks = RecurrentTimeGAN(2, 2, 0, covariances=covariances, unit_range=not base, **SIZES)
    discriminator = RecurrentDiscriminator(5, 0, with_increments=base, **SIZES)
    net = TimeGANNet(networks, discriminator, **OPTIONS | options).initialize()
    net.threshold = threshold
    return net


def make_batch(lengths=None):
    return Batch(torch.rand(8, 6, 2), torch.rand(8, 6, 2), lengths=lengths)


def make_batches():
    return AdversarialBatches(
        torch.rand(16, 6, 2),
        torch.arange(16),
        None,
        lambda rows, generator: (torch.rand(len(rows), 6, 2, generator=generator), None),
        batch_size=8,
        generator=torch.Generator().manual_seed(0),
        device="cpu",
    )


def weights(network):
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def moved(net, steps=1, batch=None):
    """Return the names of the networks that training moves."""
    nets = net.module_
    parts = {
        name: getattr(nets, name) for name in ("embedder", "recovery", "supervisor", "generator")
    }
    parts["discriminator"] = net.discriminator_
    before = {name: weights(part) for name, part in parts.items()}
    for _ in range(steps):
        net.train_step((batch or make_batch(),))
    return {name for name, part in parts.items() if not torch.equal(weights(part), before[name])}


def test_phases_move_what_they_are_for():
    net = make_net(phase_lengths=(1, 1), n_warmup=1, base=False)
    assert net.phase == "autoencoder"
    assert moved(net) == {"embedder", "recovery"}
    assert net.phase == "supervised"
    assert moved(net) == {"supervisor"}
    assert net.phase == "joint"
    assert moved(net) == {"embedder", "recovery", "discriminator"}
    assert net.n_iter_ == 0
    assert moved(net) == {"embedder", "recovery", "supervisor", "generator", "discriminator"}
    assert net.n_iter_ == 1


def test_the_generator_begins_as_the_embedder():
    net = make_net(phase_lengths=(2, 0))
    for _ in range(2):
        assert net.phase == "autoencoder"
        net.train_step((make_batch(),))
    nets = net.module_
    torch.testing.assert_close(weights(nets.generator), weights(nets.embedder), rtol=0, atol=0)


def test_the_discriminator_rests_below_the_threshold():
    assert "discriminator" not in moved(make_net(threshold=100.0))
    assert "discriminator" in moved(make_net(threshold=0.15))


def direct_losses(net, batch, mask):
    """Return the losses of the three players at the present weights, each from passes of its own."""
    nets, judge = net.module_, net.discriminator_

    def logits(states):
        made = judge(judge.features(states), None, batch.lengths)
        return made.flatten() if mask is None else made[mask]

    real = nets.embedder(batch.real)
    before = nets.generate(batch.noise)
    fake = nets.supervise(before, nets.supervisor(before))
    judged = [logits(states) for states in (real.detach(), fake, before)]
    adversarial = state_generator_loss(*judged, net.gamma, net.loss)
    held = real.detach()
    root = torch.sqrt(supervised_loss(held, nets.supervisor(held), mask))
    moments = moment_loss(batch.real, nets.recovery(fake), mask)
    generator = adversarial + net.supervised_weight * root + net.moment_weight * moments
    recovered = torch.sqrt(reconstruction_loss(batch.real, nets.recovery(real), mask))
    embedder = 10 * recovered + 0.1 * supervised_loss(real, nets.supervisor(real), mask)
    discriminator = state_discriminator_loss(*judged, net.gamma, net.loss)
    return generator, embedder, discriminator


@pytest.mark.parametrize("lengths", [None, LENGTHS])
@pytest.mark.parametrize("base", [True, False])
@pytest.mark.parametrize("loss", LOSSES)
def test_one_pass_gives_each_player_its_own_gradient(loss, base, lengths):
    net, batch = make_net(base, loss=loss), make_batch(lengths)
    mask = None if lengths is None else torch.arange(6) < lengths[:, None]
    states = net.module_.embedder(batch.real)
    net.discriminator_.learn_scale(states, mask)
    losses = direct_losses(net, batch, mask)
    players = [
        net.generator_parameters,
        net.autoencoder_parameters,
        list(net.discriminator_.parameters()),
    ]
    expected = [
        torch.autograd.grad(value, parameters, retain_graph=True)
        for value, parameters in zip(losses, players, strict=True)
    ]
    net.train_step((batch,))
    for parameters, slopes in zip(players, expected, strict=True):
        for parameter, slope in zip(parameters, slopes, strict=True):
            torch.testing.assert_close(parameter.grad, slope, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("phase", [{"phase_lengths": (1, 0)}, {"phase_lengths": (0, 1)}, {}])
def test_padding_moves_nothing(phase):
    batch = make_batch(LENGTHS)
    inside = (torch.arange(6) < LENGTHS[:, None])[..., None]
    other = batch._replace(real=torch.where(inside, batch.real, torch.tensor(50.0)))
    nets = []
    for given in (batch, other):
        torch.manual_seed(1)
        net = make_net(gradient_penalty=0.3, **phase)
        torch.manual_seed(2)
        net.train_step((given,))
        nets.append(net)
    for name in ("module_", "discriminator_"):
        one, same = (weights(getattr(net, name)) for net in nets)
        torch.testing.assert_close(one, same, rtol=1e-4, atol=1e-6)


def test_the_penalty_pulls_when_its_turn_comes():
    norms = {}
    for penalty in (0.0, 1e4):
        torch.manual_seed(0)
        net = make_net(gradient_penalty=penalty, n_warmup=9)
        batch, start = make_batch(), copy.deepcopy(net.discriminator_.state_dict())
        for _ in range(2):
            net.discriminator_.load_state_dict(start)
            record = net.train_step((batch,))["record"]
            norms.setdefault(penalty, []).append(float(record["discriminator_grad_norm"]))
    assert norms[1e4][0] > 10 * norms[0.0][0]
    assert norms[1e4][1] < 10 * norms[0.0][1]


def test_every_part_updates_the_generator_and_the_last_the_discriminator():
    losses = []
    net = make_net()
    update = net._update
    net._update = lambda *args: losses.append(args[-1]) or update(*args)
    net.train_step((make_batch(), make_batch()))
    assert losses == [False, True]
    assert (net.n_steps_, net.n_iter_) == (1, 1)


def test_history_has_the_phases_in_epochs_of_their_own():
    net = make_net(phase_lengths=(5, 2), n_warmup=1)
    assert net.count_epochs(11, 3) == 5
    net.run(make_batches(), 11, 3)
    assert [row["phase"] for row in net.rows()] == [
        *["autoencoder"] * 2,
        "supervised",
        *["joint"] * 2,
    ]
    assert [row["n_iter"] for row in net.rows()] == [0, 0, 0, 2, 3]
    assert net.count_epochs(4, 3) == 2
    first, _, third, *_, last = net.rows()
    assert "reconstruction_loss" in first and "supervised_loss" not in first
    assert "supervised_loss" in third and "reconstruction_loss" not in third
    for name in ("reconstruction", "supervised", "moment", "generator", "discriminator"):
        assert last[f"{name}_loss"] > 0


def test_before_the_first_update_the_networks_as_they_are_sample():
    net = make_net(phase_lengths=(5, 0)).run(make_batches(), 3, 3)
    torch.testing.assert_close(weights(net.average_.module), weights(net.module_))


def test_learning_rates_run_a_course_in_each_phase():
    net = make_net(phase_lengths=(50, 50), decay=True, n_updates=50)
    rates = []
    for _ in range(150):
        net.train_step((make_batch(),))
        optimizers = net.autoencoder_optimizer_, net.optimizer_
        rates.append([o.param_groups[0]["lr"] for o in optimizers])
    for start, column in ((0, 0), (50, 1), (100, 0), (100, 1)):
        course = [row[column] for row in rates[start : start + 50]]
        assert course[0] < course[25] and course[-1] < course[25] / 5


@pytest.mark.parametrize("make_copy", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_goes_on_as_the_original_does(make_copy):
    net = make_net(phase_lengths=(1, 1)).run(make_batches(), 4, 3)
    other, batch = make_copy(net), make_batch()
    for _ in range(3):
        net.train_step((batch,))
        other.train_step((batch,))
    for name in ("module_", "discriminator_", "average_"):
        assert torch.equal(weights(getattr(other, name)), weights(getattr(net, name))), name


def test_restart_begins_the_course_anew():
    net = make_net(phase_lengths=(2, 2), n_updates=4, decay=True)
    net.run(make_batches(), 8, 8)
    low = net.optimizer_.param_groups[0]["lr"]
    net.restart(100)
    net.run(make_batches(), 50, 50)
    assert net.phase == "joint" and net.n_iter_ == 54
    assert net.optimizer_.param_groups[0]["lr"] > low
    net.hold()
    net.run(make_batches(), 100, 50)
    assert net.optimizer_.param_groups[0]["lr"] == pytest.approx(0.01)
