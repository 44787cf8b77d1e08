"""Callbacks that watch over a run, on a net that only keeps a history."""

import math
import warnings

import pytest
import torch
from skorch.history import History
from torch import nn
from torch.optim.swa_utils import AveragedModel

from sktsgan.exceptions import DivergenceWarning, ModeCollapseWarning
from sktsgan.training._callbacks import (
    DivergenceGuard,
    EarlyQuestion,
    FitTaskReporter,
    StepProgressBar,
    TextKeeper,
)


class Net:
    gradient_penalty = 0.3

    def __init__(self):
        self.module_, self.discriminator_, self.average_ = (nn.Linear(1, 1) for _ in range(3))
        self.history = History()
        self.n_iter_ = self.n_steps_ = 0
        self.stopped_ = False

    def stop(self):
        self.stopped_ = True

    def make_epoch(self, callback, weight, **record):
        callback.on_epoch_begin(self)
        for network in (self.module_, self.discriminator_, self.average_):
            nn.init.constant_(network.weight, weight)
        self.n_iter_ += 50
        self.n_steps_ += 50
        self.history.new_epoch()
        for name, value in record.items():
            self.history.record(name, value)
        callback.on_epoch_end(self)


@pytest.mark.parametrize("name", ["generator_loss", "discriminator_loss", "generator_grad_norm"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_divergence_restores_the_last_good_weights_warns_and_stops(name, value):
    net, guard = Net(), DivergenceGuard()
    guard.on_train_begin(net)
    net.make_epoch(guard, 1.0, **{name: 0.5})
    net.make_epoch(guard, 2.0, **{name: 0.4})
    with pytest.warns(DivergenceWarning) as caught:
        net.make_epoch(guard, math.nan, **{name: value})
    assert str(caught[0].message) == (
        f"Training diverged: {name} turned non-finite before update 150. The last good weights were "
        "kept; lower the learning rates or raise gradient_penalty."
    )
    assert net.stopped_
    for network in (net.module_, net.discriminator_, net.average_):
        assert network.weight.item() == 2.0


def test_divergence_advises_nothing_that_the_net_lacks(monkeypatch):
    monkeypatch.delattr(Net, "gradient_penalty")
    net, guard = Net(), DivergenceGuard()
    guard.on_train_begin(net)
    with pytest.warns(DivergenceWarning, match="kept; lower the learning rates.$"):
        net.make_epoch(guard, 2.0, generator_loss=math.nan)


def test_divergence_at_once_restores_the_start():
    net, guard = Net(), DivergenceGuard()
    nn.init.constant_(net.average_.weight, 7.0)
    guard.on_train_begin(net)
    with pytest.warns(DivergenceWarning):
        net.make_epoch(guard, math.nan, discriminator_loss=math.nan)
    assert net.average_.weight.item() == 7.0


def test_what_is_finite_goes_on():
    net, guard = Net(), DivergenceGuard()
    guard.on_train_begin(net)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.make_epoch(guard, 1.0, discriminator_loss=1e30, seconds=math.inf)
    assert not net.stopped_
    torch.testing.assert_close(net.module_.weight, torch.ones(1, 1))


def test_progress_bar_counts_steps(capsys):
    net, bar = Net(), StepProgressBar(100)
    bar.on_train_begin(net)
    net.make_epoch(bar, 1.0, discriminator_loss=0.5)
    net.make_epoch(bar, 1.0, discriminator_loss=0.25)
    bar.on_train_end(net)
    shown = capsys.readouterr().err
    assert "100/100" in shown and "discriminator_loss=0.250" in shown


class Context:
    """Records what scikit-learn's callback context is told, and asks to stop after the second task."""

    def __init__(self):
        self.told = []

    def subcontext(self, task_name):
        self.told.append(task_name)
        return self

    def call_on_fit_task_begin(self, estimator):
        self.told.append("begin")

    def call_on_fit_task_end(self, estimator, **options):
        self.told.append("end")
        return self.told.count("end") == 2


def test_epochs_are_tasks_of_the_fit():
    net, context = Net(), Context()
    reporter = FitTaskReporter(None, context)
    net.make_epoch(reporter, 1.0)
    assert not net.stopped_
    net.make_epoch(reporter, 1.0)
    assert net.stopped_
    assert context.told == ["epoch", "begin", "end"] * 2


@pytest.mark.parametrize(("pays", "n_updates"), [(True, 200), (False, 100)])
def test_training_that_does_not_pay_stops_when_asked(pays, n_updates):
    asked = []
    net, question = Net(), EarlyQuestion(lambda: asked.append(1) or pays, after=75)
    question.on_train_begin(net)
    for _ in range(4):
        if not net.stopped_:
            net.make_epoch(question, 1.0)
    assert net.n_iter_ == n_updates and len(asked) == 1


class TextNet(Net):
    """Maximum likelihood for two epochs, then policy gradient."""

    def __init__(self):
        super().__init__()
        self.average_ = AveragedModel(self.module_)
        self.average_.weight = self.average_.module.weight  # as make_epoch sets it

    @property
    def phase(self):
        return "likelihood" if self.n_steps_ < 100 else "adversarial"

    def make_epoch(self, callback, weight, **record):
        super().make_epoch(callback, weight, phase=self.phase, **record)


def run_texts(scores, distinct, weights):
    """Run epochs with a keeper that finds those figures, one after the other."""
    net, scores, distinct = TextNet(), iter(scores), iter(distinct)
    limits = {"least_share": 0.5, "most_lost": 0.5}
    keeper = TextKeeper(lambda: next(scores), lambda: next(distinct), every=50, **limits)
    keeper.on_train_begin(net)
    for weight in weights:
        if not net.stopped_:
            net.make_epoch(keeper, weight)
    return net


def test_the_likeliest_weights_come_back_before_policy_gradient():
    net = run_texts([2.0, 3.0], [], [1.0, 5.0])
    assert net.module_.weight.item() == net.average_.module.weight.item() == 1.0
    assert net.history[:, "validation_nll"] == [2.0, 3.0]


def test_collapse_brings_back_the_likeliest_weights_since_warns_and_stops():
    with pytest.warns(ModeCollapseWarning) as caught:
        net = run_texts([2.0, 1.0, 1.0, 0.9, 1.5], [0.8, 0.7, 0.3], [1.0, 2.0, 3.0, 4.0, 5.0])
    assert str(caught[0].message) == (
        "The generator collapsed in update 200: 30% of its bigrams were distinct, 80% before policy gradient; held-out "
        "texts lost 0.50 nats a token. The best weights by held-out likelihood were kept; lower "
        "generator_learning_rate or max_iter."
    )
    assert net.stopped_ and net.n_iter_ == 200
    assert net.module_.weight.item() == net.average_.module.weight.item() == 3.0


def test_texts_that_vary_but_grow_unlikely_are_a_collapse_too():
    with pytest.warns(ModeCollapseWarning, match="held-out texts lost 0.75 nats a token"):
        net = run_texts([2.0, 1.0, 1.0, 1.25, 1.75], [0.8, 0.8, 0.8], [1.0, 2.0, 3.0, 4.0])
    assert net.stopped_
    assert net.module_.weight.item() == net.average_.module.weight.item() == 2.0


def test_policy_gradient_that_goes_well_keeps_its_last_weights():
    net = run_texts([2.0, 1.0, 1.0, 1.3, 1.2], [0.8, 0.7, 0.6], [1.0, 2.0, 3.0, 4.0])
    assert not net.stopped_
    assert net.module_.weight.item() == 4.0
    assert net.history[-1]["distinct_bigrams"] == 0.6
