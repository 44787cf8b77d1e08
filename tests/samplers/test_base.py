"""What all samplers share: the errors word for word, classes, blocks and batches."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError

from sktsgan import CopulaSampler, distribution_kl_score
from sktsgan.samplers import _blocks


def message_of(call, *args, error=ValueError, **kwargs):
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "3", None])
def test_number_of_windows_must_be_a_positive_integer(sampler, walks, n):
    expected = f"n_samples must be an integer of at least 1, got {n!r}."
    assert message_of(sampler.fit(walks).sample, n) == expected


def test_batch_size_must_be_a_positive_integer(sampler, walks):
    sampler.fit(walks)
    expected = "batch_size must be an integer of at least 1, got 0."
    assert message_of(sampler.iter_sample, 5, batch_size=0) == expected


def test_prompt_never_seen(sampler, walks, labels):
    sampler.fit(walks, labels)
    expected = "prompt='z' was not seen in fit; the classes are ['a', 'b', 'c']."
    assert message_of(sampler.sample, 2, prompt="z") == expected
    assert message_of(sampler.sample, 2, prompt=["a", "z"]) == expected
    expected = "prompt must be one or n_samples=2 of them, got shape (3,)."
    assert message_of(sampler.sample, 2, prompt=["a", "b", "c"]) == expected


def test_prompt_of_a_number_never_seen(sampler, walks):
    sampler.fit(walks, np.arange(80) % 2)
    expected = "prompt=7 was not seen in fit; the classes are [0, 1]."
    assert message_of(sampler.sample, 2, prompt=7) == expected


def test_prompt_without_classes(sampler, walks):
    name = type(sampler).__name__
    expected = f"prompt='a' asks for a condition, but {name} was fitted without y, timestamps and conditions."
    assert message_of(sampler.fit(walks).sample, 2, prompt="a") == expected


def test_labels_of_other_length(sampler, walks, labels):
    expected = "y has 79 labels, but X has 80 windows."
    assert message_of(sampler.fit, walks, labels[1:]) == expected


@pytest.mark.parametrize(
    ("n_channels", "shape", "expected"),
    [
        (3, (80, 8, 2), "X has 2 channels, but n_channels=3."),
        (3, (80, 16), "X has 16 columns, which is no multiple of n_channels=3."),
        (
            None,
            (80, 8, 2, 1),
            "X must have 3 axes (windows, steps, channels) or 2 (windows, flat values), got 4.",
        ),
    ],
)
def test_shapes_of_windows(sampler, walks, n_channels, shape, expected):
    sampler.set_params(n_channels=n_channels)
    assert message_of(sampler.fit, walks.reshape(shape)) == expected


def test_score_of_other_windows(sampler, walks):
    name = type(sampler).__name__
    sampler.fit(walks)
    expected = f"X has 7 features, but {name} is expecting 8 features as input."
    assert message_of(sampler.score, walks[:, 1:]) == expected
    assert message_of(sampler.score, walks[..., 1:]) == "X has 1 channels, but n_channels=2."


def test_not_fitted(sampler, walks):
    name = type(sampler).__name__
    for method, argument in ((sampler.sample, 1), (sampler.score, walks)):
        message = message_of(method, argument, error=NotFittedError)
        assert message.startswith(f"This {name} instance is not fitted yet.")


def test_score_is_the_scorer(sampler, walks):
    sampler.fit(walks)
    assert sampler.score(walks) == distribution_kl_score(sampler, walks)
    assert sampler.score(walks) <= 0


def test_a_refused_fit_leaves_a_fitted_sampler_as_it_was(sampler, walks, labels):
    made = sampler.fit(walks, labels).sample(5, random_state=0)
    for X, y in ((walks[:, 1:] * np.nan, None), (walks[..., 1:], labels[1:])):
        message_of(sampler.fit, X, y)
        np.testing.assert_array_equal(sampler.sample(5, random_state=0), made)
        assert list(sampler.classes_) == ["a", "b", "c"]


def test_fitting_again_forgets(sampler, walks, labels):
    sampler.fit(walks, labels).fit(walks[:, :6, :1])
    assert sampler.classes_ is None
    assert sampler.sample(3).shape == (3, 6, 1)
    assert "y" not in sampler.sample(3, return_prompt=True)[1]
    assert (sampler.n_timesteps_, sampler.n_channels_) == (6, 1)


def test_classes_are_drawn_by_frequency(sampler, walks, labels):
    table = sampler.fit(walks, labels).sample(8000, random_state=0, return_prompt=True)[1]
    share = table["y"].value_counts(normalize=True)
    assert share["a"] == pytest.approx(40 / 80, abs=0.03)
    assert share["c"] == pytest.approx(10 / 80, abs=0.03)


def test_classes_are_what_they_say(sampler, walks):
    labels = np.where(np.arange(80) % 2 == 0, "low", "high")
    walks[labels == "high"] += 100
    sampler.fit(walks, labels)
    prompt = np.array(["high", "low"])[np.random.default_rng(0).integers(2, size=500)]
    made = sampler.sample(500, prompt=prompt, random_state=0)
    assert _share_of_class(made, prompt) > 0.95
    made, table = sampler.sample(500, random_state=0, return_prompt=True)
    assert _share_of_class(made, table["y"]) > 0.95


def _share_of_class(made, labels):
    return np.mean((made.mean(axis=(1, 2)) > 50) == (np.asarray(labels) == "high"))


def test_one_class(sampler, walks):
    sampler.fit(walks, ["only"] * 80)
    assert set(sampler.sample(3, prompt="only", return_prompt=True)[1]["y"]) == {"only"}


def test_blocks_do_not_show(sampler, walks, labels, monkeypatch):
    """Items come in order and in number also where they are drawn in many blocks."""
    monkeypatch.setattr(_blocks, "_BLOCK_ITEMS", 7)
    walks[labels == "b"] += 100
    sampler.fit(walks, np.where(labels == "b", "high", "low"))
    prompt = np.array(["high", "low"])[np.random.default_rng(0).integers(2, size=500)]
    made = sampler.sample(500, prompt=prompt, random_state=0)
    assert _share_of_class(made, prompt) > 0.95
    assert len(np.unique(made.reshape(500, -1), axis=0)) == 500  # no block is drawn twice
    batches = list(sampler.iter_sample(500, batch_size=90, prompt=prompt, random_state=0))
    assert [len(batch) for batch in batches] == [90] * 5 + [50]
    np.testing.assert_array_equal(np.concatenate(batches), made)


def test_iter_sample_draws_as_it_goes(walks, monkeypatch):
    drawn = []

    class Counting(CopulaSampler):
        def _make(self, rows, generator):
            drawn.append(len(rows))
            return super()._make(rows, generator)

    monkeypatch.setattr(_blocks, "_BLOCK_ITEMS", 10)
    batches = Counting().fit(walks).iter_sample(10**9, batch_size=4)
    assert drawn == []
    next(batches)
    assert drawn == [10]
    for _ in range(2):
        next(batches)
    assert drawn == [10, 10]


def test_memory_of_iter_sample_is_bounded(walks):
    sampler = CopulaSampler(random_state=0).fit(walks)

    def peak(n_samples):
        tracemalloc.start()
        for _ in sampler.iter_sample(n_samples, batch_size=1000):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few = peak(40_000)  # blocks of 16,384
    assert few < 60e6
    assert peak(120_000) < 1.2 * few


def test_large_windows_make_small_blocks(walks, monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK_VALUES", 8 * 2 * 3)
    sizes = []

    class Counting(CopulaSampler):
        def _make(self, rows, generator):
            sizes.append(len(rows))
            return super()._make(rows, generator)

    assert len(Counting().fit(walks).sample(8)) == 8
    assert sizes == [3, 3, 2]


def test_conditions_follow_the_batches(walks, labels):
    sampler = CopulaSampler(random_state=0).fit(walks, labels)
    for X, table in sampler.iter_sample(10, batch_size=4, return_prompt=True):
        assert len(X) == len(table)
        assert list(table.index) == list(range(len(X)))


def test_dataframe_keeps_dtypes_whole_numbers_and_names(walks):
    frame = pd.DataFrame(walks[..., 0].round(), columns=[f"h{t}" for t in range(8)])
    frame = frame.astype({"h0": "Int64", "h1": "int8", "h2": "float32"})
    frame["h3"] = frame["h3"] > 0
    frame["h4"] += 0.5  # so that the channel has other values than integers
    frame.columns.name = "hour"
    made = CopulaSampler(random_state=0).fit(frame).sample(200, random_state=0)
    pd.testing.assert_series_equal(made.dtypes, frame.dtypes)
    pd.testing.assert_index_equal(made.columns, frame.columns)
    # a cast to integers would have cut halves off towards zero
    assert made["h1"].mean() == pytest.approx(frame["h1"].mean(), abs=0.5)


def test_lists_come_back_as_arrays(walks):
    made = CopulaSampler(random_state=0).fit(walks.tolist()).sample(3)
    assert isinstance(made, np.ndarray) and made.shape == (3, 8, 2)


def test_torch_switches_are_left_alone(sampler, walks):
    before = torch.is_grad_enabled(), torch.get_num_threads(), torch.get_default_dtype()
    sampler.fit(walks).sample(3)
    assert (torch.is_grad_enabled(), torch.get_num_threads(), torch.get_default_dtype()) == before
