"""The steps before a sampler, from a series to windows and back."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from sktsgan.containers._long_series import split_series
from sktsgan.containers._panels import read_panel
from sktsgan.pipeline._numeric_columns import NumericColumns
from sktsgan.pipeline._repair import find_incomplete, to_rows
from sktsgan.pipeline._windows import WindowGrid
from sktsgan.preprocessing import Windowizer
from sktsgan.prompts import read_timestamps

__all__ = ["StepParts", "check_inverse", "check_invertible"]


def check_invertible(steps):
    """Raise unless the steps before a sampler, a list of (str, transformer), can be inverted.

    A step without ``inverse_transform`` is a TypeError; several Windowizers, one inside a nested pipeline, or a step
    whose parameters leave it without an inverse, are a ValueError.
    """
    windowizers = []
    for name, step in steps:
        if step is None or (isinstance(step, str) and step == "passthrough"):
            continue
        if not hasattr(step, "inverse_transform"):
            raise TypeError(
                f"Step {name!r} of a SamplingPipeline must have an inverse_transform, to return samples in the units "
                f"of X, but {type(step).__name__} has none."
            )
        _check_parameters(name, step)
        if isinstance(step, Pipeline) and any(isinstance(s, Windowizer) for _, s in step.steps):
            raise ValueError(
                f"Step {name!r} contains a Windowizer: make the Windowizer a step of the outer pipeline."
            )
        windowizers += [name] * isinstance(step, Windowizer)
    if len(windowizers) > 1:
        raise ValueError(f"A SamplingPipeline can have one Windowizer, got {windowizers}.")


def _check_parameters(name, step):
    """Refuse steps that have an ``inverse_transform`` which does not undo what they do."""
    if isinstance(step, Pipeline):
        for inner, part in step.steps:
            _check_parameters(f"{name}__{inner}", part)
    reason = None
    if (
        isinstance(step, FunctionTransformer)
        and step.func is not None
        and step.inverse_func is None
    ):
        reason = f"FunctionTransformer(func={step.func!r}) needs inverse_func, which undoes func"
    elif isinstance(step, SimpleImputer):
        reason = (
            "SimpleImputer can't take its values out again: fill the series before the pipeline, with "
            "sktsgan.repair_series for one, or take a sampler that learns from missing values"
        )
    if reason:
        raise ValueError(
            f"Step {name!r} of a SamplingPipeline must undo its transform, to return samples in the units of X, but "
            f"{reason}."
        )


def check_inverse(steps, X):
    """Raise a ValueError that names the step if a fitted one can't undo its transform of the first window.

    Parameters
    ----------
    steps : list of (str, transformer)
        All steps before the sampler.
    X : array-like of shape (n_windows, ...)
        What they made.
    """
    if not isinstance(X, np.ndarray | pd.DataFrame):
        return  # texts, or what the sampler refuses
    X = X.iloc[:1] if hasattr(X, "iloc") else X[:1]
    for name, step in reversed(steps):
        if step is None or isinstance(step, str):
            continue
        if isinstance(step, Windowizer):
            X = np.asarray(X).reshape(-1, step.n_features_in_)
            X = np.delete(X, step.categorical_features_, axis=1)  # steps before see numbers alone
            if not X.shape[1]:
                return
            continue
        try:
            X = _undo([step], X)
        except Exception as error:  # of any kind: it would come up in sample, after training
            raise ValueError(
                f"Step {name!r} of a SamplingPipeline must undo its transform, to return samples in the units of X, "
                f"but the inverse_transform of {type(step).__name__} fails: {error}"
            ) from error


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

    def read_panel(self, X):
        """Return the panel that ``X`` is for the Windowizer, or None."""
        windowizer = self.windowizer
        return None if windowizer is None else read_panel(X, windowizer.groups, windowizer.static)

    def keep_labels(self, X):
        """Let the steps before the Windowizer keep the index of a DataFrame.

        A list of series is a ValueError if a step other than the Windowizer would get it.
        """
        if self.before and split_series(X)[1]:
            raise ValueError(
                "X must be one series, or a list of DataFrames, if a step comes before the Windowizer, got a list of "
                "arrays: make the Windowizer the first step."
            )
        container = "pandas" if isinstance(X, pd.DataFrame) else "default"
        for step in self.before:
            if hasattr(step, "set_output"):
                step.set_output(transform=container)

    def read_labels(self, X, y):
        """Return the targets, timestamps and entities of the windows for the sampler, each None if there are none.

        Without a Windowizer, ``X`` and ``y`` are of windows. If the Windowizer was fitted without the timestamps or
        the entities that ``X`` has, that is a ValueError.
        """
        if self.windowizer is None:
            is_table = isinstance(X, pd.DataFrame | pd.Series)
            return y, read_timestamps(X, None, len(X)) if is_table else None, None
        grid = WindowGrid(self.windowizer, X)
        undated = grid.is_dated and self.windowizer.frequency_ is None
        if undated or (grid.is_panel and self.windowizer._layout.panel is None):
            raise ValueError(
                "A step before the Windowizer loses the timestamps of X: it must return a DataFrame with the index of "
                "X, as transformers with set_output do."
            )
        targets = None if y is None else grid.targets(y)
        return targets, grid.starts(), grid.entities()

    def forward(self, series, rows=None):
        """Return windows of a series, in the units of the data, in the form for the sampler.

        ``rows`` has the row numbers of each window, shape (n_windows, n_timesteps); None is for windows one after the
        other.
        """
        if self.before and isinstance(series, list):
            series = pd.concat(series, ignore_index=True)
        categories = self.windowizer.categories_
        before = [
            NumericColumns(step, list(categories)) if categories else step for step in self.before
        ]
        values = to_rows(_apply(before, series), categories)
        if rows is None:
            rows = np.arange(len(values)).reshape(-1, self.windowizer.n_timesteps_)
        return _apply(self.after, _in_form_of(self.windowizer, values[rows]))

    def backward(self, windows, columns=None):
        """Return the sampler's windows in the units of the data.

        With a Windowizer they are rows of shape (n_windows * n_timesteps, n_channels), without one they stay windows.
        ``columns`` are the names of the channels of the data; categories are places among those of the Windowizer.
        """
        windows = _undo(self.after, windows)
        if self.windowizer is None:
            return windows
        rows = np.asarray(windows).reshape(-1, self.windowizer.n_features_in_)
        own = self.windowizer.categorical_features_
        if not self.before or not own:
            return _undo(self.before, rows)
        numbers = np.delete(rows, own, axis=1)
        if numbers.shape[1]:
            numbers = np.asarray(_undo(self.before, numbers))
        joined = np.empty((len(rows), len(columns)))
        whole = np.array([column in self.windowizer.categories_ for column in columns])
        joined[:, whole], joined[:, ~whole] = rows[:, own], numbers
        return joined

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
        steps = form.windows_in(X)
        if steps is None:
            if self.windowizer.resample is not None:
                raise ValueError(
                    f"X can't be imputed row by row, since resample={self.windowizer.resample!r} puts its readings on "
                    "other time steps; resample it first."
                )
            return WindowGrid(self.windowizer, X, every_step=True).covering(find_incomplete(X))
        rows = np.arange(len(steps)).reshape(-1, self.windowizer.n_timesteps_)
        return rows[find_incomplete(steps)[rows].any(axis=1)]

    def take_windows(self, X, rows, form):
        """Return the windows of ``pick_rows`` in the form for the sampler."""
        if self.windowizer is None:
            windows = _apply(self.after, X)
            return windows.iloc[rows] if hasattr(windows, "iloc") else windows[rows]
        steps = form.windows_in(X)
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
