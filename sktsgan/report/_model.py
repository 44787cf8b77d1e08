"""What the report says of the sampler."""

import numpy as np

from sktsgan.report._svg import curves

__all__ = ["describe_model", "draw_losses"]

_N_POINTS = 200
_ATTRIBUTES = {
    "n_iter_": "generator updates made",
    "refined_": "training improved on the base",
    "constraints_": "rules that hold in every window",
    "keeps_training_windows_": "the model contains training windows",
}


def describe_model(sampler):
    """Return the name, the parameters and what was fitted, as texts; None without a sampler."""
    if sampler is None:
        return None
    parameters = sampler.get_params(deep=False) if hasattr(sampler, "get_params") else {}
    fitted = {}
    for name, label in _ATTRIBUTES.items():
        value = getattr(sampler, name, None)
        if value is not None and not (isinstance(value, list | tuple) and not value):
            fitted[label] = _say(value)
    return {
        "name": type(sampler).__name__,
        "parameters": {name: f"{value!r:.200}" for name, value in sorted(parameters.items())},
        "fitted": fitted,
    }


def _say(value):
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def draw_losses(sampler):
    """Return a picture of the losses and their last values by name; None if nothing was trained."""
    history = getattr(sampler, "history_", None)
    rows = [row for row in history or [] if hasattr(row, "keys")]
    names = list(dict.fromkeys(name for row in rows for name in row if name.endswith("_loss")))
    lines = {}
    for name in names:
        values = [row[name] for row in rows if np.isscalar(row.get(name))]
        if len(values) > 1:
            lines[name.removesuffix("_loss").replace("_", " ")] = _thin(values)
    if not lines:
        return None
    groups = [(f"other{i % 4}", [line]) for i, line in enumerate(lines.values())]
    label = f"Losses in training: {', '.join(lines)}"
    svg = curves(groups, label, size=(600, 180), zero=True)
    return {"svg": svg, "last": {name: float(line[-1]) for name, line in lines.items()}}


def _thin(values):
    """Return means over stretches, at most 200 of them."""
    parts = np.array_split(np.asarray(values, dtype=float), min(_N_POINTS, len(values)))
    return np.array([part.mean() for part in parts])
