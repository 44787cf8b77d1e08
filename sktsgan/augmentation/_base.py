"""Base of estimators that add synthetic rows before they learn."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils import check_array, check_consistent_length, column_or_1d, get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from sktsgan._random import draw_seed
from sktsgan.augmentation._rows import as_array, read_rows, take_rows

__all__ = ["BaseAugmented", "estimator_has"]


def estimator_has(name):
    """Return a check for ``available_if`` whether the wrapped estimator has a method."""

    def check(augmented):
        estimator = getattr(augmented, "estimator_", augmented.estimator)
        getattr(estimator, name)  # its AttributeError says what is missing
        return True

    return check


class BaseAugmented(MetaEstimatorMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of estimators that learn from their training rows and from synthetic ones.

    A subclass adds ``_check_targets(y, n_rows)``, ``_augment(X, y, seed)`` and ``_weigh(weights, y)``.
    """

    @abstractmethod
    def _check_targets(self, y, n_rows):
        """Raise a ValueError if the targets can't be learnt."""

    @abstractmethod
    def _augment(self, X, y, seed):
        """Return the rows and targets, followed by synthetic ones."""

    @abstractmethod
    def _weigh(self, weights, y):
        """Return the weights of all rows, given those of the real ones."""

    def fit(self, X, y, sample_weight=None, **fit_params):
        """Learn from the rows and from synthetic ones like them.

        Parameters
        ----------
        X : array-like, DataFrame or list of shape (n_rows, ...)
            Training rows: a table, windows, images or texts, whatever the estimator and the sampler take.
        y : array-like of shape (n_rows,)
            Targets.
        sample_weight : array-like of shape (n_rows,), default=None
            Weights of the rows; a synthetic row gets the mean weight of the real rows of its class times
            ``synthetic_weight``. Rows of weight 0 are left out, also for the sampler.
        **fit_params : dict
            Metadata for the ``fit`` of the estimator, if metadata routing is enabled and the estimator requests it.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If ``X`` holds NaN or infinity, ``y`` can't be learnt, weights are needed that the estimator doesn't take,
            or metadata has a value for each row: synthetic rows have none.
        """
        self._validate_params()
        n_rows = len(read_rows(self, X, y, min_rows=1))
        self._check_targets(y, n_rows)
        X, y = as_array(X), as_array(y)
        if y.ndim == 2:
            y = column_or_1d(y, warn=True)
        sample_weight, params = self._route(sample_weight, fit_params, n_rows)
        if sample_weight is not None:
            used = sample_weight > 0
            X, y, sample_weight = take_rows(X, used), y[used], sample_weight[used]
        X_all, y_all = self._augment(X, y, draw_seed(self.random_state))
        self.n_synthetic_ = len(X_all) - len(X)
        if sample_weight is not None or self._needs_weights():
            real = np.ones(len(X)) if sample_weight is None else sample_weight
            params["sample_weight"] = self._weigh(real, np.asarray(y_all))
        self.estimator_ = clone(self.estimator).fit(X_all, y_all, **params)
        return self

    def _needs_weights(self):
        return self.synthetic_weight != 1

    def _route(self, sample_weight, fit_params, n_rows):
        """Return validated weights, and the other parameters of the estimator's ``fit``."""
        if get_config()["enable_metadata_routing"]:
            if sample_weight is not None:
                fit_params = fit_params | {"sample_weight": sample_weight}
            params = dict(process_routing(self, "fit", **fit_params).estimator.fit)
            sample_weight = params.pop("sample_weight", None)
        elif fit_params:
            raise ValueError(
                f"{list(fit_params)[0]} is passed to the estimator only if metadata routing is enabled: "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
        else:
            params = {}
        self._check_metadata(params, n_rows)
        if sample_weight is None:
            self._check_takes_weights(self._needs_weights())
            return None, params
        self._check_takes_weights(True)
        return _check_weights(sample_weight, n_rows), params

    def _check_metadata(self, params, n_rows):
        for name, value in params.items():
            if np.ndim(value) and len(value) == n_rows:
                raise ValueError(
                    f"{name} has a value for each row, but synthetic rows have none: only sample_weight is extended "
                    "to them."
                )

    def _check_takes_weights(self, needed):
        if needed and not has_fit_parameter(self.estimator, "sample_weight"):
            raise ValueError(
                f"Weights are needed, but the fit of {type(self.estimator).__name__} takes no sample_weight."
            )

    @available_if(estimator_has("predict"))
    def predict(self, X, **params):
        """Predict with the fitted estimator.

        Parameters
        ----------
        X : array-like of shape (n_rows, ...)
            Rows like those of ``fit``.
        **params : dict
            Metadata for the estimator, if metadata routing is enabled and the estimator requests it.

        Returns
        -------
        y : ndarray of shape (n_rows,)
            Predictions.
        """
        return self._delegate("predict", X, params)

    def _delegate(self, method, X, params):
        check_is_fitted(self, "estimator_")
        if params:
            params = process_routing(self, method, **params).estimator[method]
        return getattr(self.estimator_, method)(X, **params)

    _ROUTED = ("fit", "predict")

    def get_metadata_routing(self):
        """Return the metadata that the estimator requests.

        Returns
        -------
        routing : MetadataRouter
            Router of :mod:`sklearn.utils.metadata_routing`.
        """
        mapping = MethodMapping()
        for method in self._ROUTED:
            mapping.add(caller=method, callee=method)
        return MetadataRouter(owner=self).add(estimator=self.estimator, method_mapping=mapping)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.classifier_tags, tags.regressor_tags = inner.classifier_tags, inner.regressor_tags
        tags.input_tags.positive_only = inner.input_tags.positive_only
        tags.input_tags.three_d_array = True
        tags.target_tags.positive_only = inner.target_tags.positive_only
        tags.target_tags.required = True
        return tags


def _check_weights(sample_weight, n_rows):
    weights = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weights.ndim == 0:
        return np.full(n_rows, float(weights))
    if weights.ndim != 1:
        raise ValueError(f"sample_weight must have one axis, got {weights.ndim}.")
    check_consistent_length(weights, np.empty(n_rows))
    if (weights < 0).any() or not weights.any():
        raise ValueError("sample_weight must not be negative, and not be all zeros.")
    return weights
