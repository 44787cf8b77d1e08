"""The benchmarks of categories and of rules run, and rules are never broken."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.windows import mixed, rules


@pytest.fixture
def directory(tmp_path):
    rng, n = np.random.default_rng(0), 400
    low = rng.normal(size=n).cumsum().round(1)
    table = pd.DataFrame({"date": pd.date_range("2012-01-01", periods=n), "temp_min": low})
    table["temp_max"] = (low + rng.exponential(size=n)).round(1)
    table["weather"] = np.array(["rain", "sun", "fog"])[np.arange(n) // 3 % 3]
    table.to_csv(tmp_path / "seattle.csv", index=False)
    return tmp_path


def test_mixed_prints_a_row_a_model(directory, capsys):
    command = f"--data {directory} --dataset seattle --window 8 --model real,neighbors"
    (table,) = mixed.main(command.split())
    assert [row["label"] for row in table["rows"]] == ["real", "neighbors"]
    made = table["rows"][1]["fits"][0]
    assert made["shares"] < 0.2 and made["transitions"] < 0.2
    assert "transitions" in capsys.readouterr().out


def test_rules_are_broken_without_constraints_alone(directory, capsys, monkeypatch):
    monkeypatch.setattr(rules, "_N_VALUES", 10_000)
    command = f"--data {directory} --dataset seattle --window 8"
    (table,) = rules.main(command.split())
    plain, kept = (row["fits"][0] for row in table["rows"])
    assert plain["broken"] > 0 and kept["broken"] == 0
    assert "temp_min <= temp_max" in kept["rules"]
    assert "temp_min <= temp_max" in capsys.readouterr().out
