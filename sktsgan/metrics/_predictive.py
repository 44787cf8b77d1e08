"""The predictive score: does a forecaster trained on generated windows work on real ones?"""

import numpy as np
import torch

from sktsgan._random import draw_seed, local_torch_seed
from sktsgan.metrics._recurrent_judge import (
    RecurrentJudges,
    fit_judges,
    group_sizes,
    read_sets,
)

__all__ = ["predictive_score"]

_CHUNK = 4096  # windows predicted at once, to bound memory


def predictive_score(
    real,
    synthetic,
    *,
    n_fits=1,
    max_iter=5000,
    batch_size=128,
    n_channels=None,
    return_fits=False,
    random_state=None,
):
    """Return the error on real windows of a one-step forecaster trained on synthetic ones.

    Parameters
    ----------
    real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows, on which the forecaster is tested.
    synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
        Generated windows, on which the forecaster is trained.
    n_fits : int, default=1
        Number of forecasters, each with its own initial weights and batches.
    max_iter : int, default=5000
        Training steps of each forecaster.
    batch_size : int, default=128
        Generated windows in a step, drawn with replacement.
    n_channels : int, default=None
        Number of channels; needed for flat windows.
    return_fits : bool, default=False
        Whether to return the score of each forecaster too.
    random_state : int, RandomState instance or None, default=None
        Controls initial weights and batches. None draws a fresh seed.

    Returns
    -------
    score : float
        Mean absolute error over forecasters, real windows and steps, as a fraction of the target's
        real range, in [0, 1]; **lower is better**. The floor is not 0 but
        ``predictive_score(real, real)``.
    fits : ndarray of shape (n_fits,)
        The score of each forecaster; only if ``return_fits`` is True.

    Raises
    ------
    ValueError
        If the windows differ in shape or have fewer than two steps, or ``n_fits``, ``max_iter`` or
        ``batch_size`` is less than 1.
    TypeError
        If one of these is not an integer.

    Notes
    -----
    The protocol of [1]_: a one-layer GRU with max(⌊d / 2⌋, 2) units, d the number of
    channels, reads channels 1 to d − 1 at steps 1 to T − 1; from each state, a linear layer and a
    sigmoid forecast the *last* channel one step later. Adam (learning rate 0.001) minimises the
    mean absolute error. Each channel is scaled so that the real windows span [0, 1]; generated
    values beyond ten times that are cut off.

    Univariate windows, which the published code can't score, are forecast from their own past: the
    only channel is both input and target.

    The score says little if the last channel is noise or follows from the others at the same step:
    compare it with that of the real windows themselves.

    References
    ----------
    .. [1] J. Yoon, D. Jarrett and M. van der Schaar, "Time-series generative adversarial networks",
       NeurIPS 2019, section 5.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import predictive_score
    >>> phase = np.random.default_rng(0).uniform(0, 6, size=(200, 1))
    >>> real = np.sin(phase + np.arange(12))
    >>> fake = np.full_like(real, -1.0)
    >>> floor = predictive_score(real, real, max_iter=200, random_state=0)
    >>> floor < predictive_score(real, fake, max_iter=200, random_state=0)
    True
    """
    counts = {"n_fits": n_fits, "max_iter": max_iter, "batch_size": batch_size}
    sets, n_hidden = read_sets(real, synthetic, n_channels, **counts)
    if sets[0].shape[1] < 2:
        raise ValueError("Forecasting one step ahead needs windows of at least 2 steps, got 1.")
    with local_torch_seed(draw_seed(random_state)):
        groups = [
            _forecast_error(*sets, n_forecasters, n_hidden, max_iter, batch_size)
            for n_forecasters in group_sizes(n_fits, n_hidden)
        ]
    fits = np.concatenate(groups)
    score = float(fits.mean())
    return (score, fits) if return_fits else score


def _forecast_error(real, synthetic, n_forecasters, n_hidden, max_iter, batch_size):
    """Return the errors on ``real`` of forecasters trained side by side, shape (n_forecasters,)."""
    n_inputs = max(real.shape[2] - 1, 1)
    forecasters = RecurrentJudges(n_forecasters, n_inputs, n_hidden)

    def errors(windows):
        forecasts = forecasters(windows[:, :, :-1, :n_inputs], last_only=False).sigmoid()
        return (forecasts - windows[:, :, 1:, -1]).abs()

    def compute_loss():
        drawn = torch.randint(len(synthetic), (n_forecasters, batch_size))
        return errors(synthetic[drawn]).mean(dim=(1, 2)).sum()

    fit_judges(forecasters, compute_loss, max_iter)
    with torch.no_grad():
        parts = [errors(part.expand(n_forecasters, -1, -1, -1)) for part in real.split(_CHUNK)]
    return torch.cat(parts, dim=1).double().mean(dim=(1, 2)).numpy()
