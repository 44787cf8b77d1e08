"""Holes filled so that rules hold beside what was observed."""

import numpy as np

__all__ = ["mend"]

_ROUNDS = 3  # one rule may undo what another needs


def mend(windows, known, order, combinations):
    """Return windows whose missing values obey rules; observed ones stay.

    A value moves no farther than a rule asks for: to what it must not be below or above. What a sum lacks is spread
    over its missing parts in proportion to them.

    Parameters
    ----------
    windows : ndarray of shape (..., n_timesteps, n_channels)
        Complete ones.
    known : ndarray of shape (..., n_timesteps, n_channels)
        What was observed, and NaN.
    order : RuleOrder
    combinations : list of ndarray of shape (n_combinations, n_categorical)
        Of each rule of combinations, the most frequent first.
    """
    free = np.isnan(known)
    made = np.where(free, windows, known)
    for channels, table in zip(order.combinations_, combinations, strict=True):
        _mend_combinations(made, free, list(channels), table)
    for _ in range(_ROUNDS):
        made = np.where(free, np.clip(made, order.low_, order.high_), made)
        for c in order.counters_:
            _mend_counter(made, free, known, c)
        _mend_orders(made, free, order)
        for c in order.order_:
            if c in order.sums_:
                _mend_sum(made, free, order.sums_[c], c)
        for parts, total in order.totals_:
            _spread(made, free, parts, total - made[..., parts].sum(axis=-1))
    return made


def _mend_combinations(made, free, channels, table):
    """Take those combinations, in place, that agree with what was observed and most with what was filled in."""
    holes = free[..., channels].any(axis=-1)
    same = made[..., channels][holes][:, None] == table
    same_known = (same | free[..., channels][holes][:, None]).all(axis=2)
    best = np.where(same_known, same.sum(axis=2), -1)
    values = made[..., channels]
    values[holes] = np.where(
        best.max(axis=1, initial=-1)[:, None] >= 0, table[best.argmax(axis=1)], values[holes]
    )
    made[..., channels] = values


def _mend_counter(made, free, known, c):
    """Let missing values lie between those observed before and after, in place."""
    values = known[..., c]
    low = np.fmax.accumulate(values, axis=-1)
    high = np.fmin.accumulate(values[..., ::-1], axis=-1)[..., ::-1]
    values = np.fmin(np.fmax(made[..., c], low), high)
    rising = np.maximum.accumulate(values, axis=-1)
    made[..., c] = np.where(free[..., c], rising, made[..., c])


def _mend_orders(made, free, order):
    """Let missing values obey inequalities, in place: from above, then from below."""
    for c in reversed(order.order_):
        for p in order.parents_[c]:
            limit = np.where(free[..., c], np.inf, made[..., c])
            lowered = np.minimum(made[..., p], limit)
            made[..., p] = np.where(free[..., p], lowered, made[..., p])
    for c in order.order_:
        if order.parents_[c]:
            base = made[..., order.parents_[c]].max(axis=-1)
            made[..., c] = np.where(free[..., c], np.maximum(made[..., c], base), made[..., c])


def _mend_sum(made, free, parts, c):
    sums = made[..., parts].sum(axis=-1)
    gap = np.where(free[..., c], 0.0, made[..., c] - sums)
    made[..., c] = np.where(free[..., c], sums, made[..., c])
    _spread(made, free, parts, gap)


def _spread(made, free, parts, gap):
    """Add a gap to the missing ones among parts, in place, in proportion to them where none is negative."""
    own, values = free[..., parts], made[..., parts]
    sizes = np.where(own, np.maximum(values, 0) + 1e-12, 0)
    shares = sizes / np.maximum(sizes.sum(axis=-1, keepdims=True), 1e-300)
    made[..., parts] = np.where(own, values + shares * gap[..., None], values)
