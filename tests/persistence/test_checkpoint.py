"""Training that is killed and resumed ends with the bits of one that was not."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from skorch.callbacks import Callback

import sktsgan
from sktsgan.datasets import make_sines

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, sktsgan
from skorch.callbacks import Callback
from sktsgan.datasets import make_sines

class Slow(Callback):
    def on_batch_end(self, net, **kwargs):
        time.sleep(float(sys.argv[4]))

name, path, out = sys.argv[1:4]
X = make_sines(60, random_state=0)[:, :6, :2]
y = np.repeat([0, 1], 30)
tiny = dict(batch_size=16, random_state=0, device="cpu", callbacks=[sktsgan.Checkpoint(path, every=1), Slow()])
if name == "TransformerGANSampler":
    model = sktsgan.TransformerGANSampler(refine="always", dropout=0.1, embedding_size=8, max_iter=400, **tiny)
elif name == "TimeGANSampler":
    model = sktsgan.TimeGANSampler(refine="always", hidden_size=3, max_iter=250, **tiny)
elif name == "DCGANSampler":
    model = sktsgan.DCGANSampler(width=2, latent_size=4, max_iter=400, **tiny)
    X = np.random.default_rng(0).integers(0, 17, size=(60, 4, 4))
else:
    sizes = dict(embedding_size=4, hidden_size=4, kernels={2: 2}, pretraining=(200, 100))
    model = sktsgan.SeqGANSampler(max_iter=50, n_rollouts=1, validation_fraction=0.2, **sizes, **tiny)
    X = ["a man rides a horse", "two dogs run", "a dog runs", "two men ride"] * 60
    y = np.repeat([0, 1], 120)
model.fit(X, y)
made = np.asarray(model.sample(20, random_state=0))
weights = np.concatenate([p.detach().numpy().ravel() for p in model.net_.average_.parameters()])
steps = [row["step"] for row in model.history_]
np.savez(out, made=made, weights=weights, steps=steps)
"""


def start(name, path, out, pause):
    argv = [sys.executable, "-c", PROGRAM, name, str(path), str(out), str(pause)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(argv, env=env)


@pytest.mark.parametrize(
    "name", ["TransformerGANSampler", "TimeGANSampler", "DCGANSampler", "SeqGANSampler"]
)
def test_killed_at_random_moments(name, tmp_path):
    assert start(name, tmp_path / "whole", tmp_path / "whole.npz", 0).wait() == 0
    rng, path, kills = np.random.default_rng(), tmp_path / "killed", 0
    for _ in range(2):
        run = start(name, path, tmp_path / "killed.npz", 0.002)
        before = path.stat().st_mtime_ns if path.exists() else 0
        end = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < end:  # until a checkpoint of its own
            if path.exists() and path.stat().st_mtime_ns > before:
                break
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.3))
        kills += run.poll() is None
        run.send_signal(signal.SIGKILL)
        run.wait()
        for left in tmp_path.glob(".killed.*"):  # what a killed process was writing
            left.unlink()
    assert kills
    assert start(name, path, tmp_path / "killed.npz", 0).wait() == 0
    whole, resumed = (np.load(tmp_path / f"{run}.npz") for run in ("whole", "killed"))
    for key in whole:
        assert_array_equal(whole[key], resumed[key], key)


class Interrupt(Callback):
    """Interrupt after so many epochs of all runs."""

    def __init__(self, after):
        self.after, self.seen = after, 0

    def on_epoch_begin(self, net, **kwargs):
        self.seen += 1
        if self.seen > self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("rate", [1e-3, 0.5])  # a pair that may be kept, and one that is given up
def test_both_stages_of_a_judged_pair_are_resumed(tmp_path, rate):
    X = np.lib.stride_tricks.sliding_window_view(np.sin(np.arange(1007) / 5), 8)[..., None]
    X = X + np.random.default_rng(0).normal(scale=0.3, size=X.shape)

    def fit(*callbacks):
        sampler = sktsgan.TransformerGANSampler(
            embedding_size=8, max_iter=120, callbacks=list(callbacks), random_state=0, device="cpu",
            generator_learning_rate=rate,
        )  # fmt: skip
        return sampler.fit(X)

    def checkpoint():
        return sktsgan.Checkpoint(tmp_path / "run", every=1)

    whole = fit()
    for after in (1, 1, 2):
        try:
            fit(checkpoint(), Interrupt(after))
        except KeyboardInterrupt:
            pass
    resumed = fit(checkpoint())
    assert whole.gate_scores_ is not None
    assert whole.gate_scores_ == resumed.gate_scores_
    assert whole.refined_ == resumed.refined_ and whole.n_iter_ == resumed.n_iter_
    assert_array_equal(whole.sample(9, random_state=0), resumed.sample(9, random_state=0))


def make(path, **parameters):
    return sktsgan.TransformerGANSampler(
        refine="always", embedding_size=4, max_iter=60, random_state=0, device="cpu",
        callbacks=[sktsgan.Checkpoint(path, every=1)], **parameters,
    )  # fmt: skip


X = make_sines(60, random_state=0)[:, :6, :2]


def test_a_run_that_is_done_is_not_repeated(tmp_path):
    first = make(tmp_path / "run").fit(X)
    again = make(tmp_path / "run").fit(X)
    assert_array_equal(first.sample(5, random_state=0), again.sample(5, random_state=0))
    assert [row["seconds"] for row in first.history_] == [r["seconds"] for r in again.history_]


def test_checkpoints_of_other_runs_are_refused(tmp_path):
    make(tmp_path / "run").fit(X)
    for sampler, data in ((make(tmp_path / "run"), X + 1e-3 * X**2), (make(tmp_path / "run"), X)):
        sampler.set_params(random_state=0 if data is not X else 1)
        with pytest.raises(ValueError, match="is of another run: remove it"):
            sampler.fit(data)
        assert not hasattr(sampler, "net_")
    with pytest.raises(ValueError, match="is of another run"):
        make(tmp_path / "run", generator_learning_rate=0.01).fit(X)


def test_what_can_not_be_written_fails_before_training(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        make(tmp_path / "none" / "run").fit(X)
    with pytest.raises(IsADirectoryError):
        make(tmp_path).fit(X)
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(OSError, match="No space left"):
        make(tmp_path / "run").fit(X)
    monkeypatch.undo()
    (tmp_path / "text").write_text("no checkpoint")
    with pytest.raises(ValueError, match="is damaged, or no model"):
        make(tmp_path / "text").fit(X)
    sktsgan.save(sktsgan.CopulaSampler(), tmp_path / "model")
    with pytest.raises(ValueError, match="path must be that of a checkpoint"):
        make(tmp_path / "model").fit(X)


def test_checkpoints_change_nothing(tmp_path):
    plain = make(tmp_path / "run").set_params(callbacks=None).fit(X)
    state = torch.get_rng_state()
    kept = make(tmp_path / "run").fit(X)
    assert torch.equal(state, torch.get_rng_state())
    assert_array_equal(plain.sample(5, random_state=0), kept.sample(5, random_state=0))
