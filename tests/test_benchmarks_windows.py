"""The benchmarks of windows run, and what they compare is what they say."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.windows import (
    _data,
    _fits,
    _models,
    ablation,
    fidelity,
    prompts,
    repair,
    scaling,
    table,
)

WINDOW = 8


@pytest.fixture
def directory(tmp_path):
    walk = np.random.default_rng(0).normal(size=(207, 3)).cumsum(axis=0)
    pd.DataFrame(walk, columns=["a", "b", "c"]).to_csv(tmp_path / "stock_data.csv", index=False)
    return tmp_path


def test_fidelity_prints_a_row_a_model_and_writes_them(directory, capsys):
    output = directory / "results.json"
    results = fidelity.main(
        f"--data {directory} --dataset stocks --window {WINDOW} --seeds 2 --fits 2 --judge-iter 3 --threads 1 "
        f"--block-holdout 3 --held-out-time --model real,copy --output {output}".split()
    )
    header, *rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split()[0] for row in rows] == ["real", "copy"]
    for title in ("GRU", "C2ST blocks", "later: GRU", "nn ratio", "train s", "windows/s", "MiB"):
        assert title in header
    assert json.loads(output.read_text())["rows"] == results["rows"]
    real, copy = results["rows"]
    assert (
        max(fit["c2st"] for fit in copy["fits"]) < 0.5
    )  # the twin of a held-out window is known as a fake
    assert copy["neighbor_ratio"] == 0.0
    assert real["neighbor_ratio"] > 0.3
    assert copy["memory"] >= copy["memory_before"] > 10
    for fit in real["fits"] + copy["fits"]:
        for name in ("gru", "c2st", "blocks", "predictive", "later_gru", "later_c2st"):
            assert 0 <= fit[name] <= 1


def test_markdown_has_a_cell_for_every_title():
    fit = {"gru": 0.01, "gru_sd": 0.002, "c2st": 0.7, "blocks": 0.6, "predictive": 0.04}
    row = {"label": "copula", "fits": [fit, fit | {"c2st": 0.8}], "memory": 400.0}
    made = table.make_table(with_later=False, markdown=True)
    title, line = made.header().splitlines()
    text = made.line(row)
    assert title.count("|") == line.count("|") == text.count("|")
    assert "| .750 (.800) |" in text  # the worst seed stands beside the mean


def test_a_budget_becomes_updates(directory):
    spec = _fits.RowSpec(
        "transformer",
        _data.DataSpec(str(directory), "stocks", WINDOW, n_windows=60),
        seeds=1,
        seconds=0.5,
        block_length=3,
        threads=1,
        changes={"refine": "always", "embedding_size": 4, "batch_size": 8},
    )
    made = _fits.fit_row(spec)
    (fit,) = made["fits"]
    assert made["pilot_seconds"] > 0
    assert fit["updates"] >= 1
    assert fit["synthetic"].shape == (60, WINDOW, 3)
    assert fit["parameters"] > 0
    assert len(made["memorisation"]) < 60


@pytest.mark.parametrize(
    "name",
    [
        "gaussian",
        "copula1",
        "copula",
        "neighbors",
        "plain",
        "transformer-none",
        "timegan",
        "timegan-published",
    ],
)
def test_models_make_windows_and_count_what_they_keep(name, walks):
    model = _models.make_model(name, 0, "cpu", {})
    if hasattr(model, "max_iter"):
        model.set_params(max_iter=1)
    assert np.shape(model.fit(walks).sample(5, random_state=0)) == (5, WINDOW, 2)
    assert _models.count_parameters(model) > 0


def test_misspelt_parameters_stop_before_anything_is_fitted(directory):
    command = f"--data {directory} --dataset stocks --window {WINDOW} --model copy,transformer --set deepness=2"
    with pytest.raises(SystemExit, match="deepness"):
        fidelity.main(command.split())


@pytest.mark.parametrize("n_hands", [2, 4])
def test_blocks_share_no_time_step(n_hands):
    hands = _data.deal_blocks(500, WINDOW, 5, n_hands, overlapping=True)
    steps = [{step for start in hand for step in range(start, start + WINDOW)} for hand in hands]
    for i, own in enumerate(steps):
        assert own
        for other in steps[i + 1 :]:
            assert not own & other


def test_later_windows_share_no_time_step_with_earlier_ones():
    first, later = _data.split_time(100, WINDOW, 0.8, overlapping=True)
    assert first.stop - 1 + WINDOW - 1 < later.start == 80


def test_ablation_takes_out_a_part_at_a_time(directory, capsys):
    walk = np.random.default_rng(0).normal(size=(1500, 2)).cumsum(axis=0)
    pd.DataFrame(walk, columns=["a", "b"]).to_csv(Path(directory) / "walk.csv", index=False)
    measured = ablation.main(
        f"--data {directory} --dataset walk --window {WINDOW} --seeds 1 --markdown --row neighbors,one-block".split()
    )
    assert [row["label"] for row in measured] == ["neighbors", "one-block"]
    lines = capsys.readouterr().out.strip().splitlines()
    assert len({line.count("|") for line in lines}) == 1


def test_scaling_measures_sizes_and_their_growth(directory, capsys):
    output = directory / "scaling.json"
    found = scaling.main(
        f"--steps 6 --channels 2,4 --at 6x2 --windows 40 --updates 4 --output {output} --markdown".split()
    )
    assert [(row["steps"], row["channels"]) for row in found["rows"]] == [(6, 2), (6, 4)]
    for row in found["rows"]:
        assert row["memory"] > 0 and row["base_memory"] >= 0
        assert row["processor_ms"] > 0
    assert list(found["growth"]) == ["channels, at 6 steps"]
    assert json.loads(output.read_text())["rows"] == found["rows"]
    for printed in capsys.readouterr().out.split("\n\n"):
        assert len({line.count("|") for line in printed.strip().splitlines()}) == 1


def test_scaling_goes_along_both_axes_and_to_the_corner():
    lines = scaling.make_lines([2, 4, 8], [1, 3], (4, 1))
    assert list(lines.values()) == [
        [(2, 1), (4, 1), (8, 1)],
        [(4, 1), (4, 3)],
        [(4, 3), (8, 3)],
        [(8, 1), (8, 3)],
    ]


def test_growth_is_the_slope_of_the_logarithms():
    overall, between = scaling.growth([10, 20, 40], [3.0, 6.0, 24.0])
    assert between == pytest.approx([1.0, 2.0])
    assert overall == pytest.approx(1.5)


def test_time_of_an_update_leaves_the_first_four_out():
    times = np.cumsum([5.0] * 4 + [0.004, 0.001, 0.001, 0.002] * 2)
    assert scaling.ms_per_update(times) == pytest.approx(2.0)


def test_prompts_prints_a_row_a_kind_of_prompt(tmp_path, capsys):
    dates = pd.date_range("2016-01-01", periods=700, freq="12h")
    walk = np.random.default_rng(0).normal(size=(700, 2)).cumsum(axis=0)
    frame = pd.DataFrame(walk, columns=["a", "b"]).assign(date=dates)
    frame.to_csv(tmp_path / "ETTh1.csv", index=False)
    options = ["--window", "4", "--samples", "20", "--cv", "3", "--fits", "0", "--threads", "1"]
    results = prompts.main(["--data", str(tmp_path), "--field", "month", *options])
    (row,) = results["rows"]
    assert row["n_values"] == 12 and 0 <= row["closest"] <= 12
    assert all(0 <= share <= 1 for share in row["folds"] + row["unseen"])
    assert "| month | 2 | " in capsys.readouterr().out


def test_repair_compares_methods_on_the_same_holes(directory, capsys):
    output = directory / "repair.json"
    tables = repair.main(
        f"--data {directory} --dataset stocks --window {WINDOW} --method sktsgan,linear,knn --output {output}".split()
    )
    printed = capsys.readouterr().out
    assert json.loads(output.read_text()) == tables
    ours, linear, neighbors = tables[0]["rows"]
    assert ours["holes"]["30 %"]["error"] < neighbors["holes"]["30 %"]["error"]
    assert linear["holes"]["30 %"]["coverage"] is None
    assert sum(row["mean_rank"] for row in tables[0]["rows"]) == pytest.approx(6, abs=0.5)
    assert "linear: mean rank" in printed


@pytest.mark.parametrize("kind", ["10 %", "30 %", "50 %", "block", "channel", "last"])
def test_holes_are_what_they_are_called(kind):
    hidden = repair.make_holes(kind, (200, 12, 4), np.random.default_rng(0))
    share = {"block": 1 / 3, "channel": 1 / 4, "last": 1 / 4}.get(kind) or float(kind[:-1]) / 100
    assert hidden.mean() == pytest.approx(share, abs=0.02)
    if kind == "last":
        assert hidden[:, -3:].all()


def test_coverage_of_draws_from_the_right_law_is_eighty_percent():
    rng = np.random.default_rng(0)
    windows, drawn = rng.normal(size=(500, 10, 4)), rng.normal(size=(10, 500, 10, 4))
    found = repair.measure(drawn, windows, np.ones(windows.shape, dtype=bool))
    assert found["coverage"] == pytest.approx(0.8, abs=0.02)
