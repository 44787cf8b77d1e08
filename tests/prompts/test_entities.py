"""Entities: equal shares, whatever the number of their items; prompts for them; what samplers are told."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from sktsgan import CopulaSampler
from sktsgan.prompts import ConditionTable, read_entities, select_rows

STATIONS = pd.Series(["EWR"] * 10 + ["JFK"] * 200 + ["LGA"] * 30, name="station")
KNOWN = pd.DataFrame({"coast": (STATIONS == "JFK").map({True: "yes", False: "no"})})


def shares(table, prompt, n_items=300):
    selection = select_rows(table, prompt, n_items)
    rows = selection.draw(0, n_items, torch.Generator().manual_seed(0))
    return selection.describe(0, rows)["station"].value_counts().to_dict()


@pytest.fixture
def table():
    days = pd.date_range("2024-01-01", periods=240)
    return ConditionTable(240, timestamps=days, conditions=KNOWN, entities=STATIONS)


def test_entities_have_equal_shares(table):
    assert shares(table, None) == {"EWR": 100, "JFK": 100, "LGA": 100}
    assert shares(table, {"coast": "no"}) == {"EWR": 150, "LGA": 150}
    assert shares(table, {"station": "LGA"}) == {"LGA": 300}
    assert shares(table, "July") == {"JFK": 150, "LGA": 150}


def test_each_prompt_has_its_shares(table):
    asked = pd.DataFrame({"coast": ["no", "yes"] * 150})
    selection = select_rows(table, asked, 300)
    drawn = selection.describe(0, selection.draw(0, 300, torch.Generator().manual_seed(1)))
    assert drawn["coast"].tolist() == ["no", "yes"] * 150
    assert drawn["station"].value_counts().to_dict() == {"JFK": 150, "EWR": 75, "LGA": 75}


def test_rows_of_an_entity_are_equally_likely(table):
    selection = select_rows(table, {"station": "EWR"}, 5000)
    rows = selection.draw(0, 5000, torch.Generator().manual_seed(0)).numpy()
    counts = np.bincount(rows, minlength=10)
    assert len(counts) == 10 and counts.min() > 400


def test_what_samplers_are_told():
    assert ConditionTable(240, entities=STATIONS).encoded.shape == (240, 3)
    many = pd.Series(np.repeat(np.arange(300), 10), name="id")
    table = ConditionTable(3000, entities=many, conditions={"name": many.astype(str) + "!"})
    assert table.encoded.shape == (3000, 0) and not table.is_empty
    np.testing.assert_array_equal(np.bincount(table.groups), np.full(300, 10))
    assert len(select_rows(table, {"id": 3, "name": "3!"}, 1).rows) == 10
    few = pd.Series(np.arange(20), name="id")
    assert ConditionTable(20, entities=few).encoded.shape == (20, 0)


def test_what_is_modelled_apart():
    y = np.array(["a", "b"] * 120)
    table = ConditionTable(240, y=y, classes=np.unique(y), entities=STATIONS)
    pairs = y + STATIONS
    assert pairs.groupby(table.groups).nunique().tolist() == [1] * 6
    assert ConditionTable(240).groups is None
    few = pd.Series(np.arange(240) // 4, name="id")  # of four items each
    assert ConditionTable(240, entities=few).groups is None
    table = ConditionTable(240, y=y, classes=np.unique(y), entities=few)
    np.testing.assert_array_equal(table.groups, table.codes("y"))
    bound = pd.Series(np.repeat(["E", "J"], 120), name="station")
    table = ConditionTable(240, y=bound.to_numpy(), classes=np.array(["E", "J"]), entities=bound)
    with pytest.raises(ValueError, match="saw no item of {'y': 'E', 'station': 'J'}"):
        table.append(1, y=np.array(["E"]), entities=pd.Series(["J"], name="station"))


def test_what_is_refused(table):
    for entities, message in [
        (STATIONS[:7], "entities has 7 entries, but X has 240 windows."),
        (STATIONS.where(STATIONS.index > 0), "entities must not be missing, got nan in row 0."),
    ]:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            read_entities(entities, 240)
    with pytest.raises(ValueError, match="entities must have a name other than .* got 'coast'"):
        ConditionTable(240, conditions=KNOWN, entities=STATIONS.rename("coast"))
    with pytest.raises(ValueError, match="'station' is \\['EWR', 'JFK', 'LGA'\\]"):
        select_rows(table, {"station": "SFO"}, 1)


def test_later_items(table):
    days = pd.date_range("2024-09-01", periods=10)
    more = {"timestamps": days, "conditions": KNOWN[:10]}
    with pytest.raises(ValueError, match="'station' is missing"):
        table.append(10, **more)
    with pytest.raises(ValueError, match="station has the label 'SFO'"):
        table.append(10, entities=pd.Series(["SFO"] * 10, name="station"), **more)
    rows = table.append(10, entities=pd.Series(["LGA"] * 10, name="station"), **more)
    assert rows.tolist() == list(range(240, 250))


def test_a_sampler_of_entities():
    rng = np.random.default_rng(0)
    level = STATIONS.map({"EWR": 0, "JFK": 10, "LGA": 20}).to_numpy()
    X = level[:, None] + rng.normal(size=(240, 6)).cumsum(axis=1)
    sampler = CopulaSampler(random_state=0).fit(X, entities=STATIONS)
    new, made = sampler.sample(90, random_state=0, return_prompt=True)
    assert made["station"].value_counts().tolist() == [30, 30, 30]
    means = pd.Series(new.mean(axis=1)).groupby(made["station"]).mean()
    np.testing.assert_allclose(means, [0, 10, 20], atol=2)
    alone = sampler.sample(20, prompt={"station": "LGA"}, random_state=0)
    assert abs(alone.mean() - 20) < 3
