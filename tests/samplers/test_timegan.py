"""TimeGANSampler: configurations, phases, going on, and what is refused."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback

from sktsgan import NeighborSampler, TimeGANSampler
from sktsgan.exceptions import DivergenceWarning, ModeCollapseWarning
from sktsgan.plotting import LossCurveDisplay
from sktsgan.samplers.published import TIMEGAN

QUICK = {"refine": "always", "max_iter": 4, "hidden_size": 4, "random_state": 0}
# few steps without a base make windows that vary little
FEW_STEPS = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")


def make_sampler(**params):
    return TimeGANSampler(**QUICK | params)


def weights(network):
    return torch.nn.utils.parameters_to_vector(network.parameters()).detach().clone()


@FEW_STEPS
def test_the_published_configuration(walks):
    sampler = TimeGANSampler(
        **TIMEGAN | {"max_iter": 3, "pretraining": (3, 3)}, random_state=0
    ).fit(walks)
    net, nets = sampler.net_, sampler.net_.module_
    layers = [
        getattr(nets, name).recurrent.num_layers
        for name in ("embedder", "recovery", "supervisor", "generator")
    ]
    assert layers == [3, 3, 2, 3]
    assert nets.gate is None and nets.embedder.linear is None
    assert nets.embedder.recurrent.hidden_size == 24
    for optimizer in (net.optimizer_, net.discriminator_optimizer_, net.autoencoder_optimizer_):
        (group,) = optimizer.param_groups
        assert (group["lr"], group["betas"]) == (1e-3, (0.9, 0.999))
    phases = [row["phase"] for row in sampler.history_]
    assert phases == ["autoencoder", "supervised", "joint"]
    assert (net.n_steps_, net.n_iter_) == (9, 3)
    torch.testing.assert_close(weights(net.average_.module), weights(nets), rtol=0, atol=0)
    assert sampler.base_ is None
    made = sampler.sample(20, random_state=0)
    assert made.shape == (20, 8, 2)
    for c in range(2):
        assert (
            walks[..., c].min() <= made[..., c].min() <= made[..., c].max() <= walks[..., c].max()
        )


@FEW_STEPS
@pytest.mark.parametrize("base", ["neighbors", None])
@pytest.mark.parametrize(
    "params",
    [
        {"cell": "lstm", "n_layers": 2},
        {"loss": "bce", "gamma": 0, "moment_weight": 1.0},
        {"gradient_penalty": 0, "warmup": 1, "schedule": "constant"},
        {"generator_steps": 2, "batch_size": 7},
        {"pretraining": (0, 0)},
        {"hidden_size": 1},
        {"hidden_size": "auto", "device": "cpu", "batch_size": 1000},
    ],
)
def test_choices(walks, labels, base, params):
    sampler = make_sampler(base=base, **params).fit(walks, labels)
    made = sampler.sample(20, random_state=0)
    assert made.shape == (20, 8, 2) and np.isfinite(made).all()
    np.testing.assert_array_equal(made, sampler.sample(20, random_state=0))


def test_no_fewer_states_than_channels():
    wide = np.random.default_rng(0).normal(size=(80, 4, 30))
    sampler = make_sampler(hidden_size="auto").fit(wide)
    assert sampler.net_.module_.embedder.recurrent.hidden_size == 30


def test_the_generator_starts_from_the_base(walks, labels):
    sampler = make_sampler(max_iter=1, generator_learning_rate=1e-12).fit(walks, labels)
    base = NeighborSampler(random_state=0).fit(walks, labels).sample(2000, random_state=0)
    made = sampler.sample(2000, random_state=0)
    for q in (0.1, 0.5, 0.9):
        expected = np.quantile(base, q, axis=0)
        np.testing.assert_allclose(np.quantile(made, q, axis=0), expected, atol=0.1 * walks.std())


def test_the_base_may_be_a_sampler_with_parameters(walks):
    sampler = clone(make_sampler(base=NeighborSampler(n_neighbors=3))).fit(walks)
    assert sampler.base_.neighborhoods.n_neighbors == 3
    assert not hasattr(sampler.base, "neighborhoods_")


def test_classes_are_what_they_say(walks):
    labels = np.where(np.arange(80) % 2 == 0, "low", "high")
    walks[labels == "high"] += 100
    sampler = make_sampler().fit(walks, labels)
    prompt = np.array(["high", "low"])[np.random.default_rng(0).integers(2, size=200)]
    made = sampler.sample(200, prompt=prompt, random_state=0)
    assert np.mean((made.mean(axis=(1, 2)) > 50) == (prompt == "high")) > 0.95


def test_every_network_sees_the_conditions(walks, labels):
    nets = make_sampler().fit(walks, labels).net_
    for network in ("embedder", "recovery", "supervisor", "generator"):
        mapping = getattr(nets.module_, network)
        size = 2 if network in ("embedder", "generator") else 4
        assert mapping.recurrent.input_size == size + 3
    assert nets.discriminator_.recurrent.input_size == 3 * 4 + 3


def test_windows_cannot_be_repaired(walks):
    sampler = make_sampler()
    assert not hasattr(sampler, "impute")
    sampler.fit(walks)
    assert not hasattr(sampler, "impute")
    with pytest.raises(ValueError, match="TimeGANSampler can't impute missing values"):
        sampler.sample(2, prompt=np.full((2, 8, 2), np.nan))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"pretraining": (1,)},
            'pretraining must be "auto" or two integers of at least 0, got (1,).',
        ),
        (
            {"pretraining": (1, -1)},
            'pretraining must be "auto" or two integers of at least 0, got (1, -1).',
        ),
        (
            {"scaling": "range"},
            "scaling must be \"scores\" with a base, got 'range'.",
        ),
        ({"device": "abacus"}, "device must be \"auto\" or a torch device, got 'abacus'."),
    ],
)
def test_parameters_that_do_not_go_together(walks, params, message):
    sampler = make_sampler(**params)
    with pytest.raises(ValueError) as error:
        sampler.fit(walks)
    assert str(error.value) == message
    assert not hasattr(sampler, "net_")


def test_one_bar_over_the_three_phases(walks, capsys):
    make_sampler(max_iter=60, pretraining=(30, 30), warmup=0, verbose=1).fit(walks)
    shown = capsys.readouterr().err
    assert shown.count("120/120") >= 1
    assert "reconstruction_loss" in shown and "discriminator_loss" in shown


def test_loss_curves_have_the_three_phases(walks):
    display = LossCurveDisplay.from_estimator(make_sampler(max_iter=20).fit(walks))
    assert [text.get_text().strip() for text in display.ax_.texts] == [
        "autoencoder",
        "supervised",
        "joint",
    ]
    labels = {line.get_label() for line in display.lines_}
    assert labels == {"reconstruction", "supervised", "generator", "discriminator"}


class Heard(Callback):
    """Counts the epochs that a callback of scikit-learn or skorch hears of."""

    max_propagation_depth = None
    heard = 0

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        self.heard += context.task_name == "epoch"

    def on_epoch_end(self, net, **kwargs):
        self.heard += 1


def test_callbacks_hear_of_every_epoch(walks):
    skorchs, sklearns = Heard(), Heard()
    sampler = make_sampler(max_iter=60, callbacks=[skorchs]).set_callbacks(sklearns).fit(walks)
    assert skorchs.heard == sklearns.heard == len(sampler.history_) == 4


def test_warm_start_goes_on_with_the_joint_phase(walks):
    sampler = make_sampler(max_iter=10, warm_start=True).fit(walks)
    net, before = sampler.net_, weights(sampler.net_.module_)
    sampler.fit(walks)
    assert sampler.net_ is net
    assert {row["phase"] for row in sampler.history_[-1:]} == {"joint"}
    assert not torch.equal(weights(net.module_), before)
    assert net.n_iter_ == 20


def test_partial_fit_trains_jointly(walks, labels):
    sampler = make_sampler(batch_size=16).partial_fit(walks, labels)
    assert {row["phase"] for row in sampler.history_} == {"joint"}
    assert sampler.n_iter_ == 5
    before = weights(sampler.net_.module_)
    sampler.partial_fit(walks[:20], labels[:20])
    assert not torch.equal(weights(sampler.net_.module_), before)


def test_a_pickled_sampler_goes_on(walks):
    sampler = make_sampler(warm_start=True).fit(walks)
    copy = pickle.loads(pickle.dumps(sampler))
    made = [s.fit(walks).sample(5, random_state=0) for s in (sampler, copy)]
    np.testing.assert_array_equal(*made)


@FEW_STEPS
def test_divergence_keeps_the_last_good_weights(walks):
    with pytest.warns(DivergenceWarning):
        sampler = make_sampler(max_iter=200, generator_learning_rate=1e30).fit(walks)
    assert np.isfinite(sampler.sample(5)).all()


def test_a_collapsed_generator_warns(walks):
    with pytest.warns(ModeCollapseWarning):
        make_sampler(base=None, max_iter=1).fit(walks)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ModeCollapseWarning)
        make_sampler().fit(walks)


def test_calendar_prompts(walks):
    starts = np.datetime64("2024-01-01") + 9 * np.arange(80).astype("timedelta64[D]")
    sampler = make_sampler().fit(walks, timestamps=starts)
    table = sampler.sample(20, prompt="January", return_prompt=True)[1]
    assert set(table["timestamp"].dt.month) == {1}


def test_goes_back_to_the_base_where_training_does_not_pay():
    steps = np.random.default_rng(0).normal(size=(1100, 2)).cumsum(axis=0)
    X = np.lib.stride_tricks.sliding_window_view(steps, 8, axis=0).swapaxes(1, 2)
    sampler = make_sampler(refine="auto", max_iter=2).fit(X)
    assert sampler.refined_ is False
    assert set(sampler.gate_scores_) == {"base", "pair"}
    assert sampler.history_[-1]["refined"] is False
    base = NeighborSampler(random_state=0).fit(X)
    made = sampler.sample(400, random_state=0)
    np.testing.assert_array_equal(made, base.sample(400, random_state=0))
    few = make_sampler(refine="auto").fit(X[:50])
    assert few.refined_ is False and few.gate_scores_ is None
