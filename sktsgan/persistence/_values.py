"""Plain values, arrays and tensors as JSON and arrays, and back."""

import re

import numpy as np
import pandas as pd
import torch

from sktsgan.persistence._tree import READERS, reads, refuse, writes

__all__ = []

_LONG = 16  # entries of a list from which on it becomes an array
_MAX_TEXT = 0x10FFFF


@writes(np.generic)
def _write_scalar(writer, value, path):
    if value.dtype.kind in "biuf":
        return {
            "type": "scalar",
            "dtype": value.dtype.str,
            "value": writer.write(value.item(), path),
        }
    return {"type": "entry", "of": _write_array(writer, np.asarray(value)[None], path)}


@reads("scalar")
def _read_scalar(reader, node, path):
    if not re.fullmatch(r"[<>|=]?[biuf]\d", node["dtype"]):
        raise ValueError(f"{path} is no number")
    return np.dtype(node["dtype"]).type(reader.read(node["value"], path))


@reads("entry")
def _read_entry(reader, node, path):
    (value,) = _read_array(reader, node["of"], path)
    return value


@writes(float)
def _write_float(writer, value, path):
    return {"type": "float", "value": repr(float(value))}


@reads("float")
def _read_float(reader, node, path):
    if node["value"] not in ("nan", "inf", "-inf"):
        raise ValueError(f"{path} is no float")
    return float(node["value"])


@writes(np.ndarray)
def _write_array(writer, value, path):
    dtype, node = value.dtype, {"type": "array"}
    if dtype.kind == "O":
        values = [writer.write(v, f"{path}.{i}") for i, v in enumerate(value.ravel())]
        return {"type": "objects", "shape": list(value.shape), "values": values}
    if dtype.kind in "UMm":
        width = value.dtype.itemsize // 4
        if dtype.kind == "U":
            codes = np.require(value, "<U" + str(width), "C").view("<u4")
            raw = codes.reshape(*value.shape, width)
        else:
            raw = value.view(np.int64)
        node = {"type": "array", "dtype": dtype.str}
        return node | {"array": writer.put(raw, path)}
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        refuse(value, path)
    return node | {"array": writer.put(value.astype(dtype.newbyteorder("="), copy=False), path)}


@reads("array")
def _read_array(reader, node, path):
    array = reader.take(node)
    if "dtype" not in node:
        return array
    dtype = node["dtype"]
    if re.fullmatch(r"[<>=]?U\d+", dtype):
        if array.dtype != np.uint32 or array.max(initial=0) > _MAX_TEXT:
            raise ValueError(f"{path} holds no text")
        return np.ascontiguousarray(array).view(f"<U{array.shape[-1]}")[..., 0]
    if array.dtype != np.int64 or not re.fullmatch(r"[<>=]?[mM]8\[[a-z]{1,3}\]", dtype):
        raise ValueError(f"{path} holds no times")
    return array.view(dtype)


@reads("objects")
def _read_objects(reader, node, path):
    values = [reader.read(v, f"{path}.{i}") for i, v in enumerate(node["values"])]
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape([int(size) for size in node["shape"]])


@writes(torch.Tensor)
def _write_tensor(writer, value, path):
    array = value.detach().cpu().numpy()
    return {"type": "tensor", "array": writer.put(array, path)}


@reads("tensor")
def _read_tensor(reader, node, path):
    return torch.from_numpy(reader.take(node))


@writes(torch.Generator)
def _write_generator(writer, value, path):
    return {"type": "generator", "array": writer.put(value.get_state().numpy(), path)}


@reads("generator")
def _read_generator(reader, node, path):
    generator = torch.Generator()
    state = reader.take(node)
    if state.dtype != np.uint8 or state.ndim != 1:
        raise ValueError(f"{path} is no state of a generator")
    generator.set_state(torch.from_numpy(state))
    return generator


@writes(np.random.RandomState)
def _write_random_state(writer, value, path):
    state = value.get_state(legacy=False)
    keys = {"pos": int(state["state"]["pos"]), "has_gauss": int(state["has_gauss"])}
    node = {"type": "random_state", **keys, "gauss": float(state["gauss"])}
    return node | {"array": writer.put(state["state"]["key"], path)}


@reads("random_state")
def _read_random_state(reader, node, path):
    state = {"key": reader.take(node), "pos": int(node["pos"])}
    if state["key"].shape != (624,) or not 0 <= state["pos"] <= 624:
        raise ValueError(f"{path} is no random state")
    found = np.random.RandomState()
    found.set_state(
        {
            "bit_generator": "MT19937",
            "state": state,
            "has_gauss": int(node["has_gauss"]),
            "gauss": float(node["gauss"]),
        }
    )
    return found


@writes(torch.device)
def _write_device(writer, value, path):
    return {"type": "device", "name": str(value)}


@reads("device")
def _read_device(reader, node, path):
    return torch.device(node["name"])


def _write_entries(writer, values, path):
    """Return the node of some values: one array if they are many and alike."""
    values = list(values)
    kinds = {type(value) for value in values}
    if len(values) >= _LONG and len(kinds) == 1:
        (kind,) = kinds
        if kind in (int, float):
            array = np.array(values, dtype=np.int64 if kind is int else np.float64)
            return {"packed": kind.__name__, "array": writer.put(array, path)}
        if kind is str:
            encoded = [value.encode("utf-8", "surrogatepass") for value in values]
            lengths = np.array([len(text) for text in encoded], dtype=np.int32)
            text = np.frombuffer(b"".join(encoded), dtype=np.uint8)
            names = writer.put(text, path), writer.put(lengths, f"{path}.lengths")
            return {"packed": "str", "array": names[0], "lengths": names[1]}
    return {"values": [writer.write(value, f"{path}.{i}") for i, value in enumerate(values)]}


def _read_entries(reader, node, path):
    if "packed" not in node:
        return [reader.read(value, f"{path}.{i}") for i, value in enumerate(node["values"])]
    array = reader.take(node)
    if node["packed"] == "str":
        lengths = reader.take(node, "lengths")
        reader.count(len(lengths))
        return _split_text(array, lengths, path)
    reader.count(len(array))
    if array.ndim != 1 or array.dtype != {"int": np.int64, "float": np.float64}[node["packed"]]:
        raise ValueError(f"{path} holds no {node['packed']}")
    return array.tolist()


def _split_text(text, lengths, path):
    if lengths.dtype != np.int32 or (lengths < 0).any() or text.dtype != np.uint8:
        raise ValueError(f"{path} holds no texts")
    ends = np.cumsum(lengths, dtype=np.int64)
    if lengths.ndim != 1 or text.ndim != 1 or not len(ends) or ends[-1] != len(text):
        raise ValueError(f"{path} holds no texts")
    raw = text.tobytes()
    starts = (ends - lengths).tolist()
    return [
        raw[a:b].decode("utf-8", "surrogatepass")
        for a, b in zip(starts, ends.tolist(), strict=True)
    ]


@writes(list, tuple, set)
def _write_list(writer, value, path):
    kind = next(k for k in (list, tuple, set) if isinstance(value, k)).__name__
    values = sorted(value, key=str) if kind == "set" else value
    return {"type": kind, **_write_entries(writer, values, path)}


for _kind in (list, tuple, set):
    READERS[_kind.__name__] = lambda reader, node, path, kind=_kind: kind(
        _read_entries(reader, node, path)
    )


@writes(dict)
def _write_dict(writer, value, path):
    keys = _write_entries(writer, value.keys(), f"{path}.keys")
    values = value.values()
    if len(value) < _LONG and all(type(key) is str for key in value):
        values = {"values": [writer.write(v, f"{path}.{k}") for k, v in value.items()]}
    else:
        values = _write_entries(writer, values, f"{path}.values")
    return {"type": "dict", "keys": keys, "entries": values}


@reads("dict")
def _read_dict(reader, node, path):
    keys = _read_entries(reader, node["keys"], f"{path}.keys")
    entries = node["entries"]
    if len(keys) < _LONG and all(type(key) is str for key in keys):
        pairs = zip(keys, entries["values"], strict=True)
        values = [reader.read(value, f"{path}.{key}") for key, value in pairs]
    else:
        values = _read_entries(reader, entries, f"{path}.values")
    return dict(zip(keys, values, strict=True))


@writes(slice, range)
def _write_slice(writer, value, path):
    parts = [None if part is None else int(part) for part in (value.start, value.stop, value.step)]
    return {"type": type(value).__name__, "parts": parts}


@reads("slice")
def _read_slice(reader, node, path):
    return slice(*(None if part is None else int(part) for part in node["parts"]))


@reads("range")
def _read_range(reader, node, path):
    return reader.bound(range(*(int(part) for part in node["parts"])))


@writes(np.dtype, pd.api.extensions.ExtensionDtype)
def _write_dtype(writer, value, path):
    if isinstance(value, pd.CategoricalDtype):
        categories = writer.write(value.categories, f"{path}.categories")
        return {"type": "categories", "ordered": value.ordered, "categories": categories}
    named = isinstance(value, np.dtype) and value.kind != "O"  # for whose "|O" pandas has no name
    return {"type": "dtype", "name": value.str if named else str(value)}


_DTYPE = re.compile(
    r"[<>=|]?[biufOSUmM]\d{0,4}(\[[a-z]{1,3}\])?|U?Int\d{1,2}|Float\d{1,2}|boolean|string|str|object"
    r"|datetime64\[(s|ms|us|ns), [\w/+:-]{1,64}\]|period\[[\w-]{1,16}\]"
)


@reads("dtype")
def _read_dtype(reader, node, path):
    if not _DTYPE.fullmatch(node["name"]):
        raise ValueError(f"{path} is no dtype")
    return pd.api.types.pandas_dtype(node["name"])


@reads("categories")
def _read_categories(reader, node, path):
    categories = reader.read(node["categories"], f"{path}.categories")
    return pd.CategoricalDtype(categories, ordered=bool(node["ordered"]))
