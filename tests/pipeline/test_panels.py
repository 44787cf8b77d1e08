"""SamplingPipeline of panels: entities apart, attributes constant and in their shares, new identifiers."""

import pickle

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import StandardScaler

from sktsgan import (
    NeighborSampler,
    Windowizer,
    distribution_kl_score,
    make_sampling_pipeline,
)

SECTORS = {"AAA": "tech", "BBB": "tech", "CCC": "tech", "DDD": "bank"}


@pytest.fixture
def panel():
    """Four companies of unequal length, each about a level of its own."""
    rng, parts = np.random.default_rng(0), {}
    for i, (key, sector) in enumerate(SECTORS.items()):
        n_rows = (30, 200, 60, 90)[i]
        days = pd.date_range(f"2024-01-0{i + 1}", periods=n_rows, name="date")
        price = 100 * i + rng.normal(size=n_rows).cumsum()
        known = {"sector": sector, "price": price, "volume": rng.integers(0, 50, n_rows)}
        parts[key] = pd.DataFrame(known | {"founded": 1900 + i}, index=days)
    return pd.concat(parts, names=["ticker"])


def forms_of(panel):
    """Return the panel in each of its forms, and the parameter ``groups``."""
    return {
        "levels": (panel, None),
        "named": (panel.swaplevel(), "ticker"),
        "shuffled": (panel.sort_index(level="date"), None),
        "column": (panel.reset_index("ticker"), "ticker"),
        "list": ([part.droplevel(0) for _, part in panel.groupby(level=0)], None),
    }


def fit(X, groups=None, *steps, **options):
    cut = Windowizer(8, groups=groups, **options)
    return make_sampling_pipeline(*steps, cut, NeighborSampler(random_state=0)).fit(X)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("of", ["levels", "named", "shuffled", "column", "list"])
def test_attributes_come_back_in_their_shares(panel, of, scaled):
    X, groups = forms_of(panel)[of]
    pipeline = fit(X, groups, *[StandardScaler()] * scaled)
    new, table = pipeline.sample(200, random_state=0, return_prompt=True)
    like = X[0] if of == "list" else X
    assert list(new.columns) == list(like.columns)
    assert new.dtypes.equals(like.dtypes)
    column = groups if of == "column" else None
    windows = new.groupby(column or new.index.names[0], sort=False)
    assert (windows[["sector", "founded"]].nunique() == 1).all().all()
    first = windows[["sector", "founded"]].first()
    assert len(first) == 200
    assert first["founded"].value_counts().to_dict() == {1900 + i: 50 for i in range(4)}
    assert (first["sector"] == np.where(first["founded"] == 1903, "bank", "tech")).all()
    assert (table["founded"].to_numpy() == first["founded"]).all()
    levels = windows["price"].mean().groupby(first["founded"]).mean()
    assert (np.abs(levels - [0, 100, 200, 300]) < 25).all()
    times = new.index if column else new.index.get_level_values("date")
    assert (times.to_numpy().reshape(200, 8) == times[::8].to_numpy()[:, None] + np.arange(8)
            .astype("timedelta64[D]")).all()  # fmt: skip


def test_new_identifiers(panel):
    new = fit(panel).sample(3, random_state=0)
    assert new.index.names == ["ticker", "date"]
    assert list(new.index.levels[0]) == ["new 0", "new 1", "new 2"]
    together = fit(pd.concat([panel, new]))  # a sample is a panel like that of fit
    assert "new 0" in together.sample(50, return_prompt=True)[1]["ticker"].tolist()
    numbered = panel.rename({key: i for i, key in enumerate(SECTORS)}, level=0)
    batches = list(fit(numbered).iter_sample(5, batch_size=2, random_state=0))
    assert pd.concat(batches).index.unique(0).tolist() == [4, 5, 6, 7, 8]


@pytest.mark.parametrize("sampler", [NeighborSampler(random_state=0), NeighborSampler()])
def test_prompts(panel, sampler):
    pipeline = make_sampling_pipeline(Windowizer(8), sampler).fit(panel)
    alone = pipeline.sample(20, prompt={"ticker": "CCC"}, random_state=0)
    assert set(alone["founded"]) == {1902} and abs(alone["price"].mean() - 200) < 20
    tech = pipeline.sample(30, prompt={"sector": "tech"}, random_state=0)
    assert tech.groupby(level=0)["founded"].first().value_counts().tolist() == [10, 10, 10]
    late = pipeline.sample(8, prompt={"sector": "tech", "month": 6}, random_state=0)
    assert set(late["founded"]) == {1901} and set(late.index.get_level_values(1).month) <= {6, 7}
    mixed = pd.DataFrame({"ticker": ["AAA", "DDD"] * 5})
    both = pipeline.sample(10, prompt=mixed, random_state=0)
    assert both.groupby(level=0, sort=False)["founded"].first().tolist() == [1900, 1903] * 5
    with pytest.raises(ValueError, match="'ticker' is \\['AAA', 'BBB', 'CCC', 'DDD'\\]"):
        pipeline.sample(prompt={"ticker": "ZZZ"})


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("of", ["levels", "named", "shuffled", "column", "list"])
def test_missing_values_are_imputed_in_place(panel, of, scaled):
    rng = np.random.default_rng(1)
    holed = panel.copy()
    holed["volume"] = holed["volume"].astype(float)
    holes = rng.random(len(panel)) < 0.1
    holed.loc[holes, "price"] = np.nan
    pipeline = fit(forms_of(panel)[of][0], forms_of(panel)[of][1], *[StandardScaler()] * scaled)
    X = forms_of(holed)[of][0]
    filled = pipeline.impute(X, random_state=0)
    if of == "list":
        assert [list(one) for one in filled] == [list(one) for one in X]
        X, filled = pd.concat(X), pd.concat(filled)
    assert filled.notna().all().all()
    assert_frame_equal(filled.where(X.notna()), X)
    level = X["founded"].sub(1900) * 100
    assert (filled["price"] - level).abs().max() < 60
    draws = pipeline.impute(forms_of(holed)[of][0], n_draws=2, random_state=0)
    assert len(draws) == (2 if of == "list" else 2 * len(panel))


@pytest.mark.parametrize("of", ["levels", "column", "list"])
def test_samples_are_prompts_with_holes(panel, of):
    X, groups = forms_of(panel)[of]
    pipeline = fit(X, groups)
    known = pipeline.sample(5, random_state=0)
    known["price"] = known["price"].where(np.arange(40) % 8 < 5)
    made = pipeline.sample(5, prompt=known, random_state=0)
    seen = known["price"].notna().to_numpy()
    np.testing.assert_allclose(made["price"].to_numpy()[seen], known["price"].to_numpy()[seen])
    assert made["price"].notna().all()


def test_scores_and_pickles(panel):
    for of, (X, groups) in forms_of(panel).items():
        for steps in ([], [StandardScaler()]):
            pipeline = pickle.loads(pickle.dumps(fit(X, groups, *steps)))
            score = pipeline.score(X)
            assert score > -5, of
            assert distribution_kl_score(pipeline, X) == pytest.approx(score), of
            windows = pipeline[:-1].transform(X)
            assert windows.shape[1:] == (8, 2), of
            if steps and of != "list":
                assert len(pipeline[:1].transform(X)) == len(X)


def test_targets(panel):
    X, _ = forms_of(panel)["shuffled"]
    y = np.where(X["price"] > 150, "high", "low")
    pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(8), NeighborSampler()).fit(X, y)
    high = pipeline.sample(30, prompt="high", random_state=0)
    assert high.groupby(level=0)["price"].last().min() > 100


def test_periods_come_back(panel):
    frame = panel.loc["BBB"][["price"]].to_period("D")
    new = fit(frame).sample(3, prompt="March", random_state=0)
    times = new.index.get_level_values("date")
    assert isinstance(times, pd.PeriodIndex) and set(times[::8].month) == {3}
    X = panel.set_index(pd.MultiIndex.from_arrays([panel.index.get_level_values(0),
                                                   panel.index.get_level_values(1).to_period("D")]))  # fmt: skip
    new = fit(X).sample(3, random_state=0)
    assert isinstance(new.index.get_level_values(1), pd.PeriodIndex)


def test_windows_with_periods_or_entities(panel):
    frame = panel.loc["BBB"][["price", "volume"]]
    windows = Windowizer(8).set_output(transform="pandas").fit_transform(frame).to_period("D")
    for pipeline in (
        NeighborSampler(n_channels=2, random_state=0),
        make_sampling_pipeline(StandardScaler(), NeighborSampler(n_channels=2, random_state=0)),
    ):
        new = pipeline.fit(windows).sample(4, prompt="March", random_state=0)
        assert isinstance(new.index, pd.PeriodIndex) and set(new.index.month) == {3}
    cut = Windowizer(8).set_output(transform="pandas")
    pipeline.fit(cut.fit_transform(panel))
    new = pipeline.sample(4, prompt="March", random_state=0)
    assert set(new.index.month) == {3} and new.index.name == "date"


def test_without_dates(panel):
    steps = panel.groupby(level=0).cumcount().rename("step")
    X = panel.droplevel("date").set_index(steps.to_numpy(), append=True)
    new = fit(X).sample(4, random_state=0)
    assert new.index.get_level_values(1).tolist() == list(range(8)) * 4


def test_samplers_that_know_no_entities(panel):
    flat = Windowizer(8, output="flat")
    with pytest.raises(ValueError, match=r"attributes \['sector', 'founded'\], but KernelDensity"):
        make_sampling_pipeline(flat, KernelDensity()).fit(panel)
    plain = panel[["price", "volume"]]
    new = make_sampling_pipeline(flat, KernelDensity()).fit(plain).sample(3)
    assert new.index.names == ["ticker", "date"] and len(new) == 24


def test_impute_refuses_to_resample(panel):
    frame = panel.loc["BBB"][["price"]]
    pipeline = fit(frame, resample="2D")
    assert len(pipeline.sample(2)) == 16
    frame.iloc[3] = np.nan
    with pytest.raises(ValueError, match="resample='2D' puts its readings on other time steps"):
        pipeline.impute(frame)


def test_a_column_of_categories(panel):
    X = panel.reset_index("ticker").astype({"ticker": "category"})
    new = fit(X, "ticker").sample(2, prompt={"ticker": "DDD"}, random_state=0)
    assert new["ticker"].unique().tolist() == ["new 0", "new 1"]
    assert set(new["sector"]) == {"bank"}


def test_names_of_conditions_are_strings(panel):
    X = panel.set_axis(range(4), axis=1)
    assert set(fit(X).sample(4, prompt={"0": "bank"}, random_state=0)[0]) == {"bank"}
