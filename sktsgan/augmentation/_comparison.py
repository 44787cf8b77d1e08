"""Differences between scores on the same folds, in figures and in words."""

import numpy as np
import pandas as pd
from scipy.stats import t as student_t

__all__ = ["BARE", "compare_scores", "conclude"]

BARE = "none"  # the column of the bare estimator


def compare_scores(scores, share, confidence):
    """Return the table of differences from the bare estimator, given a column of scores for each candidate.

    ``share`` is the number of test rows per training row, ``confidence`` that of each interval.
    """
    n_folds = len(scores)
    differences = scores.drop(columns=BARE).sub(scores[BARE], axis=0)
    means = differences.mean()
    # with one fold the variance is unknown (NaN), so no difference is shown
    errors = np.sqrt((1 / n_folds + share) * differences.var(ddof=1))
    reach = student_t.ppf((1 + confidence) / 2, n_folds - 1) * errors
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = 2 * student_t.sf(np.abs(means / errors), n_folds - 1)
    table = pd.DataFrame(
        {
            "score": scores.drop(columns=BARE).mean(),
            "difference": means,
            "low": means - reach,
            "high": means + reach,
            "p_value": np.where(means == 0, 1.0, p_values),
            "better": (differences > 0).mean(),
        }
    )
    shown = np.select(
        [table["low"] > 0, table["high"] < 0], ["helps", "hurts"], "no difference shown"
    )
    return table.assign(verdict=shown).rename_axis("sampler")


def conclude(table, n_folds, scoring):
    """Return in words what the table shows."""
    texts = {
        name: f"{name} ({row.difference:+.3f}, from {row.low:+.3f} to {row.high:+.3f})"
        for name, row in table.sort_values("difference", ascending=False).iterrows()
    }
    by_verdict = {
        verdict: ", ".join(text for name, text in texts.items() if table.verdict[name] == verdict)
        for verdict in ("helps", "hurts", "no difference shown")
    }
    lines = []
    if by_verdict["helps"]:
        lines.append(f"Augmentation helps, in {scoring}: {by_verdict['helps']}.")
    else:
        lines.append(
            f"Augmentation does not help here, as far as {n_folds} folds can show: no sampler raises {scoring} by more "
            "than chance would. Use the bare estimator, or more folds."
        )
    if by_verdict["hurts"]:
        lines.append(f"Worse than the bare estimator: {by_verdict['hurts']}.")
    if by_verdict["no difference shown"]:
        lines.append(f"No difference shown: {by_verdict['no difference shown']}.")
    return " ".join(lines)
