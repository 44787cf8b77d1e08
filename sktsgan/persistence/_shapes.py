"""What arrays in a file must be like: shapes that go together, indices that point at something, finite numbers.

A rule is the kind of the dtype, the sizes of the axes, and for indices what they must be below. A size is a number, the
name of an integer attribute, or a letter that means the same size in all rules of an object. ``~`` allows NaN and
infinity, and ``^`` an index of -1, which means none.
"""

import re

import numpy as np

import sktsgan.closed_form as closed_form
import sktsgan.samplers as samplers
import sktsgan.scaling as scaling
from sktsgan.closed_form import _moves, _repair_block, _similar
from sktsgan.closed_form._neighborhood_block import NeighborhoodBlock
from sktsgan.closed_form._repair_channels import RepairChannels
from sktsgan.pipeline import SamplingPipeline
from sktsgan.pipeline._training_series import TrainingSeries
from sktsgan.preprocessing import Windowizer
from sktsgan.prompts._conditions import ConditionEncoder, ConditionTable
from sktsgan.samplers._neighbor_base import NeighborBase
from sktsgan.scaling._constraints import ChannelRules
from sktsgan.scaling._interpolation import InterpolatedMap
from sktsgan.training import WindowTokens

__all__ = ["check_arrays"]

_CHANNELS = {"constants_": "~f c"}
_RULES = {
    _moves._Block: {"channels": "i c", "scores": "f n T c", "neighbors": "i n k <n"},
    NeighborhoodBlock: {
        "channels": "i c",
        "codes": "f n d",
        "neighbors": "i n k <n",
        "expected": "f n d",
        "varied": "f v d",
    },
    _repair_block.BlockRepair: {"seen_": "b r v"},
    _similar.WindowLaw: {
        "mean": "f v",
        "covariance": "f v v",
        "level_covariance": "f n_channels n_channels",
        "rows": "f r v",
    },
    closed_form.ImageGroups: {"centres_": "f g p", "class_of_group_": "i g", "codes_": "i n <g"},
    closed_form.WindowComponents: {
        "floor_": "f n_channels_",
        "mean_": "f f",
        "basis_": "f p f",
        "inverse_": "f f p",
        "residual_": "f f",
    },
    closed_form.WindowCopula: {
        "lowest_": "f g c",
        "class_of_row_": "i n <g",
        "highest_": "f g c",
        "expected_": "f n q",
        "means_": "f g p",
        "roots_": "f g p p",
    },
    closed_form.WindowNeighborhoods: {
        "classes_": "i n",
        "_counts": "i g <n+1",
        "_of_class": "i n <g",
        "_members": "i n <n",
        "widths_": "f n",
    },
    RepairChannels: {
        "low_": "f c",
        "high_": "f c",
        "mean_": "f c",
        "scale_": "f c",
        "bounds_": "~f 2 c",
    },
    scaling.ChannelScaler: _CHANNELS,
    scaling.RangeScaler: _CHANNELS,
    scaling.ReadingScaler: _CHANNELS
    | {"white_": "b f", "mean_": "f f", "scale_": "f f", "steady_": "b f", "atomic_": "b f"},
    scaling.PixelScaler: {"constants_": "~f c h w"},
    scaling.GridMap: {"grid_": "f g", "edges_": "f g+1", "values_": "f g", "cuts_": "f g-1"},
    InterpolatedMap: {"seen_": "f s"},
    scaling.QuantileMap: {"knots_": "f k", "scores_": "f k", "table_": "f t", "rises_": "f t"},
    scaling.RangeMap: {"grid_": "f g"},
    scaling.SeriesExtender: {"weights_": "f w c", "residuals_": "f r c"},
    ConditionTable: {"encoded": "f n e", "_seen": "i g"},
    ConditionEncoder: {"varying_": "b r", "means_": "f r", "scales_": "f r"},
    NeighborBase: {"windows_": "^i n <w", "gaps_": "f f"},
    TrainingSeries: {"values": "~f n c", "firsts": "i s <n"},
    WindowTokens: {"floor": "f c"},
}
_SIZES = {  # of letters that are settled before an array is seen
    closed_form.WindowComponents: lambda o: {"f": o.n_channels_ * (o.n_timesteps_ + 2)},
    closed_form.WindowCopula: lambda o: {"c": o.shape_[1]},
    RepairChannels: lambda o: {"c": len(o.source_)},
    scaling.ChannelScaler: lambda o: {"c": len(o.source_)},
    scaling.RangeScaler: lambda o: {"c": len(o.source_)},
    scaling.ReadingScaler: lambda o: {"c": len(o.source_), "f": len(o.free_)},
    scaling.PixelScaler: lambda o: {"c": len(o.source_)},
    ConditionTable: lambda o: {"n": len(o.frame), "e": int(o._encoder.varying_.sum())},
    NeighborBase: lambda o: {
        "w": len(o.neighborhoods.classes_),
        "f": len(o.neighborhoods.scaler_.free_),
    },
}


def check_arrays(made):
    """Raise a ValueError if an object from a file has arrays that don't go together."""
    cls = type(made)
    rules, sizes = _RULES.get(cls, {}), _SIZES.get(cls, lambda o: {})(made)
    for name, rule in rules.items():
        value = getattr(made, name)
        if value is None:
            continue
        try:
            _check(made, np.asarray(value), rule, sizes)
        except _Broken as error:
            raise ValueError(f"{name} of {cls.__name__} {error}") from None
    for name, value in vars(made).items():
        is_real = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        if name not in rules and is_real and not np.isfinite(value).all():
            raise ValueError(f"{name} of {cls.__name__} must be finite")
    if cls in _TOGETHER:
        _TOGETHER[cls](made)


class _Broken(Exception):
    """A rule that an array breaks."""


def _check(made, array, rule, sizes):
    kind, *axes = rule.split()
    below = axes.pop()[1:] if axes[-1].startswith("<") else None
    if array.dtype.kind != kind[-1] or array.ndim != len(axes):
        raise _Broken(f"must be {len(axes)}-dimensional and of kind {kind[-1]}")
    for axis, n in zip(axes, array.shape, strict=True):
        if n != _size(made, axis, sizes, n):
            raise _Broken(f"must have {_size(made, axis, sizes, n)} as {axis} of {axes}, got {n}")
    if kind == "f" and not np.isfinite(array).all():
        raise _Broken("must be finite")
    if below is not None and array.size:
        least = -1 if kind.startswith("^") else 0
        if array.min() < least or array.max() >= _size(made, below, sizes, None):
            raise _Broken(f"must hold indices below {_size(made, below, sizes, None)}")


def _size(made, axis, sizes, found):
    """Return the size that an axis must have; the first one that is found settles a letter."""
    name, change = re.fullmatch(r"(\w+?)([+-]1)?", axis).groups()
    change = int(change or 0)
    if name.isdigit():
        return int(name)
    if len(name) > 1:
        return getattr(made, name)
    if name not in sizes and found is not None:
        sizes[name] = found - change
    return sizes[name] + change


def _need(holds, what):
    if not holds:
        raise ValueError(f"{what} don't go together")


def _check_table(table):
    if table._seen is not None:
        known = np.unique(table._join(table.frame, table._apart))
        _need(np.array_equal(known, table._seen), "the classes that were seen and the conditions")
    _need(
        table.timestamps is None or len(table.timestamps) == len(table.frame),
        "timestamps and conditions",
    )
    table._set_timestamps(
        table.timestamps
    )  # the fields of the calendar, which no file needs to hold


def _check_neighborhoods(made):
    n, n_free = len(made.classes_), len(made.scaler_.free_)
    _check_channels(made.blocks_, n_free)
    whole = all(len(block.codes) == n for block in made.blocks_)
    _need(
        whole and all(len(part) == n for part in made.as_read_.values()),
        "blocks and classes of windows",
    )
    _need(len(made._counts) == 0 or made._counts.sum() == n, "classes and counts")


def _check_channels(blocks, n_free):
    for block in blocks:
        least, most = int(block.channels.min()), int(block.channels.max())
        _need(0 <= least <= most < n_free, "channels of blocks and of scales")


def _check_base(made):
    n = len(made.neighborhoods.classes_)
    _check_channels(made.moves_.blocks_, len(made.neighborhoods.scaler_.free_))
    _need(all(len(block.scores) == n for block in made.moves_.blocks_), "moves and windows")


def _check_tokens(made):
    _need(
        all(
            part.ndim == 1 and len(part) == len(made.floor) and part.isfinite().all()
            for part in (*made.means_, *made.scales_)
        ),
        "means_, scales_ and floor",
    )


def _check_extender(made):
    n_channels = made.weights_.shape[1]
    _need(len(made.weights_) == made.order_ * n_channels + 1, "weights_ and order_")
    _need(all(len(part) == n_channels for part in made.range_), "weights_ and range_")
    _need(all(np.isfinite(part).all() for part in made.range_), "range_ and what is finite")


def _check_grids(made):
    grids = made.grids_.values() if isinstance(made.grids_, dict) else made.grids_
    for grid in grids:
        _need(grid is None or (grid.ndim == 1 and np.isfinite(grid).all()), "grids_ and numbers")


def _check_copula(made):
    if made.components_ is not None:
        _need(made.expected_.shape[1] in (1, made.means_.shape[1]), "means and expectations")


def _check_pipeline(made):
    form, sampler = getattr(made, "_form", None), made.steps[-1][1]
    if form is None or form.n_timesteps is None:
        return
    (windowizer,) = (step for _, step in made.steps if isinstance(step, Windowizer))
    lengths = {form.n_timesteps, windowizer.n_timesteps_, sampler.n_timesteps_}
    _need(len(lengths) == 1, "lengths of windows")
    series = getattr(made, "training_series_", None)
    series = [] if series is None else series if isinstance(series, list) else [series]
    _need(
        form.panel is None or len(series) in (0, len(form.panel.keys)), "training_series_ and panel"
    )
    for kept in series:
        n_channels = len(form.wrapping.dtypes)
        fits = form.wrapping.kind == "array" or kept.values.shape[1] == n_channels
        _need(fits, "training_series_ and channels")
        _need((kept.times is None) == (form.frequency is None), "training_series_ and frequency")


def _check_training_series(made):
    n, n_channels = made.values.shape
    _need(not np.isinf(made.values).any(), "values and what is finite")
    _need(n > 0 and made.firsts[:1].tolist() == [0], "values and firsts")
    _need((np.diff(made.firsts) > 0).all(), "firsts and an order")
    _need(made.times is None or len(made.times) == n, "values and times")
    _need(all(0 <= channel < n_channels for channel in made.categorical), "values and categorical")


def _check_period(made):
    _need(0 < made.period < 2**16, "period and windows")  # or the way from knot to knot had no end


def _check_rules(made):
    order, n = made.order_, len(made.names)
    parts = made.scale, made.offset, made.decimals_, made.digits_
    _need(all(len(part) == n for part in parts), "names and channels")
    _need(sorted(order.order_) == sorted(order.parents_) == list(range(n)), "order_ and names")
    _need(len(order.low_) == len(order.high_) == n, "bounds and names")
    mapped = {c for c, parents in order.parents_.items() if parents}
    _need(set(made.maps_) == mapped | set(order.counters_), "maps_ and order_")
    _need(set(made.grids_) == mapped, "grids_ and order_")
    tables = zip(order.combinations_, made.combinations_, strict=True)
    _need(all(len(own) == table.shape[1] for own, table in tables), "combinations_ and order_")
    groups = [*order.parents_.values(), *order.sums_.values(), *order.combinations_]
    groups += [order.counters_, *(parts for parts, _ in order.totals_)]
    _need(all(0 <= c < n for group in groups for c in group), "rules and names")


def _learned_shape(made):
    """Return the shape of a window as a model learned it."""
    n_timesteps, n_channels = made.container_.shape
    rules = made.rules_
    if rules is None:
        return n_timesteps, n_channels
    _need(len(rules.names) == n_channels, "rules_ and container_")
    return n_timesteps, n_channels + len(rules.order_.counters_)


def _check_sampler(made):
    if not hasattr(made, "conditions_"):
        return
    n, known = len(made.conditions_), made.conditions_.values.get("y")
    _need((None if made.classes_ is None else made.classes_.tolist()) == known, "classes_ and y")
    rows = []
    if hasattr(made, "neighborhoods_"):
        shape = len(made.neighborhoods_.classes_), *_learned_shape(made)
        _need(tuple(made.neighborhoods_.shape_) == shape, "neighborhoods_ and container_")
        rows.append(shape[0])
    if hasattr(made, "copula_"):
        rows.append(len(made.copula_.class_of_row_))
    if getattr(made, "base_", None) is not None:
        shape = made.base_.neighborhoods.shape_
        _need(tuple(shape[1:]) == _learned_shape(made), "base_ and container_")
        rows.append(len(made.base_.windows_))
    _need(all(count == n for count in rows), "conditions_ and the model")
    container = made.container_
    for name, value in container.attributes.items():
        _need(np.array_equal(getattr(made, name), value), f"{name} and container_")
    if hasattr(made, "_latent_size") and made.net_ is not None:
        n_parameters = made.net_.n_parameters()
        _need(0 < made._latent_size <= n_parameters, "_latent_size and net_")


_TOGETHER = {
    ConditionTable: _check_table,
    closed_form.WindowCopula: _check_copula,
    closed_form.WindowNeighborhoods: _check_neighborhoods,
    NeighborBase: _check_base,
    InterpolatedMap: _check_period,
    RepairChannels: _check_grids,
    ChannelRules: _check_rules,
    SamplingPipeline: _check_pipeline,
    TrainingSeries: _check_training_series,
    scaling.ReadingScaler: _check_grids,
    scaling.SeriesExtender: _check_extender,
    WindowTokens: _check_tokens,
    **{
        getattr(samplers, name): _check_sampler
        for name in samplers.__all__
        if name not in ("BaseSampler", "GANSampler")
    },
}
