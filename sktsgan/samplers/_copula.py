"""The closed-form sampler that keeps no training window."""

from numbers import Integral

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._random import draw_seed, torch_generator
from sktsgan.closed_form import WindowCopula, WindowRepair
from sktsgan.samplers._base import BaseSampler
from sktsgan.samplers._rules import decode

__all__ = ["CopulaSampler"]

_LEARNED = 500, 4000  # windows of the copula, as many as of training between these


class CopulaSampler(BaseSampler):
    """Sample windows from a Gaussian copula, fitted in closed form.

    Channels go to normal scores through their empirical distributions, windows to level, log-scale and shape, these to
    principal components, and the components of each class to a Gaussian, whose mean follows the conditions. Channels
    that nothing links are modelled apart. It is less like real windows than :class:`NeighborSampler`, but it holds
    means and covariances in place of training windows.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    constraints : "auto" or list of str, default=None
        Rules that windows obey, by the names of channels: ``"0 <= share <= 1"``, ``"low <= high"``,
        ``"a + b == total"``, ``"increasing(counter)"``, ``"combinations(city, country)"``. ``"auto"`` finds those that
        all training windows obey; ``constraints_`` says which.
    random_state : int, RandomState instance or None, default=None
        Controls the solver of principal components and the draws by which missing values are imputed.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training windows.
    copula_ : WindowCopula
        The fitted model.
    constraints_ : list of str
        Rules that windows obey.
    imputer_ : WindowRepair
        The model that ``impute`` draws from. It learned from windows of ``copula_``.
    keeps_training_windows_ : bool
        Whether ``copula_`` contains training windows: where a class has a single one, which is then its mean.
    n_timesteps_, n_channels_ : int
        Shape of a window.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    See Also
    --------
    NeighborSampler : Draws around training windows, which it keeps.
    TransformerGANSampler : Refines what NeighborSampler draws, adversarially.

    Notes
    -----
    Channels that are constant, copies of each other, integer-valued, on a grid of values or interpolated between
    knots come out as such, and values stay within the range seen in ``fit``. A class of few windows borrows from the
    covariance within all classes.

    Scales, grids and the models of missing values hold single values of the training windows. No window can be read
    off them, but this is no proof of privacy.

    References
    ----------
    .. [1] Sklar (1959). Fonctions de répartition à n dimensions et leurs marges.
    .. [2] Patki, Wedge, Veeramachaneni (2016). The Synthetic Data Vault. DSAA. (Gaussian copulas of tables.)

    Examples
    --------
    >>> from sktsgan import CopulaSampler
    >>> from sktsgan.datasets import make_sines
    >>> X = make_sines(200, random_state=0)
    >>> CopulaSampler(random_state=0).fit(X).sample(3, random_state=0).shape
    (3, 24, 5)
    """

    _parameter_constraints = {
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "constraints": [list, tuple, StrOptions({"auto"}), None],
        "random_state": ["random_state"],
    }

    _takes_holes = True

    def __init__(self, *, n_channels=None, constraints=None, random_state=None):
        self.n_channels = n_channels
        self.constraints = constraints
        self.random_state = random_state

    def _learn(self, windows, rows):
        with self._fit_task():
            seed = draw_seed(self.random_state)
            windows = self._learn_holes(windows, seed)
            table = self.conditions_
            copula = WindowCopula(random_state=seed)
            self.copula_ = copula.fit(windows, table.groups, table.encoded)
            self.keeps_training_windows_ = self.copula_.has_lone_windows_
            self._forget(len(windows), seed)

    def _forget(self, n_windows, seed):
        """Let the model of missing values learn from windows of the copula, in place of the training windows."""
        generator = torch_generator(seed)
        rows = torch.randint(n_windows, (int(np.clip(n_windows, *_LEARNED)),), generator=generator)
        made = decode(self, self.copula_.sample(rows, generator))
        self.imputer_ = WindowRepair(self.categorical_, random_state=seed).fit(made)

    def _make(self, rows, generator):
        return self.copula_.sample(rows, generator)
