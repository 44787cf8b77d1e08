"""The benchmarks of images run, and judge what they say."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from benchmarks.images import _digits, _models, fidelity, train_features

TINY = "--set max_iter=2 --set width=2 --set batch_size=16"


def test_digit_features_are_trained_and_written(digits, capsys):
    path = digits / "weights.safetensors"
    before, made = torch.get_rng_state(), []
    for _ in range(2):
        reached = train_features.main(f"--data {digits} --epochs 2 --output {path}".split())
        assert 0 <= reached <= 1
        made.append(load_file(path))
    assert torch.equal(before, torch.get_rng_state())
    assert capsys.readouterr().out.count("epoch") == 4
    shipped = load_file(train_features._WEIGHTS)
    assert {name: w.shape for name, w in made[0].items()} == {
        name: w.shape for name, w in shipped.items()
    }
    assert all(torch.equal(w, made[1][name]) for name, w in made[0].items())


def test_images_prints_a_row_a_model_and_draws_them(digits, capsys):
    output = digits / "images.json"
    results = fidelity.main(
        f"--data {digits} --seeds 1 --threads 1 {TINY} --model real,dcgan-y --judge-epochs 1 --samples 100 "
        f"--judge {digits / 'judge.safetensors'} --pictures {digits} --output {output}".split()
    )
    header, *rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split()[0] for row in rows] == ["real", "dcgan-y"]
    assert "width=2" in rows[1] and "width=2" not in rows[0]
    for title in ("FD", "precision", "recall", "modes", "prompted", "cpu s", "images/s"):
        assert title in header
    assert json.loads(output.read_text())["rows"] == results["rows"]
    real, untrained = (row["fits"][0] for row in results["rows"])
    assert real["frechet"] < untrained["frechet"]
    assert 0 <= untrained["prompted"] <= 1
    assert (digits / "judge.safetensors").exists()
    assert [path.name for path in digits.glob("*.png")] == ["dcgan-y.png"]


def test_shares_of_digits_are_compared_with_those_in_training(digits, monkeypatch):
    monkeypatch.setattr(fidelity, "classify", lambda network, X: X)  # digits stand for themselves
    judge = fidelity.ImageJudge.__new__(fidelity.ImageJudge)
    judge.classifier, judge.labels = None, np.repeat(np.arange(10), 20)
    shares = np.repeat(np.arange(10), 50)
    assert judge._mode_deviation(shares) == 0
    assert judge._mode_deviation(np.where(shares == 3, 4, shares)) == pytest.approx(1)
    assert judge._mode_deviation(shares[shares != 3]) == 1


def test_mixtures_of_digits_are_prompted(digits):
    X, y, _, _ = _digits.load_digits(digits)
    sampler = _models.MixtureSampler(by_class=True, random_state=0, n_components=20).fit(X, y)
    asked = np.array([3, 1, 3, 7])
    made = sampler.sample(4, prompt=asked, random_state=0)
    assert made.shape == (4, 28, 28) and made.dtype == np.uint8
    means = np.stack([X[y == label].mean(axis=0) for label in range(10)])
    many = np.repeat(asked, 20)
    made = sampler.sample(80, prompt=many, random_state=0)
    nearest = ((made[:, None] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)
    assert (nearest == many).mean() > 0.6


def test_misspelt_parameters_of_images_stop_before_anything_is_fitted(digits):
    for command in ("--set deepness=2", "--model gmm --set width=2"):
        with pytest.raises(SystemExit, match="--set"):
            fidelity.main(f"--data {digits} {command}".split())
