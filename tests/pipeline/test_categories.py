"""Tables with categories through pipelines and samplers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

import sktsgan
from sktsgan import (
    CopulaSampler,
    NeighborSampler,
    TimeGANSampler,
    TransformerGANSampler,
    Windowizer,
    make_sampling_pipeline,
)

WINDOW = 12
TINY = {"max_iter": 2, "batch_size": 16, "refine": "always", "random_state": 0, "device": "cpu"}
SAMPLERS = {
    "neighbors": NeighborSampler(random_state=0),
    "pair": TransformerGANSampler(embedding_size=4, **TINY),
}


@pytest.fixture(scope="module")
def table():
    """Return days of weather, whose kinds last and say how warm it is."""
    rng = np.random.default_rng(0)
    n, state = 1500, 0
    states = np.empty(n, dtype=int)
    for i in range(n):
        state = rng.choice(3, p=[0.6, 0.3, 0.1]) if rng.random() < 0.25 else state
        states[i] = state
    level = np.convolve(rng.normal(size=n + 20), np.ones(21) / 4, "valid")
    days = pd.date_range("2020-01-01", periods=n, name="day")
    frame = pd.DataFrame({"heat": level + 3.0 * states}, index=days)
    frame["weather"] = pd.Categorical.from_codes(states, ["sun", "fog", "rain"])
    frame["text"] = pd.array(np.array(["dry", "dry", "wet"])[states], dtype="string")
    frame["wet"] = states == 2
    frame["mild"] = pd.array(states == 1, dtype="boolean")
    frame["rank"] = pd.Categorical.from_codes(states, ["low", "mid", "high"], ordered=True)
    frame["count"] = rng.poisson(3.0 + states)
    return frame


@pytest.fixture(scope="module", params=SAMPLERS)
def pipeline(request, table):
    steps = StandardScaler(), Windowizer(WINDOW), SAMPLERS[request.param]
    return make_sampling_pipeline(*steps).fit(table)


@pytest.fixture(scope="module")
def made(pipeline, table):
    return pipeline.sample(1000, random_state=0)


def test_columns_and_dtypes_come_back(made, table):
    pd.testing.assert_series_equal(made.dtypes, table.dtypes)
    assert set(made["weather"]) <= set(table["weather"])


def test_columns_that_say_the_same_agree(made):
    weather = made["weather"].astype(str)
    assert ((weather == "rain") == made["wet"]).all()
    assert ((weather == "fog") == made["mild"]).all()
    assert ((made["text"] == "wet") == made["wet"]).all()
    assert (made["rank"].cat.codes == made["weather"].cat.codes).all()


def test_shares_and_durations_are_right(made, table):
    real, new = (frame["weather"].value_counts(normalize=True) for frame in (table, made))
    assert (real - new).abs().sum() / 2 < 0.04
    windows = made["weather"].cat.codes.to_numpy().reshape(-1, WINDOW)
    codes = table["weather"].cat.codes.to_numpy()
    stays = (windows[:, 1:] == windows[:, :-1]).mean(), (codes[1:] == codes[:-1]).mean()
    assert stays[0] == pytest.approx(stays[1], abs=0.03)


def test_numbers_depend_on_categories(made, table):
    real, new = (frame.groupby("weather", observed=True)["heat"].mean() for frame in (table, made))
    np.testing.assert_allclose(new, real, atol=0.9)


def test_impute_fills_categories(pipeline, table):
    holed = table.copy()
    holed["wet"] = holed["wet"].astype("boolean")
    for i, column in enumerate(["weather", "text", "mild", "rank", "heat"]):
        holed.iloc[100 + 30 * i : 104 + 30 * i, holed.columns.get_loc(column)] = None
    filled = pipeline.impute(holed, random_state=0)
    assert not filled.isna().any().any()
    pd.testing.assert_series_equal(filled.dtypes, holed.dtypes)
    for column in holed:
        known = holed[column].notna()
        assert filled[column][known].equals(holed[column][known])
    found = [(filled[c] == table[c])[holed[c].isna()] for c in ["weather", "text", "mild", "rank"]]
    assert pd.concat(found).mean() > 0.7  # what other columns say


def test_several_draws(pipeline, table):
    holed = table.iloc[:60].copy()
    holed.iloc[20:24, holed.columns.get_loc("weather")] = None
    draws = pipeline.impute(holed, n_draws=3, random_state=0)
    assert draws.index.names[0] == "draw" and not draws.isna().any().any()
    assert draws["weather"].dtype == table["weather"].dtype


def test_saved_pipelines_make_the_same(pipeline, table, tmp_path):
    sktsgan.save(pipeline, tmp_path / "model.sktsgan")
    loaded = sktsgan.load(tmp_path / "model.sktsgan")
    pd.testing.assert_frame_equal(
        pipeline.sample(5, random_state=1), loaded.sample(5, random_state=1)
    )


def test_a_category_that_fit_has_not_seen(pipeline, table):
    other = table.iloc[:40].assign(text="snow")
    other.iloc[3, 0] = np.nan
    with pytest.raises(ValueError, match="categories of 'text' must be among those seen in fit"):
        pipeline.impute(other)


def test_windows_of_codes(table):
    windows = Windowizer(WINDOW).fit_transform(table[["heat", "weather"]])
    made = NeighborSampler(random_state=0).fit(windows, categorical=[1]).sample(50, random_state=0)
    assert set(np.unique(made[..., 1])) <= {0.0, 1.0, 2.0}


def test_tables_of_windows(table):
    """Flat windows in a table, and a list of tables, have categories, too."""
    parts = [table[["heat", "weather"]].iloc[i : i + 4].reset_index(drop=True) for i in range(300)]
    made = NeighborSampler(random_state=0).fit(parts).sample(3, random_state=0)
    assert [list(item.dtypes) for item in made] == [list(parts[0].dtypes)] * 3
    flat = pd.concat(
        {i: pd.concat({k: part.iloc[k] for k in range(4)}) for i, part in enumerate(parts[:50])}
    ).unstack([1, 2])
    flat.columns = [f"{name}{k}" for k, name in flat.columns]
    flat = flat.astype({f"heat{k}": float for k in range(4)})
    made = NeighborSampler(n_channels=2, random_state=0).fit(flat).sample(3, random_state=0)
    assert set(made["weather0"]) <= {"sun", "fog", "rain"} and list(made) == list(flat)


@pytest.mark.parametrize("sampler", [CopulaSampler(random_state=0), TimeGANSampler(**TINY)])
def test_samplers_of_numbers_refuse_more_than_two_categories(sampler, table):
    name = type(sampler).__name__
    message = (
        f"{name} can't learn channels of more than two categories, but channel 1 of X has 3; take "
        "NeighborSampler or TransformerGANSampler, or leave it out."
    )
    pipeline = make_sampling_pipeline(Windowizer(WINDOW), sampler)
    with pytest.raises(ValueError, match=message):
        pipeline.fit(table[["heat", "weather"]])


@pytest.mark.parametrize("sampler", [CopulaSampler(random_state=0), TimeGANSampler(**TINY)])
def test_samplers_of_numbers_learn_booleans(sampler, table):
    pipeline = make_sampling_pipeline(Windowizer(WINDOW), sampler).fit(table[["heat", "wet"]])
    made = pipeline.sample(500, random_state=0)
    assert made["wet"].dtype == bool
    assert made["wet"].mean() == pytest.approx(table["wet"].mean(), abs=0.08)
