"""Generative augmentation for scikit-learn."""

from sktsgan.augmentation import (
    AugmentedClassifier,
    AugmentedRegressor,
    GANOverSampler,
    augmentation_report,
)
from sktsgan.impute import GANImputer, repair_series
from sktsgan.metrics import distribution_kl_score
from sktsgan.model_selection import PurgedWindowSplit
from sktsgan.persistence import Checkpoint, load, save
from sktsgan.pipeline import SamplingPipeline, make_sampling_pipeline
from sktsgan.preprocessing import Windowizer
from sktsgan.report import report
from sktsgan.samplers import (
    CopulaSampler,
    DCGANSampler,
    NeighborSampler,
    SeqGANSampler,
    TimeGANSampler,
    TransformerGANSampler,
)

__version__ = "0.1.0"

__all__ = [
    "AugmentedClassifier",
    "AugmentedRegressor",
    "Checkpoint",
    "CopulaSampler",
    "DCGANSampler",
    "GANImputer",
    "GANOverSampler",
    "NeighborSampler",
    "PurgedWindowSplit",
    "SamplingPipeline",
    "SeqGANSampler",
    "TimeGANSampler",
    "TransformerGANSampler",
    "Windowizer",
    "augmentation_report",
    "distribution_kl_score",
    "load",
    "make_sampling_pipeline",
    "repair_series",
    "report",
    "save",
]
