"""Real and generated items in the plane, with the normal distributions whose divergence is the score."""

import numbers

import numpy as np
from sklearn.utils import check_scalar

from sktsgan.metrics._draws import draw_beside
from sktsgan.metrics._items import comparable_pair
from sktsgan.plotting._projections import project
from sktsgan.plotting._style import REAL, SYNTHETIC, prepare_axes

__all__ = ["DistributionDisplay"]

_LABELS = {"pca": ("PCA", "principal component"), "tsne": ("t-SNE", "t-SNE axis")}


class DistributionDisplay:
    """Scatter plot of real and generated items by PCA and t-SNE, with a normal distribution for each set.

    Create it with :meth:`from_samples` or :meth:`from_estimator`. The ellipses lie at one and two
    standard deviations of the normal distributions. The divergence in the title of the PCA panel is
    :func:`~sktsgan.metrics.distribution_kl_divergence` of all items.

    Parameters
    ----------
    projections : dict of str to Projection
        Under ``"pca"`` or ``"tsne"``: the points to draw (``real`` and ``synthetic``, of shape
        (n_points, 2)), the normal distributions (``real_normal`` and ``synthetic_normal``, tuples
        of mean and covariance) and their ``divergence`` in nats.

    Attributes
    ----------
    axes_ : ndarray of Axes of shape (n_projections,)
        The panels.
    figure_ : Figure
        The figure that holds them.
    scatters_ : list of tuple of (PathCollection, PathCollection)
        The real and the generated points of each panel.
    ellipses_ : list of list of Ellipse
        The four ellipses of each panel.

    See Also
    --------
    WindowDisplay : The windows themselves.

    Notes
    -----
    t-SNE embeds both sets together [1]_. Look at its distances and ellipses, but don't measure them.

    References
    ----------
    .. [1] L. van der Maaten and G. Hinton, "Visualizing data using t-SNE", JMLR 9, 2008.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.plotting import DistributionDisplay
    >>> real, synthetic = np.random.default_rng(0).normal(size=(2, 300, 24)).cumsum(axis=2)
    >>> display = DistributionDisplay.from_samples(real, synthetic, projection="pca")
    >>> display.axes_[0].get_title()
    'PCA: KL divergence 0.0... nats'
    """

    def __init__(self, *, projections):
        self.projections = projections

    @classmethod
    def from_samples(
        cls,
        real,
        synthetic,
        *,
        projection=("pca", "tsne"),
        max_points=500,
        random_state=None,
        ax=None,
    ):
        """Draw two sets of items.

        Parameters
        ----------
        real : array-like of shape (n_real, ...), or list of array-like or str
            Real windows (3-D or flat) or other items of equal shape, of at least two values; series of unequal length;
            or texts.
        synthetic : array-like of shape (n_synthetic, ...), or list of array-like or str
            Generated items of the same kind.
        projection : {"pca", "tsne"} or a sequence of these, default=("pca", "tsne")
            The panels, from left to right.
        max_points : int, default=500
            Largest number of points drawn (and embedded by t-SNE), the same for both sets.
        random_state : int, RandomState instance or None, default=None
            Controls which points are drawn, and t-SNE.
        ax : Axes or array-like of Axes, default=None
            Axes to draw on, one for each panel; None makes a new figure.

        Returns
        -------
        display : DistributionDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the items differ in shape, a projection is unknown, ``max_points`` is less than 2 or
            the number of axes is wrong.
        """
        names = [projection] if isinstance(projection, str) else list(projection)
        for name in names:
            if name not in _LABELS:
                known = ", ".join(map(repr, _LABELS))
                raise ValueError(f"projection must be one of {known}, got {name!r}.")
        check_scalar(max_points, "max_points", numbers.Integral, min_val=2)
        real, synthetic = comparable_pair(real, synthetic)
        if real.shape[1] < 2:
            raise ValueError("A plane needs items of at least 2 values, got 1.")
        projections = project(real, synthetic, names, max_points, random_state)
        return cls(projections=projections).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        projection=("pca", "tsne"),
        max_points=500,
        random_state=None,
        ax=None,
    ):
        """Draw real items beside as many from a fitted sampler.

        Parameters
        ----------
        estimator : sampler or Pipeline
            Fitted sampler; in a pipeline, its items are compared with the output of the steps before it.
        X : array-like of shape (n_items, ...)
            Real items, or the pipeline's input.
        projection : {"pca", "tsne"} or a sequence of these, default=("pca", "tsne")
            The panels, from left to right.
        max_points : int, default=500
            Largest number of points drawn, the same for both sets.
        random_state : int, RandomState instance or None, default=None
            Controls the generated items, the choice of points, and t-SNE.
        ax : Axes or array-like of Axes, default=None
            Axes to draw on, one for each panel; None makes a new figure.

        Returns
        -------
        display : DistributionDisplay
            The drawn display.
        """
        real, synthetic = draw_beside(estimator, X, random_state=random_state)
        return cls.from_samples(
            real,
            synthetic,
            projection=projection,
            max_points=max_points,
            random_state=random_state,
            ax=ax,
        )

    def plot(self, ax=None):
        """Draw the panels.

        Parameters
        ----------
        ax : Axes or array-like of Axes, default=None
            Axes to draw on, one for each panel; None makes a new figure.

        Returns
        -------
        display : DistributionDisplay
            The display itself.
        """
        self.axes_ = prepare_axes(ax, (1, len(self.projections)), size=(5, 4.4))[0]
        self.figure_ = self.axes_[0].figure
        self.scatters_, self.ellipses_ = [], []
        for panel, (name, projection) in zip(self.axes_, self.projections.items(), strict=True):
            self.scatters_.append(_scatter(panel, projection))
            self.ellipses_.append(_draw_normals(panel, projection))
            _describe(panel, name, projection)
        _add_legend(self.axes_[0])
        return self


def _scatter(ax, projection):
    """Draw the points of both sets, the generated ones on top and with another marker."""
    style = {"s": 14, "alpha": 0.45, "linewidths": 0}
    return (
        ax.scatter(*projection.real.T, c=REAL, marker="o", label="real", **style),
        ax.scatter(*projection.synthetic.T, c=SYNTHETIC, marker="^", label="generated", **style),
    )


def _draw_normals(ax, projection):
    """Draw ellipses at one and two standard deviations of both normal distributions."""
    from matplotlib.patches import Ellipse

    ellipses = []
    for (mean, covariance), color, line in (
        (projection.real_normal, REAL, "solid"),
        (projection.synthetic_normal, SYNTHETIC, "dashed"),
    ):
        variances, directions = np.linalg.eigh(covariance)
        angle = np.degrees(np.arctan2(directions[1, 0], directions[0, 0]))
        for n_deviations in (1, 2):
            diameters = 2 * n_deviations * np.sqrt(variances)
            ellipse = Ellipse(mean, *diameters, angle=angle, fill=False, color=color)
            ellipse.set(linestyle=line, linewidth=1.8)
            ellipses.append(ax.add_patch(ellipse))
    return ellipses


def _add_legend(ax):
    from matplotlib.lines import Line2D

    sets = ("real", REAL, "o", "solid"), ("generated", SYNTHETIC, "^", "dashed")
    handles = [
        Line2D([], [], color=color, marker=marker, linestyle="none", markersize=5, label=label)
        for label, color, marker, _ in sets
    ]
    handles += [
        Line2D([], [], color=color, linestyle=line, label=f"normal of {label}, 1 and 2 sd")
        for label, color, _, line in sets
    ]
    ax.legend(handles=handles, loc="best", fontsize="small")


def _describe(ax, name, projection):
    title, axis = _LABELS[name]
    if name == "pca":
        title = f"{title}: KL divergence {projection.divergence:.3g} nats"
    else:
        title = f"{title} of {len(projection.real)} real and as many generated"
    ax.set(title=title, xlabel=f"{axis} 1", ylabel=f"{axis} 2")
    ax.spines[["top", "right"]].set_visible(False)
