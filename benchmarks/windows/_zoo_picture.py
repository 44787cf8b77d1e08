"""Likeness against memory: every model a point, the local Gaussians a curve, a panel for each data set.

usage: python -m benchmarks.windows._zoo_picture FILE RESULTS.json [RESULTS.json ...]

RESULTS.json are files that ``python -m benchmarks.windows.zoo --output`` wrote.
"""

import json
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.windows._zoo_models import CURVE

__all__ = ["draw_picture"]

# markers tell the rows apart without colours
_MARKERS = {
    "copy": "x",
    "smote": "+",
    "gaussian": "s",
    "plain-gan": "v",
    "base": "o",
    "neighbors": "D",
    "pair": "*",
}
_N_COLUMNS = 4


def draw_picture(tables, file):
    """Write a picture of what ``run_fidelity`` returned; the ending of its name sets the format."""
    n_columns = min(_N_COLUMNS, len(tables))
    n_rows = -(-len(tables) // n_columns)
    figure = Figure(figsize=(3.4 * n_columns, 3 * n_rows + 0.6), layout="constrained")
    axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for ax, table in zip(axes, tables, strict=False):
        _draw_panel(ax, table)
    for ax in axes[len(tables) :]:
        ax.axis("off")
    handles = {}
    for ax in axes[: len(tables)]:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.supxlabel("memory: mia, .5 is best")
    figure.supylabel("likeness: c2, low is best")
    figure.legend(handles.values(), handles, loc="outside upper center", ncols=len(handles))
    figure.savefig(file, dpi=150)


def _draw_panel(ax, table):
    """Draw a data set: the floor a line, the local Gaussians a curve, and every other row a point."""
    at = {row["label"]: _mean_point(row["fits"]) for row in table["rows"]}
    ax.set_title(table["dataset"])
    if "real" in at:
        ax.axhline(at["real"][1], color="0.6", linestyle=":", label="real")
    curve = [name for name in CURVE if name in at]
    if curve:
        mia, c2 = zip(*(at[name] for name in curve), strict=True)
        ax.plot(mia, c2, color="0.3", marker=".", linewidth=1, label="local Gaussians")
        for name, x, y in zip(curve, mia, c2, strict=True):
            ax.annotate(
                name[6:], (x, y), xytext=(3, 3), textcoords="offset points", fontsize="small"
            )
    for name, marker in _MARKERS.items():
        if name in at:
            size = 90 if marker == "*" else 45
            ax.scatter(*at[name], marker=marker, s=size, color="black", label=name, zorder=3)


def _mean_point(fits):
    return np.mean([fit["mia"] for fit in fits]), np.mean([fit["c2"] for fit in fits])


if __name__ == "__main__":
    draw_picture(
        [t for path in sys.argv[2:] for t in json.loads(Path(path).read_text())], sys.argv[1]
    )
