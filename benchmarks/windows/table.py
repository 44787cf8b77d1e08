"""The fidelity table, as text or Markdown.

usage: python -m benchmarks.windows.table RESULTS.json [RESULTS.json ...]

Prints the Markdown tables of results that ``benchmarks.windows.fidelity --output`` wrote.
"""

import json
import sys
from pathlib import Path

from benchmarks._common._results import Table, mean, score, seconds

__all__ = ["make_table", "summary_line"]

# title, width, what stands there
_COLUMNS = [
    ("model", 22, lambda row: row["label"]),
    ("GRU", 20, lambda row: score(row, "gru", deviation="gru_sd")),
    ("C2ST", 12, lambda row: score(row, "c2st")),
    ("C2ST blocks", 12, lambda row: score(row, "blocks")),
    ("predictive", 13, lambda row: score(row, "predictive")),
]
_LATER = [
    ("later: GRU", 20, lambda row: score(row, "later_gru", deviation="later_gru_sd")),
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


def _one(row, name, form):
    """Return a number of the whole row, a dash where it has none."""
    value = row.get(name)
    return "–" if value is None else format(value, form)


def make_table(*, with_later, markdown):
    """Return the fidelity table; the columns of later time are those of ``--held-out-time``."""
    return Table(_COLUMNS + (_LATER if with_later else []) + _COSTS, markdown=markdown)


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
    """Print the Markdown tables of files."""
    for path in paths:
        results = json.loads(Path(path).read_text())
        settings = results["settings"]
        table = make_table(with_later=settings["held_out_time"], markdown=True)
        print(f"{summary_line(settings)}\n\n{table.header()}")
        for row in results["rows"]:
            print(table.line(row))
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
