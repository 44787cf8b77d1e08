"""The command line: learn the windows of a series, make new ones and score them."""

import argparse
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sktsgan._validation import check_memory
from sktsgan.cli._sample import PROMPT_HELP, flat_table, read_prompt, sample_parser, write_samples
from sktsgan.cli._scores import UNSEEN_ACCURACY, format_scores, independent_gaussians, score_windows
from sktsgan.cli._tables import read_table, split_windows
from sktsgan.containers._categories import decode, encode_windows, find_categories
from sktsgan.datasets import load_appliances_energy
from sktsgan.persistence import save
from sktsgan.pipeline import make_sampling_pipeline
from sktsgan.plotting import DistributionDisplay, LossCurveDisplay, WindowDisplay
from sktsgan.preprocessing import Windowizer
from sktsgan.report._report import build_report
from sktsgan.report._sets import read_sets
from sktsgan.samplers import NeighborSampler, TransformerGANSampler

__all__ = ["main"]

_MAX_ITER = 1200  # with scores and pictures, under three minutes on two cores

_DESCRIPTION = """\
Learn the windows of a multivariate series with a TransformerGANSampler, write new windows, print
their scores beside those of simpler models, and draw both sets.

Without CSV, the hourly appliances energy series that comes with the package is used.
The model is written too; "python -m sktsgan sample MODEL" makes more windows of it."""

_EPILOG = """\
examples:
  python -m sktsgan
  python -m sktsgan my.csv --window 24 --time-column date -n 1000
  python -m sktsgan my.csv --columns temperature humidity --output new-windows
  python -m sktsgan my.csv --time-column date --prompt January --series 8760
  python -m sktsgan sample new-windows/model.sktsgan -n 500 --prompt January"""


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    status : int
        0, 2 if the input can't be used, or 130 if interrupted; one line on the error stream then says why.
    """
    argv = sys.argv[1:] if argv is None else argv
    run, parser = (
        (_sample, sample_parser()) if argv[:1] == ["sample"] else (_learn_and_write, _parser())
    )
    args = parser.parse_args(argv[1:] if run is _sample else argv)
    try:
        run(args)
    except _Refused as error:
        print(f"sktsgan: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sktsgan: interrupted", file=sys.stderr)
        return 130
    return 0


class _Refused(Exception):
    """Input that can't be used, for the user to read."""


@contextmanager
def _refusing():
    try:
        yield
    except (OSError, ValueError) as error:
        raise _Refused(_reason(error)) from error


def _sample(args):
    with _refusing():
        print(f"wrote {args.output}: {write_samples(args)}")


def _learn_and_write(args):
    with _refusing():
        frame = _load(args)
        train, held_out, *who = split_windows(frame, window=args.window, stride=args.stride)
        if args.series and who[1] is not None:
            raise ValueError(
                "--series needs one entity: leave out --entity-column, or its other rows"
            )
        n_bytes = args.n_samples * train[0].nbytes
        check_memory("--n-samples", args.n_samples, n_bytes)
        args.output.mkdir(parents=True, exist_ok=True)
    print(
        f"Windows of {args.window} rows: {len(train)} to learn from, {len(held_out)} held out.\n",
        flush=True,
    )
    _run(args, frame, train, held_out, *who)


def _reason(error):
    filename = getattr(error, "filename", None)
    return f"{filename}: {error.strerror}" if filename else str(error)


def _run(args, frame, train, held_out, starts, entities):
    known, shape = (frame.dtypes, find_categories([frame])), train.shape[1:]
    options = {"max_iter": args.max_iter, "constraints": "auto", "verbose": 1}
    sampler = TransformerGANSampler(n_channels=shape[1], **options)
    with _refusing():
        # a table, by whose columns a later run knows the names of the channels and their categories
        sampler.set_params(random_state=args.seed)
        sampler.fit(flat_table(train, *known, starts), entities=entities)
    if sampler.constraints_:
        print(f"Rules that always held, and will: {', '.join(sampler.constraints_)}")
    model = args.output / "model.sktsgan"
    with _refusing():
        options = {"prompt": args.prompt, "random_state": args.seed, "return_prompt": True}
        made, asked = sampler.sample(args.n_samples, **options)
        whose = None if entities is None else asked[entities.name]
        files = _write_windows(args.output, _to_windows(made, shape, *known), *known, whose)
        save(sampler, model)
        if args.series:
            files |= _write_series(args, frame)
    files[model] = "the model, for: python -m sktsgan sample"
    if not args.windows_only:
        if np.isnan(train).any() or np.isnan(held_out).any():
            print("\nScores and pictures are of windows whose missing values the sampler imputed.")
            train, held_out = (
                _to_windows(
                    sampler.impute(flat_table(X, *known), random_state=args.seed), shape, *known
                )
                for X in (train, held_out)
            )
        files |= _compare(args, sampler, train, held_out, (starts, entities), *known)
    print()
    for path, what in files.items():
        print(f"wrote {path}: {what}")


def _write_series(args, frame):
    """Write a new series that begins where that of the file ends; return the contents of the file by path."""
    windowizer = Windowizer(window=args.window, gaps="split", static=None)
    sampler = NeighborSampler(constraints="auto", random_state=args.seed)
    pipeline = make_sampling_pipeline(windowizer, sampler).fit(frame)
    path = args.output / "series.csv"
    pipeline.sample_series(args.series, random_state=args.seed).to_csv(path)
    return {path: f"one new series of {args.series} rows"}


def _to_windows(table, shape, dtypes, categories):
    """Return windows of a flat table as an array, of categories their places."""
    own = tuple(categories.get(name) for name in dtypes.index)
    return encode_windows(table, own).to_numpy(float).reshape(-1, *shape)


def _compare(args, sampler, train, held_out, who, dtypes, categories):
    """Print the scores beside those of simpler models, and draw the pictures."""
    print("\nScoring ...\n", flush=True)
    n, seed, known = len(train), args.seed, (dtypes, categories)
    base = NeighborSampler(n_channels=train.shape[2], constraints="auto", random_state=seed)
    base.fit(flat_table(train, *known, who[0]), entities=who[1])
    new, drawn = (
        _to_windows(model.sample(n, random_state=seed), train.shape[1:], *known)
        for model in (sampler, base)
    )
    candidates = {
        "TransformerGANSampler": new,
        "NeighborSampler": drawn,
        "independent Gaussians": independent_gaussians(train, n, random_state=seed),
    }
    scores = score_windows(candidates, train, held_out, random_state=seed)
    print(format_scores(scores), flush=True)
    columns = list(dtypes.index)
    files = _write_pictures(args.output, train, new, sampler, columns=columns, random_state=seed)
    sets = read_sets(new, train, held_out, None, columns, seed)
    known = scores.loc[["TransformerGANSampler", "real windows"], UNSEEN_ACCURACY]
    page = build_report(replace(sets, sampler=sampler), seed=seed, known=tuple(map(float, known)))
    return files | {page.save(args.output / "report.html"): "the report; open it in a browser"}


def _write_windows(folder, windows, dtypes, categories, entities):
    """Write windows as a table with one row per step and as an array; return the contents of each file by path.

    They are in the units of the series, columns of integers hold integers, and categories are as they were, in the
    array their places among all of them. ``entities``, a Series or None, says whose they are. Files of the same names
    in the folder, which must exist, are replaced.
    """
    n_windows, n_timesteps, n_channels = windows.shape
    index = pd.MultiIndex.from_product(
        [range(n_windows), range(n_timesteps)],
        names=[_free_name(name, dtypes.index) for name in ("window", "step")],
    )
    table = pd.DataFrame(windows.reshape(-1, n_channels), index=index, columns=dtypes.index)
    integers = [name for name, dtype in dtypes.items() if dtype.kind in "iu"]
    table[integers] = table[integers].round()
    for name, own in categories.items():
        table[name] = decode(table[name].to_numpy(), dtypes[name], own)
    if entities is not None:
        table.insert(0, entities.name, np.repeat(entities.to_numpy(), n_timesteps))
    csv, npz = folder / "windows.csv", folder / "windows.npz"
    table.astype(dtypes[integers].to_dict()).to_csv(csv)
    np.savez_compressed(npz, windows=windows, columns=np.array(dtypes.index, dtype=str))
    return {
        csv: f"{n_windows} new windows, one row per step",
        npz: f"the same windows as an array of shape {windows.shape}",
    }


def _free_name(name, taken):
    """Return a name that no column of the series has."""
    while name in taken:
        name += "_"
    return name


def _write_pictures(folder, real, synthetic, sampler, *, columns, random_state):
    """Draw real beside new windows, and the losses if anything was trained; return the contents of each file by path.

    Files of the same names in the folder, which must exist, are replaced. The sampler is fitted and has ``history_``;
    ``random_state``, an int, controls the choice of windows to draw.
    """
    displays = {
        "distribution.png": (
            DistributionDisplay.from_samples(real, synthetic, random_state=random_state),
            "both sets in two dimensions",
        ),
        "windows.png": (
            WindowDisplay.from_samples(
                real, synthetic, channel_names=columns, random_state=random_state
            ),
            "real windows above, new ones below",
        ),
    }
    if sampler.history_:  # of a pair that was trained
        displays["losses.png"] = LossCurveDisplay.from_estimator(sampler), "the losses in training"
    files = {}
    for name, (display, what) in displays.items():
        display.figure_.savefig(folder / name, dpi=150, bbox_inches="tight")
        plt.close(display.figure_)
        files[folder / name] = what
    return files


def _load(args):
    """Return the series that the arguments name, and print what it is."""
    if args.csv is None:
        frame, name = load_appliances_energy().frame, "appliances energy, as bundled"
        if args.columns is not None:
            missing = [column for column in args.columns if column not in frame.columns]
            if missing:
                raise ValueError(f"the bundled series has no column {missing[0]!r}")
            frame = frame[args.columns]
    else:
        frame, notes = read_table(
            args.csv,
            time_column=args.time_column,
            entity_column=args.entity_column,
            columns=args.columns,
            sep=args.sep,
            decimal=args.decimal,
            allow_missing=args.allow_missing,
        )
        name = args.csv
        for note in notes:
            print(note)
    print(f"Series: {name}: {frame.shape[0]} rows of {', '.join(frame.columns)}")
    return frame


def _at_least(least, most=None):
    def integer(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, got {value}")
        if most is not None and value > most:
            raise argparse.ArgumentTypeError(f"must be at most {most}, got {value}")
        return value

    return integer


def _separator(text):
    text = {"\\t": "\t", "tab": "\t"}.get(text, text)
    if len(text) != 1:
        raise argparse.ArgumentTypeError(f"must be one character or 'tab', got {text!r}")
    return text


def _add_reading(add):
    """Add the arguments that say how a CSV file is read."""
    add("--time-column", metavar="NAME", help="column of dates or times, in increasing order")
    add(
        "--entity-column", metavar="NAME", help="column of stations, people, ... each with a series"
    )
    add(
        "--columns",
        metavar="NAME",
        nargs="+",
        help="channels to learn (default: all of numbers or categories)",
    )
    add(
        "--sep", metavar="CHAR", type=_separator, help="what separates columns (default: found out)"
    )
    add("--decimal", choices=[".", ","], help="the mark before decimals (default: found out)")
    add("--allow-missing", action="store_true", help="learn around missing values")


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m sktsgan",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "csv",
        metavar="CSV",
        nargs="?",
        type=Path,
        help="a CSV file with a header and one row per step",
    )
    _add_reading(add)
    add("--window", type=_at_least(2), default=24, help="rows in a window (default: %(default)s)")
    add("--stride", type=_at_least(1), default=1, help="rows between starts (default: %(default)s)")
    add(
        "-n", "--n-samples", type=_at_least(1), default=1000, help="windows to make (default: 1000)"
    )
    add(
        "--max-iter",
        type=_at_least(1),
        default=_MAX_ITER,
        help="generator updates; more give better windows but take longer (default: %(default)s)",
    )
    add(
        "--seed",
        type=_at_least(0, 2**32 - 1),
        default=0,
        help="same seed, same windows (default: %(default)s)",
    )
    add(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("sktsgan-output"),
        help="folder for the files (default: %(default)s)",
    )
    add("--prompt", type=read_prompt, help=PROMPT_HELP)
    add(
        "--series",
        type=_at_least(1),
        metavar="ROWS",
        help="write a new series of so many rows too, dated after the last row of the file",
    )
    add("--windows-only", action="store_true", help="write new windows only, no scores or pictures")
    return parser
