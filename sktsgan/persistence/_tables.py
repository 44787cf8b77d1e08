"""What pandas holds as JSON and arrays, and back."""

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from sktsgan.persistence._tree import reads, writes

__all__ = []

_NUMBERS = "biuf"


@writes(pd.Timestamp)
def _write_timestamp(writer, value, path):
    return {"type": "timestamp", "at": writer.write(pd.DatetimeIndex([value]), path)}


@reads("timestamp")
def _read_timestamp(reader, node, path):
    return reader.read(node["at"], path)[0]


@writes(type(pd.NaT))
def _write_nat(writer, value, path):
    return {"type": "nat"}


@reads("nat")
def _read_nat(reader, node, path):
    return pd.NaT


@writes(pd.Timedelta)
def _write_timedelta(writer, value, path):
    return {"type": "timedelta", "value": int(value.value), "unit": value.unit}


@reads("timedelta")
def _read_timedelta(reader, node, path):
    return pd.Timedelta(int(node["value"]), unit="ns").as_unit(node["unit"])


@writes(pd.Period)
def _write_period(writer, value, path):
    return {"type": "period", "ordinal": int(value.ordinal), "freq": value.freqstr}


@reads("period")
def _read_period(reader, node, path):
    return pd.Period(ordinal=int(node["ordinal"]), freq=_freq(node["freq"]))


@writes(pd.offsets.BaseOffset)
def _write_offset(writer, value, path):
    if to_offset(value.freqstr) != value:
        raise ValueError(f"{path} can't be saved: {value!r} is more than {value.freqstr!r} says.")
    return {"type": "offset", "freq": value.freqstr}


@reads("offset")
def _read_offset(reader, node, path):
    return to_offset(_freq(node["freq"]))


def _freq(text):
    if len(text) > 20:
        raise ValueError(f"{text!r:.80} is no frequency")
    return text


@writes(pd.Index)
def _write_index(writer, value, path):
    node = {"names": [writer.write(name, f"{path}.name") for name in value.names]}
    if isinstance(value, pd.MultiIndex):
        levels = [
            writer.write(level.rename(None), f"{path}.{i}") for i, level in enumerate(value.levels)
        ]
        codes = [
            writer.write(np.asarray(codes), f"{path}.codes.{i}")
            for i, codes in enumerate(value.codes)
        ]
        return {"type": "levels", "levels": levels, "codes": codes, **node}
    if isinstance(value, pd.RangeIndex):
        return {"type": "rows", "parts": [value.start, value.stop, value.step], **node}
    freq = getattr(value, "freqstr", None)
    return {"type": "index", "freq": freq, "values": _write_column(writer, value, path), **node}


@reads("index")
def _read_index(reader, node, path):
    values = _read_column(reader, node["values"], path)
    index = pd.Index(values, dtype=values.dtype, tupleize_cols=False)
    if isinstance(index, pd.DatetimeIndex) and node["freq"] is not None:
        index = pd.DatetimeIndex(index, freq=_freq(node["freq"]))
    return index.rename(*_names(reader, node, path))


@reads("rows")
def _read_rows(reader, node, path):
    rows = reader.bound(range(*map(int, node["parts"])))
    return pd.RangeIndex(rows).rename(*_names(reader, node, path))


@reads("levels")
def _read_levels(reader, node, path):
    levels = [reader.read(level, f"{path}.{i}") for i, level in enumerate(node["levels"])]
    codes = [reader.read(code, f"{path}.codes.{i}") for i, code in enumerate(node["codes"])]
    return pd.MultiIndex(levels, codes, names=_names(reader, node, path))


def _names(reader, node, path):
    return [reader.read(name, f"{path}.name") for name in node["names"]]


def _write_column(writer, values, path):
    """Return the node of the values of a column or an index, and of their dtype."""
    dtype = values.dtype
    node = {"dtype": writer.write(dtype, f"{path}.dtype")}
    if isinstance(dtype, pd.CategoricalDtype):
        codes = pd.Categorical(values).codes
        return node | {"codes": writer.put(np.asarray(codes, dtype=np.int32), path)}
    if isinstance(dtype, pd.PeriodDtype):
        return node | {"ordinals": writer.put(pd.PeriodIndex(values).asi8, path)}
    if dtype.kind in "mM":
        values = (
            values if isinstance(dtype, np.dtype) else pd.DatetimeIndex(values).tz_convert(None)
        )
        return node | {"times": writer.write(np.asarray(values), path)}
    if isinstance(dtype, np.dtype) and dtype.kind in _NUMBERS:
        return node | {"numbers": writer.put(np.asarray(values), path)}
    codes, unique = pd.factorize(np.asarray(values, dtype=object), use_na_sentinel=True)
    node["unique"] = writer.write(unique.tolist(), f"{path}.unique")
    return node | {"of_unique": writer.put(codes.astype(np.int32), path)}


def _read_column(reader, node, path):
    """Return an array of pandas, or of NumPy."""
    dtype = reader.read(node["dtype"], f"{path}.dtype")
    if "codes" in node:
        return pd.Categorical.from_codes(reader.take(node, "codes"), dtype=dtype)
    if "ordinals" in node:
        return pd.arrays.PeriodArray(reader.take(node, "ordinals"), dtype=dtype)
    if "times" in node:
        times = reader.read(node["times"], path)
        if isinstance(dtype, np.dtype):
            return times
        return pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(dtype.tz).array
    if "numbers" in node:
        numbers = reader.take(node, "numbers")
        if numbers.ndim != 1 or numbers.dtype != dtype:
            raise ValueError(f"{path} is no column of {dtype}")
        return numbers
    unique = np.empty(len(node_values := reader.read(node["unique"], f"{path}.unique")) + 1, object)
    unique[:-1], unique[-1] = node_values, pd.NA if hasattr(dtype, "na_value") else np.nan
    codes = reader.take(node, "of_unique")
    if codes.ndim != 1 or codes.dtype != np.int32 or (codes < -1).any():
        raise ValueError(f"{path} is no column")
    return pd.array(unique[codes], dtype=dtype) if dtype != np.dtype(object) else unique[codes]


@writes(pd.DataFrame)
def _write_frame(writer, value, path):
    columns = [
        _write_column(writer, value.iloc[:, i], f"{path}.{i}") for i in range(value.shape[1])
    ]
    index = writer.write(value.index, f"{path}.index")
    names = writer.write(value.columns, f"{path}.columns")
    return {"type": "frame", "index": index, "names": names, "columns": columns}


@reads("frame")
def _read_frame(reader, node, path):
    index = reader.read(node["index"], f"{path}.index")
    columns = [_read_column(reader, c, f"{path}.{i}") for i, c in enumerate(node["columns"])]
    if any(len(column) != len(index) for column in columns):
        raise ValueError(f"{path} has columns of unequal length")
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = reader.read(node["names"], f"{path}.columns")
    return frame


@writes(pd.Series)
def _write_series(writer, value, path):
    name = writer.write(value.name, f"{path}.name")
    return {"type": "series", "name": name, "frame": writer.write(value.to_frame(0), path)}


@reads("series")
def _read_series(reader, node, path):
    return reader.read(node["frame"], path)[0].rename(reader.read(node["name"], f"{path}.name"))
