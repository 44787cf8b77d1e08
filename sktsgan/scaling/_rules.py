"""Rules between channels, read from text."""

import re
from dataclasses import dataclass

import numpy as np

__all__ = ["Rule", "read_rules"]

_SPLIT = re.compile(r"(<=|>=|==)")
_CALL = re.compile(r"(increasing|combinations)\((.*)\)")
_ROUNDING = 1e-12  # of both sides, relative to them
_FORMS = "'0 <= share <= 1', 'low <= high', 'a + b == c', 'increasing(counter)' or 'combinations(city, country)'"


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    text : str
        As it was given.
    kind : {"order", "sum", "increasing", "combinations"}
        Left is at most right; left is right; a channel never falls from one step to the next; the categories of
        several channels come in the combinations that were seen.
    left : tuple of int or float
        Channels that are added up, or a number; the channels of the last two kinds.
    right : tuple of int or float, default=()
    """

    text: str
    kind: str
    left: tuple | float
    right: tuple | float = ()

    def find_broken(self, windows):
        """Return which steps of windows of shape (..., n_timesteps, n_channels) break it; NaN breaks nothing."""
        if self.kind == "combinations":
            return np.zeros(windows.shape[:-1], dtype=bool)
        if self.kind == "increasing":
            values = windows[..., self.left[0]]
            highest = np.fmax.accumulate(values, axis=-1)
            return values < highest - _ROUNDING * np.abs(highest)
        left, right = (
            windows[..., list(side)].sum(axis=-1) if isinstance(side, tuple) else side
            for side in (self.left, self.right)
        )
        rounding = _ROUNDING * (np.abs(left) + np.abs(right))
        if self.kind == "order":
            return left > right + rounding
        return np.abs(left - right) > 1e3 * rounding

    @property
    def channels(self):
        """The channels that it speaks of."""
        return [c for side in (self.left, self.right) if isinstance(side, tuple) for c in side]


def read_rules(constraints, names):
    """Return rules given as texts such as ``"0 <= humid <= 100"``, ``"low <= open"`` or ``"a + b == total"``.

    Parameters
    ----------
    constraints : list of str
    names : list of str
        Names of the channels.

    Raises
    ------
    ValueError
        If a text is no rule, or names no channel.
    """
    if isinstance(constraints, str) or not all(isinstance(text, str) for text in constraints):
        raise ValueError(
            f'constraints must be None, "auto" or a list of rules such as "low <= high", got {constraints!r}.'
        )
    places = {name: i for i, name in enumerate(names)}
    return [rule for text in constraints for rule in _read(text, places)]


def _read(text, places):
    call = _CALL.fullmatch(text.strip())
    if call:
        yield _read_call(text, *call.groups(), places)
        return
    parts = [part.strip() for part in _SPLIT.split(text)]
    if len(parts) < 3 or not all(parts) or re.search(r"[<>=]", "".join(parts[::2])):
        raise ValueError(f"constraints must hold rules such as {_FORMS}, got {text!r}.")
    sides = [_read_side(part, text, places) for part in parts[::2]]
    for i, sign in enumerate(parts[1::2]):
        left, right = sides[i : i + 2] if sign != ">=" else sides[i : i + 2][::-1]
        if not isinstance(left, tuple) and not isinstance(right, tuple):
            raise ValueError(f"constraints must name channels, got {text!r}.")
        if sign == "==" and isinstance(left, tuple) and (left == right or len(left) < 2):
            left, right = right, left  # the sum comes first
        sums = [side for side in (left, right) if isinstance(side, tuple) and len(side) > 1]
        if sums and (sign != "==" or len(sums) > 1):
            raise ValueError(f"constraints can hold sums as in 'a + b == c' only, got {text!r}.")
        yield Rule(text, "sum" if sign == "==" else "order", left, right)


def _read_call(text, kind, inside, places):
    names = [inside] if inside in places else [name.strip() for name in inside.split(",")]
    channels = tuple(_find(name, text, places) for name in names)
    if (kind == "increasing") != (len(channels) == 1):
        wanted = "one channel" if kind == "increasing" else "two channels or more"
        raise ValueError(f"constraints must have {wanted} in {kind}(...), got {text!r}.")
    return Rule(text, kind, channels)


def _read_side(part, text, places):
    if part in places:
        return (places[part],)
    try:
        return float(part)
    except ValueError:
        return tuple(_find(term.strip(), text, places) for term in part.split("+"))


def _find(name, text, places):
    if name not in places:
        raise ValueError(
            f"constraints names {name!r} in {text!r}, but the channels are {list(places)}."
        )
    return places[name]
