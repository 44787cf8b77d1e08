"""Rules that the windows of a sampler obey."""

import re

import pandas as pd

from sktsgan.scaling._constraints import ChannelRules

__all__ = ["check_rules", "decode", "encode", "read_constraints"]

_STEP = re.compile(
    r"(_t| @|[_ ]?)\d+$"
)  # behind the name of a channel, in the columns of flat windows


def read_constraints(sampler, windows, categorical, channels):
    """Return the rules of a sampler, fitted on windows, or None where it has none.

    Parameters
    ----------
    sampler : sampler
        ``constraints`` is its parameter, ``container_`` is set.
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
    categorical : sequence of int
    channels : DataFrame or list of str or None
        As ``fit`` got them.
    """
    if sampler.constraints is None:
        return None
    container = sampler.container_
    if container.noun != "windows":
        raise ValueError(f"constraints must be None for {container.noun}.")
    scale = offset = None
    if isinstance(channels, pd.DataFrame):
        scale, offset = (channels[name].to_numpy(float) for name in ("scale", "offset"))
        channels = channels.index
    names = _name_channels(container) if channels is None else list(map(str, channels))
    if len(names) != container.n_channels:
        raise ValueError(
            f"channels must hold the names of {container.n_channels} channels, got {len(names)}."
        )
    return ChannelRules(sampler.constraints, names, scale, offset).fit(windows, categorical)


def _name_channels(container):
    """Return the names of channels: those of columns without the step, or x0, x1 and so on."""
    n = container.n_channels
    if container.names is not None:
        return list(map(str, container.names))
    if container.columns is None:
        return [f"x{c}" for c in range(n)]
    first = list(map(str, container.columns[:n]))
    names = [_STEP.sub("", name) or name for name in first]
    return names if len(set(names)) == n else first


def check_rules(sampler, windows):
    """Raise a ValueError that shows what was observed in windows but breaks a rule."""
    if getattr(sampler, "rules_", None) is not None:
        sampler.rules_.check(windows)


def encode(sampler, windows):
    """Return windows as a sampler learns them, of which ``decode`` makes windows that obey its rules."""
    rules = getattr(sampler, "rules_", None)
    return windows if rules is None else rules.transform(windows)


def decode(sampler, made):
    """Return what a sampler made as windows that obey its rules."""
    rules = getattr(sampler, "rules_", None)
    return made if rules is None else rules.inverse_transform(made)
