"""Synthetic training rows for classifiers and regressors, and whether they help."""

from sktsgan.augmentation._classifier import AugmentedClassifier
from sktsgan.augmentation._over_sampler import GANOverSampler
from sktsgan.augmentation._regressor import AugmentedRegressor
from sktsgan.augmentation._report import (
    AugmentationDisplay,
    AugmentationReport,
    augmentation_report,
)

__all__ = [
    "AugmentationDisplay",
    "AugmentationReport",
    "AugmentedClassifier",
    "AugmentedRegressor",
    "GANOverSampler",
    "augmentation_report",
]
