"""Cross-validation of overlapping windows."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_consistent_length, check_scalar, indexable

from sktsgan._validation import naming

__all__ = ["PurgedWindowSplit"]


class PurgedWindowSplit(BaseCrossValidator):
    """Split windows into folds that share no time step.

    Neighbouring windows of a series overlap. In a shuffled fold, most steps of almost every held-out window are
    also in training, so a model that only remembers looks excellent. Here each fold holds out one block of time,
    and windows that share a step with it are left out of training (purged). So are windows within an embargo,
    whose values are still correlated with the block.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2. The held-out blocks follow each other in time and hold about as many windows
        each; every window is held out once.
    window : int, default=None
        Length of a window, in time steps. None reads it from ``X`` if that has three axes. Use 1 for the rows of
        a series that is cut into windows later, by a :class:`~sktsgan.Windowizer` inside a pipeline.
    stride : int, default=1
        Time steps from the start of a window to the start of the next.
    embargo : int, default=0
        Time steps between the held-out block and the nearest training window, on each side.

    See Also
    --------
    sktsgan.Windowizer : Cuts series into windows, and tells where they start.
    sklearn.model_selection.TimeSeriesSplit : Trains on the past only; ``gap`` is its embargo.
    sklearn.model_selection.GroupKFold : Holds out whole series.

    Notes
    -----
    This is the purged k-fold of [1]_, with an embargo on both sides of the held-out block instead of one. In [1]_,
    labels look ahead, so only training rows after the block can leak; whole windows are as close to those before
    the block.

    The start of a window comes from ``groups``, else from the dates in the index of ``X``, or from an index of two
    levels, entity and start; else window ``i`` starts at step ``i * stride``. The last is right for the windows of
    one series; for several series, or stretches between gaps, it leaves out a few windows more than necessary.

    Entities of a panel, such as stations, are held out together: a fold tests on a period that it has trained on of
    none of them. To hold out whole entities, use :class:`~sklearn.model_selection.GroupKFold`.

    Timestamps give the order of windows, not their distance, as steps may be months or business days. Successive
    timestamps count as ``stride`` steps apart, or as one step if the windows are not all on one even grid. Around a
    gap of the index this leaves out a few windows more than necessary, never fewer.

    References
    ----------
    .. [1] Marcos López de Prado, "Advances in Financial Machine Learning", Wiley, 2018, chapter 7.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan import PurgedWindowSplit, Windowizer
    >>> windows = Windowizer(window=3).fit_transform(np.arange(10.0))
    >>> for train, test in PurgedWindowSplit(n_splits=2).split(windows):
    ...     print(train, test)
    [6 7] [0 1 2 3]
    [0 1] [4 5 6 7]
    """

    __metadata_request__split = {"groups": True}  # scikit-learn then routes groups by default

    def __init__(self, n_splits=5, *, window=None, stride=1, embargo=0):
        self.n_splits = check_scalar(n_splits, "n_splits", Integral, min_val=2)
        if window is not None:
            check_scalar(window, "window", Integral, min_val=1)
        self.window = window
        self.stride = check_scalar(stride, "stride", Integral, min_val=1)
        self.embargo = check_scalar(embargo, "embargo", Integral, min_val=0)

    def split(self, X, y=None, groups=None):
        """Yield the rows to train on and those to hold out.

        Parameters
        ----------
        X : array-like of shape (n_windows, ...)
            Windows, in order of time if neither ``groups`` nor the index gives their starts.
        y : array-like of shape (n_windows,), default=None
            Ignored.
        groups : array-like of shape (n_windows,), default=None
            Start of each window, in time steps or as a timestamp, or a MultiIndex of its entity and its start; see
            :meth:`sktsgan.Windowizer.window_starts`. Windows of several series that start at the same time are held
            out together, so that no fold trains on the period that it is tested on.

        Yields
        ------
        train : ndarray of shape (n_train,)
            Row numbers, increasing.
        test : ndarray of shape (n_test,)
            Row numbers, increasing.

        Raises
        ------
        ValueError
            If ``window`` is missing or not the length of the windows of ``X``, there are fewer starts than folds, or
            a fold has no training window left. It is raised before the first fold.
        """
        with naming("X"):
            X, y, groups = indexable(X, y, groups)
            len(X)
        window = self._read_window(X)
        places = self._read_starts(X, groups)
        return iter(self._make_folds(places, window))

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of folds.

        Parameters
        ----------
        X, y, groups : object, default=None
            Ignored.

        Returns
        -------
        n_splits : int
            The parameter ``n_splits``.
        """
        return self.n_splits

    def _make_folds(self, places, window):
        starts = np.unique(places)
        if len(starts) < self.n_splits:
            raise ValueError(
                f"n_splits={self.n_splits} folds need windows with at least {self.n_splits} different starts, got "
                f"{len(starts)}."
            )
        folds = []
        for block in np.array_split(starts, self.n_splits):
            first, last = block[0], block[-1]
            reach = window + self.embargo  # least distance of starts
            train = (places <= first - reach) | (places >= last + reach)
            if not train.any():
                raise ValueError(
                    f"Fold {len(folds) + 1} of n_splits={self.n_splits} has no training window left: {len(places)} "
                    f"windows of window={window} steps are too few for a held-out block and "
                    f"embargo={self.embargo} on each side of it."
                )
            test = (places >= first) & (places <= last)
            folds.append((np.flatnonzero(train), np.flatnonzero(test)))
        return folds

    def _read_window(self, X):
        shape = np.shape(X) if getattr(X, "ndim", 0) == 3 else None
        if self.window is None and shape is None:
            raise ValueError("window must be given if X does not have three axes, got None.")
        if shape is not None and self.window not in (None, shape[1]):
            raise ValueError(f"window={self.window}, but the windows of X have {shape[1]} steps.")
        return shape[1] if self.window is None else self.window

    def _read_starts(self, X, groups):
        """Return the time step at which each window starts, as an integer."""
        index = getattr(X, "index", None)  # of a list: a method
        known = pd.DatetimeIndex | pd.PeriodIndex | pd.MultiIndex
        if groups is None and isinstance(index, known):
            groups = index
        if groups is None:
            return np.arange(len(X)) * self.stride
        check_consistent_length(X, groups)
        starts, entities = _split_levels(groups)
        if starts.hasnans:
            raise ValueError("groups must hold the start of each window, but has missing values.")
        if isinstance(starts, pd.DatetimeIndex):
            return self._count_steps(starts, entities)
        if starts.dtype.kind not in "iu":
            raise ValueError(
                "groups must be the starts of the windows, as whole numbers of time steps or as "
                f"timestamps, got the dtype {starts.dtype}."
            )
        return starts.to_numpy()

    def _count_steps(self, starts, entities):
        """Number timestamps so that their numbers are never further apart than the timestamps."""
        unique, order = np.unique(starts.asi8, return_inverse=True)
        if entities is None:
            forward = np.diff(order)
        else:
            by_entity = np.lexsort((order, entities))
            forward = np.diff(order[by_entity])[np.diff(entities[by_entity]) == 0]
        distances, counts = np.unique(np.diff(unique), return_counts=True)
        # each series follows the joint grid, and no distance is below the usual one
        on_grid = (forward[forward > 0] == 1).all() and (counts.max(initial=0) == counts[:1]).all()
        return order * (self.stride if on_grid else 1)


def _split_levels(groups):
    """Return the starts of windows as an index, and the entity of each as an integer, None if they are not known."""
    index = groups if isinstance(groups, pd.MultiIndex) else pd.Index(groups)
    if not isinstance(index, pd.MultiIndex):
        return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index, None
    if index.nlevels != 2:
        raise ValueError(
            f"groups must have the levels entity and start, got {index.nlevels} levels: {list(index.names)}."
        )
    starts = index.get_level_values(1)
    starts = starts.to_timestamp() if isinstance(starts, pd.PeriodIndex) else starts
    return starts, pd.factorize(index.get_level_values(0))[0]
