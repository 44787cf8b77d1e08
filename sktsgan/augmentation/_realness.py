"""Which synthetic rows a classifier takes for real ones."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

__all__ = ["DRAWN_FOR_BEST", "keep_most_real"]

DRAWN_FOR_BEST = 3  # rows for each that is kept
_MAX_FOLDS = 5


def keep_most_real(real, synthetic, n_kept, seed):
    """Return which synthetic rows look most real.

    A random forest learns to tell real from synthetic rows, and judges those of the fold that it did not learn from.

    Parameters
    ----------
    real : ndarray of shape (n_real, ...)
    synthetic : ndarray of shape (n_synthetic, ...)
    n_kept : int
        How many, at most ``n_synthetic``.
    seed : int

    Returns
    -------
    kept : ndarray of int of shape (n_kept,)
        Row numbers of ``synthetic``, ascending. The first ones where there are fewer than two real or synthetic rows,
        as nothing can be cross-fitted then.
    """
    n_folds = min(_MAX_FOLDS, len(real), len(synthetic))
    if n_folds < 2:
        return np.arange(n_kept)
    rows = np.concatenate([real, synthetic])
    is_real = np.arange(len(rows)) < len(real)
    # leaves of a single row would make of each vote a copy of the nearest row's
    judge = RandomForestClassifier(min_samples_leaf=2, class_weight="balanced", random_state=seed)
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
    chances = cross_val_predict(
        judge, rows.reshape(len(rows), -1), is_real, cv=folds, method="predict_proba"
    )
    order = np.argsort(-chances[len(real) :, 1], kind="stable")
    return np.sort(order[:n_kept])
