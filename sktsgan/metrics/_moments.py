"""Differences between the third and fourth moments of two sets of windows."""

import numpy as np

from sktsgan.containers._windows import check_window_pair
from sktsgan.metrics._statistics import z_score

__all__ = ["channel_moment", "kurtosis_difference", "skewness_difference"]


def skewness_difference(real, synthetic, *, n_channels=None):
    """Return the mean absolute difference between the skewness of the channels of two sets.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    n_channels : int, default=None
        Number of channels; needed for flat windows.

    Returns
    -------
    difference : float
        Mean over channels of ``|difference|``, at least 0; **lower is better**, 0 is best.

    Raises
    ------
    ValueError
        If the windows differ in shape.

    See Also
    --------
    kurtosis_difference : The same for the weight of the tails.

    Notes
    -----
    The "skewness difference" of [1]_. The skewness of a channel is the mean cube of its values in all windows and
    steps, standardised by the channel's own mean and standard deviation. A constant channel counts as 0. A few
    extreme values decide the moment: compare it with the difference between two real sets.

    References
    ----------
    .. [1] Y. Ang et al., "TSGBench: Time series generation benchmark", PVLDB 17 (3), 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import skewness_difference
    >>> real = np.array([[0.0, 1.0], [0.0, 1.0]])
    >>> synthetic = np.array([[0.0, 0.0], [0.0, 1.0]])
    >>> round(skewness_difference(real, synthetic), 3)  # 0 against 2 / sqrt(3)
    1.155
    """
    return _moment_difference(real, synthetic, 3, n_channels)


def kurtosis_difference(real, synthetic, *, n_channels=None):
    """Return the mean absolute difference between the kurtosis of the channels of two sets.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows.
    n_channels : int, default=None
        Number of channels; needed for flat windows.

    Returns
    -------
    difference : float
        Mean over channels of ``|difference|``, at least 0; **lower is better**, 0 is best.

    Raises
    ------
    ValueError
        If the windows differ in shape.

    See Also
    --------
    skewness_difference : The same for the asymmetry.

    Notes
    -----
    The "kurtosis difference" of [1]_. The kurtosis of a channel is the mean fourth power of its values in all windows
    and steps, standardised by the channel's own mean and standard deviation: 3 for a normal distribution. A constant
    channel counts as 0. A few extreme values decide the moment: compare it with the difference between two real sets.

    References
    ----------
    .. [1] Y. Ang et al., "TSGBench: Time series generation benchmark", PVLDB 17 (3), 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import kurtosis_difference
    >>> real = np.array([[0.0, 1.0], [0.0, 1.0]])
    >>> synthetic = np.array([[0.0, 0.0], [0.0, 1.0]])
    >>> round(kurtosis_difference(real, synthetic), 3)  # 1 against 7 / 3
    1.333
    """
    return _moment_difference(real, synthetic, 4, n_channels)


def channel_moment(windows, order):
    """Return the standardised moment of each channel over windows and steps, shape (n_channels,)."""
    return (z_score(windows) ** order).mean(axis=(0, 1))


def _moment_difference(real, synthetic, order, n_channels):
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    return float(np.abs(channel_moment(real, order) - channel_moment(synthetic, order)).mean())
