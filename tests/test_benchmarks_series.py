"""The benchmark of whole series runs, and its rival and its scores are what they are called."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.windows import _series_models, _series_scores, _zoo_judges, series


@pytest.fixture
def frame():
    rng, noise = np.random.default_rng(0), np.zeros((1500, 2))
    for step in range(1, 1500):
        noise[step] = 0.8 * noise[step - 1] + rng.normal(size=2)
    index = pd.date_range("2020-01-01", periods=1500, freq="h", name="date")
    return pd.DataFrame(noise, index=index, columns=["a", "b"])


def test_a_row_a_model(frame, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(_zoo_judges, "_ROUNDS", 5)
    monkeypatch.setattr(series, "_TIMED_STEPS", 200)
    monkeypatch.setattr(series, "N_ALONE", 1)
    monkeypatch.setattr(series, "N_SERIES", 3)
    frame.to_csv(tmp_path / "walk.csv")
    frame.to_csv(tmp_path / "undated.csv", index=False)
    output = tmp_path / "series.json"
    options = f"--data {tmp_path} --dataset walk,undated --window 8 --seeds 2 --max-samples 100"
    tables = series.main([*options.split(), "--markdown", "--output", str(output)])
    assert [table["dataset"] for table in tables] == ["walk", "undated"]
    assert len(json.loads(output.read_text())) == 2
    for table in tables:
        rows = {row["label"]: row["fits"] for row in table["rows"]}
        assert list(rows) == list(series.ROWS)
        assert all(0 <= fit["seams"] <= 1 and 0 <= fit["ks"] <= 1 for fit in rows["chain"])
        assert len(rows["halves"]) == 1 and len(rows["bootstrap"]) == 2
        assert ("day" in rows["chain"][0]) == (table["dataset"] == "walk")
    assert "| bootstrap |" in capsys.readouterr().out


def test_blocks_of_the_bootstrap_are_real_days_of_the_season(frame):
    frame["a"] = np.arange(len(frame))
    made, seams = _series_models.Bootstrap(8).fit([frame]).draw(2, frame.index[:100], 0)
    assert made.shape == (2, 100, 2) and seams.tolist() == [24, 48, 72, 96]
    steps = np.diff(made[..., 0], axis=1)
    assert (np.delete(steps, seams - 1, axis=1) == 1).all()
    assert (made[:, 0, 0] % 24 == 0).all()


def test_seams_are_found(frame, monkeypatch):
    monkeypatch.setattr(_zoo_judges, "_ROUNDS", 20)
    series, seams = frame.to_numpy()[None].copy(), np.arange(20, 1500, 20)
    assert _series_scores.judge_seams(series, seams, 0) < 0.7
    steps = np.arange(1500) // 20 % 2 * 20.0
    assert _series_scores.judge_seams(series + steps[:, None], seams, 0) > 0.9


def test_equal_courses_do_not_differ(frame):
    values, index = frame.to_numpy(), frame.index
    scale = values.std(axis=0)
    scores = _series_scores.compare_courses(values, index, values[None], index, scale)
    assert scores["sd"] == pytest.approx(1)
    for name in ("ks", "acf", "day", "week", "year"):
        assert scores[name] == pytest.approx(0, abs=1e-9)
