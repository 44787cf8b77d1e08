"""The command line: learn the windows of a series, make new ones and score them."""

import argparse
import sys
from pathlib import Path

from sktsgan.cli._files import write_pictures, write_windows
from sktsgan.cli._scores import format_scores, independent_gaussians, score_windows
from sktsgan.cli._tables import read_table, split_windows
from sktsgan.datasets import load_appliances_energy
from sktsgan.samplers import CopulaSampler, TransformerGANSampler

__all__ = ["main"]

_MAX_ITER = 1200  # with scores and pictures, under three minutes on two cores

_DESCRIPTION = """\
Learn the windows of a multivariate series with a TransformerGANSampler, write new windows, print
their scores beside those of simpler models, and draw both sets.

Without CSV, the hourly appliances energy series that comes with the package is used."""

_EPILOG = """\
examples:
  python -m sktsgan
  python -m sktsgan my.csv --window 24 --time-column date -n 1000
  python -m sktsgan my.csv --columns temperature humidity --output new-windows"""


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    status : int
        0, or 2 if the input can't be used; one line on the error stream then says why.
    """
    args = _parser().parse_args(argv)
    try:
        frame = _load(args)
        train, held_out = split_windows(frame, window=args.window, stride=args.stride)
        args.output.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        print(f"sktsgan: error: {_reason(error)}", file=sys.stderr)
        return 2
    print(
        f"Windows of {args.window} rows: {len(train)} to learn from, {len(held_out)} held out.\n",
        flush=True,
    )
    _run(args, list(frame.columns), train, held_out)
    return 0


def _reason(error):
    filename = getattr(error, "filename", None)
    return f"{filename}: {error.strerror}" if filename else str(error)


def _run(args, columns, train, held_out):
    sampler = TransformerGANSampler(max_iter=args.max_iter, random_state=args.seed, verbose=1)
    sampler.fit(train)
    files = write_windows(
        args.output, sampler.sample(args.n_samples, random_state=args.seed), columns
    )
    if not args.windows_only:
        files |= _compare(args, columns, sampler, train, held_out)
    print()
    for path, what in files.items():
        print(f"wrote {path}: {what}")


def _compare(args, columns, sampler, train, held_out):
    """Print the scores beside those of simpler models, and draw the pictures."""
    print("\nScoring ...\n", flush=True)
    n, seed = len(train), args.seed
    new = sampler.sample(n, random_state=seed)
    candidates = {
        "TransformerGANSampler": new,
        "CopulaSampler": CopulaSampler(random_state=seed).fit(train).sample(n, random_state=seed),
        "independent Gaussians": independent_gaussians(train, n, random_state=seed),
    }
    print(format_scores(score_windows(candidates, train, held_out, random_state=seed)))
    return write_pictures(args.output, train, new, sampler, columns=columns, random_state=seed)


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
        frame, dropped = read_table(args.csv, time_column=args.time_column, columns=args.columns)
        name = args.csv
        if dropped:
            print(f"Left out because not numeric: {', '.join(dropped)}")
    print(f"Series: {name}: {frame.shape[0]} rows of {', '.join(frame.columns)}")
    return frame


def _at_least(least):
    def integer(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, got {value}")
        return value

    return integer


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
    add("--time-column", metavar="NAME", help="column of dates or times, in increasing order")
    add(
        "--columns", metavar="NAME", nargs="+", help="channels to learn (default: all numeric ones)"
    )
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
    add("--seed", type=int, default=0, help="same seed, same windows (default: %(default)s)")
    add(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        default=Path("sktsgan-output"),
        help="folder for the files (default: %(default)s)",
    )
    add("--windows-only", action="store_true", help="write new windows only, no scores or pictures")
    return parser
