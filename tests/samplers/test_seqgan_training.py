"""How SeqGANSampler trains: phases, held-out texts, temperature, collapse."""

import math

import numpy as np
import pytest
import torch

from sktsgan import SeqGANSampler
from sktsgan.exceptions import ModeCollapseWarning
from sktsgan.training._temperature import (
    LEAST_TEMPERATURE,
    distinct_share,
    find_temperature,
    telling_order,
)

SMALL = {"embedding_size": 8, "hidden_size": 8, "n_maps": (4, 4, 4, 4), "random_state": 0}


def make_sequences(n=240, length=6):
    """Return cycles through five numbers, each with a step now and then that does not fit."""
    rng = np.random.default_rng(0)
    steps = rng.choice([1, 1, 1, 1, 2], size=(n, length))
    return (rng.integers(5, size=(n, 1)) + steps.cumsum(axis=1)) % 5


def phases_of(sampler):
    return list(dict.fromkeys(row["phase"] for row in sampler.history_))


def test_the_phases_follow_each_other_and_are_counted():
    sampler = SeqGANSampler(
        **SMALL, pretraining=2, discriminator_pretraining=1, max_iter=3, n_rollouts=1
    ).fit(make_sequences())
    assert phases_of(sampler) == ["likelihood", "discriminator", "adversarial"]
    n_batches = math.ceil(0.95 * 240 / 64)
    assert sampler.n_iter_ == 2 * n_batches + 3
    assert phases_of(sampler.set_params(max_iter=0).fit(make_sequences())) == ["likelihood"]


def test_auto_pretraining_takes_more_epochs_of_fewer_texts():
    n_trained = {10: 10, 80: 80, 240: 228}  # the others are held out
    for n, left in n_trained.items():
        n_epochs = round(9 * (10_000 / left) ** (1 / 3))
        assert SeqGANSampler(**SMALL).fit(make_sequences(n)).n_iter_ == n_epochs * math.ceil(
            left / 64
        )


def test_the_best_weights_by_held_out_likelihood_come_back():
    X = np.random.default_rng(0).integers(50, size=(60, 6))  # nothing to learn but by heart
    sampler = SeqGANSampler(
        **SMALL | {"hidden_size": 64},
        pretraining=300,
        dropout=0.0,
        weight_decay=0.0,
        schedule="constant",
        validation_fraction=0.4,
        vocabulary=range(50),
    ).fit(X)
    found = [row["validation_nll"] for row in sampler.history_ if "validation_nll" in row]
    assert min(found) < found[-1] - 0.1
    held_out = np.arange(60) * 10 / 60 % 1
    held_out = np.sort(np.argsort(-held_out, kind="stable")[:24])
    assert -sampler.score(X[held_out]) == pytest.approx(min(found), rel=1e-4)


@pytest.mark.parametrize("generator", ["lstm", "transformer"])
def test_score_is_the_mean_log_likelihood_of_a_token(generator):
    texts = [[1, 2, 3], [1, 2], [3, 2, 1]] * 20
    sampler = SeqGANSampler(**SMALL, generator=generator, pretraining=3).fit(texts)
    model = sampler.net_.average_.module.eval()
    # the end after two numbers counts, that of the longest ones can't be missed
    tokens = torch.tensor([[3, 4, 5], [3, 4, 1], [5, 4, 3]])
    logs = torch.log_softmax(model(tokens).detach(), dim=2).gather(2, tokens[..., None])
    assert sampler.score(texts[:3]) == pytest.approx(float(logs.mean()), rel=1e-4)


def test_training_makes_likelier_what_was_seen():
    X = make_sequences()
    one, many = (SeqGANSampler(**SMALL, pretraining=n).fit(X) for n in (1, 60))
    assert one.score(X) < many.score(X) < 0


def test_texts_repeat_themselves_at_the_matching_temperature_as_the_training_texts_do():
    X = make_sequences(400, 8) * 7 + np.arange(8) % 7  # more pairs than can be learned by heart
    sampler = SeqGANSampler(**SMALL, pretraining=5).fit(X)
    assert LEAST_TEMPERATURE <= sampler.temperature_ <= 1
    made = sampler.sample(400, random_state=1)
    hot = sampler.sample(400, temperature=1.0, random_state=1)
    order = telling_order(X + 3)
    real, made, hot = (distinct_share(Z + 3, order) for Z in (X, made, hot))
    assert abs(made - real) <= abs(hot - real)
    fixed = SeqGANSampler(**SMALL, pretraining=1, temperature=0.7).fit(X)
    assert fixed.temperature_ == 0.7


def test_distinct_bigrams_by_hand():
    tokens = np.array([[3, 4, 3, 4], [3, 4, 1, 0], [5, 2, 5, 1]])
    assert (
        distinct_share(tokens) == 2 / 4
    )  # 34, 43, 34 and 34: those with an unknown one don't count
    assert distinct_share(np.array([[3, 1, 0]])) == distinct_share(tokens, 9) == 1.0
    assert distinct_share(np.array([[3, 4, 5, 6], [3, 4, 5, 7]]), 3) == 3 / 4


def test_variety_is_compared_by_the_longest_ngrams_that_repeat():
    rng = np.random.default_rng(0)
    phrases = rng.integers(3, 500, size=(40, 4))
    assert telling_order(phrases[rng.integers(40, size=300)]) == 4
    loose = phrases[rng.integers(40, size=(300, 2))][..., :3].reshape(300, 6)
    loose[:, 3] = rng.integers(3, 100_000, size=300)  # triples repeat, no four in a row do
    assert telling_order(loose) == 3
    assert telling_order(rng.integers(3, 100_000, size=(300, 8))) == 2


def test_the_temperature_is_found_to_a_hundredth_within_its_range():
    def draw(temperature):  # as many distinct pairs of 1,000 as the temperature says
        return np.stack([np.full(1000, 3), 3 + np.arange(1000) % round(1000 * temperature)], axis=1)

    assert find_temperature(draw, 0.73) == pytest.approx(0.73, abs=0.01)
    assert find_temperature(draw, 0.1) == pytest.approx(LEAST_TEMPERATURE, abs=0.01)
    assert find_temperature(lambda temperature: draw(0.3), 0.5) == 1.0


def test_collapse_warns_and_the_texts_stay_as_they_were():
    options = SMALL | {"pretraining": 30, "discriminator_pretraining": 1, "n_rollouts": 0}
    options |= {"baseline": None, "generator_learning_rate": 0.5, "max_iter": 60}
    X = make_sequences(400, 8) * 7 + np.arange(8) % 7
    with pytest.warns(ModeCollapseWarning, match="of its bigrams were distinct"):
        sampler = SeqGANSampler(**options).fit(X)
    assert distinct_share(sampler.sample(300, random_state=0) + 3) > 0.02


def test_the_published_schedule_is_a_call():
    sampler = SeqGANSampler(
        embedding_size=32,
        hidden_size=32,
        dropout=0,
        weight_decay=0,
        schedule="constant",
        learning_rate=0.01,
        pretraining=120,
        kernel_sizes=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20),
        n_maps=(100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160),
        discriminator_pretraining=150,
        discriminator_steps=2340,
        n_rollouts=16,
        baseline=None,
        generator_learning_rate=0.01,
        max_iter=200,
        validation_fraction=0,
        temperature=1.0,
    )
    quick = {"pretraining": 1, "discriminator_pretraining": 1, "discriminator_steps": 1}
    sampler.set_params(**quick, max_iter=1, n_rollouts=1).fit(make_sequences(70))
    assert phases_of(sampler) == ["likelihood", "discriminator", "adversarial"]
    assert sampler.sample(3).shape == (3, 6)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"kernel_sizes": (2, 0)}, r"kernel_sizes must hold integers of at least 1, got (2, 0)."),
        ({"kernel_sizes": ()}, "kernel_sizes must hold integers of at least 1, got ()."),
        (
            {"n_maps": (4, 4)},
            "n_maps must hold a number for each of the 4 kernel_sizes, got (4, 4).",
        ),
        (
            {"generator": "transformer", "hidden_size": 6},
            "hidden_size must be a multiple of the 4 heads of a transformer, got 6.",
        ),
    ],
)
def test_parameters_that_do_not_go_together_are_refused(params, message):
    with pytest.raises(ValueError) as error:
        SeqGANSampler(**SMALL | params).fit(make_sequences())
    assert str(error.value) == message


def test_a_second_fit_with_warm_start_goes_on():
    X = make_sequences()
    sampler = SeqGANSampler(**SMALL, pretraining=4, warm_start=True).fit(X)
    before = sampler.score(X)
    assert sampler.fit(X).score(X) > before
    assert sampler.n_iter_ == 2 * 4 * math.ceil(0.95 * 240 / 64)
    sampler.set_params(pretraining=0, max_iter=1, n_rollouts=0, learning_rate=0.5).fit(X)
    assert phases_of(sampler)[-1] == "adversarial"
    assert (sampler.net_.n_rollouts, sampler.net_.learning_rate) == (0, 0.5)


def test_partial_fit_is_a_pass_of_maximum_likelihood():
    X = make_sequences()
    sampler = SeqGANSampler(**SMALL).partial_fit(X)
    assert sampler.n_iter_ == 4
    before = sampler.score(X)
    for _ in range(10):
        sampler.partial_fit(X)
    assert sampler.score(X) > before
    assert set(row["phase"] for row in sampler.history_) == {"likelihood"}
