"""Language models: whole texts and single steps agree, states can be chosen among, what can't occur does not."""

import pickle

import pytest
import torch

from sktsgan.networks import CausalTransformer, LSTMLanguageModel

N_TOKENS, LENGTH = 9, 5


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_model(kind, n_conditions=0, dropout=0.0):
    sizes = {"hidden_size": 8, "n_layers": 2, "dropout": dropout}
    if kind == "lstm":
        model = LSTMLanguageModel(N_TOKENS, n_conditions, embedding_size=6, **sizes)
    else:
        model = CausalTransformer(N_TOKENS, n_conditions, LENGTH, n_heads=2, **sizes)
    frequencies = torch.arange(float(N_TOKENS))
    model.head.set_frequencies(frequencies / frequencies.sum())
    return model


def make_tokens(n=4):
    return torch.randint(3, N_TOKENS, (n, LENGTH))


kinds = pytest.mark.parametrize("kind", ["lstm", "transformer"])


@kinds
@pytest.mark.parametrize("n_conditions", [0, 2])
def test_steps_give_the_logits_of_whole_texts(kind, n_conditions):
    model, tokens = make_model(kind, n_conditions).eval(), make_tokens()
    conditions = torch.randn(4, n_conditions) if n_conditions else None
    state, last, stepped = model.start(4, conditions), torch.zeros(4, dtype=torch.long), []
    for t in range(LENGTH):
        logits, state = model.step(last, state)
        stepped.append(logits)
        last = tokens[:, t]
    torch.testing.assert_close(torch.stack(stepped, dim=1), model(tokens, conditions))


@kinds
def test_logits_depend_on_earlier_tokens_only(kind):
    model, tokens = make_model(kind).eval(), make_tokens()
    changed = tokens.clone()
    changed[:, 2] = 3 + (tokens[:, 2] - 2) % (N_TOKENS - 3)
    first, second = (torch.softmax(model(t), dim=2) for t in (tokens, changed))
    torch.testing.assert_close(first[:, :3], second[:, :3])
    assert not torch.isclose(first[:, 3:], second[:, 3:]).all(dim=2).any()


@kinds
def test_states_can_be_chosen_repeated_and_joined(kind):
    model, tokens = make_model(kind, 1).eval(), make_tokens(3)
    _, state = model.step(torch.zeros(3, dtype=torch.long), model.start(3, torch.randn(3, 1)))
    whole, _ = model.step(tokens[:, 0], state)
    index = torch.tensor([2, 0, 2])
    chosen, _ = model.step(tokens[index, 0], model.select(state, index))
    torch.testing.assert_close(chosen, whole[index])
    repeated, _ = model.step(tokens[:, 0].repeat_interleave(2), model.repeat(state, 2))
    torch.testing.assert_close(repeated, whole.repeat_interleave(2, dim=0))
    joined = model.join([state, model.select(state, index[:1])])
    both, _ = model.step(torch.cat([tokens[:, 0], tokens[2:, 0]]), joined)
    torch.testing.assert_close(both, torch.cat([whole, whole[2:]]))


@kinds
def test_what_cannot_occur_has_no_probability_and_the_rest_starts_at_its_frequency(kind):
    model = make_model(kind).eval()
    with torch.no_grad():
        model.head.weight.zero_()
    shares = torch.softmax(model(make_tokens()), dim=2)
    expected = torch.arange(float(N_TOKENS)) / sum(range(N_TOKENS))
    torch.testing.assert_close(shares, expected.expand_as(shares))


@kinds
def test_gradients_and_pickling(kind):
    model, tokens = make_model(kind, 2), make_tokens()
    conditions = torch.randn(4, 2)
    torch.log_softmax(model(tokens, conditions), dim=2)[..., 3:].mean().backward()
    assert all(torch.isfinite(p.grad).all() and p.grad.any() for p in model.parameters())
    again = pickle.loads(pickle.dumps(model))
    torch.testing.assert_close(again(tokens, conditions), model(tokens, conditions))


@kinds
def test_dropout_works_in_training_only(kind):
    model, tokens = make_model(kind, dropout=0.5), make_tokens(16)
    torch.testing.assert_close(model.eval()(tokens), model(tokens))
    model.train()
    assert not torch.equal(model(tokens)[..., 3:], model(tokens)[..., 3:])


def test_features_are_dropped_for_whole_texts():
    model = make_model("lstm", dropout=0.5)
    states = model.states(make_tokens(32))
    dropped = states == 0
    assert dropped.any() and not dropped.all()
    assert (dropped.all(dim=1) | ~dropped.any(dim=1)).all()
