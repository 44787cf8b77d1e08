"""Texts drawn from language models, and rollouts of them."""

import pytest
import torch

from sktsgan.networks import (
    END,
    UNKNOWN,
    Drawing,
    LSTMLanguageModel,
    TokenDrawer,
    draw_tokens,
    roll_out,
)
from sktsgan.networks._fast import _drawing

N_TOKENS, LENGTH = 150, 6


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def make_model(n_tokens=N_TOKENS, end=0.0, scale=1.0):
    model = LSTMLanguageModel(
        n_tokens, 0, embedding_size=4, hidden_size=4, n_layers=1, dropout=0.0
    ).eval()
    frequencies = torch.ones(n_tokens)
    frequencies[0], frequencies[END] = 0.0, end
    model.head.set_frequencies(frequencies / frequencies.sum())
    with torch.no_grad():
        model.head.weight.mul_(scale)
    return model


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def expected_shares(head, state, temperature=1.0):
    logits = head(state)
    logits[UNKNOWN] = -torch.inf
    return torch.softmax(logits / temperature, dim=0).detach()


@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_tokens_come_at_their_probability(temperature, monkeypatch):
    monkeypatch.setattr(_drawing, "_CHUNK_VALUES", 2**14)  # several chunks
    head = make_model(scale=20.0).head
    state = torch.randn(4)
    shares = expected_shares(head, state, temperature)
    n = 40_000
    drawer = TokenDrawer(head, Drawing(temperature), generator())
    found = torch.bincount(drawer(state.expand(n, -1)), minlength=N_TOKENS) / n
    deviation = torch.sqrt(shares * (1 - shares) / n)
    assert (
        (found - shares).abs() <= 5 * deviation + 5 / n
    ).all()  # rare ones come in whole numbers
    assert not found[:3].any()


def test_top_k_and_top_p_leave_only_the_most_probable():
    head = make_model(scale=20.0).head
    state = torch.randn(4)
    shares = expected_shares(head, state)
    ordered = shares.argsort(descending=True)
    states = state.expand(5000, -1)
    drawn = TokenDrawer(head, Drawing(top_k=3), generator())(states)
    assert set(drawn.tolist()) == set(ordered[:3].tolist())
    n_needed = int((shares[ordered].cumsum(dim=0) < 0.5).sum()) + 1
    drawn = TokenDrawer(head, Drawing(top_p=0.5), generator())(states)
    assert set(drawn.tolist()) <= set(ordered[:n_needed].tolist())
    drawn = TokenDrawer(head, Drawing(top_k=1), generator())(states)
    assert set(drawn.tolist()) == {int(ordered[0])}


def test_a_place_at_the_very_end_finds_a_token_that_can_occur(monkeypatch):
    head = make_model(scale=20.0).head
    monkeypatch.setattr(torch, "rand", lambda n, **options: torch.ones(n))
    drawn = TokenDrawer(head, Drawing(), generator())(torch.randn(50, 4))
    assert ((drawn > UNKNOWN) & (drawn < N_TOKENS)).all()


def test_texts_end_and_are_padded():
    tokens = draw_tokens(make_model(end=40.0), 200, LENGTH, generator())
    assert tokens.shape == (200, LENGTH) and tokens.dtype == torch.int64
    after = (tokens == END).cumsum(dim=1) - (tokens == END).long() > 0
    assert after.any() and not tokens[after].any()
    assert (tokens[~after] > 0).all()
    assert (tokens[:, 0] > UNKNOWN).all()  # none is empty
    assert not (tokens == UNKNOWN).any()
    assert not (draw_tokens(make_model(), 50, LENGTH, generator()) <= UNKNOWN).any()


def test_the_same_generator_gives_the_same_texts():
    model = make_model(end=3.0)
    first, second = (draw_tokens(model, 20, LENGTH, generator()) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, draw_tokens(model, 20, LENGTH, generator(1)))


def test_prefixes_begin_texts_and_may_end_anywhere():
    prefix = torch.tensor([[7, 8, 9], [7, 0, 0], [0, 0, 0]]).repeat(30, 1)
    tokens = draw_tokens(make_model(end=40.0), 90, LENGTH, generator(), prefix=prefix)
    assert (tokens[:, :3] == prefix)[prefix > 0].all()
    assert len(tokens[1::3, 1].unique()) > 1


def test_what_is_kept_goes_on_as_the_model_does():
    model = make_model()
    tokens, states = draw_tokens(model, 7, LENGTH, generator(), keep=True)
    seen = torch.stack([seen for seen, _ in states], dim=1)
    torch.testing.assert_close(seen, model.states(tokens).detach())


@pytest.mark.parametrize("end", [0.0, 60.0])
def test_rollouts_keep_each_beginning_and_go_on_freely(end):
    model = make_model(end=end)
    tokens, states = draw_tokens(model, 12, LENGTH, generator(), keep=True)
    made = roll_out(model, tokens, states, 3, generator(1))
    inside = torch.arange(LENGTH) < made.kept[:, None]
    assert torch.equal(made.tokens[inside], tokens[made.origins][inside])
    # three for each beginning that is not the whole text
    places = made.origins * LENGTH + made.kept
    counts = torch.bincount(places, minlength=12 * LENGTH).view(12, LENGTH)
    begun = torch.cat([torch.zeros(12, 1, dtype=torch.bool), tokens[:, :-1] > END], dim=1)
    assert torch.equal(counts, 3 * begun.long())
    ended = (made.tokens == END).cumsum(dim=1) - (made.tokens == END).long() > 0
    assert not made.tokens[ended].any() and (made.tokens[~ended] > 0).all()
    assert not torch.equal(made.tokens, tokens[made.origins])


def test_rollouts_are_distributed_as_the_model():
    model = make_model(n_tokens=6, end=1.0, scale=30.0)
    tokens, states = draw_tokens(model, 1, 3, generator(), keep=True, prefix=torch.tensor([[4]]))
    made = roll_out(model, tokens, states, 20_000, generator(1))
    found = made.tokens[made.kept == 1][:, 1]
    logits = model(torch.tensor([[4, 4]]))[0, 1].detach()
    logits[UNKNOWN] = -torch.inf
    shares = torch.softmax(logits, dim=0)
    found = torch.bincount(found, minlength=6) / len(found)
    assert ((found - shares).abs() <= 5 * torch.sqrt(shares * (1 - shares) / 20_000) + 1e-9).all()
