"""How close generated windows come to real ones, and at what cost: one table, a row a model.

usage: python benchmarks/fidelity.py --data DIR --dataset stocks --window 24 --seconds 180 --seeds 3
           --model real,copy,gaussian,copula1,copula,plain,transformer,timegan --output stocks.json

Columns
-------
GRU          discriminative score: mean over seeds ± standard deviation over a seed's judges (worst seed); 0 is best
C2ST         accuracy of gradient boosting on flattened windows and their differences, windows dealt singly: .5 is best,
             copies are far below it
C2ST blocks  the same, real windows dealt by blocks of time: ranks models, has no best value of its own
predictive   error on real windows of a forecaster trained on generated ones; the floor is that of the row "real"
later: ...   with --held-out-time: against the last 20 % of the windows, where models were fitted on the first 80 %
nn ratio     nearest-neighbour ratio of a further fit (first seed) that saw every other block of windows only: about 1
             is best, 0 is a copy
train s      of fit, mean (longest); the pilot that finds max_iter for --seconds is not in it, but in the JSON
windows/s    sampled, in one call for as many as were fitted on
parameters   trainable ones of both networks; all numbers kept by a closed-form model
MiB          peak resident memory of the row's own process, interpreter and libraries included

The row "real" is the floor: random halves of the real windows against each other.
"""

import argparse
import json
import platform
import shlex
import sys
from dataclasses import asdict
from pathlib import Path

import sklearn
import torch
from _data import DataSpec
from _fits import RowSpec, fit_row
from _judges import (
    JudgeSpec,
    judge,
    judge_later,
    memorisation_ratio,
    real_halves,
    real_ratio,
)
from _models import MODELS, make_model
from _options import add_data_options, count, names_among, setting
from _processes import limited_threads, run_in_fresh_process
from _table import format_header, format_row, summary_line

_TRAIN_SHARE = 0.8


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add_data_options(add)
    add("--seconds", type=float, help="budget of a fit; without it max_iter is the default")
    add(
        "--model",
        type=names_among(MODELS),
        default=list(MODELS),
        metavar="NAME[,NAME...]",
        help=str(MODELS),
    )
    add("--set", type=setting, action="append", default=[], metavar="NAME=VALUE",
        help="a parameter of the row transformer; may be repeated")  # fmt: skip
    add("--fits", type=count, default=5, help="GRU judges (5)")
    add("--judge-iter", type=count, default=2000, help="training steps of a judge (2000)")
    add("--device", default="cpu", help="of the models that train: cpu, cuda (cpu)")
    add("--threads", type=count, default=2, help="of torch, OpenMP and BLAS (2)")
    add("--block-holdout", type=count, nargs="?", const=10, default=10, metavar="LENGTH",
        help="length of the blocks held out for the nn ratio, in windows' lengths (10)")  # fmt: skip
    add("--no-memorisation", action="store_true", help="skip the further fit of the nn ratio")
    add("--held-out-time", action="store_true",
        help="fit on the first 80 %% of the windows; compare with the last 20 %% too")  # fmt: skip
    add("--markdown", action="store_true", help="print a Markdown table")
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def make_row(spec, judging, windows, later):
    """Return what the table and the JSON say of a row.

    Parameters
    ----------
    spec : RowSpec
    judging : JudgeSpec
    windows, later : ndarray of shape (n_windows, n_timesteps, n_channels)
        Of the time that is fitted on and, or None, of later time.

    Returns
    -------
    row : dict
    """
    label = " ".join([spec.model, *(f"{k}={v}" for k, v in spec.changes.items())])
    row = {
        "model": spec.model,
        "label": label,
        "changes": {k: str(v) for k, v in spec.changes.items()},
    }
    if spec.model == "real":
        return row | _judge_real(spec, judging, windows, later)
    made = run_in_fresh_process(fit_row, spec)
    fits, memorisation = made.pop("fits"), made.pop("memorisation")
    row |= made | {"fits": []}
    for seed, fit in enumerate(fits):
        synthetic = fit.pop("synthetic")
        fit |= judge(windows, synthetic, judging, seed)
        if later is not None:
            fit |= judge_later(later, synthetic, judging, seed)
        row["fits"].append(fit)
    if memorisation is not None:
        row["neighbor_ratio"] = memorisation_ratio(
            windows, memorisation, spec.data, spec.block_length
        )
    return row


def _judge_real(spec, judging, windows, later):
    """Return the floor: halves against each other, and the time fitted on against later time."""
    row = {"fits": []}
    for seed in range(spec.seeds):
        first, second = real_halves(windows, seed)
        fit = judge(first, second, judging, seed)
        if later is not None:
            shuffled = make_model("copy", seed, spec.device, {}).fit(windows)
            earlier = shuffled.sample(len(windows), random_state=seed)
            fit |= judge_later(later, earlier, judging, seed)
        row["fits"].append(fit)
    if spec.block_length is not None:
        row["neighbor_ratio"] = real_ratio(windows, spec.data, spec.block_length)
    return row


def _settings(arguments, windows, argv):
    return {
        "command": shlex.join(["python", "benchmarks/fidelity.py", *argv]),
        "dataset": arguments.dataset,
        "window": arguments.window,
        "n_windows": len(windows),
        "n_channels": windows.shape[2],
        "seconds": arguments.seconds,
        "seeds": arguments.seeds,
        "fits": arguments.fits,
        "judge_iter": arguments.judge_iter,
        "device": arguments.device,
        "threads": arguments.threads,
        "held_out_time": arguments.held_out_time,
        "block_holdout": None if arguments.no_memorisation else arguments.block_holdout,
        "torch": torch.__version__,
        "scikit-learn": sklearn.__version__,
        "python": platform.python_version(),
        "machine": platform.platform(),
    }


def _row_specs(arguments, data):
    """Yield the rows asked for, checked before the first is fitted."""
    changes = dict(arguments.set)
    if changes and "transformer" not in arguments.model:
        raise SystemExit("--set is for the row transformer, which --model leaves out")
    make_model("transformer", 0, arguments.device, changes)
    for model in arguments.model:
        yield RowSpec(
            model,
            data,
            arguments.seeds,
            arguments.seconds,
            None if arguments.no_memorisation else arguments.block_holdout,
            arguments.device,
            arguments.threads,
            changes if model == "transformer" else {},
        )


def main(argv=None):
    """Print the table; return the results as they are written to JSON."""
    argv = sys.argv[1:] if argv is None else argv
    arguments = make_parser().parse_args(argv)
    share = _TRAIN_SHARE if arguments.held_out_time else None
    data = DataSpec(arguments.data, arguments.dataset, arguments.window, arguments.n_windows, share)
    specs = list(_row_specs(arguments, data))
    windows, later = data.load()
    judging = JudgeSpec(arguments.fits, arguments.judge_iter)
    look = {"with_later": later is not None, "markdown": arguments.markdown}
    results = {
        "settings": _settings(arguments, windows, argv) | {"judges": asdict(judging)},
        "rows": [],
    }
    print(f"{summary_line(results['settings'])}\n\n{format_header(**look)}", flush=True)
    with limited_threads(arguments.threads):
        for spec in specs:
            row = make_row(spec, judging, windows, later)
            results["rows"].append(row)
            print(format_row(row, **look), flush=True)
            for seed, fit in enumerate(row["fits"]):
                for warning in fit.get("warnings", []):
                    print(f"{spec.model}, seed {seed}: {warning}", file=sys.stderr)
            if arguments.output is not None:  # after every row: what is done is kept
                arguments.output.write_text(json.dumps(results, indent=1))
    return results


if __name__ == "__main__":
    main()
