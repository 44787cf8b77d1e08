"""Holes in windows: which prompts are windows with holes, and what fills them."""

import math

import numpy as np
import pandas as pd

from sktsgan._random import draw_seed, torch_generator
from sktsgan._validation import check_count
from sktsgan.samplers._blocks import check_room

__all__ = ["impute_prompt", "impute_windows", "is_observed", "without_holes"]


def is_observed(prompt, container):
    """Return whether a prompt is windows like those of ``fit``, with NaN for what is to be made."""
    if container is None or getattr(prompt, "ndim", 1) < 2:
        return False
    if isinstance(prompt, pd.DataFrame):
        return container.columns is not None and prompt.columns.equals(container.columns)
    if not isinstance(prompt, np.ndarray) or prompt.dtype.kind != "f":
        return False
    shape = container.shape
    return prompt.shape[1:] in (shape, (math.prod(shape),))


def impute_prompt(sampler, prompt, n_samples, random_state):
    """Return windows whose observed values are those of the prompt."""
    check_count("n_samples", n_samples)
    check_room("n_samples", n_samples, sampler.container_)
    if not sampler._takes_holes:
        noun, name = sampler.container_.noun, type(sampler).__name__
        raise ValueError(f"prompt holds {noun} with NaN, but {name} can't impute missing values.")
    return sampler.impute(_match_prompt(prompt, n_samples), random_state=random_state)


def _match_prompt(prompt, n_samples):
    """Return ``n_samples`` windows with holes, of as many or of one for all."""
    if len(prompt) == 1:
        repeated = [0] * n_samples
        prompt = prompt.iloc[repeated] if hasattr(prompt, "iloc") else prompt[repeated]
    if len(prompt) != n_samples:
        raise ValueError(
            f"prompt must hold one window or n_samples={n_samples} of them, got {len(prompt)}."
        )
    return prompt


def impute_windows(sampler, windows, n_draws, seed):
    """Return windows without holes, of shape (n_draws, n_windows, n_timesteps, n_channels).

    Windows of NaN alone are sampled, others come from the sampler's ``imputer_``.
    """
    made = np.broadcast_to(windows, (n_draws, *windows.shape)).copy()
    holes = np.isnan(windows).reshape(len(windows), -1)
    empty = np.flatnonzero(holes.all(axis=1))
    if len(empty):
        whole = sampler.sample(n_draws * len(empty), random_state=seed)
        whole = sampler.container_.read(sampler, whole)
        made[:, empty] = whole.reshape(n_draws, len(empty), *windows.shape[1:])
    some = np.flatnonzero(holes.any(axis=1) & ~holes.all(axis=1))
    if len(some):
        filled = sampler.imputer_.draw(windows[some], n_draws, torch_generator(seed))
        if getattr(sampler, "rules_", None) is not None:
            filled = sampler.rules_.mend(filled, windows[some])
        made[:, some] = filled
    return made


def without_holes(sampler, items, seed=None):
    """Return items without missing values: windows imputed by a sampler that can, others as they are."""
    if not sampler._takes_holes or not np.isnan(items).any():
        return items
    seed = draw_seed(sampler.random_state) if seed is None else seed
    return impute_windows(sampler, items, 1, seed)[0]
