"""Windows to vectors and back: channel maps, scale-mix components and the closed-form copula on them."""

from sktsgan.representation._channels import ChannelScaler, RangeScaler
from sktsgan.representation._components import (
    WindowComponents,
    log_scale_floor,
    scale_mix,
    unscale_mix,
)
from sktsgan.representation._copula import WindowCopula
from sktsgan.representation._grid import GridMap
from sktsgan.representation._image_groups import ImageGroups
from sktsgan.representation._pixels import PixelScaler
from sktsgan.representation._quantile import QuantileMap, RangeMap, StandardMap
from sktsgan.representation._repair import WindowRepair
from sktsgan.representation._series import (
    SeriesExtender,
    SeriesScaler,
    pad_series,
    resample_series,
    series_lengths,
)
from sktsgan.representation._shifts import RandomShift
from sktsgan.representation._tokens import WindowTokens

__all__ = [
    "ChannelScaler",
    "GridMap",
    "ImageGroups",
    "PixelScaler",
    "QuantileMap",
    "RandomShift",
    "RangeMap",
    "RangeScaler",
    "SeriesExtender",
    "SeriesScaler",
    "StandardMap",
    "WindowComponents",
    "WindowCopula",
    "WindowRepair",
    "WindowTokens",
    "log_scale_floor",
    "pad_series",
    "resample_series",
    "scale_mix",
    "series_lengths",
    "unscale_mix",
]
