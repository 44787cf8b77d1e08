"""Series of unequal length as one array, whose steps beyond the end of a series are NaN."""

import numpy as np

__all__ = ["SeriesScaler", "extend_series", "pad_series", "resample_series", "series_lengths"]


def pad_series(series):
    """Return series as one array.

    Parameters
    ----------
    series : list of ndarray of shape (length, n_channels)

    Returns
    -------
    windows : ndarray of shape (n_series, longest, n_channels)
        NaN beyond the end of each.
    """
    longest = max(map(len, series))
    windows = np.full((len(series), longest, series[0].shape[1]), np.nan)
    for window, one in zip(windows, series, strict=True):
        window[: len(one)] = one
    return windows


def series_lengths(windows):
    """Return the lengths of series that ``pad_series`` put together, an array of shape (n_series,)."""
    return (~np.isnan(windows[..., 0])).sum(axis=1)


def extend_series(windows):
    """Return series that go on past their end as they came, read backwards: no step is NaN.

    What is past the end is made to be cut off again; a reflection keeps level, scale and smoothness of the series.
    """
    lengths = series_lengths(windows)
    steps = np.arange(windows.shape[1])
    turn = np.maximum(2 * (lengths - 1), 1)[:, None]
    place = steps % turn
    place = np.where(place < lengths[:, None], place, turn - place)
    return np.take_along_axis(windows, place[..., None], axis=1)


def resample_series(series, n_steps):
    """Return series at ``n_steps`` evenly spaced moments from their first to their last step.

    Values between steps are interpolated linearly. The length of each stands beside its values, so that sets whose
    series differ in length alone differ.

    Parameters
    ----------
    series : list of ndarray of shape (length, n_channels)
    n_steps : int

    Returns
    -------
    features : ndarray of shape (n_series, n_steps * n_channels + 1)
    """
    rows = []
    for one in series:
        moments, steps = np.linspace(0, len(one) - 1, n_steps), np.arange(len(one))
        values = [np.interp(moments, steps, channel) for channel in one.T]
        rows.append(np.concatenate([*values, [len(one)]]))
    return np.array(rows)


class SeriesScaler:
    """Scale the channels of series of unequal length; only steps within a series are looked at.

    Every step is a window by itself to the scaler of windows: rules of it that need the course of a window, which tell
    smooth and interpolated channels, do not apply.

    Parameters
    ----------
    scaler : ChannelScaler
        Unfitted.
    """

    def __init__(self, scaler):
        self.scaler = scaler

    def fit(self, windows):
        """Learn from windows of shape (n_series, longest, n_channels), NaN beyond the end of a series."""
        self.scaler.fit(windows[~np.isnan(windows[..., 0])][:, None])
        return self

    @property
    def free_(self):
        """The channels that scores are made of."""
        return self.scaler.free_

    def transform(self, windows):
        """Return scores of the free channels, of shape (n_series, longest, n_free), 0 beyond the end of a series."""
        inside = ~np.isnan(windows[..., 0])
        scores = np.zeros((*inside.shape, len(self.free_)))
        scores[inside] = self.scaler.transform(windows[inside][:, None])[:, 0]
        return scores

    def inverse_transform(self, scores, generator):
        """Return windows with all channels, in the units of those seen in ``fit``, for a tensor of scores."""
        windows = self.scaler.inverse_transform(scores.flatten(0, 1)[:, None], generator)
        return windows.reshape(*scores.shape[:2], windows.shape[2])
