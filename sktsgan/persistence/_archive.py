"""One file of arrays and a description: written whole or not at all, checked before it is believed."""

import hashlib
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

__all__ = ["FORMAT_VERSION", "check_writable", "read_archive", "write_archive"]

FORMAT_VERSION = 1
_KIND = "sktsgan"
# bytes of names and description, which take some eight times as much in memory as in the file
_SMALL_HEADER, _HEADER_SHARE = 2**21, 1 / 4
_DTYPES = {
    "BOOL": np.bool_,
    **{f"{kind}{bits}": f"{name}{bits}" for kind, name in (("I", "int"), ("U", "uint")) for bits in (8, 16, 32, 64)},
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
}  # fmt: skip


def write_archive(path, description, arrays):
    """Write a file beside the old one, and put it in its place.

    Parameters
    ----------
    path : str or PathLike
    description : dict
        Of what JSON knows.
    arrays : dict of str to ndarray

    Raises
    ------
    ValueError
        If the description is too long for a file that can be loaded.
    OSError
        If the file can't be written; an old one is then as it was.
    """
    path = Path(path)
    text = json.dumps(description, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    arrays = {name: np.require(array, requirements="C") for name, array in arrays.items()}
    metadata = {"kind": _KIND, "format": str(FORMAT_VERSION), "model": text}
    metadata["sha256"] = _digest(metadata, arrays)
    n_bytes = len(json.dumps(metadata, ensure_ascii=False).encode())
    n_bytes += sum(100 + len(name) for name in arrays)
    most = _longest_header(n_bytes + sum(array.nbytes for array in arrays.values()))
    if n_bytes > most:
        raise ValueError(
            f"What is to be saved must be described in {most} bytes beside its arrays, got {n_bytes}."
        )
    with _replacing(path) as temporary:
        save_file(arrays, temporary, metadata)


def _longest_header(n_bytes):
    return max(_SMALL_HEADER, int(_HEADER_SHARE * n_bytes))


@contextmanager
def _replacing(path):
    """Give the name of a file that takes the place of ``path`` once the block is done, and else is gone."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    os.close(handle)
    try:
        yield temporary
        os.chmod(temporary, _mode(path))
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        os.unlink(temporary)
        if isinstance(error, SafetensorError):  # of a disk that is full, among others
            raise OSError(f"{path} can't be written: {error}") from error
        raise


def _mode(path):
    """Return the permissions of a file: those it has, or those of any new file."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def check_writable(path):
    """Raise an OSError if a file can't be written."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder.")
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    os.close(handle)
    os.unlink(temporary)


def read_archive(path):
    """Return the description and the arrays of a file.

    Raises
    ------
    ValueError
        If the file was not written by ``write_archive``, is damaged, or is of a newer version.
    OSError
        If there is no such file, or it can't be read.
    """
    path = Path(path)
    _check_header(path)
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            _check_kind(path, metadata)
            arrays = {name: _read_array(file, name) for name in file.keys()}  # noqa: SIM118
        if metadata.get("sha256") != _digest(metadata, arrays):
            raise ValueError("its contents are not those that were written")
        description = json.loads(
            metadata["model"], object_pairs_hook=_without_repeats, parse_constant=_refuse_constant
        )
    except _OtherVersion:
        raise
    except Exception as error:  # whatever is wrong with it, it can't be loaded
        raise ValueError(f"{path} is damaged, or no model of sktsgan: {error}") from error
    return description, arrays


class _OtherVersion(ValueError):
    """A file of another version or kind, which isn't damaged."""


def _check_header(path):
    """Refuse a header that says that it is longer than any that was written, before it is read."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        n_bytes = int.from_bytes(file.read(8), "little")
        begin = file.read(1)
    if begin != b"{" or n_bytes > min(size, _longest_header(size)):
        raise ValueError(f"{path} is damaged, or no model of sktsgan: it is no safetensors file.")


def _check_kind(path, metadata):
    version = metadata.get("format", "")
    if metadata.get("kind") != _KIND or not (version.isascii() and version.isdigit()):
        raise _OtherVersion(f"{path} is no model of sktsgan.")
    if len(version) > 9 or int(version) > FORMAT_VERSION:
        raise _OtherVersion(
            f"{path} has the format {version[:9]}, which a newer sktsgan wrote; this one reads formats up to "
            f"{FORMAT_VERSION}."
        )


def _read_array(file, name):
    dtype = file.get_slice(name).get_dtype()
    if dtype not in _DTYPES:
        raise ValueError(f"{name} has the dtype {dtype}")
    return file.get_tensor(name)


def _digest(metadata, arrays):
    """Return a checksum of everything, which tells damage; it is no signature."""
    digest = hashlib.sha256()
    for name in ("kind", "format", "model"):
        digest.update(metadata[name].encode() + b"\0")
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name}\0{array.dtype.str}{array.shape}\0".encode())
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8))
    return digest.hexdigest()


def _without_repeats(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")
