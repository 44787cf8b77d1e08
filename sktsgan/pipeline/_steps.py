"""The steps before a sampler, from a series to windows and back."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from sktsgan.containers._long_series import split_series
from sktsgan.pipeline._repair import find_incomplete, to_rows
from sktsgan.pipeline._windows import WindowGrid
from sktsgan.preprocessing import Windowizer

__all__ = ["StepParts", "check_invertible"]


def check_invertible(steps):
    """Raise unless the steps before a sampler, a list of (str, transformer), can be inverted.

    A step without ``inverse_transform`` is a TypeError; several Windowizers, or one inside a nested pipeline, are a
    ValueError.
    """
    windowizers = []
    for name, step in steps:
        if step is None or step == "passthrough":
            continue
        if not hasattr(step, "inverse_transform"):
            raise TypeError(
                f"Step {name!r} of a SamplingPipeline must have an inverse_transform, to return samples in the units "
                f"of X, but {type(step).__name__} has none."
            )
        if isinstance(step, Pipeline) and any(isinstance(s, Windowizer) for _, s in step.steps):
            raise ValueError(
                f"Step {name!r} contains a Windowizer: make the Windowizer a step of the outer pipeline."
            )
        windowizers += [name] * isinstance(step, Windowizer)
    if len(windowizers) > 1:
        raise ValueError(f"A SamplingPipeline can have one Windowizer, got {windowizers}.")


@dataclass(frozen=True)
class StepParts:
    """The steps before a sampler: those that take the rows of a series, and those that take windows.

    Parameters
    ----------
    before : list of transformers
    windowizer : Windowizer or None
    after : list of transformers
        All transformers if there is no Windowizer.
    """

    before: list
    windowizer: Windowizer | None
    after: list

    @classmethod
    def of(cls, steps):
        """Return the parts of a list of transformers."""
        for i, step in enumerate(steps):
            if isinstance(step, Windowizer):
                return cls(steps[:i], step, steps[i + 1 :])
        return cls([], None, steps)

    def keep_labels(self, X):
        """Let the steps before the Windowizer keep the index of a DataFrame.

        A list of series is a ValueError if a step other than the Windowizer would get it.
        """
        if self.before and split_series(X)[1]:
            raise ValueError(
                "X must be one series if a step comes before the Windowizer, got a list of series: make the Windowizer "
                "the first step."
            )
        container = "pandas" if isinstance(X, pd.DataFrame) else "default"
        for step in self.before:
            if hasattr(step, "set_output"):
                step.set_output(transform=container)

    def read_labels(self, X, y):
        """Return the targets and the timestamps of the windows for the sampler, each None if there are none.

        Without a Windowizer, ``X`` and ``y`` are of windows. If the Windowizer was fitted without the timestamps that
        ``X`` has, that is a ValueError.
        """
        if self.windowizer is None:
            index = getattr(X, "index", None)  # of a list: a method
            return y, index if isinstance(index, pd.DatetimeIndex) else None
        grid = WindowGrid(self.windowizer, X)
        if grid.is_dated and self.windowizer.frequency_ is None:
            raise ValueError(
                "A step before the Windowizer loses the timestamps of X: it must return a DataFrame with the index of "
                "X, as transformers with set_output do."
            )
        return None if y is None else grid.targets(y), grid.starts()

    def forward(self, series, rows=None):
        """Return windows of a series, in the units of the data, in the form for the sampler.

        ``rows`` has the row numbers of each window, shape (n_windows, n_timesteps); None is for windows one after the
        other.
        """
        values = to_rows(_apply(self.before, series))
        if rows is None:
            rows = np.arange(len(values)).reshape(-1, self.windowizer.window)
        return _apply(self.after, _in_form_of(self.windowizer, values[rows]))

    def backward(self, windows):
        """Return the sampler's windows in the units of the data.

        With a Windowizer they are rows of shape (n_windows * n_timesteps, n_channels), without one they stay windows.
        """
        windows = _undo(self.after, windows)
        if self.windowizer is None:
            return windows
        rows = np.asarray(windows).reshape(-1, self.windowizer.n_features_in_)
        return _undo(self.before, rows)

    def read_prompt(self, prompt, form):
        """Return observed values in the form for the sampler, any other prompt as it is."""
        if self.windowizer is None:
            is_windows = isinstance(prompt, np.ndarray) and prompt.ndim > 1
            return _apply(self.after, prompt) if is_windows else prompt
        if isinstance(prompt, np.ndarray) and prompt.ndim == form.wrapping.n_axes == 2:
            prompt = prompt[np.newaxis]  # a single window; labels would have one axis
        rows = form.read_windows(prompt)
        return prompt if rows is None else self.forward(rows)

    def pick_rows(self, X, form):
        """Return the rows of windows that hold all missing values of ``X``, which is series or windows.

        They have the shape (n_windows, n_timesteps), or (n_windows,) without a Windowizer. The form of the data in
        ``fit`` tells windows from series.
        """
        if self.windowizer is None:
            return np.flatnonzero(find_incomplete(X))
        steps = form.read_windows(X)
        if steps is None:
            return WindowGrid(self.windowizer, X, stride=1).covering(find_incomplete(X))
        rows = np.arange(len(steps)).reshape(-1, self.windowizer.window)
        return rows[find_incomplete(steps)[rows].any(axis=1)]

    def take_windows(self, X, rows, form):
        """Return the windows of ``pick_rows`` in the form for the sampler."""
        if self.windowizer is None:
            windows = _apply(self.after, X)
            return windows.iloc[rows] if hasattr(windows, "iloc") else windows[rows]
        steps = form.read_windows(X)
        return self.forward(X if steps is None else steps, rows)


def _apply(steps, X):
    for step in steps:
        X = step.transform(X)
    return X


def _undo(steps, X):
    for step in reversed(steps):
        if hasattr(step, "feature_names_in_") and hasattr(step, "get_feature_names_out"):
            X = pd.DataFrame(np.asarray(X), columns=step.get_feature_names_out())
        X = step.inverse_transform(X)
    return X


def _in_form_of(windowizer, windows):
    """Return windows with three axes in the output form of a fitted Windowizer."""
    container = windowizer._output_container()
    if windowizer.output == "3d" and container == "default":
        return windows
    flat = windows.reshape(len(windows), -1)
    if container != "pandas":
        return flat
    return pd.DataFrame(flat, columns=windowizer.get_feature_names_out())
