"""The losses of the networks over the steps of training."""

from collections.abc import Mapping

import numpy as np

from sktsgan.metrics._draws import unwrap_pipeline
from sktsgan.plotting._style import LINE_COLORS, prepare_axes

__all__ = ["LossCurveDisplay"]

# with more than twice as many records, a curve is noise unless it is averaged
_N_POINTS_SMOOTH = 50


class LossCurveDisplay:
    """Losses over the course of training.

    Create it with :meth:`from_estimator` or :meth:`from_history`. A long record is drawn faintly,
    under its running mean over a fiftieth of the record.

    Parameters
    ----------
    losses : dict of str to array-like of shape (n_records,)
        Losses by name; NaN where a record lacks one.
    steps : array-like of shape (n_records,), default=None
        Step of each record; None numbers the records from 1.
    step_name : str, default="record"
        Unit of ``steps``.
    phases : sequence of str of shape (n_records,), default=None
        Training phase of each record; the start of each phase is marked.

    Attributes
    ----------
    ax_ : Axes
        The panel.
    figure_ : Figure
        The figure that holds it.
    lines_ : list of Line2D
        The curve of each loss, or its running mean if there is one.

    Examples
    --------
    >>> from sktsgan.plotting import LossCurveDisplay
    >>> history = [
    ...     {"step": 100, "generator_loss": 0.9, "discriminator_loss": 0.5},
    ...     {"step": 200, "generator_loss": 0.7, "discriminator_loss": 0.6},
    ... ]
    >>> display = LossCurveDisplay.from_history(history)
    >>> [line.get_label() for line in display.lines_]
    ['generator', 'discriminator']
    """

    def __init__(self, *, losses, steps=None, step_name="record", phases=None):
        self.losses = losses
        self.steps = steps
        self.step_name = step_name
        self.phases = phases

    @classmethod
    def from_estimator(cls, estimator, *, ax=None):
        """Draw the losses that a fitted sampler recorded in ``history_``.

        Parameters
        ----------
        estimator : sampler or Pipeline
            Fitted sampler, or a pipeline that ends in one.
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : LossCurveDisplay
            The drawn display.

        Raises
        ------
        AttributeError
            If the sampler has no ``history_``.
        ValueError
            If no loss was recorded.
        """
        sampler, _ = unwrap_pipeline(estimator)
        if not hasattr(sampler, "history_"):
            raise AttributeError(
                f"{type(sampler).__name__} has no history_: it is not fitted, or does not train."
            )
        return cls.from_history(sampler.history_, ax=ax)

    @classmethod
    def from_history(cls, history, *, ax=None):
        """Draw the losses of a record of training.

        Parameters
        ----------
        history : sequence of dict, or dict of str to sequence
            One dict per record, or one sequence per quantity. Quantities whose names end in ``_loss``
            are drawn over ``step``, or else ``epoch``, if there is one; ``phase`` names phases of training.
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : LossCurveDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If it holds no loss.
        """
        table = dict(history) if isinstance(history, Mapping) else _columns(history)
        losses = {name: values for name, values in table.items() if name.endswith("_loss")}
        if not losses:
            raise ValueError("The history holds no quantity whose name ends in _loss.")
        step_name = next((name for name in ("step", "epoch") if name in table), "record")
        steps, phases = table.get(step_name), table.get("phase")
        return cls(losses=losses, steps=steps, step_name=step_name, phases=phases).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the curves.

        Parameters
        ----------
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : LossCurveDisplay
            The display itself.
        """
        self.ax_ = prepare_axes(ax, (1, 1), size=(6.4, 3.6))[0, 0]
        self.figure_ = self.ax_.figure
        self.lines_ = [
            self._draw(name, LINE_COLORS[index % len(LINE_COLORS)])
            for index, name in enumerate(self.losses)
        ]
        if self.phases is not None:
            self._mark_phases()
        self.ax_.set(title="Losses in training", xlabel=self.step_name, ylabel="loss")
        self.ax_.spines[["top", "right"]].set_visible(False)
        self.ax_.grid(axis="y", alpha=0.3)
        self.ax_.legend(loc="best", frameon=False)
        return self

    def _mark_phases(self):
        """Draw a line at the start of each phase, with its name."""
        phases = list(self.phases)
        steps = range(1, len(phases) + 1) if self.steps is None else self.steps
        before = [None, *phases[:-1]]
        for step, phase, last in zip(steps, phases, before, strict=True):
            if isinstance(phase, str) and phase != last:
                self.ax_.axvline(step, color="0.6", linewidth=0.8, linestyle=":")
                style = {"color": "0.4", "fontsize": "small", "va": "top"}
                top = self.ax_.get_xaxis_transform()
                self.ax_.text(step, 1.0, f" {phase}", transform=top, **style)

    def _draw(self, name, color):
        """Draw one loss and return its curve, the running mean if it is long."""
        values = np.asarray(self.losses[name], dtype=float)
        steps = np.arange(1, len(values) + 1) if self.steps is None else np.asarray(self.steps)
        known = np.isfinite(values)
        values, steps = values[known], steps[known]
        label = name.removesuffix("_loss").replace("_", " ")
        width = len(values) // _N_POINTS_SMOOTH
        if width < 2:
            marker = "o" if len(values) == 1 else None
            return self.ax_.plot(steps, values, color=color, label=label, marker=marker)[0]
        self.ax_.plot(steps, values, color=color, alpha=0.25, linewidth=0.8)
        mean = np.convolve(values, np.full(width, 1 / width), mode="valid")
        start = (width - 1) // 2
        return self.ax_.plot(steps[start : start + len(mean)], mean, color=color, label=label)[0]


def _columns(rows):
    """Return rows as columns: scalars only, NaN where a row lacks one."""
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    table = {name: [row.get(name, np.nan) for row in rows] for name in names}
    return {name: values for name, values in table.items() if all(map(np.isscalar, values))}
