"""Models that are fitted without training."""

from sktsgan.closed_form._components import (
    WindowComponents,
    log_scale_floor,
    scale_mix,
    unscale_mix,
)
from sktsgan.closed_form._copula import WindowCopula
from sktsgan.closed_form._image_groups import ImageGroups
from sktsgan.closed_form._repair import WindowRepair

__all__ = [
    "ImageGroups",
    "WindowComponents",
    "WindowCopula",
    "WindowRepair",
    "log_scale_floor",
    "scale_mix",
    "unscale_mix",
]
