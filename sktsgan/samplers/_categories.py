"""Channels of categories that a sampler of numbers can't learn."""

import numpy as np

__all__ = ["refuse_many_categories"]


def refuse_many_categories(sampler, windows, categorical):
    """Raise a ValueError if a channel has more than two categories.

    Codes of two are as good as numbers. Of three or more the order means nothing, but a Gaussian would take the one in
    the middle to lie between the others.
    """
    for channel in categorical:
        codes = windows[..., channel]
        n_codes = len(np.unique(codes[~np.isnan(codes)]))
        if n_codes > 2:
            raise ValueError(
                f"{type(sampler).__name__} can't learn channels of more than two categories, but channel {channel} of "
                f"X has {n_codes}; take NeighborSampler or TransformerGANSampler, or leave it out."
            )
