"""A series with a known pattern of the year, the week and the day."""

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from sktsgan._random import draw_seed
from sktsgan._validation import check_count


def seasonal_pattern(timestamps, n_channels=3, *, yearly=5.0, weekly=1.0, daily=3.0):
    r"""Return the pattern of ``make_seasonal_series`` at given times: the series without its noise.

    Channel :math:`c = 0, 1, \dots` of :math:`C` has, at the time :math:`t`, the value

    .. math:: \mu_c(t) = 10 (c + 1)
              - A_y \cos\left(2\pi\left(Y(t) - \tfrac{c}{4C}\right)\right)
              + A_w W(t)
              - A_d \cos\left(2\pi\left(D(t) - \tfrac{c}{4C}\right)\right),

    where :math:`Y` is the elapsed part of the calendar year and :math:`D` that of the day, both in
    :math:`[0, 1)`, and :math:`W` is 2/5 from Monday to Friday and -1 at the weekend, so that its mean is 0. The
    first channel is lowest on 1 January and at midnight; later channels lag behind it.

    Parameters
    ----------
    timestamps : DatetimeIndex or array-like of datetimes, of shape (n_steps,)
        The times :math:`t`, in local time if they have a time zone.
    n_channels : int, default=3
        Number of channels :math:`C`.
    yearly : float, default=5.0
        Amplitude of the year, :math:`A_y`.
    weekly : float, default=1.0
        Amplitude of the week, :math:`A_w`.
    daily : float, default=3.0
        Amplitude of the day, :math:`A_d`.

    Returns
    -------
    pattern : DataFrame of shape (n_steps, n_channels)
        Columns ``channel_0``, ``channel_1`` and so on, indexed by the timestamps.

    Raises
    ------
    ValueError
        If ``n_channels`` is below 1.

    See Also
    --------
    make_seasonal_series : Adds noise.

    Examples
    --------
    >>> from sktsgan.datasets import seasonal_pattern
    >>> seasonal_pattern(["2024-01-01 00:00", "2024-01-01 12:00"], n_channels=1).round(1)
                         channel_0
    2024-01-01 00:00:00        2.4
    2024-01-01 12:00:00        8.4
    """
    check_count("n_channels", n_channels)
    times = pd.DatetimeIndex(timestamps)
    clock = times.tz_localize(None)
    day = ((clock - clock.normalize()) / pd.Timedelta(days=1)).to_numpy()
    year = (clock.day_of_year.to_numpy() - 1 + day) / np.where(clock.is_leap_year, 366, 365)
    week = np.where(clock.day_of_week < 5, 0.4, -1.0)
    channel = np.arange(n_channels)
    lag = channel / (4 * n_channels)
    pattern = (
        10 * (channel + 1)
        - yearly * np.cos(2 * np.pi * (year[:, np.newaxis] - lag))
        + weekly * week[:, np.newaxis]
        - daily * np.cos(2 * np.pi * (day[:, np.newaxis] - lag))
    )
    return pd.DataFrame(pattern, index=times, columns=[f"channel_{c}" for c in channel])


def make_seasonal_series(
    n_steps=17520,
    n_channels=3,
    *,
    start="2018-01-01",
    frequency="h",
    yearly=5.0,
    weekly=1.0,
    daily=3.0,
    noise=1.0,
    autocorrelation=0.8,
    cross_correlation=0.6,
    random_state=None,
):
    r"""Make a series with a known pattern of the year, the week and the day.

    The value of channel :math:`c` at the time :math:`t` is :math:`x_c(t) = \mu_c(t) + e_c(t)`. The pattern
    :math:`\mu` is that of :func:`seasonal_pattern`; the noise is a stationary autoregression with correlated
    channels,

    .. math:: e(t) = \rho \, e(t-1) + \sqrt{1 - \rho^2} \, z(t), \quad z(t) \sim \mathcal{N}(0, \sigma^2 R),
              \quad R_{ij} = r^{|i - j|},

    so that at each time :math:`e(t) \sim \mathcal{N}(0, \sigma^2 R)`, and noise :math:`k` steps apart has
    correlation :math:`\rho^k`.

    Parameters
    ----------
    n_steps : int, default=17520
        Length, in time steps. The default is two years of hours.
    n_channels : int, default=3
        Number of channels.
    start : str or Timestamp, default="2018-01-01"
        First timestamp.
    frequency : str or pandas.DateOffset, default="h"
        Length of one time step.
    yearly : float, default=5.0
        Amplitude of the year in the pattern.
    weekly : float, default=1.0
        Amplitude of the week in the pattern.
    daily : float, default=3.0
        Amplitude of the day in the pattern.
    noise : float, default=1.0
        Standard deviation of the noise :math:`\sigma`, at least 0.
    autocorrelation : float, default=0.8
        Correlation :math:`\rho` of noise with that one step before, between -1 and 1.
    cross_correlation : float, default=0.6
        Correlation :math:`r` of the noise of neighbouring channels, between -1 and 1.
    random_state : int, RandomState instance or None, default=None
        Controls the noise. An int gives the same series at each call.

    Returns
    -------
    series : DataFrame of shape (n_steps, n_channels)
        Columns ``channel_0``, ``channel_1`` and so on; the DatetimeIndex has a ``freq``.

    Raises
    ------
    ValueError
        If a count is below 1, ``noise`` is below 0, or a correlation is not between -1 and 1.

    See Also
    --------
    seasonal_pattern : The pattern alone, at any times.

    Examples
    --------
    >>> from sktsgan.datasets import make_seasonal_series, seasonal_pattern
    >>> series = make_seasonal_series(random_state=0)
    >>> series.shape
    (17520, 3)
    >>> noise = series - seasonal_pattern(series.index)
    >>> bool((abs(noise.std() - 1) < 0.05).all())
    True
    """
    check_count("n_steps", n_steps)
    if noise < 0:
        raise ValueError(f"noise must be at least 0, got {noise}.")
    correlations = {"autocorrelation": autocorrelation, "cross_correlation": cross_correlation}
    for name, value in correlations.items():
        if not -1 < value < 1:
            raise ValueError(f"{name} must lie between -1 and 1, got {value}.")
    index = pd.date_range(start, periods=n_steps, freq=frequency)
    series = seasonal_pattern(index, n_channels, yearly=yearly, weekly=weekly, daily=daily)
    generator = np.random.default_rng(draw_seed(random_state))
    return series + noise * _draw_noise(generator, series.shape, autocorrelation, cross_correlation)


def _draw_noise(generator, shape, autocorrelation, cross_correlation):
    """Draw a stationary autoregression of unit variance, shape (n_steps, n_channels)."""
    channel = np.arange(shape[1])
    distance = np.abs(channel[:, np.newaxis] - channel)
    correlation = np.float64(cross_correlation) ** distance
    shocks = generator.standard_normal(shape) @ np.linalg.cholesky(correlation).T
    shocks[1:] *= np.sqrt(1 - autocorrelation**2)  # all steps have the variance of the first
    return lfilter([1.0], [1.0, -autocorrelation], shocks, axis=0)
