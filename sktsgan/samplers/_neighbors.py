"""The sampler of neighbourhoods."""

from numbers import Integral

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed
from sktsgan.closed_form import (
    WindowDensity,
    WindowNeighborhoods,
    choose_n_neighbors,
    times_of_windows,
)
from sktsgan.samplers._base import BaseSampler
from sktsgan.samplers._rules import encode
from sktsgan.scaling._readings import ReadingScaler

__all__ = ["NeighborSampler"]


class NeighborSampler(BaseSampler):
    r"""Sample windows between the neighbours of training windows.

    Around each training window lies a Gaussian, with the mean and the covariance of the windows most like it; a new
    window is a draw from one of them. Windows are compared and blended as level, log-scale and shape of each
    channel. Where a channel often stands still, only what is slow is blended, and the fast part is that of one
    neighbour, so that steps and kinks look as they were read. Channels that nothing links are drawn apart. No training.

    The fitted model contains its training windows, and new windows are made of them: see the Notes on privacy.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    n_neighbors : int or "auto", default="auto"
        Number of neighbours that a new window is made of, at least 2. With more of them, new windows are more novel and
        less like real ones. ``"auto"`` takes the first of 8, 16 and 32 with which closeness to new windows tells the
        training windows from those of other periods with an area under the ROC curve of at most 0.9, as measured
        on alternate blocks of the training windows; 8 where these are fewer than 200.
    constraints : "auto" or list of str, default=None
        Rules that windows obey, by the names of channels: ``"0 <= share <= 1"``, ``"low <= high"``,
        ``"a + b == total"``, ``"increasing(counter)"``, ``"combinations(city, country)"``. ``"auto"`` finds those that
        all training windows obey; ``constraints_`` says which.
    random_state : int, RandomState instance or None, default=None
        Controls the draws by which ``"auto"`` is decided and missing values are imputed.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training windows.
    constraints_ : list of str
        Rules that windows obey.
    imputer_ : WindowRepair
        The model that ``impute`` draws from. It keeps up to 4,000 training windows.
    keeps_training_windows_ : bool
        True: the fitted model contains its training windows.
    n_neighbors_ : int
        Number of neighbours, as chosen.
    neighborhoods_ : WindowNeighborhoods
        The fitted model.
    n_timesteps_, n_channels_ : int
        Shape of a window.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    See Also
    --------
    CopulaSampler : A smaller model, which keeps means and covariances of many windows instead of the windows.

    Notes
    -----
    A draw around a training window is

    .. math:: x = \bar x + \sum_j w_j (x_j - \bar x), \quad
        w = (g - \bar g) / \sqrt{k - 1}, \quad g \sim N(0, I_k),

    with the window's k neighbours and their mean. In [1]_ the Gaussian has its mean at the training window; here the
    window takes no part, as long as others are enough. Neighbours share no reading with the window and begin a
    quarter of its length apart, as far as there are so many: overlapping windows are recognised by what they share,
    in any order, at any stride of up to three quarters of their length. Windows that were scaled one by one share
    nothing that can be recognised.

    Neighbours are of the same class and entity, and alike in everything else that is known of them, so that a prompt
    decides around which training windows to draw. Dates and conditions count by what they let one expect of a window,
    and a draw moves by what its neighbours' conditions differ in. Beside other classes, one of n < 20 windows borrows
    from all how windows vary: each of its draws is one of its windows, moved by 1/√n of what a window differs from the
    mean of its class [3]_.

    Channels that are constant, copies of each other, integer-valued or on a grid of values come out as such, and
    values stay within the range seen in ``fit``. A channel with one value in more than a fifth of its readings, such
    as the zeros of rain, comes whole from one training window.

    **Privacy.** Whoever has the fitted sampler, or a pickle of it, has the training windows. Whoever has enough new
    windows can tell better than by chance whether a window was among those of training (membership inference), and more
    surely the fewer ``n_neighbors``, the longer the windows and the smaller the classes are. ``"auto"`` bounds the
    success of one simple attack and promises nothing of others. Don't share this sampler or its windows where it
    must stay secret who is in the data; ``metrics.membership_inference_score`` measures what one attack learns.

    References
    ----------
    .. [1] Vincent, Bengio (2003). Manifold Parzen windows. NIPS 15.
    .. [2] Shokri, Stronati, Song, Shmatikov (2017). Membership inference attacks against machine learning models.
       IEEE S&P.
    .. [3] Silverman, Young (1987). The bootstrap: to smooth or not to smooth? Biometrika 74.

    Examples
    --------
    >>> from sktsgan import NeighborSampler
    >>> from sktsgan.datasets import make_sines
    >>> X = make_sines(200, random_state=0)
    >>> sampler = NeighborSampler(random_state=0).fit(X)
    >>> sampler.sample(3, random_state=0).shape
    (3, 24, 5)
    >>> sampler.keeps_training_windows_
    True
    """

    _parameter_constraints = {
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "n_neighbors": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
        "constraints": [list, tuple, StrOptions({"auto"}), None],
        "random_state": ["random_state"],
    }

    _takes_holes = True
    _takes_categories = True

    def __init__(self, *, n_channels=None, n_neighbors="auto", constraints=None, random_state=None):
        self.n_channels = n_channels
        self.n_neighbors = n_neighbors
        self.constraints = constraints
        self.random_state = random_state

    def _learn(self, windows, rows):
        with self._fit_task():
            seed = draw_seed(self.random_state)
            times = times_of_windows(windows)  # before holes are filled, which windows share too
            windows = self._learn_holes(windows, seed)
            table = self.conditions_
            own = self.categorical_
            self.n_neighbors_ = self._count_neighbors(windows, times, table, seed, own)
            known = table.groups, table.encoded, times, ReadingScaler(own).fit(windows)
            self.neighborhoods_ = WindowNeighborhoods(self.n_neighbors_).fit(windows, *known)
            self.keeps_training_windows_ = True

    def _count_neighbors(self, windows, times, table, seed, categorical=()):
        """Return the number of neighbours that the sampler takes for windows, whose conditions a table holds."""
        self._validate_params()
        if self.n_neighbors != "auto":
            return min(self.n_neighbors, max(len(windows), 2))  # more would only take memory
        known = table.groups, table.encoded, times
        return choose_n_neighbors(windows, *known, seed, categorical)

    def _make(self, rows, generator):
        seed = int(torch.randint(2**62, (1,), generator=generator))
        rng = np.random.default_rng(seed)
        return self.neighborhoods_.sample(len(rows), rng, rows.numpy())

    def score_samples(self, X):
        """Return how usual windows are: the log of their density beside the training windows.

        Every training window is the centre of a kernel with the covariance of what neighbours differ in. Training
        windows themselves score higher than others that are as usual.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_windows, n_timesteps, n_channels), or as in ``fit``
            Windows without missing values. Constants, copies of other channels and categories do not count.
            With ``constraints``, the density is that of the channels as the rules write them, such as distances.

        Returns
        -------
        log_density : ndarray of shape (n_windows,)
            In nats, in the units of the channels; higher is more usual. Minus infinity for windows that break one of
            the ``constraints``.
        """
        check_is_fitted(self, "neighborhoods_")
        windows = self.container_.read(self, X)
        scores = WindowDensity(self.neighborhoods_).log_density(encode(self, windows))
        if self.rules_ is not None:
            scores[~self.rules_.obeyed_by(windows)] = -np.inf
        return scores
