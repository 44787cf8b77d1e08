"""Callbacks of skorch and of scikit-learn watch over the training, and can stop it."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import EarlyStopping, EpochTimer

from sktsgan import CopulaSampler
from sktsgan.samplers import _gate


class Recorder:
    """A callback by scikit-learn's protocol that records what it hears, and asks to stop after some epochs.

    Parameters
    ----------
    stop_after : int, default=None
        Number of epochs.
    """

    max_propagation_depth = None  # so that a search hands it on to what it fits

    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.heard = []

    def setup(self, estimator, context):
        self.heard.append(("setup", context.estimator_name, context.task_name))

    def teardown(self, estimator, context):
        self.heard.append(("teardown", context.estimator_name, context.task_name))

    def on_fit_task_begin(self, estimator, context):
        self.heard.append(("begin", context.estimator_name, context.task_name))

    def on_fit_task_end(self, estimator, context):
        self.heard.append(("end", context.estimator_name, context.task_name))
        return context.task_name == "epoch" and self.count("end", "epoch") == self.stop_after

    def count(self, event, task):
        return sum(heard[0] == event and heard[2] == task for heard in self.heard)


def test_fit_is_a_task_and_its_epochs_are_tasks_of_it(walks, make_gan):
    recorder = Recorder()
    make_gan(max_iter=120, warmup=0).set_callbacks(recorder).fit(walks)
    name = "TransformerGANSampler"
    epoch = [("begin", name, "epoch"), ("end", name, "epoch")]
    assert recorder.heard == [
        ("setup", name, "fit"),
        ("begin", name, "fit"),
        *(3 * epoch),
        ("end", name, "fit"),
        ("teardown", name, "fit"),
    ]


def test_the_closed_form_is_a_task_too(walks):
    recorder = Recorder()
    CopulaSampler().set_callbacks(recorder).fit(walks)
    assert [heard[0] for heard in recorder.heard] == ["setup", "begin", "end", "teardown"]


def test_constant_windows_are_a_task_too(walks, make_gan):
    recorder = Recorder()
    make_gan().set_callbacks(recorder).fit(np.ones((10, 8, 2)))
    assert [heard[0] for heard in recorder.heard] == ["setup", "begin", "end", "teardown"]


def test_partial_fit_is_a_task(walks, make_gan):
    recorder = Recorder()
    make_gan().set_callbacks(recorder).partial_fit(walks).partial_fit(walks)
    assert recorder.count("begin", "epoch") == recorder.count("end", "epoch") == 2
    assert recorder.count("teardown", "fit") == 2


def test_search_hears_of_the_fits_within(sampler, walks):
    recorder = Recorder()
    search = GridSearchCV(sampler, {"n_channels": [None, 2]}, cv=2).set_callbacks(recorder)
    search.fit(walks)
    own = [heard[0] for heard in recorder.heard if heard[1] == type(sampler).__name__]
    fits = [
        heard[0]
        for heard in recorder.heard
        if heard[1] == type(sampler).__name__ and heard[2] == "fit"
    ]
    assert fits == ["begin", "end"] * 5  # two candidates on two folds, and the best once more
    assert own.count("begin") == own.count("end")
    assert recorder.count("setup", "fit") == recorder.count("teardown", "fit") == 1
    assert not hasattr(search.best_estimator_, "_skl_callbacks")


def test_a_pair_that_is_judged_is_heard_of_too(make_gan, monkeypatch):
    walk = np.random.default_rng(0).normal(size=(607, 1)).cumsum(axis=0)
    windows = np.stack([walk[i : i + 8] for i in range(600)])
    monkeypatch.setattr(_gate, "_MIN_JUDGED", 50)
    monkeypatch.setattr(_gate.Gate, "_judge", lambda gate, draw, n_repeats=2: {"boosting": 0.5})
    monkeypatch.setattr(_gate, "_JUDGES", ("boosting",))
    for kept in (False, True):
        monkeypatch.setattr(_gate.Gate, "decide", lambda gate, kept=kept: gate.pays() and kept)
        monkeypatch.setattr(_gate.Gate, "row", lambda gate: {})
        monkeypatch.setattr(_gate.Gate, "text", lambda gate: "")
        recorder = Recorder()
        make_gan(refine="auto").set_callbacks(recorder).fit(windows)
        assert recorder.count("begin", "epoch") == recorder.count("end", "epoch") == 1 + kept
        assert recorder.count("begin", "fit") == recorder.count("end", "fit") == 1 + kept
        assert recorder.heard[-1][0] == "teardown"


def test_a_callback_stops_training(walks, make_gan):
    recorder = Recorder(stop_after=2)
    sampler = make_gan(max_iter=1000, warmup=0).set_callbacks(recorder).fit(walks)
    assert sampler.n_iter_ == 100 and len(sampler.history_) == 2
    assert recorder.heard[-1][0] == "teardown"
    assert sampler.sample(3).shape == (3, 8, 2)


def test_callbacks_are_told_when_fit_fails(walks, make_gan):
    recorder = Recorder()
    sampler = make_gan(callbacks=[Failing()]).set_callbacks(recorder)
    with pytest.raises(ZeroDivisionError):
        sampler.fit(walks)
    assert recorder.heard[-1][0] == "teardown"


class Failing(EpochTimer):
    def on_epoch_end(self, net, **kwargs):
        raise ZeroDivisionError


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_progress_bar(sampler, walks, capsys, n_jobs):
    pytest.importorskip("rich")
    from sklearn.callback import ProgressBar

    name = type(sampler).__name__
    if n_jobs is None:
        sampler.set_callbacks(ProgressBar()).fit(walks)
        assert name in capsys.readouterr().out
        sampler.set_callbacks()
    search = GridSearchCV(sampler, {"n_channels": [None, 2]}, cv=2, n_jobs=n_jobs)
    search.set_callbacks(ProgressBar()).fit(walks)
    shown = capsys.readouterr().out
    assert "GridSearchCV" in shown
    assert search.best_estimator_.sample(2).shape == (2, 8, 2)


def test_verbose_shows_progress(walks, make_gan, capsys):
    make_gan(max_iter=60, warmup=0, verbose=1).fit(walks)
    assert "60/60" in capsys.readouterr().err
    make_gan().fit(walks)
    captured = capsys.readouterr()
    assert captured.err == captured.out == ""


def test_skorch_callbacks_pass_through(walks, make_gan):
    sampler = make_gan(max_iter=120, warmup=0, callbacks=[EpochTimer()]).fit(walks)
    assert [row["dur"] > 0 for row in sampler.history_] == [True] * 3


def test_skorch_callbacks_stop_training(walks, make_gan):
    # no loss is a millionth of the first, so that patience ends with the third epoch
    stopping = EarlyStopping(
        monitor="discriminator_loss", patience=2, threshold=0.999999, sink=lambda *args: None
    )
    sampler = make_gan(max_iter=1000, warmup=0, callbacks=[stopping]).fit(walks)
    assert sampler.n_iter_ == 150
    assert sampler.sample(3).shape == (3, 8, 2)


def test_named_callbacks(walks, make_gan):
    sampler = make_gan(callbacks=[("clock", EpochTimer())]).fit(walks)
    assert "dur" in sampler.history_[0]


def test_callbacks_do_not_outlive_their_run(walks, make_gan):
    recorder = Recorder()
    sampler = make_gan(warm_start=True).set_callbacks(recorder).fit(walks)
    heard = len(recorder.heard)
    sampler.set_callbacks().fit(walks)
    assert len(recorder.heard) == heard
