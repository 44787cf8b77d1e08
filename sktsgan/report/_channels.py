"""What the report says of each channel."""

import numpy as np

from sktsgan.metrics import autocorrelation_difference, marginal_difference
from sktsgan.metrics._moments import channel_moment
from sktsgan.metrics._statistics import autocorrelations
from sktsgan.report._svg import curves, histograms

__all__ = ["channel_rows", "most_different"]

_N_SHOWN = 4  # windows of each set


def channel_rows(even, names):
    """Return the numbers and the pictures of each channel, in two lists of dicts.

    Parameters
    ----------
    even : tuple of ndarray
        The reference, other real windows and new ones.
    names : list of str
    """
    reference, _, new = even
    moments = {
        set_name: {
            "mean": X.mean(axis=(0, 1)),
            "deviation": X.std(axis=(0, 1)),
            "skewness": channel_moment(X, 3),
            "kurtosis": channel_moment(X, 4),
        }
        for set_name, X in (("real", reference), ("new", new))
    }
    rows, pictures = [], []
    for c, name in enumerate(names):
        row = {"channel": name}
        for moment in moments["real"]:
            for set_name in ("real", "new"):
                row[f"{moment}_{set_name}"] = float(moments[set_name][moment][c])
        one = [X[:, :, [c]] for X in even]
        rows.append(row | _differences(one))
        pictures.append(_pictures(one[0], one[2], name))
    return rows, pictures


def _differences(one):
    """Return how far one channel of the new windows and of other real ones is from the reference."""
    reference, others, new = one
    metrics = {"marginal": marginal_difference}
    if reference.shape[1] > 1:
        metrics["autocorrelation"] = autocorrelation_difference
    return {
        f"{key}_{name}": metric(reference, X)
        for key, metric in metrics.items()
        for name, X in (("new", new), ("floor", others))
    }


def _pictures(real, new, name):
    pictures = {
        "values": histograms(real.ravel(), new.ravel(), f"Histogram of {name}, real and new")
    }
    if real.shape[1] > 1:
        lags = real.shape[1] - 1
        lines = [autocorrelations(X, lags)[:, 0] for X in (real, new)]
        groups = [
            ("real", [np.r_[1.0, lines[0]]]),
            ("new", [np.r_[1.0, lines[1]]]),
        ]
        label = f"Autocorrelation of {name} at lags 0 to {lags}, real and new"
        pictures["autocorrelation"] = curves(groups, label, zero=True)
        for style, X in (("real", real), ("new", new)):
            shown = X[np.linspace(0, len(X) - 1, _N_SHOWN).astype(int), :, 0]
            pictures[f"windows_{style}"] = [shown, style]
        pictures["windows"] = _windows(pictures, name)
    return pictures


def _windows(pictures, name):
    """Return a few real windows on the left and new ones on the right, on one scale."""
    real, new = (pictures.pop(f"windows_{style}")[0] for style in ("real", "new"))
    n_steps = real.shape[1]
    pad = np.full((len(real), n_steps + 1), np.nan)
    left = np.hstack([real, pad])
    right = np.hstack([pad, new])
    return curves(
        [("real", left), ("new", right)], f"Windows of {name}: real on the left, new on the right"
    )


def most_different(rows, n_most):
    """Return the places of the channels that differ most from the reference, beyond the floor."""

    def excess(row):
        keys = [key for key in ("marginal", "autocorrelation") if f"{key}_new" in row]
        return sum(row[f"{key}_new"] - row[f"{key}_floor"] for key in keys)

    order = sorted(range(len(rows)), key=lambda c: -excess(rows[c]))
    return sorted(order[:n_most])
