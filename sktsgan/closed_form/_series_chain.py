"""A long series, block by block, each block the continuation of a similar moment."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from sktsgan.scaling._indicators import CategoryIndicators
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["SeriesChain"]

_BLOCK = 24  # steps of the longest block, and of what is seen of the past step by step
_LEAST_BLOCK = 12
_RECENT = 6  # last steps that tell how alike two moments are, besides the level of a whole block
_RECENT_TREND = 0.5, 1.5  # weights of the first and the last of them, relative to their mean
_MEMORIES = 96, 384  # steps over which slower levels are averaged
_LEVEL_WEIGHT = 1.0  # beside the recent steps, in what makes moments alike
_MEMORY_WEIGHT = 0.5
_N_SIMILAR = 5
_MOST_FUTURES = 50  # similar moments that series which all go on from the same steps may follow
_APART = 12  # steps between two similar moments
_MAX_MOMENTS = 16_000
_MAX_PAIRS = 4000
_PAIR_BATCH = 500
_HOLD = 24.0  # steps in which a gap fades to 1/e, where real ones would never close
_STARTS = 50  # training moments, nearest in the calendar, that a series may begin at
_LEAST_STRETCH = (
    4  # parts of a stretch: one is seen of the past, one is a block, two are to choose from
)


@dataclass
class _Course:
    """Where series stand.

    Parameters
    ----------
    context : ndarray of shape (n_series, n_context, n_signals)
        The last steps.
    memories : ndarray of shape (n_series, n_memories, n_signals)
    ends : ndarray of shape (n_series,)
        The training step that would follow the block that each series took last.
    n_similar : int
        Moments to draw the next from.
    """

    context: np.ndarray
    memories: np.ndarray
    ends: np.ndarray
    n_similar: int = _N_SIMILAR


class SeriesChain:
    """Blocks of a series, each the continuation of a training moment that is like the present one.

    After the step t of a new series, a training step s that looks back on something similar is drawn, and

        x(t + h) = y(s + h) + a(h) (x(t) − y(s)),   h = 1, ..., H,

    with y the training series. The gap between the two closes as fast as it does between pairs of similar moments in
    the training series: a(h) is the slope of the regression of their gaps at h on those at 0, for each channel, at
    most exp(−h / 24), so that a series can't leave the range of real ones for long. This is a bootstrap of blocks from
    nearest neighbours (Lall and Sharma 1996) that closes its gaps: white noise does jump where a block begins, as it
    does anywhere, and a smooth channel doesn't.

    Moments are alike in the last steps, the level of the last block, two slower levels (averages that forget over 96
    and 384 steps), and their place in the calendar. One of the five nearest is drawn, 12 steps apart from each other;
    none within a block from where the last one was left, so that a series is not the training series over again.
    Channels whose values are categories, have an atom or are noise follow the drawn moment without a gap.

    References
    ----------
    Upmanu Lall and Ashish Sharma, "A nearest neighbor bootstrap for resampling hydrologic time series", Water
    Resources Research 32 (1996), 679-693.
    """

    def fit(self, values, firsts, places=None, categorical=()):
        """Learn from stretches of series.

        Parameters
        ----------
        values : ndarray of shape (n_steps, n_channels)
            Stretches, one below the other, without NaN.
        firsts : ndarray of shape (n_stretches,)
            First step of each.
        places : ndarray of shape (n_steps, n_places), default=None
            Places in the calendar, in units that count as much as standard deviations of a channel.
        categorical : sequence of int, default=()
            Channels that hold codes of categories.

        Raises
        ------
        ValueError
            If no stretch has eight steps.
        """
        lengths = np.diff(np.append(firsts, len(values)))
        longest = int(lengths.max(initial=0))
        self.block_ = min(_BLOCK, longest // _LEAST_STRETCH)
        if self.block_ < 2:
            raise ValueError(
                f"X must have 8 steps without a gap or a missing value to make series from, got {longest}."
            )
        self._fit_scales(values, firsts, lengths, categorical)
        self.values_, self.signals_ = values, self._to_signals(values)
        self.rates_ = np.array([1 / n for n in _MEMORIES if 3 * n <= np.median(lengths)])
        memories = self._remember(self.signals_, firsts, lengths)
        bounds = zip(firsts, lengths, strict=True)
        moments = [f + np.arange(self.block_, n - self.block_ + 1) for f, n in bounds]
        moments = np.concatenate(moments)
        every = -(-len(moments) // _MAX_MOMENTS)
        self.moments_ = moments[::every]
        self.memories_ = memories[self.moments_ - 1]
        contexts = self._contexts(np.arange(len(self.moments_)))
        self.places_ = None if places is None else places[self.moments_]
        self.features_ = self._features(contexts, self.memories_, self.places_)
        self._squares = (self.features_**2).sum(axis=1)
        self._fit_gaps()
        return self

    def _fit_scales(self, values, firsts, lengths, categorical):
        """Learn how channels are scaled, from windows that share no step."""
        n = self.block_
        bounds = zip(firsts, lengths, strict=True)
        starts = np.concatenate([f + n * np.arange(length // n) for f, length in bounds])
        windows = values[starts[:, None] + np.arange(n)]
        self.scaler_ = ReadingScaler(categorical).fit(windows)
        free, scaler = self.scaler_.free_, self.scaler_
        as_read = scaler.white_ | scaler.atomic_
        self.as_read_ = np.flatnonzero(as_read)
        self.numbers_ = np.flatnonzero(~scaler.categorical_ & ~scaler.white_)
        self.blended_ = np.flatnonzero(~as_read[self.numbers_])  # among the signals
        self.indicators_ = {
            free[k]: CategoryIndicators().fit(windows[..., free[k]])
            for k in np.flatnonzero(scaler.categorical_)
        }

    def _to_signals(self, values):
        """Return what is compared of values of shape (..., n_channels): scores of numbers, indicators of categories."""
        flat = values.reshape(1, -1, values.shape[-1])
        parts = [self.scaler_.transform(flat)[..., self.numbers_]]
        parts += [own.transform(flat[..., c]) for c, own in self.indicators_.items()]
        signals = np.concatenate(parts, axis=2, dtype=np.float32)
        return signals.reshape(*values.shape[:-1], signals.shape[2])

    def _remember(self, signals, firsts, lengths):
        """Return the slow averages after each step of stretches, of shape (n_steps, n_memories, n_signals)."""
        memories = np.zeros((len(signals), len(self.rates_), signals.shape[1]), dtype=np.float32)
        for first, length in zip(firsts, lengths, strict=True):
            rows = slice(first, first + length)
            for i, rate in enumerate(self.rates_):
                begin = signals[rows][: int(1 / rate)].mean(axis=0, keepdims=True)
                filtered = lfilter(
                    [rate], [1, rate - 1], signals[rows], axis=0, zi=(1 - rate) * begin
                )
                memories[rows, i] = filtered[0]
        return memories

    def _contexts(self, rows):
        return self.signals_[self.moments_[rows, None] + np.arange(-self.block_, 0)]

    def _features(self, contexts, memories, places):
        """Return what makes moments alike, of shape (n_moments, n_features)."""
        n, n_signals = len(contexts), contexts.shape[2]
        recent = contexts[:, -_RECENT:]
        weights = np.linspace(*_RECENT_TREND, recent.shape[1]) / recent.shape[1]
        parts = [
            recent * np.sqrt(weights)[:, None],
            contexts.mean(axis=1) * np.sqrt(_LEVEL_WEIGHT),
            memories * np.sqrt(_MEMORY_WEIGHT / max(len(self.rates_), 1)),
        ]
        if places is not None:
            parts.append(places * np.sqrt(n_signals))
        return np.concatenate([part.reshape(n, -1) for part in parts], axis=1, dtype=np.float32)

    def _fit_gaps(self):
        """Learn how fast the gap between similar moments closes, of shape (n_block, n_blended)."""
        rows = np.linspace(0, len(self.moments_) - 1, min(len(self.moments_), _MAX_PAIRS))
        rows, rng = rows.astype(int), np.random.default_rng(0)
        batches = np.array_split(rows, -(-len(rows) // _PAIR_BATCH))
        others = np.concatenate(
            [
                self._find_similar(self.features_[own], self.moments_[own], 2 * self.block_, rng)
                for own in batches
            ]
        )
        steps = np.arange(-1, self.block_)
        pairs = (self.signals_[self.moments_[own, None] + steps] for own in (rows, others))
        gaps = np.subtract(*pairs)[..., self.blended_].astype(np.float64)
        products = (gaps[:, :1] * gaps[:, 1:]).sum(axis=0)
        slopes = products / np.maximum((gaps[:, 0] ** 2).sum(axis=0), np.finfo(float).tiny)
        hold = np.exp(-(1 + np.arange(self.block_)) / _HOLD)
        self.slopes_ = np.clip(slopes, 0, 1) * hold[:, None]

    def _find_similar(self, features, ends, distance, rng, n_similar=_N_SIMILAR):
        """Return a moment like each of some others, drawn from the nearest.

        Parameters
        ----------
        features : ndarray of shape (n_queries, n_features)
        ends : ndarray of shape (n_queries,)
            Training steps that must be at least ``distance`` steps away.
        distance : int
        rng : numpy.random.Generator
        n_similar : int, default=5
            Nearest ones to draw from.
        """
        distances = self._squares - 2 * features @ self.features_.T
        lows = np.searchsorted(self.moments_, ends - distance)
        highs = np.searchsorted(self.moments_, ends + distance, side="right")
        for row, low, high in zip(distances, lows, highs, strict=True):
            if high - low < len(row):  # of very few moments, any will do
                row[low:high] = np.inf
        n_near = min(n_similar * 2 * _APART, distances.shape[1])
        near = np.argpartition(distances, n_near - 1, axis=1)[:, :n_near]
        drawn = _deal(len(features), rng)
        picked = np.empty(len(features), dtype=int)
        for i, (row, rows) in enumerate(zip(distances, near, strict=True)):
            rows = rows[np.isfinite(row[rows])]
            rows = rows[np.argsort(row[rows])]
            _, best = np.unique(self.moments_[rows] // _APART, return_index=True)
            rows = rows[np.sort(best)[:n_similar]]
            picked[i] = rows[int(drawn[i] * len(rows))]
        return picked

    def draw(self, n_series, n_steps, rng, place_of=None, initial=None):
        """Draw series block by block.

        Parameters
        ----------
        n_series : int
        n_steps : int
            Length of the series, in steps.
        rng : numpy.random.Generator
        place_of : callable, default=None
            Returns the place in the calendar of a step; steps are asked for in increasing order. It is needed if
            ``fit`` was given places.
        initial : ndarray of shape (n_initial, n_channels), default=None
            Values to go on from; None begins at training moments of the same part of the calendar.

        Yields
        ------
        values : ndarray of shape (n_series, n_block, n_channels)
            The next steps of all series; of 12 to 24 of them, or up to the end.
        """
        place = place_of(0) if place_of else None
        if initial is None:
            course = self._begin(n_series, place, rng)
        else:
            course = self._go_on(n_series, initial)
        done = 0
        while done < n_steps:
            least = min(_LEAST_BLOCK, self.block_ // 2)
            n = min(int(rng.integers(least, self.block_ + 1)), n_steps - done)
            place = place_of(done) if place_of else None
            yield self._extend(course, n, place, rng)
            done += n

    def _begin(self, n_series, place, rng):
        """Return series that stand at training moments, spread evenly over those of the same part of the calendar."""
        rows = np.arange(len(self.moments_))
        if place is not None:
            distance = ((self.places_ - place) ** 2).sum(axis=1)
            rows = np.sort(np.argsort(distance, kind="stable")[:_STARTS])
        rows = rows[(_deal(n_series, rng) * len(rows)).astype(int)]
        return _Course(self._contexts(rows), self.memories_[rows], self.moments_[rows])

    def _go_on(self, n_series, initial):
        """Return series that all stand where ``initial`` ends."""
        signals = self._to_signals(initial)
        memories = self._remember(signals, [0], [len(signals)])[-1]
        missing = max(self.block_ - len(signals), 0)
        context = np.pad(signals[-self.block_ :], ((missing, 0), (0, 0)), mode="edge")
        ends = np.full(n_series, self._find_after(signals[-self.block_ :]))
        parts = (np.repeat(part[None], n_series, axis=0) for part in (context, memories))
        return _Course(*parts, ends, int(np.clip(n_series, _N_SIMILAR, _MOST_FUTURES)))

    def _find_after(self, signals):
        """Return the training step after steps equal to given ones, or else a step far from all."""
        n = len(signals)
        for end in np.flatnonzero((self.signals_ == signals[-1]).all(axis=1)) + 1:
            if end >= n and np.array_equal(self.signals_[end - n : end], signals):
                return end
        return -2 * self.block_

    def _extend(self, course, n, place, rng):
        """Return the next ``n`` steps of series, and let them stand after these."""
        places = None if place is None else np.repeat(place[None], len(course.ends), axis=0)
        features = self._features(course.context, course.memories, places)
        nearest = course.ends, self.block_ // 2, rng, course.n_similar
        rows = self._find_similar(features, *nearest)
        steps = self.moments_[rows, None] + np.arange(n)
        gaps = (course.context[:, -1] - self.signals_[steps[:, 0] - 1])[:, self.blended_]
        signals = self.signals_[steps]
        signals[..., self.blended_] += gaps[:, None] * self.slopes_[:n]
        scores = np.zeros((*steps.shape, len(self.scaler_.free_)))
        scores[..., self.numbers_] = signals[..., : len(self.numbers_)]
        as_read = {k: self.values_[steps, self.scaler_.free_[k]] for k in self.as_read_}
        values = self.scaler_.inverse_transform(scores, as_read)
        made = self._to_signals(values)
        course.context = np.concatenate([course.context, made], axis=1)[:, -self.block_ :]
        kept = (1 - self.rates_) ** np.arange(n, -1, -1)[:, None]  # of what is 0 to n steps old
        course.memories = course.memories * kept[0][:, None] + np.einsum(
            "tm,bts->bms", kept[1:] * self.rates_, made
        )
        course.ends, course.n_similar = steps[:, -1] + 1, _N_SIMILAR
        return values


def _deal(n, rng):
    """Return numbers from 0 to 1 in random order, one in each n-th of that range."""
    return rng.permutation((np.arange(n) + rng.random(n)) / n)
