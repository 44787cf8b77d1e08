"""Rules of a sampler in a pipeline: they speak of the series, in its units."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import has_fit_parameter

__all__ = ["mend_piece", "mend_rows", "settle_rows", "tell_channels"]


def tell_channels(params, sampler, parts):
    """Add to the fit parameters of a sampler with rules the names and the units of the channels of the series.

    Raises
    ------
    ValueError
        If steps do more than to scale each channel: then rules of the series are none of its windows.
    """
    steps = [*parts.before, *parts.after]
    if getattr(sampler, "constraints", None) is None or not has_fit_parameter(sampler, "channels"):
        return
    windowizer = parts.windowizer
    if windowizer is None and not steps:
        return
    if windowizer is None or parts.after:
        raise ValueError(
            "constraints need a pipeline whose only steps are scalers before the Windowizer, but "
            f"{type(steps[-1]).__name__} comes after it."
        )
    names = getattr(windowizer, "feature_names_in_", ())
    n = windowizer.n_features_in_
    if len(names) != n:
        names = [f"x{c}" for c in range(n)]
    probes = np.array([np.zeros(n), np.ones(n), np.linspace(-1, 2, n)])
    zero, one, other = np.asarray(parts.backward(probes, names), dtype=float)
    scale = one - zero
    if not np.allclose(probes[2] * scale + zero, other) or not (scale > 0).all():
        raise ValueError(
            "constraints need steps that scale each channel, as StandardScaler does, but the steps before the "
            f"Windowizer, {', '.join(type(step).__name__ for step in parts.before)}, do more."
        )
    params.setdefault("channels", pd.DataFrame({"scale": scale, "offset": zero}, index=names))


def settle_rows(rows, sampler, n_timesteps):
    """Return rows of windows in which the rules hold that rounding has broken on the way back to the units."""
    rules = getattr(sampler, "rules_", None)
    if rules is None or n_timesteps is None:
        return rows
    windows = np.asarray(rows, dtype=float).reshape(-1, n_timesteps, len(rules.names))
    return rules.settle(windows).reshape(-1, len(rules.names))


def mend_rows(filled, rows, known, lengths, sampler):
    """Return values for the rows of series such that rules hold beside what was observed, and from window to window.

    Parameters
    ----------
    filled : ndarray of shape (n_draws, n_rows, n_channels)
    rows : ndarray of shape (n_rows,)
        Their numbers in the series; if one occurs twice, its first values count.
    known : ndarray of shape (n_steps, n_channels)
        All series, one below the other, with NaN.
    lengths : list of int
        Steps of each series.
    sampler : sampler
    """
    rules = getattr(sampler, "rules_", None)
    if rules is None:
        return filled
    series = np.repeat(known[None], len(filled), axis=0)
    series[:, rows[::-1]] = filled[:, ::-1]
    ends = np.cumsum(lengths)[:-1]
    parts = zip(np.split(series, ends, axis=1), np.split(known, ends), strict=True)
    mended = [rules.mend(*pair, in_units=True) for pair in parts]
    return np.concatenate(mended, axis=1)[:, rows]


def mend_piece(values, last, sampler):
    """Return pieces of new series in which rules hold, also beside the step before them.

    Parameters
    ----------
    values : ndarray of shape (n_series, n_steps, n_channels)
        In the units of the rules; they move no farther than a rule asks for.
    last : ndarray of shape (n_series, 1, n_channels) or None
        The step before; None where nothing came before.
    sampler : sampler
    """
    rules = getattr(sampler, "rules_", None)
    if rules is None:
        return values
    if last is None:
        return rules.mend(values, np.full(values.shape, np.nan), in_units=True)
    known = np.concatenate([last, np.full(values.shape, np.nan)], axis=1)
    return rules.mend(np.concatenate([last, values], axis=1), known, in_units=True)[:, 1:]
