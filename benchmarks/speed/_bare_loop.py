"""The steps of the public net in a loop without skorch, callbacks and record; and what times both."""

import copy
import statistics
import time

import numpy as np
import torch
from skorch.callbacks import Callback

__all__ = [
    "KeepBatches",
    "Shares",
    "Watch",
    "compare_training",
    "median_ratio",
    "seconds_of",
    "verdict",
]


def _now():
    return np.array([time.perf_counter(), time.process_time()])


def seconds_of(function):
    """Return the seconds of a call, by the clock on the wall and of the processor."""
    start = _now()
    function()
    return _now() - start


def median_ratio(upper, lower):
    """Return the median ratio of neighbours, of the wall's seconds and of the processor's."""
    return np.median(np.divide(upper, lower), axis=0).tolist()


def verdict(ratio, most):
    """Return a ratio of ``median_ratio`` as text, and whether the processor's is at most ``most``."""
    wall, processor = ratio
    reached = "met" if processor <= most else "missed"
    return f"{wall:.3f} (processor {processor:.3f}; target {most}: {reached})"


class KeepBatches(Callback):
    """Keep the batches that a net trains on, as ``batches_``."""

    def on_train_begin(self, net, X=None, **kwargs):
        self.batches_ = X


class Watch(Callback):
    """Keep where the first training starts from and, as ``seconds_``, how long the last took, all included."""

    start_ = None

    def on_train_begin(self, net, X=None, **kwargs):
        if self.start_ is None:
            self.start_ = Start(net, X)
        self.began_ = _now()

    def on_train_end(self, net, **kwargs):
        self.seconds_ = _now() - self.began_


class Start:
    """A net of the CPU and its batches before the first step, random states included."""

    def __init__(self, net, batches):
        self.net, self.batches = copy.deepcopy(net), copy.copy(batches)
        self.states = batches.generator.get_state(), torch.get_rng_state()

    def train_bare(self, n_updates):
        """Return a copy of the net after ``n_updates``, and the seconds that the steps took."""
        net, batches = copy.deepcopy(self.net), copy.copy(self.batches)
        batches.generator = torch.Generator()
        with torch.random.fork_rng(devices=[]):
            batches.generator.set_state(self.states[0])
            torch.set_rng_state(self.states[1])
            batches.for_steps(n_updates + net.n_warmup)
            return net, seconds_of(lambda: _make_steps(net, batches))


def _make_steps(net, batches):
    batches.n_parts = net.count_batches(net.phase)
    for batch in batches:
        net.train_step(batch)


def compare_training(sampler, *training_set, n_updates, n_repeats):
    """Compare the steps of ``fit`` with those of a bare loop, from the same start and in turn.

    Returns
    -------
    found : dict
        ``ratio``, the medians over the repeats of the wall's time and of the processor's; ``ratios`` of the wall;
        ``ms`` and ``bare_ms``, medians an update; ``largest_difference`` of the weights that both end with;
        ``besides_seconds``, what ``fit`` takes before and after the steps; ``batch_size``.
    """
    watch, besides, own, bare = Watch(), [], [], []
    sampler.set_params(max_iter=n_updates, callbacks=[watch])

    def fit():
        besides.append(seconds_of(lambda: sampler.fit(*training_set))[0] - watch.seconds_[0])
        return watch.seconds_

    fit()
    start = watch.start_
    ended = [net.average_.parameters() for net in (start.train_bare(n_updates)[0], sampler.net_)]
    difference = max(float((a - b).detach().abs().max()) for a, b in zip(*ended, strict=True))
    for repeat in range(n_repeats):
        runs = [
            lambda: own.append(fit()),
            lambda: bare.append(start.train_bare(n_updates)[1]),
        ]
        for run in runs if repeat % 2 else reversed(runs):
            run()
    return {
        "ratio": median_ratio(own, bare),
        "ratios": np.divide(own, bare)[:, 0].tolist(),
        "ms": 1000 * float(np.median(own, axis=0)[0]) / n_updates,
        "bare_ms": 1000 * float(np.median(bare, axis=0)[0]) / n_updates,
        "largest_difference": difference,
        "besides_seconds": statistics.median(besides),
        "batch_size": start.batches.batch_size,
    }


class Shares:
    """Seconds spent in methods of fitted objects, and what they were called with.

    Parameters
    ----------
    methods : dict
        The name of each share: the object and the name of its method.
    """

    def __init__(self, methods):
        self.methods = methods
        self.seconds = dict.fromkeys(methods, 0.0)
        self.calls = {share: [] for share in methods}

    def __enter__(self):
        self.own = [vars(thing).get(name) for thing, name in self.methods.values()]
        for share, (thing, name) in self.methods.items():
            setattr(thing, name, self._timed(share, getattr(thing, name)))
        return self

    def __exit__(self, *error):
        for (thing, name), own in zip(self.methods.values(), self.own, strict=True):
            if own is None:  # a method of the class
                delattr(thing, name)
            else:
                setattr(thing, name, own)

    def _timed(self, share, method):
        def call(*args):
            self.calls[share].append(args)
            start = time.perf_counter()
            result = method(*args)
            self.seconds[share] += time.perf_counter() - start
            return result

        return call
