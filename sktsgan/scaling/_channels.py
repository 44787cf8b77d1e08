"""Scale channels one by one, leaving out constants and copies."""

import numpy as np
import torch

from sktsgan.scaling._grid import GridMap
from sktsgan.scaling._interpolation import InterpolatedMap, find_phases, knot_period
from sktsgan.scaling._quantile import QuantileMap, RangeMap, StandardMap

__all__ = ["ChannelScaler", "RangeScaler", "lies_on_grid"]

_MAX_VALUES = 200_000  # per channel; more barely move the knots
_MAX_GRID = 256
_MAX_DISTINCT_SHARE = 0.5
_MIN_REPEATS = 0.02
_MAX_ROUGHENING = 10.0


def _roughness(channel):
    """Return the energy of the second differences over that of the first, for shape (n_windows, n_timesteps)."""
    slopes = np.diff(channel, axis=1)
    return np.nanmean(np.diff(slopes, axis=1) ** 2) / max(np.nanmean(slopes**2), 1e-300)


def roughens(channel, scores):
    """Return whether normal scores make a channel more than ten times rougher; NaN marks steps after its end."""
    return bool(_roughness(scores) > _MAX_ROUGHENING * _roughness(channel))


def _choose_map(channel):
    """Return the fitted map of one channel.

    Normal scores suit channels with tails and ties. But they put kinks in a smooth channel that turns at a bound,
    such as a sinusoid: if its roughness grows more than tenfold, the channel is standardised instead.
    (Sinusoids: 105-fold; the worst channel of the UCI appliances data: 4.3-fold.)
    """
    every = -(-channel.size // _MAX_VALUES)
    values = channel[::every].ravel()
    # the extremes bound the inverse transform, so they must be among the knots
    quantile = QuantileMap().fit(np.concatenate([values, [channel.min(), channel.max()]]))
    sample = channel[::every]
    standardise = channel.shape[1] > 2 and roughens(sample, quantile.transform(sample))
    if lies_on_grid(channel):
        return GridMap(standardise).fit(channel)
    return StandardMap().fit(channel) if standardise else quantile


def lies_on_grid(channel):
    """Return whether the values of a channel repeat, as those on a sensor's grid do; NaN is ignored.

    Overlapping windows repeat every value, so other repetitions count: 2 % of neighbouring steps are equal, or at most
    half of the values at the first step are distinct. A channel of at most 256 values that each occur twice on average
    is on a grid, too. (Equal neighbours: 3.5 to 14 % on ETTh1, 7 to 80 % on the appliances data, at most 0.2 % on
    Stocks.)
    """
    step = _observed(channel[:, 0])
    if len(np.unique(step)) <= _MAX_DISTINCT_SHARE * len(step) > 0:
        return True
    before, after = channel[:, :-1], channel[:, 1:]
    n_pairs = np.count_nonzero((before == before) & (after == after))
    if n_pairs and np.count_nonzero(before == after) >= _MIN_REPEATS * n_pairs:
        return True
    seen = _observed(channel)
    return len(np.unique(seen)) <= min(_MAX_GRID, _MAX_DISTINCT_SHARE * len(seen))


def _observed(values):
    return values[~np.isnan(values)]


class ChannelScaler:
    """Scale channels one by one; the inverse restores constants, copies, grids and integers exactly.

    ``transform`` leaves out constant channels and copies of other channels. ``inverse_transform`` puts them back,
    returns only values of the grid for a channel on a grid, and rounds integer-valued channels.
    """

    def fit(self, windows):
        """Learn from windows of shape (n_windows, n_timesteps, n_channels)."""
        first = windows[:1, :1]
        constant = (windows == first).all(axis=(0, 1))
        self.constants_ = np.where(constant, first[0, 0], np.nan)
        self.source_, self.free_ = [], []
        for c in range(windows.shape[2]):
            alike = [b for b in self.free_ if np.array_equal(windows[0, :, b], windows[0, :, c])]
            same = [b for b in alike if np.array_equal(windows[..., b], windows[..., c])]
            self.source_.append(same[0] if same else c)
            if not same and not constant[c]:
                self.free_.append(c)
        self._fit_maps([windows[..., c] for c in self.free_])
        self.integer_ = [bool((windows[..., c] % 1 == 0).all()) for c in self.free_]
        return self

    def _fit_maps(self, channels):
        self.periods_ = [knot_period(channel) for channel in channels]
        self.phases_ = self._find_phases(channels)
        self.maps_ = [self._fit_map(*pair) for pair in zip(channels, self.periods_, strict=True)]

    def _find_phases(self, channels):
        """Return for each period the phase of every window, shared by all channels of that period."""
        groups = {}
        for channel, period in zip(channels, self.periods_, strict=True):
            if period is not None:
                groups.setdefault(period, []).append(channel)
        return {period: find_phases(group, period) for period, group in groups.items()}

    def _fit_map(self, channel, period):
        if period is None:
            return _choose_map(channel)
        return InterpolatedMap(period).fit(channel, self.phases_[period], _choose_map)

    def transform(self, windows):
        """Return the scaled free channels, of shape (n_windows, n_timesteps, n_free)."""
        scores = np.empty((*windows.shape[:2], len(self.free_)))
        phases = self._find_phases([windows[..., c] for c in self.free_])
        for k, c in enumerate(self.free_):
            known = () if self.periods_[k] is None else (phases[self.periods_[k]],)
            scores[..., k] = self.maps_[k].transform(windows[..., c], *known)
        return scores

    def inverse_transform(self, scores, generator):
        """Return windows with all channels, in the units of those seen in ``fit``.

        ``scores`` are the scaled free channels, a tensor of shape (n_windows, n_timesteps, n_free). The generator of
        torch draws the positions of the knots of interpolated channels.
        """
        windows = np.empty((*scores.shape[:2], len(self.source_)))
        phases = {
            period: seen[torch.randint(len(seen), (len(scores),), generator=generator).numpy()]
            for period, seen in self.phases_.items()
        }
        for k, c in enumerate(self.free_):
            known = () if self.periods_[k] is None else (phases[self.periods_[k]],)
            values = self.maps_[k].inverse_transform(scores[..., k].contiguous(), *known)
            windows[..., c] = values.round() if self.integer_[k] else values
        return self._put_back(windows)

    def _put_back(self, windows):
        """Fill in constants, and copies of other channels."""
        for c, source in enumerate(self.source_):
            constant = self.constants_[c]
            if not np.isnan(constant):
                windows[..., c] = constant
            elif source != c:
                windows[..., c] = windows[..., source]
        return windows


class RangeScaler(ChannelScaler):
    """Scale every channel to [0, 1] by its minimum and maximum.

    Like ChannelScaler, it restores constants, copies, integers and channels of at most 256 values exactly.
    """

    def _fit_maps(self, channels):
        self.periods_, self.phases_ = [None] * len(channels), {}
        self.maps_ = [RangeMap(_MAX_GRID).fit(channel) for channel in channels]
