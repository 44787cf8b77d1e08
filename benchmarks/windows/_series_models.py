"""What makes long series from blocks of time: the pipeline, and a seasonal block bootstrap."""

import numpy as np
import pandas as pd

from sktsgan import NeighborSampler, Windowizer, make_sampling_pipeline

__all__ = ["MODELS", "Bootstrap", "Chain"]

_DAY = 24  # steps of a block of the bootstrap
_SEASON = 45  # days on either side that its blocks come from
_LEAST = 10  # blocks to choose from, or else all times of the year will do


class Chain:
    """``sample_series`` of a pipeline.

    Parameters
    ----------
    window : int
        Steps of a window.
    """

    def __init__(self, window):
        windowizer = Windowizer(window, gaps="split")
        self.pipeline = make_sampling_pipeline(windowizer, NeighborSampler(random_state=0))

    def fit(self, parts):
        """Learn from a list of DataFrames, parts of one series."""
        if isinstance(parts[0].index, pd.DatetimeIndex):
            self.pipeline.fit(pd.concat(parts))
        else:
            self.pipeline.fit([part.to_numpy() for part in parts])
        return self

    def draw(self, n_series, times, seed):
        """Return series of shape (n_series, n_steps, n_channels), and the steps where blocks begin."""
        start = times[0] if isinstance(times, pd.DatetimeIndex) else None
        # what sample_series joins, to know where it does
        asked = len(times), start, None, n_series, None, None, seed
        request, _ = self.pipeline._read_series(*asked)
        chain, rng = self.pipeline.training_series_.chain, np.random.default_rng(seed)
        blocks = list(chain.draw(n_series, len(times), rng, request.place_of(), None))
        seams = np.cumsum([block.shape[1] for block in blocks])[:-1]
        return np.concatenate(blocks, axis=1), seams


class Bootstrap:
    """Blocks of 24 steps from the same time of day, and from within 45 days of the same time of the year.

    Parameters
    ----------
    window : int
        Ignored.
    """

    def __init__(self, window):
        self.window = window

    def fit(self, parts):
        """Learn from a list of DataFrames, parts of one series."""
        self.values_ = np.concatenate([part.to_numpy() for part in parts])
        firsts = np.cumsum([0, *map(len, parts[:-1])])
        self.starts_ = np.concatenate(
            [
                first + np.arange(len(part) - _DAY + 1)
                for first, part in zip(firsts, parts, strict=True)
                if len(part) >= _DAY
            ]
        )
        self.times_ = None
        if isinstance(parts[0].index, pd.DatetimeIndex):
            self.times_ = pd.DatetimeIndex(np.concatenate([part.index for part in parts]))
            self.times_ = self.times_[self.starts_]
            self._clock, self._day = _minutes(self.times_), self.times_.day_of_year.to_numpy()
        return self

    def _candidates(self, time):
        if self.times_ is None:
            return self.starts_
        clock = self._clock == time.hour * 60 + time.minute
        away = np.abs(self._day - time.day_of_year)
        season = clock & (np.minimum(away, 365 - away) <= _SEASON)
        return self.starts_[season if season.sum() >= _LEAST else clock]

    def draw(self, n_series, times, seed):
        """Return series of shape (n_series, n_steps, n_channels), and the steps where blocks begin."""
        rng, seams = np.random.default_rng(seed), np.arange(0, len(times), _DAY)
        starts = [rng.choice(self._candidates(times[seam]), n_series) for seam in seams]
        steps = np.stack(starts, axis=1)[..., None] + np.arange(_DAY)
        series = self.values_[steps].reshape(n_series, -1, self.values_.shape[1])
        return series[:, : len(times)], seams[1:]


def _minutes(times):
    return np.asarray(times.hour * 60 + times.minute)


MODELS = {"chain": Chain, "bootstrap": Bootstrap}
