import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from sktsgan.metrics import prompt_fidelity

STARTS = pd.date_range("2016-01-01", periods=1200, freq="D", name="start")
QUICK = {"classifier": DecisionTreeClassifier(max_depth=8), "random_state": 0}


class Lookup:
    """Make windows of the quarter that is asked for, or of another one."""

    def __init__(self, moved=0):
        self.moved = moved

    def sample(self, n_samples, *, prompt=None, random_state=None):
        quarter = (prompt["quarter"] - 1 + self.moved) % 4 + 1
        return make_windows(np.full(n_samples, quarter), random_state)


def make_windows(quarter, seed):
    noise = np.random.default_rng(seed).normal(size=(len(quarter), 5, 2))
    levels = np.stack([np.cos(quarter * np.pi / 2), np.sin(quarter * np.pi / 2)], axis=-1)
    return noise + 4 * levels[:, None]


@pytest.fixture
def windows():
    return make_windows(STARTS.quarter.to_numpy(), 0)


def test_a_faithful_sampler(windows):
    fidelity = prompt_fidelity(Lookup(), windows, field="quarter", timestamps=STARTS, **QUICK)
    assert fidelity.field == ("quarter",)
    assert fidelity.field_values == [(1,), (2,), (3,), (4,)]
    assert fidelity.divergences.shape == fidelity.real_divergences.shape == (4, 4)
    assert fidelity.closest.all() and fidelity.real_closest.all()
    assert np.diag(fidelity.divergences).max() < 0.1
    assert fidelity.generated_accuracy == pytest.approx(fidelity.real_accuracy, abs=0.05)
    assert fidelity.real_accuracy > 0.9


def test_a_sampler_that_makes_another_quarter(windows):
    fidelity = prompt_fidelity(Lookup(1), windows, field="quarter", timestamps=STARTS, **QUICK)
    assert not fidelity.closest.any()
    assert fidelity.divergences.argmin(axis=1).tolist() == [1, 2, 3, 0]
    assert fidelity.generated_accuracy < 0.1 and fidelity.real_accuracy > 0.9


def test_a_frame_and_unseen_windows(windows):
    frame = pd.DataFrame(windows.reshape(1200, -1), index=STARTS)
    unseen = np.arange(1200) % 100 < 50
    fidelity = prompt_fidelity(
        Lookup(), frame, field=("quarter",), n_channels=2, unseen=unseen, **QUICK
    )
    assert fidelity.generated_accuracy > 0.9 and fidelity.real_accuracy > 0.9


def test_what_shares_steps_is_not_learned_from():
    from sktsgan.metrics._prompt_fidelity import _deal_folds

    fold = np.arange(60) // 10 % 3
    for learned, held in _deal_folds(fold, 4):
        assert np.abs(learned[:, None] - held).min() == 5


def test_combinations_and_conditions(windows):
    class Any:
        def sample(self, n_samples, *, prompt=None, random_state=None):
            assert set(prompt) == {"half_month", "site"}
            return windows[:n_samples]

    conditions = pd.DataFrame({"site": np.where(np.arange(1200) % 2, "a", "b")})
    fidelity = prompt_fidelity(
        Any(), windows, field=("half_month", "site"), timestamps=STARTS, conditions=conditions, **QUICK
    )  # fmt: skip
    assert fidelity.field_values == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert 0.1 < fidelity.generated_accuracy < 0.4


def test_errors(windows):
    for options, message in (
        ({"field": "month"}, "field='month' is unknown; the fields of X are []."),
        ({"field": "y", "y": np.zeros(1200)}, "field=('y',) must have two values"),
        ({"field": "quarter", "timestamps": STARTS, "block_length": 5000}, "have fewer than two values"),
    ):  # fmt: skip
        with pytest.raises(ValueError) as caught:
            prompt_fidelity(Lookup(), windows, **options)
        assert message in str(caught.value)
