"""Estimators that learn from synthetic rows, and never predict or score them."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktsgan import (
    AugmentedClassifier,
    AugmentedRegressor,
    GANOverSampler,
    NeighborSampler,
    TransformerGANSampler,
)
from sktsgan.datasets import make_sines


class Recorder(BaseEstimator):
    """Notes what it is given."""

    def fit(self, X, y, sample_weight=None, flag=None):
        self.X_, self.y_, self.weights_, self.flag_ = X, y, sample_weight, flag
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        SEEN.append(np.array(X))
        return np.full(len(X), self.y_[0])


class RecordingClassifier(ClassifierMixin, Recorder):
    """Takes classes."""


class RecordingRegressor(RegressorMixin, Recorder):
    """Takes numbers."""


SEEN = []


@pytest.fixture
def classes():
    X, y = make_classification(90, 6, weights=[0.8], random_state=0)
    return X, np.array(["common", "rare"])[y]


@pytest.fixture
def numbers():
    return make_regression(40, 4, random_state=0)


def rows_of(X):
    return {row.tobytes() for row in np.ascontiguousarray(X, dtype=np.float64)}


@pytest.mark.parametrize(
    "augmented, data",
    [
        (AugmentedClassifier(RecordingClassifier()), "classes"),
        (AugmentedRegressor(RecordingRegressor()), "numbers"),
    ],
)
def test_no_synthetic_row_reaches_a_validation_fold(augmented, data, request):
    X, y = request.getfixturevalue(data)
    SEEN.clear()
    scored = []
    scorer = make_scorer(lambda y_true, y_pred: scored.append(np.array(y_true)) or 0.0)
    folds = (
        list(StratifiedKFold(3).split(X, y))
        if data == "classes"
        else [
            (np.arange(20), np.arange(20, 40)),
            (np.arange(20, 40), np.arange(20)),
        ]
    )
    found = cross_validate(augmented, X, y, cv=folds, scoring=scorer, return_estimator=True)
    for (train, test), predicted, target, fitted in zip(
        folds, SEEN, scored, found["estimator"], strict=True
    ):
        np.testing.assert_array_equal(predicted, X[test])  # real rows, of this fold
        np.testing.assert_array_equal(target, y[test])
        learned = fitted.estimator_.X_
        assert fitted.n_synthetic_ == len(learned) - len(train) > 0
        np.testing.assert_array_equal(learned[: len(train)], X[train])
        assert not rows_of(learned[len(train) :]) & rows_of(predicted)
        assert not rows_of(learned) & rows_of(X[test])


def test_the_sampler_learns_from_the_training_part_alone(classes):
    X, y = classes
    model = AugmentedClassifier(LogisticRegression(), random_state=0).fit(X[:60], y[:60])
    X_changed = X.copy()
    X_changed[60:] += 1e6
    again = clone(model).fit(X_changed[:60], y[:60])
    np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))


def test_over_samplers_of_others_do(classes):
    pytest.importorskip("imblearn")
    from imblearn.over_sampling import SMOTE

    X, y = classes
    model = AugmentedClassifier(KNeighborsClassifier(), SMOTE(k_neighbors=2), random_state=0).fit(
        X, y
    )
    assert model.n_synthetic_ == (y == "common").sum() - (y == "rare").sum()
    assert isinstance(model.sampler_, SMOTE)
    with pytest.raises(ValueError, match="keep='best' can't be passed to SMOTE: set it there"):
        AugmentedClassifier(KNeighborsClassifier(), SMOTE(), keep="best").fit(X, y)
    with pytest.raises(ValueError, match="sampling_strategy='all' can't be passed to SMOTE"):
        AugmentedClassifier(KNeighborsClassifier(), SMOTE(), sampling_strategy="all").fit(X, y)


def test_a_gan_in_it(classes):
    X, y = classes
    gan = TransformerGANSampler(refine="always", max_iter=2, embedding_size=8, device="cpu")
    model = AugmentedClassifier(LogisticRegression(), gan, random_state=0).fit(X, y)
    assert set(model.predict(X)) <= {"common", "rare"}
    assert model.sampler_.n_iter_ == 2


def test_windows_with_three_axes(classes):
    X = make_sines(90, n_timesteps=6, n_channels=2, random_state=0)
    flatten = FunctionTransformer(lambda windows: windows.reshape(len(windows), -1))
    model = AugmentedClassifier(make_pipeline(flatten, LogisticRegression()), random_state=0)
    assert model.fit(X, classes[1]).predict_proba(X).shape == (90, 2)
    target = X.mean(axis=(1, 2))
    model = AugmentedRegressor(make_pipeline(flatten, Ridge()), random_state=0).fit(X, target)
    assert model.predict(X).shape == (90,)
    assert model.sampler_.n_channels_ == 3


def test_weights_of_synthetic_rows(classes):
    X, y = classes
    given = np.random.default_rng(0).uniform(1, 2, size=len(X))
    model = AugmentedClassifier(RecordingClassifier(), synthetic_weight=0.25, random_state=0)
    weights = model.fit(X, y, sample_weight=given).estimator_.weights_
    np.testing.assert_array_equal(weights[:90], given)
    np.testing.assert_allclose(weights[90:], 0.25 * given[y == "rare"].mean())
    assert model.set_params(synthetic_weight=1.0).fit(X, y).estimator_.weights_ is None


def test_class_weights(classes):
    X, y = classes
    model = AugmentedClassifier(
        RecordingClassifier(), class_weight={"rare": 3.0}, sampling_strategy={"rare": 40}
    ).fit(X, y)
    rare = model.estimator_.y_ == "rare"
    assert set(model.estimator_.weights_[rare]) == {3.0}
    assert set(model.estimator_.weights_[~rare]) == {1.0}
    model.set_params(class_weight="balanced", synthetic_weight=0.5).fit(X, y)
    weights, rare = model.estimator_.weights_, model.estimator_.y_ == "rare"
    assert weights[rare].sum() == pytest.approx(weights[~rare].sum())
    with pytest.raises(ValueError, match="class_weight has the class 'odd', which is not in y"):
        model.set_params(class_weight={"odd": 2}).fit(X, y)


def test_rows_without_weight_teach_nothing(classes):
    X, y = classes
    weights = np.repeat([1.0, 0.0], [60, 30])
    model = AugmentedClassifier(RecordingClassifier(), random_state=0).fit(X, y, weights)
    np.testing.assert_array_equal(model.estimator_.X_[:60], X[:60])
    assert not rows_of(model.estimator_.X_) & rows_of(X[60:])


def test_weights_for_an_estimator_that_takes_none(classes):
    model = AugmentedClassifier(KNeighborsClassifier(), synthetic_weight=0.5)
    with pytest.raises(ValueError, match="the fit of KNeighborsClassifier takes no sample_weight"):
        model.fit(*classes)


@pytest.mark.parametrize(
    "weights, message",
    [
        (np.full(90, -1.0), "must not be negative"),
        (np.zeros(90), "not be all zeros"),
        (np.ones((90, 2)), "one axis"),
    ],
)
def test_errors_of_weights(classes, weights, message):
    with pytest.raises(ValueError, match=message):
        AugmentedClassifier(LogisticRegression()).fit(*classes, sample_weight=weights)


def test_metadata_is_routed(classes):
    X, y = classes
    with pytest.raises(
        ValueError, match="flag is passed to .* only if metadata routing is enabled"
    ):
        AugmentedClassifier(RecordingClassifier()).fit(X, y, flag="up")
    with sklearn.config_context(enable_metadata_routing=True):
        recorder = RecordingClassifier().set_fit_request(sample_weight=True, flag=True)
        model = AugmentedClassifier(recorder, random_state=0)
        fitted = model.fit(X, y, sample_weight=np.ones(90), flag="up").estimator_
        assert fitted.flag_ == "up"
        assert len(fitted.weights_) == len(fitted.X_)
        with pytest.raises(ValueError, match="flag has a value for each row, but synthetic rows"):
            model.fit(X, y, flag=np.arange(90))
        found = cross_validate(
            model, X, y, params={"sample_weight": np.ones(90)}, cv=3, return_estimator=True
        )
        assert all(e.estimator_.weights_ is not None for e in found["estimator"])


def test_what_the_estimator_cannot_do_is_missing():
    assert hasattr(AugmentedClassifier(LogisticRegression()), "decision_function")
    assert not hasattr(AugmentedClassifier(KNeighborsClassifier()), "decision_function")


def test_its_parts_are_searched(classes):
    grid = {
        "synthetic_weight": [0.5, 1.0],
        "estimator__C": [0.1, 1.0],
        "sampler__n_neighbors": [2, 9],
    }
    model = AugmentedClassifier(LogisticRegression(), NeighborSampler(n_channels=6), random_state=0)
    assert GridSearchCV(model, grid, cv=2).fit(*classes).score(*classes) > 0.5


def test_frames_keep_their_names(classes):
    X = pd.DataFrame(classes[0], columns=list("abcdef"))
    model = AugmentedClassifier(RecordingClassifier(), random_state=0).fit(X, pd.Series(classes[1]))
    assert list(model.estimator_.X_.columns) == list("abcdef") == list(model.feature_names_in_)
    model = AugmentedRegressor(RecordingRegressor(), random_state=0).fit(X, X["a"])
    assert list(model.estimator_.X_.columns) == list("abcdef")
    pd.testing.assert_frame_equal(model.estimator_.X_[:90], X)


@pytest.mark.parametrize("ratio, expected", [(0.5, 20), (2, 80), (0.001, 1)])
def test_the_regressor_adds_rows_in_proportion(numbers, ratio, expected):
    model = AugmentedRegressor(KNeighborsRegressor(), ratio=ratio, random_state=0).fit(*numbers)
    assert model.n_synthetic_ == expected


@pytest.mark.parametrize("keep", ["all", "best"])
def test_targets_go_with_their_rows(keep):
    X = np.random.default_rng(0).normal(size=(200, 3))
    y = X @ [3.0, -2.0, 0.0] + 10
    model = AugmentedRegressor(RecordingRegressor(), keep=keep, random_state=0).fit(X, y)
    X_new, y_new = model.estimator_.X_[200:], model.estimator_.y_[200:]
    assert len(X_new) == 200
    assert np.corrcoef(y_new, X_new @ [3.0, -2.0, 0.0])[0, 1] > 0.95


def test_flat_windows_of_several_channels(numbers):
    sampler = NeighborSampler(n_channels=2)
    model = AugmentedRegressor(RecordingRegressor(), sampler, random_state=0).fit(*numbers)
    assert (model.sampler_.n_timesteps_, model.sampler_.n_channels_) == (2, 3)
    assert model.estimator_.X_.shape == (80, 4)


def test_weights_of_a_regressor(numbers):
    model = AugmentedRegressor(RecordingRegressor(), synthetic_weight=0.5, random_state=0)
    weights = model.fit(*numbers, sample_weight=np.full(40, 2.0)).estimator_.weights_
    assert set(weights[:40]) == {2.0} and set(weights[40:]) == {1.0}


def test_the_over_sampler_makes_the_same_rows(classes):
    model = AugmentedClassifier(RecordingClassifier(), random_state=np.random.RandomState(0)).fit(
        *classes
    )
    seed = np.random.RandomState(0).randint(np.iinfo(np.int32).max)
    X_all, _ = GANOverSampler(random_state=seed).fit_resample(*classes)
    np.testing.assert_array_equal(model.estimator_.X_, X_all)
