"""What each rule of the recipe brings: the default with one rule at a time taken out.

usage: python -m benchmarks.windows.ablation --data DIR --dataset etth1 --seeds 3 --markdown
       python -m benchmarks.windows.ablation --dataset sines --updates 1500 --row pair,pair-as-narrow,pair-on-grids

Columns are the seconds of fit, C2ST and GRU as in fidelity.py (fewer GRU judges), and C2ST less that of the row that
it is a variant of: what the rule brings, or costs where it is negative. Mean over seeds and, in brackets, the worst.
"""

import time
from contextlib import ExitStack
from unittest import mock

import numpy as np
import torch

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, score, write_json
from benchmarks.windows._data import DataSpec, add_data_options
from sktsgan import CopulaSampler, NeighborSampler, TransformerGANSampler
from sktsgan.closed_form import NeighborhoodMoves, WindowComponents, _copula
from sktsgan.metrics import classifier_two_sample_score, discriminative_score
from sktsgan.samplers import _transformer_gan
from sktsgan.samplers._neighbor_base import NeighborBase
from sktsgan.scaling import _channels, _grid


def _level_features(components, encoded, rows):
    levels = components.basis_[rows][:, : components.n_channels_].numpy()
    return encoded[:, rows] @ (levels / np.maximum(np.linalg.norm(levels, axis=0), 1e-6))


def _middle_of_cells(lower, upper):
    return (lower + upper) / 2


# the rules that a row does without: object, name, what stands in
_WITHOUT = {
    "base": [],
    "one-group": [],
    "groups-by-level": [(WindowComponents, "features", _level_features)],
    "one-block": [
        (_copula, "independent_blocks", lambda scores: [np.arange(scores.shape[2])]),
    ],
    "no-grids": [(_channels, "lies_on_grid", lambda channel: False)],
    "cells-not-smoothed": [(_grid, "smooth_within", _middle_of_cells)],
    "atoms-not-drawn": [(_grid, "_MAX_ATOM", 1.0)],
    "knots-not-found": [(_channels, "knot_period", lambda channel: None)],
    "neighbors": [],
    "pair": [],
    "pair-as-narrow": [(_transformer_gan, "_WIDER", 1.0)],
    "pair-on-grids": [(NeighborBase, "blur", lambda base, scores: scores)],
    "pair-off-neighborhoods": [
        (NeighborhoodMoves, "__call__", lambda moves, made, centres: made.sum(dim=1)),
    ],
}


def _make_model(row, seed, updates):
    if row.startswith("pair"):
        return TransformerGANSampler(
            max_iter=updates, refine="always", random_state=seed, device="cpu"
        )
    if row == "neighbors":
        return NeighborSampler(random_state=seed)
    return CopulaSampler(n_components=1 if row == "one-group" else "auto", random_state=seed)


_COLUMNS = [
    ("without", 20, lambda row: row["label"]),
    ("fit s", 8, lambda row: f"{_mean(row, 'seconds'):.1f}"),
    ("C2ST", 14, lambda row: score(row, "c2st")),
    ("GRU", 14, lambda row: score(row, "gru")),
    ("C2ST gained by the rule", 0, lambda row: _format_gain(row["gain"])),
]


def measure(row, windows, seed, arguments):
    """Return seconds of fit, C2ST and GRU of one fit."""
    with ExitStack() as stack:
        for owner, name, stand_in in _WITHOUT[row]:
            stack.enter_context(mock.patch.object(owner, name, stand_in))
        model = _make_model(row, seed, arguments.updates)
        start = time.perf_counter()
        model.fit(windows)
        seconds = time.perf_counter() - start
        synthetic = model.sample(len(windows), random_state=seed)
    return {
        "seconds": seconds,
        "c2st": classifier_two_sample_score(
            windows, synthetic, max_samples=5000, random_state=seed
        ),
        "gru": discriminative_score(
            windows,
            synthetic,
            n_fits=arguments.fits,
            max_iter=arguments.judge_iter,
            random_state=seed,
        ),
    }


def _mean(row, name):
    return float(np.mean([fit[name] for fit in row["fits"]]))


def _format_gain(gain):
    return "–" if gain is None else f"{gain:+.3f}"


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add_data_options(add)
    add("--row", type=names_among(_WITHOUT), default=[r for r in _WITHOUT if not r.startswith("pair")],
        metavar="NAME[,NAME...]", help=f"{', '.join(_WITHOUT)} (those without training)")  # fmt: skip
    add("--fits", type=count, default=2, help="GRU judges (2)")
    add("--judge-iter", type=count, default=2000, help="training steps of a judge (2000)")
    add("--updates", type=count, default=1500, help="generator updates of the pairs (1500)")
    return parser.parse_args(argv)


def main(argv=None):
    """Print the table, and return its rows by name."""
    arguments = read_options(argv)
    data = DataSpec(arguments.data, arguments.dataset, arguments.window, arguments.n_windows)
    windows, _ = data.load()
    about = f"{arguments.dataset}, {len(windows)} windows, {arguments.seeds} seeds"
    table = Table(_COLUMNS, markdown=arguments.markdown)
    print(f"{about}, torch {torch.__version__}\n\n{table.header()}")
    rows = {}
    with limited_threads(arguments.threads):
        for name in arguments.row:
            fits = [measure(name, windows, seed, arguments) for seed in range(arguments.seeds)]
            rows[name] = row = {"label": name, "fits": fits}
            reference = rows.get("pair" if name.startswith("pair") else "base")
            row["gain"] = reference and _mean(row, "c2st") - _mean(reference, "c2st")
            print(table.line(row), flush=True)
    write_json(arguments.output, rows)
    return rows


if __name__ == "__main__":
    main()
