"""Gaussians of complete rows, from sums that add up over parts of the rows."""

from dataclasses import dataclass

import numpy as np

from sktsgan.representation._conditional import ConditionalGaussian
from sktsgan.representation._incomplete import stationary_part

__all__ = ["Moments", "Prior"]


@dataclass(frozen=True)
class Prior:
    """What is added to a covariance that windows show.

    Parameters
    ----------
    stationary : float
        Share that each channel's stationary covariance by itself takes.
    noise : float
        Variance of white noise.
    drift : float
        Variance of each channel's level, beyond what was seen.
    """

    stationary: float
    noise: float
    drift: float

    def apply(self, covariance, n_channels):
        """Return the covariance with what is added, time-major as it came."""
        if self.stationary:
            own = stationary_part(covariance, n_channels)
            covariance = (1 - self.stationary) * covariance + self.stationary * own
        else:
            covariance = covariance.copy()
        for c in range(n_channels):
            covariance[c::n_channels, c::n_channels] += self.drift
        covariance[np.diag_indices_from(covariance)] += self.noise
        return covariance


class Moments:
    """Count, sum and products of rows, which add up over parts of the rows."""

    def __init__(self, rows):
        self.count = len(rows)
        self.sum = rows.sum(axis=0)
        self.products = rows.T @ rows

    def __add__(self, other):
        added = object.__new__(Moments)
        added.count = self.count + other.count
        added.sum = self.sum + other.sum
        added.products = self.products + other.products
        return added

    def fit(self, prior, n_channels):
        """Return the law of the rows, under a prior."""
        mean = self.sum / self.count
        covariance = self.products / self.count - np.outer(mean, mean)
        return ConditionalGaussian(mean, prior.apply(covariance, n_channels))
