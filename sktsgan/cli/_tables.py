"""A series from a CSV file, and its windows split by time."""

import numpy as np
import pandas as pd

from sktsgan.preprocessing import Windowizer

__all__ = ["read_table", "split_windows"]

_MIN_HELD_OUT = 20  # windows: fewer can't be told apart from chance


def read_table(path, *, time_column=None, columns=None):
    """Return the numeric columns of a CSV file with a header line, and the names of those left out.

    Parameters
    ----------
    path : path-like
        CSV file with a header line; an OSError says if it can't be opened.
    time_column : str, default=None
        Column with the time of each row, which becomes a DatetimeIndex.
    columns : list of str, default=None
        Columns to keep; None keeps all numeric ones.

    Raises
    ------
    ValueError
        If the file is not CSV, a column is missing, a time can't be read, or a value is missing or infinite.
    """
    try:
        frame = pd.read_csv(path)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} can't be read as CSV: {error}".strip()) from error
    wanted = [*([] if time_column is None else [time_column]), *(columns or [])]
    for name in wanted:
        if name not in frame.columns:
            have = ", ".join(map(str, frame.columns))
            raise ValueError(f"{path} has no column {name!r}; its columns are: {have}")
    if time_column in (columns or []):
        raise ValueError(f"column {time_column!r} can't be both the time and a channel")
    if time_column is not None:
        frame = frame.set_index(_parse_times(frame.pop(time_column)))
    frame, dropped = _numeric(frame, columns)
    if not frame.shape[1]:
        raise ValueError(f"{path} has no numeric column")
    _refuse_missing(frame)
    if (frame.nunique() < 2).all():
        raise ValueError(f"{path} has only constant columns: there is nothing to learn")
    return frame.astype(float), dropped


def _parse_times(column):
    if pd.api.types.is_numeric_dtype(column):
        raise ValueError(f"column {column.name!r} holds numbers, not dates or times")
    times = pd.to_datetime(column, errors="coerce")
    if times.isna().any():
        row = int(np.argmax(times.isna()))
        raise ValueError(
            f"column {column.name!r} holds {column.iloc[row]!r} in data row {row + 1}, "
            f"which is not a date like {column.iloc[0]!r}"
            if row
            else f"column {column.name!r} starts with {column.iloc[0]!r}, which is not a date"
        )
    return pd.DatetimeIndex(times, name=column.name)


def _numeric(frame, columns):
    """Return the numeric columns, or those named, and the names of columns left out for not being numeric."""
    kept = frame.select_dtypes("number")
    if columns is None:
        return kept, [name for name in frame.columns if name not in kept.columns]
    for name in columns:
        if name not in kept.columns:
            raise ValueError(f"column {name!r} is not numeric: it holds {frame[name].iloc[0]!r}")
    return kept[list(dict.fromkeys(columns))], []


def _refuse_missing(frame):
    bad = ~np.isfinite(frame.to_numpy(float))
    for name, column in zip(frame.columns, bad.T, strict=True):
        if column.any():
            raise ValueError(
                f"column {name!r} has {column.sum()} missing or infinite values, the first in data "
                f"row {np.argmax(column) + 1}: impute them, or leave the column out with --columns"
            )


def split_windows(frame, *, window, stride=1):
    """Cut a series into training windows and held-out windows that share no row.

    The series is cut into up to eight equal periods, and the last fifth of each is held out. A long series is thus
    tested on all seasons, a short one on its end. Windows have ``window`` rows, start every ``stride`` rows and never
    straddle a gap of the DatetimeIndex. Too few of them to learn from or to hold out are a ValueError.
    """
    least = 5 * (window + (_MIN_HELD_OUT - 1) * stride)
    if len(frame) < least:
        raise ValueError(
            f"{len(frame)} rows are too few for windows of {window} rows, one every {stride}: "
            f"at least {least} are needed"
        )
    n_periods = int(np.clip(len(frame) // (20 * window), 1, 8))
    edges = np.linspace(0, len(frame), 5 * n_periods + 1).astype(int)
    windowizer = Windowizer(window=window, stride=stride, gaps="split")
    train, held_out = (
        windowizer.fit_transform(
            [frame.iloc[a:b] for a, b in zip(edges[start:-1:5], edges[end::5], strict=True)]
        )
        for start, end in ((0, 4), (4, 5))
    )
    if min(len(train), len(held_out)) < _MIN_HELD_OUT:
        raise ValueError(
            f"gaps leave {len(train)} windows to learn from and {len(held_out)} to hold out: "
            f"at least {_MIN_HELD_OUT} of each are needed"
        )
    return train, held_out
