import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sktsgan.metrics import classifier_two_sample_score


def test_real_against_real_is_near_one_half(walks):
    assert abs(classifier_two_sample_score(*walks, random_state=0) - 0.5) < 0.06


def test_crude_fake_is_near_one(walks, crude):
    assert classifier_two_sample_score(walks[0], crude, random_state=0) > 0.95


def test_copy_scores_far_below_one_half(walks):
    assert classifier_two_sample_score(walks[0], walks[0], random_state=0) < 0.4


def test_univariate_windows_may_be_flat(walks, crude):
    real, fake = walks[0][:, :, 0], crude[:, :, 0]
    score = classifier_two_sample_score(real, fake, random_state=0)
    assert score > 0.9
    assert score == classifier_two_sample_score(real[..., None], fake[..., None], random_state=0)


def test_flat_multivariate_windows_are_those_with_three_axes(walks, crude):
    flat = [pd.DataFrame(windows.reshape(400, -1)) for windows in (walks[0], crude)]
    judge = DecisionTreeClassifier()
    assert classifier_two_sample_score(
        *flat, n_channels=2, classifier=judge, random_state=0
    ) == classifier_two_sample_score(walks[0], crude, classifier=judge, random_state=0)


def test_blocks_keep_twins_out_of_the_training_folds():
    # Each real window is followed by its near-twin: dealt singly, the judge knows its answer.
    rng = np.random.default_rng(0)
    level = rng.normal(size=(40, 1)).repeat(20, axis=0)
    real = level + 0.01 * rng.normal(size=(800, 6))
    fake = rng.normal(size=(800, 1)) + 0.01 * rng.normal(size=(800, 6))
    singly, blocks = (
        classifier_two_sample_score(real, fake, split=split, n_blocks=40, random_state=0)
        for split in ("random", "blocks")
    )
    assert singly > blocks + 0.1


def test_real_windows_of_their_own_to_learn_from_and_to_test_on(walks, crude):
    rng = np.random.default_rng(2)
    fresh = rng.normal(size=walks[0].shape).cumsum(axis=1) * [1.0, 100.0] + [0.0, 5000.0]
    for fake, low, high in ((fresh, 0.44, 0.56), (crude, 0.95, 1)):
        score = classifier_two_sample_score(walks[0], fake, real_test=walks[1], random_state=0)
        assert low < score <= high


def test_copies_gain_nothing_against_real_windows_of_other_times(walks):
    # A generator that copies: against what it copied it does better than any honest one.
    seen, unseen = walks[0][:200], walks[0][200:]
    copies = np.random.default_rng(0).permutation(seen)
    assert classifier_two_sample_score(seen, copies, random_state=0) < 0.4
    score = classifier_two_sample_score(
        unseen[:100], copies, real_test=unseen[100:], random_state=0
    )
    assert 0.4 < score < 0.65


def test_each_half_of_the_synthetic_windows_is_judged_once():
    class Recorder(DecisionTreeClassifier):
        learned, tested = [], []

        def fit(self, X, y):
            self.learned.append(X[:, 0])
            return super().fit(X, y)

        def predict(self, X):
            self.tested.append(X[:, 0])
            return super().predict(X)

    sets = [np.full((n, 3), start) + np.arange(n)[:, None] for n, start in ((5, 0), (7, 10))]
    fake = np.arange(9.0)[:, None] * np.ones(3) + 20
    classifier_two_sample_score(
        sets[0], fake, real_test=sets[1], classifier=Recorder(), random_state=0
    )
    for learned, tested, real in zip(Recorder.learned, Recorder.tested, (0, 1), strict=True):
        assert len(learned) == len(tested) == 8
        assert not set(learned) & set(tested)
        assert ((learned < 20) & (learned // 10 == real)).sum() == 4
    assert set(Recorder.learned[0]) == set(Recorder.tested[1])


def test_any_classifier_may_judge(walks, crude):
    judge = make_pipeline(StandardScaler(), LogisticRegression())
    score = classifier_two_sample_score(walks[0], crude, classifier=judge, random_state=0)
    assert 0 <= score < 0.7  # means and scales agree, and a linear judge sees no more
    assert not hasattr(judge[-1], "coef_")


def test_same_seed_same_score(walks, crude):
    judge = DecisionTreeClassifier(max_features=2)
    first, second = (
        classifier_two_sample_score(walks[0], crude, classifier=judge, cv=2, random_state=3)
        for _ in range(2)
    )
    assert first == second
    assert judge.random_state is None


def test_sets_of_unequal_size_are_balanced():
    # A constant guess would be right for 90 % of all windows, yet is chance on balanced sets.
    rng = np.random.default_rng(0)
    score = classifier_two_sample_score(
        rng.normal(size=(900, 3)), rng.normal(size=(100, 3)), random_state=0
    )
    assert abs(score - 0.5) < 0.15


def test_max_samples_bounds_the_sets():
    class Counter(DecisionTreeClassifier):
        seen = []

        def fit(self, X, y):
            self.seen.append((len(X), int(sum(y))))
            return super().fit(X, y)

    real, fake = np.random.default_rng(0).normal(size=(2, 300, 4))
    classifier_two_sample_score(real, fake, classifier=Counter(), max_samples=90, random_state=0)
    assert Counter.seen == [(120, 60)] * 3


def test_input_is_unchanged(walks, crude):
    before = walks.copy(), crude.copy()
    classifier_two_sample_score(walks[0], crude, max_samples=50, split="blocks", random_state=0)
    np.testing.assert_array_equal(walks, before[0])
    np.testing.assert_array_equal(crude, before[1])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"split": "time"}, "split must be one of 'random', 'blocks', got 'time'."),
        ({"cv": 1}, "cv == 1, must be >= 2."),
        ({"cv": 11}, "cv=11 folds need 11 windows of each set, got 10."),
        ({"max_samples": 2}, "max_samples == 2, must be >= 3."),
        ({"split": "blocks", "n_blocks": 2}, "n_blocks == 2, must be >= 3."),
        ({"split": "blocks"}, "n_blocks=20 needs 20 windows, got 10."),
        ({"n_channels": 3}, "real has 4 columns, which is no multiple of n_channels=3."),
    ],
)
def test_errors(parameters, message):
    with pytest.raises(ValueError) as error:
        classifier_two_sample_score(np.zeros((10, 4)), np.ones((10, 4)), **parameters)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"real_test": np.zeros((5, 3))},
            "real_test has windows of shape (3, 1), but those of real have shape (4, 1).",
        ),
        (
            {"synthetic": np.ones((3, 4))},
            "With real_test, synthetic must have at least 4 windows, got 3.",
        ),
        ({"max_samples": 1}, "max_samples == 1, must be >= 2."),
    ],
)
def test_errors_with_real_windows_to_test_on(parameters, message):
    sets = {"real": np.zeros((10, 4)), "synthetic": np.ones((10, 4)), "real_test": np.eye(4)}
    with pytest.raises(ValueError) as error:
        classifier_two_sample_score(**sets | parameters)
    assert str(error.value) == message


def test_windows_of_unlike_shape():
    message = "synthetic has windows of shape (5, 1), but those of real have shape (4, 1)."
    with pytest.raises(ValueError) as error:
        classifier_two_sample_score(np.zeros((10, 4)), np.ones((10, 5)))
    assert str(error.value) == message


def test_an_ensemble_may_judge():
    real, synthetic = np.random.default_rng(0).normal(size=(2, 60, 8))
    judge = RandomForestClassifier(5)  # has a length, but none before it is fitted
    score = classifier_two_sample_score(real, synthetic, classifier=judge, random_state=0)
    assert 0 <= score <= 1
