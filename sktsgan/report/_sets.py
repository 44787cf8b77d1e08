"""The sets of windows that a report compares."""

from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline

from sktsgan.containers._series import is_ragged
from sktsgan.containers._windows import check_windows
from sktsgan.metrics._discrepancy import check_names, guess_names
from sktsgan.metrics._draws import takes_text, unwrap_sampler
from sktsgan.metrics._items import is_text
from sktsgan.samplers import DCGANSampler

__all__ = ["Sets", "read_sets"]

_LEAST = 10  # windows of a set: of fewer, no score means anything
_MOST_DRAWN = 5000
_MOST_COMPARED = 2000


@dataclass(frozen=True)
class Sets:
    """Windows to compare, arrays of shape (n_windows, n_timesteps, n_channels).

    Attributes
    ----------
    train, held_out, new : ndarray
        As given or drawn; ``held_out`` is None if there is none.
    reference : ndarray
        The real windows that all others are compared with: the held-out ones, or half of the real ones.
    others : ndarray
        The other real windows; their distance from ``reference`` is the floor.
    names : list of str
        Names of the channels.
    sampler : sampler or None
        What made the new windows.
    """

    train: np.ndarray
    held_out: np.ndarray | None
    new: np.ndarray
    reference: np.ndarray
    others: np.ndarray
    names: list
    sampler: object = None

    def even(self, seed, most=_MOST_COMPARED):
        """Return equally many windows of the reference, the other real ones and the new ones, in their order."""
        sets = self.reference, self.others, self.new
        size = min(most, *map(len, sets))
        rng = np.random.default_rng(seed)
        return tuple(X[np.sort(rng.permutation(len(X))[:size])] for X in sets)


def read_sets(source, X_real, X_held_out, n_channels, channel_names, seed):
    """Return the checked sets, with windows drawn from ``source`` if it is a sampler or a pipeline."""
    sampler, draw = None, isinstance(source, Pipeline) or hasattr(source, "sample")
    if isinstance(source, type):
        raise TypeError(
            f"sampler_or_samples must be a fitted sampler or windows, got the class {source.__name__}."
        )
    if draw:
        sampler, X_real = unwrap_sampler(source, X_real)
        if X_held_out is not None:
            X_held_out = unwrap_sampler(source, X_held_out)[1]
    _refuse_others(sampler, source, X_real)
    if n_channels is None:
        axes = np.ndim(X_real)
        n_channels = np.shape(X_real)[2] if axes == 3 else getattr(sampler, "n_channels", None)
    names = channel_names
    if names is None:
        names = guess_names(X_real, n_channels)
    train = _read(X_real, n_channels, "X_real", _LEAST if X_held_out is not None else 2 * _LEAST)
    held_out = None if X_held_out is None else _read(X_held_out, n_channels, "X_held_out", _LEAST)
    if draw:
        size = min(len(train), _MOST_DRAWN)
        source = sampler.sample(size, random_state=seed)
    new = _read(source, train.shape[2], "sampler_or_samples", _LEAST)
    for name, X in (("X_held_out", held_out), ("sampler_or_samples", new)):
        if X is not None and X.shape[1:] != train.shape[1:]:
            raise ValueError(
                f"{name} has windows of shape {X.shape[1:]}, but those of X_real have shape {train.shape[1:]}."
            )
    names = check_names(None if names is None else list(names), train.shape[2])
    reference, others = _halves(train, seed) if held_out is None else (held_out, train)
    return Sets(train, held_out, new, reference, others, names, sampler)


def _read(X, n_channels, name, least):
    return check_windows(X, n_channels=n_channels, name=name, min_windows=least)


def _refuse_others(sampler, source, X_real):
    """Refuse items that are no windows."""
    if is_text(X_real) or is_text(source) or (sampler is not None and takes_text(sampler)):
        kind = "texts"
    elif isinstance(sampler, DCGANSampler) or np.ndim(X_real) == 4:
        kind = "images"
    elif is_ragged(X_real) or is_ragged(source):
        kind = "series of unequal length"
    else:
        return
    raise ValueError(f"report is for windows: {kind} are not supported yet.")


def _halves(windows, seed):
    """Return two random halves of the windows, in their order."""
    first = np.random.default_rng(seed).permutation(len(windows)) % 2 == 0
    return windows[first], windows[~first]
