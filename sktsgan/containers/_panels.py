"""Panels: the series of several entities, such as stations or companies, taken apart and put together."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

__all__ = [
    "Panel",
    "PanelForm",
    "align_columns",
    "align_listed",
    "entity_index",
    "read_panel",
]


@dataclass(frozen=True)
class PanelForm:
    """How a panel came, small enough to keep.

    Parameters
    ----------
    kind : {"levels", "column", "list"}
        Where the entity of a row stands: in a level of the index, in a column, or in the place in a list.
    name : str
        Name of the entities.
    keys : Index of shape (n_entities,)
        The entities, in order of appearance.
    attributes : DataFrame of shape (n_entities, n_attributes)
        What is constant within an entity.
    columns : Index or None
        All columns of the panel, in their order; None for Series.
    order : ndarray of shape (n_rows,) or None
        Row of the panel of each row of its series, one series after the other; None if they are in this order.
    level_names : tuple
        Names of the two levels, entity and time.
    """

    kind: str
    name: str
    keys: pd.Index
    attributes: pd.DataFrame
    columns: pd.Index | None
    order: np.ndarray | None = None
    level_names: tuple = (None, None)

    def dress(self, channels, keys, entities):
        """Return rows of channels as a table like the panel.

        Parameters
        ----------
        channels : DataFrame or Series of shape (n_rows, n_channels)
            Values, indexed by time.
        keys : array-like of shape (n_rows,)
            Identifier of each row.
        entities : ndarray of shape (n_rows,)
            Number of the entity whose attributes each row gets.
        """
        channels = channels.copy(deep=False)
        if self.columns is not None:
            for name in self.attributes:
                channels[name] = self.attributes[name].array.take(entities)
            if self.kind == "column":
                channels[self.name] = keys
            channels = channels[list(self.columns)]
        if self.kind == "levels":
            levels = [keys, channels.index]
            channels.index = pd.MultiIndex.from_arrays(levels, names=self.level_names)
        return channels

    def new_keys(self, first, n_keys):
        """Return identifiers of new entities, from the ``first`` one on, that none of the panel has."""
        numbers = np.arange(first, first + n_keys)
        if is_numeric_dtype(self.keys):
            return pd.Index(numbers + int(np.ceil(self.keys.max())) + 1)
        text = isinstance(self.keys.dtype, pd.StringDtype)
        stem = "new"
        while any(str(key).startswith(f"{stem} ") for key in self.keys):
            stem = f"new {stem}"
        names = [f"{stem} {number}" for number in numbers]
        return pd.Index(names, dtype=self.keys.dtype if text else object)


@dataclass(frozen=True)
class Panel:
    """The series of a panel.

    Parameters
    ----------
    form : PanelForm
    series : list of DataFrame or Series
        The channels of each entity, indexed by time.
    """

    form: PanelForm
    series: list = field(repr=False)

    @property
    def names(self):
        """What errors call each series."""
        if self.form.kind == "list":
            return [f"X[{i}]" for i in range(len(self.series))]
        return [f"X of {self.form.name}={key!r}" for key in self.form.keys.tolist()]

    def stack(self):
        """Return the channels of all entities as one table, indexed by entity and time, in the rows of the panel."""
        form = self.form
        levels = [form.name, self.series[0].index.name]
        stacked = pd.concat(self.series, keys=form.keys, names=levels)
        return stacked if form.order is None else stacked.iloc[np.argsort(form.order)]


def read_panel(X, groups=None, static="auto"):
    """Return a panel, or None if ``X`` is something else.

    Parameters
    ----------
    X : object
        A panel is a Series or DataFrame whose index has two levels, entity and time; with ``groups`` a DataFrame in
        which that column, or that level of the index, says the entity; or a list of Series or DataFrames.
    groups : str, default=None
        The column or level of the entities.
    static : "auto", None or list of str, default="auto"
        Columns that are attributes. ``"auto"`` takes all that are constant within every entity. Names of which ``X``
        has none were taken out before.

    Raises
    ------
    ValueError
        If the index has more levels, ``groups`` is neither a column nor a level, an entity is missing, a column of
        ``static`` varies within an entity or is not known of one, no channel is left, or the frames of a list differ
        in the names of their columns.
    """
    if isinstance(X, list | tuple) and len(X) and all(map(_is_pandas, X)):
        if len({type(item) for item in X}) > 1:
            return None  # which is refused where series are taken apart
        return _read_list(list(X), groups, static)
    if not _is_pandas(X) or (groups is None and X.index.nlevels == 1):
        _refuse_without_panel(groups, static, X)
        return None
    entity, frame, kind = _find_entities(X, groups)
    codes, keys = pd.factorize(entity, sort=False)
    keys = pd.Index(keys)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise ValueError(f"The entities of X must be known, but row {row} has {entity[row]!r}.")
    order = None if (np.diff(codes) >= 0).all() else np.argsort(codes, kind="stable")
    if order is not None:
        frame, codes = frame.iloc[order], codes[order]
    firsts = np.searchsorted(codes, np.arange(len(keys) + 1))
    name = "entity" if entity.name is None else str(entity.name)
    channels, attributes = _take_attributes(frame, codes, keys, static, name)
    bounds = zip(firsts[:-1], firsts[1:], strict=True)
    series = [channels.iloc[first:end] for first, end in bounds]
    columns = X.columns if isinstance(X, pd.DataFrame) else None
    levels = (entity.name, frame.index.name)
    return Panel(PanelForm(kind, name, keys, attributes, columns, order, levels), series)


def entity_index(X, groups=None):
    """Return the entity and the time of each row of a table of entities as a MultiIndex, or None of anything else."""
    if not _is_pandas(X) or (groups is None and X.index.nlevels == 1):
        return None
    entity, frame, _ = _find_entities(X, groups)
    return pd.MultiIndex.from_arrays([entity, frame.index])


def align_columns(frames, columns=None, name="X"):
    """Return DataFrames with their columns in the order of the first, or of ``columns``.

    Other names, or too few, are a ValueError that names the frame.
    """
    columns = frames[0].columns if columns is None else columns
    aligned = []
    for i, frame in enumerate(frames):
        if not frame.columns.equals(columns):
            missing = [c for c in columns if c not in frame.columns]
            extra = [c for c in frame.columns if c not in columns]
            if missing or extra or len(frame.columns) != len(columns):
                raise ValueError(
                    f"{name}[{i}] must have the columns {list(columns)}, in any order, got {list(frame.columns)}."
                )
            frame = frame[list(columns)]
        aligned.append(frame)
    return aligned


def align_listed(X, columns=None):
    """Return a list of DataFrames as ``align_columns`` does, with their columns; anything else with None.

    A list that has other items beside DataFrames is a ValueError.
    """
    listed = isinstance(X, list | tuple) or (isinstance(X, np.ndarray) and X.dtype == object)
    are_frames = [isinstance(one, pd.DataFrame) for one in X] if listed else []
    if not any(are_frames):
        return X, None
    if not all(are_frames):
        place = are_frames.index(False)
        raise ValueError(
            f"X must hold DataFrames only or none, but X[{place}] is a {type(X[place]).__name__}."
        )
    aligned = align_columns(list(X), columns)
    return aligned, aligned[0].columns


def _is_pandas(X):
    return isinstance(X, pd.Series | pd.DataFrame)


def _refuse_without_panel(groups, static, X):
    if groups is not None:
        raise ValueError(
            f"groups={groups!r} must be a column or a level of the index of X, got a {type(X).__name__}."
        )
    if static is not None and not isinstance(static, str) and len(static):
        raise ValueError(
            f"static={list(static)!r} must name columns that are constant within each entity, but X is one series."
        )


def _find_entities(X, groups):
    """Return the entity of each row, the rest of the table indexed by time, and where the entity stood."""
    index = X.index
    if groups is not None and groups in getattr(X, "columns", ()):
        if index.nlevels > 1:
            raise ValueError(
                f"X has {index.nlevels} levels in its index; with groups={groups!r} it must be the time alone."
            )
        return pd.Index(X[groups], name=groups), X.drop(columns=groups), "column"
    if groups is not None and groups not in index.names:
        names = [*getattr(X, "columns", ()), *index.names]
        raise ValueError(
            f"groups={groups!r} must be a column or a level of the index of X, which has {names}."
        )
    if index.nlevels != 2:
        raise ValueError(
            f"The index of X must have the levels entity and time, got {index.nlevels} level(s): {list(index.names)}."
        )
    place = 0 if groups is None else index.names.index(groups)
    entity, time = index.get_level_values(place), index.get_level_values(1 - place)
    dated = pd.DatetimeIndex | pd.PeriodIndex
    if groups is None and isinstance(entity, dated) and not isinstance(time, dated):
        raise ValueError(
            f"The index of X must have the levels entity and time in this order, got {list(index.names)}, of which the "
            f"first holds dates: name the entities by groups={index.names[1]!r}."
        )
    return entity, X.set_axis(time, axis=0), "levels"


def _read_list(items, groups, static):
    if groups is not None:
        raise ValueError(
            f"groups={groups!r} must be None for a list, whose items are the entities."
        )
    keys = pd.RangeIndex(len(items))
    if isinstance(items[0], pd.Series):
        nothing = pd.DataFrame(index=keys)
        return Panel(PanelForm("list", "series", keys, nothing, None), items)
    items = align_columns(items)
    codes = np.repeat(np.arange(len(items)), [len(item) for item in items])
    stacked = pd.concat(items, ignore_index=True)
    channels, attributes = _take_attributes(stacked, codes, keys, static, "series")
    columns = items[0].columns
    if attributes.shape[1]:
        items = [item[list(channels.columns)] for item in items]
    return Panel(PanelForm("list", "series", keys, attributes, columns), items)


def _take_attributes(frame, codes, keys, static, name):
    """Return the channels of rows that are sorted by entity, and the attributes of each entity."""
    firsts = np.searchsorted(codes, np.arange(len(keys)))
    if isinstance(frame, pd.Series) or static is None or not len(frame):
        return frame, pd.DataFrame(index=keys)
    auto = isinstance(static, str)
    names = list(frame.columns) if auto else [c for c in static if c in frame.columns]
    if names and not auto and len(names) < len(static):
        lost = next(c for c in static if c not in frame.columns)
        raise ValueError(f"static names {lost!r}, which is no column of X: {list(frame.columns)}.")
    found = []
    for column in names:
        differs = _differs(frame[column], codes, firsts)
        if differs is None:
            found += [column] if not auto or _is_known(frame[column].iloc[firsts]) else []
        elif not auto:
            one, other = frame[column].iloc[[firsts[codes[differs]], differs]].tolist()
            raise ValueError(
                f"static names {column!r}, which must be constant within an entity, but "
                f"{name}={keys[codes[differs]]!r} has {one!r} and {other!r}."
            )
    attributes = frame[found].iloc[firsts].set_axis(keys, axis=0)
    for column in found:
        if attributes[column].isna().any():
            key = keys[int(np.argmax(attributes[column].isna()))]
            raise ValueError(
                f"The attribute {column!r} of X must be known of each entity, but {name}={key!r} has none."
            )
    if len(found) == frame.shape[1]:
        raise ValueError(
            f"X must have a channel, but all of its columns are constant within each {name}; static=[...] names the "
            "attributes among them."
        )
    return (frame.drop(columns=found) if found else frame), attributes


def _is_known(values):
    """Return whether a constant column may be taken as an attribute: numbers that are missing make a channel."""
    return not is_numeric_dtype(values) or bool(values.notna().all())


def _differs(column, codes, firsts):
    """Return the first row that differs from the first one of its entity, or None."""
    first = column.iloc[firsts].iloc[codes]
    same = column.array == first.array
    same = np.asarray(pd.array(same).fillna(False) if hasattr(same, "isna") else same, dtype=bool)
    same |= column.isna().to_numpy() & first.isna().to_numpy()
    return None if same.all() else int(np.argmin(same))
