"""The benchmark of captions runs, and its models are what they say."""

import json

import numpy as np
import pytest

from benchmarks.texts import _markov, _models
from benchmarks.texts import captions as script

QUICK_TEXT = (
    "--set hidden_size=4 --set embedding_size=4 --set pretraining=1 --set validation_fraction=0.0"
)


@pytest.fixture
def captions(tmp_path):
    rng = np.random.default_rng(0)
    words = np.array("a man dog horse rides sits on the bench snow".split())
    for name in ("train", "test"):
        rows = [words[rng.integers(len(words), size=rng.integers(4, 8))] for _ in range(60)]
        (tmp_path / f"coco_{name}.txt").write_text("\n".join(" ".join(row) + "." for row in rows))
    return tmp_path


@pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
def test_text_prints_a_row_a_temperature_and_writes_them(captions, capsys):
    output = captions / "results.json"
    results = script.main(
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
    train, test = (script.read_captions(captions / f"coco_{n}.txt", 40) for n in ("train", "test"))
    changes = {"hidden_size": 4, "pretraining": 1}
    model = _models.make_model("likelihood", 0, [1.0], 1, changes).fit(train)
    assert model.nll(test, 1.0) == pytest.approx(-model.sampler.score(test), rel=1e-4)
    assert model.nll(test, 0.1) > model.nll(test, 1.0)


def test_misspelt_parameters_of_texts():
    with pytest.raises(SystemExit, match="deepness"):
        _models.make_model("seqgan", 0, [1.0], 1, {"deepness": 2})


class TestMarkovSampler:
    TEXTS = ["a man sits.", "a man rides a horse.", "the dog sits."]

    def test_texts_follow_the_training_texts(self):
        chain = _markov.MarkovSampler(2).fit(self.TEXTS)
        made = chain.sample(50, random_state=0)
        assert set(made) == set(self.TEXTS)  # two words before say all here
        assert made == chain.sample(50, random_state=0)

    def test_likelihood_by_hand(self):
        chain = _markov.MarkovSampler(1).fit(["a b", "a", "a a a"])
        # a after the start, b as one of four after a, the end after b
        assert chain.nll(["a b"]) == pytest.approx((0 + np.log(4) + 0) / 3)
        assert chain.nll(["b"]) == np.inf

    def test_smoothed_probabilities_sum_to_one(self):
        chain = _markov.MarkovSampler(2, smoothed=True).fit(self.TEXTS)
        tokens = range(1, 3 + len(chain.container_.vocabulary))
        for context in ((0, 0), (0, 3), (4, 5), (2, 2)):
            total = sum(chain._probability(context, token) for token in tokens)
            assert total == pytest.approx(1)
        assert np.isfinite(chain.nll(["a zebra rides"]))
        assert len(chain.sample(5, random_state=0)) == 5
