"""Over-sampling of small classes with a generative sampler."""

import warnings
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from sktsgan._random import draw_seed
from sktsgan.augmentation._rows import (
    DRAWN_FOR_BEST,
    as_array,
    holds_items,
    is_series,
    keep_most_real,
    read_classes,
    read_rows,
    seeded_clone,
    stack_rows,
    take_rows,
)
from sktsgan.augmentation._sampling_strategy import count_new_rows
from sktsgan.samplers import NeighborSampler

__all__ = ["GANOverSampler"]


class GANOverSampler(BaseEstimator):
    """Over-sample small classes with new rows from a generative sampler.

    One sampler learns all classes at once, so that classes of a few rows learn from the others how rows vary. The
    result holds the input rows, unchanged, followed by the new ones.

    Parameters
    ----------
    sampler : sampler, default=None
        Source of new rows: it is cloned, fitted on ``X`` with the classes, and prompted for classes. None takes a
        :class:`NeighborSampler`, which reads rows with two axes as windows of one channel if neighbouring columns are
        alike, as in a series, and otherwise as a table, each column with its own distribution. To choose yourself,
        pass ``NeighborSampler(n_channels=X.shape[1])`` for a table or ``NeighborSampler()`` for a series.
    sampling_strategy : {"auto", "minority", "not minority", "not majority", "all"}, float, dict or callable, \
default="auto"
        Sizes of the classes in the result, as in imbalanced-learn:

        - a name brings the named classes to the size of the largest one; ``"auto"`` is ``"not majority"``;
        - a float in (0, 1] is the size of the smaller of two classes relative to the larger one;
        - a dict gives the number of rows of each of its classes in the result;
        - a callable takes ``y`` and returns such a dict.
    keep : {"all", "best"}, default="all"
        Choice of new rows. ``"best"`` draws three times as many and keeps those that look most real to a random
        forest, cross-fitted to tell real from synthetic rows.
    min_class_size : int, default=2
        Smallest class to learn from, in rows. The new rows of smaller classes are copies.
    random_state : int, RandomState instance or None, default=None
        Controls the draws, and the sampler if its own ``random_state`` is None.

    Attributes
    ----------
    sampler_ : sampler or None
        Fitted sampler; None if there was nothing to add or every class was too small.
    sampling_strategy_ : dict
        Number of new rows of each class.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    Warns
    -----
    UserWarning
        If a class is too small to learn from, so that its rows are repeated.

    See Also
    --------
    AugmentedClassifier : A classifier that learns from the resampled rows.

    Notes
    -----
    Use it as a step of imbalanced-learn's ``Pipeline``, which resamples in ``fit`` only, or by itself without
    imbalanced-learn.

    References
    ----------
    .. [1] Chawla, Bowyer, Hall, Kegelmeyer (2002). SMOTE: synthetic minority over-sampling technique. JAIR 16.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan import GANOverSampler
    >>> from sktsgan.datasets import make_sines
    >>> X = make_sines(60, random_state=0)
    >>> y = np.array(["common"] * 55 + ["rare"] * 5)
    >>> X_more, y_more = GANOverSampler(random_state=0).fit_resample(X, y)
    >>> X_more.shape, int((y_more == "rare").sum())
    ((110, 24, 5), 55)
    """

    _parameter_constraints = {
        "sampler": [HasMethods(["fit", "sample"]), None],
        "sampling_strategy": [str, Interval(Real, 0, 1, closed="right"), dict, callable],
        "keep": [StrOptions({"all", "best"})],
        "min_class_size": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampler=None,
        *,
        sampling_strategy="auto",
        keep="all",
        min_class_size=2,
        random_state=None,
    ):
        self.sampler = sampler
        self.sampling_strategy = sampling_strategy
        self.keep = keep
        self.min_class_size = min_class_size
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Count the rows to add, and learn the classes.

        Parameters
        ----------
        X : array-like, DataFrame or list of shape (n_rows, ...)
            A table, flat windows or windows; with a ``sampler`` for them, images, texts or series of unequal length.
        y : array-like of shape (n_rows,)
            Class labels.

        Returns
        -------
        self : object
            The fitted over-sampler.

        Raises
        ------
        ValueError
            If ``X`` holds NaN or infinity, ``y`` does not have at least two classes, or the strategy doesn't fit the
            classes. It is raised before training.
        """
        self._learn(as_array(X), as_array(y))
        return self

    @_fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X, y):
        """Return the rows, followed by new ones of the small classes.

        Parameters
        ----------
        X : array-like, DataFrame or list of shape (n_rows, ...)
            A table, flat windows or windows; with a ``sampler`` for them, images, texts or series of unequal length.
        y : array-like of shape (n_rows,)
            Class labels.

        Returns
        -------
        X_resampled : ndarray or DataFrame of shape (n_rows + n_new, ...)
            The rows of ``X``, then the new ones class by class, in the container, columns and dtypes of ``X``.
        y_resampled : ndarray or Series of shape (n_rows + n_new,)
            Labels of the rows.

        Raises
        ------
        ValueError
            As ``fit``.
        """
        rows, y = as_array(X), as_array(y)
        classes, n_new, rng = self._learn(rows, y)
        made = [
            self._make(rows, classes, label, n, rng) for label, n in enumerate(n_new.tolist()) if n
        ]
        all_rows = stack_rows([rows, *made])
        if holds_items(X) and isinstance(X, list):
            all_rows = list(all_rows)
        return all_rows, _append_labels(y, np.repeat(self.classes_, n_new))

    def _learn(self, X, y):
        """Fit the sampler on the classes that are large enough for it.

        Return the class of each row as an integer, the number of new rows of each class, and a RandomState to draw.
        """
        if self.keep == "best" and holds_items(X):
            raise ValueError(
                'keep must be "all" for texts and sequences of unequal length, got "best", which compares numbers.'
            )
        windows = read_rows(self, X, y, min_rows=2)
        self.classes_, classes = read_classes(y, len(windows))
        counts = np.bincount(classes)
        by_label = dict(zip(self.classes_.tolist(), counts.tolist(), strict=True))
        self.sampling_strategy_ = count_new_rows(self.sampling_strategy, y, by_label)
        n_new = np.array([self.sampling_strategy_.get(c, 0) for c in self.classes_.tolist()])
        rng = np.random.RandomState(draw_seed(self.random_state))
        learnt = np.isin(classes, np.flatnonzero(counts >= self.min_class_size))
        self._warn_of_copies(self.classes_[(n_new > 0) & (counts < self.min_class_size)], by_label)
        self.sampler_ = None
        if n_new[classes[learnt]].any():
            self.sampler_ = self._make_sampler(windows, draw_seed(rng))
            self.sampler_.fit(take_rows(X, np.flatnonzero(learnt)), classes[learnt])
        return classes, n_new, rng

    def _make_sampler(self, windows, seed):
        if self.sampler is None:
            table = windows.shape[2] == 1 and not is_series(windows[..., 0])
            return NeighborSampler(
                n_channels=windows.shape[1] if table else None, random_state=seed
            )
        return seeded_clone(self.sampler, seed)

    def _warn_of_copies(self, labels, counts):
        if len(labels):
            small = ", ".join(f"{label!r} ({counts[label]})" for label in labels.tolist())
            warnings.warn(
                f"Classes of fewer than min_class_size={self.min_class_size} rows are too small to learn from; their "
                f"rows are repeated instead: {small}.",
                UserWarning,
                stacklevel=5,
            )

    def _make(self, X, classes, label, n_new, rng):
        """Return new rows of a class, in the container of ``X``."""
        own = np.flatnonzero(classes == label)
        if len(own) < self.min_class_size:
            return take_rows(X, rng.choice(own, n_new))
        n_drawn = n_new if self.keep == "all" else DRAWN_FOR_BEST * n_new
        made = self.sampler_.sample(
            n_drawn, prompt=np.full(n_drawn, label), random_state=draw_seed(rng)
        )
        if self.keep == "all":
            return made
        kept = keep_most_real(
            np.asarray(take_rows(X, own)), np.asarray(made), n_new, draw_seed(rng)
        )
        return take_rows(made, kept)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.three_d_array = True
        return tags


def _append_labels(y, labels):
    """Return labels followed by further ones, as a Series if they were one."""
    if isinstance(y, pd.Series):
        return pd.concat([y, pd.Series(labels, name=y.name).astype(y.dtype)], ignore_index=True)
    return np.concatenate([column_or_1d(y), labels]).astype(y.dtype, copy=False)
