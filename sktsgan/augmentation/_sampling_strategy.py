"""How many new rows each class gets."""

from numbers import Integral, Real

__all__ = ["count_new_rows"]

_NAMES = ("auto", "minority", "not minority", "not majority", "all")


def count_new_rows(sampling_strategy, y, counts):
    """Return the number of new rows of each class, as imbalanced-learn's over-samplers count them.

    ``counts`` are the rows of each class, at least two classes; classes that the strategy doesn't name are left out. A
    callable strategy gets ``y``. A strategy that is unknown, doesn't fit the classes or would remove rows is a
    ValueError.
    """
    if callable(sampling_strategy):
        sampling_strategy = sampling_strategy(y)
        if not isinstance(sampling_strategy, dict):
            raise ValueError(
                "sampling_strategy as a callable must return a dict of class to number of rows, got "
                f"{sampling_strategy!r}."
            )
    if isinstance(sampling_strategy, dict):
        return _by_class(sampling_strategy, counts)
    if isinstance(sampling_strategy, str) and sampling_strategy in _NAMES:
        return _by_name(sampling_strategy, counts)
    if isinstance(sampling_strategy, Real) and not isinstance(sampling_strategy, bool):
        return _by_ratio(sampling_strategy, counts)
    raise ValueError(
        f"sampling_strategy must be one of {', '.join(map(repr, _NAMES))}, a float in (0, 1], a dict or a callable, "
        f"got {sampling_strategy!r}."
    )


def _by_name(name, counts):
    most = max(counts.values())
    majority, minority = max(counts, key=counts.get), min(counts, key=counts.get)
    left_out = {"auto": [majority], "not majority": [majority], "not minority": [minority]}
    asked = [minority] if name == "minority" else counts
    return {label: most - counts[label] for label in asked if label not in left_out.get(name, ())}


def _by_ratio(ratio, counts):
    if len(counts) != 2:
        raise ValueError(
            f"sampling_strategy={ratio!r}: a float needs two classes, y has {len(counts)}; pass a dict."
        )
    if not 0 < ratio <= 1:
        raise ValueError(f"sampling_strategy as a float must be in (0, 1], got {ratio!r}.")
    minority, majority = sorted(counts, key=counts.get)
    n_new = int(ratio * counts[majority]) - counts[minority]
    if n_new < 0:
        raise ValueError(
            f"sampling_strategy={ratio!r} would remove rows: class {minority!r} has {counts[minority]} rows "
            f"already, class {majority!r} {counts[majority]}."
        )
    return {minority: n_new}


def _by_class(wanted, counts):
    unknown = [label for label in wanted if label not in counts]
    if unknown:
        raise ValueError(
            f"sampling_strategy has the class {unknown[0]!r}, which is not in y; the classes of y are {list(counts)}."
        )
    for label, n in wanted.items():
        if not isinstance(n, Integral) or n < counts[label]:
            raise ValueError(
                f"sampling_strategy asks for {n!r} rows of class {label!r}; it must be an integer of at least "
                f"the {counts[label]} rows that y has."
            )
    return {label: int(n) - counts[label] for label, n in wanted.items()}
