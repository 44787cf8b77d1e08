"""Two over-samplers against each other."""

import numpy as np
from scipy.stats import t

__all__ = ["OURS", "RIVAL", "compare", "format_difference"]

OURS, RIVAL = "GANOverSampler", "SMOTE"


def compare(ours, rival):
    """Return the mean difference of paired scores, and the bounds of its 95 % interval; NaN of a single pair."""
    difference = np.subtract(ours, rival)
    n = len(difference)
    error = difference.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    reach = t.ppf(0.975, max(n - 1, 1)) * error
    return difference.mean(), difference.mean() - reach, difference.mean() + reach


def format_difference(ours, rival):
    """Return the difference of paired scores from 0 to 1, in points."""
    mean, low, high = (100 * value for value in compare(ours, rival))
    interval = "" if np.isnan(low) else f" ({low:+.1f} to {high:+.1f})"
    return f"{OURS} minus {RIVAL}: {mean:+.1f} points{interval}"
