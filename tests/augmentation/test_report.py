"""The report on augmentation: paired folds, intervals worked out by hand, and words that agree with them."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold, cross_val_score

from sktsgan import AugmentedClassifier, CopulaSampler, GANOverSampler, augmentation_report
from sktsgan.augmentation import AugmentationDisplay
from sktsgan.augmentation._comparison import compare_scores, conclude

matplotlib.use("agg")


@pytest.fixture(scope="module")
def data():
    return make_classification(100, 5, weights=[0.85], random_state=0)


@pytest.fixture(scope="module")
def report(data):
    samplers = {
        "ours": None,
        "weighed": AugmentedClassifier(LogisticRegression(), class_weight="balanced"),
    }
    return augmentation_report(LogisticRegression(), samplers, *data, random_state=0)


class Spoiler:
    """An over-sampler that turns the labels round."""

    def fit_resample(self, X, y):
        return np.concatenate([X] * 5), np.concatenate([y, *[1 - y] * 4])

    def get_params(self, deep=True):
        return {}


def test_intervals_are_those_of_the_corrected_test():
    scores = pd.DataFrame({"none": [0.5, 0.6, 0.7], "a": [0.6, 0.8, 0.7]})
    row = compare_scores(scores, share=0.5, confidence=0.9).loc["a"]
    error = np.sqrt((1 / 3 + 0.5) * 0.01)  # differences .1, .2, 0: variance .01
    assert row["difference"] == pytest.approx(0.1)
    assert row["high"] - row["low"] == pytest.approx(2 * t.ppf(0.95, 2) * error)
    assert row["p_value"] == pytest.approx(2 * t.sf(0.1 / error, 2))
    assert row["better"] == pytest.approx(2 / 3)


def test_scores_are_those_of_the_same_folds(data, report):
    assert list(report.scores) == ["none", "ours", "weighed"]
    folds = StratifiedKFold(5)
    again = augmentation_report(LogisticRegression(), None, *data, cv=folds, random_state=0)
    bare = cross_val_score(LogisticRegression(), *data, cv=folds, scoring="f1_macro")
    np.testing.assert_allclose(again.scores["none"], bare)
    assert list(again.table.index) == ["default"]


def test_a_sampler_that_spoils_is_said_to_hurt(data):
    X, y = data
    report = augmentation_report(LogisticRegression(), {"spoiler": Spoiler()}, X, y, random_state=0)
    assert report.table.verdict["spoiler"] == "hurts"
    assert "Augmentation does not help here" in report.conclusion
    assert "Worse than the bare estimator: spoiler (-" in report.conclusion


def test_words_agree_with_the_table():
    scores = pd.DataFrame(
        {"none": [0.1, 0.2, 0.15], "same": [0.1, 0.2, 0.15], "up": [0.8, 0.91, 0.86]}
    )
    table = compare_scores(scores, share=0.25, confidence=0.95)
    assert table.verdict.to_dict() == {"same": "no difference shown", "up": "helps"}
    assert table.p_value["same"] == 1
    words = conclude(table, 3, "accuracy")
    assert words.startswith("Augmentation helps, in accuracy: up (+0.707, from +")
    assert words.endswith("No difference shown: same (+0.000, from +0.000 to +0.000).")


def test_more_samplers_have_wider_intervals(data):
    options = {"cv": StratifiedKFold(3), "random_state": 0}
    one = augmentation_report(LogisticRegression(), {"a": None}, *data, **options).table
    two = augmentation_report(LogisticRegression(), {"a": None, "b": None}, *data, **options).table
    assert two.high["a"] - two.low["a"] > one.high["a"] - one.low["a"]
    assert two.difference["a"] == one.difference["a"]


def test_regressors_are_compared_by_r2():
    X, y = make_regression(60, 3, random_state=0)
    report = augmentation_report(Ridge(), [CopulaSampler()], X, y, cv=3, random_state=0)
    assert report.scoring == "r2"
    assert list(report.table.index) == ["CopulaSampler"]


@pytest.mark.parametrize(
    "samplers, message",
    [
        ({}, "at least one sampler, got none"),
        ({"none": None}, "must not have the name 'none'"),
        ([CopulaSampler(), CopulaSampler()], "must have different names"),
    ],
)
def test_errors_of_samplers(data, samplers, message):
    with pytest.raises(ValueError, match=message):
        augmentation_report(LogisticRegression(), samplers, *data)


def test_confidence_is_a_probability(data):
    with pytest.raises(ValueError, match="confidence == 1.0, must be < 1"):
        augmentation_report(LogisticRegression(), None, *data, confidence=1.0)


def test_over_samplers_and_names(data):
    report = augmentation_report(LogisticRegression(), [GANOverSampler()], *data, random_state=0)
    assert list(report.table.index) == ["GANOverSampler"]


def test_it_prints_what_it_says(report):
    assert report.conclusion in str(report)
    assert report.conclusion in report._repr_html_()
    assert "verdict" in str(report)


def test_the_picture_shows_every_fold_and_every_sampler(data, report):
    display = report.plot()
    assert isinstance(display, AugmentationDisplay)
    assert {label.get_text() for label in display.ax_.get_yticklabels()} == {"ours", "weighed"}
    assert [len(points.get_offsets()) for points in display.ax_.collections] == [5, 5]
    other = AugmentationDisplay(report=report).plot(ax=display.figure_.add_subplot(122))
    assert other.figure_ is display.figure_
