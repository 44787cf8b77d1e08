"""The convolutional discriminator."""

import pickle

import torch

from sktsgan.networks import Highway, TextDiscriminator


def make_discriminator(n_conditions=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return TextDiscriminator(
            11,
            n_conditions,
            embedding_size=4,
            kernels={1: 3, 4: 2, 7: 2},
            dropout=0.5,
        )


def test_one_logit_a_text_even_where_texts_are_shorter_than_a_kernel():
    tokens = torch.arange(18).view(6, 3) % 11
    assert make_discriminator().eval()(tokens).shape == (6,)


def test_gradients_pickling_and_conditions():
    discriminator = make_discriminator(2).eval()
    tokens, conditions = torch.arange(90).view(10, 9) % 11, torch.arange(20.0).view(10, 2) / 10
    logits = discriminator(tokens, conditions)
    logits.sum().backward()
    assert all(torch.isfinite(p.grad).all() and p.grad.any() for p in discriminator.parameters())
    again = pickle.loads(pickle.dumps(discriminator))
    torch.testing.assert_close(again(tokens, conditions), logits)
    assert not torch.isclose(discriminator(tokens, -conditions), logits).any()


def test_the_order_of_words_counts():
    discriminator = make_discriminator().eval()
    tokens = torch.tensor([[3, 4, 5, 6, 7, 8, 9, 10]])
    assert discriminator(tokens) != discriminator(tokens.flip(1))


def test_a_highway_carries_its_input_first():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer, x = Highway(5), torch.randn(20, 5)
    assert (layer(x) - x).abs().mean() < 0.5 * x.abs().mean()
    layer.gate.bias.data.fill_(-50.0)
    torch.testing.assert_close(layer(x), x)
