"""Examples run, trained for a few steps only."""

import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="not in this distribution")


@pytest.fixture
def run_briefly(tmp_path):
    """Return a runner of an example with its number of updates cut down; it returns the names that are set."""

    def run(name, max_iter, briefly):
        source = (EXAMPLES / name).read_text(encoding="utf-8")
        assert source.count(max_iter) == 1
        copy = tmp_path / name
        copy.write_text(source.replace(max_iter, briefly), encoding="utf-8")
        return runpy.run_path(str(copy))

    yield run
    plt.close("all")


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_digits_have_a_row_a_class(run_briefly, capsys):
    names = run_briefly("plot_dcgan_digits.py", "max_iter=2500", "max_iter=2")
    assert names["generated"].shape == (500, 8, 8)
    assert names["generated"].min() >= 0 and names["generated"].max() <= 16
    assert not set(np.flatnonzero(names["held_out"])) & set(np.flatnonzero(~names["held_out"]))
    display = names["display"]
    assert display.labels == [str(digit) for digit in range(10)]
    assert display.synthetic.shape == (10, 12, 8, 8, 1)
    assert "are recognised" in (out := capsys.readouterr().out)
    assert out.count("Fréchet distance") == 2


def test_spoiled_days_are_unusual(monkeypatch, capsys):
    monkeypatch.setattr(plt, "show", lambda: None)
    names = runpy.run_path(str(EXAMPLES / "plot_unusual_days.py"))
    ranks = np.argsort(np.argsort(names["scores"]))
    assert (ranks[names["spoiled"]] < len(ranks) / 4).all()
    assert capsys.readouterr().out.count("the spoiled ones come") == 2
    plt.close("all")


def test_a_new_year_is_like_the_real_one(run_briefly):
    names = run_briefly("plot_new_year.py", "n_series=20", "n_series=20")
    assert {len(year) for year in names["years"].values()} == {8760}
    real, *new = (names["daily_profile"](year, (6, 7, 8)) for year in names["years"].values())
    assert all(np.abs(profile - real).max() < 1 for profile in new)
    assert names["futures"].index.get_level_values("series").nunique() == 20
