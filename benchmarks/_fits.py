"""What one row of the fidelity table fits and samples, in a process of its own."""

import time
import warnings
from dataclasses import dataclass, field

import numpy as np
import torch
from _data import DataSpec, deal_blocks
from _models import count_parameters, make_model
from _processes import limited_threads, peak_memory

__all__ = ["KEPT_IN_HAND", "RowSpec", "count_updates", "fit_row"]

_PILOT_UPDATES = (20, 120)  # their difference is what an update costs, whatever a fit costs besides
KEPT_IN_HAND = 0.05


@dataclass(frozen=True)
class RowSpec:
    """What a row fits.

    Parameters
    ----------
    model : str
    data : DataSpec
    seeds : int
        Number of fits; the first also fits on held-out blocks.
    seconds : float or None
        Budget of a fit; None leaves ``max_iter`` at its default.
    block_length : int or None
        Of the held-out blocks, in windows' lengths; None skips that fit.
    device : str
    threads : int
    changes : dict
        Parameters of the row ``"transformer"``.
    """

    model: str
    data: DataSpec
    seeds: int = 3
    seconds: float | None = None
    block_length: int | None = 10
    device: str = "cpu"
    threads: int = 2
    changes: dict = field(default_factory=dict)


def fit_row(spec):
    """Return what the fits of a row made and cost.

    Returns
    -------
    made : dict
        ``fits``, for each seed a dict with the windows ``synthetic`` and what they cost; ``memorisation``, the
        windows of the fit without the held-out blocks or None; ``pilot_seconds``; ``memory``, the process's peak in
        MiB, and ``memory_before``, what it had before the first fit.
    """
    with limited_threads(spec.threads):
        windows, _ = spec.data.load()
        memory_before = peak_memory()
        plan = Plan(spec, windows)
        fits = [plan.fit(windows, seed) for seed in range(spec.seeds)]
        made = {"fits": fits, "memorisation": None, "pilot_seconds": plan.pilot_seconds}
        if spec.block_length is not None:
            rows = deal_blocks(
                len(windows), spec.data.window, spec.block_length, 2, spec.data.overlapping
            )[0]
            made["memorisation"] = plan.fit(windows[rows], seed=0)["synthetic"]
    made |= {"memory": peak_memory(), "memory_before": memory_before}
    if spec.device.startswith("cuda"):
        made["device_memory"] = torch.cuda.max_memory_allocated() / 2**20
    return made


def count_updates(model, seconds, *training_set, clock=time.perf_counter):
    """Return how many updates ``model.fit(*training_set)`` makes within 95 % of a budget.

    A pilot of short fits measures, by ``clock``, what a fit costs besides updates and what an update costs.
    """

    def time_fit(max_iter):
        model.set_params(max_iter=max_iter)
        start = clock()
        with warnings.catch_warnings(action="ignore"):  # a pilot is too short to be any good
            model.fit(*training_set)
        return clock() - start

    few, many = _PILOT_UPDATES
    time_fit(1)  # what happens once in a process
    first, second = time_fit(few), time_fit(many)
    an_update = max(second - first, 1e-6) / (many - few)
    besides = max(first - few * an_update, 0.0)
    return max(1, int(((1 - KEPT_IN_HAND) * seconds - besides) / an_update))


class Plan:
    """Fit models with as many updates as fit the budget, the course of the learning rates finished.

    ``max_iter`` is that of ``count_updates``. It is the same for all seeds, unless a fit overruns the budget: later
    ones then make fewer updates.
    """

    def __init__(self, spec, windows):
        self.spec = spec
        self.max_iter, self.pilot_seconds = None, 0.0
        trains = "max_iter" in getattr(self._model(0), "get_params", dict)()
        if spec.seconds is not None and trains:
            start = time.perf_counter()
            self.max_iter = count_updates(self._model(0), spec.seconds, windows)
            self.pilot_seconds = time.perf_counter() - start

    def _model(self, seed):
        return make_model(self.spec.model, seed, self.spec.device, self.spec.changes)

    def fit(self, windows, seed):
        """Fit and sample once; return the windows, seconds, warnings and sizes."""
        model = self._model(seed)
        if self.max_iter is not None:
            model.set_params(max_iter=self.max_iter)
        with warnings.catch_warnings(record=True, action="always") as caught:
            start = time.perf_counter()
            model.fit(windows)
            seconds = time.perf_counter() - start
        if self.max_iter is not None and seconds > self.spec.seconds:
            share = (1 - KEPT_IN_HAND) * self.spec.seconds / seconds
            self.max_iter = max(1, int(share * self.max_iter))
        synthetic = model.sample(len(windows), random_state=seed)
        start = time.perf_counter()
        model.sample(len(windows), random_state=self.spec.seeds + seed)
        sampling = time.perf_counter() - start
        return {
            "synthetic": np.asarray(synthetic),
            "seconds": seconds,
            "updates": getattr(model, "n_iter_", None),
            "windows_per_second": len(windows) / sampling,
            "parameters": count_parameters(model),
            "warnings": sorted({f"{w.category.__name__}: {w.message}" for w in caught}),
        }
