"""TransformerGANSampler: models, conditions, going on, and what can go wrong."""

import pickle
import re
import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback

from sktsgan import NeighborSampler, TransformerGANSampler
from sktsgan.exceptions import DivergenceWarning, ModeCollapseWarning
from sktsgan.networks import RefiningGenerator, TransformerGenerator
from sktsgan.samplers import _gate
from sktsgan.samplers.published import TTSGAN

# few steps without a base make windows that vary little
FEW_STEPS = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")


def weights(network):
    return torch.nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def poison(network, value):
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, value)


class At(Callback):
    """Calls a function of the net at one event, the ``turn``-th time that it comes (or every time, at 0)."""

    def __init__(self, event, function, turn=0):
        self.event, self.function, self.turn = event, function, turn
        self.count = 0
        setattr(self, event, self._hear)

    def _hear(self, net, **kwargs):
        self.count += 1
        if self.turn in (0, self.count):
            self.function(net)


@FEW_STEPS
def test_the_plain_model_of_the_literature(walks, make_gan):
    sampler = make_gan(**TTSGAN).fit(walks)
    assert isinstance(sampler.net_.module_, TransformerGenerator)
    assert sampler.base_ is None and not sampler.keeps_training_windows_
    assert sampler.n_iter_ == 3
    first = sampler.sample(20, random_state=0)
    np.testing.assert_array_equal(sampler.sample(20, random_state=0), first)
    assert first.shape == (20, 8, 2) and np.isfinite(first).all()


@FEW_STEPS
@pytest.mark.parametrize("base", ["neighbors", None])
@pytest.mark.parametrize(
    "params",
    [
        {"loss": "bce"},
        {"patch_length": 3, "schedule": "constant"},
        {"dropout": 0.5},
        {"gradient_penalty": 0, "warmup": 0},
        {"discriminator_steps": 3, "batch_size": 7},
        {"embedding_size": 12, "n_layers": 2, "n_heads": 3},
        {"patch_length": 100, "latent_size": 1, "warmup": 1},
        {"device": "cpu", "batch_size": 1000},
    ],
)
def test_choices(walks, labels, make_gan, base, params):
    sampler = make_gan(base=base, **params).fit(walks, labels)
    assert sampler.n_iter_ == 3
    made = sampler.sample(20, random_state=0)
    assert np.isfinite(made).all()
    np.testing.assert_array_equal(made, sampler.sample(20, random_state=0))


def test_the_generator_starts_from_the_base(walks, labels, make_gan):
    base = NeighborSampler(n_neighbors=8, random_state=0)
    sampler = make_gan(base=base, max_iter=1, generator_learning_rate=1e-12).fit(walks, labels)
    assert isinstance(sampler.net_.module_, RefiningGenerator)
    made, drawn = (
        sampler.sample(500, random_state=0),
        base.set_params(n_neighbors=12).fit(walks, labels),
    )
    drawn = drawn.sample(500, random_state=0)
    assert not np.array_equal(made, drawn)
    np.testing.assert_allclose(made, drawn, atol=0.2 * walks.std())
    sampler.refined_ = False
    np.testing.assert_array_equal(sampler.sample(500, random_state=0), drawn)


def test_the_base_may_be_a_sampler_with_parameters(walks, make_gan):
    sampler = clone(make_gan(base=NeighborSampler(n_neighbors=4))).fit(walks)
    assert sampler.n_neighbors_ == 4
    assert sampler.base_.neighborhoods.n_neighbors == 6
    assert not hasattr(sampler.base, "neighborhoods_")  # parameters stay as they are
    sampler.set_params(base__n_neighbors=2).fit(walks)
    assert sampler.n_neighbors_ == 2
    with pytest.raises(ValueError, match="'n_neighbors' parameter of NeighborSampler"):
        sampler.set_params(base__n_neighbors=0).fit(walks)


def test_both_networks_are_trained_and_the_average_samples(walks, make_gan):
    start = make_gan(max_iter=1, generator_learning_rate=1e-30).fit(walks)
    end = make_gan(max_iter=20).fit(walks)
    for name in ("module_", "discriminator_", "average_"):
        before, after = (weights(getattr(s.net_, name)) for s in (start, end))
        assert (before != after).float().mean() > 0.5, name  # a lone token needs no query
    made = end.sample(5, random_state=0)
    poison(end.net_.module_, float("nan"))
    np.testing.assert_array_equal(end.sample(5, random_state=0), made)


def test_seeds_rule_initial_weights(walks, make_gan):
    first, again, other = (make_gan(random_state=seed).fit(walks) for seed in (0, 0, 1))
    assert torch.equal(weights(first.net_.module_), weights(again.net_.module_))
    assert not torch.equal(weights(first.net_.module_), weights(other.net_.module_))


def test_dropout_and_noise_are_seeded_too(walks, make_gan):
    first, again = (make_gan(dropout=0.5).fit(walks) for _ in range(2))
    assert torch.equal(weights(first.net_.module_), weights(again.net_.module_))


def test_history(walks, make_gan):
    sampler = make_gan(max_iter=100, warmup=0.1).fit(walks)
    assert sampler.n_iter_ == 100
    assert [row["n_iter"] for row in sampler.history_] == [40, 90, 100]
    names = {"generator_loss", "discriminator_loss", "generator_grad_norm", "seconds"}
    for row in sampler.history_:
        assert names <= set(row)
        assert all(np.isfinite(row[name]) for name in names)


def test_embedding_size_must_be_a_multiple_of_n_heads(walks, make_gan):
    with pytest.raises(ValueError) as error:
        make_gan(embedding_size=10, n_heads=4).fit(walks)
    assert str(error.value) == "embedding_size must be a multiple of n_heads=4, got 10."


def test_errors_come_before_training(walks, labels, make_gan):
    def fail(net):
        raise AssertionError("Training has begun.")

    callbacks = [At("on_train_begin", fail)]
    for method in ("fit", "partial_fit"):
        with pytest.raises(AssertionError):
            getattr(make_gan(callbacks=callbacks), method)(walks)
        for X, y in ((np.full_like(walks, np.inf), None), (walks[:1], None), (walks, labels[1:])):
            with pytest.raises(ValueError):
                getattr(make_gan(callbacks=callbacks), method)(X, y)


@pytest.mark.parametrize("base", ["neighbors", None])
def test_all_constant(make_gan, base):
    X = np.full((10, 8, 2), 3.5)
    sampler = make_gan(base=base).fit(X)
    assert sampler.net_ is None and sampler.n_iter_ == 0 and sampler.history_ == []
    np.testing.assert_array_equal(sampler.sample(3), X[:3])
    assert sampler.partial_fit(X).sample(3).shape == (3, 8, 2)
    assert pickle.loads(pickle.dumps(sampler)).sample(3).shape == (3, 8, 2)


@FEW_STEPS
@pytest.mark.parametrize("base", ["neighbors", None])
def test_windows_that_are_all_the_same(walks, make_gan, base):
    X = np.repeat(walks[:1].round(1), 30, axis=0)
    made = make_gan(base=base).fit(X).sample(10, random_state=0)
    assert np.isfinite(made).all()
    if base is not None:
        np.testing.assert_array_equal(made, X[:10])


@FEW_STEPS
@pytest.mark.parametrize("patch_length", [None, 2])
@pytest.mark.parametrize("base", ["neighbors", None])
@pytest.mark.parametrize("shape", [(30, 1, 1), (30, 2, 2), (30, 8, 100), (20, 512, 3)])
def test_shapes(make_gan, base, shape, patch_length):
    X = np.random.default_rng(0).normal(size=shape).cumsum(axis=1)
    sampler = make_gan(base=base, max_iter=1, patch_length=patch_length)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ModeCollapseWarning)
        made = sampler.fit(X).sample(5)
    assert made.shape == (5, *shape[1:]) and np.isfinite(made).all()


def test_many_steps_of_many_channels():
    X = np.random.default_rng(0).normal(size=(16, 512, 100)).cumsum(axis=1)
    made = TransformerGANSampler(max_iter=2, random_state=0).fit(X).sample(3)
    assert made.shape == (3, 512, 100) and np.isfinite(made).all()


@pytest.mark.parametrize("n_windows", [2, 3])
def test_few_windows(walks, make_gan, n_windows):
    made = make_gan().fit(walks[:n_windows]).sample(10)
    assert np.isfinite(made).all()


# --- going on ---------------------------------------------------------------------------------


def test_warm_start_goes_on(walks, make_gan):
    cold = make_gan(max_iter=10).fit(walks)
    warm = make_gan(max_iter=10, warm_start=True).fit(walks)
    assert torch.equal(weights(warm.net_.module_), weights(cold.net_.module_))
    scaler, generator = warm.scaler_, weights(warm.net_.module_)
    warm.fit(walks)
    assert warm.n_iter_ == 20 and len(warm.history_) == 2
    assert warm.scaler_ is scaler
    assert not torch.equal(weights(warm.net_.module_), generator)
    cold.fit(walks)
    assert cold.n_iter_ == 10
    assert torch.equal(weights(cold.net_.module_), generator)


def test_warm_start_of_a_pickled_sampler(walks, make_gan):
    sampler = make_gan(max_iter=10, warm_start=True).fit(walks)
    copy = pickle.loads(pickle.dumps(sampler))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = copy.fit(walks).sample(5, random_state=0)
    np.testing.assert_array_equal(made, sampler.fit(walks).sample(5, random_state=0))


def test_partial_fit_makes_one_pass(walks, make_gan):
    sampler = make_gan(batch_size=30)
    assert sampler.partial_fit(walks).n_iter_ == 3  # 80 windows in batches of 30
    generator = weights(sampler.net_.module_)
    sampler.partial_fit(walks[:20])
    assert sampler.n_iter_ == 4
    assert not torch.equal(weights(sampler.net_.module_), generator)


def test_partial_fit_of_one_window(walks, make_gan):
    sampler = make_gan().partial_fit(walks)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler.partial_fit(walks[:1])
    assert np.isfinite(sampler.sample(10)).all()


def test_partial_fit_goes_on_after_fit(walks, labels, make_gan):
    sampler = make_gan().fit(walks, labels)
    scaler = sampler.scaler_
    sampler.partial_fit(walks[:40], labels[:40])
    assert sampler.n_iter_ == 4 and sampler.scaler_ is scaler
    assert list(sampler.classes_) == ["a", "b", "c"]


def test_partial_fit_refuses_what_does_not_fit(walks, labels, make_gan):
    sampler = make_gan().partial_fit(walks, labels)
    with pytest.raises(ValueError) as error:
        sampler.partial_fit(walks, np.repeat("z", 80))
    assert str(error.value) == (
        "y has the label 'z', which the first call of partial_fit did not see; the classes are "
        "['a', 'b', 'c']."
    )
    with pytest.raises(ValueError) as error:
        sampler.partial_fit(walks)
    assert str(error.value) == "y must be given in every call of partial_fit, or in none."


def test_fit_starts_anew_after_partial_fit(walks, make_gan):
    sampler = make_gan().partial_fit(walks).fit(walks[:, :6])
    assert sampler.sample(2).shape == (2, 6, 2)


# --- what can go wrong ------------------------------------------------------------------------


def test_divergence_goes_back_to_the_last_good_weights(walks, make_gan):
    kept = []
    callbacks = [
        At("on_epoch_end", lambda net: kept.append(weights(net.average_))),
        At("on_batch_end", lambda net: poison(net.module_, float("nan")), turn=70),
    ]
    sampler = make_gan(max_iter=500, warmup=0, callbacks=callbacks)
    with pytest.warns(DivergenceWarning, match="last good weights were kept"):
        sampler.fit(walks)
    assert sampler.n_iter_ == 100  # it stopped at the end of the epoch
    assert torch.equal(weights(sampler.net_.average_), kept[0])
    assert np.isfinite(sampler.sample(100)).all()


@pytest.mark.parametrize("base", ["neighbors", None])
@pytest.mark.parametrize("rate", [1e3, 1e30])
def test_absurd_learning_rates(walks, make_gan, base, rate):
    rates = {"generator_learning_rate": rate, "discriminator_learning_rate": rate}
    with pytest.warns(DivergenceWarning, match="lower the learning rates"):
        sampler = make_gan(base=base, max_iter=150, **rates).fit(walks)
    assert np.isfinite(sampler.sample(100)).all()
    assert np.isfinite(sampler.score(walks))


def test_a_generator_that_collapses_warns(walks, make_gan):
    collapse = At("on_train_end", lambda net: poison(net.average_, 0.0))
    with pytest.warns(ModeCollapseWarning, match="has 0% of the variance of the training set"):
        sampler = make_gan(base=None, callbacks=[collapse]).fit(walks)
    assert np.isfinite(sampler.sample(10)).all()


def test_no_warning_without_a_cause(walks, make_gan):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_gan(max_iter=60).fit(walks).sample(3)


@pytest.mark.parametrize("event", ["on_train_begin", "on_epoch_begin", "on_batch_end"])
def test_an_interrupt_passes_through_to_the_user(walks, make_gan, event):
    def interrupt(net):
        raise KeyboardInterrupt

    sampler = make_gan(max_iter=100, callbacks=[At(event, interrupt)])
    state = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        sampler.fit(walks)
    assert torch.equal(torch.get_rng_state(), state)
    assert sampler.set_params(callbacks=None).fit(walks).n_iter_ == 100


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("device", "nope", "device must be \"auto\" or a torch device, got 'nope'."),
        (
            "callbacks",
            [3],
            "callbacks must hold skorch callbacks or (name, callback) pairs, got 3.",
        ),
    ],
)
def test_errors_name_the_parameter(parameter, value, message):
    sampler = TransformerGANSampler(**{parameter: value})
    with pytest.raises(ValueError, match=re.escape(message)):
        sampler.fit(np.random.default_rng(0).normal(size=(20, 6, 2)))
    assert not hasattr(sampler, "net_")
    with pytest.raises(NotFittedError):
        sampler.sample(1)


@pytest.mark.parametrize("changes", [{"device": "nope"}, {"callbacks": [3]}, {"n_heads": 7}])
def test_a_refused_fit_loses_nothing(changes):
    X = np.random.default_rng(0).normal(size=(20, 6, 2))
    sampler = TransformerGANSampler(max_iter=2, random_state=0).fit(X)
    before = sampler.sample(3, random_state=0)
    with pytest.raises(ValueError, match=next(iter(changes))):
        sampler.set_params(**changes).fit(X[:, :4])
    np.testing.assert_array_equal(sampler.sample(3, random_state=0), before)


@pytest.fixture
def long_walks():
    """Windows of one walk, each a step after the one before."""
    walk = np.random.default_rng(0).normal(size=(807, 2)).cumsum(axis=0)
    return np.stack([walk[i : i + 8] for i in range(800)])


def judge_with(monkeypatch, *scores):
    """Let the gate find these scores in turn, for base and pair."""
    left = iter(scores)
    names = "boosting", "convolutions", "membership"
    found = lambda gate, draw, n_repeats=2: dict(zip(names, next(left), strict=True))  # noqa: E731
    monkeypatch.setattr(_gate.Gate, "_judge", found)


BASE, BETTER, WORSE = (0.7, 0.6, 0.6), (0.6, 0.6, 0.6), (0.75, 0.6, 0.6)


@pytest.mark.parametrize(
    ("pair", "kept"),
    [
        (BETTER, True),
        ((0.69, 0.6, 0.6), False),  # within the noise
        ((0.6, 0.62, 0.6), False),  # one judge sees that it is worse
        ((0.6, 0.6, 0.62), False),  # it gives away more
    ],
)
def test_the_pair_is_kept_where_it_pays(monkeypatch, make_gan, long_walks, pair, kept, capsys):
    judge_with(monkeypatch, BASE, BETTER, pair)
    sampler = make_gan(refine="auto", max_iter=150, verbose=1).fit(long_walks)
    assert sampler.refined_ is kept and sampler.n_iter_ == (225 if kept else 150)
    assert sampler.gate_scores_["pair"]["boosting"] == pair[0]
    (judged,) = [row for row in sampler.history_ if "refined" in row]
    assert judged["refined"] is kept and judged["base_boosting"] == 0.7 and judged["n_iter"] == 150
    assert f"boosting 0.700 → {pair[0]:.3f}" in capsys.readouterr().out
    assert sampler.base_.neighborhoods.shape_[0] == 800  # in the end of all windows
    base = NeighborSampler(random_state=0).fit(long_walks)
    same = np.array_equal(base.sample(20, random_state=0), sampler.sample(20, random_state=0))
    assert same is not kept


def test_a_pair_that_gets_worse_is_given_up(monkeypatch, make_gan, long_walks):
    judge_with(monkeypatch, BASE, WORSE)
    sampler = make_gan(refine="auto", max_iter=300, warmup=0).fit(long_walks)
    assert not sampler.refined_ and sampler.n_iter_ == 100
    assert sampler.gate_scores_["pair"]["boosting"] == WORSE[0]
    assert sampler.partial_fit(long_walks).refined_ and sampler.gate_scores_ is None


def test_the_judges_see_what_training_does_not(long_walks):
    times = np.random.default_rng(0).permutation(np.arange(800))
    windows = long_walks[times]
    gate = _gate.Gate(windows, times)
    judged = np.concatenate([gate._first, gate._second])
    assert gate.has_enough and len(judged) == 240
    seen = set(np.ravel(gate._seen))
    assert not seen & set(np.ravel(judged))
    assert not set(np.ravel(gate._first)) & set(np.ravel(gate._second))
    assert len(gate._seen) == (~gate.unseen).sum() > 450


def test_real_judges_on_a_short_fit(make_gan, long_walks):
    sampler = make_gan(refine="auto", max_iter=3).fit(long_walks)
    for scores in sampler.gate_scores_.values():
        assert all(0.3 < score < 1 for score in scores.values())
    again = make_gan(refine="auto", max_iter=3).fit(long_walks)
    assert again.gate_scores_ == sampler.gate_scores_


def test_too_few_windows_to_judge_by(make_gan, walks, capsys):
    sampler = make_gan(refine="auto", verbose=1).fit(walks)
    assert not sampler.refined_ and sampler.gate_scores_ is None
    assert sampler.n_iter_ == 0 and sampler.history_ == []
    assert "The base alone: too few windows to judge by." in capsys.readouterr().out
    base = NeighborSampler(random_state=0).fit(walks)
    expected = base.sample(20, random_state=0)
    np.testing.assert_array_equal(sampler.sample(20, random_state=0), expected)
    assert sampler.partial_fit(walks).refined_
    assert not np.array_equal(sampler.sample(20, random_state=0), expected)


def test_channels_that_are_read_whole_are_not_moved(make_gan, long_walks):
    windows = long_walks.copy()
    windows[..., 1] = np.maximum(windows[..., 1] - np.median(windows[..., 1]), 0)
    sampler = make_gan(max_iter=30).fit(windows)
    assert sampler.scaler_.atomic_.tolist() == [False, True]
    made = sampler.sample(200, random_state=0)
    sampler.refined_ = False
    drawn = sampler.sample(200, random_state=0)
    np.testing.assert_array_equal(made[..., 1], drawn[..., 1])
    assert not np.array_equal(made[..., 0], drawn[..., 0])
