"""The benchmarks of over-sampling run, and compare what they say."""

import json

import numpy as np
import pytest

from benchmarks.augmentation import _unbalanced, windows
from benchmarks.augmentation import digits as few
from benchmarks.augmentation._compare import compare
from benchmarks.images._digits import load_digits
from sktsgan import DCGANSampler


def test_half_of_the_classes_are_cut_to_a_tenth():
    y = np.repeat(["a", "b", "c", "d"], [60, 40, 50, 30])
    for seed in range(3):
        kept = _unbalanced.unbalance(y, seed)
        counts = np.unique(y[kept], return_counts=True)[1]
        assert sorted(counts)[:2] == [6, 6]
        assert len(counts) == 4


def test_augmentation_measures_every_pair(monkeypatch, capsys, tmp_path, walks):
    y = np.repeat(["a", "b"], 30)
    walks[y == "b"] += 1
    monkeypatch.setattr(windows, "load_dataset", lambda name: [walks, y, walks, y])
    rows = windows.main(
        "--dataset GunPoint,ArrowHead --over-sampler none,GANOverSampler --classifier forest,logistic --seeds 2 "
        f"--markdown --output {tmp_path / 'scores.json'}".split()
    )
    assert len(rows) == 2 * 2 * 2 * 2
    assert {row["smallest"] for row in rows} == {3}
    assert json.loads((tmp_path / "scores.json").read_text())["rows"] == rows
    table = capsys.readouterr().out.strip().splitlines()
    assert len({line.count("|") for line in table}) == 1


def test_differences_are_those_of_the_seeds_means():
    rows = [
        {"over_sampler": name, "dataset": "d", "classifier": c, "seed": seed, "f1": f1 + shift}
        for name, scores in {"ours": [0.6, 0.8], "theirs": [0.5, 0.5]}.items()
        for seed, f1 in enumerate(scores)
        for c, shift in {"c": -0.1, "d": 0.1}.items()
    ]
    mean, low, high = compare(*(windows.score_seeds(rows, name) for name in ("ours", "theirs")))
    assert mean == pytest.approx(0.2)
    assert high - mean == pytest.approx(12.706 * 0.1, rel=1e-3)  # t of one degree of freedom
    assert low < 0


def test_few_images_of_a_digit_are_over_sampled(digits, capsys):
    pytest.importorskip("imblearn")
    output = digits / "few.json"
    rows = few.main(
        f"--data {digits} --digit 3 --images 7 --seeds 2 --threads 1 --output {output} "
        "--set max_iter=2 --set width=2 --set batch_size=16".split()
    )
    assert len(rows) == 2 * 4
    assert json.loads(output.read_text())["rows"] == rows
    out = capsys.readouterr().out
    assert out.count("GANOverSampler minus SMOTE") == 3


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_few_are_few_and_all_are_brought_to_the_same_number(digits):
    pytest.importorskip("imblearn")
    X, y, _, _ = load_digits(digits)
    X, y = few.make_few(X, y, 3, 6, seed=0)
    counts = np.bincount(y)
    assert counts[3] == 6 and counts.sum() == len(X)
    wanted = round(np.delete(counts, 3).mean())
    sampler = DCGANSampler(max_iter=1, width=2, batch_size=16)
    for name in few.OVER_SAMPLERS:
        more, labels = few.over_sample(name, X, y, 3, 0, sampler)
        np.testing.assert_allclose(more[: len(X)], X, atol=1e-9)
        assert np.bincount(labels)[3] == (6 if name == "none" else wanted)
        assert more.min() >= -1e-9 and more.max() <= 255 + 1e-9
