"""Generative augmentation for scikit-learn."""

from sktsgan.metrics import distribution_kl_score
from sktsgan.over_sampling import GANOverSampler
from sktsgan.preprocessing import Windowizer
from sktsgan.samplers import CopulaSampler, TransformerGANSampler

__version__ = "0.1.0"

__all__ = [
    "CopulaSampler",
    "GANOverSampler",
    "TransformerGANSampler",
    "Windowizer",
    "distribution_kl_score",
]
