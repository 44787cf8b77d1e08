"""Tables as text or Markdown, and results as JSON."""

import json
import platform
import shlex
import sys

import numpy as np
import sklearn
import torch

__all__ = [
    "Table",
    "describe_run",
    "format_line",
    "format_table",
    "format_titles",
    "mean",
    "print_rows",
    "score",
    "seconds",
    "short",
    "write_json",
]


def format_line(cells, widths, *, markdown):
    """Return a line of a table; Markdown needs no widths."""
    if markdown:
        return f"| {' | '.join(cells)} |"
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))


def format_titles(titles, widths, *, markdown):
    """Return the line or lines above the rows."""
    line = format_line(titles, widths, markdown=markdown)
    return f"{line}\n|{'---|' * len(titles)}" if markdown else line


def format_table(titles, lines, *, markdown):
    """Return a table whose rows are all known."""
    widths = [max(map(len, column)) for column in zip(titles, *lines, strict=True)]
    rows = [format_line(line, widths, markdown=markdown) for line in lines]
    return "\n".join([format_titles(titles, widths, markdown=markdown), *rows])


class Table:
    """A table that is printed row by row.

    Parameters
    ----------
    columns : list of (str, int, callable)
        Title, width, and what makes a cell of a row.
    markdown : bool
    """

    def __init__(self, columns, *, markdown):
        self.titles, self.widths, self.cells = zip(*columns, strict=True)
        self.markdown = markdown

    def header(self):
        """Return the line or lines above the rows."""
        return format_titles(self.titles, self.widths, markdown=self.markdown)

    def line(self, row):
        """Return the line of a row."""
        cells = [cell(row) for cell in self.cells]
        return format_line(cells, self.widths, markdown=self.markdown)


def short(value):
    """Return a number to three places, without a zero before the point."""
    if not np.isfinite(value):
        return "∞"
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def score(row, name, worst=max, *, deviation=None):
    """Return the mean over seeds and, of several, the worst; a dash where there is none.

    Parameters
    ----------
    row : dict
        With ``fits``, a dict for each seed.
    name : str
        Of the score.
    worst : callable, default=max
    deviation : str, default=None
        The name of a standard deviation, whose mean is put behind that of the score.
    """
    values = [fit.get(name) for fit in row["fits"]]
    if None in values:
        return "–"
    text = short(np.mean(values))
    if deviation is not None:
        text += f" ± {short(np.mean([fit[deviation] for fit in row['fits']]))}"
    return text if len(values) == 1 else f"{text} ({short(worst(values))})"


def mean(row, name, form):
    """Return the mean over seeds, a dash where there is none."""
    values = [fit.get(name) for fit in row["fits"]]
    return "–" if None in values else format(float(np.mean(values)), form)


def seconds(row, name="seconds"):
    """Return the mean over seeds and, of several, the longest; a dash where nothing was timed."""
    values = [fit.get(name) for fit in row["fits"]]
    if None in values:
        return "–"
    text = f"{np.mean(values):.1f}"
    return text if len(values) == 1 else f"{text} ({max(values):.1f})"


def describe_run(script, argv, arguments, **found):
    """Return the command, every option, the versions, and what else was found, as a dict."""
    return {
        "command": shlex.join(["python", "-m", f"benchmarks.{script}", *argv]),
        **vars(arguments),
        "torch": torch.__version__,
        "scikit-learn": sklearn.__version__,
        "python": platform.python_version(),
        "machine": platform.platform(),
        **found,
    }


def print_rows(specs, make_row, table, results, output):
    """Print a row for each of ``specs``, warnings on stderr; keep the rows, on disk after every one too."""
    print(table.header(), flush=True)
    for spec in specs:
        row = make_row(spec)
        results["rows"].append(row)
        print(table.line(row), flush=True)
        for seed, fit in enumerate(row["fits"]):
            for warning in fit.get("warnings", []):
                print(f"{spec.model}, seed {seed}: {warning}", file=sys.stderr)
        write_json(output, results)


def write_json(path, found):
    """Write what was found to a file, unless that is None."""
    if path is not None:
        path.write_text(json.dumps(found, indent=1, default=str))
