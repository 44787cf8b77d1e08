"""The over-sampler: which rows it adds, what they come in, and that it is a step of imbalanced-learn's pipeline."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier

from sktsgan import GANOverSampler, NeighborSampler, TransformerGANSampler
from sktsgan.augmentation._rows import is_series, keep_most_real
from sktsgan.augmentation._sampling_strategy import count_new_rows
from sktsgan.datasets import make_sines

COUNTS = {"a": 30, "b": 12, "c": 5}


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    y = np.repeat(list(COUNTS), list(COUNTS.values()))
    X = pd.DataFrame({"price": rng.normal(size=47) * 1e4, "count": rng.integers(0, 9, size=47)})
    X["share"] = rng.random(47).astype(np.float32)
    return X.set_index(np.arange(100, 147)), pd.Series(y, name="kind", index=X.index)


def counted(y):
    return pd.Series(y).value_counts().to_dict()


@pytest.mark.parametrize(
    "strategy, expected",
    [
        ("auto", {"a": 30, "b": 30, "c": 30}),
        ("not majority", {"a": 30, "b": 30, "c": 30}),
        ("all", {"a": 30, "b": 30, "c": 30}),
        ("minority", {"a": 30, "b": 12, "c": 30}),
        ("not minority", {"a": 30, "b": 30, "c": 5}),
        ({"b": 20, "a": 31}, {"a": 31, "b": 20, "c": 5}),
        (lambda y: {"c": 2 * int((y == "c").sum())}, {"a": 30, "b": 12, "c": 10}),
    ],
)
def test_strategies_fill_the_classes_that_they_name(table, strategy, expected):
    over_sampler = GANOverSampler(sampling_strategy=strategy, random_state=0)
    assert counted(over_sampler.fit_resample(*table)[1]) == expected


@pytest.mark.parametrize(
    "strategy", ["auto", "minority", "not minority", "not majority", "all", 0.5, {1: 20}]
)
def test_strategies_mean_what_they_mean_in_imbalanced_learn(strategy):
    utils = pytest.importorskip("imblearn.utils")
    y = np.repeat([0, 1], [40, 7])
    theirs = utils.check_sampling_strategy(strategy, y, "over-sampling")
    ours = count_new_rows(strategy, y, {0: 40, 1: 7})
    assert {k: n for k, n in ours.items() if n} == {k: n for k, n in theirs.items() if n}


@pytest.mark.parametrize(
    "strategy, message",
    [
        ("majority", "must be one of 'auto', 'minority', .* got 'majority'"),
        ({"d": 9}, r"the class 'd', which is not in y; the classes of y are \['a', 'b', 'c'\]"),
        ({"b": 3}, "3 rows of class 'b'; it must be an integer of at least the 12 rows"),
        (0.5, "a float needs two classes, y has 3"),
        (lambda y: 3, "must return a dict"),
    ],
)
def test_errors_of_strategies(table, strategy, message):
    with pytest.raises(ValueError, match=message):
        GANOverSampler(sampling_strategy=strategy).fit_resample(*table)


def test_a_ratio_that_would_take_rows_away():
    with pytest.raises(ValueError, match="0.1 would remove rows: class 1 has 7 rows already"):
        count_new_rows(0.1, None, {0: 40, 1: 7})


def test_one_class_is_not_enough():
    with pytest.raises(ValueError, match="y must have at least 2 classes, got 1 class"):
        GANOverSampler().fit_resample(np.eye(5), np.zeros(5))


def test_rows_come_first_and_untouched_and_the_frame_is_kept(table):
    X, y = table
    X_more, y_more = GANOverSampler(random_state=0).fit_resample(X, y)
    pd.testing.assert_frame_equal(X_more[: len(X)], X.reset_index(drop=True))
    pd.testing.assert_series_equal(y_more[: len(y)], y.reset_index(drop=True))
    assert X_more.dtypes.equals(X.dtypes)
    new = X_more[len(X) :]
    assert y_more[len(y) :].tolist() == ["b"] * 18 + ["c"] * 25
    assert new["count"].between(0, 9).all()
    assert (
        new["price"].isin(X["price"]).mean() < 0.5
    )  # made, but for those at the ends of the range


def test_windows_keep_their_axes_and_dtype():
    X = make_sines(30, n_timesteps=8, n_channels=2, random_state=0).astype(np.float32)
    y = np.repeat([5, 7], [24, 6])
    X_more, y_more = GANOverSampler(random_state=0).fit_resample(X, y)
    assert (X_more.shape, X_more.dtype) == ((48, 8, 2), np.float32)
    np.testing.assert_array_equal(X_more[:30], X)
    assert y_more.dtype == y.dtype
    assert y_more[30:].tolist() == [7] * 18


def test_the_default_reads_tables_and_series_for_what_they_are(table):
    X, y = table
    over_sampler = GANOverSampler(random_state=0).fit(X, y)
    assert over_sampler.sampler_.n_channels == 3
    assert over_sampler.n_features_in_ == 3
    waves = make_sines(47, n_channels=1, random_state=0)[..., 0]
    assert GANOverSampler(random_state=0).fit(waves, y).sampler_.n_channels is None
    assert is_series(waves)
    assert not is_series(waves[:, np.random.default_rng(0).permutation(24)])
    assert not is_series(waves[:, :2])


def test_classes_too_small_to_learn_from_are_repeated(table):
    X, y = table
    message = r"fewer than min_class_size=6 rows are too small .* repeated instead: 'c' \(5\)"
    over_sampler = GANOverSampler(min_class_size=6, random_state=0)
    with pytest.warns(UserWarning, match=message):
        X_more, y_more = over_sampler.fit_resample(X, y)
    own = X_more[: len(X)][(y == "c").to_numpy()]
    repeated = X_more[len(X) :][(y_more[len(X) :] == "c").to_numpy()]
    assert repeated["price"].isin(own["price"]).all()
    assert over_sampler.sampler_.classes_.tolist() == [0, 1]


def test_where_all_classes_are_single_rows_there_is_no_sampler():
    over_sampler = GANOverSampler(sampling_strategy={1: 3})
    with pytest.warns(UserWarning, match="repeated"):
        X, y = over_sampler.fit_resample(np.eye(3), [0, 1, 2])
    assert over_sampler.sampler_ is None
    np.testing.assert_array_equal(X[3:], np.eye(3)[[1, 1]])
    assert y.tolist() == [0, 1, 2, 1, 1]


def test_balanced_classes_stay_as_they_are():
    X, y = np.arange(24.0).reshape(8, 3), np.repeat(["u", "v"], 4)
    X_more, y_more = GANOverSampler().fit_resample(X, y)
    np.testing.assert_array_equal(X_more, X)
    np.testing.assert_array_equal(y_more, y)


def test_a_seed_gives_the_same_rows_and_the_sampler_given_stays_as_it_was(table):
    sampler = NeighborSampler(n_channels=3)
    first, second = (
        GANOverSampler(sampler, random_state=3).fit_resample(*table)[0] for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not hasattr(sampler, "neighborhoods_") and sampler.random_state is None


def test_a_gan_makes_rows_of_small_classes():
    X = make_sines(20, n_timesteps=8, n_channels=2, random_state=0)
    gan = TransformerGANSampler(refine="always", max_iter=2, embedding_size=8, device="cpu")
    X_more, _ = GANOverSampler(gan, random_state=0).fit_resample(X, np.repeat([0, 1], [17, 3]))
    assert X_more.shape == (34, 8, 2)
    assert np.isfinite(X_more).all()


def test_what_is_kept_looks_more_real():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(40, 3))
    good, bad = rng.normal(size=(40, 3)), rng.normal(size=(40, 3)) + 4
    kept = keep_most_real(real, np.concatenate([bad, good]), 40, seed=0)
    assert len(np.unique(kept)) == 40
    assert np.mean(kept >= 40) > 0.9
    assert keep_most_real(real[:1], good, 3, seed=0).tolist() == [0, 1, 2]


def test_the_best_are_as_many_as_all(table):
    X_more, y_more = GANOverSampler(keep="best", random_state=0).fit_resample(*table)
    assert counted(y_more) == {"a": 30, "b": 30, "c": 30}
    assert len(X_more) == 90


def test_a_step_of_imbalanced_learns_pipeline(table):
    pipeline = pytest.importorskip("imblearn.pipeline")
    X, y = table
    model = pipeline.make_pipeline(GANOverSampler(random_state=0), KNeighborsClassifier(1))
    predicted = model.fit(X, y).predict(X)
    assert len(predicted) == len(X)  # nothing is added to what is predicted
    assert model[-1].n_samples_fit_ == 90
    model.set_params(ganoversampler__sampling_strategy="minority").fit(X, y)
    assert model[-1].n_samples_fit_ == 72


def test_it_works_without_imbalanced_learn(table, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "imblearn", None)
    X, y = table
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X_more, y_more = GANOverSampler(random_state=0).fit_resample(X, y)
    assert KNeighborsClassifier().fit(X_more, y_more).classes_.tolist() == ["a", "b", "c"]
