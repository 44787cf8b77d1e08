"""Pipelines whose samples come back in the units of what they were fitted on."""

from sktsgan.pipeline._pipeline import SamplingPipeline, make_sampling_pipeline

__all__ = ["SamplingPipeline", "make_sampling_pipeline"]
