"""The benchmark scripts run, and what they compare is what they say."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from sklearn.datasets import load_digits

from sktsgan import TimeGANSampler, TransformerGANSampler

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(not BENCHMARKS.exists(), reason="not in source distributions")

WINDOW = 8


@pytest.fixture(scope="module", autouse=True)
def scripts_on_path():
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def directory(tmp_path):
    walk = np.random.default_rng(0).normal(size=(207, 3)).cumsum(axis=0)
    pd.DataFrame(walk, columns=["a", "b", "c"]).to_csv(tmp_path / "stock_data.csv", index=False)
    return tmp_path


@pytest.fixture
def digits(tmp_path):
    """A directory with 250 small digits of scikit-learn in the place of MNIST's."""
    small = load_digits()
    images = np.zeros((250, 28, 28), dtype=np.uint8)
    images[:, 6:22, 6:22] = np.kron(small.images[:250], np.ones((2, 2))) * 15
    np.savez(tmp_path / "mnist10k.npz", images=images, labels=small.target[:250].astype(np.uint8))
    return tmp_path


def script(name):
    return importlib.import_module(name)


def windows_of(n_windows=60):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_windows, WINDOW, 2)).cumsum(axis=1)


def test_fidelity_prints_a_row_a_model_and_writes_them(directory, capsys):
    output = directory / "results.json"
    results = script("fidelity").main(
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
    table = script("_table")
    fit = {"gru": 0.01, "gru_sd": 0.002, "c2st": 0.7, "blocks": 0.6, "predictive": 0.04}
    row = {"label": "copula", "fits": [fit, fit | {"c2st": 0.8}], "memory": 400.0}
    look = {"with_later": False, "markdown": True}
    title, line = table.format_header(**look).splitlines()
    text = table.format_row(row, **look)
    assert title.count("|") == line.count("|") == text.count("|")
    assert "| .750 (.800) |" in text  # the worst seed stands beside the mean


def test_a_budget_becomes_updates(directory):
    fits, data = script("_fits"), script("_data")
    spec = fits.RowSpec(
        "transformer",
        data.DataSpec(str(directory), "stocks", WINDOW, n_windows=60),
        seeds=1,
        seconds=0.5,
        block_length=3,
        threads=1,
        changes={"embedding_size": 4, "batch_size": 8},
    )
    made = fits.fit_row(spec)
    (fit,) = made["fits"]
    assert made["pilot_seconds"] > 0
    assert fit["updates"] >= 1
    assert fit["synthetic"].shape == (60, WINDOW, 3)
    assert fit["parameters"] > 0
    assert len(made["memorisation"]) < 60


@pytest.mark.parametrize(
    "name",
    ["gaussian", "copula1", "copula", "plain", "transformer-none", "timegan", "timegan-published"],
)
def test_models_make_windows_and_count_what_they_keep(name):
    models = script("_models")
    model = models.make_model(name, 0, "cpu", {})
    if hasattr(model, "max_iter"):
        model.set_params(max_iter=1)
    windows = windows_of()
    assert np.shape(model.fit(windows).sample(5, random_state=0)) == (5, WINDOW, 2)
    assert models.count_parameters(model) > 0


def test_misspelt_parameters_stop_before_anything_is_fitted(directory):
    command = f"--data {directory} --dataset stocks --window {WINDOW} --model copy,transformer --set deepness=2"
    with pytest.raises(SystemExit, match="deepness"):
        script("fidelity").main(command.split())


@pytest.mark.parametrize("n_hands", [2, 4])
def test_blocks_share_no_time_step(n_hands):
    hands = script("_data").deal_blocks(500, WINDOW, 5, n_hands, overlapping=True)
    steps = [{step for start in hand for step in range(start, start + WINDOW)} for hand in hands]
    for i, own in enumerate(steps):
        assert own
        for other in steps[i + 1 :]:
            assert not own & other


def test_later_windows_share_no_time_step_with_earlier_ones():
    first, later = script("_data").split_time(100, WINDOW, 0.8, overlapping=True)
    assert first.stop - 1 + WINDOW - 1 < later.start == 80


@pytest.mark.parametrize("changes", [{}, {"loss": "bce", "warmup": 0.5}, {"gradient_penalty": 0}])
def test_the_loop_by_hand_makes_the_estimators_steps(changes):
    bare, overhead = script("_bare_loop"), script("overhead")
    watch = bare.TrainingWatch()
    sampler = TransformerGANSampler(
        embedding_size=4, batch_size=16, max_iter=12, callbacks=[watch], device="cpu"
    )
    sampler.set_params(random_state=0, **changes).fit(windows_of())
    before = torch.get_rng_state()
    average, taken = bare.train_by_hand(watch.start_, sampler.net_, 12)
    assert torch.equal(before, torch.get_rng_state())
    assert taken.wall > 0
    assert overhead._largest_difference(average, sampler.net_.average_.module) < 1e-5
    assert overhead._largest_difference(average, watch.start_.generator) > 1e-5


def test_overhead_reports_each_part(capsys):
    overhead = script("overhead")
    found = overhead.compare_training(windows_of(), n_updates=2, n_repeats=2)
    overhead._report_training(found)
    assert found["ratio"] > 0
    found = overhead.compare_sampling(windows_of(), n_samples=50, n_repeats=1)
    overhead._report_sampling(found)
    assert sum(found["shares"].values()) == pytest.approx(1)
    assert "training:" in (out := capsys.readouterr().out)
    assert "sampling:" in out


def test_image_speed_compares_the_same_steps(capsys):
    found = script("speed_images").main("--updates 2 --samples 50 --repeats 1".split())
    assert found[1]["training"]["largest_difference"] < 1e-6
    assert all(ratio > 0 for part in found[1].values() for ratio in part["ratio"])
    assert "channels first" in capsys.readouterr().out


def test_recurrent_speed_compares_the_same_networks(capsys):
    speed = script("speed_recurrent")
    found = speed.main(["--steps", "1", "--repeats", "1"])
    assert all(row["ratio"] > 0 for row in found.values())
    assert "at most 1.05" in capsys.readouterr().out
    windows = torch.rand(200, 6, 2)
    plain = speed.PlainTimeGAN(windows)
    networks = TimeGANSampler(**speed.TIMEGAN_PUBLISHED | {"max_iter": 1}, random_state=0)
    net = networks.fit(windows.numpy()).net_
    by_hand = [p.shape for adam in plain.adams for g in adam.param_groups for p in g["params"]]
    own = [
        p.shape
        for p in [
            *net.generator_parameters,
            *net.autoencoder_parameters,
            *net.discriminator_.parameters(),
        ]
    ]
    assert by_hand == own


def test_memory_is_noted_at_every_tenfold():
    rows = script("overhead").watch_memory("copula", 100_000, 1)
    assert [row["n_windows"] for row in rows] == [10_000, 100_000]
    assert all(row["peak"] > 10 for row in rows)


def test_ablation_takes_out_a_rule_at_a_time(capsys):
    ablation = script("ablation")
    measured = ablation.main(
        "--dataset sines --n-windows 200 --seeds 1 --fits 1 --judge-iter 2 --updates 2 --markdown "
        "--row base,one-block,pair,pair-unscaled".split()
    )
    assert list(measured) == ["base", "one-block", "pair", "pair-unscaled"]
    # unrelated channels in one block show; what the others bring takes more windows to see
    assert measured["one-block"][1, 0] > measured["base"][1, 0]
    table = capsys.readouterr().out.split("\n\n")[1]
    assert len({line.count("|") for line in table.strip().splitlines()}) == 1


@pytest.mark.parametrize(
    "row", ["groups-by-level", "no-grids", "cells-not-smoothed", "atoms-not-drawn"]
)
def test_every_ablation_changes_what_is_made(row):
    ablation = script("ablation")
    arguments = ablation.make_parser().parse_args(
        "--dataset sines --fits 1 --judge-iter 1 --updates 1".split()
    )
    walk = np.random.default_rng(0).normal(size=(400, 8, 2)).cumsum(axis=1)
    windows = np.maximum(walk, 0).round()
    made = [ablation.measure(name, windows, 0, arguments)[1:] for name in ("base", row)]
    assert made[0] != made[1]


def test_scaling_measures_sizes_and_their_growth(directory, capsys):
    output = directory / "scaling.json"
    found = script("scaling").main(
        f"--steps 6 --channels 2,4 --at 6x2 --windows 40 --updates 4 --output {output} --markdown".split()
    )
    assert [(row["steps"], row["channels"]) for row in found["rows"]] == [(6, 2), (6, 4)]
    for row in found["rows"]:
        assert row["memory"] > 0 and row["base_memory"] >= 0
        assert row["processor_ms"] > 0
    assert list(found["growth"]) == ["channels, at 6 steps"]
    assert json.loads(output.read_text())["rows"] == found["rows"]
    for table in capsys.readouterr().out.split("\n\n"):
        assert len({line.count("|") for line in table.strip().splitlines()}) == 1


def test_scaling_goes_along_both_axes_and_to_the_corner():
    lines = script("scaling").make_lines([2, 4, 8], [1, 3], (4, 1))
    assert list(lines.values()) == [
        [(2, 1), (4, 1), (8, 1)],
        [(4, 1), (4, 3)],
        [(4, 3), (8, 3)],
        [(8, 1), (8, 3)],
    ]


def test_growth_is_the_slope_of_the_logarithms():
    overall, between = script("scaling").growth([10, 20, 40], [3.0, 6.0, 24.0])
    assert between == pytest.approx([1.0, 2.0])
    assert overall == pytest.approx(1.5)


def test_time_of_an_update_leaves_the_first_four_out():
    times = np.cumsum([5.0] * 4 + [0.004, 0.001, 0.001, 0.002] * 2)
    assert script("scaling").ms_per_update(times) == pytest.approx(2.0)


def test_a_failing_process_tells_why():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        script("_processes").run_in_fresh_process(divmod, 1, 0)


def test_prompts_prints_a_row_a_kind_of_prompt(tmp_path, capsys):
    dates = pd.date_range("2016-01-01", periods=700, freq="12h")
    walk = np.random.default_rng(0).normal(size=(700, 2)).cumsum(axis=0)
    frame = pd.DataFrame(walk, columns=["a", "b"]).assign(date=dates)
    frame.to_csv(tmp_path / "ETTh1.csv", index=False)
    options = ["--window", "4", "--samples", "20", "--cv", "3", "--fits", "0", "--threads", "1"]
    results = script("prompts").main(["--data", str(tmp_path), "--field", "month", *options])
    (row,) = results["rows"]
    assert row["n_values"] == 12 and 0 <= row["closest"] <= 12
    assert all(0 <= share <= 1 for share in row["folds"] + row["unseen"])
    assert "| month | 2 | " in capsys.readouterr().out


def test_half_of_the_classes_are_cut_to_a_tenth():
    y = np.repeat(["a", "b", "c", "d"], [60, 40, 50, 30])
    for seed in range(3):
        kept = script("_unbalanced").unbalance(y, seed)
        counts = np.unique(y[kept], return_counts=True)[1]
        assert sorted(counts)[:2] == [6, 6]
        assert len(counts) == 4


def test_augmentation_measures_every_pair(monkeypatch, capsys, tmp_path):
    augmentation = script("augmentation")
    windows, y = windows_of(80), np.repeat(["a", "b"], 40)
    windows[y == "b"] += 1
    monkeypatch.setattr(augmentation, "load_dataset", lambda name: [windows, y, windows, y])
    rows = augmentation.main(
        "--dataset GunPoint,ArrowHead --over-sampler none,GANOverSampler --classifier forest,logistic --seeds 2 "
        f"--markdown --output {tmp_path / 'scores.json'}".split()
    )
    assert len(rows) == 2 * 2 * 2 * 2
    assert {row["smallest"] for row in rows} == {4}
    assert json.loads((tmp_path / "scores.json").read_text())["rows"] == rows
    table = capsys.readouterr().out.strip().splitlines()
    assert len({line.count("|") for line in table}) == 1


def test_differences_are_those_of_the_seeds_means():
    rows = [
        {"over_sampler": name, "dataset": "d", "classifier": "c", "seed": seed, "f1": f1}
        for name, scores in {"ours": [0.6, 0.8], "theirs": [0.5, 0.5]}.items()
        for seed, f1 in enumerate(scores)
    ]
    mean, low, high = script("augmentation").compare(rows, "ours", "theirs")
    assert mean == pytest.approx(0.2)
    assert high - mean == pytest.approx(12.706 * 0.1, rel=1e-3)  # t of one degree of freedom
    assert low < 0


def test_repair_compares_methods_on_the_same_holes(directory, capsys):
    output = directory / "repair.json"
    tables = script("repair").main(
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
    hidden = script("repair").make_holes(kind, (200, 12, 4), np.random.default_rng(0))
    share = {"block": 1 / 3, "channel": 1 / 4, "last": 1 / 4}.get(kind) or float(kind[:-1]) / 100
    assert hidden.mean() == pytest.approx(share, abs=0.02)
    if kind == "last":
        assert hidden[:, -3:].all()


def test_coverage_of_draws_from_the_right_law_is_eighty_percent():
    rng = np.random.default_rng(0)
    windows, drawn = rng.normal(size=(500, 10, 4)), rng.normal(size=(10, 500, 10, 4))
    found = script("repair").measure(drawn, windows, np.ones(windows.shape, dtype=bool))
    assert found["coverage"] == pytest.approx(0.8, abs=0.02)


def test_digit_features_are_trained_and_written(digits, capsys):
    path = digits / "weights.safetensors"
    trainer, before, made = script("train_digit_features"), torch.get_rng_state(), []
    for _ in range(2):
        reached = trainer.main(f"--data {digits} --epochs 2 --output {path}".split())
        assert 0 <= reached <= 1
        made.append(load_file(path))
    assert torch.equal(before, torch.get_rng_state())
    assert capsys.readouterr().out.count("epoch") == 4
    shipped = load_file(trainer._WEIGHTS)
    assert {name: w.shape for name, w in made[0].items()} == {
        name: w.shape for name, w in shipped.items()
    }
    assert all(torch.equal(w, made[1][name]) for name, w in made[0].items())


TINY = "--set max_iter=2 --set width=2 --set batch_size=16"


def test_images_prints_a_row_a_model_and_draws_them(digits, capsys):
    output = digits / "images.json"
    results = script("images").main(
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
    images = script("images")
    monkeypatch.setattr(images, "classify", lambda network, X: X)  # digits stand for themselves
    judge = images.ImageJudge.__new__(images.ImageJudge)
    judge.classifier, judge.labels = None, np.repeat(np.arange(10), 20)
    shares = np.repeat(np.arange(10), 50)
    assert judge._mode_deviation(shares) == 0
    assert judge._mode_deviation(np.where(shares == 3, 4, shares)) == pytest.approx(1)
    assert judge._mode_deviation(shares[shares != 3]) == 1


def test_mixtures_of_digits_are_prompted(digits):
    models = script("_image_models")
    X, y, _, _ = script("_digits").load_digits(digits)
    sampler = models.MixtureSampler(by_class=True, random_state=0, n_components=20).fit(X, y)
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
            script("images").main(f"--data {digits} {command}".split())


def test_few_images_of_a_digit_are_over_sampled(digits, capsys):
    pytest.importorskip("imblearn")
    output = digits / "few.json"
    rows = script("images_few").main(
        f"--data {digits} --digit 3 --images 7 --seeds 2 --threads 1 {TINY} --output {output}".split()
    )
    assert len(rows) == 2 * 4
    assert json.loads(output.read_text())["rows"] == rows
    out = capsys.readouterr().out
    assert out.count("GANOverSampler minus SMOTE") == 3


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_few_are_few_and_all_are_brought_to_the_same_number(digits):
    pytest.importorskip("imblearn")
    few, digits_ = script("images_few"), script("_digits")
    X, y, _, _ = digits_.load_digits(digits)
    X, y = few.make_few(X, y, 3, 6, seed=0)
    counts = np.bincount(y)
    assert counts[3] == 6 and counts.sum() == len(X)
    wanted = round(np.delete(counts, 3).mean())
    sampler = script("_image_models").DCGANSampler(max_iter=1, width=2, batch_size=16)
    for name in few.OVER_SAMPLERS:
        more, labels = few.over_sample(name, X, y, 3, 0, sampler)
        np.testing.assert_allclose(more[: len(X)], X, atol=1e-9)
        assert np.bincount(labels)[3] == (6 if name == "none" else wanted)
        assert more.min() >= -1e-9 and more.max() <= 255 + 1e-9


@pytest.fixture
def captions(tmp_path):
    rng = np.random.default_rng(0)
    words = np.array("a man dog horse rides sits on the bench snow".split())
    for name in ("train", "test"):
        rows = [words[rng.integers(len(words), size=rng.integers(4, 8))] for _ in range(60)]
        (tmp_path / f"coco_{name}.txt").write_text("\n".join(" ".join(row) + "." for row in rows))
    return tmp_path


QUICK_TEXT = (
    "--set hidden_size=4 --set embedding_size=4 --set pretraining=1 --set validation_fraction=0.0"
)


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_text_prints_a_row_a_temperature_and_writes_them(captions, capsys):
    output = captions / "results.json"
    results = script("text").main(
        f"--data {captions} --threads 1 --seeds 2 --temperature 1,.5 --updates 1 --output {output} {QUICK_TEXT} "
        "--set n_rollouts=1 --model real,markov,markov-smoothed,seqgan,likelihood,policy".split()
    )
    header, *rows = capsys.readouterr().out.splitlines()[2:]
    for title in ("BLEU-2", "BLEU-5", "self-5", "distinct", "NLL", "seconds"):
        assert title in header
    names = ["real", "markov", "markov-smoothed", *["seqgan"] * 3, *["likelihood"] * 2]
    assert [row.split()[0] for row in rows] == [*names, *["policy"] * 3]
    assert json.loads(output.read_text())["rows"] == results["rows"]
    for row in results["rows"]:
        assert len(row["fits"]) == 2
        for fit in row["fits"]:
            for name in ("bleu_2", "bleu_5", "self_bleu_2", "self_bleu_5", "distinct", "copies"):
                assert 0 <= fit[name] <= 1
    real, chain, smoothed, own, warm, cold, *_ = (row["fits"][0] for row in results["rows"])
    assert real["copies"] == 1 and real["nll"] is None and real["seconds"] is None
    assert chain["nll"] == np.inf and np.isfinite(smoothed["nll"])
    assert (warm["temperature"], cold["temperature"]) == (1.0, 0.5)
    assert 0 < own["temperature"] <= 1


def test_likelihood_at_temperature_one_is_the_score(captions):
    models, text = script("_text_models"), script("text")
    train, test = (text.read_captions(captions / f"coco_{n}.txt", 40) for n in ("train", "test"))
    changes = {"hidden_size": 4, "pretraining": 1}
    model = models.make_model("likelihood", 0, [1.0], 1, changes).fit(train)
    assert model.nll(test, 1.0) == pytest.approx(-model.sampler.score(test), rel=1e-4)
    assert model.nll(test, 0.1) > model.nll(test, 1.0)


def test_misspelt_parameters_of_texts():
    with pytest.raises(SystemExit, match="deepness"):
        script("_text_models").make_model("seqgan", 0, [1.0], 1, {"deepness": 2})


class TestMarkovSampler:
    TEXTS = ["a man sits.", "a man rides a horse.", "the dog sits."]

    def test_texts_follow_the_training_texts(self):
        chain = script("_markov").MarkovSampler(2).fit(self.TEXTS)
        made = chain.sample(50, random_state=0)
        assert set(made) == set(self.TEXTS)  # two words before say all here
        assert made == chain.sample(50, random_state=0)

    def test_likelihood_by_hand(self):
        chain = script("_markov").MarkovSampler(1).fit(["a b", "a", "a a a"])
        # a after the start, b as one of four after a, the end after b
        assert chain.nll(["a b"]) == pytest.approx((0 + np.log(4) + 0) / 3)
        assert chain.nll(["b"]) == np.inf

    def test_smoothed_probabilities_sum_to_one(self):
        markov = script("_markov")
        chain = markov.MarkovSampler(2, smoothed=True).fit(self.TEXTS)
        tokens = range(1, 3 + len(chain.container_.vocabulary))
        for context in ((0, 0), (0, 3), (4, 5), (2, 2)):
            total = sum(chain._probability(context, token) for token in tokens)
            assert total == pytest.approx(1)
        assert np.isfinite(chain.nll(["a zebra rides"]))
        assert len(chain.sample(5, random_state=0)) == 5
