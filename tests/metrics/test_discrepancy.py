import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from sktsgan.metrics import classifier_two_sample_score, discrepancy_report
from sktsgan.preprocessing import Windowizer

JUDGE = DecisionTreeClassifier(max_depth=4, min_samples_leaf=10)  # far quicker than the default


def report_of(real, synthetic, **parameters):
    parameters = {"classifier": JUDGE, "random_state": 0, **parameters}
    return discrepancy_report(real, synthetic, **parameters)


def first(report):
    return tuple(report.loc[0, ["feature", "channel"]])


def find(report, feature, channel):
    """Return the one row of a feature without a lag."""
    (row,) = report[(report.feature == feature) & (report.channel == channel)].itertuples()
    return row


@pytest.fixture
def noise():
    """Two independent sets of 500 real windows of 12 steps and 3 channels, all values independent."""
    return np.random.default_rng(0).normal(size=(2, 500, 12, 3))


def test_halves_of_one_set_are_alike(walks):
    report = discrepancy_report(*walks, max_pairs=1, lags=[1, 4], random_state=0)
    assert abs(report.accuracy - 0.5).max() < 0.1
    assert abs(report.accuracy.mean() - 0.5) < 0.02


def test_columns_and_order(walks, crude):
    report = report_of(walks[0], crude)
    assert list(report) == ["feature", "channel", "lag", "accuracy", "real", "synthetic"]
    assert report.accuracy.is_monotonic_decreasing
    assert report.accuracy.between(0, 1).all()
    assert report.index.equals(pd.RangeIndex(len(report)))
    assert report.notna().drop(columns="lag").all(axis=None)
    assert not report.duplicated(["feature", "channel", "lag"]).any()
    assert set(report.channel) == {"0", "1", "0 × 1", "all"}
    assert set(report.lag.dropna()) == {1, 2, 4, 8}


def test_level_shift(noise):
    real, fake = noise
    fake[:, :, 2] += 0.7
    report = report_of(real, fake)
    assert first(report) == ("level", "2")
    assert report.synthetic[0] - report.real[0] == pytest.approx(0.7, abs=0.1)


def test_wrong_scale(noise):
    real, fake = noise
    fake[:, :, 0] *= 1.5
    report = report_of(real, fake)
    assert first(report) == ("scale", "0")
    assert 1.3 < report.synthetic[0] / report.real[0] < 1.7


def test_missing_zeros(noise):
    real, fake = noise
    fake[:, :, 1] = np.abs(fake[:, :, 1]) + 1e-9
    real[:, :, 1] = np.where(np.random.default_rng(1).random((500, 12)) < 0.2, 0, fake[::-1, :, 1])
    report = report_of(real, fake)
    assert first(report) in [("exact zeros", "1"), ("minimum", "1")]  # which is 0 where any is
    zeros = find(report, "exact zeros", "1")
    assert zeros.real == pytest.approx(0.2, abs=0.02)
    assert zeros.synthetic == 0
    assert list(report.channel[report.feature == "exact zeros"]) == ["1"]  # none in the others


def test_lost_rounding(noise):
    real, fake = noise
    real[:, :, 1] = np.round(real[:, :, 1], 1)
    report = report_of(real, fake)
    assert first(report) == ("values on the grid", "1")
    assert report.real[0] > 0.95
    assert report.synthetic[0] == 0
    assert list(report.channel[report.feature == "values on the grid"]) == ["1"]


def test_lost_repeats(walks):
    real, fake = walks
    real[:, 1::2, 0] = real[:, ::2, 0]
    report = report_of(real, fake)
    assert first(report) in [("repeats", "0"), ("repeats", "all")]
    assert find(report, "repeats", "0").real == pytest.approx(6 / 11)
    assert find(report, "repeats", "0").synthetic == 0


def test_lost_common_value(noise):
    real, fake = noise
    for windows, least in ((real, -0.8), (fake, -9)):
        windows[:, :, 0] = np.maximum(windows[:, :, 0], least) + 5
    row = find(report_of(real, fake), "most common value", "0")
    assert row.accuracy > 0.9
    assert row.real == pytest.approx(0.21, abs=0.03)
    assert row.synthetic == 0


def test_added_roughness(noise):
    real, fake = noise
    real[:, 1:, 1] = (real[:, 1:, 1] + real[:, :-1, 1]) / np.sqrt(2)  # increments of equal size
    report = report_of(real.cumsum(axis=1), fake.cumsum(axis=1))
    assert first(report) in [("roughness", "1"), ("increment autocorrelation", "1")]
    roughness = find(report, "roughness", "1")
    assert roughness.synthetic > roughness.real + 0.2


def test_dependence_at_one_lag(noise):
    real, fake = noise
    for step in range(4, 12):
        real[:, step, 0] = 0.9 * real[:, step - 4, 0] + np.sqrt(1 - 0.9**2) * real[:, step, 0]
    report = report_of(real, fake)
    assert first(report) in [("autocorrelation", "0"), ("spectrum", "0")]
    row = report[report.lag.notna()].iloc[0]
    assert (row.feature, row.channel, row.lag) == ("autocorrelation", "0", 4)
    assert row.real > row.synthetic + 0.2
    assert report[report.channel.isin(["1", "2"])].accuracy.max() < 0.6


def test_lost_relation(noise):
    real, fake = noise
    real[:, :, 2] = -3 * real[:, :, 0] + 0.1 * real[:, :, 2]
    fake[:, :, 2] *= 3
    report = report_of(real, fake)
    assert first(report)[0] in ("spread", "increment correlation")
    assert set(report.channel[report.accuracy > 0.8]) <= {"0 × 2", "all"}
    correlation = find(report, "increment correlation", "0 × 2")
    assert correlation.real < -0.9
    assert abs(correlation.synthetic) < 0.1


def test_lost_copies(noise):
    real, fake = noise
    real[:, :, 2] = real[:, :, 1]
    fake[:, :, 2] = fake[:, :, 1] + 1e-3
    report = report_of(real, fake)
    row = find(report, "equal values", "1 × 2")
    assert (row.accuracy, row.real, row.synthetic) == (1, 1, 0)
    assert list(report.channel[report.feature == "equal values"]) == ["1 × 2"]


def test_max_pairs_bounds_the_pairs_to_those_that_differ(noise):
    real, fake = noise
    real[:, :, 2] = real[:, :, 1]
    for max_pairs, pairs in ((0, set()), (1, {"1 × 2"}), (None, {"0 × 1", "0 × 2", "1 × 2"})):
        report = report_of(real, fake, max_pairs=max_pairs)
        assert set(report.channel) == pairs | {"0", "1", "2", "all"}


def test_accuracy_is_that_of_the_two_sample_test(noise):
    real, fake = noise
    fake *= 1.1
    report = report_of(real, fake, split="blocks", n_blocks=10, cv=5)
    accuracy = find(report, "values at one step", "all").accuracy
    # Windows of one step have no differences, so that the judge sees the same as for the report.
    seed = np.random.RandomState(np.random.RandomState(0).randint(2**31 - 1)).randint(2**31 - 1)
    assert accuracy == classifier_two_sample_score(
        real[:, [6]],
        fake[:, [6]],
        classifier=JUDGE,
        split="blocks",
        n_blocks=10,
        cv=5,
        random_state=seed,
    )


def test_same_seed_same_report(walks, crude):
    before = walks.copy(), crude.copy()
    one, other = (
        discrepancy_report(walks[0], crude, lags=[1], max_samples=100, random_state=seed)
        for seed in (3, np.random.RandomState(3))
    )
    pd.testing.assert_frame_equal(one, other)
    np.testing.assert_array_equal(walks, before[0])
    np.testing.assert_array_equal(crude, before[1])


def test_max_samples_bounds_the_sets(noise):
    class Counter(DecisionTreeClassifier):
        seen = set()

        def fit(self, X, y):
            self.seen.add((len(X), int(sum(y))))
            return super().fit(X, y)

    report_of(noise[0], noise[1, :300], classifier=Counter(), max_samples=90)
    assert Counter.seen == {(120, 60)}
    report_of(noise[0], noise[1, :300], classifier=Counter(), max_samples=None)
    assert Counter.seen == {(120, 60), (400, 200)}


def test_names_of_a_frame():
    series = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["gas", "oil"])
    windows = Windowizer(window=4).set_output(transform="pandas").fit_transform(series)
    report = report_of(windows, windows.to_numpy(), n_channels=2)
    assert set(report.channel) == {"gas", "oil", "gas × oil", "all"}
    report = report_of(windows, windows, n_channels=2, channel_names=["a", "b"])
    assert set(report.channel) == {"a", "b", "a × b", "all"}
    unnamed = windows.set_axis(range(8), axis=1)
    assert set(report_of(unnamed, unnamed, n_channels=2).channel) == {"0", "1", "0 × 1", "all"}


def test_one_channel_has_no_relations(noise):
    report = report_of(*noise[:, :, :, 0])
    assert set(report.channel) == {"0"}


@pytest.mark.parametrize("n_steps", [1, 2, 3])
def test_short_windows(noise, n_steps):
    real, fake = noise[:, :, :n_steps]
    fake[:, :, 1] += 3
    report = report_of(real, fake)
    assert "1" in report.channel[0] or report.channel[0] == "all"
    assert report.accuracy[0] > 0.8
    assert set(report.lag.dropna()) == set(range(1, n_steps))


def test_constant_channels():
    report = report_of(np.zeros((20, 6, 2)), np.zeros((20, 6, 2)))
    assert (report.accuracy == 0.5).all()
    report = report_of(np.zeros((20, 6, 2)), np.random.default_rng(0).normal(size=(20, 6, 2)))
    assert report.accuracy[0] == 1
    assert np.isfinite(report[["accuracy", "real", "synthetic"]]).all(axis=None)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"split": "time"}, "split must be one of 'random', 'blocks', got 'time'."),
        ({"cv": 1}, "cv == 1, must be >= 2."),
        ({"cv": 11}, "cv=11 folds need 11 windows of each set, got 10."),
        ({"max_samples": 1}, "max_samples == 1, must be >= 2."),
        ({"max_pairs": -1}, "max_pairs == -1, must be >= 0."),
        ({"split": "blocks"}, "n_blocks=20 needs 20 windows, got 10."),
        ({"n_channels": 3}, "real has 4 columns, which is no multiple of n_channels=3."),
        ({"lags": [1, 4]}, "lags must be integers from 1 to 3, got 4."),
        ({"lags": [0.5]}, "lags must be integers from 1 to 3, got 0.5."),
        (
            {"channel_names": ["a", "b"]},
            "channel_names must have one name for each of the 1 channels, got 2.",
        ),
    ],
)
def test_errors(parameters, message):
    with pytest.raises(ValueError) as error:
        discrepancy_report(np.zeros((10, 4)), np.ones((10, 4)), **parameters)
    assert str(error.value) == message


def test_windows_of_unlike_shape():
    message = "synthetic has windows of shape (5, 1), but those of real have shape (4, 1)."
    with pytest.raises(ValueError) as error:
        discrepancy_report(np.zeros((10, 4)), np.ones((10, 5)))
    assert str(error.value) == message


@pytest.mark.parametrize("parameter", ["cv", "n_blocks", "max_samples", "max_pairs"])
def test_counts_are_integers(parameter):
    with pytest.raises(TypeError, match=parameter):
        discrepancy_report(np.eye(40), np.eye(40), split="blocks", **{parameter: 4.0})
