"""A series from a CSV file, and its windows split by time."""

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from sktsgan.cli._reading import parse_times, read_csv
from sktsgan.containers._categories import encode, find_categories, holds_categories
from sktsgan.preprocessing import Windowizer

__all__ = ["read_table", "split_windows"]

_MAX_TEXTS = 100  # of a column
_MIN_HELD_OUT = 20  # windows: fewer can't be told apart from chance


def read_table(
    path,
    *,
    time_column=None,
    entity_column=None,
    columns=None,
    sep=None,
    decimal=None,
    allow_missing=False,
):
    """Return the columns of numbers and of categories of a CSV file with a header line, and notes on how it was read.

    Texts are categories where a column has at most 100 different ones, and at most half as many as rows; others are
    left out.

    Parameters
    ----------
    path : path-like
        CSV file with a header line; an OSError says if it can't be opened.
    time_column : str, default=None
        Column with the time of each row, which becomes a DatetimeIndex.
    entity_column : str, default=None
        Column that says whose row each is, such as a station; it becomes the first level of the index, and rows come
        entity by entity.
    columns : list of str, default=None
        Columns to keep; None keeps all that can be used.
    sep, decimal : str, default=None
        What separates columns, and the mark before decimals; None finds out.
    allow_missing : bool, default=False
        Whether values may be missing.

    Raises
    ------
    ValueError
        If the file is not CSV, a column is missing, a time can't be read, or a value is infinite or, unless
        ``allow_missing``, missing.
    """
    frame, notes = read_csv(path, sep=sep, decimal=decimal, time_column=time_column)
    special = [name for name in (time_column, entity_column) if name is not None]
    wanted = [*special, *(columns or [])]
    for name in wanted:
        if name not in frame.columns:
            have = ", ".join(map(str, frame.columns))
            raise ValueError(f"{path} has no column {name!r}; its columns are: {have}")
    if time_column is not None and time_column == entity_column:
        raise ValueError(f"column {time_column!r} can't be both the time and the entity")
    for name, role in ((time_column, "time"), (entity_column, "entity")):
        if name in (columns or []):
            raise ValueError(f"column {name!r} can't be both the {role} and a channel")
    if not len(frame):
        raise ValueError(f"{path} has a header but no rows")
    if time_column is not None:
        frame = frame.set_index(parse_times(frame.pop(time_column)))
    if entity_column is not None:
        frame = _by_entity(frame, entity_column)
        notes.append(f"{frame.index.get_level_values(0).nunique()} entities by {entity_column}")
    frame, dropped = _usable(frame, columns)
    if dropped:
        notes.append(f"Left out because their texts are too many: {', '.join(dropped)}")
    if not frame.shape[1]:
        raise ValueError(f"{path} has no column of numbers or categories")
    texts = [name for name in frame if holds_categories(frame[name])]
    if texts:
        notes.append(f"Read as categories: {', '.join(texts)}")
    _refuse_missing(frame, allow_missing)
    if (frame.nunique() < 2).all():
        raise ValueError(f"{path} has only constant columns: there is nothing to learn")
    return frame, notes


def _by_entity(frame, name):
    """Return a table sorted by entity, which is the first level of its index."""
    if frame[name].isna().any():
        row = int(frame[name].isna().to_numpy().argmax())
        raise ValueError(f"column {name!r} names no entity in data row {row + 1}")
    index = pd.MultiIndex.from_arrays([frame.pop(name), frame.index])
    return frame.set_index(index).sort_index(level=0, sort_remaining=False, kind="stable")


def _usable(frame, columns):
    """Return the columns of numbers and categories, or those named, and the names of columns left out."""
    names = list(dict.fromkeys(frame.columns if columns is None else columns))
    texts = [name for name in names if not is_numeric_dtype(frame[name])]
    most = min(_MAX_TEXTS, len(frame) // 2)
    many = [name for name in texts if frame[name].nunique() > most]
    if many and columns is not None:
        raise ValueError(
            f"column {many[0]!r} holds {frame[many[0]].nunique()} different texts; at most {most} can be categories"
        )
    return frame[[name for name in names if name not in many]], many


def _refuse_missing(frame, allow_missing):
    for name in frame:
        missing = frame[name].isna().to_numpy()
        infinite = np.zeros(len(frame), dtype=bool)
        if not holds_categories(frame[name]):
            infinite = np.isinf(frame[name].to_numpy(float))
        if infinite.any():
            raise ValueError(
                f"column {name!r} has {infinite.sum()} infinite values, the first in data row {infinite.argmax() + 1}"
            )
        if missing.any() and not allow_missing:
            raise ValueError(
                f"column {name!r} has {missing.sum()} missing values, the first in data row {missing.argmax() + 1}: "
                "learn around them with --allow-missing, or leave the column out with --columns"
            )
        if missing.all():
            raise ValueError(f"column {name!r} holds no values: leave it out with --columns")


def split_windows(frame, *, window, stride=1):
    """Cut a series into training windows and held-out windows that share no row.

    The series is cut into up to eight equal periods, and the last fifth of each is held out. A long series is thus
    tested on all seasons, a short one on its end. Categories are places among those of the whole series. Windows have
    ``window`` rows, start every ``stride`` rows and never straddle a gap of the DatetimeIndex, or two entities. Windows
    of missing values alone are left out. Too few of them to learn from or to hold out are a ValueError.

    Returns
    -------
    train, held_out : ndarray of shape (n_windows, window, n_channels)
    starts : DatetimeIndex or None
        When the training windows start.
    entities : Series or None
        Whose they are.
    """
    frame = encode(frame, find_categories([frame])).astype(float)
    least = 5 * (window + (_MIN_HELD_OUT - 1) * stride)
    if len(frame) < least:
        raise ValueError(
            f"{len(frame)} rows are too few for windows of {window} rows, one every {stride}: "
            f"at least {least} are needed"
        )
    own, name = {None: frame}, None
    if isinstance(frame.index, pd.MultiIndex):
        name = frame.index.names[0]
        own = {entity: rows.droplevel(0) for entity, rows in frame.groupby(level=0)}
    parts = [_cut(rows, window, stride) for rows in own.values()]
    held_out, train = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    if min(len(train), len(held_out)) < _MIN_HELD_OUT:
        raise ValueError(
            f"gaps leave {len(train)} windows to learn from and {len(held_out)} to hold out: "
            f"at least {_MIN_HELD_OUT} of each are needed"
        )
    starts, entities = parts[0][2], None
    if starts is not None:
        starts = starts.append([part[2] for part in parts[1:]])
    if name is not None:
        counts = [len(part[1]) for part in parts]
        entities = pd.Series(np.repeat(np.array(list(own), dtype=object), counts), name=name)
    return train, held_out, starts, entities


def _cut(frame, window, stride):
    """Return held-out windows, training windows, and when these start; None if there are no dates."""
    windowizer = Windowizer(window=window, stride=stride, gaps="split", static=None)
    pieces = [[], [frame]]  # of an entity of few rows nothing is held out
    if len(frame) >= 5 * window:
        n_periods = int(np.clip(len(frame) // (20 * window), 1, 8))
        edges = np.linspace(0, len(frame), 5 * n_periods + 1).astype(int)
        pieces = [
            [frame.iloc[a:b] for a, b in zip(edges[start:-1:5], edges[end::5], strict=True)]
            for start, end in ((4, 5), (0, 4))
        ]
    elif len(frame) < window:
        pieces = [[], []]
    held_out, train = (
        windowizer.fit_transform(part) if part else np.empty((0, window, frame.shape[1]))
        for part in pieces
    )
    starts = windowizer.window_starts(pieces[1]) if pieces[1] else frame.index[:0]
    starts = starts if isinstance(starts, pd.DatetimeIndex) else None
    known, held_out_known = (~np.isnan(part).all(axis=(1, 2)) for part in (train, held_out))
    return held_out[held_out_known], train[known], None if starts is None else starts[known]
