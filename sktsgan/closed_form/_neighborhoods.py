"""Windows drawn from the neighbourhoods of training windows."""

from dataclasses import dataclass

import numpy as np
import torch

from sktsgan.closed_form._blocks import independent_blocks
from sktsgan.closed_form._components import WindowComponents, log_scale_floor, scale_mix
from sktsgan.closed_form._expectation import fit_expectation
from sktsgan.closed_form._donors import balance_donors
from sktsgan.closed_form._neighbor_search import find_neighbors, split_cells
from sktsgan.closed_form._overlap import times_of_windows
from sktsgan.scaling._indicators import CategoryIndicators
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["WindowNeighborhoods"]

_LEVEL_WEIGHT = 2.0  # beside one step of a shape, in what makes windows alike
_LOG_SCALE_WEIGHT = 0.5
_CONDITION_WEIGHT = 1.0  # of what is known of a window beside all that is seen of it
_EXPECTED_WEIGHT = 3.0  # of what that lets one expect, beside what is seen
_LEAST_SPREAD = 1e-6  # of conditions within classes, below which nothing is known
_SLOW_SHARE = 1 / 8  # of the cosines of a shape; they are blended, the fast ones are taken whole
_APART = 1 / 4  # of a window's length, between the neighbours of a window
_FEW = 20  # windows of a class, below which it borrows from the others how windows vary
_LENT = 8  # windows of which the variation of a window of few is made
_FLAT = 0.3  # root mean square below which a blended shape isn't scaled up
_CLOSENESS = 0.8  # of numbers to the window that gives the categories beside them, as a correlation
_CHUNK_VALUES = 2**24  # of the neighbours whose draws are made together


@dataclass
class _Block:
    """Neighbourhoods in channels that have to do with each other.

    Attributes
    ----------
    channels : ndarray of shape (n_block_channels,)
        Their places among the free channels.
    codes : ndarray of shape (n_windows, n_codes)
        Level, log-scale and shape of each window.
    neighbors : ndarray of shape (n_windows, n_neighbors)
        Rows of the windows that a draw around each is made of.
    expected : ndarray of shape (n_windows, n_codes) or None
        Codes that the conditions of each window let one expect.
    varied : ndarray of shape (n_lent, n_codes) or None
        How windows differ from the means of their classes, for classes of few to borrow.
    turns : ndarray of shape (n_windows, n_neighbors) or None
        Running sums of the chances of neighbours to be the donor; None where they are equal.
    """

    channels: np.ndarray
    codes: np.ndarray
    neighbors: np.ndarray
    expected: np.ndarray | None
    varied: np.ndarray | None
    turns: np.ndarray | None = None

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
        donors = near[np.arange(len(rows)), self._take_turns(rows, rng)]
        seen, given = self.codes[near], self.codes[donors]
        if self.expected is not None:  # neighbours move by what their conditions differ in
            own = self.expected[rows]
            seen = seen + own[:, None] - self.expected[near]
            given = given + own - self.expected[donors]
        means = 1 / near.shape[1] if self.turns is None else self._chances(rows)
        closeness = 0.0 if self.turns is None else _CLOSENESS
        codes = _blend(seen, given, means, len(self.channels), rng, closeness)
        few = widths > 0
        if few.any():
            codes[few] = self.codes[rows[few]] + widths[few, None] * self._vary(few.sum(), rng)
        return decode(codes, len(self.channels)), np.where(few, rows, donors)

    def _chances(self, rows):
        return np.diff(self.turns[rows], prepend=0, axis=1).astype(np.float32)

    def _take_turns(self, rows, rng):
        """Return which neighbour of each window is the donor."""
        n_neighbors = self.neighbors.shape[1]
        if self.turns is None:
            return rng.integers(n_neighbors, size=len(rows))
        chance = rng.random((len(rows), 1))
        return np.minimum((self.turns[rows] <= chance).sum(axis=1), n_neighbors - 1)

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
    its class has more than k others. The fast part of the shape, all but the first eighth of its cosines, is that of
    one of the neighbours, so that steps, kinks and noise are as they were read. Channels that have nothing to do with
    each other have neighbourhoods of their own. Neighbours are of the window's class and alike in what is known of
    them, share no reading with the window and are a quarter of its length apart from each other, as far as there are
    so many.

    Beside other classes, one of n < 20 windows borrows from all how windows vary: a draw is one of its windows, moved
    by 1/√n of what other windows differ from the means of their classes (a smoothed bootstrap; Silverman and Young
    1987). What lies between so few windows needn't be like any of them.

    Parameters
    ----------
    n_neighbors : int, default=8
        Neighbours k of each window, at least two; a class of fewer windows uses all of them, in turns.
    """

    def __init__(self, n_neighbors=8):
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

    def _indicate(self, channels):
        """Return for each of some channels the indicators of its categories, or None where it has numbers."""
        return [
            CategoryIndicators().fit(x := self.as_read_[k]).transform(x).astype(np.float32)
            if self.scaler_.categorical_[k]
            else None
            for k in channels
        ]

    def _fit_blocks(self, scores, blended, conditions, times):
        indicators = self._indicate(blended)
        for block in independent_blocks(scores.astype(np.float64), indicators):
            codes, expected = encode(scores[..., block]), None
            if conditions is not None:
                regression = fit_expectation(conditions, codes)
                expected = regression.predict(conditions).astype(np.float32)
            features = _features(codes, [indicators[i] for i in block], conditions, expected)
            neighbors = self._find_neighbors(features, times)
            varied = self._vary_about_classes(codes) if self.widths_.any() else None
            chosen = any(indicators[i] is not None for i in block)
            turns = balance_donors(neighbors) if chosen else None
            self.blocks_.append(_Block(blended[block], codes, neighbors, expected, varied, turns))

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


def _weigh_categories(indicators):
    """Return the shares of categories, and what steps differ from them, as they count."""
    level = indicators.mean(axis=1, keepdims=True)
    parts = _LEVEL_WEIGHT * level[:, 0], (indicators - level).reshape(len(indicators), -1)
    return np.concatenate(parts, axis=1)


def _features(codes, indicators, conditions, expected):
    """Return what makes windows alike.

    What conditions let one expect counts most. Conditions count by themselves too: they may tell of what no
    regression sees, such as a frequency at any phase. Of a channel of categories its indicators count, not its codes.
    """
    n_channels = len(indicators)
    numbers = np.array([own is None for own in indicators])
    numbers = np.tile(numbers, codes.shape[1] // n_channels)  # level, log-scale and steps, each by channel
    own = [_weigh_categories(own) for own in indicators if own is not None]
    features = np.concatenate([_weigh(codes, n_channels)[:, numbers], *own], axis=1)
    if conditions is None:
        return features
    spread = np.sqrt(features.var(axis=0).sum() / conditions.var(axis=0).sum())
    parts = [_weigh(expected, n_channels)[:, numbers]]
    parts += [fit_expectation(conditions, part).predict(conditions) for part in own]
    known = _CONDITION_WEIGHT * spread * conditions
    expected = _EXPECTED_WEIGHT * np.concatenate(parts, axis=1)
    return np.concatenate([features, known, expected], axis=1, dtype=np.float32)


def _blend(seen, donors, means, n_channels, rng, closeness):
    """Return codes of one draw from each neighbourhood.

    Parameters
    ----------
    seen : ndarray of shape (n_draws, n_neighbors, n_codes)
        Codes of the neighbours.
    donors : ndarray of shape (n_draws, n_codes)
        Codes of those whose fast part is taken.
    means : float or ndarray of shape (n_draws, n_neighbors)
        The mean weights of the neighbours.
    n_channels : int
    rng : numpy.random.Generator
    closeness : float
        How close draws come to their donors; covariances are the same whatever it is.
    """
    n_draws, n_neighbors, _ = seen.shape
    weights = rng.standard_normal((n_draws, n_neighbors), dtype=np.float32)
    weights -= weights.mean(axis=1, keepdims=True)
    weights /= np.sqrt(n_neighbors - 1)
    weights += means
    codes = np.matmul(weights[:, None], seen)[:, 0]
    if closeness:
        centre = np.matmul(np.broadcast_to(means, weights.shape)[:, None], seen)[:, 0]
        codes = centre + np.sqrt(1 - closeness**2) * (codes - centre)
        codes += closeness * (donors - centre)
    shape = codes[:, 2 * n_channels :].reshape(n_draws, -1, n_channels)
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
