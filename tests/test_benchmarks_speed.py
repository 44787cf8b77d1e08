"""Speed and memory are those of the same work on both sides."""

from types import SimpleNamespace

import pytest
import torch

from benchmarks.speed import _bare_loop, images, overhead, recurrent, texts, windowizer
from sktsgan import TimeGANSampler, TransformerGANSampler


@pytest.mark.parametrize("changes", [{}, {"loss": "bce", "warmup": 0.5}, {"gradient_penalty": 0}])
def test_the_bare_loop_makes_the_estimators_steps(changes, walks):
    watch = _bare_loop.Watch()
    sampler = TransformerGANSampler(
        refine="always",
        embedding_size=4,
        batch_size=16,
        max_iter=12,
        callbacks=[watch],
        device="cpu",
    )
    sampler.set_params(random_state=0, **changes).fit(walks)
    before = torch.get_rng_state()
    net, seconds = watch.start_.train_bare(12)
    assert torch.equal(before, torch.get_rng_state())
    assert all(seconds > 0)
    start, ours, fitted = (
        torch.nn.utils.parameters_to_vector(one.average_.parameters())
        for one in (watch.start_.net, net, sampler.net_)
    )
    assert torch.equal(ours, fitted)
    assert not torch.equal(ours, start)


def test_overhead_reports_each_part(capsys, walks):
    sampler = TransformerGANSampler(refine="always", device="cpu", random_state=0)
    found = _bare_loop.compare_training(sampler, walks, n_updates=2, n_repeats=2)
    overhead._report_training(found)
    assert min(found["ratio"]) > 0 and found["largest_difference"] == 0
    found = overhead.compare_sampling(walks, n_samples=50, n_repeats=1)
    overhead._report_sampling(found)
    assert sum(found["shares"].values()) == pytest.approx(1)
    assert "training:" in (out := capsys.readouterr().out)
    assert "sampling:" in out


def test_image_speed_compares_the_same_steps(capsys):
    found = images.main("--updates 2 --samples 50 --repeats 1".split())
    assert found["training"]["largest_difference"] == 0
    assert all(ratio > 0 for part in found.values() for ratio in part["ratio"])
    assert "channels first" in capsys.readouterr().out


def test_recurrent_speed_compares_the_same_networks(capsys):
    found = recurrent.main(["--steps", "1", "--repeats", "1"])
    assert all(row["ratio"] > 0 for row in found.values())
    assert "at most 1.05" in capsys.readouterr().out
    windows = torch.rand(200, 6, 2)
    plain = recurrent.PlainTimeGAN(windows)
    networks = TimeGANSampler(
        **recurrent.TIMEGAN | {"max_iter": 1, "pretraining": (1, 1)}, random_state=0
    )
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
    rows = overhead.watch_memory("copula", 100_000, 1)
    assert [row["n_windows"] for row in rows] == [10_000, 100_000]
    assert all(row["peak"] > 10 for row in rows)


def test_text_speed_compares_the_same_rollouts(capsys, monkeypatch):
    for name, value in (("_LENGTH", 4), ("_N_WORDS", 30), ("_BATCH", 8), ("_N_ROLLOUTS", 2)):
        monkeypatch.setattr(texts, name, value)
    model = texts.make_model()
    made = texts.roll_out_naively(model, torch.full((2, 4), 5), 3, 1)
    assert made.shape == (6, 4) and (made[:, 0] == 5).all()
    found = texts.main(["--repeats", "1"])
    assert found["rollouts"]["own"] > 0 and found["tokens_per_second"] > 0
    assert "tokens a second" in capsys.readouterr().out


def test_windows_of_an_array_take_nothing():
    options = SimpleNamespace(steps=20_000, channels=5, window=24)
    size = 8 * options.steps * options.channels / windowizer.MIB
    views, copies = (windowizer.measure(options, "array", how)[0] for how in ("3d", "copying"))
    assert views < 0.1 * size < 20 * size < copies
