import numpy as np
import pandas as pd
import pytest

from sktsgan import CopulaSampler, NeighborSampler, TransformerGANSampler
from sktsgan.datasets import make_sines
from sktsgan.samplers import BaseSampler

QUICK = {"max_iter": 2, "embedding_size": 8, "random_state": 0}


@pytest.fixture(params=[CopulaSampler, NeighborSampler, TransformerGANSampler])
def sampler(request):
    params = QUICK if request.param is TransformerGANSampler else {"random_state": 0}
    return request.param(**params)


@pytest.fixture(scope="module")
def windows():
    return make_sines(80, 8, random_state=0)[..., :3]


def punch(windows):
    holes = np.random.default_rng(0).random(windows.shape) < 0.2
    holes[3, :, 1] = holes[4, 5:] = holes[5, :3] = True
    return np.where(holes, np.nan, windows)


def assert_only_holes_changed(filled, given):
    seen = ~np.isnan(given)
    assert filled.dtype == given.dtype
    assert filled[seen].tobytes() == given[seen].tobytes()
    assert np.isfinite(filled).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_impute_changes_holes_only(sampler, windows, dtype):
    sampler.fit(windows)
    given = punch(windows).astype(dtype)
    before = given.copy()
    assert_only_holes_changed(sampler.impute(given, random_state=0), given)
    np.testing.assert_array_equal(given, before)


def test_several_draws_differ_in_the_holes(sampler, windows):
    given = punch(windows)
    drawn = sampler.fit(windows).impute(given, n_draws=4, random_state=0)
    assert drawn.shape == (4, *given.shape)
    for own in drawn:
        assert_only_holes_changed(own, given)
    assert (drawn.std(axis=0) > 0).mean() > 0.9 * np.isnan(given).mean()


def test_a_window_of_nan_is_one_that_sample_makes(sampler, windows):
    given = windows.copy()
    given[[2, 6]] = np.nan
    filled = sampler.fit(windows).impute(given, random_state=0)
    assert_only_holes_changed(filled, given)
    assert not np.array_equal(filled[2], filled[6])


def test_the_same_seed_gives_the_same_values(sampler, windows):
    given = punch(windows)
    sampler.fit(windows)
    first, again, other = (sampler.impute(given, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_nothing_to_fill(sampler, windows):
    np.testing.assert_array_equal(sampler.fit(windows).impute(windows), windows)


def test_learns_around_holes(sampler, windows):
    sampler.fit(punch(windows))
    made = sampler.sample(200, random_state=0)
    assert np.isfinite(made).all()
    assert abs(made.mean() - windows.mean()) < 0.1
    assert np.isfinite(sampler.score(windows))


def test_later_windows_may_have_holes(windows):
    sampler = TransformerGANSampler(**QUICK).partial_fit(punch(windows))
    sampler.partial_fit(punch(windows[::-1]))
    assert np.isfinite(sampler.sample(5)).all()


def test_frames_keep_dtypes_columns_and_index(windows):
    flat = punch(windows).reshape(len(windows), -1)
    frame = pd.DataFrame(flat, index=np.arange(len(flat)) + 7).add_prefix("v")
    frame = frame.astype({"v0": np.float32, "v1": "Float64"})
    frame["v2"] = np.arange(len(frame)) % 5  # without holes: stays an integer
    frame["v3"] = pd.array(np.where(np.arange(len(frame)) % 9, 3, 4), dtype="Int64")
    frame.loc[10, "v3"] = pd.NA
    sampler = CopulaSampler(n_channels=3).fit(frame)
    filled = sampler.impute(frame, random_state=0)
    assert not filled.isna().any().any()
    pd.testing.assert_series_equal(filled.dtypes, frame.dtypes)
    assert filled.index.equals(frame.index)
    for column in frame:
        seen = frame[column].notna()
        assert (filled.loc[seen, column] == frame.loc[seen, column]).all()
    assert sampler.impute(frame, n_draws=2).shape == (2, *frame.shape)


@pytest.mark.parametrize(
    ("X", "params", "message"),
    [
        (np.zeros((2, 7, 3)), {}, "X has 7 features, but CopulaSampler is expecting 8"),
        (np.zeros((2, 8, 2)), {}, "X has 2 channels"),
        (np.full((2, 8, 3), np.inf), {}, "infinity"),
        (np.zeros((2, 8, 3)), {"n_draws": 0}, "n_draws must be an integer of at least 1, got 0."),
    ],
)
def test_impute_refuses(windows, X, params, message):
    sampler = CopulaSampler().fit(windows)
    with pytest.raises(ValueError, match=message):
        sampler.impute(X, **params)


def test_fit_names_what_holds_nan_alone(sampler, windows):
    given = windows.copy()
    given[[4, 6]] = np.nan
    with pytest.raises(ValueError, match=r"each window, but 2 hold NaN alone, the first in row 4"):
        sampler.fit(given)
    with pytest.raises(ValueError, match="each channel, but channel 1 holds NaN alone"):
        sampler.fit(np.where(np.arange(3) == 1, np.nan, windows))


def test_score_of_windows_with_holes(sampler, windows):
    sampler.fit(windows)
    score = sampler.score(punch(windows))
    assert np.isfinite(score)
    assert score == sampler.score(punch(windows))
    assert score > sampler.score(punch(windows) + 1)


class Still(BaseSampler):
    """A sampler that knows nothing of holes."""

    _parameter_constraints = {}
    n_channels = None

    def _learn(self, windows, classes):
        self.windows_ = windows

    def _make(self, rows, generator):
        return self.windows_[: len(rows)]


def test_samplers_without_impute_refuse_nan(windows):
    with pytest.raises(ValueError, match="NaN"):
        Still().fit(punch(windows))
