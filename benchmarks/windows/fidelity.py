"""How close generated windows come to real ones, and at what cost: one table, a row a model.

usage: python -m benchmarks.windows.fidelity --data DIR --dataset stocks --window 24 --seconds 180 --seeds 3
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

import sys
from dataclasses import asdict

from benchmarks._common._options import add_changes, count, make_parser, names_among
from benchmarks._common._processes import limited_threads, run_in_fresh_process
from benchmarks._common._results import describe_run, print_rows
from benchmarks.windows._data import DataSpec, add_data_options
from benchmarks.windows._fits import RowSpec, fit_row
from benchmarks.windows._judges import (
    JudgeSpec,
    judge,
    judge_later,
    memorisation_ratio,
    real_halves,
    real_ratio,
)
from benchmarks.windows._models import MODELS, make_model
from benchmarks.windows.table import make_table, summary_line

_TRAIN_SHARE = 0.8


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=2)
    add = parser.add_argument
    add_data_options(add)
    add("--seconds", type=float, help="budget of a fit; without it max_iter is the default")
    add("--model", type=names_among(MODELS), default=list(MODELS), metavar="NAME[,NAME...]",
        help=str(MODELS))  # fmt: skip
    add_changes(add, "the row transformer")
    add("--fits", type=count, default=5, help="GRU judges (5)")
    add("--judge-iter", type=count, default=2000, help="training steps of a judge (2000)")
    add("--device", default="cpu", help="of the models that train: cpu, cuda (cpu)")
    add("--block-holdout", type=count, nargs="?", const=10, default=10, metavar="LENGTH",
        help="length of the blocks held out for the nn ratio, in windows' lengths (10)")  # fmt: skip
    add("--no-memorisation", action="store_true", help="skip the further fit of the nn ratio")
    add("--held-out-time", action="store_true",
        help="fit on the first 80 %% of the windows; compare with the last 20 %% too")  # fmt: skip
    return parser.parse_args(argv)


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
    arguments = read_options(argv)
    share = _TRAIN_SHARE if arguments.held_out_time else None
    data = DataSpec(arguments.data, arguments.dataset, arguments.window, arguments.n_windows, share)
    specs = list(_row_specs(arguments, data))
    windows, later = data.load()
    judging = JudgeSpec(arguments.fits, arguments.judge_iter)
    sizes = {"n_windows": len(windows), "n_channels": windows.shape[2], "judges": asdict(judging)}
    settings = describe_run("windows.fidelity", argv, arguments, **sizes)
    results = {"settings": settings, "rows": []}
    table = make_table(with_later=later is not None, markdown=arguments.markdown)
    print(f"{summary_line(settings)}\n")
    with limited_threads(arguments.threads):
        print_rows(
            specs,
            lambda spec: make_row(spec, judging, windows, later),
            table,
            results,
            arguments.output,
        )
    return results


if __name__ == "__main__":
    main()
