"""Channels interpolated linearly between knots, such as hourly readings in a series of ten-minute steps."""

import numpy as np
import torch
from scipy.interpolate import PchipInterpolator

__all__ = ["InterpolatedMap", "find_phases", "knot_period"]

_MIN_GAIN = 0.4
_MAX_WINDOWS = 5000
_MAX_PERIOD = 48  # a day of half-hourly readings; every period tried takes equally long
_SAME_VALUE = 1e-6


def _bends(channel):
    """Return squared second differences by step, of shape (n_windows, n_timesteps), 0 at both ends."""
    bends = np.zeros(channel.shape)
    bends[:, 1:-1] = np.diff(channel, n=2, axis=1) ** 2
    return bends


def _bends_of_phases(bends, period):
    """Return the sum of each window's bends at the knots of each phase, of shape (n_windows, period)."""
    padded = np.pad(bends, ((0, 0), (0, -bends.shape[1] % period)))
    return padded.reshape(len(bends), -1, period).sum(axis=1)


def knot_period(channel):
    """Return the period of the knots of a channel, of shape (n_windows, n_timesteps), or None if it has none.

    The squared second differences of an interpolated channel gather on every p-th step, from a phase that varies by
    window. p is the largest period up to 48, with at least three knots in a window, at which their share of the total,
    less the share in random order, is at least 0.4 of its maximum. (.53 to 1.0 for the six weather channels of the UCI
    appliances data at p = 6; below .03 for all other channels there, of ETTh1, of Stocks and of sinusoids.)
    """
    bends = _bends(channel[:: -(-len(channel) // _MAX_WINDOWS)])
    whole = bends.sum()
    # rounding errors, as in 0.1 + 0.2, are not bends
    if whole <= bends.size * (1e-9 * np.abs(channel).max()) ** 2:
        return None
    shuffled = bends.copy()
    shuffled[:, 1:-1] = np.random.default_rng(0).permuted(bends[:, 1:-1], axis=1)
    for period in range(min(channel.shape[1] // 3, _MAX_PERIOD), 1, -1):
        share, chance = (
            _bends_of_phases(b, period).max(axis=1).sum() / whole for b in (bends, shuffled)
        )
        if share - chance >= _MIN_GAIN * (1 - chance) and chance < 1:
            return period
    return None


def find_phases(channels, period):
    """Return the step of each window's first knot, given channels of shape (n_windows, n_timesteps) each."""
    bends = sum(_bends(channel) / max(channel.var(), 1e-300) for channel in channels)
    return _bends_of_phases(bends, period).argmax(axis=1)


class InterpolatedMap:
    """Map a channel that is linear between knots to smooth normal scores, and back to such a channel.

    The knots are mapped to normal scores, and a monotone cubic through them gives the values between, so that the
    model does not see where the knots were. The inverse takes knots at the requested phase and interpolates between
    them. Windows that start or end between knots are extended along a straight line.

    Parameters
    ----------
    period : int
        Steps from one knot to the next.
    """

    def __init__(self, period):
        self.period = period

    def fit(self, channel, phases, choose_map):
        """Learn from windows of shape (n_windows, n_timesteps) and their phases; ``choose_map`` fits the knots' map."""
        self.seen_ = torch.as_tensor(np.unique(channel))
        self.knots_ = choose_map(self._to_knots(channel, phases))
        gaps = np.diff(self.seen_.numpy())
        # smaller gaps are rounding errors, as in 0.1 + 0.2; rounding moves a value by half the usual gap
        self.tolerance_ = 0.5 * np.quantile(gaps[gaps > _SAME_VALUE * gaps.sum()], 0.75)
        return self

    def _places(self, phase, n_timesteps):
        """Return steps of all knots of a phase, from the one before the window to the one behind it."""
        n_knots = -(-n_timesteps // self.period) + 2
        return phase + self.period * np.arange(-1, n_knots - 1)

    def _extended(self, windows, phase):
        """Return values at the knots of a phase, straight lines continued beyond the window; NumPy and torch alike."""
        last = windows.shape[1] - 1
        places = self._places(phase, last + 1)
        inner = places[(places >= 0) & (places <= last)]
        reach = {place: windows[:, place] for place in inner}
        for knot, end, step in ((inner[0], 0, -1), (inner[-1], last, 1)):
            length = abs(int(end - knot))
            slope = (windows[:, end] - windows[:, knot]) / max(length, 1)
            outer = knot + step * self.period
            while places[0] <= outer <= places[-1]:
                reach[outer] = windows[:, knot] + slope * float(abs(outer - knot))
                outer += step * self.period
        return [reach[place] for place in places]

    def _to_knots(self, channel, phases):
        n_knots = len(self._places(0, channel.shape[1]))
        knots = np.empty((len(channel), n_knots))
        for phase in np.unique(phases):
            rows = phases == phase
            knots[rows] = np.stack(self._extended(channel[rows], phase), axis=1)
        # extended lines may lead to values that never occur
        seen = self.seen_.numpy()
        return seen[np.searchsorted((seen[1:] + seen[:-1]) / 2, knots)]

    def transform(self, channel, phases):
        """Return normal scores of windows of shape (n_windows, n_timesteps)."""
        knots = self.knots_.transform(self._to_knots(channel, phases))
        scores, steps = np.empty(channel.shape), np.arange(channel.shape[1])
        for phase in np.unique(phases):
            rows = phases == phase
            places = self._places(phase, channel.shape[1])
            scores[rows] = PchipInterpolator(places, knots[rows], axis=1)(steps)
        return scores

    def inverse_transform(self, scores, phases):
        """Return float64 values for normal scores of shape (n_windows, n_timesteps) and the phase of each window."""
        values = torch.empty(scores.shape, dtype=torch.float64)
        steps = torch.arange(scores.shape[1])
        for phase in np.unique(phases):
            rows = torch.as_tensor(np.flatnonzero(phases == phase))
            knots = torch.stack(self._extended(scores[rows], phase), dim=1)
            knots = self.knots_.inverse_transform(knots)
            before = (steps - phase + self.period) // self.period
            share = ((steps - phase + self.period) % self.period).double() / self.period
            left, right = knots[:, before], knots[:, before + 1]
            values[rows] = left + (right - left) * share
        nearest = self.seen_[torch.bucketize(values, (self.seen_[1:] + self.seen_[:-1]) / 2)]
        # near a value seen in fit, round to it; keep other values
        return torch.where((values - nearest).abs() < self.tolerance_, nearest, values)
