"""Models that are fitted without training."""

from sktsgan.closed_form._components import (
    WindowComponents,
    log_scale_floor,
    scale_mix,
)
from sktsgan.closed_form._copula import WindowCopula
from sktsgan.closed_form._density import WindowDensity
from sktsgan.closed_form._image_groups import ImageGroups
from sktsgan.closed_form._moves import NeighborhoodMoves
from sktsgan.closed_form._neighborhood_size import choose_n_neighbors
from sktsgan.closed_form._neighborhoods import WindowNeighborhoods
from sktsgan.closed_form._overlap import times_of_windows
from sktsgan.closed_form._repair import WindowRepair
from sktsgan.closed_form._repair_categories import most_frequent
from sktsgan.closed_form._series_chain import SeriesChain

__all__ = [
    "ImageGroups",
    "NeighborhoodMoves",
    "SeriesChain",
    "WindowComponents",
    "WindowCopula",
    "WindowDensity",
    "WindowNeighborhoods",
    "WindowRepair",
    "choose_n_neighbors",
    "log_scale_floor",
    "most_frequent",
    "scale_mix",
    "times_of_windows",
]
