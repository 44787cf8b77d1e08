"""Rows of any kind that a sampler takes: tables, windows, images, texts."""

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from sktsgan._validation import check_class_labels, validate_numbers
from sktsgan.containers._series import is_ragged
from sktsgan.containers._windows import read_training_windows

__all__ = [
    "DRAWN_FOR_BEST",
    "as_array",
    "holds_items",
    "is_series",
    "keep_most_real",
    "read_classes",
    "read_rows",
    "seeded_clone",
    "stack_rows",
    "take_rows",
]

_MAX_RATIO = 0.5
DRAWN_FOR_BEST = 3  # rows drawn for each that is kept
_MAX_FOLDS = 5


def as_array(values):
    """Return values as an array, unless they are None or have a shape; texts become an array of objects."""
    if values is None or hasattr(values, "shape"):
        return values
    # NumPy would make two axes of sequences of equal length
    return pd.Series(values, dtype=object).to_numpy() if holds_items(values) else np.asarray(values)


def holds_items(X):
    """Return whether ``X`` holds texts or sequences of unequal length, which don't fit in a table."""
    if isinstance(X, list | tuple | pd.Series) or getattr(X, "ndim", 0) == 1:
        return len(X) > 0 and (isinstance(next(iter(X)), str) or is_ragged(X))
    return False


def read_rows(estimator, X, y, *, min_rows):
    """Validate rows for ``fit`` of an estimator with a parameter ``sampler``, and that there are targets.

    Rows for the default sampler are returned as windows of shape (n_rows, n_timesteps, n_channels); the user's sampler
    checks its rows itself. Numbers that are not finite, too few rows, and rows that the default sampler can't learn
    from are a ValueError.
    """
    if y is None:
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None."
        )
    if not holds_items(X):
        if estimator.sampler is None:
            return read_training_windows(estimator, X, n_channels=None, min_windows=min_rows)[0]
        return validate_numbers(estimator, X, reset=True, min_items=min_rows)
    if estimator.sampler is None:
        raise ValueError(
            "sampler must be one that learns from texts or sequences of unequal length, which X holds; the default "
            "learns from rows of numbers."
        )
    if len(X) < min_rows:
        raise ValueError(f"X must hold at least {min_rows} rows, got {len(X)}.")
    for name in ("n_features_in_", "feature_names_in_"):  # left by an earlier fit
        if hasattr(estimator, name):
            delattr(estimator, name)
    return as_array(X)


def read_classes(y, n_rows):
    """Return the classes, sorted, and the class of each row as an integer; fewer than two are a ValueError."""
    labels, classes = check_class_labels(y, n_rows)
    if len(labels) < 2:
        raise ValueError(f"y must have at least 2 classes, got 1 class: {labels.tolist()[0]!r}.")
    return labels, classes


def seeded_clone(estimator, seed):
    """Return a clone, with the seed as its ``random_state`` if that is None."""
    made = clone(estimator)
    if made.get_params().get("random_state", seed) is None:
        made.set_params(random_state=seed)
    return made


def take_rows(X, rows):
    """Return rows of an array, Series or DataFrame."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def stack_rows(parts):
    """Return rows of one kind, concatenated."""
    if isinstance(parts[0], pd.DataFrame | pd.Series):
        rest = [part if hasattr(part, "iloc") else pd.Series(part) for part in parts[1:]]
        return pd.concat([parts[0], *rest], ignore_index=True)
    return np.concatenate([as_array(part) for part in parts])


def is_series(rows):
    """Return whether the columns of flat rows look like the steps of a series; False for fewer than three.

    They do if neighbours differ much less than other columns: with every column centred, the mean squared difference of
    neighbouring columns is below half of that of all pairs (a von Neumann ratio).
    """
    n_columns = rows.shape[1]
    if n_columns < 3:
        return False
    centred = rows - rows.mean(axis=0)
    neighbours = np.mean(np.diff(centred, axis=1) ** 2)
    pairs = 2 * np.mean(centred.var(axis=1)) * n_columns / (n_columns - 1)
    return bool(neighbours < _MAX_RATIO * pairs)


def keep_most_real(real, synthetic, n_kept, seed):
    """Return the numbers of the ``n_kept`` synthetic rows that look most real, ascending.

    A random forest learns to tell real from synthetic rows, and judges those of the held-out fold. If there are fewer
    than two real or synthetic rows, too few to cross-fit, the first ones are kept.
    """
    n_folds = min(_MAX_FOLDS, len(real), len(synthetic))
    if n_folds < 2:
        return np.arange(n_kept)
    rows = np.concatenate([real, synthetic])
    is_real = np.arange(len(rows)) < len(real)
    # with leaves of a single row, each tree would only vote like the nearest row
    judge = RandomForestClassifier(min_samples_leaf=2, class_weight="balanced", random_state=seed)
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
    chances = cross_val_predict(
        judge, rows.reshape(len(rows), -1), is_real, cv=folds, method="predict_proba"
    )
    order = np.argsort(-chances[len(real) :, 1], kind="stable")
    return np.sort(order[:n_kept])
