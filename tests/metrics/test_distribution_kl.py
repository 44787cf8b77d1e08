import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sktsgan.metrics import distribution_kl_divergence, distribution_kl_score
from sktsgan.metrics._plane import fit_normal, normal_kl


class NormalSampler(BaseEstimator):
    """Draws from the normal distribution of the training items, its deviations times ``scale``."""

    def __init__(self, scale=1.0):
        self.scale = scale

    def fit(self, X, y=None):
        values = np.asarray(X)
        self.shape_ = values.shape[1:]
        flat = values.reshape(len(values), -1)
        self.mean_, self.covariance_ = flat.mean(axis=0), np.cov(flat, rowvar=False)
        self.columns_ = getattr(X, "columns", None)
        return self

    def sample(self, n_samples=1, *, random_state=None):
        rng = np.random.default_rng(random_state)
        drawn = rng.multivariate_normal(self.mean_, self.scale**2 * self.covariance_, n_samples)
        drawn = drawn.reshape(n_samples, *self.shape_)
        return drawn if self.columns_ is None else pd.DataFrame(drawn, columns=self.columns_)


@pytest.fixture
def flat(walks):
    return walks[0].reshape(400, -1)


def test_one_component_by_hand():
    # Standardised by the real set: real has mean 0 and variance 4/3 (of a sample), synthetic has
    # mean 2 and variance 16/3: ½ [1/4 + 4 / (16/3) - 1 + ln 4] = ½ ln 4 = ln 2.
    real = np.array([[3.0], [7.0], [3.0], [7.0]])
    synthetic = np.array([[5.0], [13.0], [5.0], [13.0]])
    assert distribution_kl_divergence(real, synthetic) == pytest.approx(np.log(2), abs=1e-5)


def test_two_components_by_hand():
    p = np.zeros(2), np.diag([1.0, 4.0])
    q = np.array([1.0, 2.0]), np.diag([2.0, 2.0])
    # ½ [1/2 + 4/2 + 1/2 + 4/2 - 2 + ln(4 / 4)] = 3/2
    assert normal_kl(p, q) == pytest.approx(1.5)
    # ½ [2/1 + 2/4 + 1/1 + 4/4 - 2 + ln(4 / 4)] = 5/4
    assert normal_kl(q, p) == pytest.approx(1.25)


def test_fit_normal():
    mean, covariance = fit_normal(np.array([[0.0, 0.0], [2.0, 4.0]]))
    np.testing.assert_allclose(mean, [1, 2])
    np.testing.assert_allclose(covariance, [[2, 4], [4, 8]], atol=1e-5)
    assert np.linalg.eigvalsh(covariance)[0] > 0


def test_real_against_real_is_near_zero(walks):
    assert distribution_kl_divergence(walks[0], walks[0]) == 0
    assert distribution_kl_divergence(*walks) < 0.05


def test_crude_fakes_score_high(walks, crude):
    assert distribution_kl_divergence(walks[0], crude) > 1
    assert distribution_kl_divergence(walks[0], walks[1] + 5 * walks[1].std(axis=(0, 1))) > 5


def test_missing_part_costs_more_than_added_part(walks):
    centre = walks[0].mean(axis=0)
    narrow, wide = centre + 0.5 * (walks[1] - centre), centre + 2 * (walks[1] - centre)
    missing, added = (distribution_kl_divergence(walks[0], fake) for fake in (narrow, wide))
    assert missing > added > 0.3


def test_units_do_not_matter(walks):
    scaled = walks * [1000.0, 0.001] + [3.0, 50.0]
    assert distribution_kl_divergence(*scaled) == pytest.approx(distribution_kl_divergence(*walks))


@pytest.mark.parametrize("value", [0.0, 1e300])
def test_constant_windows_have_a_huge_finite_divergence(walks, value):
    assert 1e5 < distribution_kl_divergence(walks[0], np.full_like(walks[0], value)) < np.inf


def test_all_constant():
    ones = np.ones((10, 4))
    assert distribution_kl_divergence(ones, ones) == 0
    assert 1e5 < distribution_kl_divergence(ones, 2 * ones) < np.inf


def test_containers_and_shapes(walks, flat):
    expected = distribution_kl_divergence(*walks)
    frames = [pd.DataFrame(windows.reshape(400, -1)) for windows in walks]
    assert distribution_kl_divergence(*frames) == pytest.approx(expected)
    assert distribution_kl_divergence(*walks.reshape(2, 400, 2, 3, 4)) == expected
    assert distribution_kl_divergence(*walks[:, :, :, 0]) < 0.05  # univariate


def test_input_is_unchanged(walks):
    before = walks.copy()
    distribution_kl_divergence(*walks)
    np.testing.assert_array_equal(walks, before)


def test_shapes_must_agree():
    message = "synthetic has items of shape (4,), but those of real have shape (3,)."
    with pytest.raises(ValueError) as error:
        distribution_kl_divergence(np.eye(3), np.eye(4))
    assert str(error.value) == message


def test_n_components_must_be_positive(walks):
    with pytest.raises(ValueError) as error:
        distribution_kl_divergence(*walks, n_components=0)
    assert str(error.value) == "n_components == 0, must be >= 1."


def test_score_is_reproducible_and_higher_is_better(walks):
    for X in (walks[0], walks[0][:, :, 0], pd.DataFrame(walks[0].reshape(400, -1))):
        good, bad = (NormalSampler(scale).fit(X) for scale in (1, 3))
        score = distribution_kl_score(good, X)
        assert score == distribution_kl_score(good, X)
        assert 0 >= score > -0.05
        assert distribution_kl_score(bad, X) < -0.5


def test_few_items_are_judged_by_many_draws(walks):
    few = walks[0][:50]
    sampler = NormalSampler().fit(walks[0])
    expected = -distribution_kl_divergence(few, sampler.sample(1000, random_state=0))
    assert distribution_kl_score(sampler, few) == expected


def test_scoring_in_cross_validation(walks):
    for X in (walks[0], pd.DataFrame(walks[0].reshape(400, -1))):
        scores = cross_val_score(NormalSampler(), X, scoring=distribution_kl_score, cv=3)
        assert scores.shape == (3,)
        assert (scores > -0.2).all()
        results = cross_validate(
            NormalSampler(), X, scoring={"kl": distribution_kl_score}, error_score="raise"
        )
        assert (results["test_kl"] <= 0).all()


def test_scoring_in_grid_search(walks):
    search = GridSearchCV(
        NormalSampler(), {"scale": [0.3, 1.0, 3.0]}, scoring=distribution_kl_score, cv=2
    )
    assert search.fit(walks[0]).best_params_ == {"scale": 1.0}
    assert search.score(walks[1]) == distribution_kl_score(search.best_estimator_, walks[1])


def test_end_of_a_pipeline_is_judged_on_what_the_steps_make(flat):
    steps = [StandardScaler(), PCA(5), NormalSampler()]
    pipeline = make_pipeline(*steps).fit(flat)
    expected = distribution_kl_score(pipeline[-1], pipeline[:-1].transform(flat))
    assert distribution_kl_score(pipeline, flat) == expected
    nested = make_pipeline(StandardScaler(), make_pipeline(PCA(5), NormalSampler())).fit(flat)
    assert distribution_kl_score(nested, flat) == expected
    search = GridSearchCV(
        clone(pipeline), {"normalsampler__scale": [0.3, 1.0]}, scoring=distribution_kl_score, cv=2
    )
    assert search.fit(flat).best_params_ == {"normalsampler__scale": 1.0}


def test_pipeline_of_the_sampler_alone(flat):
    pipeline = Pipeline([("sampler", NormalSampler())]).fit(flat)
    assert distribution_kl_score(pipeline, flat) == distribution_kl_score(pipeline[-1], flat)


def test_samplers_of_scikit_learn_can_be_scored(flat):
    standardised = StandardScaler().fit_transform(flat)
    assert distribution_kl_score(KernelDensity(bandwidth=0.05).fit(standardised), flat) < 0


def test_an_estimator_that_cannot_sample(flat):
    with pytest.raises(TypeError) as error:
        distribution_kl_score(make_pipeline(StandardScaler(), PCA()).fit(flat), flat)
    assert str(error.value) == "PCA has no method sample, so it can't make items."


WORDS = np.array("a man dog horse rides sits on the bench snow . ,".split())


class WordSampler(BaseEstimator):
    """Draws texts, or sequences of word numbers, of the training words, the more alike the higher ``power``."""

    def __init__(self, power=1):
        self.power = power

    def fit(self, X, y=None):
        self.strings_ = isinstance(X[0], str)
        rows = [text.split(" ") if self.strings_ else list(text) for text in X]
        self.words_, counts = np.unique(np.concatenate(rows), return_counts=True)
        self.odds_ = counts**self.power / np.sum(counts**self.power)
        self.lengths_ = [len(row) for row in rows]
        return self

    def sample(self, n_samples=1, *, random_state=None):
        rng = np.random.default_rng(random_state)
        lengths = rng.choice(self.lengths_, n_samples)
        made = [rng.choice(self.words_, length, p=self.odds_) for length in lengths]
        return [" ".join(words) for words in made] if self.strings_ else made

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags


def draw_texts(n_texts, seed, power=1):
    rng = np.random.default_rng(seed)
    odds = np.arange(1.0, len(WORDS) + 1) ** power
    made = [rng.choice(len(WORDS), rng.integers(3, 9), p=odds / odds.sum()) for _ in range(n_texts)]
    return [" ".join(WORDS[numbers]) for numbers in made], made


def test_texts():
    real, fresh = draw_texts(500, 0)[0], draw_texts(500, 1)[0]
    assert distribution_kl_divergence(real, real) == 0
    assert distribution_kl_divergence(real, fresh) < 0.05
    assert distribution_kl_divergence(real, draw_texts(500, 1, power=3)[0]) > 0.1
    assert distribution_kl_divergence(real, [text + " " + text for text in fresh]) > 0.5  # length
    assert 1e3 < distribution_kl_divergence(real, ["a man ."] * 500) < np.inf
    arrays = np.array(real), pd.Series(fresh)
    assert distribution_kl_divergence(*arrays) == distribution_kl_divergence(real, fresh)


def test_order_of_words_matters():
    real = ["a man on the horse", "the dog sits in the snow", "a bench , a horse"] * 20
    assert distribution_kl_divergence(real, [" ".join(text.split()[::-1]) for text in real]) > 0.1


def test_a_vectorizer_of_ones_own():
    _, real = draw_texts(300, 0)
    _, fresh = draw_texts(300, 1)
    vectorizer = CountVectorizer(analyzer=list)
    assert distribution_kl_divergence(real, fresh, vectorizer=vectorizer) < 0.05
    narrow = [tokens % 3 for tokens in fresh]
    assert distribution_kl_divergence(real, narrow, vectorizer=vectorizer) > 0.5
    assert not hasattr(vectorizer, "vocabulary_")


def test_sets_of_texts_that_cannot_be_compared():
    with pytest.raises(
        TypeError, match=r"^real\[1\] must be a string like the other items, got 3.$"
    ):
        distribution_kl_divergence(["a", 3], ["a", "b"])
    with pytest.raises(TypeError, match=r"^synthetic\[0\] must be a string like"):
        distribution_kl_divergence(["a", "b"], [[1.0], [2.0]])
    with pytest.raises(ValueError, match="^real must hold texts with words, got blank ones only.$"):
        distribution_kl_divergence(["", " "], ["a", "b"])
    with pytest.raises(ValueError, match="^synthetic must hold at least 2 items, got 1.$"):
        distribution_kl_divergence(["a b", "b"], ["a"])


def test_texts_of_few_words():
    assert distribution_kl_divergence(["a", "a"], ["a", "a"]) == 0
    assert distribution_kl_divergence(["a", "b"], ["", "c"]) > 0


def test_scoring_of_texts_in_grid_search():
    strings, numbers = draw_texts(400, 2)
    for X in (strings, numbers, np.array([row[:3] for row in numbers])):
        search = GridSearchCV(
            WordSampler(), {"power": [0, 1, 3]}, scoring=distribution_kl_score, cv=2
        )
        assert search.fit(X).best_params_ == {"power": 1}
        score = distribution_kl_score(search.best_estimator_, X)
        assert score == distribution_kl_score(search.best_estimator_, X) <= 0


def test_series_of_unequal_length(walks):
    lengths = np.random.default_rng(0).integers(4, 13, size=400)
    real, fresh = ([w[:n] for w, n in zip(set_, lengths, strict=True)] for set_ in walks)
    assert distribution_kl_divergence(real, fresh) < 0.05
    assert distribution_kl_divergence(real, [one + 5000 for one in fresh]) > 1
    assert distribution_kl_divergence(real, [one[:4] for one in fresh]) > 0.1  # length alone
    with pytest.raises(ValueError) as error:
        distribution_kl_divergence(real, [one[:, :1] for one in fresh])
    assert str(error.value) == "synthetic has series of 1 channels, but those of real have 2."
