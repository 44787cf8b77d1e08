"""Panels in pipelines: channels for the steps, attributes for the sampler, and both in what comes back."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import has_fit_parameter

from sktsgan.containers._panels import read_panel
from sktsgan.preprocessing import Windowizer

__all__ = [
    "check_attributes",
    "enter",
    "entities_of",
    "put_back",
    "tell_sampler",
    "to_channels",
]


def check_attributes(panel, sampler):
    """Raise ValueError if a panel has attributes and the sampler has no use for them."""
    if panel is None or has_fit_parameter(sampler, "entities"):
        return
    attributes = list(panel.form.attributes)
    if attributes:
        raise ValueError(
            f"X has the attributes {attributes}, but {type(sampler).__name__} does not learn what belongs to which "
            "entity: its fit has no parameter entities. Leave these columns out, or take a sampler of sktsgan."
        )


def enter(first, X, y, panel):
    """Return what the first step gets: of a panel the channels in one table, if it is not the Windowizer."""
    if panel is None or isinstance(first, Windowizer):
        return X, y
    if panel.form.kind == "list" and isinstance(y, list | tuple):
        y = np.concatenate([np.asarray(own) for own in y])
    return panel.stack(), y


def to_channels(X, groups, form):
    """Return the channels of series like those that a pipeline was fitted on, and the row of ``X`` of each row.

    Of a table of entities, the rows of one follow those of the other and are indexed by entity and time; a list
    remains one. The rows are None if they are those of ``X``. ``form`` is the PanelForm seen in ``fit``; without one
    ``X`` is returned as it is.
    """
    frames = X if isinstance(X, list | tuple) else [X]
    if form is None or not all(isinstance(frame, pd.DataFrame | pd.Series) for frame in frames):
        return X, None
    static = list(form.attributes)
    if isinstance(X, pd.DataFrame) and X.index.nlevels == 1 and groups not in X.columns:
        return X.drop(columns=[c for c in static if c in X.columns]), None  # a single entity
    panel = read_panel(X, groups, static)
    if panel is None:
        return X, None
    if panel.form.kind == "list":
        return panel.series, None
    keys = panel.form.keys
    return pd.concat(panel.series, keys=keys, names=[panel.form.name]), panel.form.order


def put_back(X, channels, order=None):
    """Return a copy of series in which their channels are replaced by those that ``to_channels`` took out."""
    if isinstance(X, list | tuple):
        return [put_back(*pair) for pair in zip(X, channels, strict=True)]
    if order is not None:
        channels = channels.iloc[np.argsort(order)]
    if not isinstance(X, pd.DataFrame):
        return channels.set_axis(X.index) if isinstance(X, pd.Series) else channels
    filled = X.copy()
    for column in channels.columns:
        filled[column] = channels[column].array
    return filled


def tell_sampler(params, sampler, form, entities):
    """Add to the fit parameters of a sampler the entity of each window and what is known of it.

    Parameters
    ----------
    params : dict
        Parameters of ``fit``; what the user gave stands.
    sampler : estimator
    form : PanelForm
    entities : ndarray of shape (n_windows,)
        Number of the entity of each window.
    """
    if not has_fit_parameter(sampler, "entities"):
        return
    params.setdefault("entities", pd.Series(form.keys[entities], name=form.name))
    varying = [c for c in form.attributes if form.attributes[c].nunique() > 1]
    if not varying:
        return
    known = form.attributes[varying].iloc[entities].reset_index(drop=True)
    known.columns = [str(name) for name in varying]  # prompts name conditions by strings
    given = params.get("conditions")
    if given is not None:
        given = pd.DataFrame(given).reset_index(drop=True)
        known = pd.concat([given, known.drop(columns=list(given), errors="ignore")], axis=1)
    params["conditions"] = known


def entities_of(table, form, n_windows):
    """Return the number of the entity that each new window was made for, from its table of conditions."""
    if table is None or form.name not in table:
        return np.zeros(n_windows, dtype=np.int64)
    return form.keys.get_indexer(table[form.name])
