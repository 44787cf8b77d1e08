"""What is known of each training item: labels or numbers, the time it starts, further conditions."""

import warnings
from collections.abc import Hashable

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sktsgan._validation import LEAST_SHARED, are_shared, naming
from sktsgan.prompts._calendar import CALENDAR_FIELDS, calendar_fields, calendar_places

__all__ = ["ConditionTable", "is_number", "to_zone"]

_RESERVED = ("y", "timestamp", "between", *CALENDAR_FIELDS)
_MAX_TOLD = 256  # entities that are conditions of a model
_MAX_ENTITIES = 1000  # that are modelled apart
_LEAST_SPREAD = 1e-6


def _read_frame(conditions, n_items, noun):
    """Return conditions as a DataFrame with a row an item."""
    if conditions is None:
        return pd.DataFrame(index=range(n_items))
    if isinstance(conditions, pd.Series):
        conditions = conditions.to_frame()
    if not isinstance(conditions, (pd.DataFrame, dict)):
        raise ValueError(
            f"conditions must be a DataFrame with one row for each of the {noun}, got a {type(conditions).__name__}."
        )
    with naming("conditions"):
        frame = pd.DataFrame(conditions).reset_index(drop=True)
    if len(frame) != n_items:
        raise ValueError(f"conditions has {len(frame)} rows, but X has {n_items} {noun}.")
    if not frame.columns.is_unique:
        repeated = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(
            f"conditions must have a name of its own for each column, got {repeated!r} twice."
        )
    for column in frame:
        if not isinstance(column, str) or column in _RESERVED:
            raise ValueError(
                f"conditions must have names other than {', '.join(_RESERVED)}, got {column!r}."
            )
        _check_values(frame[column])
        missing = frame[column].isna().to_numpy()
        if missing.any():
            raise ValueError(f"conditions must not be missing, got NaN in column {column!r}.")
        if is_numeric_dtype(frame[column]) and not np.isfinite(frame[column].astype(float)).all():
            raise ValueError(f"conditions must be finite, got infinity in column {column!r}.")
    return frame


def _check_values(values):
    """Refuse columns that are neither numbers nor classes."""
    if values.dtype.kind == "c" or not values.map(lambda value: isinstance(value, Hashable)).all():
        raise ValueError(
            f"conditions must hold numbers or classes, got {values.iloc[0]!r} in column {values.name!r}."
        )


def is_number(values):
    """Return whether a column holds numbers rather than classes."""
    return is_numeric_dtype(values) and not is_bool_dtype(values)


def _varies_enough(values):
    return values.nunique() > 1 and (
        is_number(values) or are_shared(values.value_counts().to_numpy())
    )


class ConditionTable:
    """What is known of each training item, as a table and as numbers.

    Strings, booleans and categories are classes; numbers are numbers. A condition that is constant, or whose
    classes are so many that fewer than half of the items share theirs with four others, is dropped with a warning.

    Parameters
    ----------
    n_items : int
        Training windows.
    y : ndarray of shape (n_items,), default=None
        Class labels, or float64 numbers.
    classes : ndarray of shape (n_classes,), default=None
        The labels of ``y``, sorted; None where ``y`` holds numbers.
    timestamps : DatetimeIndex of shape (n_items,), default=None
        Where each window starts.
    conditions : DataFrame of shape (n_items, n_conditions), default=None
        What else is known.
    entities : Series of shape (n_items,), default=None
        Whose item each is. Its name is one more condition, of classes; samplers are told it of 2 to 256 entities, and
        of other classes, then, up to 256.
    noun : str, default="windows"
        What messages call the items.

    Attributes
    ----------
    frame : DataFrame of shape (n_items, n_columns)
        The conditions and ``"y"``.
    values : dict of str to list
        The values of each column of classes.
    timestamps : DatetimeIndex of shape (n_items,) or None
    fields : DataFrame of shape (n_items, 9) or None
        Fields of the calendar.
    encoded : ndarray of shape (n_items, n_features), float32
        Without a column where nothing is known, or nothing that varies.
    dropped : list of str
        Conditions that vary too little.
    entity : str or None
        Name of the condition that says whose item each is.
    """

    def __init__(
        self,
        n_items,
        *,
        y=None,
        classes=None,
        timestamps=None,
        conditions=None,
        entities=None,
        noun="windows",
    ):
        self.noun = noun
        frame = _read_frame(conditions, n_items, noun)
        self.entity = None if entities is None else entities.name
        self.dropped = [c for c in frame if not _varies_enough(frame[c])]
        frame = _join_entities(frame.drop(columns=self.dropped), entities)
        classed = [c for c in frame if c == self.entity or not is_number(frame[c])]
        self.values = {c: _sorted_values(frame[c]) for c in classed}
        if y is not None:
            frame = frame.assign(y=y)
            self.values |= {} if classes is None else {"y": classes.tolist()}
        self.frame = frame
        self._set_timestamps(timestamps)
        self._told = [c for c in frame if self._is_told(frame[c])]
        self._encoder = ConditionEncoder(self.values)
        self.encoded = self._encoder.fit_transform(frame[self._told], timestamps)
        self._apart, self._seen = self._find_apart()
        if self.dropped:
            warnings.warn(
                f"The conditions {', '.join(self.dropped)} vary too little to learn from and were dropped: a condition "
                f"must not be constant, and half of the {noun} must share their class with "
                f"{LEAST_SHARED - 1} others.",
                UserWarning,
                stacklevel=2,
            )

    def __len__(self):
        return len(self.frame)

    @property
    def is_empty(self):
        """Whether nothing is known of the windows."""
        return self.timestamps is None and not self.frame.shape[1]

    def _is_told(self, column):
        """Return whether samplers are told a condition; others are for prompts only."""
        name = column.name
        if self.entity is None or name == "y" or name not in self.values:
            return True
        if name == self.entity and not _varies_enough(column.astype(object)):
            return False
        return len(self.values[name]) <= _MAX_TOLD

    def _set_timestamps(self, timestamps):
        self.timestamps = timestamps
        self.fields = None if timestamps is None else calendar_fields(timestamps)

    def codes(self, column):
        """Return the classes of a column as integers from 0, or None where it holds none."""
        if column not in self.values:
            return None
        codes = pd.Categorical(self.frame[column], categories=self.values[column]).codes
        return codes.astype(np.int64)

    @property
    def groups(self):
        """What samplers are to model apart: class and entity of each item together, integers from 0, or None.

        Entities count if there are at most 1,000 and half of the items share class and entity with four others.
        """
        if not self._apart:
            return None
        return np.searchsorted(self._seen, self._join(self.frame, self._apart))

    def _find_apart(self):
        """Return the columns of classes to model apart, and the values seen of them together, as integers."""
        names = ["y"] if "y" in self.values else []
        if self.entity is not None and 1 < len(self.values[self.entity]) <= _MAX_ENTITIES:
            seen, counts = np.unique(
                self._join(self.frame, [*names, self.entity]), return_counts=True
            )
            if are_shared(counts):
                return [*names, self.entity], seen
        return names, np.unique(self._join(self.frame, names)) if names else None

    def _join(self, frame, names):
        """Return the values of some columns of classes as one integer a row."""
        joint = np.zeros(len(frame), dtype=np.int64)
        for name in names:
            codes = pd.Categorical(frame[name], categories=self.values[name]).codes
            joint = joint * len(self.values[name]) + codes
        return joint

    def append(self, n_items, *, y=None, timestamps=None, conditions=None, entities=None):
        """Add the windows of a later call of ``partial_fit``.

        Parameters
        ----------
        n_items : int
        y : ndarray of shape (n_items,), default=None
        timestamps : DatetimeIndex of shape (n_items,), default=None
        conditions : DataFrame of shape (n_items, n_conditions), default=None
        entities : Series of shape (n_items,), default=None

        Returns
        -------
        rows : ndarray of shape (n_items,)
            Where the windows are in the table now. The same windows given again keep their place.

        Raises
        ------
        ValueError
            If other things are known of them than of the first windows, or a class is new.
        """
        frame = _read_frame(conditions, n_items, self.noun)
        frame = self._read_more(_join_entities(frame, entities), y)
        timestamps = self._read_more_timestamps(timestamps)
        first = len(self) - n_items
        if self.is_empty:
            return np.arange(n_items) % len(self)
        if first >= 0 and self._holds(frame, timestamps, first):
            return np.arange(first, len(self))
        self.encoded = np.concatenate([self.encoded, self._encode(frame, timestamps)])
        self.frame = pd.concat([self.frame, frame], ignore_index=True)
        if timestamps is not None:
            self._set_timestamps(self.timestamps.append(timestamps))
        return np.arange(len(self) - n_items, len(self))

    def _encode(self, frame, timestamps):
        return self._encoder.transform(frame[self._told], timestamps)

    def _holds(self, frame, timestamps, first):
        same = self.frame[first:].reset_index(drop=True).equals(frame)
        return same and (timestamps is None or self.timestamps[first:].equals(timestamps))

    def _read_more(self, frame, y):
        if ("y" in self.frame) != (y is not None):
            raise ValueError("y must be given in every call of partial_fit, or in none.")
        frame = frame if y is None else frame.assign(y=y)
        missing = [c for c in self.frame if c not in frame]
        unknown = [c for c in frame if c not in self.frame and c not in self.dropped]
        if missing or unknown:
            raise ValueError(
                "conditions must have the same columns in every call of partial_fit; "
                f"{(missing + unknown)[0]!r} is {'missing' if missing else 'new'}."
            )
        frame = frame[list(self.frame)]
        for column, known in self.values.items():
            new = frame.loc[~frame[column].isin(known), column].tolist()
            if new:
                raise ValueError(
                    f"{column} has the label {new[0]!r}, which the first call of partial_fit did not see; the "
                    f"classes are {known}."
                )
        if self._apart:
            new = ~np.isin(self._join(frame, self._apart), self._seen)
            if new.any():
                pair = frame.loc[int(np.argmax(new)), self._apart].to_dict()
                raise ValueError(f"The first call of partial_fit saw no item of {pair}.")
        return frame.astype(self.frame.dtypes.to_dict())

    def _read_more_timestamps(self, timestamps):
        if (timestamps is None) != (self.timestamps is None):
            raise ValueError("timestamps must be given in every call of partial_fit, or in none.")
        return timestamps if timestamps is None else to_zone(timestamps, self.timestamps.tz)


def _join_entities(frame, entities):
    """Return conditions with the entities beside them; a ValueError if their name is taken."""
    if entities is None:
        return frame
    if entities.name in _RESERVED or entities.name in frame:
        raise ValueError(
            f"entities must have a name other than {', '.join(_RESERVED)} and those of conditions, got "
            f"{entities.name!r}."
        )
    return frame.assign(**{entities.name: entities.to_numpy()})


def _sorted_values(values):
    unique = values.unique().tolist()
    return sorted(unique, key=str)


def to_zone(timestamps, zone):
    """Return timestamps, or one, in a time zone or, for None, without one.

    A time zone where none is known is a ValueError; so is a time that clocks skip, or show twice.
    """
    if timestamps.tz is None:
        return _localize(timestamps, zone)
    if zone is None:
        raise ValueError(
            f"timestamps without a time zone were seen first, but {timestamps.tz} is the zone of these."
        )
    return timestamps.tz_convert(zone)


def _localize(timestamps, zone):
    places = pd.DatetimeIndex([timestamps] if isinstance(timestamps, pd.Timestamp) else timestamps)
    skipped = twice = places.isna()  # of no zone: none
    if zone is not None:
        local = places.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
        twice = local.isna() & places.notna()
        skipped = ~twice & (local.tz_localize(None) != places) & places.notna()
    for bad, what in (
        (skipped, "do not exist"),
        (twice, "come twice, so that they need an offset"),
    ):
        if np.any(bad) and zone is not None:
            raise ValueError(
                f"timestamps must be times that the clocks of {zone} show once, but some {what}: {places[bad][0]}."
            )
    return timestamps.tz_localize(zone)


class ConditionEncoder:
    """Encode classes as indicators, numbers standardised, timestamps as places on the calendar's circles.

    Parameters
    ----------
    values : dict of str to list
        The values of each column of classes; other columns are numbers.
    """

    def __init__(self, values):
        self.values = values

    def fit_transform(self, frame, timestamps=None):
        """Learn means and spreads, and which columns of the encoding vary at all; return what ``transform`` does."""
        raw, is_number = self._columns(frame, timestamps)
        spread = raw.std(axis=0)
        self.varying_ = spread > _LEAST_SPREAD * np.maximum(np.abs(raw).max(axis=0, initial=0), 1)
        self.means_ = np.where(is_number, raw.mean(axis=0), 0.0)
        self.scales_ = np.where(is_number & self.varying_, spread, 1.0)
        return self._scale(raw)

    def transform(self, frame, timestamps=None):
        """Return a float32 array of shape (n_items, n_features)."""
        return self._scale(self._columns(frame, timestamps)[0])

    def _scale(self, raw):
        return ((raw - self.means_) / self.scales_)[:, self.varying_].astype(np.float32)

    def _columns(self, frame, timestamps):
        """Return the encoding before it is scaled, and which of its columns are numbers."""
        parts, is_number = [np.empty((len(frame), 0))], []
        for column in frame:
            if column in self.values:
                known = self.values[column]
                codes = pd.Categorical(frame[column], categories=known).codes
                parts.append((codes[:, None] == np.arange(len(known))).astype(float))
            else:
                parts.append(frame[column].to_numpy(dtype=float)[:, None])
            is_number += [column not in self.values] * parts[-1].shape[1]
        if timestamps is not None:
            parts.append(calendar_places(timestamps))
            is_number += [True] + [False] * (parts[-1].shape[1] - 1)
        return np.concatenate(parts, axis=1), np.array(is_number, dtype=bool)
