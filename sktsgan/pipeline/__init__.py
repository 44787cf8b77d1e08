"""Pipelines that sample in the units of the data that they were fitted on."""

from sktsgan.impute import GANImputer  # noqa: F401 (what can be saved is asked for here)
from sktsgan.pipeline._make import make_sampling_pipeline
from sktsgan.pipeline._pipeline import SamplingPipeline

__all__ = ["SamplingPipeline", "make_sampling_pipeline"]
