"""Every example runs, on fewer updates, folds and draws than it has for a reader."""

import re
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.exists(), reason="not in this distribution")


@pytest.fixture
def run_briefly(tmp_path, monkeypatch):
    """Return a runner of an example with some of its numbers cut down; it returns the names that are set."""
    monkeypatch.setattr(plt, "show", lambda: None)

    def run(name, **briefly):
        source = (EXAMPLES / name).read_text(encoding="utf-8")
        for parameter, value in briefly.items():
            given = rf"\b{parameter} ?= ?(\d+|\(.*?\)|\[.*?\])"
            source, n_cuts = re.subn(given, f"{parameter}={value}", source)
            assert n_cuts == 1, f"{parameter} stands {n_cuts} times in {name}"
        copy = tmp_path / name
        copy.write_text(source, encoding="utf-8")
        return runpy.run_path(str(copy))

    yield run
    plt.close("all")


def test_every_example_is_run():
    text = Path(__file__).read_text(encoding="utf-8")
    assert not [path.name for path in EXAMPLES.glob("plot_*.py") if f'"{path.name}"' not in text]


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_digits_have_a_row_a_class(run_briefly, capsys):
    names = run_briefly("plot_dcgan_digits.py", max_iter=2)
    assert names["generated"].shape == (500, 8, 8)
    assert names["generated"].min() >= 0 and names["generated"].max() <= 16
    assert not set(np.flatnonzero(names["held_out"])) & set(np.flatnonzero(~names["held_out"]))
    display = names["display"]
    assert display.labels == [str(digit) for digit in range(10)]
    assert display.synthetic.shape == (10, 12, 8, 8, 1)
    assert "are recognised" in (out := capsys.readouterr().out)
    assert out.count("Fréchet distance") == 2


def test_spoiled_days_are_unusual(run_briefly, capsys):
    names = run_briefly("plot_unusual_days.py")
    ranks = np.argsort(np.argsort(names["scores"]))
    assert (ranks[names["spoiled"]] < len(ranks) / 4).all()
    assert capsys.readouterr().out.count("the spoiled ones come") == 2


def test_a_new_year_is_like_the_real_one(run_briefly):
    names = run_briefly("plot_new_year.py")
    assert {len(year) for year in names["years"].values()} == {8760}
    real, *new = (names["daily_profile"](year, (6, 7, 8)) for year in names["years"].values())
    assert all(np.abs(profile - real).max() < 1 for profile in new)
    assert names["futures"].index.get_level_values("series").nunique() == 20


def test_a_report_compares_both_classifiers(run_briefly, capsys):
    names = run_briefly("plot_augmented_classifier.py", n_repeats=1)
    assert set(names["reports"]) == {"random forest", "logistic regression"}
    n_rare, n_common = np.unique(names["y"], return_counts=True)[1]
    assert names["augmented"].n_synthetic_ == n_common - n_rare
    out = capsys.readouterr().out
    assert all(report.conclusion in out for report in names["reports"].values())


def test_the_search_tries_each_number_of_neighbours(run_briefly):
    names = run_briefly("plot_grid_search.py", n_neighbors=[4, 8])
    assert list(names["purged"].cv_results_["param_neighborsampler__n_neighbors"]) == [4, 8]
    assert names["purged"].best_score_ < names["shuffled"].best_score_  # whose folds leak
    assert len(names["new"]) == 12 * 24


def test_over_samplers_stand_in_the_same_pipeline(run_briefly):
    names = run_briefly("plot_imblearn_pipeline.py")
    assert set(names["found"]) == set(names["over_samplers"])
    weekends, _ = np.mean(names["found"]["GANOverSampler"], axis=0)
    assert weekends > np.mean(names["found"]["nothing"], axis=0)[0]


def test_january_is_what_was_asked_for(run_briefly, capsys):
    names = run_briefly("plot_january.py", n_samples=50, max_samples=200)
    assert set(names["january"].index.month) == {1}
    assert "was not seen in fit" in capsys.readouterr().out


def test_repairs_change_only_what_is_missing(run_briefly):
    names = run_briefly("plot_repair.py")
    assert not names["repaired"].isna().any(axis=None)
    kept = names["repaired"].where(~names["holes"])
    assert kept.equals(names["damaged"])


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_captions_begin_as_the_prompt_says(run_briefly, capsys):
    names = run_briefly(
        "plot_seqgan_captions.py", hidden_size=8, pretraining=(2, 2), max_iter=1, n_rollouts=1
    )
    assert set(names["table"]["prefix"]) == {"A man"}
    assert len(names["shares"]) == len(names["temperatures"])
    assert "held-out log-likelihood" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_sinusoids_have_the_shape_of_the_real_ones(run_briefly):
    names = run_briefly("plot_timegan_sines.py", max_iter=2)
    assert names["generated"].shape == names["real"].shape
    f, p = names["frequency_and_phase"](names["real"])
    assert f.shape == p.shape == (1000 * 5,)


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_a_gate_decides_about_the_pair(run_briefly, capsys):
    names = run_briefly("plot_transformer_gan.py", max_iter=2)
    assert names["new"].shape == names["windows"].shape
    assert set(names["sampler"].gate_scores_) == {"base", "pair"}
    out = capsys.readouterr().out
    assert "the pair was " in out and out.count("days are told") == 2
