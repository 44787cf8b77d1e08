"""The real period to which the windows of each prompt are closest."""

import calendar

import numpy as np

from sktsgan.metrics._prompt_fidelity import prompt_fidelity
from sktsgan.plotting._style import SYNTHETIC, prepare_axes

__all__ = ["PromptFidelityDisplay"]

_LEAST_SHOWN = 1e-3  # nats: smaller divergences are chance
_MAX_TICKS = 32


class PromptFidelityDisplay:
    """Heat map of the divergences between prompts and real periods.

    Create it with :meth:`from_estimator`, or from the result of :func:`~sktsgan.metrics.prompt_fidelity`. Dark cells
    are close. A mark in each row shows the real period to which its prompt is closest, filled if that is its own.
    Best is all marks filled, on the diagonal.

    Parameters
    ----------
    fidelity : :class:`~sklearn.utils.Bunch`
        Result of :func:`~sktsgan.metrics.prompt_fidelity`.

    Attributes
    ----------
    ax_ : Axes
        The panel.
    figure_ : Figure
        The figure that holds it.
    image_ : AxesImage
        The heat map.

    See Also
    --------
    sktsgan.metrics.prompt_fidelity : How the divergences are computed.

    Examples
    --------
    >>> from sktsgan import NeighborSampler, Windowizer
    >>> from sktsgan.datasets import make_seasonal_series
    >>> from sktsgan.plotting import PromptFidelityDisplay
    >>> series = make_seasonal_series(800, frequency="D", random_state=0)
    >>> windows = Windowizer(7).set_output(transform="pandas").fit_transform(series)
    >>> sampler = NeighborSampler(n_channels=3, random_state=0).fit(windows)
    >>> display = PromptFidelityDisplay.from_estimator(
    ...     sampler, windows, field="quarter", n_channels=3, random_state=0
    ... )
    >>> display.ax_.get_title()
    '4 of 4 prompts are closest to their own quarter...'
    """

    def __init__(self, fidelity):
        self.fidelity = fidelity

    @classmethod
    def from_estimator(cls, estimator, X, *, ax=None, **options):
        """Make windows for each prompt and draw their divergences from real periods.

        Parameters
        ----------
        estimator : sampler or Pipeline
            Fitted sampler.
        X : array-like of shape (n_windows, ...)
            Real windows in the order of time.
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.
        **options
            Parameters of :func:`~sktsgan.metrics.prompt_fidelity`, such as ``field``.

        Returns
        -------
        display : PromptFidelityDisplay
            The drawn display.
        """
        return cls(prompt_fidelity(estimator, X, **options)).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the heat map.

        Parameters
        ----------
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : PromptFidelityDisplay
            The display itself.
        """
        from matplotlib.colors import LogNorm

        fidelity, names = self.fidelity, _name_values(self.fidelity)
        self.ax_ = prepare_axes(ax, (1, 1), size=(6.4, 5.6))[0, 0]
        self.figure_ = self.ax_.figure
        shown = np.maximum(fidelity.divergences, _LEAST_SHOWN)
        highest = max(shown[np.isfinite(shown)].max(), 10 * shown.min())
        norm = LogNorm(shown.min(), highest)
        self.image_ = self.ax_.imshow(shown, cmap="Blues_r", norm=norm, aspect="auto")
        _mark_closest(self.ax_, fidelity)
        every = -(-len(names) // _MAX_TICKS)
        ticks = np.arange(0, len(names), every)
        self.ax_.set_xticks(ticks, [names[i] for i in ticks], rotation=90)
        self.ax_.set_yticks(ticks, [names[i] for i in ticks])
        field = " and ".join(fidelity.field).replace("_", " ")
        self.ax_.set(
            xlabel=f"{field} of real windows",
            ylabel="prompt",
            title=f"{fidelity.closest.sum()} of {len(names)} prompts are closest to their own {field};\n"
            f"a classifier recognises {fidelity.generated_accuracy:.0%} of generated, "
            f"{fidelity.real_accuracy:.0%} of real windows",
        )
        self.figure_.colorbar(self.image_, ax=self.ax_, label="KL divergence (nats)")
        return self


def _mark_closest(ax, fidelity):
    """Mark the smallest divergence of each row, filled if it is the row's own."""
    rows = np.arange(len(fidelity.closest))
    columns = fidelity.divergences.argmin(axis=1)
    right = fidelity.closest
    ax.scatter(columns[right], rows[right], c=SYNTHETIC, s=36)
    ax.scatter(columns[~right], rows[~right], facecolors="none", edgecolors=SYNTHETIC, s=36)


def _name_values(fidelity):
    """Return short names of the values of the fields."""
    return [
        " ".join(_name(field, part) for field, part in zip(fidelity.field, value, strict=True))
        for value in fidelity.field_values
    ]


def _name(field, value):
    if field == "month":
        return calendar.month_abbr[value]
    if field == "weekday":
        return calendar.day_abbr[value]
    return {1: "1st", 2: "2nd"}[value] if field == "half_month" else str(value)
