"""A classifier that learns from synthetic rows too."""

from numbers import Real

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.metaestimators import available_if

from sktsgan.augmentation._base import BaseAugmented, estimator_has
from sktsgan.augmentation._over_sampler import GANOverSampler
from sktsgan.augmentation._rows import read_classes, seeded_clone

__all__ = ["AugmentedClassifier"]


class AugmentedClassifier(ClassifierMixin, BaseAugmented):
    """Fit a classifier on its training rows and on synthetic ones.

    Rows are added in ``fit`` only. In cross-validation, the sampler thus learns from the training part of each fold,
    and only real rows are predicted and scored.

    Parameters
    ----------
    estimator : classifier
        Classifier of the real and synthetic rows; cloned. It must accept the rows as they are, including windows with
        three axes.
    sampler : sampler or over-sampler, default=None
        Source of synthetic rows, cloned: a sampler with ``sample``, such as :class:`TransformerGANSampler`, or an
        object with ``fit_resample`` that returns the given rows first, such as an over-sampler of imbalanced-learn.
        None takes the default of :class:`GANOverSampler`.
    sampling_strategy : {"auto", "minority", "not minority", "not majority", "all"}, float, dict or callable, \
default="auto"
        Number of new rows of each class, as in :class:`GANOverSampler`; not for a sampler with ``fit_resample``.
    keep : {"all", "best"}, default="all"
        Choice of synthetic rows, as in :class:`GANOverSampler`; not for a sampler with ``fit_resample``.
    synthetic_weight : float, default=1.0
        Weight of a synthetic row relative to a real one of its class, above 0. Values other than 1 are passed
        to the estimator as ``sample_weight``.
    class_weight : dict, "balanced" or None, default=None
        Factor on the weights of the rows of each class, real or synthetic. ``"balanced"`` gives all classes the same
        total weight.
    random_state : int, RandomState instance or None, default=None
        Controls the synthetic rows; the estimator has its own ``random_state``.

    Attributes
    ----------
    estimator_ : classifier
        Fitted classifier.
    sampler_ : sampler or over-sampler
        Fitted sampler that made the rows.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_synthetic_ : int
        Number of synthetic rows that the estimator learned from.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    See Also
    --------
    GANOverSampler : Returns the synthetic rows.
    augmentation_report : Tells whether synthetic rows help.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> from sktsgan import AugmentedClassifier
    >>> X, y = make_classification(200, weights=[0.9], random_state=0)
    >>> forest = RandomForestClassifier(50, random_state=0)
    >>> cross_val_score(AugmentedClassifier(forest, random_state=0), X, y, cv=3).shape
    (3,)
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "sampler": [HasMethods(["fit", "sample"]), HasMethods(["fit_resample"]), None],
        "sampling_strategy": [str, Interval(Real, 0, 1, closed="right"), dict, callable],
        "keep": [StrOptions({"all", "best"})],
        "synthetic_weight": [Interval(Real, 0, None, closed="neither")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        sampler=None,
        *,
        sampling_strategy="auto",
        keep="all",
        synthetic_weight=1.0,
        class_weight=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.sampler = sampler
        self.sampling_strategy = sampling_strategy
        self.keep = keep
        self.synthetic_weight = synthetic_weight
        self.class_weight = class_weight
        self.random_state = random_state

    def _check_targets(self, y, n_rows):
        self.classes_, _ = read_classes(y, n_rows)
        if isinstance(self.class_weight, dict):
            missing = [c for c in self.class_weight if c not in self.classes_]
            if missing:
                raise ValueError(
                    f"class_weight has the class {missing[0]!r}, which is not in y; the classes of y are "
                    f"{self.classes_.tolist()}."
                )

    def _augment(self, X, y, seed):
        over_sampler = self._make_over_sampler(seed)
        X_all, y_all = over_sampler.fit_resample(X, y)
        self.sampler_ = getattr(over_sampler, "sampler_", over_sampler)
        return X_all, y_all

    def _make_over_sampler(self, seed):
        if not hasattr(self.sampler, "fit_resample"):
            return GANOverSampler(
                self.sampler,
                sampling_strategy=self.sampling_strategy,
                keep=self.keep,
                random_state=seed,
            )
        for name in ("sampling_strategy", "keep"):
            if getattr(self, name) != getattr(type(self)(None), name):
                raise ValueError(
                    f"{name}={getattr(self, name)!r} can't be passed to {type(self.sampler).__name__}: set it there."
                )
        return seeded_clone(self.sampler, seed)

    def _needs_weights(self):
        return self.class_weight is not None or super()._needs_weights()

    def _weigh(self, weights, y):
        classes = np.searchsorted(self.classes_, y)
        real = classes[: len(weights)]
        n_classes = len(self.classes_)
        sizes = np.maximum(np.bincount(real, minlength=n_classes), 1)
        means = np.bincount(real, weights, minlength=n_classes) / sizes
        weights = np.concatenate([weights, self.synthetic_weight * means[classes[len(real) :]]])
        if self.class_weight is None:
            return weights
        if self.class_weight == "balanced":
            totals = np.bincount(classes, weights, minlength=n_classes)
            factors = weights.sum() / (n_classes * np.maximum(totals, np.finfo(float).tiny))
        else:
            factors = np.array([self.class_weight.get(c, 1.0) for c in self.classes_.tolist()])
        return weights * factors[classes]

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X, **params):
        """Predict the probabilities of classes with the fitted estimator.

        Parameters
        ----------
        X : array-like of shape (n_rows, ...)
            Rows like those of ``fit``.
        **params : dict
            As in ``predict``.

        Returns
        -------
        chances : ndarray of shape (n_rows, n_classes)
            In the order of ``classes_``.
        """
        return self._delegate("predict_proba", X, params)

    @available_if(estimator_has("predict_log_proba"))
    def predict_log_proba(self, X, **params):
        """Predict the log-probabilities of classes with the fitted estimator.

        Parameters
        ----------
        X : array-like of shape (n_rows, ...)
            Rows like those of ``fit``.
        **params : dict
            As in ``predict``.

        Returns
        -------
        log_chances : ndarray of shape (n_rows, n_classes)
            In the order of ``classes_``.
        """
        return self._delegate("predict_log_proba", X, params)

    @available_if(estimator_has("decision_function"))
    def decision_function(self, X, **params):
        """Return the decision function of the fitted estimator.

        Parameters
        ----------
        X : array-like of shape (n_rows, ...)
            Rows like those of ``fit``.
        **params : dict
            As in ``predict``.

        Returns
        -------
        decision : ndarray of shape (n_rows,) or (n_rows, n_classes)
            The result of the estimator.
        """
        return self._delegate("decision_function", X, params)

    _ROUTED = ("fit", "predict", "predict_proba", "predict_log_proba", "decision_function")
