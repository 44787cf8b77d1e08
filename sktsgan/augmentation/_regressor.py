"""A regressor that learns from synthetic rows too."""

from numbers import Real

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from sktsgan._random import draw_seed
from sktsgan.augmentation._base import BaseAugmented
from sktsgan.augmentation._rows import (
    DRAWN_FOR_BEST,
    is_series,
    keep_most_real,
    seeded_clone,
    stack_rows,
)
from sktsgan.containers._windows import read_training_windows
from sktsgan.samplers import NeighborSampler

__all__ = ["AugmentedRegressor"]


class AugmentedRegressor(RegressorMixin, BaseAugmented):
    """Fit a regressor on its training rows and on synthetic ones.

    The sampler learns the target as a further channel of the rows, so that new rows come with matching targets. Rows
    are added in ``fit`` only; only real rows are predicted and scored.

    Parameters
    ----------
    estimator : regressor
        Regressor of the real and synthetic rows; cloned. It must accept the rows as they are, including windows with
        three axes.
    sampler : sampler, default=None
        Source of synthetic rows, such as :class:`TransformerGANSampler`; cloned. None takes a :class:`NeighborSampler`,
        which reads rows with two axes as in :class:`GANOverSampler`: as windows of a series, or as a table.
    ratio : float, default=1.0
        Number of synthetic rows per training row, above 0; rounded to whole rows, at least one.
    keep : {"all", "best"}, default="all"
        Choice of synthetic rows. ``"best"`` draws three times as many and keeps those that look most real, with their
        targets, to a random forest, cross-fitted to tell real from synthetic rows.
    synthetic_weight : float, default=1.0
        Weight of a synthetic row relative to the mean of the real ones, above 0. Values other than 1 are
        passed to the estimator as ``sample_weight``.
    random_state : int, RandomState instance or None, default=None
        Controls the synthetic rows; the estimator has its own ``random_state``.

    Attributes
    ----------
    estimator_ : regressor
        Fitted regressor.
    sampler_ : sampler
        Sampler fitted on rows whose last channel is the target.
    n_synthetic_ : int
        Number of synthetic rows that the estimator learned from.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    See Also
    --------
    AugmentedClassifier : The same for classifiers.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> from sktsgan import AugmentedRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> forest = RandomForestRegressor(20, random_state=0)
    >>> AugmentedRegressor(forest, random_state=0).fit(X[:50], y[:50]).n_synthetic_
    50
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "sampler": [HasMethods(["fit", "sample"]), None],
        "ratio": [Interval(Real, 0, None, closed="neither")],
        "keep": [StrOptions({"all", "best"})],
        "synthetic_weight": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        sampler=None,
        *,
        ratio=1.0,
        keep="all",
        synthetic_weight=1.0,
        random_state=None,
    ):
        self.estimator = estimator
        self.sampler = sampler
        self.ratio = ratio
        self.keep = keep
        self.synthetic_weight = synthetic_weight
        self.random_state = random_state

    def _check_targets(self, y, n_rows):
        y = column_or_1d(y, dtype=np.float64)
        if len(y) != n_rows:
            raise ValueError(f"y has {len(y)} targets, but X has {n_rows} rows.")
        if not np.isfinite(y).all():
            raise ValueError("Input y contains NaN or infinity.")
        if n_rows < 2:
            raise ValueError(f"A sampler needs at least 2 rows, got n_samples = {n_rows}.")

    def _augment(self, X, y, seed):
        rng = np.random.RandomState(seed)
        self.sampler_, n_channels = self._make_sampler(X, draw_seed(rng))
        windows, container = read_training_windows(self, X, n_channels=n_channels, min_windows=2)
        targets = np.asarray(column_or_1d(y), dtype=np.float64)
        channel = np.repeat(targets[:, None, None], windows.shape[1], axis=1)
        joined = np.concatenate([windows, channel], axis=2)
        self.sampler_.fit(joined)
        n_new = max(1, round(self.ratio * len(windows)))
        n_drawn = n_new if self.keep == "all" else DRAWN_FOR_BEST * n_new
        made = self.sampler_.sample(n_drawn, random_state=draw_seed(rng))
        if self.keep == "best":
            made = made[keep_most_real(joined, made, n_new, draw_seed(rng))]
        X_new = container.wrap(np.ascontiguousarray(made[..., :-1]))
        y_new = made[..., -1].mean(axis=1)  # the channel is only nearly constant
        return stack_rows([X, X_new]), np.concatenate([targets, y_new])

    def _make_sampler(self, X, seed):
        """Return the sampler for windows with three axes, and the number of channels of flat rows."""
        if self.sampler is None:
            table = np.ndim(X) == 2 and not is_series(np.asarray(X, dtype=np.float64))
            return NeighborSampler(random_state=seed), X.shape[1] if table else None
        sampler = seeded_clone(self.sampler, seed)
        n_channels = sampler.get_params().get("n_channels")
        if n_channels is not None:
            sampler.set_params(n_channels=None)
        return sampler, n_channels

    def _weigh(self, weights, y):
        n_new = len(y) - len(weights)
        return np.concatenate([weights, np.full(n_new, self.synthetic_weight * weights.mean())])
