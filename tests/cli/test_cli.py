import subprocess
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest

from sktsgan.cli._main import main
from sktsgan.cli._scores import score_windows
from sktsgan.cli._tables import read_table, split_windows
from sktsgan.samplers import _gate


@pytest.fixture
def csv(tmp_path):
    """Write a CSV of 240 hours with two numeric columns and one of text."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "date": pd.date_range("2024-01-01", periods=240, freq="h"),
            "level": np.sin(np.arange(240) / 4) + rng.normal(scale=0.1, size=240),
            "count": rng.poisson(20, size=240),
            "site": "north",
        }
    )
    path = tmp_path / "my.csv"
    frame.to_csv(path, index=False)
    return path


def edit(path, **columns):
    pd.read_csv(path).assign(**columns).to_csv(path, index=False)


def run(csv, *more):
    argv = [str(csv), "--time-column", "date", "--window", "8", "--output", str(csv.parent / "out")]
    return main([*argv, *more])


@pytest.fixture
def fails(csv, capsys):
    """Run the command line and return its single line of error."""

    def fail(*more, argv=None):
        status = run(csv, *more) if argv is None else main(argv)
        (line,) = capsys.readouterr().err.splitlines()
        assert status == 2
        return line.removeprefix("sktsgan: error: ")

    return fail


def test_learns_a_csv_and_names_every_file(csv, capsys, monkeypatch):
    monkeypatch.setattr("sktsgan.cli._main.score_windows", partial(score_windows, max_iter=20))
    assert run(csv, "-n", "30", "--max-iter", "3") == 0
    said = capsys.readouterr().out
    assert "Read as categories: site" in said
    assert "Windows of 8 rows: 185 to learn from, 41 held out" in said
    for row in (
        "TransformerGANSampler",
        "NeighborSampler",
        "independent Gaussians",
        "real windows",
    ):
        assert row in said
    files = sorted((csv.parent / "out").iterdir())
    assert [path.name for path in files] == [
        "distribution.png",
        "model.sktsgan",  # of too few windows to train a pair: there are no losses
        "report.html",
        "windows.csv",
        "windows.npz",
        "windows.png",
    ]
    assert all(f"wrote {path}: " in said for path in files)
    assert "The base alone: too few windows to judge by." in said
    page = (csv.parent / "out" / "report.html").read_text(encoding="utf-8")
    assert "Report on 185 new windows of TransformerGANSampler" in page
    assert all(f'<th scope="row">{name}</th>' in page for name in ("level", "count", "site"))


def test_losses_are_drawn_where_something_was_trained(csv, monkeypatch):
    monkeypatch.setattr("sktsgan.cli._main.score_windows", partial(score_windows, max_iter=2))
    monkeypatch.setattr(_gate, "_MIN_JUDGED", 20)
    run(csv, "-n", "30", "--max-iter", "3")
    assert (csv.parent / "out" / "losses.png").exists()


def test_new_windows_are_in_the_units_of_the_series(csv):
    run(csv, "-n", "30", "--max-iter", "3", "--windows-only")
    assert [path.name for path in sorted((csv.parent / "out").iterdir())] == [
        "model.sktsgan",
        "windows.csv",
        "windows.npz",
    ]
    table = pd.read_csv(csv.parent / "out" / "windows.csv")
    assert list(table.columns) == ["window", "step", "level", "count", "site"]
    assert table.groupby("window")["step"].apply(list).tolist() == [list(range(8))] * 30
    assert 10 < table["count"].mean() < 30
    with np.load(csv.parent / "out" / "windows.npz") as arrays:
        values = arrays["windows"].reshape(-1, 3)
        assert arrays["columns"].tolist() == ["level", "count", "site"]
    np.testing.assert_allclose(values[:, :2], table[["level", "count"]], rtol=1e-6)
    assert (values[:, 2] == 0).all() and (table["site"] == "north").all()


def test_same_seed_same_windows(csv, tmp_path):
    written = []
    for seed, folder in (("1", "a"), ("1", "b"), ("2", "c")):
        options = ["-n", "5", "--max-iter", "3", "--seed", seed, "--windows-only"]
        run(csv, *options, "--output", str(tmp_path / folder))
        written.append((tmp_path / folder / "windows.csv").read_text())
    assert written[0] == written[1] != written[2]


def test_columns_can_be_chosen(csv):
    run(csv, "-n", "400", "--max-iter", "3", "--columns", "level", "--windows-only")
    table = pd.read_csv(csv.parent / "out" / "windows.csv")
    assert list(table.columns) == ["window", "step", "level"]
    assert len(table) == 400 * 8


def test_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "sktsgan", "--window", "1"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "argument --window: must be at least 2, got 1" in done.stderr


def test_help_says_what_it_takes(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "--time-column" in capsys.readouterr().out


def test_missing_file(fails, tmp_path):
    path = tmp_path / "none.csv"
    assert fails(argv=[str(path)]) == f"{path}: No such file or directory"


def test_empty_file(fails, tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()
    assert fails(argv=[str(path)]) == f"{path} can't be read as CSV: No columns to parse from file"


def test_missing_column(csv, fails):
    assert fails("--columns", "nope") == (
        f"{csv} has no column 'nope'; its columns are: date, level, count, site"
    )


def test_missing_column_of_the_bundled_series(fails):
    assert fails(argv=["--columns", "nope"]) == "the bundled series has no column 'nope'"


def test_column_of_too_many_texts(csv, fails):
    edit(csv, site=[f"site {i}" for i in range(240)])
    message = "column 'site' holds 240 different texts; at most 100 can be categories"
    assert fails("--columns", "site") == message


def test_time_column_as_a_channel(fails):
    assert fails("--columns", "date") == "column 'date' can't be both the time and a channel"


def test_no_usable_column(csv, fails):
    pd.read_csv(csv)[["date"]].to_csv(csv, index=False)
    assert fails() == f"{csv} has no column of numbers or categories"


def test_categories_come_back(csv):
    sites = np.repeat(["north", "south", "east"], 80)
    edit(csv, site=sites, open=sites == "east")
    assert run(csv, "-n", "20", "--max-iter", "2", "--windows-only") == 0
    made = pd.read_csv(csv.parent / "out" / "windows.csv")
    assert set(made["site"]) <= set(sites) and made["open"].dtype == bool
    assert ((made["site"] == "east") == made["open"]).all()


def test_constant_columns(csv, fails):
    edit(csv, level=1.0, count=2)
    assert fails() == f"{csv} has only constant columns: there is nothing to learn"


def test_missing_value(csv, fails):
    level = pd.read_csv(csv)["level"]
    level[[6, 9]] = np.nan
    edit(csv, level=level)
    assert fails() == (
        "column 'level' has 2 missing values, the first in data row 7: "
        "learn around them with --allow-missing, or leave the column out with --columns"
    )


def test_time_column_of_numbers(fails):
    assert fails("--time-column", "count") == "column 'count' holds numbers, not dates or times"


def test_time_that_is_no_date(csv, fails):
    date = pd.read_csv(csv)["date"]
    date[3] = "soon"
    edit(csv, date=date)
    assert fails().startswith("column 'date' holds 'soon' in data row 4, which is not a date")


def test_too_few_rows(fails):
    assert fails("--window", "40") == (
        "240 rows are too few for windows of 40 rows, one every 1: at least 295 are needed"
    )


def test_output_that_is_a_file(csv, fails):
    assert fails("--output", str(csv)) == f"{csv}: File exists"


@pytest.mark.parametrize("option", ["--stride", "--n-samples", "--max-iter"])
def test_counts_start_at_one(csv, option, capsys):
    with pytest.raises(SystemExit) as stop:
        run(csv, option, "0")
    assert stop.value.code == 2
    assert "must be at least 1, got 0" in capsys.readouterr().err


@pytest.mark.parametrize("n_rows", [240, 1000, 5000])
def test_held_out_windows_share_no_row_with_the_training_windows(n_rows):
    frame = pd.DataFrame({"row": np.arange(n_rows, dtype=float)})
    train, held_out, starts, entities = split_windows(frame, window=8)
    assert not np.intersect1d(train, held_out).size
    assert 0.15 < len(held_out) / (len(held_out) + len(train)) < 0.25
    assert starts is None and entities is None


def test_windows_never_straddle_a_gap():
    index = pd.date_range("2024-01-01", periods=1000, freq="h")
    frame = pd.DataFrame({"row": np.arange(1000.0)}, index=index).drop(index[[100, 500, 501]])
    for windows in split_windows(frame, window=8)[:2]:
        assert (np.diff(windows, axis=1) == 1).all()


def test_gaps_that_leave_too_few_windows():
    index = pd.date_range("2024-01-01", periods=300, freq="h")
    frame = pd.DataFrame({"row": np.arange(300.0)}, index=index)
    with pytest.raises(ValueError, match="^gaps leave [0-9]+ windows to learn from and "):
        split_windows(frame.drop(index[250:300:10]), window=8)


def test_a_time_column_becomes_the_index(csv):
    frame, notes = read_table(csv, time_column="date")
    assert isinstance(frame.index, pd.DatetimeIndex)
    assert list(frame.columns) == ["level", "count", "site"]
    assert notes == ["Read as categories: site"]


def test_a_prompt_and_a_whole_series(csv, capsys):
    options = ["-n", "40", "--max-iter", "3", "--time-column", "date", "--windows-only"]
    run(csv, *options, "--prompt", "first half of January", "--series", "100")
    old = pd.read_csv(csv, parse_dates=["date"])
    new = pd.read_csv(csv.parent / "out" / "series.csv", parse_dates=["date"])
    assert list(new.columns) == list(old.columns) and len(new) == 100
    assert new["date"][0] - old["date"].iloc[-1] == old["date"][1] - old["date"][0]
    assert new["level"].between(old["level"].min(), old["level"].max()).all()
    assert "one new series of 100 rows" in capsys.readouterr().out


def test_a_prompt_that_was_not_seen_is_one_line(csv, fails):
    assert "was not seen in fit" in fails(
        "--time-column", "date", "--prompt", "July", "--max-iter", "1"
    )


@pytest.fixture
def stations(csv):
    """Write the same table for two stations, the second ten higher and not as long."""
    frame = pd.read_csv(csv).drop(columns="site")
    other = frame.assign(level=frame["level"] + 10)[:120]
    table = pd.concat([frame.assign(station="A"), other.assign(station="B")])
    table.sample(frac=1, random_state=0).sort_values("date", kind="stable").to_csv(csv, index=False)
    return csv


def test_entities_have_windows_of_their_own(stations, capsys):
    options = ["-n", "60", "--max-iter", "3", "--entity-column", "station", "--windows-only"]
    assert run(stations, *options) == 0
    assert "2 entities by station" in capsys.readouterr().out
    made = pd.read_csv(stations.parent / "out" / "windows.csv").set_index("station")
    assert made.loc["A", "level"].max() < 5 < made.loc["B", "level"].min()
    run(stations, *options, "--prompt", "station=B")
    made = pd.read_csv(stations.parent / "out" / "windows.csv")
    assert set(made["station"]) == {"B"} and len(made) == 60 * 8
    model, path = stations.parent / "out" / "model.sktsgan", stations.parent / "more.csv"
    main(["sample", str(model), "-n", "9", "--prompt", "station=A", "--output", str(path)])
    more = pd.read_csv(path)
    assert set(more["station"]) == {"A"} and more["level"].max() < 5 and more["count"].dtype == int


def test_entities_that_can_not_be_used(stations, fails):
    assert "--series needs one entity" in fails("--entity-column", "station", "--series", "10")
    assert "both the time and the entity" in fails("--entity-column", "date")
    assert "both the entity and a channel" in fails(
        "--entity-column", "station", "--columns", "level", "station"
    )
    edit(stations, station=["A", *[None] * 359])
    assert fails("--entity-column", "station").endswith("names no entity in data row 2")
