"""Generative augmentation for scikit-learn."""

from sktsgan.metrics import distribution_kl_score
from sktsgan.preprocessing import Windowizer
from sktsgan.samplers import CopulaSampler, TimeGANSampler, TransformerGANSampler

__version__ = "0.1.0"

__all__ = [
    "CopulaSampler",
    "TimeGANSampler",
    "TransformerGANSampler",
    "Windowizer",
    "distribution_kl_score",
]
