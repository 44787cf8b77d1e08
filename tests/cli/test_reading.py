"""CSV files as people have them, through the whole command line where that matters."""

import numpy as np
import pandas as pd
import pytest

from sktsgan.cli._main import main
from sktsgan.cli._tables import read_table
from sktsgan.samplers import TransformerGANSampler


@pytest.fixture
def table():
    """Return 240 hours of a level of two decimals and of counts."""
    rng = np.random.default_rng(0)
    level = (np.sin(np.arange(240) / 4) * 10 + rng.normal(size=240)).round(2)
    times = pd.date_range("2024-03-25", periods=240, freq="h")
    return pd.DataFrame({"date": times, "level": level, "count": rng.poisson(2000, size=240)})


@pytest.fixture
def learn(tmp_path):
    """Write a table, run the command line on it, and return the status and the windows."""

    def run(table, *options, **how):
        path = tmp_path / "my.csv"
        table.to_csv(path, index=False, **how)
        options = ["--window", "8", "-n", "30", "--max-iter", "2", "--windows-only", *options]
        status = main([str(path), *options, "--output", str(tmp_path / "out")])
        made = tmp_path / "out" / "windows.csv"
        return status, pd.read_csv(made) if made.exists() else None

    return run


def read(table, tmp_path, **how):
    path = tmp_path / "my.csv"
    table.to_csv(path, index=False, **how)
    return read_table(path, time_column="date")


def test_columns_near_a_billion_keep_their_digits(table, learn):
    table["count"] += 10**9
    table["level"] += 1e9
    _, made = learn(table[["level", "count"]])
    assert made["count"].dtype == int
    assert made["level"].nunique() > 60
    assert made["level"].between(table["level"].min(), table["level"].max()).all()


def test_columns_called_as_those_of_the_result(table, learn):
    _, made = learn(table.rename(columns={"level": "window", "count": "step"}).drop(columns="date"))
    assert list(made.columns) == ["window_", "step_", "window", "step"]


@pytest.mark.parametrize("sep", [";", "\t", "|"])
def test_decimal_commas_and_other_separators(table, tmp_path, sep):
    frame, notes = read(table, tmp_path, sep=sep, decimal=",")
    pd.testing.assert_frame_equal(frame, table.set_index("date"), check_freq=False)
    assert "as separators of columns" in notes[0] and "decimal marks" in notes[1]


def test_what_is_said_is_not_sniffed(table, tmp_path):
    path = tmp_path / "my.csv"
    table.to_csv(path, index=False, sep=";", decimal=",")
    frame, notes = read_table(path, time_column="date", sep=";", decimal=",")
    assert notes == [] and frame["level"].tolist() == table["level"].tolist()


def test_thousands_separators(table, tmp_path):
    text = table.assign(count=table["count"].map("{:,}".format))
    frame, notes = read(text, tmp_path)
    assert frame["count"].tolist() == table["count"].tolist()
    assert notes == ["Read without their thousands separators: count."]
    path = tmp_path / "european.csv"
    points = text["count"].str.replace(",", ".")
    table.assign(count=points).to_csv(path, index=False, sep=";", decimal=",")
    frame, _ = read_table(path, time_column="date")
    assert frame["count"].tolist() == table["count"].tolist()


def test_a_mark_that_may_mean_either(table, tmp_path):
    path = tmp_path / "my.csv"
    table["count"] += 1000 - table["count"].min()
    text = table.assign(count=table["count"].map("{:,}".format))[["date", "count"]]
    text.to_csv(path, index=False, sep=";")
    with pytest.raises(ValueError, match="may be thousands or a fraction: say --decimal"):
        read_table(path, time_column="date")
    for decimal, unit in ((".", 1), (",", 1000)):
        frame, _ = read_table(path, time_column="date", decimal=decimal)
        np.testing.assert_allclose(frame["count"], table["count"] / unit)


def test_a_column_of_numbers_with_a_word_in_it(table, tmp_path):
    text = table.astype({"level": str})
    text.loc[4, "level"] = "broken"
    with pytest.raises(
        ValueError, match="'level' holds 'broken' in data row 5, which is no number"
    ):
        read(text, tmp_path)


def test_flags_stay_flags(table, tmp_path):
    frame, notes = read(table.assign(on=table["level"] > 0), tmp_path)
    assert frame["on"].dtype == bool
    assert notes == ["Read as categories: on"]


def test_offsets_of_summer_and_winter(table, tmp_path):
    local = table["date"].dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
    assert local.map(pd.Timestamp.utcoffset).nunique() == 2
    frame, _ = read(table.assign(date=local.map(pd.Timestamp.isoformat)), tmp_path)
    assert (np.diff(frame.index) == pd.Timedelta("1h")).all()


def test_dates_with_points_begin_with_the_day(table, tmp_path):
    frame, _ = read(table.assign(date=table["date"].dt.strftime("%d.%m.%Y %H:%M")), tmp_path)
    assert frame.index.tolist() == table["date"].tolist()


def test_holes(table, learn, capsys):
    table.loc[::7, "level"] = np.nan
    table.loc[100:120, ["level", "count"]] = np.nan
    assert learn(table)[0] == 2
    assert "learn around them with --allow-missing" in capsys.readouterr().err
    status, made = learn(table, "--allow-missing")
    assert status == 0 and not made.isna().any().any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "-1"], "argument --seed: must be at least 0, got -1"),
        (["--seed", str(2**32)], "argument --seed: must be at most 4294967295"),
        (["--sep", ";;"], "argument --sep: must be one character or 'tab', got ';;'"),
    ],
)
def test_arguments_that_are_refused(options, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(options)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_more_windows_than_memory_holds(table, learn, capsys):
    assert learn(table, "-n", str(10**15))[0] == 2
    assert capsys.readouterr().err.startswith("sktsgan: error: --n-samples must be small enough")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n", "has a header but no rows"),
        (b"a,b\n1,2\n3,inf\n", "column 'b' has 1 infinite values, the first in data row 2"),
        (b"a,b\n1,\n3,\n", "column 'b' has 2 missing values"),
        (b"\xff\xfea\x00", "can't be read as CSV"),
        (b"a,b\n1,2,3,4\n1,2,3,4,5\n", "can't be read as CSV"),
    ],
)
def test_files_that_are_refused(content, message, tmp_path, capsys):
    path = tmp_path / "my.csv"
    path.write_bytes(content)
    assert main([str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_an_interrupt_is_one_line(table, learn, capsys, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(TransformerGANSampler, "fit", interrupt)
    assert learn(table)[0] == 130
    assert capsys.readouterr().err == "sktsgan: interrupted\n"
