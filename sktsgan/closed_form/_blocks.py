"""Which channels have nothing to do with each other."""

import numpy as np
from scipy.linalg import eigh
from scipy.sparse.csgraph import connected_components

__all__ = ["independent_blocks"]

_MAX_CORRELATION = 0.1
_STANDARD_ERRORS = 4.0
_MOST_ALLOWED = 0.5
_N_SHAPES = 3
_MAX_WINDOWS = 5000


def _summaries(channel):
    """Return numbers that say what a channel does in each window, and their squares, standardised."""
    level = channel.mean(axis=1, keepdims=True)
    residual = channel - level
    scale = np.log(residual.std(axis=1, keepdims=True) + 0.01 * residual.std() + 1e-12)
    last = residual.shape[1] - 1
    leading = [max(last - _N_SHAPES + 1, 0), last]
    axes = eigh(residual.T @ residual, subset_by_index=leading)[1]
    parts = [_standardise(np.concatenate([level, scale, residual @ axes], axis=1))]
    parts.append(_standardise(parts[0] ** 2))
    return np.concatenate(parts, axis=1)


def _standardise(columns):
    spread = columns.std(axis=0)
    centred = (columns - columns.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0)
    return np.clip(centred, -4, 4)


def independent_blocks(scores, indicators=None):
    """Split channels into blocks such that nothing links channels of different blocks.

    Two channels are linked where levels, log-scales, the three leading shapes of either, or the squares of these,
    correlate over windows by more than 0.1, or by more than four standard errors, at most 0.5, where windows are
    few. What is linked through others belongs together. A mixture in the product of unrelated
    channels would need a group for every combination of their states.

    Parameters
    ----------
    scores : ndarray of shape (n_windows, n_timesteps, n_channels)
    indicators : list of ndarray of shape (n_windows, n_timesteps, n_indicators) or None, default=None
        For channels of categories, the indicators of these: a channel is linked where one of them is.

    Returns
    -------
    blocks : list of ndarray
        Channels of each block, in order of their first.
    """
    n_channels, every = scores.shape[2], -(-len(scores) // _MAX_WINDOWS)
    indicators = [None] * n_channels if indicators is None else indicators
    parts = [
        scores[::every, :, c, None] if own is None else own[::every].astype(np.float64)
        for c, own in enumerate(indicators)
    ]
    owner = np.repeat(np.arange(n_channels), [part.shape[2] for part in parts])
    columns = np.concatenate(parts, axis=2)
    summaries = [_summaries(columns[..., i]) for i in range(len(owner))]
    width, summaries = summaries[0].shape[1], np.concatenate(summaries, axis=1)
    strength = np.abs(summaries.T @ summaries) / len(columns)
    strength = strength.reshape(len(owner), width, len(owner), width).max(axis=(1, 3))
    between = np.zeros((n_channels, n_channels))
    np.maximum.at(between, (owner[:, None], owner[None]), strength)
    # below 64 windows nothing can be called unrelated with confidence: what may belong together stays so
    allowed = np.clip(_STANDARD_ERRORS / np.sqrt(len(columns)), _MAX_CORRELATION, _MOST_ALLOWED)
    linked = between > allowed
    labels = connected_components(linked, directed=False)[1]
    blocks = [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]
    return sorted(blocks, key=lambda block: block[0])
