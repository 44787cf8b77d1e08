"""Whole series from a pipeline: dates, containers and what they go on from."""

import pickle

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal
from sklearn.preprocessing import StandardScaler

import sktsgan
from sktsgan import CopulaSampler, NeighborSampler, Windowizer, make_sampling_pipeline
from sktsgan.datasets import make_seasonal_series

N_STEPS = 24 * 70


@pytest.fixture(scope="module")
def frame():
    """Hours in a time zone: floats, integers, categories, booleans and a constant."""
    series = make_seasonal_series(N_STEPS, 1, start="2020-01-01", random_state=0)["channel_0"]
    index = pd.date_range("2020-01-01", periods=N_STEPS, freq="h", tz="Europe/Berlin", name="date")
    values = series.to_numpy()
    sky = pd.Categorical.from_codes(
        np.digitize(values, [5, 9]), ["rain", "cloud", "sun"], ordered=True
    )
    columns = {"heat": values, "load": np.rint(values * 10).astype(int), "sky": sky}
    columns |= {"warm": values > 7, "site": 3.5}
    return pd.DataFrame(columns, index=index)


@pytest.fixture(scope="module")
def pipeline(frame):
    return make_sampling_pipeline(
        StandardScaler(), Windowizer(12), NeighborSampler(random_state=0)
    ).fit(frame)


def fit(series, window=12):
    return make_sampling_pipeline(Windowizer(window), NeighborSampler(random_state=0)).fit(series)


def test_a_series_is_a_table_like_that_of_fit(pipeline, frame):
    new = pipeline.sample_series(start="2021-02-01", end="2021-02-10 05:00", random_state=0)
    assert (new.dtypes == frame.dtypes).all()
    dates = pd.date_range(
        "2021-02-01", "2021-02-10 05:00", freq="h", tz="Europe/Berlin", name="date"
    )
    assert_index_equal(new.index, dates.as_unit(frame.index.unit))
    assert new.index.freq == frame.index.freq
    assert frame["heat"].min() <= new["heat"].min() < new["heat"].max() <= frame["heat"].max()
    assert set(new["site"]) == {3.5}
    assert set(new["load"]) <= set(frame["load"])


def test_categories_belong_to_their_numbers(pipeline):
    new = pipeline.sample_series(2000, random_state=0)
    agrees = new["warm"] == (new["sky"] >= "cloud")
    means = new.groupby("sky", observed=True)["heat"].mean()
    assert agrees.mean() > 0.7
    assert means["rain"] < means["cloud"] < means["sun"]


def test_a_series_follows_that_of_fit_where_no_date_is_given(pipeline, frame):
    new = pipeline.sample_series(5, random_state=0)
    assert new.index[0] == frame.index[-1] + frame.index.freq


def test_the_clock_is_followed():
    series = make_seasonal_series(24 * 400, 1, daily=6, noise=0.5, random_state=0)
    new = fit(series, 24).sample_series(24 * 200, start="2022-01-01", random_state=0)
    for field in ("hour", "month"):
        made, real = (
            table["channel_0"].groupby(getattr(table.index, field)).mean()
            for table in (new, series)
        )
        assert np.abs(made - real[made.index]).max() < 2


def test_draws_are_reproducible(pipeline):
    one, same, other = (pipeline.sample_series(60, random_state=seed) for seed in (0, 0, 1))
    assert_frame_equal(one, same)
    assert not one["heat"].equals(other["heat"])


def test_several_series(pipeline, frame):
    new = pipeline.sample_series(40, n_series=3, start="2020-02-03", random_state=0)
    assert new.index.names == ["series", "date"]
    assert (new.dtypes == frame.dtypes).all()
    assert [len(new.loc[i]) for i in range(3)] == [40] * 3
    assert not np.allclose(new.loc[0]["heat"], new.loc[1]["heat"])


def test_futures_begin_where_initial_ends(pipeline, frame):
    initial = frame.iloc[300:400]
    new = pipeline.sample_series(30, initial=initial, n_series=40, random_state=0)
    first = new.groupby("series").head(1)
    assert (first.index.get_level_values("date") == frame.index[400]).all()
    steps = first["heat"] - initial["heat"].iloc[-1]
    usual = frame["heat"].diff().std()
    assert np.abs(steps).mean() < 2.5 * usual
    assert first["heat"].nunique() > 20  # they don't all follow the same few moments
    spread = new["heat"].unstack("series").std(axis=1)
    assert spread.iloc[-1] > spread.iloc[0]
    short = pipeline.sample_series(3, initial=initial[["warm", *frame.columns.drop("warm")]][-1:])
    assert len(short) == 3 and list(short.columns) == list(frame.columns)


@pytest.mark.parametrize("n_series", [1, 2])
def test_pieces_are_the_series(pipeline, n_series):
    options = {"start": "2020-03-01", "n_series": n_series, "random_state": 0}
    whole = pipeline.sample_series(100, **options)
    pieces = list(pipeline.iter_series(100, batch_size=33, **options))
    assert [len(piece) // n_series for piece in pieces] == [33, 33, 33, 1]
    joined = pd.concat(pieces)
    if n_series > 1:
        joined = joined.sort_index(level="series", sort_remaining=False, kind="stable")
    assert_frame_equal(joined, whole, check_freq=False)


@pytest.mark.parametrize("n_axes", [1, 2])
def test_arrays(n_axes):
    series = make_seasonal_series(500, 2, random_state=0).to_numpy(np.float32)
    series = series[:, 0] if n_axes == 1 else series
    fitted = fit(series)
    new = fitted.sample_series(50, random_state=0)
    assert new.shape == (50, *series.shape[1:]) and new.dtype == np.float32
    futures = fitted.sample_series(20, n_series=3, initial=series[:30], random_state=0)
    assert futures.shape == (3, 20, *series.shape[1:])


def test_series_periods_and_numbers():
    days = pd.period_range("2020-01-01", periods=400, freq="D", name="day")
    walk = pd.Series(np.random.default_rng(0).normal(size=400), days, name="load")
    new = fit(walk).sample_series(start="2022-01-01", end="2022-01-31", random_state=0)
    assert new.name == "load"
    assert_index_equal(new.index, pd.period_range("2022-01-01", "2022-01-31", name="day"))
    numbered = walk.reset_index(drop=True)
    new = fit(numbered).sample_series(10, initial=numbered[:200], random_state=0)
    assert new.index.tolist() == list(range(200, 210))


def test_business_days_begin_after_a_weekend():
    days = pd.bdate_range("2020-01-01", periods=300)
    walk = pd.DataFrame({"price": np.random.default_rng(0).normal(size=300).cumsum()}, days)
    new = fit(walk).sample_series(3, start="2022-01-01", random_state=0)
    assert new.index.tolist() == pd.bdate_range("2022-01-03", periods=3).tolist()


def test_steps_with_missing_values_are_left_out(frame):
    holes = frame[["heat"]].copy()
    holes.iloc[100:104] = holes.iloc[500] = np.nan
    new = fit(holes).sample_series(200, random_state=0)
    assert new.notna().all(axis=None)


def test_gaps():
    series = make_seasonal_series(1000, 1, random_state=0)
    known = series.drop(series.index[[100, 101, 400]])
    fitted = make_sampling_pipeline(Windowizer(12, gaps="split"), NeighborSampler()).fit(known)
    assert len(fitted.sample_series(100)) == 100


def test_pickles_and_files_hold_what_is_needed(pipeline, tmp_path):
    new = pipeline.sample_series(50, random_state=0)
    path = tmp_path / "pipeline.sktsgan"
    sktsgan.save(pipeline, path)
    for copy in (pickle.loads(pickle.dumps(pipeline)), sktsgan.load(path)):
        assert_frame_equal(copy.sample_series(50, random_state=0), new)


def test_the_series_is_a_copy(frame):
    own = frame[["heat"]].copy()
    fitted = fit(own)
    own.iloc[:] = 0.0
    new = fitted.sample_series(50, random_state=0)
    assert_series_equal(new["heat"], fit(frame[["heat"]]).sample_series(50, random_state=0)["heat"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "One of length and end must be given, got length=None and end=None"),
        ({"length": 5, "end": "2021-01-01"}, "One of length and end must be given"),
        ({"length": 0}, "length must be an integer of at least 1, got 0"),
        ({"length": 2.5}, "length must be an integer of at least 1, got 2.5"),
        ({"length": 10**9}, "length must end before the last date that can be told"),
        ({"length": 5, "n_series": 0}, "n_series must be an integer of at least 1, got 0"),
        ({"length": 5, "start": "soon"}, "start must be a date, got 'soon'"),
        ({"length": 5, "start": 2021}, "start must be a date, got 2021"),
        ({"end": "2019-01-01"}, "end must not be before the first step"),
        ({"length": 5, "random_state": "x"}, "random_state must be"),
    ],
)
def test_what_names_no_steps_is_refused(pipeline, options, message):
    for method in (pipeline.sample_series, pipeline.iter_series):
        with pytest.raises(ValueError, match=message):
            method(**options)


def test_batches_of_nothing_are_refused(pipeline):
    with pytest.raises(ValueError, match="batch_size must be an integer of at least 1, got 0"):
        pipeline.iter_series(5, batch_size=0)


def test_initial_that_is_no_such_table_is_refused(pipeline, frame):
    start = frame.iloc[:50]
    cases = [
        (start.drop(columns="heat"), "initial must be a DataFrame with the columns"),
        (start.to_numpy(), "initial must be a DataFrame with the columns"),
        (start.assign(heat=np.nan), "initial must be finite and without missing values.* row 0"),
        (start.reset_index(drop=True), "initial must be indexed by dates in the time zone Europe"),
        (start.tz_convert("UTC"), "initial must be indexed by dates in the time zone Europe"),
        (start.iloc[[0, 1, 5]], "initial must have steps of h without gaps"),
        (start.iloc[:0], "initial must have at least one row"),
        (start.assign(sky="snow"), "categories of 'sky' must be among .* but initial has 'snow'"),
        (start.assign(heat="hot"), "initial must hold numbers"),
    ]
    for initial, message in cases:
        with pytest.raises(ValueError, match=message):
            pipeline.sample_series(5, initial=initial)
    with pytest.raises(ValueError, match="start must be the step after initial"):
        pipeline.sample_series(5, start="2021-01-01", initial=start)


def test_undated_series_have_no_start():
    fitted = fit(np.random.default_rng(0).normal(size=(200, 2)))
    with pytest.raises(ValueError, match="start must be None, since the series seen in fit has no"):
        fitted.sample_series(5, start="2020-01-01")
    with pytest.raises(ValueError, match="initial must have the 2 channels of fit, got 3"):
        fitted.sample_series(5, initial=np.zeros((20, 3)))


def test_what_can_make_no_series_says_why(frame):
    windows = np.random.default_rng(0).normal(size=(100, 12, 1))
    short = frame[["heat"]].iloc[:9]
    cases = [
        (make_sampling_pipeline(NeighborSampler()).fit(windows), "needs a Windowizer"),
        (
            make_sampling_pipeline(Windowizer(12), CopulaSampler()).fit(frame[["heat"]]),
            "needs a sampler that may keep training data, which CopulaSampler doesn't",
        ),
        (fit(short.iloc[:7], 3), "must have 8 steps without a gap"),
    ]
    for fitted, message in cases:
        with pytest.raises(ValueError, match=message):
            fitted.sample_series(5)


def test_rules_hold_in_whole_series():
    rng = np.random.default_rng(0)
    low = rng.normal(size=600).cumsum()
    frame = pd.DataFrame(
        {
            "low": low,
            "high": low + rng.exponential(size=600),
            "count": rng.integers(0, 3, 600).cumsum(),
        },
        index=pd.date_range("2024-01-01", periods=600, freq="h"),
    )
    rules = ["low <= high", "increasing(count)"]
    pipe = make_sampling_pipeline(
        StandardScaler(), Windowizer(12), NeighborSampler(constraints=rules, random_state=0)
    ).fit(frame)
    options = {"initial": frame[:400], "n_series": 2, "random_state": 0}
    made = pipe.sample_series(300, **options)
    assert (made["low"] <= made["high"]).all()
    for _, one in made.groupby(level="series"):
        assert (
            one["count"].is_monotonic_increasing
            and one["count"].iloc[0] >= frame["count"].iloc[399]
        )
    pieces = pd.concat(list(pipe.iter_series(300, batch_size=70, **options))).sort_index()
    pd.testing.assert_frame_equal(pieces, made.sort_index())


@pytest.fixture(scope="module")
def stations():
    """Hours of three stations of two regions, in one table."""
    rng, dates = (
        np.random.default_rng(0),
        pd.date_range("2024-01-01", periods=400, freq="h", name="time"),
    )
    parts = []
    for i, region in enumerate(["north", "north", "south"]):
        wet = np.where(rng.random(400) < 0.3, "rain", "dry" if i else "fog")
        level = 10 * i + np.sin(np.arange(400) / 4) + rng.normal(scale=0.1, size=400)
        parts.append(pd.DataFrame({"region": region, "level": level, "sky": wet}, index=dates))
    return pd.concat(parts, keys=["EWR", "JFK", "MIA"], names=["station", "time"])


def test_new_entities_of_a_panel(stations):
    pipe = make_sampling_pipeline(Windowizer(12), NeighborSampler(random_state=0)).fit(stations)
    options = {"start": "2025-01-01", "n_entities": 6, "random_state": 0}
    made = pipe.sample_series(100, **options)
    assert list(made.columns) == list(stations.columns) and len(made) == 600
    assert made.index.names == ["station", "time"]
    keys = made.index.get_level_values("station")
    assert keys.nunique() == 6 and not set(keys) & {"EWR", "JFK", "MIA"}
    for _, own in made.groupby(level="station"):
        source = round(own["level"].mean() / 10)
        assert set(own["region"]) == {["north", "north", "south"][source]}
        assert set(own["sky"]) <= ({"rain", "dry"} if source else {"rain", "fog"})
        assert own.index.get_level_values("time")[0] == pd.Timestamp("2025-01-01")
    regions = made.groupby(level="station")["region"].first()
    assert regions.value_counts().to_dict() == {"north": 4, "south": 2}  # as in the panel
    pieces = pd.concat(list(pipe.iter_series(100, batch_size=30, **options)))
    assert_frame_equal(pieces, made)


def test_what_panels_have_no_use_for(stations):
    pipe = make_sampling_pipeline(Windowizer(12), NeighborSampler(random_state=0)).fit(stations)
    with pytest.raises(ValueError, match="n_series must be 1"):
        pipe.sample_series(10, n_series=2)
    with pytest.raises(ValueError, match="initial must be None"):
        pipe.sample_series(10, initial=stations.loc["EWR"])
    with pytest.raises(ValueError, match="n_entities must be .* got 0"):
        pipe.sample_series(10, n_entities=0)
    one = make_sampling_pipeline(Windowizer(12), NeighborSampler(random_state=0))
    with pytest.raises(ValueError, match="n_entities must be None"):
        one.fit(stations.loc["EWR", ["level"]]).sample_series(10, n_entities=2)


def test_pipelines_of_panels_can_be_saved(stations, tmp_path):
    pipe = make_sampling_pipeline(Windowizer(12), NeighborSampler(random_state=0)).fit(stations)
    sktsgan.save(pipe, tmp_path / "model")
    again = sktsgan.load(tmp_path / "model").sample_series(50, n_entities=2, random_state=0)
    assert_frame_equal(again, pipe.sample_series(50, n_entities=2, random_state=0))
