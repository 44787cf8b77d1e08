"""Datasets: real ones that come with the package, and simulated ones with a known pattern."""

from sktsgan.datasets._appliances import load_appliances_energy
from sktsgan.datasets._captions import load_captions
from sktsgan.datasets._seasonal import make_seasonal_series, seasonal_pattern
from sktsgan.datasets._sines import make_sines

__all__ = [
    "load_appliances_energy",
    "load_captions",
    "make_seasonal_series",
    "make_sines",
    "seasonal_pattern",
]
