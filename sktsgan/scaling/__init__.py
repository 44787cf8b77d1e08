"""Scale data for models, and back."""

from sktsgan.scaling._channels import ChannelScaler, RangeScaler
from sktsgan.scaling._grid import GridMap
from sktsgan.scaling._pixels import PixelScaler
from sktsgan.scaling._quantile import QuantileMap, RangeMap, StandardMap
from sktsgan.scaling._readings import ReadingScaler
from sktsgan.scaling._series import SeriesExtender, SeriesScaler

__all__ = [
    "ChannelScaler",
    "GridMap",
    "PixelScaler",
    "QuantileMap",
    "RangeMap",
    "RangeScaler",
    "ReadingScaler",
    "SeriesExtender",
    "SeriesScaler",
    "StandardMap",
]
