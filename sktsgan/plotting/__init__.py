"""Plots of what was learnt, as scikit-learn displays."""

from sktsgan.plotting._distribution import DistributionDisplay
from sktsgan.plotting._images import ImageGridDisplay
from sktsgan.plotting._loss_curve import LossCurveDisplay
from sktsgan.plotting._prompt_fidelity import PromptFidelityDisplay
from sktsgan.plotting._windows import WindowDisplay

__all__ = [
    "DistributionDisplay",
    "ImageGridDisplay",
    "LossCurveDisplay",
    "PromptFidelityDisplay",
    "WindowDisplay",
]
