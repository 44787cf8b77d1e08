"""Samplers and bad input: each call works, or raises an error that names the parameter, and changes nothing."""

import copy

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sktsgan import (
    CopulaSampler,
    DCGANSampler,
    NeighborSampler,
    SeqGANSampler,
    TimeGANSampler,
    TransformerGANSampler,
)
from sktsgan.training import GANNet
from sktsgan.utils._check_tools import assert_same
from tests.bad_kinds import (
    COUNTS,
    SEEDS,
    bad_conditions,
    bad_items,
    bad_labels,
    bad_prompts,
    bad_timestamps,
    find_faults,
)

pytestmark = pytest.mark.filterwarnings("ignore")

N = 12
WINDOWS = np.random.default_rng(0).normal(size=(N, 4, 2)).cumsum(axis=1)
IMAGES = np.random.default_rng(0).normal(size=(N, 4, 4))
TEXTS = ["the cat sat.", "the dog sat.", "a cat ran.", "a dog ran away."] * 3
KNOWN = {
    "y": np.arange(N) % 2,
    "timestamps": pd.date_range("2024-03-30", periods=N, freq="5h", tz="Europe/Berlin"),
    "conditions": pd.DataFrame({"load": np.arange(N) / N, "site": ["a", "b"] * (N // 2)}),
}
SAMPLERS = {
    "Copula": (CopulaSampler(random_state=0), WINDOWS),
    "Neighbor": (NeighborSampler(n_neighbors=3, random_state=0), WINDOWS),
    "TimeGAN": (TimeGANSampler(refine="always", max_iter=1, hidden_size=2, random_state=0), WINDOWS),
    "TransformerGAN": (TransformerGANSampler(refine="always", max_iter=1, embedding_size=4, random_state=0), WINDOWS),
    "DCGAN": (DCGANSampler(max_iter=1, width=1, latent_size=2, random_state=0), IMAGES),
    "SeqGAN": (
        SeqGANSampler(
            embedding_size=2, hidden_size=2, kernels={2: 2}, pretraining=(1, 0), random_state=0
        ),
        TEXTS,
    ),
}  # fmt: skip
every_sampler = pytest.mark.parametrize("name", SAMPLERS)


class Trial:
    """A fitted sampler, and what it samples.

    Calls may fit it again; ``check`` tells what a call that failed left behind.
    """

    def __init__(self, name):
        self.prototype, self.items = SAMPLERS[name]
        self.fitted = clone(self.prototype).fit(self.items, **KNOWN)
        self.sampler = copy.deepcopy(self.fitted)
        self.expected = self.fitted.sample(3, random_state=0)
        self.trained = 0

    def has(self, method):
        return hasattr(self.fitted, method)

    def restart(self):
        self.sampler, self.trained = copy.deepcopy(self.fitted), 0

    def check(self, worked, refits=True):
        if worked and refits:
            self.sampler.sample(2, random_state=0)
            return self.restart()
        if self.trained and not worked:
            self.restart()
            return "training had begun"
        try:
            assert_same(self.sampler.sample(3, random_state=0), self.expected, "samples differ")
        except Exception as error:
            self.restart()
            return f"afterwards, sample has {error!r:.200}"


@pytest.fixture(scope="module")
def trials():
    return {name: Trial(name) for name in SAMPLERS}


@pytest.fixture
def trial(trials, name, monkeypatch):
    trial, run = trials[name], GANNet.run

    def count(self, *args, **kwargs):
        trial.trained += 1
        return run(self, *args, **kwargs)

    monkeypatch.setattr(GANNet, "run", count)
    trial.restart()
    return trial


def test_there_are_enough_kinds():
    assert len(bad_items(WINDOWS)) >= 50 and len(bad_prompts(WINDOWS)) >= 50
    assert sum(map(len, (bad_labels(N), bad_timestamps(N), bad_conditions(N)))) >= 60


def items_of(name):
    kinds = bad_items(WINDOWS if name == "SeqGAN" else SAMPLERS[name][1])
    if name == "SeqGAN":
        kinds |= {
            "one text": "a cat", "no words": [" ", ""] * 6, "numbers among texts": ["a", 1] * 6,
            "bytes": [b"a"] * N, "negative numbers": -np.arange(N * 2).reshape(N, 2), "NUL": ["\0"] * N,
            "fractions": np.full((N, 2), 0.5), "sequences of sets": [{1}] * N, "dicts": [{"a": 1}] * N,
        }  # fmt: skip
    return kinds


@every_sampler
@pytest.mark.parametrize("method", ["fit", "partial_fit", "score", "impute"])
def test_items(trial, name, method):
    if not trial.has(method):
        return
    refits = method in ("fit", "partial_fit")

    def call(X):
        known = KNOWN if method == "partial_fit" else {}
        return getattr(trial.sampler, method)(X, **known)

    names = ["X", "synthetic", "real"]
    faults = find_faults(items_of(name), call, names, lambda worked: trial.check(worked, refits))
    assert not faults, "\n".join(faults)


@every_sampler
@pytest.mark.parametrize("parameter", KNOWN)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_what_is_known_of_items(trial, name, method, parameter):
    if not trial.has(method):
        return
    makers = {"y": bad_labels, "timestamps": bad_timestamps, "conditions": bad_conditions}
    known = {} if method == "fit" else KNOWN

    def call(value):
        return getattr(trial.sampler, method)(trial.items, **known | {parameter: value})

    names = [parameter, "y"] if parameter == "y" else [parameter]
    faults = find_faults(makers[parameter](N), call, names, trial.check)
    assert not faults, "\n".join(faults)


@every_sampler
def test_counts_and_seeds(trial, name):
    sampler = trial.sampler
    calls = {
        "n_samples": (COUNTS, sampler.sample),
        "batch_size": (COUNTS, lambda n: next(sampler.iter_sample(10**15, batch_size=n))),
        "random_state": (SEEDS, lambda seed: sampler.sample(2, random_state=seed)),
    }
    if trial.has("impute"):
        calls["n_draws"] = (COUNTS, lambda n: sampler.impute(WINDOWS, n_draws=n))
    if name == "SeqGAN":
        for option in ("temperature", "top_k", "top_p"):
            numbers = {k: v for k, v in COUNTS.items() if k != "beyond int64"}
            calls[option] = (numbers, lambda v, o=option: sampler.sample(2, **{o: v}))
    for parameter, (kinds, call) in calls.items():
        faults = find_faults(kinds, call, [parameter], lambda worked: trial.check(worked, False))
        assert not faults, f"{parameter}: " + "\n".join(faults)


@every_sampler
@pytest.mark.parametrize("method", ["sample", "iter_sample"])
def test_prompts(trial, name, method):
    def call(prompt):
        made = getattr(trial.sampler, method)(3, prompt=prompt, random_state=0)
        return made if method == "sample" else list(made)

    kinds = bad_prompts(IMAGES if name == "DCGAN" else WINDOWS)
    names = ["prompt", "length", "X"]
    faults = find_faults(kinds, call, names, lambda worked: trial.check(worked, False))
    assert not faults, "\n".join(faults)


VALUES = {
    "None": None, "string": "nope", "empty string": "", "NaN": np.nan, "infinity": np.inf, "negative": -1,
    "zero": 0, "fraction": 0.5, "list": [-1], "tuple": (-1, "a"), "dict": {"a": 1}, "set": {1}, "object": object(),
    "class": dict, "array": np.ones(2), "complex": 2j, "True": True, "huge": 10**9,
}  # fmt: skip
NOT_HUGE = {
    "max_iter",
    "pretraining",
    "n_rollouts",
    "generator_steps",
    "discriminator_steps",
}  # endless
NOT_HUGE |= {
    "learning_rate",
    "generator_learning_rate",
    "discriminator_learning_rate",
}  # told by training


@every_sampler
def test_parameters(trial, name):
    for parameter in trial.prototype.get_params(deep=False):
        kinds = {k: v for k, v in VALUES.items() if k != "huge" or parameter not in NOT_HUGE}

        def call(value, parameter=parameter):
            return trial.sampler.set_params(**{parameter: value}).fit(trial.items)

        own = trial.prototype.get_params(deep=False)[parameter]

        def check(worked, parameter=parameter, own=own):
            fault = trial.check(worked)  # while the parameter is what could not be used
            trial.sampler.set_params(**{parameter: own})
            return fault

        faults = find_faults(kinds, call, [parameter, "y"], check)
        assert not faults, f"{parameter}: " + "\n".join(faults)
