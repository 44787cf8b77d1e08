"""The net of SeqGAN: which network each phase moves, what rewards are, and how it learns a known language."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from sktsgan.networks import END, LSTMLanguageModel, TextDiscriminator, draw_tokens
from sktsgan.training import AdversarialBatches, SeqGANNet

N_TOKENS, LENGTH = 12, 5
OPTIONS = {
    "max_length": LENGTH,
    "phase_lengths": (0, 0),
    "n_rollouts": 2,
    "with_baseline": True,
    "discriminator_steps": 1,
    "learning_rate": 0.02,
    "weight_decay": 0.0,
    "decay": False,
    "generator_learning_rate": 0.02,
    "discriminator_learning_rate": 0.01,
    "moving_average": 0.0,
    "verbose": 0,
}


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_net(discriminator=None, n_conditions=0, **options):
    model = LSTMLanguageModel(
        N_TOKENS, n_conditions, embedding_size=6, hidden_size=6, n_layers=1, dropout=0.0
    )
    frequencies = torch.ones(N_TOKENS)
    frequencies[0] = 0
    model.head.set_frequencies(frequencies / frequencies.sum())
    discriminator = discriminator or TextDiscriminator(
        N_TOKENS, n_conditions, embedding_size=4, kernel_sizes=(1, 2), n_maps=(4, 4), dropout=0.1
    )
    generator = torch.Generator().manual_seed(0)
    return SeqGANNet(model, discriminator, generator=generator, **OPTIONS | options).initialize()


def make_texts(n=64):
    """Return texts of 4 to 6, 7 to 9 in turn, of any length."""
    generator = torch.Generator().manual_seed(1)
    low = torch.randint(4, 7, (n, LENGTH), generator=generator)
    tokens = low + 3 * (torch.arange(LENGTH) % 2)
    lengths = torch.randint(2, LENGTH + 1, (n, 1), generator=generator)
    places = torch.arange(LENGTH)
    tokens = tokens.masked_fill(places == lengths, END)
    return tokens.masked_fill(places > lengths, 0)


def make_batches(tokens, conditions=None):
    return AdversarialBatches(
        tokens,
        torch.arange(len(tokens)),
        conditions,
        None,
        batch_size=16,
        generator=torch.Generator().manual_seed(0),
        device="cpu",
    )


def weights(network):
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def moved_by_a_step(net, conditions=None):
    """Return whether generator and discriminator move."""
    before = [weights(network) for network in (net.module_, net.discriminator_)]
    net.run(make_batches(make_texts(), conditions), 1, 50)
    after = [weights(network) for network in (net.module_, net.discriminator_)]
    return [not torch.equal(*pair) for pair in zip(before, after, strict=True)]


@pytest.mark.parametrize("n_conditions", [0, 2])
def test_phases_move_what_they_are_for(n_conditions):
    conditions = torch.randn(64, n_conditions) if n_conditions else None
    net = make_net(n_conditions=n_conditions, phase_lengths=(1, 1))
    for phase, moved, n_updates in (
        ("likelihood", [True, False], 1),
        ("discriminator", [False, True], 1),
        ("adversarial", [True, True], 2),
    ):
        assert net.phase == phase
        assert moved_by_a_step(net, conditions) == moved
        assert (net.history[-1]["phase"], net.n_iter_) == (phase, n_updates)


def test_epochs_span_no_two_phases():
    net = make_net(phase_lengths=(7, 4))
    assert net.count_epochs(7 + 4 + 23, 5) == 2 + 1 + 5
    net.run(make_batches(make_texts()), 7 + 4 + 23, 5)
    phases = [row["phase"] for row in net.history]
    assert phases == ["likelihood"] * 2 + ["discriminator"] + ["adversarial"] * 5


def test_likelihood_teaches_the_language():
    net = make_net(phase_lengths=(150, 0), decay=True, learning_rate=0.05)
    net.run(make_batches(make_texts(256)), 150, 50)
    losses = [row["likelihood_loss"] for row in net.history]
    # three words at each place, and the uncertainty of the end
    assert losses[-1] < np.log(3) + 0.5 < losses[0]
    made = draw_tokens(net.average_.module.eval(), 200, LENGTH, torch.Generator().manual_seed(0))
    words = made > END
    place = torch.arange(LENGTH) % 2
    right = (made - 3 * place >= 4) & (made - 3 * place < 7)
    assert right[words].float().mean() > 0.9


class CountsWord(nn.Module):
    """Takes a text for real by how often it has a word."""

    def __init__(self, word):
        super().__init__()
        self.word = word
        self.zero = nn.Parameter(torch.zeros(()))

    def forward(self, tokens, conditions=None):
        return (tokens == self.word).sum(dim=1).float() + self.zero


@pytest.mark.parametrize("n_rollouts", [0, 3])
def test_rewards_are_what_texts_are_worth(n_rollouts):
    net = make_net(CountsWord(5), n_rollouts=n_rollouts)
    tokens, states = net._draw(8, None, keep=True)
    rewards = net._rewards(tokens, states, None)
    assert rewards.shape == tokens.shape
    whole = torch.sigmoid((tokens == 5).sum(dim=1).float())
    last = (tokens > 0).sum(dim=1) - 1
    ends = rewards.gather(1, last[:, None])[:, 0]
    torch.testing.assert_close(ends, whole)
    if not n_rollouts:
        torch.testing.assert_close(rewards, whole[:, None].expand(-1, LENGTH))
    else:
        sure = torch.sigmoid((tokens == 5).cumsum(dim=1).float())  # what was kept alone
        assert (rewards >= sure - 1e-6)[tokens > 0].all()


@pytest.mark.parametrize("n_rollouts", [0, 2])
def test_policy_gradient_makes_what_is_rewarded(n_rollouts):
    net = make_net(CountsWord(5), n_rollouts=n_rollouts)
    net.run(make_batches(make_texts()), 40, 50)
    rewards = [row["reward"] for row in net.history]
    assert rewards[-1] > rewards[0] + 0.1


def test_pickling_goes_on_the_same():
    net = make_net(phase_lengths=(2, 1))
    net.run(make_batches(make_texts()), 4, 50)
    again = pickle.loads(pickle.dumps(net))
    for one in (net, again):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            one.run(make_batches(make_texts()), 2, 50)
    assert torch.equal(weights(net.module_), weights(again.module_))
    assert torch.equal(weights(net.discriminator_), weights(again.discriminator_))


def test_holding_keeps_to_likelihood_at_a_level_rate():
    net = make_net(phase_lengths=(2, 0), decay=True)
    net.run(make_batches(make_texts()), 3, 50)
    net.hold()
    assert net.phase == "likelihood"
    net.run(make_batches(make_texts()), 3, 50)
    assert net.phase == "likelihood"
    assert net.likelihood_optimizer_.param_groups[0]["lr"] == OPTIONS["learning_rate"]
    net.restart(None, (2, 1))
    net.run(make_batches(make_texts()), 4, 50)
    assert [row["phase"] for row in net.history][-3:] == list(net.phases)
