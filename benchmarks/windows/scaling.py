"""What longer and wider windows cost: seconds, time of an update and memory by steps and by channels.

usage: python -m benchmarks.windows.scaling [--steps 24,64,128,256,512] [--channels 5,10,25,50,100] [--at 64x10]

Steps vary at the channels of --at and channels at its steps; the corner has the most of both. Every size is measured in
a process of its own, on correlated autoregressive channels, and a row tells

base s    seconds of processor time of CopulaSampler.fit, the closed-form base
base MiB  the process's peak of resident memory in that, above what it held once the data were made
CPU ms    processor time of a generator update of TransformerGANSampler with its defaults, which other work on the
          machine disturbs less than the clock on the wall; the wall's is beside it
MiB       the peak in the whole of TransformerGANSampler.fit, base included, above the same

Below are the slopes of log cost on log size: 1 is linear. Each is given by least squares over a line of the grid and,
in brackets, between one size and the next. Small sizes grow more slowly, as every update has costs that no size moves.
Target: channels at most 1.0, steps close to 1.0.
"""

import statistics
import time
import warnings

import numpy as np
import torch
from scipy.signal import lfilter
from skorch.callbacks import Callback

from benchmarks._common._options import count, make_parser
from benchmarks._common._processes import (
    limited_threads,
    peak_memory,
    resident_memory,
    run_in_fresh_process,
)
from benchmarks._common._results import format_table, write_json
from sktsgan import CopulaSampler, TransformerGANSampler

COSTS = {
    "base_seconds": "base s",
    "base_memory": "base MiB",
    "processor_ms": "CPU ms an update",
    "memory": "MiB",
}
_N_FACTORS = 3  # that channels share: without any, the base would model each channel by itself
_PENALTY_EVERY = 4  # updates that together have one penalty among them


def make_windows(n_windows, n_steps, n_channels):
    """Return windows of autoregressive channels that share factors, of shape (n_windows, n_steps, n_channels)."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((n_windows, n_steps, n_channels))
    factors = rng.standard_normal((n_windows, n_steps, _N_FACTORS))
    loadings = rng.standard_normal((_N_FACTORS, n_channels))
    for window, factor in zip(noise, factors, strict=True):  # in place: the peak is the data's own
        window += factor @ loadings
        window[:] = lfilter([1.0], [1.0, -0.9], window, axis=0)
    return noise


class StepClock(Callback):
    """Note the time after each step, on the wall and of the processor."""

    def on_train_begin(self, net, **kwargs):
        """Forget earlier runs."""
        self.wall_, self.processor_ = [], []

    def on_batch_end(self, net, **kwargs):
        """Note the time."""
        self.wall_.append(time.perf_counter())
        self.processor_.append(time.process_time())


def ms_per_update(times):
    """Return milliseconds an update: the median of rounds of four, the first round left out."""
    rounds = np.diff(times[_PENALTY_EVERY - 1 :: _PENALTY_EVERY])
    return 1000 * statistics.median(rounds.tolist()) / _PENALTY_EVERY


def measure_size(n_steps, n_channels, n_windows, n_updates, n_threads):
    """Return what windows of one size cost in this process.

    Returns
    -------
    row : dict
        ``steps``, ``channels``, ``base_seconds`` (of processor time), ``base_memory``, ``memory`` and ``data_memory``
        (MiB), ``processor_ms`` and ``wall_ms`` (an update), and ``parameters`` of the networks.
    """
    with limited_threads(n_threads), warnings.catch_warnings(action="ignore"):
        windows = make_windows(n_windows, n_steps, n_channels)
        before = resident_memory()
        start = time.process_time()
        CopulaSampler(random_state=0).fit(windows)
        base_seconds = time.process_time() - start
        base_memory = peak_memory() - before
        clock = StepClock()
        sampler = TransformerGANSampler(
            max_iter=_PENALTY_EVERY + n_updates,
            warmup=0,
            refine="always",
            device="cpu",
            callbacks=[clock],
            random_state=0,
        )
        sampler.fit(windows)
    return {
        "steps": n_steps,
        "channels": n_channels,
        "base_seconds": base_seconds,
        "base_memory": base_memory,
        "processor_ms": ms_per_update(clock.processor_),
        "wall_ms": ms_per_update(clock.wall_),
        "memory": peak_memory() - before,
        "data_memory": windows.nbytes / 2**20,
        "parameters": sampler.net_.n_parameters(),
    }


def make_lines(steps, channels, at):
    """Return the lines of the grid by name: sizes (steps, channels) of which only one number varies.

    Two lead along the axes through ``at`` and two from there to the corner.
    """
    at_steps, at_channels = at
    most_steps, most_channels = max(steps), max(channels)
    axes = {
        f"steps, at {at_channels} channels": [(s, at_channels) for s in steps],
        f"channels, at {at_steps} steps": [(at_steps, c) for c in channels],
    }
    edges = {
        f"steps, at {most_channels} channels": [(s, most_channels) for s in (at_steps, most_steps)],
        f"channels, at {most_steps} steps": [(most_steps, c) for c in (at_channels, most_channels)],
    }
    return axes | {name: line for name, line in edges.items() if name not in axes}


def growth(sizes, costs):
    """Return the slopes of log cost on log size: by least squares, and between one size and the next."""
    sizes, costs = np.log(sizes), np.log(costs)
    return float(np.polyfit(sizes, costs, 1)[0]), (np.diff(costs) / np.diff(sizes)).tolist()


def grow_along(lines, rows):
    """Return the growth of each cost along each line that has more than one size."""
    found = {}
    for name, line in lines.items():
        line = sorted(set(line))
        if len(line) < 2:
            continue
        sizes = [s if name.startswith("steps") else c for s, c in line]
        found[name] = {cost: growth(sizes, [rows[size][cost] for size in line]) for cost in COSTS}
    return found


def report_rows(rows, markdown):
    """Print what each size costs."""
    forms = {
        "steps × channels": "{steps} × {channels}",
        "base s": "{base_seconds:.1f}",
        "base MiB": "{base_memory:.0f}",
        "CPU ms an update": "{processor_ms:.0f}",
        "wall ms": "{wall_ms:.0f}",
        "MiB": "{memory:.0f}",
        "data MiB": "{data_memory:.0f}",
        "parameters": "{parameters:,}",
    }
    lines = [[form.format(**row) for form in forms.values()] for row in rows]
    print(format_table(list(forms), lines, markdown=markdown))


def report_growth(found, markdown):
    """Print the slopes along each line of the grid."""
    lines = [
        [name, *(_format_growth(overall, between) for overall, between in by_cost.values())]
        for name, by_cost in found.items()
    ]
    print(format_table(["growth with", *COSTS.values()], lines, markdown=markdown))


def _format_growth(overall, between):
    if len(between) == 1:
        return f"{overall:.2f}"
    return f"{overall:.2f} ({', '.join(f'{slope:.2f}' for slope in between)})"


def _numbers(text):
    return sorted({int(part) for part in text.split(",")})


def _size(text):
    steps, channels = map(int, text.split("x"))
    return steps, channels


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--steps", type=_numbers, default="24,64,128,256,512", help="(24,64,128,256,512)")
    add("--channels", type=_numbers, default="5,10,25,50,100", help="(5,10,25,50,100)")
    add("--at", type=_size, default="64x10", help="where the two lines cross (64x10)")
    add("--windows", type=count, default=600, help="to fit (600)")
    add("--updates", type=count, default=12, help="to time, a multiple of 4, after 4 others (12)")
    return parser.parse_args(argv)


def main(argv=None):
    """Print what each size costs and how costs grow; return it as it is written to JSON."""
    arguments = read_options(argv)
    if arguments.updates < _PENALTY_EVERY or arguments.updates % _PENALTY_EVERY:
        raise SystemExit(f"--updates {arguments.updates}: no multiple of {_PENALTY_EVERY}")
    lines = make_lines(arguments.steps, arguments.channels, arguments.at)
    settings = arguments.windows, arguments.updates, arguments.threads
    rows = {}
    for size in sorted({size for line in lines.values() for size in line}):
        rows[size] = run_in_fresh_process(measure_size, *size, *settings)
    found = {
        "windows": arguments.windows,
        "updates": arguments.updates,
        "threads": arguments.threads,
        "torch": torch.__version__,
        "rows": list(rows.values()),
        "growth": grow_along(lines, rows),
    }
    report_rows(found["rows"], arguments.markdown)
    print()
    report_growth(found["growth"], arguments.markdown)
    write_json(arguments.output, found)
    return found


if __name__ == "__main__":
    main()
