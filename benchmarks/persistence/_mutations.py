"""Ways to damage the file of a model, and to forge one."""

import gzip
import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np

from sktsgan.persistence._archive import read_archive, write_archive

HOSTILE = ["os.system", "__reduce__", "../../etc/passwd", "sample", "__class__", "\0", "a" * 9999]
ABSURD = [2**62, -1, 10**9, 0, 2**31, 1e308]


def truncate(rng, raw):
    return raw[: rng.integers(len(raw))]


def flip(rng, raw):
    raw = bytearray(raw)
    for place in rng.integers(len(raw), size=rng.integers(1, 9)):
        raw[place] ^= 1 << rng.integers(8)
    return bytes(raw)


def extend(rng, raw):
    return raw + rng.bytes(rng.integers(1, 999))


def blank(rng, raw):
    first = rng.integers(len(raw) - 8)
    if not any(raw[first : first + 8]):  # nothing would change
        return raw[:-1]
    return raw[:first] + bytes(8) + raw[first + 8 :]


def long_header(rng, raw):
    return struct.pack("<Q", int(rng.choice([2**63, 2**40, len(raw), len(raw) * 99]))) + raw[8:]


def zip_bomb(rng, raw):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.sktsgan", bytes(2**22))
    return file.getvalue()


def gzip_bomb(rng, raw):
    return gzip.compress(bytes(2**22))


def pickled(rng, raw):
    return pickle.dumps(print)


def huge_tensor(rng, raw):
    shape = [int(rng.choice([2**40, 2**62, 10**6]))] * int(rng.integers(1, 5))
    entry = {"dtype": "F32", "shape": shape, "data_offsets": [0, 8]}
    header = json.dumps({"a": entry}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(8)


def without_description(rng, raw):
    header = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    return struct.pack("<Q", len(header)) + header + bytes(8)


def noise(rng, raw):
    return rng.bytes(rng.integers(0, 4096))


DAMAGES = [
    truncate, flip, flip, extend, blank, long_header, zip_bomb, gzip_bomb, pickled, huge_tensor,
    without_description, noise,
]  # fmt: skip


def _nodes(tree, kind=dict):
    """Yield all nodes of a tree, and what holds each."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(pairs):
        if isinstance(value, kind) and not isinstance(value, bool):
            yield tree, key, value
        if isinstance(value, dict | list):
            yield from _nodes(value, kind)


def _pick(rng, found):
    found = list(found)
    return found[rng.integers(len(found))]


def _typed(tree, *kinds):
    return [node for _, _, node in _nodes({"": tree}) if node.get("type") in kinds]


def _any_array(rng, arrays, only=""):
    names = [name for name in arrays if only in name and arrays[name].ndim and arrays[name].size]
    return names[rng.integers(len(names))] if names else None


def wrong_class(rng, tree, arrays):
    _pick(rng, _typed(tree, "object"))["class"] = str(rng.choice(HOSTILE))


def wrong_type(rng, tree, arrays):
    _pick(rng, [node for _, _, node in _nodes({"": tree}) if "type" in node])["type"] = str(
        rng.choice(HOSTILE)
    )


def wrong_attribute(rng, tree, arrays):
    _pick(rng, _typed(tree, "object"))["attributes"][str(rng.choice(HOSTILE))] = 1


def shadowing(rng, tree, arrays):
    tree["attributes"]["fit"] = {"type": "list", "values": []}


def no_such_array(rng, tree, arrays):
    _pick(rng, [n for _, _, n in _nodes({"": tree}) if "array" in n])["array"] = "../../x"


def unused_array(rng, tree, arrays):
    arrays[str(rng.choice(HOSTILE[:5]))] = np.zeros(3)


def deep(rng, tree, arrays):
    node = 1
    for _ in range(3000):
        node = {"type": "list", "values": [node]}
    tree["parameters"]["random_state"] = node


def not_finite(rng, tree, arrays):
    name = _any_array(rng, arrays, ".networks.")
    if name is None or arrays[name].dtype.kind != "f":
        return wrong_class(rng, tree, arrays)
    arrays[name] = arrays[name].copy()
    arrays[name].flat[rng.integers(arrays[name].size)] = rng.choice([np.nan, np.inf])


def wrong_weights(rng, tree, arrays):
    name = _any_array(rng, arrays, ".networks.")
    if name is None:
        return wrong_class(rng, tree, arrays)
    arrays[name] = _misshape(rng, arrays[name])


def _misshape(rng, array):
    kind = rng.integers(4)
    if kind == 0:
        return array[:-1]
    if kind == 1:
        return np.concatenate([array, array[-1:]])
    return array[None] if kind == 2 else np.concatenate([array[..., :1], array], axis=-1)


def any_shape(rng, tree, arrays):
    if name := _any_array(rng, arrays):
        arrays[name] = _misshape(rng, arrays[name])


def any_indices(rng, tree, arrays):
    name = _any_array(rng, arrays)
    if name and arrays[name].dtype.kind == "i":
        arrays[name] = np.full_like(arrays[name], rng.choice([-9, 2**30, 127]) % 2**31)


def any_number(rng, tree, arrays):
    holder, key, _ = _pick(rng, _nodes(tree, int | float))
    holder[key] = _pick(rng, ABSURD)


def any_text(rng, tree, arrays):
    holder, key, _ = _pick(rng, _nodes(tree, str))
    holder[key] = str(rng.choice(HOSTILE))


def swap(rng, tree, arrays):
    (one, key, a), (other, name, b) = _pick(rng, _nodes(tree)), _pick(rng, _nodes(tree))
    one[key], other[name] = b, a


def remove(rng, tree, arrays):
    holder, key, _ = _pick(rng, _nodes(tree))
    del holder[key]


# files that can't be loaded, whoever computes their checksum
FORGERIES = [
    wrong_class, wrong_type, wrong_attribute, shadowing, no_such_array, unused_array, deep,
    not_finite, wrong_weights,
]  # fmt: skip
# files that may happen to be those of another model
CHANGES = [any_shape, any_indices, any_number, any_text, swap, remove]


def forge(change, rng, source, path):
    """Write a file with a checksum that fits, of a changed description and changed arrays."""
    description, arrays = read_archive(source)
    try:
        change(rng, description["estimator"], arrays)
        write_archive(path, description, arrays)
    except (ValueError, RecursionError):  # more than a file can say, such as a tree in itself
        Path(path).write_bytes(b"{")
