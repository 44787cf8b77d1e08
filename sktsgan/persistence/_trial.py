"""Whether what came from a file can do what it is for."""

import math

import numpy as np
import pandas as pd

from sktsgan._random import torch_generator
from sktsgan.pipeline import GANImputer, SamplingPipeline
from sktsgan.samplers import BaseSampler

__all__ = ["check_works"]

_MOST_VALUES = 2**21  # of an item that is made only to see whether it can be


def check_works(estimator):
    """Raise an error if a fitted sampler, pipeline or imputer can't make an item.

    Items so large that a trial would cost more than it tells are not made.
    """
    if isinstance(estimator, SamplingPipeline):
        if hasattr(estimator, "_form"):
            check_works(estimator.steps[-1][1])
            _check_finite(estimator.sample(1, random_state=0))
        return
    if isinstance(estimator, GANImputer):
        if hasattr(estimator, "sampler_"):
            check_works(estimator.sampler_)
        return
    if not isinstance(estimator, BaseSampler) or not hasattr(estimator, "container_"):
        return
    shape = estimator.container_.shape
    if math.prod(map(int, shape)) > _MOST_VALUES:
        return
    made = estimator._sample(1, None, 0, False)
    _check_finite(made)
    if hasattr(estimator, "imputer_"):
        windows = estimator.container_.read(estimator, made).copy()
        windows[:, ::2] = np.nan
        if not np.isnan(windows).all():
            filled = estimator.imputer_.draw(windows, 1, torch_generator(0))
            _check_finite(filled)


def _check_finite(made):
    if isinstance(made, pd.DataFrame | pd.Series):
        made = made.select_dtypes("number") if made.ndim == 2 else made
        made = made.to_numpy()
    for item in made if isinstance(made, list) else [made]:
        if isinstance(item, np.ndarray) and item.dtype.kind == "f" and not np.isfinite(item).all():
            raise ValueError("what it makes isn't finite")
