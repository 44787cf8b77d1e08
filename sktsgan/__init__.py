"""Generative augmentation for scikit-learn."""

from sktsgan.impute import GANImputer, repair_series
from sktsgan.metrics import distribution_kl_score
from sktsgan.preprocessing import Windowizer
from sktsgan.samplers import CopulaSampler, TransformerGANSampler

__version__ = "0.1.0"

__all__ = [
    "CopulaSampler",
    "GANImputer",
    "TransformerGANSampler",
    "Windowizer",
    "distribution_kl_score",
    "repair_series",
]
