"""The closed-form sampler."""

from numbers import Integral

from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._random import draw_seed
from sktsgan.closed_form import WindowCopula
from sktsgan.samplers._base import BaseSampler

__all__ = ["CopulaSampler", "add_rows"]


class CopulaSampler(BaseSampler):
    """Sample windows from a mixture of Gaussian copulas, fitted in closed form.

    Channels go to normal scores through their empirical distributions, windows to level, log-scale
    and shape, these to principal components; similar windows form a group, and each group is a
    Gaussian of full covariance. Channels that nothing links are modelled apart. No training: a
    baseline that is hard to beat, and the starting point of :class:`TransformerGANSampler`.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    n_components : int or "auto", default="auto"
        Groups of windows in each class. ``"auto"`` takes one for every 10 windows per principal component, though for
        at least 60 and at most 600 windows, and no more than 200; 1 is the plain Gaussian copula.
    max_rank : int, default=400
        The most directions in which the windows of a group vary.
    random_state : int, RandomState instance or None, default=None
        Controls the grouping.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training windows.
    copula_ : WindowCopula
        The fitted model.
    imputer_ : WindowRepair
        The model that ``impute`` draws from. It keeps up to 4,000 training windows.
    keeps_training_windows_ : bool
        Whether ``copula_`` contains training windows: where a group is a single window, as in classes of few.
    n_timesteps_, n_channels_ : int
        Shape of a window.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    See Also
    --------
    TransformerGANSampler : Refines this model adversarially.
    NeighborSampler : Draws around training windows, which it keeps.

    Notes
    -----
    Channels that are constant, copies of each other, integer-valued, on a grid of values or interpolated between
    knots come out as such, and values stay within the range seen in ``fit``.

    Where ``n_components="auto"`` and there are several classes, a class of n < 20 windows is modelled by a kernel on
    each of them, with 1/n of the covariance within all classes: it borrows from the others how windows vary [3]_.

    References
    ----------
    .. [1] Sklar (1959). Fonctions de répartition à n dimensions et leurs marges.
    .. [2] Patki, Wedge, Veeramachaneni (2016). The Synthetic Data Vault. DSAA. (Gaussian copulas of tables.)
    .. [3] Silverman, Young (1987). The bootstrap: to smooth or not to smooth? Biometrika 74.

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
        "n_components": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "max_rank": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    _takes_holes = True

    def __init__(self, *, n_channels=None, n_components="auto", max_rank=400, random_state=None):
        self.n_channels = n_channels
        self.n_components = n_components
        self.max_rank = max_rank
        self.random_state = random_state

    def _learn(self, windows, rows):
        with self._fit_task():
            seed = draw_seed(self.random_state)
            windows = self._learn_holes(windows, seed)
            self.copula_ = self._fit_copula(windows, self.conditions_, seed)
            self.keeps_training_windows_ = self.copula_.has_lone_windows_

    def _fit_copula(self, windows, table, seed, scaler=None):
        """Return the model of float64 windows with three axes, whose conditions a table holds."""
        self._validate_params()
        copula = WindowCopula(self.n_components, self.max_rank, random_state=seed)
        if table.is_empty:
            copula.fit(windows, scaler=scaler)
        else:
            copula.fit(windows, table.codes("y"), table.encoded, table.cells, scaler)
        return copula

    def _make(self, rows, generator):
        return self.copula_.sample(len(rows), generator, rows)


def add_rows(copula, windows, table, rows):
    """Tell a model of further windows, which are those rows of a table of conditions."""
    codes = table.codes("y")
    classes = None if codes is None else codes[rows]
    copula.add_rows(windows, classes, table.encoded[rows], table.cells[rows])
