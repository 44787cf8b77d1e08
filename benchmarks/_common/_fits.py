"""Fits within a budget of seconds, and what they cost."""

import time
import warnings

__all__ = ["Budget", "set_known", "time_sampling"]

_PILOT_UPDATES = (20, 120)  # their difference is what an update costs, whatever a fit costs besides
_SPENT = 0.95  # of the budget: some of it is kept in hand


def set_known(model, changes):
    """Set parameters of a model, and exit where one is unknown."""
    known = sorted(model.get_params())
    for name in sorted(set(changes) - set(known)):
        raise SystemExit(f"--set {name}: no parameter of {type(model).__name__}; it has {known}")
    return model.set_params(**changes)


class Budget:
    """Fit models with as many updates as fit into some seconds, the course of the learning rates finished.

    All fits make equally many, unless one overruns the budget: later ones then make fewer.

    Parameters
    ----------
    seconds : float or None
        None leaves ``max_iter`` as it is.
    by_processor : bool, default=False
        Whether these are seconds of the processor.

    Attributes
    ----------
    max_iter : int or None
        Updates of the next fit.
    pilot_seconds : float
        What it took to find them.
    """

    def __init__(self, seconds, *, by_processor=False):
        self.seconds = seconds
        self.clock = time.process_time if by_processor else time.perf_counter
        self.taken = "cpu_seconds" if by_processor else "seconds"
        self.max_iter, self.pilot_seconds = None, 0.0

    def plan(self, model, *training_set):
        """Find how many updates there is time for; short fits tell what one costs, and what a fit costs besides."""
        if self.seconds is None or "max_iter" not in getattr(model, "get_params", dict)():
            return self
        start = time.perf_counter()

        def time_fit(max_iter):
            model.set_params(max_iter=max_iter)
            start = self.clock()
            with warnings.catch_warnings(action="ignore"):  # a pilot is too short to be any good
                model.fit(*training_set)
            return self.clock() - start

        few, many = _PILOT_UPDATES
        time_fit(1)  # what happens once in a process
        first, second = time_fit(few), time_fit(many)
        an_update = max(second - first, 1e-6) / (many - few)
        besides = max(first - few * an_update, 0.0)
        self.max_iter = max(1, int((_SPENT * self.seconds - besides) / an_update))
        self.pilot_seconds = time.perf_counter() - start
        return self

    def apply(self, model):
        """Set the number of updates, where there is one."""
        return model if self.max_iter is None else model.set_params(max_iter=self.max_iter)

    def fit(self, model, *training_set):
        """Fit a model, and return its seconds, updates and warnings."""
        self.apply(model)
        with warnings.catch_warnings(record=True, action="always") as caught:
            start, start_cpu = time.perf_counter(), time.process_time()
            model.fit(*training_set)
            cost = {
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - start_cpu,
            }
        if self.max_iter is not None and cost[self.taken] > self.seconds:
            self.max_iter = max(1, int(_SPENT * self.seconds / cost[self.taken] * self.max_iter))
        return cost | {
            "updates": getattr(model, "n_iter_", None),
            "warnings": sorted({f"{w.category.__name__}: {w.message}" for w in caught}),
        }


def time_sampling(model, n_samples, seed):
    """Return samples, made in one call, and how many that were a second."""
    start = time.perf_counter()
    made = model.sample(n_samples, random_state=seed)
    return made, n_samples / (time.perf_counter() - start)
