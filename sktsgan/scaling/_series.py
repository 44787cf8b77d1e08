"""Scale series of unequal length, in one array with NaN beyond the end of a series."""

import numpy as np

from sktsgan.containers import series_lengths
from sktsgan.scaling._channels import roughens
from sktsgan.scaling._quantile import QuantileMap, StandardMap

__all__ = ["SeriesExtender", "SeriesScaler"]

_ORDER = 3
_MAX_RESIDUALS = 10_000
_LEAST_SHARE = 1e-9  # of the largest singular value; copies of a channel add smaller ones


class SeriesExtender:
    """Extend series plausibly beyond their end; the added steps are cut off again later.

    The added steps are as rough as the others. Each is predicted from the three steps before it, by one linear
    regression for all series, plus the residual of another step, and stays within the range of its channel.
    """

    def fit(self, windows):
        """Learn from windows of shape (n_series, longest, n_channels), NaN beyond the end of a series."""
        n_steps = windows.shape[1]
        self.order_ = min(_ORDER, n_steps - 1)
        self.range_ = np.nanmin(windows, axis=(0, 1)), np.nanmax(windows, axis=(0, 1))
        ends = range(self.order_, n_steps)
        before = np.stack([_before(windows, t, self.order_) for t in ends], axis=1)
        known = ~np.isnan(windows[:, self.order_ :, 0])
        given, after = before[known], windows[:, self.order_ :][known]
        self.weights_ = np.linalg.lstsq(given, after, rcond=_LEAST_SHARE)[0]
        residuals = after - given @ self.weights_
        self.residuals_ = residuals[:: -(-len(residuals) // _MAX_RESIDUALS)]
        return self

    def transform(self, windows):
        """Return windows without NaN, of the shape of ``windows``."""
        lengths, extended = series_lengths(windows), windows.copy()
        rng = np.random.default_rng(0)  # the same series must be extended alike in every call
        for t in range(1, windows.shape[1]):
            rows = np.flatnonzero(lengths <= t)
            drawn = self.residuals_[rng.integers(len(self.residuals_), size=len(rows))]
            made = _before(extended[rows], t, self.order_) @ self.weights_ + drawn
            extended[rows, t] = np.clip(made, *self.range_)
        return extended


def _before(windows, t, order):
    """Return the ``order`` steps before ``t`` side by side, padded with the first step, and a constant."""
    steps = np.maximum(np.arange(t - order, t), 0)
    return np.column_stack(
        [
            windows[:, steps].reshape(len(windows), len(steps) * windows.shape[2]),
            np.ones(len(windows)),
        ]
    )


class SeriesScaler:
    """Scale the channels of series of unequal length, using only steps within a series.

    The scaler of windows gets every step as a window of its own, so it finds no interpolated channels. Smooth channels
    are standardised, as for windows.

    Parameters
    ----------
    scaler : ChannelScaler
        Unfitted scaler.
    """

    def __init__(self, scaler):
        self.scaler = scaler

    def fit(self, windows):
        """Learn from windows of shape (n_series, longest, n_channels), NaN beyond the end of a series."""
        steps = windows[~np.isnan(windows[..., 0])]
        self.scaler.fit(steps[:, None])
        long_enough = series_lengths(windows).max() > 2
        for k, c in enumerate(self.free_):
            channel, now = windows[..., c], self.scaler.maps_[k]
            if long_enough and isinstance(now, QuantileMap):
                if roughens(channel, now.transform(channel)):
                    self.scaler.maps_[k] = StandardMap().fit(steps[:, c])
        return self

    @property
    def free_(self):
        """Indices of the scaled channels."""
        return self.scaler.free_

    def transform(self, windows):
        """Return the scaled free channels, of shape (n_series, longest, n_free), 0 beyond the end of a series."""
        inside = ~np.isnan(windows[..., 0])
        scores = np.zeros((*inside.shape, len(self.free_)))
        scores[inside] = self.scaler.transform(windows[inside][:, None])[:, 0]
        return scores

    def inverse_transform(self, scores, generator):
        """Return windows with all channels, in the units of those seen in ``fit``, from scaled free channels."""
        windows = self.scaler.inverse_transform(scores.flatten(0, 1)[:, None], generator)
        return windows.reshape(*scores.shape[:2], windows.shape[2])
