"""Windows drawn from the neighbourhoods of training windows."""

import numpy as np

from sktsgan.closed_form._blocks import independent_blocks
from sktsgan.closed_form._donors import balance_donors
from sktsgan.closed_form._expectation import fit_expectation
from sktsgan.closed_form._neighbor_search import find_neighbors, split_cells
from sktsgan.closed_form._neighborhood_block import NeighborhoodBlock, encode
from sktsgan.closed_form._overlap import times_of_windows
from sktsgan.scaling._indicators import CategoryIndicators
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["WindowNeighborhoods"]

_LEVEL_WEIGHT = 2.0  # beside one step of a shape, in what makes windows alike
_LOG_SCALE_WEIGHT = 0.5
_CONDITION_WEIGHT = 1.0  # of what is known of a window beside all that is seen of it
_EXPECTED_WEIGHT = 3.0  # of what that lets one expect, beside what is seen
_LEAST_SPREAD = 1e-6  # of conditions within classes, below which nothing is known
_APART = 1 / 4  # of a window's length, between the neighbours of a window
_FEW = 20  # windows of a class, below which it borrows from the others how windows vary
_CHUNK_VALUES = 2**24  # of the neighbours whose draws are made together


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
            steady = bool((self.scaler_.steady_ & ~self.scaler_.atomic_)[blended[block]].any())
            chosen = any(indicators[i] is not None for i in block)
            turns = balance_donors(neighbors) if chosen else None
            learned = steady, codes, neighbors, expected, varied, turns
            self.blocks_.append(NeighborhoodBlock(blended[block], *learned))

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
    numbers = np.tile(
        numbers, codes.shape[1] // n_channels
    )  # level, log-scale and steps, each by channel
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
