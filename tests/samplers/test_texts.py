"""Samplers of texts: what they take, what can be asked for, and what comes out."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.utils.validation import check_is_fitted

from sktsgan.samplers import SeqGANSampler
from sktsgan.samplers._base import BaseSampler
from sktsgan.utils.estimator_checks import TEXTS, check_sampler

TEXT = ["a cat sat.", "a cat ran.", "a dog sat.", "the dog, a good one, ran."] * 5
LABELS = ["cat", "cat", "dog", "dog"] * 5


class CopySampler(BaseSampler):
    """Sample training texts, whose first tokens are replaced by the beginning."""

    _parameter_constraints = {}
    temperature_ = 1.0
    _read = SeqGANSampler._read
    sample, iter_sample = SeqGANSampler.sample, SeqGANSampler.iter_sample

    def __init__(self, tokenizer="word", random_state=None):
        self.tokenizer = tokenizer
        self.random_state = random_state

    def _learn(self, tokens, rows):
        self.tokens_ = torch.as_tensor(tokens)

    def _make(self, rows, generator, prefix=None, drawing=None):
        self.drawing_ = drawing
        tokens = self.tokens_[rows]
        tokens[tokens == 2] = 3  # no sampler draws unknown words
        if prefix is not None:
            tokens[:, : prefix.shape[1]] = torch.where(
                prefix > 0, prefix, tokens[:, : prefix.shape[1]]
            )
        return tokens.numpy()

    def _weigh(self, tokens, rows):
        begins = (self.tokens_[None, :, : tokens.shape[1]] == tokens[:, None]) | (tokens == 0)[
            :, None
        ]
        codes = self.conditions_.codes("y")
        codes = torch.as_tensor(np.zeros(len(self.tokens_)) if codes is None else codes)
        alike = begins.all(dim=2) & (codes == codes[rows][:, None])
        return torch.log(alike.sum(dim=1) + 1e-9)

    def score(self, X, y=None):
        check_is_fitted(self, "container_")
        return float(self._read_more(X).mean())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = True
        tags.input_tags.three_d_array = False
        return tags


@pytest.fixture
def sampler():
    return CopySampler(random_state=0).fit(TEXT, LABELS)


def test_contract():
    check_sampler(CopySampler(), data=TEXTS)


def test_a_label_before_a_beginning(sampler):
    texts, table = sampler.sample(6, prompt="cat", return_prompt=True)
    assert set(table["y"]) == {"cat"} and "prefix" not in table
    assert all("cat" in text for text in texts)
    texts, table = sampler.sample(6, prompt={"prefix": "cat"}, return_prompt=True)
    assert all(text.startswith("cat") for text in texts)
    assert list(table["prefix"]) == ["cat"] * 6


def test_a_beginning(sampler):
    texts = sampler.sample(40, prompt="The dog,", random_state=0)
    assert set(texts) == {"The dog,.", "The dog, a good one, ran."}
    nothing = sampler.sample(3, prompt="", random_state=0)
    assert nothing == sampler.sample(3, random_state=0)


def test_what_is_left_open_goes_with_the_beginning(sampler):
    for beginning, labels in (("a dog", {"dog"}), ("A cat", {"cat"}), ("the", {"dog"})):
        texts, table = sampler.sample(200, prompt=beginning, random_state=0, return_prompt=True)
        assert set(table["y"]) == labels
    table = sampler.sample(200, prompt={"prefix": "a"}, random_state=0, return_prompt=True)[1]
    assert 0.5 < (table["y"] == "cat").mean() < 0.8  # two of three texts that begin so
    prompt = {"prefix": "a dog", "y": "cat"}
    assert set(sampler.sample(9, prompt=prompt, return_prompt=True)[1]["y"]) == {"cat"}
    table = sampler.sample(3, prompt=["a dog", None, "a cat"], return_prompt=True)[1]
    assert [table["y"][0], table["y"][2]] == ["dog", "cat"]


def test_unknown_words_are_kept(sampler):
    for prompt in ("A Zebu", {"prefix": "A Zebu"}):
        texts = sampler.sample(5, prompt=prompt)
        assert all(text.startswith("A Zebu") for text in texts)


def test_label_and_beginning(sampler):
    for key in ("label", "y"):
        prompt = {key: "dog", "prefix": "A"}
        texts, table = sampler.sample(9, prompt=prompt, return_prompt=True)
        assert set(table["y"]) == {"dog"} and set(table["prefix"]) == {"A"}
        assert all(text.startswith("A dog") for text in texts)


@pytest.mark.parametrize(
    "form", [list, tuple, np.array, lambda p: np.array(p, dtype=object), pd.Series, pd.Index]
)
def test_a_prompt_for_each(sampler, form):
    texts, table = sampler.sample(4, prompt=form(["cat", "the cat", "dog", ""]), return_prompt=True)
    assert [table["y"][0], table["y"][2]] == ["cat", "dog"]
    assert list(table["prefix"]) == [None, "the cat", None, None]
    assert texts[1].startswith("the cat")


def test_prompts_of_several_kinds(sampler):
    prompt = [{"label": "dog"}, "the cat", {"prefix": "the", "y": "cat"}, {}]
    texts, table = sampler.sample(4, prompt=prompt, return_prompt=True, random_state=0)
    assert table["y"][0] == "dog" and table["y"][2] == "cat"
    assert texts[2].startswith("the cat")
    again, same = sampler.sample(4, prompt=table, return_prompt=True, random_state=0)
    pd.testing.assert_frame_equal(same, table)
    assert [text.split()[0] for text in again] == [text.split()[0] for text in texts]
    frame = pd.DataFrame({"label": ["dog", np.nan], "prefix": [np.nan, "the"]})
    table = sampler.sample(2, prompt=frame, return_prompt=True)[1]
    assert table["y"][0] == "dog" and list(table["prefix"]) == [None, "the"]


def test_beginnings_without_labels():
    sampler = CopySampler().fit(TEXT)
    assert all(text.startswith("cat") for text in sampler.sample(5, prompt="cat"))
    texts, table = sampler.sample(2, prompt=["the", None], return_prompt=True)
    assert texts[0].startswith("the") and list(table.columns) == ["prefix"]
    with pytest.raises(ValueError, match=r"prompt=\{'label': 'cat'\} asks for a condition"):
        sampler.sample(2, prompt=["the", {"label": "cat"}])


def test_beginnings_of_many_texts_in_batches(sampler):
    prompt = ["the", "cat"] * 5000
    texts = sampler.sample(10_000, prompt=prompt, random_state=0)
    assert all(text.startswith("the") for text in texts[::2])
    batches = sampler.iter_sample(10_000, batch_size=999, prompt=prompt, random_state=0)
    assert [text for batch in batches for text in batch] == texts


def test_periods_where_timestamps_were_seen():
    starts = pd.date_range("2017-01-01", periods=20, freq="30D")
    sampler = CopySampler().fit(TEXT, timestamps=starts)
    table = sampler.sample(3, prompt="January", return_prompt=True)[1]
    assert set(table["timestamp"].dt.month) == {1}
    assert sampler.sample(1, prompt={"prefix": "January"})[0].startswith("January")
    assert sampler.sample(1, prompt="January blues")[0].startswith("January blues")


def test_integers_begin_with_integers():
    X = np.array([[7, 1, 2], [7, 2, 1], [9, 1, 1]] * 4)
    sampler = CopySampler().fit(X)
    made, table = sampler.sample(3, prompt={"prefix": [5, 7]}, return_prompt=True)
    np.testing.assert_array_equal(made[:, :2], [[5, 7]] * 3)
    assert made.shape == (3, 3) and list(table["prefix"]) == [[5, 7]] * 3
    made = sampler.sample(2, prompt=[{"prefix": np.array([9])}, {}])
    assert made[0, 0] == 9
    with pytest.raises(ValueError, match="prompt='a man' asks for a condition"):
        sampler.sample(prompt="a man")
    with pytest.raises(ValueError, match="prompt must begin sequences with integers"):
        sampler.sample(prompt={"prefix": "a man"})


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ({"label": "cow"}, r"y='cow', which was not seen in fit; the classes are \['cat', 'dog'\]"),
        ({"label": "cat", "y": "cat"}, "prompt must name the class by 'label' or by 'y', got both"),
        ({"prefix": 3}, "prompt must begin texts with a string, got 3"),
        (
            "a " * 9,
            "prompt must begin with fewer tokens than the longest item has, max_length=9, got 9",
        ),
        (["cat", "the"], r"prompt must be one or n_samples=3 of them, got shape \(2,\)"),
        (7, "prompt=7 was not seen in fit"),
    ],
)
def test_prompts_refused(sampler, prompt, message):
    for method in (sampler.sample, sampler.iter_sample):
        with pytest.raises(ValueError, match=message):
            method(3, prompt=prompt)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0),
        ("temperature", np.inf),
        ("temperature", "cold"),
        ("top_k", 0),
        ("top_k", 1.5),
        ("top_k", True),
        ("top_p", 0),
        ("top_p", 1.1),
    ],
)
def test_drawing_refused(sampler, name, value):
    for method in (sampler.sample, sampler.iter_sample):
        with pytest.raises(ValueError, match=f"{name} must be .*, got {value!r}"):
            method(3, **{name: value})


def test_how_words_are_drawn(sampler):
    sampler.sample(temperature=0.5, top_k=3, top_p=0.9)
    assert tuple(sampler.drawing_) == (0.5, 3, 0.9)
    next(sampler.iter_sample(3))
    assert tuple(sampler.drawing_) == (1.0, None, None)


@pytest.mark.parametrize("name", ["prefix", "label"])
def test_names_of_conditions_that_prompts_need(name):
    for conditions in (pd.DataFrame({name: LABELS}), {name: LABELS}, pd.Series(LABELS, name=name)):
        with pytest.raises(ValueError, match=f"names other than 'prefix' and 'label'.*'{name}'"):
            CopySampler().fit(TEXT, conditions=conditions)


def test_attributes_of_texts_and_tables():
    sampler = CopySampler().fit([[1, 2], [2, 1]])
    assert sampler.n_features_in_ == 2 and sampler.vocabulary_ == [1, 2]
    sampler.fit(TEXT)
    assert not hasattr(sampler, "n_features_in_")
    assert sampler.max_length_ == 9
