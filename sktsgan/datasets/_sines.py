"""Sine waves of random frequency and phase."""

import numpy as np

from sktsgan._random import draw_seed
from sktsgan._validation import check_count


def make_sines(n_windows=10_000, n_timesteps=24, n_channels=5, *, random_state=None):
    r"""Make windows of sine waves, the "Sines" data of the TimeGAN paper [1]_.

    Channel :math:`c` of a window is, at the steps :math:`t = 0, 1, \dots`,

    .. math:: x_{t,c} = \tfrac{1}{2} \left( \sin(f_c t + p_c) + 1 \right),
              \quad f_c, p_c \sim \mathcal{U}[0, 0.1],

    with frequencies (radians per step) and phases (radians) drawn for each channel of each window.

    Parameters
    ----------
    n_windows : int, default=10_000
        Number of windows.
    n_timesteps : int, default=24
        Length of a window, in steps.
    n_channels : int, default=5
        Number of channels, independent of each other.
    random_state : int, RandomState instance or None, default=None
        Controls the draws. An int gives the same windows at each call.

    Returns
    -------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        Values from 0 to 1.

    Raises
    ------
    ValueError
        If a count is below 1.
    TypeError
        If a count is not an integer.

    References
    ----------
    .. [1] Jinsung Yoon, Daniel Jarrett, Mihaela van der Schaar, "Time-series Generative Adversarial
       Networks", NeurIPS 2019, section 5.1.

    Examples
    --------
    >>> from sktsgan.datasets import make_sines
    >>> make_sines(100, random_state=0).shape
    (100, 24, 5)
    """
    check_count("n_windows", n_windows)
    check_count("n_timesteps", n_timesteps)
    check_count("n_channels", n_channels)
    generator = np.random.default_rng(draw_seed(random_state))
    frequency, phase = generator.uniform(0, 0.1, size=(2, n_windows, 1, n_channels))
    steps = np.arange(n_timesteps)[:, np.newaxis]
    return (np.sin(frequency * steps + phase) + 1) / 2
