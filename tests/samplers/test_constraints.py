"""Rules that all windows obey, whatever sampler makes or fills them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, StandardScaler

import sktsgan
from sktsgan import (
    CopulaSampler,
    NeighborSampler,
    TimeGANSampler,
    TransformerGANSampler,
    Windowizer,
    make_sampling_pipeline,
)

WINDOW = 8
RULES = [
    "low <= open",
    "close >= low",
    "open <= high",
    "close <= high",
    "a + b == total",
    "increasing(count)",
    "0 <= share <= 100",
]
TINY = {"max_iter": 2, "batch_size": 16, "refine": "always", "random_state": 0, "device": "cpu"}
SAMPLERS = {
    "neighbors": NeighborSampler(random_state=0),
    "copula": CopulaSampler(random_state=0),
    "pair": TransformerGANSampler(embedding_size=4, **TINY),
    "timegan": TimeGANSampler(hidden_size=4, **TINY),
}


@pytest.fixture(scope="module")
def table():
    """Return prices, a sum, a counter, a percentage and categories that go together."""
    rng, n = np.random.default_rng(0), 300
    close = 100 + rng.normal(size=n).cumsum().round(2)
    start = np.r_[100, close[:-1]].round(2)
    frame = pd.DataFrame({"open": start, "close": close})
    frame["high"] = (frame.max(axis=1) + rng.exponential(size=n)).round(2)
    frame["low"] = (frame[["open", "close"]].min(axis=1) - rng.exponential(size=n)).round(2)
    frame["a"], frame["b"] = rng.poisson(3, n), rng.poisson(5, n)
    frame["total"] = frame["a"] + frame["b"]
    frame["count"] = rng.poisson(1, n).cumsum()
    frame["share"] = np.clip(60 + 30 * rng.normal(size=n), 0, 100)
    return frame


@pytest.fixture(scope="module")
def places(table):
    cities = np.array(["Lyon", "Nice", "Bonn"])[np.arange(len(table)) // 7 % 3]
    countries = pd.Categorical(np.where(cities == "Bonn", "DE", "FR"))
    return table.assign(city=pd.Categorical(cities), country=countries)


def cut(frame):
    return [
        frame.iloc[i : i + WINDOW].reset_index(drop=True) for i in range(len(frame) - WINDOW + 1)
    ]


def assert_obeyed(frame, length=WINDOW):
    low, high = frame[["open", "close"]].min(axis=1), frame[["open", "close"]].max(axis=1)
    assert (frame["low"] <= low).all() and (high <= frame["high"]).all()
    assert (frame["a"] + frame["b"] == frame["total"]).all()
    counts = frame["count"].to_numpy(float).reshape(-1, length)
    assert (np.diff(counts, axis=1) >= 0).all()
    assert frame["share"].between(0, 100).all()


@pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)
@pytest.mark.parametrize("scalers", [(), (StandardScaler(),)], ids=["plain", "scaled"])
def test_new_windows_obey_rules(sampler, scalers, table):
    sampler = clone(sampler).set_params(constraints=RULES)
    pipeline = make_sampling_pipeline(*scalers, Windowizer(WINDOW), sampler).fit(table)
    made = pipeline.sample(400, random_state=0)
    assert_obeyed(made)
    pd.testing.assert_series_equal(made.dtypes, table.dtypes)
    assert pipeline[-1].constraints_ == RULES


def test_rules_keep_the_distribution(table):
    pipeline = make_sampling_pipeline(
        Windowizer(WINDOW), NeighborSampler(constraints="auto", random_state=0)
    )
    made = pipeline.fit(table).sample(1000, random_state=0)
    for column in ["open", "total", "share"]:
        gap = abs(made[column].mean() - table[column].mean())
        assert gap < 0.25 * table[column].std()
    spreads = [frame["high"] - frame["low"] for frame in (made, table)]
    assert spreads[0].mean() == pytest.approx(spreads[1].mean(), rel=0.1)
    assert spreads[0].std() == pytest.approx(spreads[1].std(), rel=0.25)
    rises = [
        np.diff(frame["count"].to_numpy().reshape(-1, length), axis=1)
        for frame, length in ((made, WINDOW), (table, len(table)))
    ]
    assert rises[0].mean() == pytest.approx(rises[1].mean(), abs=0.1)
    assert (rises[0] == 0).mean() == pytest.approx((rises[1] == 0).mean(), abs=0.05)


def test_auto_finds_what_always_holds(places):
    sampler = NeighborSampler(constraints="auto", random_state=0).fit(cut(places))
    found = set(sampler.constraints_)
    assert {"low <= open", "low <= close", "open <= high", "close <= high"} <= found
    assert {"a + b == total", "increasing(count)", "0 <= share <= 100"} <= found
    assert "combinations(city, country)" in found
    made = pd.concat(sampler.sample(300, random_state=0))
    assert_obeyed(made)
    assert ((made["city"] == "Bonn") == (made["country"] == "DE")).all()
    assert set(made["city"]) == {"Lyon", "Nice", "Bonn"}


@pytest.mark.parametrize("offset", [0.1, 1 / 3, 0.7])
def test_scalers_do_not_hide_bounds(offset):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"share": np.clip(rng.normal(offset, 1, size=300), 0, 1)})
    frame["rest"] = 1 - frame["share"]
    sampler = NeighborSampler(constraints="auto", random_state=0)
    pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(WINDOW), sampler).fit(frame)
    assert {"0 <= share <= 1", "0 <= rest <= 1", "share + rest == 1"} == set(sampler.constraints_)
    made = pipeline.sample(200, random_state=0)
    assert made.min(axis=None) >= 0 and made.max(axis=None) <= 1


def test_auto_finds_nothing_in_noise():
    X = np.random.default_rng(0).normal(size=(100, 8, 3))
    sampler = NeighborSampler(constraints="auto", random_state=0).fit(X)
    assert sampler.constraints_ == []
    plain = NeighborSampler(random_state=0).fit(X)
    np.testing.assert_array_equal(
        sampler.sample(5, random_state=0), plain.sample(5, random_state=0)
    )
    assert plain.constraints_ == []


def test_sums_of_counters():
    meters = np.random.default_rng(0).poisson(2, size=(200, 6, 2)).cumsum(axis=1)
    meters = np.concatenate([meters, meters.sum(axis=2, keepdims=True)], axis=2)
    sampler = NeighborSampler(constraints="auto", random_state=0).fit(meters)
    assert {"increasing(x2)", "x0 + x1 == x2"} <= set(sampler.constraints_)
    made = sampler.sample(200, random_state=0)
    assert (np.diff(made, axis=1) >= 0).all()
    assert (made[..., 0] + made[..., 1] == made[..., 2]).all()
    rules = ["x0 + x1 == x2", "increasing(x2)"]
    with pytest.raises(ValueError, match="'x2' is a sum of channels that may fall"):
        NeighborSampler(constraints=rules).fit(meters)


def test_parts_of_a_constant_sum():
    shares = np.random.default_rng(0).dirichlet([2, 3, 4], size=(200, 6))
    rules = [*(f"0 <= x{c}" for c in range(3)), "x0 + x1 + x2 == 1"]
    made = NeighborSampler(constraints=rules, random_state=0).fit(shares).sample(200)
    assert made.min() >= 0
    np.testing.assert_allclose(made.sum(axis=2), 1, atol=1e-12)
    np.testing.assert_allclose(made.mean(axis=(0, 1)), shares.mean(axis=(0, 1)), atol=0.03)


@pytest.mark.parametrize("scalers", [(), (MinMaxScaler(),)], ids=["plain", "scaled"])
def test_impute_obeys_rules(scalers, places):
    sampler = NeighborSampler(constraints=[*RULES, "combinations(city, country)"], random_state=0)
    pipeline = make_sampling_pipeline(*scalers, Windowizer(WINDOW), sampler).fit(places)
    rng, holed = np.random.default_rng(0), places.astype({"a": float, "b": float, "total": float})
    holed["count"] = holed["count"].astype(float)
    for column in holed:
        holed.loc[rng.choice(len(holed), 40, replace=False), column] = None
    filled = pipeline.impute(holed, random_state=0)
    assert not filled.isna().any().any()
    assert_obeyed(filled.assign(total=filled["total"].round(9)), len(filled))
    assert ((filled["city"] == "Bonn") == (filled["country"] == "DE")).all()
    for column in holed:
        known = holed[column].notna()
        assert filled[column][known].equals(holed[column][known])


def test_fit_learns_from_windows_with_holes(table):
    windows = np.stack(cut(table))
    windows[np.random.default_rng(0).random(windows.shape) < 0.1] = np.nan
    sampler = NeighborSampler(constraints=["x3 <= x0", "x3 <= x1", "x4 + x5 == x6"], random_state=0)
    made = sampler.fit(windows).sample(200, random_state=0)
    assert (made[..., 3] <= made[..., :2].min(axis=2)).all()
    assert (made[..., 4] + made[..., 5] == made[..., 6]).all()


def test_models_with_rules_are_saved(places, tmp_path):
    sampler = NeighborSampler(constraints="auto", random_state=0).fit(cut(places))
    sktsgan.save(sampler, tmp_path / "model.sktsgan")
    loaded = sktsgan.load(tmp_path / "model.sktsgan")
    assert loaded.constraints_ == sampler.constraints_
    pairs = zip(loaded.sample(5, random_state=0), sampler.sample(5, random_state=0), strict=True)
    for one, other in pairs:
        pd.testing.assert_frame_equal(one, other)


def test_more_windows_must_obey_rules_too(table):
    windows = np.stack(cut(table))
    sampler = TransformerGANSampler(embedding_size=4, constraints=["x3 <= x0"], **TINY)
    sampler.partial_fit(windows).partial_fit(windows)
    made = sampler.sample(50)
    assert (made[..., 3] <= made[..., 0]).all()
    windows[4, 2, 3] = 1000
    with pytest.raises(ValueError, match="window 4 has x3=1000, x0=.* in step 2, the first of 1"):
        sampler.partial_fit(windows)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("low < open", "must hold rules such as"),
        ("low <= ", "must hold rules such as"),
        ("low <= opening", "names 'opening' in 'low <= opening', but the channels are"),
        ("1 <= 2", "must name channels"),
        ("a + b <= total", "can hold sums as in 'a . b == c' only"),
        ("increasing(a, b)", "must have one channel in increasing"),
        ("combinations(a)", "must have two channels or more in combinations"),
        ("combinations(a, b)", "'a' has numbers"),
        ("high <= open", "window 0 has high=.*, open=100 in step 0, the first of"),
        ("increasing(open)", "window 0 has open="),
        ("a + b == 8", "must obey constraints='a . b == 8', but window 0 has a="),
    ],
)
def test_rules_that_are_none_or_do_not_hold(rule, message, table):
    pipeline = make_sampling_pipeline(Windowizer(WINDOW), NeighborSampler(constraints=[rule]))
    with pytest.raises(ValueError, match=message):
        pipeline.fit(table)
    assert not hasattr(pipeline[-1], "conditions_")


def test_rules_that_do_not_go_together():
    X = np.ones((50, 4, 2)) * np.arange(50)[:, None, None]
    sampler = NeighborSampler(constraints=["x0 <= x1", "x1 <= x0"])
    with pytest.raises(ValueError, match="'x1 <= x0' can't be kept: each channel would depend on"):
        sampler.fit(X)


def test_observed_values_that_break_a_rule(table):
    pipeline = make_sampling_pipeline(
        StandardScaler(), Windowizer(WINDOW), NeighborSampler(constraints=RULES)
    ).fit(table)
    holed = table.copy()
    holed.loc[5, ["share", "open"]] = 120, np.nan
    message = "X must obey constraints='0 <= share <= 100', but window . has share=120 in step"
    with pytest.raises(ValueError, match=message):
        pipeline.impute(holed)


def test_steps_that_do_more_than_scale(table):
    steps = QuantileTransformer(n_quantiles=20), Windowizer(WINDOW)
    pipeline = make_sampling_pipeline(*steps, NeighborSampler(constraints=RULES))
    with pytest.raises(ValueError, match="need steps that scale each channel, as StandardScaler"):
        pipeline.fit(table)


@pytest.mark.parametrize("constraints", ["low <= open", [1], 3])
def test_constraints_that_are_no_list(constraints, table):
    with pytest.raises(ValueError, match="constraints"):
        NeighborSampler(constraints=constraints).fit(cut(table))
