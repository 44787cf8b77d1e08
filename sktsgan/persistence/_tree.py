"""The tree that a file describes an object by: how it is walked, in both directions."""

import math
from dataclasses import dataclass, field

__all__ = ["READERS", "Reader", "Writer", "reads", "refuse", "writes"]

_FEW, _BYTES_EACH = (
    2**17,
    40,
)  # of values that are Python's own, which take more memory than in the file

WRITERS = []  # (types, function(writer, value, path)), the first that fits; other modules add theirs
READERS = {}  # what is called by the "type" of a node: function(reader, node, path)


def writes(*types):
    """Say how values of some types are written."""

    def register(function):
        WRITERS.append((types, function))
        return function

    return register


def reads(name):
    """Say how a node of a type is read."""

    def register(function):
        READERS[name] = function
        return function

    return register


@dataclass
class Writer:
    """Turn values into a tree of JSON, whose arrays stand beside it under the path of the value.

    Attributes
    ----------
    arrays : dict of str to ndarray
    """

    arrays: dict = field(default_factory=dict)
    _seen: dict = field(default_factory=dict)

    def write(self, value, path):
        """Return the node of a value; what was written before is only named again."""
        if value is None or type(value) in (bool, str):
            return value
        if type(value) is int:
            return value if abs(value) < 2**63 else refuse(value, path)
        if type(value) is float and math.isfinite(value):
            return value
        if id(value) in self._seen:
            return {"type": "same", "as": self._seen[id(value)][1]}
        for types, function in WRITERS:
            if isinstance(value, types):
                node = function(self, value, path)
                if node.get("type") in ("object", "array", "tensor", "generator"):
                    self._seen[id(value)] = value, path  # the value too, lest its id be given anew
                return node
        return refuse(value, path)

    def put(self, array, path):
        """Put an array beside the tree; return its name."""
        self.arrays[path] = array
        return path


def refuse(value, path):
    """Raise a ValueError that names what can't be saved."""
    raise ValueError(
        f"{path} can't be saved: it is {value!r:.60} ({type(value).__module__}.{type(value).__name__})."
    )


@dataclass
class Reader:
    """Turn a tree and its arrays into values.

    Every node is of a type of the table READERS, every array is read, and nothing else.

    Parameters
    ----------
    arrays : dict of str to ndarray

    Attributes
    ----------
    n_bytes : int
        Size of all arrays.
    """

    arrays: dict
    _seen: dict = field(default_factory=dict)
    _used: set = field(default_factory=set)
    _n_values: int = 0

    def __post_init__(self):
        self.n_bytes = sum(array.nbytes for array in self.arrays.values())

    def read(self, node, path):
        """Return the value of a node."""
        if node is None or type(node) in (bool, int, str, float):
            return node
        kind = node["type"]
        if kind == "same":
            return self._seen[node["as"]]
        value = READERS[kind](self, node, path)
        self._seen[path] = value
        return value

    def count(self, n_values):
        """Raise a ValueError if a file has far more of Python's own values than a model of its size."""
        self._n_values += n_values
        if self._n_values > max(_FEW, self.n_bytes // _BYTES_EACH):
            raise ValueError("it holds too many values for its size")

    def bound(self, rows):
        """Return a range of rows; one with more rows than the file has bytes is a ValueError."""
        if bool(rows) and (rows[-1] - rows[0]) // rows.step >= max(_FEW, self.n_bytes):
            raise ValueError("it counts more rows than it can have")
        return rows

    def take(self, node, key="array"):
        """Return the array that a node names."""
        name = node[key]
        self._used.add(name)
        return self.arrays[name]

    def finish(self):
        """Raise a ValueError if an array was left over."""
        left = set(self.arrays) - self._used
        if left:
            raise ValueError(f"nothing is known of the array {min(left)!r:.80}")
