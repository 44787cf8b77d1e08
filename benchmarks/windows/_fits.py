"""What one row of the fidelity table fits and samples, in a process of its own."""

from dataclasses import dataclass, field

import numpy as np
import torch

from benchmarks._common._fits import Budget, time_sampling
from benchmarks._common._processes import limited_threads, peak_memory
from benchmarks.windows._data import DataSpec, deal_blocks
from benchmarks.windows._models import count_parameters, make_model

__all__ = ["RowSpec", "fit_row"]


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

    def make_model(self, seed):
        """Return the unfitted sampler."""
        return make_model(self.model, seed, self.device, self.changes)


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
        budget = Budget(spec.seconds).plan(spec.make_model(0), windows)
        fits = [_fit(spec, budget, windows, seed) for seed in range(spec.seeds)]
        made = {"fits": fits, "memorisation": None, "pilot_seconds": budget.pilot_seconds}
        if spec.block_length is not None:
            rows = deal_blocks(
                len(windows), spec.data.window, spec.block_length, 2, spec.data.overlapping
            )[0]
            made["memorisation"] = _fit(spec, budget, windows[rows], seed=0)["synthetic"]
    made |= {"memory": peak_memory(), "memory_before": memory_before}
    if spec.device.startswith("cuda"):
        made["device_memory"] = torch.cuda.max_memory_allocated() / 2**20
    return made


def _fit(spec, budget, windows, seed):
    """Fit and sample once; return the windows, seconds, warnings and sizes."""
    model = spec.make_model(seed)
    cost = budget.fit(model, windows)
    synthetic = model.sample(len(windows), random_state=seed)
    _, rate = time_sampling(
        model, len(windows), spec.seeds + seed
    )  # the first has costs of its own
    return cost | {
        "synthetic": np.asarray(synthetic),
        "windows_per_second": rate,
        "parameters": count_parameters(model),
    }
