"""The net of both networks, on networks small enough to work out its steps by torch's autograd."""

import copy
import pickle

import pytest
import torch
from skorch.callbacks import Callback
from torch import nn

from sktsgan.losses import LOSSES, discriminator_loss, generator_loss
from sktsgan.training import AdversarialBatches, AdversarialNet
from sktsgan.training._batches import Batch
from sktsgan.training._net import LearningRateCourse

OPTIONS = {
    "n_updates": 10,
    "n_warmup": 0,
    "loss": "bce",
    "gradient_penalty": 0.0,
    "penalty_every": 2,
    "discriminator_steps": 1,
    "generator_learning_rate": 0.01,
    "discriminator_learning_rate": 0.01,
    "betas": (0.0, 0.99),
    "decay": True,
    "moving_average": 0.9,
    "verbose": 0,
}


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(3, 4), nn.Linear(4, 6)

    def forward(self, noise, conditions=None):
        return self.out(torch.tanh(self.hidden(noise)))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(6, 4), nn.Linear(4, 1)

    def forward(self, tokens, conditions=None):
        return self.out(torch.tanh(self.hidden(tokens[0].flatten(1))))[:, 0]


def render(made, residual):
    return made.reshape(-1, 3, 2) ** 2


def to_tokens(windows):
    return (2 * windows,)


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_net(**options):
    return AdversarialNet(
        Generator(), Discriminator(), render=render, tokens=to_tokens, **OPTIONS | options
    ).initialize()


def make_batch():
    return Batch(torch.randn(8, 3, 2), torch.randn(8, 3), None, None)


def make_batches(n_items=16, batch_size=8):
    return AdversarialBatches(
        torch.randn(n_items, 3, 2),
        torch.arange(n_items),
        None,
        lambda rows, generator: (torch.randn(len(rows), 3, generator=generator), None),
        batch_size=batch_size,
        generator=torch.Generator().manual_seed(0),
        device="cpu",
    )


def weights(network):
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def direct_gradients(net, batch, loss):
    """Return the gradients of both losses at the present weights, by autograd alone."""
    generator, discriminator = copy.deepcopy(net.module_), copy.deepcopy(net.discriminator_)
    fake = discriminator(to_tokens(render(generator(batch.noise), None)))
    real = discriminator(to_tokens(batch.real))
    of_discriminator = torch.autograd.grad(
        discriminator_loss(real, fake, loss), discriminator.parameters(), retain_graph=True
    )
    of_generator = torch.autograd.grad(
        generator_loss(real.detach(), fake, loss), generator.parameters()
    )
    return of_generator, of_discriminator


class WindowGenerator(Generator):
    def forward(self, noise, conditions=None):
        return super().forward(noise).unflatten(1, (3, 2))


def test_two_networks_and_a_number_of_updates_are_enough():
    net = AdversarialNet(WindowGenerator(), Discriminator(), n_updates=10).initialize()
    before = weights(net.module_)
    net = pickle.loads(pickle.dumps(net.run(make_batches(), 3, 2)))
    assert net.n_iter_ == 3
    assert not torch.equal(weights(net.module_), before)
    made = net.average_(torch.randn(4, 3))
    assert torch.equal(net.render(made, None), made)
    assert net.tokens(made) == (made,)


@pytest.mark.parametrize("gradient_penalty", [0.0, 0.3])
@pytest.mark.parametrize("loss", LOSSES)
def test_one_backward_pass_gives_the_generator_its_own_gradient(loss, gradient_penalty):
    net, batch = make_net(loss=loss, gradient_penalty=gradient_penalty), make_batch()
    of_generator, _ = direct_gradients(net, batch, loss)
    net.train_step((batch,))
    for parameter, expected in zip(net.module_.parameters(), of_generator, strict=True):
        torch.testing.assert_close(parameter.grad, expected, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("n_warmup", [0, 1])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_of_the_discriminator(loss, n_warmup):
    net, batch = make_net(loss=loss, n_warmup=n_warmup), make_batch()
    _, of_discriminator = direct_gradients(net, batch, loss)
    net.train_step((batch,))
    for parameter, expected in zip(net.discriminator_.parameters(), of_discriminator, strict=True):
        torch.testing.assert_close(parameter.grad, expected, rtol=1e-3, atol=1e-6)


def test_penalty_pulls_when_its_turn_comes():
    # With this weight the penalty rules the discriminator's gradient on the first step, and is off on the second.
    batch, norms = make_batch(), {}
    for penalty in (0.0, 1e4):
        net = make_net(gradient_penalty=penalty, penalty_every=2, n_warmup=9)
        start = copy.deepcopy(net.discriminator_.state_dict())
        for _ in range(2):
            net.discriminator_.load_state_dict(start)
            net.train_step((batch,))
            gradient = torch.cat([p.grad.ravel() for p in net.discriminator_.parameters()])
            norms.setdefault(penalty, []).append(float(gradient.norm()))
    assert norms[1e4][0] > 10 * norms[0.0][0]
    assert norms[1e4][1] < 10 * norms[0.0][1]


def test_warmup_leaves_the_generator_alone():
    net = make_net(n_warmup=3)
    start = weights(net.module_), weights(net.discriminator_)
    for _ in range(3):
        net.train_step((make_batch(),))
    assert torch.equal(weights(net.module_), start[0])
    assert not torch.equal(weights(net.discriminator_), start[1])
    assert (net.n_steps_, net.n_iter_) == (3, 0)
    net.train_step((make_batch(),))
    assert not torch.equal(weights(net.module_), start[0])
    assert (net.n_steps_, net.n_iter_) == (4, 1)


def test_both_players_move():
    net = make_net()
    start = weights(net.module_), weights(net.discriminator_)
    net.train_step((make_batch(), make_batch()))
    assert net.n_iter_ == 1
    for network, before in zip((net.module_, net.discriminator_), start, strict=True):
        assert (weights(network) != before).float().mean() > 0.9


def test_moving_average():
    net = make_net(moving_average=0.3)
    net.train_step((make_batch(),))
    expected = weights(net.module_)  # the average begins at the first update
    for made in range(1, 6):
        torch.testing.assert_close(weights(net.average_.module), expected)
        net.train_step((make_batch(),))
        decay = min(0.3, (1 + made) / (10 + made))  # faster at first
        expected = decay * expected + (1 - decay) * weights(net.module_)


def test_average_is_no_part_of_the_trained_generator():
    net = make_net()
    for parameter, mean in zip(net.module_.parameters(), net.average_.parameters(), strict=True):
        assert parameter.data_ptr() != mean.data_ptr()


def test_run_makes_the_steps_in_epochs():
    net = make_net(n_warmup=2).run(make_batches(), 7, 3)
    assert (net.n_steps_, net.n_iter_) == (7, 5)
    assert [row["n_iter"] for row in net.rows()] == [1, 4, 5]
    for row in net.rows():
        for name in ("discriminator_loss", "discriminator_grad_norm", "seconds"):
            assert row[name] > 0
    assert net.rows()[-1]["generator_loss"] > 0


def test_two_runs_are_as_good_as_one():
    nets = []
    for run_lengths in ([6], [3, 3]):
        torch.manual_seed(0)
        net, batches = make_net(), make_batches()
        for n_steps in run_lengths:
            net.run(batches, n_steps, 3)
        nets.append(net)
        assert net.n_iter_ == 6 and len(net.rows()) == 2
    assert torch.equal(*(weights(net.module_) for net in nets))


@pytest.mark.parametrize("make_copy", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_goes_on_as_the_original_does(make_copy):
    net = make_net().run(make_batches(), 3, 3)
    other = make_copy(net)
    batch = make_batch()
    for _ in range(3):
        net.train_step((batch,))
        other.train_step((batch,))
    for name in ("module_", "discriminator_", "average_"):
        assert torch.equal(weights(getattr(other, name)), weights(getattr(net, name))), name
    assert other.optimizer_.param_groups[0]["lr"] == net.optimizer_.param_groups[0]["lr"]


def test_history_holds_the_means_of_the_steps():
    net, batches = make_net(), make_batches()
    losses = []

    class Listener(Callback):
        def on_batch_end(self, net, record, **kwargs):
            losses.append(float(record["discriminator_loss"]))

    net.run(batches, 4, 4, [("listener", Listener())])
    assert net.rows()[0]["discriminator_loss"] == pytest.approx(sum(losses) / 4)


class StopAt(Callback):
    def __init__(self, epoch, stop):
        self.epoch, self.stop = epoch, stop

    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == self.epoch:
            self.stop(net)


def interrupt(net):
    raise KeyboardInterrupt


@pytest.mark.parametrize("stop", [AdversarialNet.stop, interrupt])
def test_callbacks_stop_a_run_and_another_run_goes_on(stop):
    net = make_net()
    net.run(make_batches(), 20, 2, [("stop", StopAt(2, stop))])
    assert net.n_steps_ == 4
    net.run(make_batches(), 6, 2)
    assert net.n_steps_ == 10


def test_an_interrupt_within_an_epoch_is_the_users():
    class Interrupt(Callback):
        def on_batch_end(self, net, **kwargs):
            raise KeyboardInterrupt

    net = make_net()
    with pytest.raises(KeyboardInterrupt):
        net.run(make_batches(), 6, 2, [("interrupt", Interrupt())])
    net.run(make_batches(), 2, 2)  # the callback of that run is gone


def test_callbacks_hear_of_the_end_of_a_run_that_fails():
    heard = []

    class Failing(Callback):
        def on_train_begin(self, net, **kwargs):
            heard.append("begin")

        def on_epoch_end(self, net, **kwargs):
            raise ZeroDivisionError

        def on_train_end(self, net, **kwargs):
            heard.append("end")

    with pytest.raises(ZeroDivisionError):
        make_net().run(make_batches(), 6, 2, [("failing", Failing())])
    assert heard == ["begin", "end"]


def test_learning_rates_follow_their_course():
    course = LearningRateCourse(1000)
    factors = [course(step) for step in range(1001)]
    assert factors[0] == pytest.approx(1 / 100)
    assert factors[49] == pytest.approx(1 / 2)
    assert factors[100:600] == [1.0] * 500
    assert factors[800] == pytest.approx(1 / 2)  # halfway down the cosine
    assert factors[1000] == pytest.approx(0, abs=1e-12)
    assert all(0 <= factor <= 1 for factor in factors)


def test_learning_rates_begin_anew():
    course = LearningRateCourse(1000)
    course.restart(1000, 500)
    fresh = LearningRateCourse(500)
    assert [course(1000 + step) for step in range(500)] == [fresh(step) for step in range(500)]


def test_each_network_has_its_own_learning_rate():
    net = make_net(generator_learning_rate=0.1, discriminator_learning_rate=0.4)
    net.train_step((make_batch(),))
    rates = [o.param_groups[0]["lr"] for o in (net.optimizer_, net.discriminator_optimizer_)]
    assert rates[1] == pytest.approx(4 * rates[0])


def test_restart_begins_the_course_anew_and_skips_the_warmup():
    net = make_net(n_updates=4, n_warmup=2).run(make_batches(), 6, 6)
    low = net.optimizer_.param_groups[0]["lr"]
    net.restart(100)
    made = net.n_iter_
    net.run(make_batches(), 60, 60)
    assert net.n_iter_ == made + 60
    assert net.optimizer_.param_groups[0]["lr"] > 10 * low


def test_training_leaves_its_networks_to_their_owner():
    first, second = make_net(), make_net()
    before = weights(second.module_)
    first.run(make_batches(), 2, 2)
    assert torch.equal(weights(second.module_), before)
