"""The repair model of channels that belong together."""

import numpy as np
import torch

from sktsgan.closed_form._blend import Blends, find_places
from sktsgan.closed_form._conditional import fill_rows
from sktsgan.closed_form._incomplete import estimate_law, interpolate, some_rows
from sktsgan.closed_form._similar import WindowLaw

__all__ = ["BlockRepair"]

_DRIFT = 10.0
# drift and noise, the preferred ones first
_SETTINGS = (_DRIFT, 1e-4), (_DRIFT, 1e-2), (_DRIFT, 0.1), (0.0, 1e-4), (0.0, 1e-2)
_UNKNOWN = _SETTINGS[2]  # where nothing can be held out
# where a channel lies beyond every training window: the way to a straight line at steps that others were observed at;
# at other steps it is the line
_TO_LINE = 1 / 3
_CLEARLY = 0.98  # of the preferred settings' error
_MIN_ROWS, _ROWS_PER_VALUE = 6000, 10
_N_PARTS, _N_FOLDS = 5, 3
_MAX_HELD_OUT, _MAX_INCOMPLETE, _MIN_HELD_OUT = 120, 40, 8
_MAX_PATTERNS, _PATTERN_VALUES = 32, 10_000
_CHUNK_VALUES = 2**19  # of rows; each has twenty similar ones


class BlockRepair:
    """A Gaussian of windows, similar windows and straight lines, blended as held-out windows say.

    The last three fifths of the training windows are held out in turn, with a window's length purged beside them, so
    that what drifts with time shows. The same kinds of holes as are to be imputed are made there. Drift and noise of
    the Gaussian are chosen for all channels; how much the rest counts, and how far draws spread, for each.

    Parameters
    ----------
    n_channels : int
    random_state : int
        Seed of what completes windows with holes.
    """

    def __init__(self, n_channels, *, random_state):
        self.n_channels = n_channels
        self.random_state = random_state

    def fit(self, rows):
        """Learn from standardised, time-major rows, NaN where nothing was observed.

        At most 10 rows a value (at least 6,000) are looked at, taken at random: evenly spaced ones would start at some
        hours of the day only.
        """
        n_all, n_values = rows.shape
        rows = some_rows(rows, max(_MIN_ROWS, _ROWS_PER_VALUE * n_values))
        seen = ~np.isnan(rows)
        if not seen.all():
            rows, seen = rows[seen.any(axis=1)], seen[seen.any(axis=1)]
            generator = torch.Generator().manual_seed(self.random_state)
            law = estimate_law(rows, self.n_channels)
            rows = fill_rows(law, rows, 1, generator)[0]
        self.law_ = WindowLaw(rows, self.n_channels)
        self.seen_ = some_rows(seen, len(self.law_.rows))
        n_timesteps = n_values // self.n_channels
        self.n_overlapping_ = n_timesteps * len(self.law_.rows) // n_all
        self._chosen = None, None
        return self

    def choose(self, rows):
        """Return drift, noise and blends that do best where the training windows have the holes of these rows."""
        n_patterns = max(4, min(_MAX_PATTERNS, _PATTERN_VALUES // rows.shape[1]))
        patterns = np.unique(np.isnan(rows), axis=0)
        patterns = some_rows(patterns[patterns.any(axis=1)], n_patterns)
        key = patterns.tobytes()
        # a series is repaired from the edges of its holes, which look alike each time
        if key != self._chosen[0]:
            self._chosen = key, self._choose(patterns)
        return self._chosen[1]

    def _choose(self, patterns):
        folds = list(self._folds(patterns))
        if not folds:
            return *_UNKNOWN, Blends(self.n_channels)
        tried = [self._try(folds, *settings) for settings in _SETTINGS]
        errors = [error for error, _ in tried]
        best = int(np.argmin(errors))
        if errors[best] > _CLEARLY * errors[0]:
            best = 0
        return *_SETTINGS[best], tried[best][1]

    def _folds(self, patterns):
        """Yield a law without one part of the windows, and rows of that part, whole and with holes."""
        rows, seen = self.law_.rows, self.seen_
        size = len(rows) // _N_PARTS
        step = -(-size // (_MAX_HELD_OUT if seen.all() else _MAX_INCOMPLETE))
        for k in range(_N_FOLDS):
            stop = len(rows) - k * size
            before = rows[: max(stop - size - self.n_overlapping_, 0)]
            left = np.concatenate([before, rows[stop + self.n_overlapping_ :]]).astype(float)
            part = slice(stop - size, stop, max(step, 1))
            truth = np.where(seen[part], rows[part], np.nan)
            given = np.where(np.resize(patterns, truth.shape), np.nan, truth)
            useful = ~np.isnan(given).all(axis=1) & (np.isnan(given) & ~np.isnan(truth)).any(axis=1)
            if min(size, len(left)) >= _MIN_HELD_OUT and useful.any():
                yield WindowLaw(left, self.n_channels), truth[useful], given[useful]

    def _try(self, folds, drift, noise):
        """Return the error that settings leave and the blends that go with them."""
        parts = [part for fold in folds for part in self._explain(*fold, drift, noise)]
        blends = Blends(self.n_channels)
        return blends.fit(*map(np.concatenate, zip(*parts, strict=True))), blends

    def _explain(self, law, truth, given, drift, noise):
        """Yield what ``Blends.fit`` learns from, by pattern."""
        lines = interpolate(given, self.n_channels)
        for hidden, own, means, residuals, similar in law.explain(given, drift, noise):
            lows, highs = np.quantile(residuals, (0.1, 0.9), axis=1)
            values, places = truth[own][:, hidden], find_places(hidden, self.n_channels)
            parts = means, residuals.mean(axis=1), lows, highs, lines[own][:, hidden], similar
            parts = [*parts, *(np.broadcast_to(place, means.shape) for place in places)]
            known = ~np.isnan(values)
            yield values[known], *(part[known] for part in parts)

    def draw(self, rows, n_draws, rng, choice):
        """Return rows with their holes filled, of shape (n_draws, n_rows, n_values), by what ``choose`` returned."""
        filled = np.repeat(rows[None], n_draws, axis=0)
        drift, noise, blends = choice
        lines, beyond = interpolate(rows, self.n_channels), self.law_.find_beyond(rows)
        for part in self._split(beyond.any(axis=1), rows.shape[1]):
            least = _DRIFT if beyond[part].any() else 0.0
            found = self.law_.explain(rows[part], max(drift, least), noise)
            for hidden, own, means, residuals, similar in found:
                own = part[own]
                places = channels, _ = find_places(hidden, self.n_channels)
                line = lines[own][:, hidden]
                if least:  # nothing that was seen is as far out
                    similar = means
                centres, scales = blends.locate(means, residuals, line, similar, *places)
                alone = np.repeat(hidden.reshape(-1, self.n_channels).all(axis=1), self.n_channels)
                to_line = np.where(alone[hidden], 1.0, _TO_LINE) * beyond[own][:, channels]
                centres += to_line * np.where(np.isnan(line), 0.0, line - centres)
                drawn = centres + scales * _pick(residuals, n_draws, rng)
                filled[:, own[:, None], np.flatnonzero(hidden)] = drawn
        return filled

    @staticmethod
    def _split(far, n_values):
        """Yield rows to be filled together: all of them far or none, and no more than memory is to hold."""
        size = max(1, _CHUNK_VALUES // n_values)
        for rows in (np.flatnonzero(~far), np.flatnonzero(far)):
            yield from np.split(rows, range(size, len(rows), size)) if len(rows) else ()


def _pick(residuals, n_draws, rng):
    """Return residuals of similar windows in random order, centred so that their mean adds no noise of its own."""
    n_rows, n_similar, _ = residuals.shape
    order = rng.permuted(np.tile(np.arange(n_similar), (n_rows, 1)), axis=1)
    order = np.take(order, np.arange(n_draws) % n_similar, axis=1)
    picked = np.take_along_axis(residuals, order[..., None], axis=1)
    if n_draws == 1:
        return (picked - residuals.mean(axis=1, keepdims=True)).swapaxes(0, 1)
    picked = (picked - picked.mean(axis=1, keepdims=True)) * np.sqrt(n_draws / (n_draws - 1))
    return picked.swapaxes(0, 1)
