"""Differences between simple statistics of two sets of windows."""

import numbers

import numpy as np
from sklearn.utils import check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_window_pair

__all__ = [
    "autocorrelation_difference",
    "autocorrelations",
    "correlation_difference",
    "marginal_difference",
    "z_score",
]


def autocorrelation_difference(real, synthetic, *, max_lag=None, n_channels=None):
    """Return the mean absolute difference between the autocorrelations of two sets.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    max_lag : int, default=None
        Largest lag, in steps, less than ``n_timesteps``; None takes ``n_timesteps - 1``.
    n_channels : int, default=None
        Number of channels; needed for flat windows.

    Returns
    -------
    difference : float
        Mean over channels and lags 1 to ``max_lag`` of ``|difference|``, at least 0; **lower is
        better**, 0 is best.

    Raises
    ------
    ValueError
        If the windows differ in shape or have fewer than two steps, or ``max_lag`` is out of range.
    TypeError
        If ``max_lag`` is not an integer.

    Notes
    -----
    The "autocorrelation difference" of [1]_. The autocorrelation of a channel at a lag is the mean
    product of values that many steps apart in all windows, less the channel's mean over windows
    and steps, divided by the channel's variance. A constant channel counts as 0.

    References
    ----------
    .. [1] Y. Ang et al., "TSGBench: Time series generation benchmark", PVLDB 17 (3), 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import autocorrelation_difference
    >>> real = np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
    >>> synthetic = np.array([[0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])
    >>> round(autocorrelation_difference(real, synthetic, max_lag=1), 3)  # -1 against 1/3
    1.333
    """
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    if real.shape[1] < 2:
        raise ValueError("Autocorrelation needs windows of at least 2 steps, got 1.")
    longest = real.shape[1] - 1
    max_lag = longest if max_lag is None else max_lag
    check_scalar(max_lag, "max_lag", numbers.Integral, min_val=1, max_val=longest)
    real, synthetic = (autocorrelations(windows, max_lag) for windows in (real, synthetic))
    return float(np.abs(real - synthetic).mean())


def autocorrelations(windows, max_lag):
    """Return the autocorrelation at lags 1 to ``max_lag``, shape (max_lag, n_channels)."""
    z = z_score(windows)
    return np.array([(z[:, lag:] * z[:, :-lag]).mean(axis=(0, 1)) for lag in range(1, max_lag + 1)])


def correlation_difference(
    real, synthetic, *, n_repeats=5, fraction=0.2, n_channels=None, random_state=None
):
    """Return the difference between the correlations among the channels of two sets.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    n_repeats : int, default=5
        Number of random subsets of each set that are compared.
    fraction : float, default=0.2
        Size of a subset as a fraction of its set, in (0, 1].
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    random_state : int, RandomState instance or None, default=None
        Controls the subsets. None draws a fresh seed.

    Returns
    -------
    difference : float
        ``Σ|difference| / 10`` over all pairs of channels, averaged over the repeats, at least 0;
        **lower is better**, 0 is best. It grows with the square of the number of channels, and is
        always 0 for one channel.

    Raises
    ------
    ValueError
        If the windows differ in shape, ``n_repeats`` is less than 1, or ``fraction`` is out of range.
    TypeError
        If ``n_repeats`` is not an integer or ``fraction`` no number.

    Notes
    -----
    The "correlational score" of [1]_: each channel is standardised over the windows and steps of its
    subset, and the correlation at lag 0 is taken for all pairs i ≥ j of channels. The division by
    10 is that of the published figures. A constant channel has correlation 0 with all.

    References
    ----------
    .. [1] S. Liao, H. Ni et al., "Conditional Sig-Wasserstein GANs for time series generation",
       arXiv:2006.05421, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import correlation_difference
    >>> a, b = np.random.default_rng(0).normal(size=(2, 1000, 8))
    >>> tied, free = np.stack([a, a], axis=2), np.stack([a, b], axis=2)
    >>> round(correlation_difference(tied, free, random_state=0), 1)  # (1 - 0) / 10
    0.1
    """
    check_scalar(n_repeats, "n_repeats", numbers.Integral, min_val=1)
    check_scalar(
        fraction, "fraction", numbers.Real, min_val=0, max_val=1, include_boundaries="right"
    )
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    rng = check_random_state(draw_seed(random_state))
    totals = []
    for _ in range(n_repeats):
        a, b = (_correlations(_draw(windows, fraction, rng)) for windows in (real, synthetic))
        totals.append(np.abs(np.tril(a - b)).sum() / 10)
    return float(np.mean(totals))


def _draw(windows, fraction, rng):
    size = max(1, int(fraction * len(windows)))
    return windows[rng.permutation(len(windows))[:size]]


def _correlations(windows):
    """Return the lag-0 correlations of the channels, shape (n_channels, n_channels)."""
    z = z_score(windows).reshape(-1, windows.shape[2])
    return z.T @ z / len(z)


def marginal_difference(real, synthetic, *, n_bins=50, n_channels=None):
    """Return the mean distance between the histograms of two sets.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    n_bins : int, default=50
        Number of bins of equal width over the range of the real values.
    n_channels : int, default=None
        Number of channels; needed for flat windows.

    Returns
    -------
    difference : float
        Mean over steps and channels of the total variation distance ½ Σ|p − q| between the
        relative frequencies, in [0, 1]; **lower is better**, 0 is best. Values outside the real
        range count in full.

    Raises
    ------
    ValueError
        If the windows differ in shape or ``n_bins`` is less than 1.
    TypeError
        If ``n_bins`` is not an integer.

    Notes
    -----
    After the "marginal distribution difference" of [1]_, with a histogram for each step and channel.
    The distance is another: the published mean of differences of densities depends on the units.

    References
    ----------
    .. [1] Y. Ang et al., "TSGBench: Time series generation benchmark", PVLDB 17 (3), 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import marginal_difference
    >>> real = np.array([[0.0], [0.0], [1.0], [1.0]])
    >>> synthetic = np.array([[0.0], [1.0], [1.0], [2.0]])
    >>> marginal_difference(real, synthetic)  # a quarter of the mass must leave 0, and is at 2
    0.25
    """
    check_scalar(n_bins, "n_bins", numbers.Integral, min_val=1)
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    low, high = real.min(axis=0), real.max(axis=0)
    p, q = (_histograms(windows, low, high, n_bins) for windows in (real, synthetic))
    return float(np.abs(p - q).sum(axis=0).mean() / 2)


def _histograms(windows, low, high, n_bins):
    """Return relative frequencies per step and channel, shape (n_bins + 2, n_steps * n_channels)."""
    width = np.where(high > low, high - low, 1.0)
    place = np.clip(np.floor((windows - low) / width * n_bins), -1, n_bins)
    place[windows == high] = n_bins - 1  # the last bin includes its upper edge
    # the first is below the range, the last above
    place = place.reshape(len(windows), -1).astype(int) + 1
    n_columns = place.shape[1]
    counts = np.bincount(
        (place * n_columns + np.arange(n_columns)).ravel(), minlength=(n_bins + 2) * n_columns
    )
    return counts.reshape(n_bins + 2, n_columns) / len(windows)


def z_score(windows):
    """Return windows with each channel standardised over windows and steps."""
    centred = windows - windows.mean(axis=(0, 1))
    deviation = centred.std(axis=(0, 1))
    return centred / np.where(deviation > 0, deviation, 1.0)
