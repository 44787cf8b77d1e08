import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from sktsgan import GANImputer, NeighborSampler, Windowizer, repair_series
from sktsgan.containers._missing import fill_missing


@pytest.fixture(scope="module")
def series():
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(size=(400, 3)), axis=0) * 0.1
    daily = np.sin(np.arange(400) * 2 * np.pi / 24)[:, None]
    index = pd.date_range("2024-01-01", periods=400, freq="h")
    return pd.DataFrame(walk + 3 * daily, index=index, columns=list("abc"))


def punch(frame, share=0.1):
    return frame.mask(np.random.default_rng(1).random(frame.shape) < share)


def assert_repaired(repaired, given):
    assert not repaired.isna().any().any()
    assert repaired.index.equals(given.index)
    pd.testing.assert_series_equal(repaired.dtypes, given.dtypes)
    seen = given.notna()
    assert ((repaired == given) | ~seen).all().all()


def test_mean_errs_less_than_a_draw_and_linear_interpolation(series):
    windows = Windowizer(24).fit_transform(series)
    given = np.where(np.random.default_rng(0).random(windows.shape) < 0.3, np.nan, windows)
    hidden = np.isnan(given)
    errors = {}
    for strategy in ("mean", "draw"):
        imputer = GANImputer(strategy=strategy, random_state=0)
        filled = imputer.fit_transform(given)
        np.testing.assert_array_equal(filled[~hidden], given[~hidden])
        errors[strategy] = np.abs(filled - windows)[hidden].mean()
    assert errors["mean"] < errors["draw"]


def test_windows_of_nan_are_left_out_of_fit_and_filled(series):
    windows = Windowizer(24).fit_transform(series).copy()
    windows[5] = np.nan
    filled = GANImputer(random_state=0).fit_transform(windows)
    assert np.isfinite(filled[5]).all()


def test_in_a_pipeline_of_flat_windows(series):
    pipeline = make_pipeline(
        Windowizer(12, output="flat"), GANImputer(NeighborSampler(n_channels=3), random_state=0)
    )
    filled = pipeline.fit_transform(punch(series))
    assert filled.shape == (389, 36)
    assert list(pipeline.get_feature_names_out()[:2]) == ["a_t0", "b_t0"]


def test_sampler_without_impute_is_refused():
    with pytest.raises(ValueError, match="The 'sampler' parameter of GANImputer must be"):
        GANImputer(Windowizer()).fit(np.zeros((5, 4)))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_series_changes_in_its_holes_only(series, dtype):
    given = punch(series).astype(dtype)
    given.iloc[50:60] = np.nan
    repaired = repair_series(given, random_state=0)
    assert_repaired(repaired, given)


def test_imputer_beats_linear_interpolation(series):
    given = punch(series, 0.3)
    given.iloc[100:108] = np.nan
    linear = given.interpolate(limit_direction="both")
    repaired = repair_series(given, random_state=0)
    assert (repaired - series).abs().mean().mean() < (linear - series).abs().mean().mean()


def test_holes_longer_than_windows_and_at_the_ends(series):
    given = punch(series)
    given.iloc[:30] = given.iloc[150:220] = given.iloc[-40:] = np.nan
    given.iloc[:200, 1] = np.nan
    assert_repaired(repair_series(given, window=12, random_state=0), given)


@pytest.mark.parametrize("kind", ["array", "one axis", "Series"])
def test_other_containers(series, kind):
    given = punch(series)
    given = {"array": given.to_numpy(), "one axis": given["a"].to_numpy(), "Series": given["a"]}[
        kind
    ]
    repaired = repair_series(given, window=12, random_state=0)
    assert type(repaired) is type(given)
    assert repaired.shape == given.shape
    assert np.isfinite(np.asarray(repaired)).all()


def test_a_fitted_sampler_is_taken_as_it_is(series):
    sampler = NeighborSampler(random_state=0).fit(Windowizer(12).fit_transform(series))
    given = punch(series)
    fitted = sampler.imputer_
    assert_repaired(repair_series(given, sampler, random_state=0), given)
    assert sampler.imputer_ is fitted
    with pytest.raises(
        ValueError, match="window must be 12, the length that the sampler was fitted on, got 24."
    ):
        repair_series(given, sampler, window=24)


def test_a_series_without_holes_comes_back(series):
    pd.testing.assert_frame_equal(repair_series(series), series)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampler": Windowizer()}, "sampler must have the method impute"),
        ({"n_draws": 1}, "n_draws must be at least 2, got 1."),
        ({"window": 500}, "500"),
    ],
)
def test_imputer_refuses(series, change, message):
    with pytest.raises(ValueError, match=message):
        repair_series(punch(series), **change)


def test_fill_missing_of_lists_and_integers():
    filled = fill_missing([[1.0, np.nan]], np.array([[5.0, 6.0]]))
    np.testing.assert_array_equal(filled, [[1.0, 6.0]])
    whole = np.array([[1, 2]])
    assert fill_missing(whole, np.array([[5.0, 6.0]])).dtype == whole.dtype


@pytest.mark.parametrize("gap", [2, 3])
def test_regular_holes_are_filled_as_well_as_by_a_straight_line(gap):
    truth = np.sin(np.arange(400) / 5)
    given = np.where(np.arange(400) % gap == 0, truth, np.nan)
    repaired = repair_series(given, random_state=0)
    linear = pd.Series(given).interpolate().to_numpy()
    hidden = np.isnan(given)
    assert np.abs(repaired - truth)[hidden].mean() <= 1.001 * np.abs(linear - truth)[hidden].mean()


def test_resampled_frames_are_interpolated(series):
    finer = series.asfreq("30min")
    repaired = repair_series(finer, random_state=0)
    assert_repaired(repaired, finer)
    pd.testing.assert_frame_equal(repaired, finer.interpolate(), rtol=1e-6)


@pytest.mark.parametrize("constant", [0.0, 7.0, 1013.25])
def test_constant_channels_take_their_constant(series, constant):
    given = punch(series.assign(b=constant))
    repaired = repair_series(given, random_state=0)
    assert_repaired(repaired, given)
    assert (repaired["b"] == constant).all()


def nullable_frame(dtypes):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 2, size=(60, 6))).add_prefix("v").astype(dtypes[0])
    frame["v1"] = frame["v1"].astype(dtypes[1])
    frame.iloc[3, :2] = None
    return frame


@pytest.mark.parametrize(
    "dtypes",
    [("Int64", "boolean"), ("Float64", "Int64"), ("int64[pyarrow]", "bool[pyarrow]")],
)
def test_nullable_columns_are_filled_and_keep_their_dtype(dtypes):
    if "pyarrow" in dtypes[0]:
        pytest.importorskip("pyarrow")
    frame = nullable_frame(dtypes)
    for filled in (
        GANImputer(random_state=0).fit_transform(frame),
        repair_series(frame, random_state=0),
    ):
        pd.testing.assert_series_equal(filled.dtypes, frame.dtypes)
        assert not filled.isna().any().any()
        assert filled.drop(index=3).equals(frame.drop(index=3))


def test_several_series_and_masks_are_refused_at_once(series):
    message = "series must be one series, got a list of 2; repair each by itself."
    with pytest.raises(ValueError, match=message):
        repair_series([series, series])
    masked = np.ma.masked_array(series.to_numpy(), mask=punch(series).isna())
    with pytest.raises(ValueError, match="series must hold NaN where values are missing, got a m"):
        repair_series(masked)
    with pytest.raises(ValueError, match="X must hold NaN where values are missing, got a masked"):
        GANImputer().fit(masked)
