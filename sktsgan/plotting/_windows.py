"""Windows as curves: real ones above, generated ones below."""

import numbers

import numpy as np
from sklearn.utils import check_random_state, check_scalar

from sktsgan._random import draw_seed
from sktsgan.containers._windows import check_window_pair
from sktsgan.metrics._draws import draw_beside, unwrap_pipeline
from sktsgan.plotting._style import REAL, SYNTHETIC, prepare_axes

__all__ = ["WindowDisplay"]

_MAX_CHANNELS = 4  # more panels side by side are hard to read


class WindowDisplay:
    """Some windows of two sets: one column per channel, real windows above, generated ones below.

    Create it with :meth:`from_samples` or :meth:`from_estimator`. All panels share the axis of steps; those of
    a channel share the axis of values.

    Parameters
    ----------
    real : ndarray of shape (n_windows, n_timesteps, n_channels)
        Real windows to draw.
    synthetic : ndarray of shape (n_windows, n_timesteps, n_channels)
        Generated windows to draw.
    channel_names : list of str
        Titles of the columns, with units if there are any.

    Attributes
    ----------
    axes_ : ndarray of Axes of shape (2, n_channels)
        The panels.
    figure_ : Figure
        The figure that holds them.
    lines_ : list of Line2D
        The windows, panel by panel, row by row.

    See Also
    --------
    DistributionDisplay : Both sets as a whole.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.plotting import WindowDisplay
    >>> real, synthetic = np.random.default_rng(0).normal(size=(2, 50, 24, 2)).cumsum(axis=2)
    >>> display = WindowDisplay.from_samples(
    ...     real, synthetic, channel_names=["load (kW)", "outside (°C)"]
    ... )
    >>> display.axes_.shape
    (2, 2)
    """

    def __init__(self, *, real, synthetic, channel_names):
        self.real = real
        self.synthetic = synthetic
        self.channel_names = channel_names

    @classmethod
    def from_samples(
        cls,
        real,
        synthetic,
        *,
        n_windows=8,
        channels=None,
        channel_names=None,
        n_channels=None,
        random_state=None,
        ax=None,
    ):
        """Draw some windows of two sets.

        Parameters
        ----------
        real : array-like of shape (n_real, n_timesteps, n_channels) or flat
            Real windows.
        synthetic : array-like of shape (n_synthetic, n_timesteps, n_channels) or flat
            Generated windows.
        n_windows : int, default=8
            Number of random windows of each set; all of them if there are fewer.
        channels : sequence of int, default=None
            Indices of the channels to draw; None draws the first four.
        channel_names : sequence of str, default=None
            Names of *all* channels, with units; None counts them.
        n_channels : int, default=None
            Number of channels; needed for flat windows.
        random_state : int, RandomState instance or None, default=None
            Controls which windows are drawn.
        ax : array-like of Axes of shape (2, n_drawn_channels), default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : WindowDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the windows differ in shape, ``n_windows`` is less than 1, a channel does not exist, or
            there is a wrong number of names or axes.
        """
        check_scalar(n_windows, "n_windows", numbers.Integral, min_val=1)
        real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
        channels, names = _name_channels(real.shape[2], channels, channel_names)
        rng = check_random_state(draw_seed(random_state))
        real, synthetic = (
            windows[rng.permutation(len(windows))[:n_windows]][:, :, channels]
            for windows in (real, synthetic)
        )
        return cls(real=real, synthetic=synthetic, channel_names=names).plot(ax=ax)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        n_windows=8,
        channels=None,
        channel_names=None,
        n_channels=None,
        random_state=None,
        ax=None,
    ):
        """Draw some real windows and some from a fitted sampler.

        Parameters
        ----------
        estimator : sampler or Pipeline
            Fitted sampler; in a pipeline, its items are compared with the output of the steps before it.
        X : array-like of shape (n_items, ...)
            Real windows, or the pipeline's input.
        n_windows : int, default=8
            Number of random windows of each set.
        channels : sequence of int, default=None
            Indices of the channels to draw; None draws the first four.
        channel_names : sequence of str, default=None
            Names of *all* channels, with units; None counts them.
        n_channels : int, default=None
            Number of channels of flat windows; None takes the sampler's ``n_channels``, if it has one.
        random_state : int, RandomState instance or None, default=None
            Controls the generated windows and which ones are drawn.
        ax : array-like of Axes of shape (2, n_drawn_channels), default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : WindowDisplay
            The drawn display.
        """
        real, synthetic = draw_beside(estimator, X, random_state=random_state)
        if n_channels is None:
            n_channels = getattr(unwrap_pipeline(estimator)[0], "n_channels", None)
        return cls.from_samples(
            real,
            synthetic,
            n_windows=n_windows,
            channels=channels,
            channel_names=channel_names,
            n_channels=n_channels,
            random_state=random_state,
            ax=ax,
        )

    def plot(self, ax=None):
        """Draw the panels.

        Parameters
        ----------
        ax : array-like of Axes of shape (2, n_channels), default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : WindowDisplay
            The display itself.
        """
        shape = (2, self.real.shape[2])
        size = (3.0 if shape[1] > 1 else 6.0, 2.1)
        self.axes_ = prepare_axes(ax, shape, size=size, sharex="all", sharey="col")
        self.figure_ = self.axes_[0, 0].figure
        self.lines_ = []
        rows = ("real", self.real, REAL), ("generated", self.synthetic, SYNTHETIC)
        for panels, (label, windows, color) in zip(self.axes_, rows, strict=True):
            for channel, panel in enumerate(panels):
                self.lines_ += panel.plot(
                    windows[:, :, channel].T, color=color, alpha=0.7, linewidth=1.2
                )
                panel.spines[["top", "right"]].set_visible(False)
                panel.ticklabel_format(axis="y", useMathText=True)
            panels[0].set_ylabel(label, color=color, fontweight="bold")
        self._label_columns()
        return self

    def _label_columns(self):
        """Label channels above and steps below, and share the limits, also on axes passed by the caller."""
        for (above, below), name in zip(self.axes_.T, self.channel_names, strict=True):
            above.set_title(name)
            below.set_xlabel("step")
            limits = [panel.get_ylim() for panel in (above, below)]
            for panel in (above, below):
                panel.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
                panel.margins(x=0.02)


def _name_channels(n_channels, channels, names):
    """Return the indices and the titles of the channels to draw."""
    if channels is None:
        channels = range(min(n_channels, _MAX_CHANNELS))
    channels = np.asarray(channels, dtype=int)
    if len(channels) == 0 or channels.min() < 0 or channels.max() >= n_channels:
        raise ValueError(f"channels must be in 0 ... {n_channels - 1}, got {channels.tolist()}.")
    if names is None:
        names = [f"channel {index}" for index in range(n_channels)]
    if len(names) != n_channels:
        raise ValueError(f"channel_names must hold {n_channels} names, got {len(names)}.")
    return channels, [str(names[index]) for index in channels]
