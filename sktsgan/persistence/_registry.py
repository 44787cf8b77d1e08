"""The classes that a file may hold, and the attributes that each may have in it.

A file names a class by its key here. Nothing is imported by a name from a file.
"""

import inspect
from functools import cached_property

from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

import sktsgan.closed_form as closed_form
import sktsgan.containers as containers
import sktsgan.preprocessing as preprocessing
import sktsgan.samplers as samplers
import sktsgan.scaling as scaling
from sktsgan.closed_form import _moves, _repair_block, _similar
from sktsgan.closed_form._neighborhood_block import NeighborhoodBlock
from sktsgan.closed_form._repair_categories import CategoryRepair
from sktsgan.closed_form._repair_channels import RepairChannels
from sktsgan.containers._long_series import Wrapping
from sktsgan.containers._panels import PanelForm
from sktsgan.containers._text_items import ItemForm
from sktsgan.pipeline import GANImputer, SamplingPipeline
from sktsgan.pipeline._training_series import TrainingSeries
from sktsgan.pipeline._windows import RawForm
from sktsgan.preprocessing._layout import Layout
from sktsgan.preprocessing._stretches import Stretch
from sktsgan.prompts._conditions import ConditionEncoder, ConditionTable
from sktsgan.samplers._neighbor_base import NeighborBase
from sktsgan.scaling._constraints import ChannelRules, DistanceMap
from sktsgan.scaling._grid import _NeighborModel
from sktsgan.scaling._indicators import CategoryIndicators
from sktsgan.scaling._interpolation import InterpolatedMap
from sktsgan.scaling._rule_order import RuleOrder
from sktsgan.scaling._rules import Rule
from sktsgan.training import WindowTokens

__all__ = ["KNOWN_CLASSES", "attributes_of", "check_names", "class_of", "name_of"]

_CHANNELS = "constants_ source_ free_ integer_"
_ITEMS = "n_features_in_ feature_names_in_ container_ conditions_ classes_ categorical_ rules_ constraints_ "
_WINDOWS = _ITEMS + "n_timesteps_ n_channels_ keeps_training_windows_ "
_TRAINED = "scaler_ _generator device_ net_ n_iter_ history_ "
_ESTIMATORS = {
    samplers.CopulaSampler: _WINDOWS + "imputer_ copula_",
    samplers.NeighborSampler: _WINDOWS + "imputer_ n_neighbors_ neighborhoods_",
    samplers.TransformerGANSampler: _WINDOWS
    + _TRAINED
    + "imputer_ _times refined_ gate_scores_ n_neighbors_ _n_wide base_ tokens_",
    samplers.TimeGANSampler: _WINDOWS + _TRAINED + "_extender base_ refined_ gate_scores_",
    samplers.DCGANSampler: _ITEMS + _TRAINED + "image_shape_ _forward_items _latent_size groups_",
    samplers.SeqGANSampler: _ITEMS + _TRAINED + "max_length_ vocabulary_ temperature_",
    SamplingPipeline: "_form training_series_",
    GANImputer: "n_features_in_ feature_names_in_ sampler_ _categories",
    preprocessing.Windowizer: "n_features_in_ feature_names_in_ _layout static_features_ frequency_ n_timesteps_ "
    "n_windows_ categories_ categorical_features_ _sklearn_output_config",
    preprocessing.TextTokenizer: "",
}
_STEP = "n_features_in_ feature_names_in_ _sklearn_output_config n_samples_seen_ "
_STEPS = {
    FunctionTransformer: _STEP,
    MaxAbsScaler: _STEP + "max_abs_ scale_",
    MinMaxScaler: _STEP + "min_ scale_ data_min_ data_max_ data_range_",
    PCA: _STEP
    + "components_ explained_variance_ explained_variance_ratio_ singular_values_ mean_ n_components_ "
    "n_samples_ noise_variance_ _n_features_out _fit_svd_solver",
    QuantileTransformer: _STEP + "n_quantiles_ quantiles_ references_",
    RobustScaler: _STEP + "center_ scale_",
    StandardScaler: _STEP + "mean_ var_ scale_",
}
_PARTS = {
    _moves._Block: "place channels scores neighbors",
    NeighborhoodBlock: "channels steady codes neighbors expected varied turns",
    _repair_block.BlockRepair: "n_channels random_state law_ seen_ n_overlapping_ _chosen",
    _similar.WindowLaw: "n_channels mean covariance level_covariance rows",
    closed_form.ImageGroups: "n_groups random_state pca_ has_classes_ centres_ class_of_group_ codes_",
    closed_form.NeighborhoodMoves: "blocks_",
    closed_form.WindowComponents: "max_components random_state n_timesteps_ n_channels_ floor_ rows_of_blocks_ mean_ "
    "basis_ inverse_ residual_",
    closed_form.WindowCopula: "random_state scaler_ shape_ class_of_row_ has_lone_windows_ lowest_ highest_ "
    "components_ expected_ means_ roots_",
    closed_form.WindowNeighborhoods: "n_neighbors shape_ classes_ _of_class _members _counts widths_ conditioned_ "
    "scaler_ as_read_ blocks_",
    closed_form.WindowRepair: "categorical random_state categories_ channels_ blocks_",
    CategoryRepair: "categorical numeric_ indicators_ mean_ scale_ codes_ donors_",
    CategoryIndicators: "codes_ _shares _scale",
    RepairChannels: "low_ high_ mean_ scale_ source_ free_ grids_ bounds_ integer_",
    DistanceMap: "scale_ least_ has_zeros_",
    ChannelRules: "constraints names scale offset order_ texts_ decimals_ digits_ grids_ combinations_ maps_",
    Rule: "text kind left right",
    RuleOrder: "n_channels rules_ low_ high_ parents_ sums_ totals_ counters_ combinations_ order_",
    scaling.ChannelScaler: f"{_CHANNELS} periods_ phases_ maps_",
    scaling.RangeScaler: f"{_CHANNELS} periods_ phases_ maps_",
    scaling.ReadingScaler: f"{_CHANNELS} white_ mean_ scale_ ranges_ grids_ steady_ atomic_ categorical categorical_",
    scaling.PixelScaler: f"{_CHANNELS} dtype_ lows_ highs_",
    scaling.GridMap: "standardise grid_ edges_ values_ cuts_ model_",
    _NeighborModel: "inner inner_scale outer outer_scale",
    InterpolatedMap: "period seen_ knots_ tolerance_",
    scaling.QuantileMap: "max_knots clip knots_ scores_ table_ rises_ cells_per_score_",
    scaling.RangeMap: "max_grid range_ span_ grid_",
    scaling.StandardMap: "mean_ scale_ range_",
    scaling.SeriesExtender: "order_ range_ weights_ residuals_",
    scaling.SeriesScaler: "scaler",
    containers.ImageContainer: "image_shape item_shape dtype flat",
    containers.SeriesContainer: "n_timesteps n_channels flat array_dtype names",
    containers.TextContainer: "vocabulary numbers max_length form analyzer lowercase",
    containers.WindowContainer: "n_timesteps n_channels flat array_dtype columns dtypes names period categories",
    ItemForm: "kind dtype are_texts name length",
    PanelForm: "kind name keys attributes columns order level_names",
    Wrapping: "kind n_axes columns dtypes index_names has_freq period categories",
    RawForm: "wrapping n_timesteps frequency panel groups",
    TrainingSeries: "values firsts times categorical",
    Layout: "stretches wrappings lengths frequency window many panel",
    Stretch: "series first n_steps labels starts",
    ConditionTable: "noun entity dropped values frame timestamps fields _told _encoder encoded _apart _seen",
    ConditionEncoder: "values varying_ means_ scales_",
    NeighborBase: "neighborhoods windows_ moves_ gaps_",
    WindowTokens: "patch_length floor means_ scales_ sizes_",
}
_OWN_NAMES = {_moves._Block: "BlockOfMoves"}
_TRANSIENT = ("_callback", "_skl_callbacks")  # what scikit-learn leaves of a fit

_ATTRIBUTES = _ESTIMATORS | _STEPS | _PARTS
_NAMES = {cls: _OWN_NAMES.get(cls, cls.__name__.lstrip("_")) for cls in _ATTRIBUTES}
_CLASSES = {name: cls for cls, name in _NAMES.items()}
KNOWN_CLASSES = tuple(_NAMES)
_FORGOTTEN = {  # what is found anew, or needed no more
    _repair_block.BlockRepair: {"_chosen": (None, None)},
    closed_form.WindowComponents: {"rows_of_blocks_": []},
    ConditionTable: {"fields": None},
    samplers.TransformerGANSampler: {"_times": []},
}


def name_of(cls):
    """Return the name that files have for a class, or None."""
    return _NAMES.get(cls)


def class_of(name):
    """Return the class that files have a name for; an unknown one is a ValueError."""
    if name not in _CLASSES:
        raise ValueError(f"no class {name!r:.80} is known")
    return _CLASSES[name]


def attributes_of(value):
    """Return the parameters and the other attributes of an object as they are saved, two dicts.

    Raises
    ------
    ValueError
        If it has an attribute that files have no place for.
    """
    cls, attributes = type(value), dict(vars(value))
    parameters = {}
    if issubclass(cls, BaseEstimator):
        parameters = {name: attributes.pop(name) for name in parameters_of(cls)}
    attributes |= {k: v for k, v in _FORGOTTEN.get(cls, {}).items() if k in attributes}
    known = _ATTRIBUTES[cls].split()
    for name in list(attributes):
        cached = isinstance(inspect.getattr_static(cls, name, None), cached_property)
        if cached or name.startswith(_TRANSIENT):
            del attributes[name]
        elif name not in known:
            raise ValueError(f"{cls.__name__} can't be saved with the attribute {name!r}.")
    return parameters, attributes


def parameters_of(cls):
    """Return the names of the parameters of an estimator, or none."""
    if not issubclass(cls, BaseEstimator):
        return []
    return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]


def check_names(cls, parameters, attributes):
    """Raise a ValueError if a file names what a class doesn't have."""
    known = set(_ATTRIBUTES[cls].split())
    for name in {*(set(parameters) ^ set(parameters_of(cls))), *(set(attributes) - known)}:
        raise ValueError(f"{cls.__name__} and {name!r:.80} don't go together")
