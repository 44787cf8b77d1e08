"""The fidelity table, as text or Markdown.

usage: python benchmarks/_table.py RESULTS.json [RESULTS.json ...]    prints the Markdown tables of written results
"""

import json
import sys
from pathlib import Path

import numpy as np

__all__ = [
    "format_header",
    "format_row",
    "join_cells",
    "join_titles",
    "mean",
    "score",
    "seconds",
    "summary_line",
]


def score(row, name, worst=max):
    """Return the mean over seeds and, of several, the worst; a dash where there is none."""
    values = [fit.get(name) for fit in row["fits"]]
    if None in values:
        return "–"
    text = _short(np.mean(values))
    return text if len(values) == 1 else f"{text} ({_short(worst(values))})"


def _score_with_deviation(row, name):
    values = [fit[name] for fit in row["fits"]]
    deviation = np.mean([fit[f"{name}_sd"] for fit in row["fits"]])
    text = f"{_short(np.mean(values))} ± {_short(deviation)}"
    return text if len(values) == 1 else f"{text} ({_short(max(values))})"


def _short(value):
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def _one(row, name, form):
    """Return a number of the whole row, a dash where it has none."""
    value = row.get(name)
    return "–" if value is None else format(value, form)


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


# title, width, what stands there; the columns of later time only with --held-out-time
_COLUMNS = [
    ("model", 22, lambda row: row["label"]),
    ("GRU", 20, lambda row: _score_with_deviation(row, "gru")),
    ("C2ST", 12, lambda row: score(row, "c2st")),
    ("C2ST blocks", 12, lambda row: score(row, "blocks")),
    ("predictive", 13, lambda row: score(row, "predictive")),
]
_LATER = [
    ("later: GRU", 20, lambda row: _score_with_deviation(row, "later_gru")),
    ("C2ST", 12, lambda row: score(row, "later_c2st")),
    ("predictive", 13, lambda row: score(row, "later_predictive")),
]
_COSTS = [
    ("nn ratio", 8, lambda row: _one(row, "neighbor_ratio", ".2f")),
    ("train s", 15, seconds),
    ("windows/s", 9, lambda row: mean(row, "windows_per_second", ",.0f")),
    ("parameters", 11, lambda row: mean(row, "parameters", ",.0f")),
    ("MiB", 6, lambda row: _one(row, "memory", ".0f")),
]


def _columns(with_later):
    return _COLUMNS + (_LATER if with_later else []) + _COSTS


def join_titles(columns, *, markdown):
    """Return the line or lines above the rows; a column is a title, a width and what makes a cell of a row."""
    if markdown:
        return f"| {' | '.join(title for title, _, _ in columns)} |\n|{'---|' * len(columns)}"
    return "  ".join(f"{title:<{width}}" for title, width, _ in columns)


def join_cells(columns, row, *, markdown):
    """Return the line of a row."""
    cells = [(width, cell(row)) for _, width, cell in columns]
    if markdown:
        return f"| {' | '.join(text for _, text in cells)} |"
    return "  ".join(f"{text:<{width}}" for width, text in cells)


def format_header(*, with_later, markdown):
    """Return the line or lines above the rows of the fidelity table."""
    return join_titles(_columns(with_later), markdown=markdown)


def format_row(row, *, with_later, markdown):
    """Return the line of a row of the fidelity table."""
    return join_cells(_columns(with_later), row, markdown=markdown)


def summary_line(settings):
    """Return what was run, on what and how, in one line."""
    budget = settings["seconds"]
    budget = "default updates" if budget is None else f"budget {budget:g} s a fit"
    return (
        f"{settings['dataset']}: {settings['n_windows']} windows of {settings['window']} × "
        f"{settings['n_channels']}, {budget}, {settings['seeds']} training seed(s): mean (worst); ± over "
        f"{settings['fits']} GRU fits; {settings['device']}, {settings['threads']} thread(s), "
        f"torch {settings['torch']}"
    )


def main(paths):
    """Print the Markdown tables of files that ``fidelity.py --output`` wrote."""
    for path in paths:
        results = json.loads(Path(path).read_text())
        settings = results["settings"]
        look = {"with_later": settings["held_out_time"], "markdown": True}
        print(f"{summary_line(settings)}\n\n{format_header(**look)}")
        for row in results["rows"]:
            print(format_row(row, **look))
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
