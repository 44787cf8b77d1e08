import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.history import History

from sktsgan import TransformerGANSampler
from sktsgan.datasets import make_sines
from sktsgan.plotting import LossCurveDisplay


def test_from_estimator(walks, sampler):
    flat = walks[0].reshape(60, -1)
    for estimator in (sampler.fit(flat), make_pipeline(StandardScaler(), sampler).fit(flat)):
        display = LossCurveDisplay.from_estimator(estimator)
        assert isinstance(display, LossCurveDisplay)
        generator, discriminator = display.lines_
        assert generator.get_label() == "generator"
        assert discriminator.get_label() == "discriminator"
        assert generator.get_xdata().tolist() == [10, 20, 30]
        assert generator.get_ydata().tolist() == [1, 1 / 2, 1 / 3]
        assert display.ax_.get_xlabel() == "step"
        assert display.ax_.get_title()
        assert display.figure_ is display.ax_.figure


def test_history_of_skorch():
    history = History()
    for loss in (3.0, 2.0):
        history.new_epoch()
        history.record("epoch", len(history))
        history.record("train_loss", loss)
        history.new_batch()
        history.record_batch("train_loss", loss)
    display = LossCurveDisplay.from_history(history)
    (line,) = display.lines_
    assert line.get_label() == "train"
    assert line.get_xdata().tolist() == [1, 2]
    assert line.get_ydata().tolist() == [3, 2]
    assert display.ax_.get_xlabel() == "epoch"


def test_columns_without_steps():
    display = LossCurveDisplay.from_history({"critic_loss": [5, 4], "seconds": [1, 1]})
    (line,) = display.lines_
    assert line.get_xdata().tolist() == [1, 2]
    assert display.ax_.get_xlabel() == "record"


def test_missing_and_non_finite_records_are_left_out():
    history = [
        {"step": 1, "a_loss": 1.0},
        {"step": 2, "b_loss": 7.0},
        {"step": 3, "a_loss": np.inf, "b_loss": 8.0},
        {"step": 4, "a_loss": 2.0},
    ]
    a, b = LossCurveDisplay.from_history(history).lines_
    assert a.get_xdata().tolist() == [1, 4]
    assert b.get_xdata().tolist() == [2, 3]


def test_phases_are_marked_where_they_begin():
    history = [
        {"epoch": 1, "phase": "first", "a_loss": 1.0},
        {"epoch": 2, "phase": "first", "a_loss": 2.0},
        {"epoch": 3, "phase": "second", "b_loss": 3.0},
    ]
    display = LossCurveDisplay.from_history(history)
    marks = {text.get_text().strip(): text.get_position()[0] for text in display.ax_.texts}
    assert marks == {"first": 1, "second": 3}
    assert [line.get_label() for line in display.lines_] == ["a", "b"]


def test_long_records_are_averaged():
    losses = np.tile([0.0, 2.0], 500)
    display = LossCurveDisplay.from_history({"generator_loss": losses})
    (mean,) = display.lines_
    np.testing.assert_allclose(mean.get_ydata(), 1)
    assert 1 <= mean.get_xdata().min() and mean.get_xdata().max() <= 1000
    assert len(display.ax_.lines) == 2


def test_axes_may_be_given(walks, sampler):
    figure, ax = plt.subplots()
    display = LossCurveDisplay.from_estimator(sampler.fit(walks[0]), ax=ax)
    assert display.ax_ is ax
    assert plt.get_fignums() == [figure.number]
    assert display.plot() is display
    assert display.ax_ is not ax


def test_errors(sampler):
    with pytest.raises(AttributeError) as error:
        LossCurveDisplay.from_estimator(sampler)
    message = "BootstrapSampler has no history_: it is not fitted, or does not train."
    assert str(error.value) == message
    with pytest.raises(ValueError) as error:
        LossCurveDisplay.from_history([{"step": 1}])
    assert str(error.value) == "The history holds no quantity whose name ends in _loss."


@pytest.mark.parametrize("warmup", [0.0, 1.0])
def test_the_axis_of_a_sampler_counts_training_steps(warmup):
    sampler = TransformerGANSampler(
        refine="always", max_iter=60, warmup=warmup, embedding_size=8, random_state=0
    )
    display = LossCurveDisplay.from_estimator(sampler.fit(make_sines(40, 6, random_state=0)))
    assert display.ax_.get_xlabel() == "step"
    assert display.lines_[0].get_xdata()[-1] == 60 * (1 + warmup)
