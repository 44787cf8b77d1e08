"""What the command lines of the benchmarks share."""

import argparse
import ast

from _data import DATASETS

__all__ = ["add_data_options", "count", "names_among", "setting"]


def count(text):
    """Read a whole number of at least 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {value}")
    return value


def names_among(known):
    """Return a reader of names with commas between them, each one of ``known``."""

    def read(text):
        names = [name.strip() for name in text.split(",")]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(known)}")
        return names

    return read


def setting(text):
    """Read ``name=value``; a value that is no literal of Python is a string."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


def add_data_options(add):
    """Add the options that choose windows, by a parser's ``add_argument``."""
    add("--data", metavar="DIR", help="holds stock_data.csv, energy.csv, ETTh1.csv")
    add("--dataset", choices=DATASETS, required=True)
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--n-windows", type=count, help="only the first so many windows")
    add("--seeds", type=count, default=3, help="training seeds, 0, 1, ... (3)")
