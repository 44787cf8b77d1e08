"""Which windows share readings with which, told from the windows themselves."""

import numpy as np

__all__ = ["times_of_windows"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
_LONGEST_SHIFT = 3 / 4  # of a window's length; of windows that share less, it isn't looked for


def times_of_windows(windows):
    """Return a time for every window; those less than a window's length apart share readings.

    A window that begins with what another ends with follows it. Windows may come in any order, with any gaps and at
    any stride of up to three quarters of their length. Of what occurs twice, such as a stretch of constants, only
    neighbouring rows are put together. Every chain of windows has times of its own, far from those of the others.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        May hold NaN, which equals NaN.

    Returns
    -------
    times : ndarray of shape (n_windows,), int64
    """
    n_windows, n_timesteps, _ = windows.shape
    sums, powers = _running_hashes(windows)
    before, gap = np.arange(n_windows), np.zeros(n_windows, dtype=np.int64)
    has_next = np.zeros(n_windows, dtype=bool)
    last_shift = max(int(_LONGEST_SHIFT * n_timesteps), 1) if n_timesteps > 1 else 0
    for shift in range(1, last_shift + 1):
        first, last = ~has_next, before == np.arange(n_windows)
        if not first.any() or not last.any():
            break
        ends = sums[:, -1] - sums[:, shift - 1]
        starts = sums[:, n_timesteps - shift - 1] * powers[shift]
        left, right = _matches(ends, starts, np.flatnonzero(first), np.flatnonzero(last))
        before[right], gap[right], has_next[left] = left, shift, True
    return _follow(before, gap, n_timesteps)


def _running_hashes(windows):
    """Return sums of hashed steps from the start of each window, and the powers that they are weighted by.

    Whole numbers wrap around exactly, so equal stretches have equal sums wherever they lie.
    """
    n_timesteps, n_channels = windows.shape[1:]
    windows = np.where(np.isnan(windows), np.nan, windows + 0.0)  # one NaN, and -0.0 equals 0.0
    bits = windows.astype(np.float64).view(np.uint64)
    bits = (bits ^ (bits >> np.uint64(29))) * _BASE
    bits ^= bits >> np.uint64(32)
    odd = np.random.default_rng(0).integers(1, 2**63, n_channels, dtype=np.uint64) * np.uint64(2)
    steps = (bits * (odd + np.uint64(1))).sum(axis=2, dtype=np.uint64)
    powers = np.full(n_timesteps, _BASE)
    powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    return np.cumsum(steps * powers, axis=1, dtype=np.uint64), powers


def _matches(ends, starts, left, right):
    """Return pairs of rows where what one ends with is what the other starts with."""
    beside = left[:-1][left[1:] == left[:-1] + 1]
    beside = beside[np.isin(beside + 1, right, assume_unique=True)]
    beside = beside[ends[beside] == starts[beside + 1]]
    left, lone_ends = _unique_keys(ends, np.setdiff1d(left, beside, assume_unique=True))
    right, lone_starts = _unique_keys(starts, np.setdiff1d(right, beside + 1, assume_unique=True))
    _, i, j = np.intersect1d(lone_ends, lone_starts, assume_unique=True, return_indices=True)
    i, j = left[i], right[j]
    apart = i != j  # a constant window follows itself
    return np.concatenate([beside, i[apart]]), np.concatenate([beside + 1, j[apart]])


def _unique_keys(keys, rows):
    """Return the rows whose key no other row has, and their keys."""
    values, first, count = np.unique(keys[rows], return_index=True, return_counts=True)
    return rows[first[count == 1]], values[count == 1]


def _follow(before, gap, n_timesteps):
    """Add up the gaps from the first window of each chain, and set chains apart."""
    gap = gap.copy()
    for _ in range(int(np.ceil(np.log2(len(before) + 1)))):
        gap += gap[before]
        before = before[before]
    _, chain = np.unique(before, return_inverse=True)
    lengths = np.zeros(chain.max() + 1, dtype=np.int64)
    np.maximum.at(lengths, chain, gap)
    offsets = np.concatenate([[0], np.cumsum(lengths + 2 * n_timesteps)[:-1]])
    return offsets[chain] + gap
