"""Generative augmentation for scikit-learn."""

from sktsgan.augmentation import (
    AugmentedClassifier,
    AugmentedRegressor,
    GANOverSampler,
    augmentation_report,
)
from sktsgan.metrics import distribution_kl_score
from sktsgan.preprocessing import Windowizer
from sktsgan.samplers import CopulaSampler, TransformerGANSampler

__version__ = "0.1.0"

__all__ = [
    "AugmentedClassifier",
    "AugmentedRegressor",
    "CopulaSampler",
    "GANOverSampler",
    "TransformerGANSampler",
    "Windowizer",
    "augmentation_report",
    "distribution_kl_score",
]
