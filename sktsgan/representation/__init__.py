"""Windows to vectors and back: channel maps, scale-mix components and the closed-form copula on them."""

from sktsgan.representation._channels import ChannelScaler
from sktsgan.representation._components import (
    WindowComponents,
    log_scale_floor,
    scale_mix,
    unscale_mix,
)
from sktsgan.representation._copula import WindowCopula
from sktsgan.representation._grid import GridMap
from sktsgan.representation._quantile import QuantileMap, StandardMap
from sktsgan.representation._repair import WindowRepair
from sktsgan.representation._tokens import WindowTokens

__all__ = [
    "ChannelScaler",
    "GridMap",
    "QuantileMap",
    "StandardMap",
    "WindowComponents",
    "WindowCopula",
    "WindowRepair",
    "WindowTokens",
    "log_scale_floor",
    "scale_mix",
    "unscale_mix",
]
