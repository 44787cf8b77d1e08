"""Rules that all steps of windows obey, and that chance would not have made."""

import numpy as np

__all__ = ["find_rules"]

_LEAST_ROWS = 50
_MAX_ROWS = 100_000
_BY_CHANCE = 0.05  # of rows whose channels were shuffled, that must break an order
_ROUND_BOUNDS = 1.0, 100.0  # at which shares and percentages end
_ROUNDING = 1e-6
_MOVES = 0.02  # share of steps at which a counter must rise


def find_rules(windows, names, categorical=()):
    """Return texts of the rules that all steps obey.

    These are 0 as a lower bound, 1 or 100 as an upper one that is reached, counters, channels that are sums of others,
    orders of two channels that more than 5 % of the steps would break if the channels were shuffled, and pairs of
    categorical channels in which the category of one tells that of the other.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
    names : list of str
    categorical : sequence of int, default=()
        The channels of categories.
    """
    rows = windows.reshape(-1, windows.shape[-1])
    varied = [c for c in range(len(names)) if np.nanstd(rows[:, c]) > 0 and _is_name(names[c])]
    channels = [c for c in varied if c not in categorical]
    counters = [c for c in channels if _never_falls(windows[..., c])]
    texts = [text for c in channels for text in _find_bounds(rows[:, c], names[c])]
    texts += [f"increasing({names[c]})" for c in counters]
    rows = rows[~np.isnan(rows[:, varied]).any(axis=1)]
    if len(rows) < _LEAST_ROWS:
        return texts
    rows = rows[:: -(-len(rows) // _MAX_ROWS)]
    others = [c for c in channels if c not in counters]
    pairs = _find_combinations(rows, names, [c for c in varied if c in categorical])
    return [*texts, *_find_sums(rows, names, channels), *_find_orders(rows, names, others), *pairs]


def _is_name(name):
    return not any(sign in name for sign in "+<>=(),") and name == name.strip() != ""


def _find_bounds(column, name):
    low, high = np.nanmin(column), np.nanmax(column)
    if low >= 0:
        upper = next((f" <= {bound:g}" for bound in _ROUND_BOUNDS if high == bound), "")
        yield f"0 <= {name}{upper}"


def _never_falls(channel):
    """Return whether a channel falls in no window, and rises now and then."""
    increments = np.diff(channel, axis=1)
    known = increments[~np.isnan(increments)]
    return bool(len(known) >= _LEAST_ROWS and (known >= 0).all() and (known > 0).mean() > _MOVES)


def _find_sums(rows, names, channels):
    """Return sums among channels: regressions whose coefficients are 0 and 1."""
    texts, done = [], set()
    for c in channels:
        others = [o for o in channels if o != c]
        if not others or c in done:
            continue
        design = np.column_stack([rows[:, others], np.ones(len(rows))])
        scale = np.abs(design).max(axis=0)
        found = np.linalg.lstsq(design / scale, rows[:, c], rcond=1e-9)[0] / scale
        whole = np.round(found[:-1])
        constant = np.median(rows[:, c] - rows[:, others] @ whole)
        parts = [o for o, weight in zip(others, whole, strict=True) if weight]
        tolerance = _ROUNDING * np.abs(rows[:, [c, *parts]]).max()
        gap = np.abs(rows[:, others] @ whole + constant - rows[:, c]).max()
        if not parts or gap > tolerance:
            continue
        text = _write_sum(c, parts, whole, constant, tolerance, names)
        if text is not None:
            texts.append(text)
            done |= {c, *parts}
    return texts


def _write_sum(c, parts, weights, constant, tolerance, names):
    """Return the rule that a regression of a channel on its parts means, or None."""
    if set(weights) <= {0, 1} and abs(constant) <= tolerance and len(parts) > 1:
        return f"{' + '.join(names[o] for o in parts)} == {names[c]}"
    if set(weights) <= {0, -1}:
        return f"{' + '.join(names[o] for o in sorted([c, *parts]))} == {constant:.12g}"
    return None


def _find_orders(rows, names, channels):
    """Return the orders of two channels, without those that follow from two others."""
    shuffled = np.random.default_rng(0).permutation(len(rows))
    below = np.zeros((rows.shape[1], rows.shape[1]), dtype=bool)
    for a in channels:
        for b in channels:
            if a == b or below[b, a] or not (rows[:, a] <= rows[:, b]).all():
                continue
            below[a, b] = (rows[shuffled, a] > rows[:, b]).mean() > _BY_CHANCE
    follows = (below.astype(int) @ below.astype(int)) > 0
    return [f"{names[a]} <= {names[b]}" for a, b in np.argwhere(below & ~follows)]


def _find_combinations(rows, names, channels):
    """Return pairs of categorical channels in which one tells the other; each channel is in one pair."""
    texts, done = [], set()
    for i, a in enumerate(channels):
        for b in channels[i + 1 :]:
            if {a, b} & done:
                continue
            n_a, n_b, n_both = (len(np.unique(rows[:, own], axis=0)) for own in ([a], [b], [a, b]))
            if n_both == max(n_a, n_b):
                texts.append(f"combinations({names[a]}, {names[b]})")
                done |= {a, b}
    return texts
