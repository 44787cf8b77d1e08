"""A fit that fails or is interrupted leaves a sampler as it was, wherever that happens."""

import _thread
import copy
import pickle
import signal
import threading
import warnings

import numpy as np
import pytest
import torch
from joblib import parallel_config
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from skorch.callbacks import Callback

from sktsgan import (
    CopulaSampler,
    DCGANSampler,
    NeighborSampler,
    SeqGANSampler,
    TimeGANSampler,
    TransformerGANSampler,
)
from sktsgan.closed_form import WindowCopula, WindowNeighborhoods
from sktsgan.utils._check_tools import assert_same

pytestmark = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")

WINDOWS = np.random.default_rng(0).normal(size=(20, 4, 2)).cumsum(axis=1)
TEXTS = ["the cat sat.", "the dog sat.", "a cat ran.", "a dog ran away."] * 5
LABELS = np.arange(20) % 2
TRAINED = {
    "TimeGAN": (
        TimeGANSampler(
            refine="always", max_iter=3, hidden_size=2, pretraining=(2, 2), random_state=0
        ),
        WINDOWS,
    ),
    "TransformerGAN": (TransformerGANSampler(refine="always", max_iter=3, embedding_size=4, random_state=0), WINDOWS),
    "DCGAN": (DCGANSampler(max_iter=3, width=1, random_state=0), WINDOWS),
    "SeqGAN": (
        SeqGANSampler(
            embedding_size=2, hidden_size=2, kernels={2: 2}, pretraining=(2, 2), max_iter=2,
            n_rollouts=1, random_state=0,
        ),
        TEXTS,
    ),
}  # fmt: skip
CLOSED = {
    "Copula": (CopulaSampler(random_state=0), WINDOWS, WindowCopula),
    "Neighbor": (NeighborSampler(n_neighbors=3, random_state=0), WINDOWS, WindowNeighborhoods),
}
EVENTS = ["on_train_begin", "on_epoch_begin", "on_batch_end", "on_epoch_end", "on_train_end"]
ERRORS = [KeyboardInterrupt, RuntimeError, MemoryError]


@pytest.fixture(autouse=True)
def interruptible():
    """Let Ctrl-C interrupt, which shells switch off in what they run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


every_trained = pytest.mark.parametrize("name", TRAINED)


class Fail(Callback):
    """Raise an error at an event; a KeyboardInterrupt as Ctrl-C does."""

    def __init__(self, event, error):
        def fail(net, **kwargs):
            if error is KeyboardInterrupt:
                _thread.interrupt_main()
                sum(range(1000))  # the signal arrives here at the latest
            raise error("as the test wants it")

        setattr(self, event, fail)


def attributes(sampler):
    return {k: v for k, v in vars(sampler).items() if k not in sampler.get_params()}


def weights(sampler):
    return [w.clone() for w in sampler.net_.average_.parameters()]


@every_trained
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("event", EVENTS)
def test_a_first_fit_that_fails_leaves_nothing(name, event, error):
    prototype, items = TRAINED[name]
    for method in ("fit", "partial_fit"):
        sampler = clone(prototype).set_params(callbacks=[Fail(event, error)])
        with pytest.raises(error):
            getattr(sampler, method)(items, LABELS)
        assert attributes(sampler) == {}
        with pytest.raises(NotFittedError):
            sampler.sample(2)


@every_trained
@pytest.mark.parametrize("error", ERRORS)
def test_another_fit_that_fails_leaves_the_first(name, error):
    prototype, items = TRAINED[name]
    fitted = clone(prototype).fit(items, LABELS)
    expected, before = fitted.sample(4, random_state=0), attributes(fitted)
    more = copy.deepcopy(fitted).partial_fit(items, LABELS).sample(4, random_state=0)
    for event in EVENTS[1:]:
        fitted.set_params(callbacks=[Fail(event, error)], warm_start=False)
        with pytest.raises(error):
            fitted.fit(items[::-1], LABELS)
        assert attributes(fitted).keys() == before.keys()
        assert all(attributes(fitted)[k] is v for k, v in before.items())
        assert_same(fitted.sample(4, random_state=0), expected, f"after {event}")
    fitted.set_params(callbacks=None)
    assert_same(fitted.partial_fit(items, LABELS).sample(4, random_state=0), more, "and goes on")


@every_trained
@pytest.mark.parametrize("method", ["partial_fit", "warm fit"])
@pytest.mark.parametrize("error", ERRORS)
def test_a_fit_that_goes_on_and_fails_leaves_what_it_began_with(name, method, error):
    prototype, items = TRAINED[name]
    fitted = clone(prototype).set_params(warm_start=True).fit(items, LABELS)
    own = copy.deepcopy(fitted)
    expected, state = fitted.sample(4, random_state=0), weights(fitted)
    fail = Fail("on_batch_end", error)
    fitted.net_.callbacks_.append(("fail", fail))
    call = fitted.partial_fit if method == "partial_fit" else fitted.fit
    with pytest.raises(error):
        call(items[::-1], LABELS)
    fitted.net_.callbacks_ = [pair for pair in fitted.net_.callbacks_ if pair[0] != "fail"]
    assert_same(fitted.sample(4, random_state=0), expected, "samples")
    assert all(map(torch.equal, weights(fitted), state))
    assert len(fitted.conditions_) == len(own.conditions_)
    assert fitted.history_ == own.history_ and fitted.net_.n_steps_ == own.net_.n_steps_
    made = [s.fit(items, LABELS).sample(4, random_state=0) for s in (fitted, own)]
    assert_same(*made, "training goes on as if nothing had been")
    pickle.loads(pickle.dumps(fitted)).sample(2)


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("error", ERRORS)
def test_closed_form_fits_that_fail(name, error, monkeypatch):
    prototype, items, model = CLOSED[name]
    fitted = clone(prototype).fit(items, LABELS)
    expected = fitted.sample(4, random_state=0)

    def fail(*args, **kwargs):
        raise error("as the test wants it")

    with monkeypatch.context() as patch:
        patch.setattr(model, "fit", fail)
        first = clone(prototype)
        for sampler in (fitted, first):
            with pytest.raises(error):
                sampler.fit(items[::-1])
    assert attributes(first) == {}
    assert_same(fitted.sample(4, random_state=0), expected, "samples")
    assert list(fitted.classes_) == [0, 1]


@every_trained
def test_an_interrupt_of_a_callbacks_own_stops_training(name):
    class Enough(Callback):
        def on_epoch_end(self, net, **kwargs):
            raise KeyboardInterrupt  # as skorch's EarlyStopping does

    prototype, items = TRAINED[name]
    sampler = clone(prototype).set_params(callbacks=[Enough()]).fit(items)
    assert len(sampler.history_) == 1 and len(sampler.sample(2)) == 2


@every_trained
def test_callbacks_need_not_be_such_that_can_be_copied(name):
    class Locked(Callback):
        def __init__(self):
            self.lock, self.epochs = threading.Lock(), 0

        def on_epoch_end(self, net, **kwargs):
            self.epochs += 1

    prototype, items = TRAINED[name]
    one, other = Locked(), Locked()
    sampler = clone(prototype, safe=False).set_params(callbacks=[one, ("named", other)])
    sampler.fit(items)
    before = one.epochs
    sampler.partial_fit(items)
    assert one.epochs == other.epochs > before > 0


def test_a_set_of_labels_that_is_refused_adds_no_rows():
    sampler = clone(TRAINED["TimeGAN"][0]).fit(WINDOWS, LABELS)
    with pytest.raises(ValueError, match="did not see"):
        sampler.partial_fit(WINDOWS, LABELS + 5)
    assert len(sampler.conditions_) == 20


def threads():
    """Return the global state of torch that training could change."""
    return torch.get_rng_state().tolist(), torch.get_num_threads()


@every_trained
def test_fits_in_threads_are_as_fits_in_turn(name):
    prototype, items = TRAINED[name]
    alone = [
        clone(prototype).set_params(random_state=seed).fit(items).sample(4, random_state=0)
        for seed in range(8)
    ]
    before, made = threads(), [None] * 8

    def work(seed):
        sampler = clone(prototype).set_params(random_state=seed)
        made[seed] = sampler.fit(items).sample(4, random_state=0)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    with warnings.catch_warnings(action="ignore"):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert threads() == before
    for seed in range(8):
        assert_same(made[seed], alone[seed], f"seed {seed}")


@pytest.mark.parametrize("name", ["TransformerGAN", "SeqGAN"])  # with dropout
def test_cross_validation_in_threads(name):
    prototype, items = TRAINED[name]
    before = threads()
    with warnings.catch_warnings(action="ignore"), parallel_config("threading"):
        in_turn, at_once = (cross_val_score(prototype, items, cv=4, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(in_turn, at_once)
    assert threads() == before


@every_trained
@pytest.mark.parametrize("device", ["cuda", "mps", "cuda:7", "meta", "nope"])
def test_devices_that_are_not_there(name, device, monkeypatch):
    if device in ("cuda", "mps") and getattr(torch, device).is_available():
        pytest.skip(f"there is {device}")
    prototype, items = TRAINED[name]
    sampler = clone(prototype).fit(items)
    expected = sampler.sample(3, random_state=0)
    with pytest.raises(ValueError, match="device must be .*, got '"):
        sampler.set_params(device=device).fit(items)
    assert_same(sampler.sample(3, random_state=0), expected, "samples")


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("TimeGAN", "hidden_size"), ("TimeGAN", "n_layers"), ("TransformerGAN", "embedding_size")]
    + [("DCGAN", "width"), ("DCGAN", "latent_size"), ("SeqGAN", "hidden_size"), ("SeqGAN", "n_layers")],
)  # fmt: skip
def test_networks_larger_than_memory(name, parameter):
    prototype, items = TRAINED[name]
    sampler = clone(prototype).fit(items)
    expected = sampler.sample(3, random_state=0)
    with pytest.raises(ValueError, match=f"^{parameter}=1000000000 must be small enough"):
        sampler.set_params(**{parameter: 10**9}).fit(items)
    assert_same(sampler.sample(3, random_state=0), expected, "samples")


@pytest.mark.parametrize("name", [*TRAINED, *CLOSED])
def test_more_items_than_memory(name):
    prototype, items, *_ = (TRAINED | CLOSED)[name]
    sampler = clone(prototype).fit(items)
    for n in (10**15, 10**30):
        with pytest.raises(ValueError, match=f"n_samples must be small enough .* got {n},"):
            sampler.sample(n)
        with pytest.raises(ValueError, match="batch_size must be small enough"):
            sampler.iter_sample(n, batch_size=n)
        assert len(next(sampler.iter_sample(n, batch_size=3))) == 3


def test_huge_learning_rates_leave_what_was():
    sampler = clone(TRAINED["TransformerGAN"][0]).fit(WINDOWS)
    expected = sampler.sample(3, random_state=0)
    with pytest.raises(ValueError, match="lower .* generator_learning_rate=1e.30"):
        sampler.set_params(generator_learning_rate=1e30, max_iter=1).fit(WINDOWS)
    assert_same(sampler.sample(3, random_state=0), expected, "samples")
