"""What the command lines of the benchmarks share."""

import argparse
import ast
from pathlib import Path

__all__ = ["add_changes", "count", "make_parser", "names_among"]


def make_parser(description, *, threads=None, markdown=True, output=True):
    """Return a parser that prints the docstring of a script as it is, and has what most scripts have.

    Parameters
    ----------
    description : str
    threads : int, default=None
        The default of that option; None leaves it out.
    markdown, output : bool, default=True
        Whether there is a table to print, and a JSON file to write.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    if threads is not None:
        add("--threads", type=count, default=threads, help=f"of torch, OpenMP, BLAS ({threads})")
    if markdown:
        add("--markdown", action="store_true", help="print a Markdown table")
    if output:
        add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def add_changes(add, what):
    """Add ``--set``, for the parameters of ``what``."""
    add("--set", type=_setting, action="append", default=[], metavar="NAME=VALUE",
        help=f"a parameter of {what}; may be repeated")  # fmt: skip


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


def _setting(text):
    """Read ``name=value``; a value that is no literal of Python is a string."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value
