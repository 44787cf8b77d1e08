import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.utils import Bunch

from sktsgan.plotting import PromptFidelityDisplay


@pytest.fixture
def fidelity():
    divergences = np.array([[0.1, 2.0, 3.0], [1.0, 0.2, np.inf], [0.5, 1.0, 1.5]])
    return Bunch(
        field=("month",),
        field_values=[(1,), (2,), (3,)],
        real_accuracy=0.6,
        generated_accuracy=0.55,
        divergences=divergences,
        closest=divergences.argmin(axis=1) == np.arange(3),
    )


def test_heat_map(fidelity):
    display = PromptFidelityDisplay(fidelity)
    assert display.plot() is display
    assert display.image_.get_array().shape == (3, 3)
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == ["Jan", "Feb", "Mar"]
    assert display.ax_.get_title().startswith("2 of 3 prompts are closest to their own month")
    right, wrong = display.ax_.collections
    assert right.get_offsets().tolist() == [[0, 0], [1, 1]]
    assert wrong.get_offsets().tolist() == [[0, 2]]
    display.figure_.canvas.draw()


def test_axes_that_are_given(fidelity):
    ax = plt.figure().add_subplot()
    assert PromptFidelityDisplay(fidelity).plot(ax=ax).ax_ is ax
    plt.close("all")
