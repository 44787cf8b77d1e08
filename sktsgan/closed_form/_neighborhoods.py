"""Windows drawn from the neighbourhoods of training windows."""

from dataclasses import dataclass

import numpy as np
import torch

from sktsgan.closed_form._blocks import independent_blocks
from sktsgan.closed_form._components import WindowComponents, log_scale_floor, scale_mix
from sktsgan.closed_form._expectation import fit_expectation
from sktsgan.closed_form._neighbor_search import find_neighbors, split_cells
from sktsgan.closed_form._overlap import times_of_windows
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["WindowNeighborhoods"]

_LEVEL_WEIGHT = 2.0  # beside one step of a shape, in what makes windows alike
_LOG_SCALE_WEIGHT = 0.5
_CONDITION_WEIGHT = 1.0  # of what is known of a window beside all that is seen of it
_EXPECTED_WEIGHT = 3.0  # of what that lets one expect, beside what is seen
_LEAST_SPREAD = 1e-6  # of conditions within classes, below which nothing is known
_SLOW_SHARE = 1 / 8  # of the cosines of a shape; they are blended, the fast ones are taken whole
_APART = 1 / 4  # of a window's length, between the neighbours of a window
_NEAR = 0.5  # of the spread of neighbours in level and scale, which their mean may be away from the window
_FEW = 20  # windows of a class, below which it borrows from the others how windows vary
_LENT = 8  # windows of which the variation of a window of few is made
_FLAT = 0.3  # root mean square below which a blended shape isn't scaled up
_CHUNK_VALUES = 2**24  # of the neighbours whose draws are made together


@dataclass
class _Block:
    """Neighbourhoods in channels that have to do with each other.

    Attributes
    ----------
    channels : ndarray of shape (n_block_channels,)
        Their places among the free channels.
    steady : bool
        Whether a draw takes the fast part of its shape from one neighbour.
    codes : ndarray of shape (n_windows, n_codes)
        Level, log-scale and shape of each window.
    neighbors : ndarray of shape (n_windows, n_neighbors)
        Rows of the windows that a draw around each is made of.
    expected : ndarray of shape (n_windows, n_codes) or None
        Codes that the conditions of each window let one expect.
    varied : ndarray of shape (n_lent, n_codes) or None
        How windows differ from the means of their classes, for classes of few to borrow.
    """

    channels: np.ndarray
    steady: bool
    codes: np.ndarray
    neighbors: np.ndarray
    expected: np.ndarray | None
    varied: np.ndarray | None

    def draw(self, rows, widths, rng):
        """Draw around windows.

        Parameters
        ----------
        rows : ndarray of shape (n_draws,)
            The windows.
        widths : ndarray of shape (n_draws,)
            For windows of small classes, the share of the variation in all classes that they are to have; else 0.
        rng : numpy.random.Generator

        Returns
        -------
        scores : ndarray of shape (n_draws, n_timesteps, n_block_channels)
        donors : ndarray of shape (n_draws,)
            The windows that the fast part of each draw was taken from.
        """
        near = self.neighbors[rows]
        donors = near[np.arange(len(rows)), rng.integers(near.shape[1], size=len(rows))]
        seen, given = self.codes[near], self.codes[donors]
        if self.expected is not None:  # neighbours move by what their conditions differ in
            own = self.expected[rows]
            seen = seen + own[:, None] - self.expected[near]
            given = given + own - self.expected[donors]
        seen = seen + _way_back(seen, self.codes[rows], 2 * len(self.channels))[:, None]
        codes = _blend(seen, given if self.steady else None, len(self.channels), rng)
        few = widths > 0
        if few.any():
            codes[few] = self.codes[rows[few]] + widths[few, None] * self._vary(few.sum(), rng)
        return decode(codes, len(self.channels)), np.where(few, rows, donors)

    def _vary(self, n_draws, rng):
        """Return draws of how windows differ from the means of their classes, of mean 0 and of their covariance."""
        lent = self.varied[rng.integers(len(self.varied), size=(n_draws, _LENT))]
        weights = rng.standard_normal((n_draws, _LENT, 1), dtype=np.float32)
        return (weights * lent).sum(axis=1) / np.sqrt(_LENT)


class WindowNeighborhoods:
    """Gaussians of the neighbours of each training window.

    A window goes to level, log-scale and shape of each channel. A draw around a training window blends its neighbours,

        x = x̄ + Σ_j w_j (x_j − x̄),   w = (g − ḡ) / √(k − 1),   g ~ N(0, I_k),

    which has their mean x̄ and their covariance, though this is never computed. The window itself takes no part where
    its class has more than k others. Neighbours are of the window's class and alike in what is known of them, share no
    reading with the window and are a quarter of its length apart from each other, as far as there are so many.
    Channels that have nothing to do with each other have neighbourhoods of their own.

    Rare windows have neighbours where windows are more frequent. In level and log-scale these are moved until their
    mean is no farther than half their spread from the window, so that rare levels stay as frequent as they are.

    Where a channel of the block often stands still, the fast part of the shape, all but the first eighth of its
    cosines, is that of one of the neighbours: a mean of windows has no steps and kinks. (Without this, boosting tells
    weather read at round hours at .80 instead of .70.) Elsewhere it is blended, too. (With it, sines at .67 instead of
    .58.)

    Beside other classes, one of n < 20 windows borrows from all how windows vary: a draw is one of its windows, moved
    by 1/√n of what other windows differ from the means of their classes (a smoothed bootstrap; Silverman and Young
    1987). What lies between so few windows needn't be like any of them.

    Parameters
    ----------
    n_neighbors : int, default=10
        Neighbours k of each window, at least two; a class of fewer windows uses all of them, in turns.
    """

    def __init__(self, n_neighbors=10):
        self.n_neighbors = n_neighbors

    def fit(self, windows, classes=None, conditions=None, times=None, scaler=None):
        """Learn from windows.

        Parameters
        ----------
        windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        classes : ndarray of shape (n_windows,), default=None
            The class of each window as an integer; neighbours are of the same.
        conditions : ndarray of shape (n_windows, n_conditions), default=None
            What is known of each window; neighbours are alike in it.
        times : ndarray of shape (n_windows,), default=None
            When windows begin, in steps. None tells from the windows which of them share readings.
        scaler : ReadingScaler, default=None
            Fitted on other windows; None fits one on these.
        """
        self.shape_ = windows.shape
        self.classes_ = np.zeros(len(windows), dtype=int) if classes is None else classes
        _, self._of_class, counts = np.unique(
            self.classes_, return_inverse=True, return_counts=True
        )
        self._members, self._counts = np.argsort(self._of_class, kind="stable"), counts
        few = (counts < _FEW) & (len(counts) > 1)
        self.widths_ = np.where(few, 1 / np.sqrt(counts), 0.0)[self._of_class].astype(np.float32)
        conditions = vary_within(conditions, self._of_class)
        self.conditioned_ = conditions is not None
        self.scaler_ = ReadingScaler().fit(windows) if scaler is None else scaler
        free, apart = self.scaler_.free_, self.scaler_.white_ | self.scaler_.atomic_
        self.as_read_ = {k: windows[..., free[k]].copy() for k in np.flatnonzero(apart)}
        self.blocks_ = []
        blended = np.flatnonzero(~self.scaler_.white_)
        if len(blended):
            times = times_of_windows(windows) if times is None else times
            scores = self.scaler_.transform(windows)[..., blended]
            self._fit_blocks(scores, blended, conditions, times)
        return self

    def _fit_blocks(self, scores, blended, conditions, times):
        for block in independent_blocks(scores.astype(np.float64)):
            codes, expected = encode(scores[..., block]), None
            if conditions is not None:
                regression = fit_expectation(conditions, codes)
                expected = regression.predict(conditions).astype(np.float32)
            features = _features(codes, len(block), conditions, expected)
            neighbors = self._find_neighbors(features, times)
            varied = self._vary_about_classes(codes) if self.widths_.any() else None
            steady = bool((self.scaler_.steady_ & ~self.scaler_.atomic_)[blended[block]].any())
            self.blocks_.append(_Block(blended[block], steady, codes, neighbors, expected, varied))

    def _vary_about_classes(self, codes):
        """Return how codes differ from the means of their classes, as far as classes have two windows."""
        sums = np.zeros((len(self._counts), codes.shape[1]))
        np.add.at(sums, self._of_class, codes)
        means = sums / self._counts[:, None]
        if self._counts.max() == 1:
            means[:] = codes.mean(axis=0)
        lends = (self._counts > 1) | (self._counts.max() == 1)
        # of n windows about their own mean, 1/n of the variation is lost
        lost = np.sqrt(1 - 1 / np.maximum(self._counts, 2))[self._of_class, None]
        return ((codes - means[self._of_class]) / lost)[lends[self._of_class]].astype(np.float32)

    def _find_neighbors(self, features, times):
        k, n_timesteps = self.n_neighbors, self.shape_[1]
        apart = max(int(_APART * n_timesteps), 1)
        neighbors = np.empty((len(features), k), dtype=np.int32)
        for rows in np.split(self._members, np.cumsum(self._counts)[:-1]):
            for cell in split_cells(features, rows):
                found = find_neighbors(features[cell], times[cell], n_timesteps, apart, k)
                turns = np.arange(k) % found.shape[1]
                neighbors[cell] = cell[found[:, turns]]
        return neighbors

    def sample(self, n_draws, rng, rows=None):
        """Draw windows in the units of those seen in ``fit``.

        Parameters
        ----------
        n_draws : int
        rng : numpy.random.Generator
        rows : ndarray of shape (n_draws,), default=None
            Training windows to draw around; None draws them at random.

        Returns
        -------
        windows : ndarray of shape (n_draws, n_timesteps, n_channels)
        """
        if rows is None:
            rows = rng.integers(self.shape_[0], size=n_draws)
        width = max([block.codes.shape[1] for block in self.blocks_], default=1)
        step = max(_CHUNK_VALUES // (self.n_neighbors * width), 1)
        windows = np.empty((n_draws, *self.shape_[1:]))
        for start in range(0, n_draws, step):
            chunk = slice(start, start + step)
            drawn = self.draw_scores(rows[chunk], rng)
            windows[chunk] = self.scaler_.inverse_transform(*drawn)
        return windows

    def draw_scores(self, rows, rng):
        """Draw around training windows, in the scores of ``scaler_``.

        Parameters
        ----------
        rows : ndarray of shape (n_draws,)
            Training windows to draw around.
        rng : numpy.random.Generator

        Returns
        -------
        scores : ndarray of shape (n_draws, n_timesteps, n_free)
            Of the channels that are neither constant nor a copy of another.
        as_read : dict of int to ndarray of shape (n_draws, n_timesteps)
            By place among these channels, the readings of those that take their values whole from training windows.
        """
        return self.draw_around(rows, rng)[:2]

    def draw_around(self, rows, rng):
        """Draw around training windows, and say which ones.

        Parameters
        ----------
        rows, rng
            As in ``draw_scores``.

        Returns
        -------
        scores, as_read
            As in ``draw_scores``.
        centres : ndarray of shape (n_draws, n_blocks)
            The training windows that the channels of each block were drawn around.
        """
        centres = np.empty((len(rows), len(self.blocks_)), dtype=np.int64)
        scores = np.zeros((len(rows), self.shape_[1], len(self.scaler_.free_)), dtype=np.float32)
        as_read = {}
        for i, block in enumerate(self.blocks_):
            # unrelated channels needn't follow the same window, unless more than its class is asked for
            own = rows if i == 0 or self.conditioned_ else self._draw_alike(rows, rng)
            centres[:, i] = own
            scores[..., block.channels], donors = block.draw(own, self.widths_[own], rng)
            for k in block.channels:
                if k in self.as_read_:
                    as_read[k] = self.as_read_[k][donors]
        for k in np.flatnonzero(self.scaler_.white_):
            alike = self._draw_alike(np.broadcast_to(rows[:, None], scores.shape[:2]), rng)
            steps = rng.integers(self.shape_[1], size=alike.shape)
            as_read[k] = self.as_read_[k][alike, steps]
        return scores, as_read, centres

    def _draw_alike(self, rows, rng):
        """Return windows of the same classes, drawn at random."""
        classes = self._of_class[rows]
        first = np.cumsum(self._counts) - self._counts
        return self._members[first[classes] + rng.integers(self._counts[classes])]


def vary_within(conditions, of_class):
    """Return how conditions differ from their means in each class, or None where they don't.

    Parameters
    ----------
    conditions : ndarray of shape (n_windows, n_conditions) or None
    of_class : ndarray of shape (n_windows,)
        The class of each window, as an integer from 0.
    """
    if conditions is None or not conditions.shape[1]:
        return None
    sums = np.zeros((of_class.max() + 1, conditions.shape[1]))
    np.add.at(sums, of_class, conditions)
    centred = conditions - (sums / np.bincount(of_class)[:, None])[of_class]
    return centred if centred.std() > _LEAST_SPREAD else None


def encode(scores):
    """Return level, log-scale and shape side by side, an array of shape (n_windows, n_codes)."""
    parts = scale_mix(torch.as_tensor(scores), log_scale_floor(scores))
    return WindowComponents.flatten(*parts).numpy()


def decode(codes, n_channels):
    """Return windows of scores, of shape (n_windows, n_timesteps, n_channels).

    Shapes get mean 0 and mean square 1 again, which blends have lost.
    """
    level, log_scale, shape = np.split(codes, [n_channels, 2 * n_channels], axis=1)
    shape = shape.reshape(len(codes), -1, n_channels)
    shape = shape - shape.mean(axis=1, keepdims=True)
    size = np.sqrt((shape**2).mean(axis=1, keepdims=True))
    shape = np.where(size > _FLAT, shape / np.maximum(size, _FLAT), shape)
    return level[:, None] + np.exp(log_scale)[:, None] * shape


def _weigh(codes, n_channels):
    """Return codes as they count in what makes windows alike."""
    weighted = codes.copy()
    weighted[:, :n_channels] *= _LEVEL_WEIGHT
    weighted[:, n_channels : 2 * n_channels] *= _LOG_SCALE_WEIGHT
    return weighted


def _features(codes, n_channels, conditions, expected):
    """Return what makes windows alike.

    What conditions let one expect counts most. Conditions count by themselves too: they may tell of what no
    regression sees, such as a frequency at any phase.
    """
    features = _weigh(codes, n_channels)
    if conditions is None:
        return features
    spread = np.sqrt(features.var(axis=0).sum() / conditions.var(axis=0).sum())
    known = _CONDITION_WEIGHT * spread * conditions
    expected = _EXPECTED_WEIGHT * _weigh(expected, n_channels)
    return np.concatenate([features, known, expected], axis=1, dtype=np.float32)


def _way_back(seen, own, n_codes):
    """Return how codes are to move lest windows far from all others vanish.

    The neighbours of a rare window lie where windows are more frequent, so that draws around them would gather in the
    middle. Of the first codes, levels and log-scales, they move until their mean is half their spread from the window.

    Parameters
    ----------
    seen : ndarray of shape (n_draws, n_neighbors, n_all_codes)
        Codes of the neighbours.
    own : ndarray of shape (n_draws, n_all_codes)
        Codes of the windows.
    n_codes : int

    Returns
    -------
    way : ndarray of shape (n_draws, n_all_codes)
    """
    seen, way = seen[..., :n_codes], np.zeros_like(own)
    mean = seen.mean(axis=1)
    spread = np.sqrt(((seen - mean[:, None]) ** 2).sum(axis=2).mean(axis=1))
    gap = own[:, :n_codes] - mean
    distance = np.maximum(np.sqrt((gap**2).sum(axis=1)), 1e-9)
    way[:, :n_codes] = np.maximum(1 - _NEAR * spread / distance, 0)[:, None] * gap
    return way


def _blend(seen, donors, n_channels, rng):
    """Return codes of one draw from each neighbourhood.

    Parameters
    ----------
    seen : ndarray of shape (n_draws, n_neighbors, n_codes)
        Codes of the neighbours.
    donors : ndarray of shape (n_draws, n_codes) or None
        Codes of those whose fast part is taken; None blends it, too.
    n_channels : int
    rng : numpy.random.Generator
    """
    n_draws, n_neighbors, _ = seen.shape
    weights = rng.standard_normal((n_draws, n_neighbors), dtype=np.float32)
    weights -= weights.mean(axis=1, keepdims=True)
    weights /= np.sqrt(n_neighbors - 1)
    weights += 1 / n_neighbors
    codes = np.matmul(weights[:, None], seen)[:, 0]
    shape = codes[:, 2 * n_channels :].reshape(n_draws, -1, n_channels)
    if donors is not None:
        change = donors[:, 2 * n_channels :].reshape(shape.shape) - shape
        shape += np.matmul(_fast_projection(shape.shape[1]), change)
    return codes


def _fast_projection(n_timesteps):
    """Return the projection of a shape onto its fast cosines, of shape (n_timesteps, n_timesteps)."""
    n_slow = max(int(np.ceil(_SLOW_SHARE * n_timesteps)), 1)
    steps = (np.arange(n_timesteps) + 0.5) / n_timesteps
    slow = np.cos(np.pi * np.outer(np.arange(n_slow), steps))
    slow /= np.linalg.norm(slow, axis=1, keepdims=True)
    return (np.eye(n_timesteps) - slow.T @ slow).astype(np.float32)
