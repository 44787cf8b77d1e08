"""Steps before the Windowizer, for the columns of numbers alone."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import has_fit_parameter

from sktsgan.containers._categories import holds_categories
from sktsgan.preprocessing import Windowizer

__all__ = ["NumericColumns", "sparing_categories", "tell_categories"]


class NumericColumns(TransformerMixin, BaseEstimator):
    """Let a transformer see the numbers of a table; columns of categories, texts and booleans stay as they are.

    Columns keep their order where the transformer returns those that it got, as scalers do; otherwise what it returns
    comes first.

    Parameters
    ----------
    step : transformer
        It is fitted itself, not a clone.
    others : list
        Names of the columns that it does not see.
    """

    def __init__(self, step, others):
        self.step = step
        self.others = others

    def fit_transform(self, X, y=None, **params):
        """Fit the transformer, and return the table with what it makes of the numbers."""
        numbers = X.drop(columns=self.others)
        if not numbers.shape[1]:
            return X
        if hasattr(self.step, "fit_transform"):
            return self._join(X, self.step.fit_transform(numbers, y, **params))
        return self._join(X, self.step.fit(numbers, y, **params).transform(numbers))

    def transform(self, X, **params):
        """Return the table with what the transformer makes of its numbers."""
        numbers = X.drop(columns=self.others)
        return self._join(X, self.step.transform(numbers, **params)) if numbers.shape[1] else X

    def _join(self, X, made):
        if not isinstance(made, pd.DataFrame):
            made = pd.DataFrame(np.asarray(made), index=X.index)
            if made.shape[1] == X.shape[1] - len(self.others):
                made.columns = X.columns.drop(self.others)
        joined = pd.concat([made, X[self.others]], axis=1)
        return joined[list(X.columns)] if set(joined.columns) == set(X.columns) else joined

    def __sklearn_is_fitted__(self):
        return True


@contextmanager
def sparing_categories(pipeline, X):
    """Let the steps before the Windowizer of a pipeline see the numbers of ``X`` alone, while this lasts."""
    places = [i for i, (_, step) in enumerate(pipeline.steps) if isinstance(step, Windowizer)]
    others = []
    if places and isinstance(X, pd.DataFrame):
        others = [column for i, column in enumerate(X) if holds_categories(X.iloc[:, i])]
    if not others:
        yield
        return
    wrapped = [
        (name, NumericColumns(step, others) if hasattr(step, "transform") else step)
        for name, step in pipeline.steps[: places[0]]
    ]
    pipeline.steps = [*wrapped, *pipeline.steps[places[0] :]]
    try:
        yield
    finally:
        pipeline.steps = [
            (name, step.step if isinstance(step, NumericColumns) else step)
            for name, step in pipeline.steps
        ]


def tell_categories(params, sampler, windowizer, windows):
    """Add to the fit parameters of a sampler which channels of windows hold categories."""
    channels = getattr(windowizer, "categorical_features_", [])
    if not channels or not has_fit_parameter(sampler, "categorical"):
        return
    n_values = np.prod(np.shape(windows)[1:])
    if (
        n_values == windowizer.n_timesteps_ * windowizer.n_features_in_
    ):  # else steps made others of them
        params.setdefault("categorical", channels)
