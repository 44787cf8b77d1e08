"""The checks of samplers pass good samplers and catch bad ones."""

from numbers import Integral

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sktsgan import CopulaSampler
from sktsgan._random import draw_seed
from sktsgan.utils import estimator_checks
from sktsgan.utils.estimator_checks import (
    WINDOWS,
    SamplerCheckData,
    check_sampler,
    parametrize_with_sampler_checks,
    sampler_checks,
)


class OneTooFew(CopulaSampler):
    def sample(self, n_samples=1, **options):
        return super().sample(n_samples + 1, **options)[:-2]


class AlwaysFloat(CopulaSampler):
    def sample(self, n_samples=1, **options):
        return np.asarray(super().sample(n_samples, **options), dtype=float)


class DeafToSeeds(CopulaSampler):
    def sample(self, n_samples=1, *, random_state=None, **options):
        return super().sample(n_samples, random_state=0, **options)


class GlobalDraws(CopulaSampler):
    def sample(self, n_samples=1, *, random_state=None, **options):
        seed = np.random.randint(1000)  # noqa: NPY002
        return super().sample(n_samples, random_state=seed, **options)


class Remembering(CopulaSampler):
    def sample(self, n_samples=1, *, random_state=None, **options):
        self.calls_ = getattr(self, "calls_", 0) + 1
        return super().sample(n_samples, random_state=self.calls_, **options)


class Overwriting(CopulaSampler):
    def fit(self, X, y=None):
        super().fit(X, y)
        if isinstance(X, np.ndarray):
            X[0] = 0
        return self


class Greedy(CopulaSampler):
    def iter_sample(self, n_samples, *, batch_size=1024, **options):
        yield self.sample(n_samples, **options)


class Wide(CopulaSampler):
    def _make(self, rows, generator):
        return 2 * super()._make(rows, generator)


class Noisy(CopulaSampler):
    def _make(self, rows, generator):
        windows = super()._make(rows, generator)
        return windows + 1e-9 * np.arange(windows.size).reshape(windows.shape)


class Unpicklable(CopulaSampler):
    def _learn(self, windows, rows):
        super()._learn(windows, rows)
        self.draw_ = lambda: None


class Gullible(CopulaSampler):
    def _sample(self, n_samples, prompt, *args, **options):
        try:
            return super()._sample(n_samples, prompt, *args, **options)
        except ValueError:
            return super()._sample(n_samples, None, *args, **options)


class DeafToPrompts(CopulaSampler):
    def _make(self, rows, generator):
        return super()._make(torch.zeros_like(rows), generator)


class Unordered(CopulaSampler):
    def _sample(self, *args):
        made = super()._sample(*args)
        return (made[0], made[1][::-1]) if isinstance(made, tuple) else made


class Careless(CopulaSampler):
    def sample(self, n_samples=1, **options):
        return super().sample(max(1, int(n_samples)), **options)


class Undated(CopulaSampler):
    def sample(self, n_samples=1, **options):
        return self.container_.wrap(self._make(torch.arange(n_samples), None))


class Trusting(CopulaSampler):
    def score(self, X, y=None):
        return -1.0


class Hasty(CopulaSampler):
    def fit(self, X, y=None, **known):
        vars(self).pop("copula_", None)  # before X is known to be usable
        return super().fit(X, y, **known)


@pytest.mark.parametrize(
    ("sampler", "check"),
    [
        (Hasty, "check_sampler_refused_fit_changes_nothing"),
        (OneTooFew, "check_sampler_exact_count"),
        (AlwaysFloat, "check_sampler_forms"),
        (DeafToSeeds, "check_sampler_seed"),
        (DeafToSeeds, "check_sampler_random_state_instance"),
        (DeafToSeeds, "check_sampler_without_seed"),
        (GlobalDraws, "check_sampler_seed"),
        (GlobalDraws, "check_sampler_without_seed"),
        (GlobalDraws, "check_sampler_global_random_state"),
        (Remembering, "check_sampler_sample_keeps_state"),
        (Remembering, "check_sampler_score"),
        (Remembering, "check_sampler_pickle"),
        (Overwriting, "check_sampler_input_unchanged"),
        (Overwriting, "check_sampler_read_only_input"),
        (Greedy, "check_sampler_bounded_batches"),
        (Remembering, "check_sampler_iter_sample"),
        (Wide, "check_sampler_value_range"),
        (Noisy, "check_sampler_channels"),
        (Noisy, "check_sampler_all_constant_windows"),
        (Unpicklable, "check_sampler_pickle"),
        (Gullible, "check_sampler_prompts_refused"),
        (Gullible, "check_sampler_prompt_without_labels"),
        (DeafToPrompts, "check_sampler_scalar_prompt"),
        (Unordered, "check_sampler_prompt_order"),
        (Careless, "check_sampler_counts_refused"),
        (Undated, "check_sampler_unfitted"),
        (Trusting, "check_sampler_unfitted"),
        (Trusting, "check_sampler_window_shape"),
        (Trusting, "check_sampler_columns"),
    ],
)
def test_a_breach_is_found(sampler, check):
    with pytest.raises(Exception):  # noqa: B017 - what the sampler itself raises counts too
        getattr(estimator_checks, check)(sampler.__name__, sampler())


def test_message_names_the_sampler_and_the_breach():
    with pytest.raises(AssertionError) as error:
        check_sampler(OneTooFew())
    assert str(error.value) == "OneTooFew.sample(1) made 0 items."


def test_expected_failures_are_left_out():
    failing = {"check_sampler_value_range": "twice as wide", "check_sampler_channels": "the same"}
    failing["check_sampler_all_constant_windows"] = "the same"
    check_sampler(Wide(), expected_failed_checks=failing)
    del failing["check_sampler_channels"]
    with pytest.raises(AssertionError):
        check_sampler(Wide(), expected_failed_checks=failing)


def test_the_data_says_which_checks_apply():
    def names(**data):
        data = SamplerCheckData(WINDOWS.items, **data)
        return {check.func.__name__ for _, check in sampler_checks(CopulaSampler(), data=data)}

    bare, labelled, windows = names(), names(labels=WINDOWS.labels), names(are_windows=True)
    assert {name for name in labelled - bare if "prompt" not in name} == {
        "check_sampler_conditions",
        "check_sampler_conditions_refused",
        "check_sampler_entities",
        "check_sampler_label_dtypes",
        "check_sampler_labels_refused",
        "check_sampler_numbers",
        "check_sampler_periods",
    }
    assert "check_sampler_channels" in windows - bare
    assert not any("warm_start" in name or "partial_fit" in name for name in windows)


def test_every_check_is_run():
    class Trained(CopulaSampler):
        def __init__(self, *, random_state=None, warm_start=False):
            super().__init__(random_state=random_state)
            self.warm_start = warm_start

        def partial_fit(self, X, y=None):
            return self.fit(X, y)

    run = {check.func.__name__ for _, check in sampler_checks(Trained())}
    assert run == {n for n in dir(estimator_checks) if n.startswith("check_sampler_")}


def test_parametrize_makes_a_test_of_each_check():
    failing = {"check_sampler_channels": "reason"}
    mark = parametrize_with_sampler_checks(
        [Wide(), CopulaSampler()],
        expected_failed_checks=lambda e: failing if isinstance(e, Wide) else {},
    ).mark
    assert mark.args[0] == ("estimator", "check")
    cases = {case.id: case for case in mark.args[1]}
    assert len(cases) == 2 * len(list(sampler_checks(Wide())))
    assert cases["Wide()-check_sampler_channels"].marks[0].kwargs == {
        "reason": "reason",
        "strict": True,
    }
    assert not cases["CopulaSampler()-check_sampler_channels"].marks


class WordSampler(BaseEstimator):
    """Draws words that it has seen, to show that the checks serve items that are no arrays."""

    def __init__(self, *, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        if len(X) < 2:
            raise ValueError(f"X must hold two words or more, got {len(X)}.")
        self.words_ = list(X)
        return self

    def sample(self, n_samples=1, *, random_state=None):
        check_is_fitted(self)
        if type(n_samples) is bool or not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError(f"n_samples must be an integer of at least 1, got {n_samples}.")
        rng = np.random.default_rng(draw_seed(random_state))
        return [self.words_[i] for i in rng.integers(len(self.words_), size=n_samples)]

    def iter_sample(self, n_samples, *, batch_size=10, random_state=None):
        words = self.sample(n_samples, random_state=random_state)
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}.")
        return (words[i : i + batch_size] for i in range(0, len(words), batch_size))

    def score(self, X, y=None):
        check_is_fitted(self)
        return float(np.mean([word in self.words_ for word in X]))


def test_items_may_be_other_things_than_windows():
    words = [f"word {i}" for i in range(50)]
    data = SamplerCheckData(words, refused=(("one word", words[:1], {}),), n_many=100)
    check_sampler(WordSampler(), data=data)
