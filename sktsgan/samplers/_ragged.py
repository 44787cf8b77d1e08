"""Sets of series of unequal length in the hands of a sampler."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from sktsgan.containers._series import SeriesContainer, is_ragged, read_series, series_lengths
from sktsgan.metrics import distribution_kl_score

__all__ = ["RaggedSetsMixin"]

_LENGTH = "length"


class RaggedSetsMixin:
    """Let a sampler take lists of series of unequal length, and give such lists back.

    The length is one more condition, ``"length"``: new series are as long as the training series that they are drawn
    for, unless a prompt names a length. The sampler gets windows whose steps beyond the end of a series are NaN, and
    draws windows of full length, of which the first steps are kept.
    """

    @property
    def _is_ragged(self):
        return isinstance(getattr(self, "container_", None), SeriesContainer)

    def _read_training_set(self, X, y, timestamps, conditions):
        # with warm_start, the set goes on with those of the first fit
        further = getattr(self, "warm_start", False) and hasattr(self, "net_")
        if not further and is_ragged(X):
            windows, _ = read_series(X, self.n_channels)
            conditions = _with_lengths(conditions, series_lengths(windows))
        return super()._read_training_set(X, y, timestamps, conditions)

    def _read_further_set(self, X, y, timestamps, conditions):
        if self._is_ragged:
            conditions = _with_lengths(conditions, series_lengths(self._read_more(X)))
        return super()._read_further_set(X, y, timestamps, conditions)

    def _read_new(self, X):
        if not is_ragged(X):
            return super()._read_new(X)
        windows, container = read_series(X, self.n_channels)
        self.n_features_in_ = container.n_channels
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return windows, container

    def _read_more(self, X):
        if not self._is_ragged:
            return super()._read_more(X)
        windows = self._read_like(X)
        if windows.shape[1] > self.n_timesteps_:
            raise ValueError(
                f"X has a series of {windows.shape[1]} steps, but {type(self).__name__} was fitted on series of "
                f"at most {self.n_timesteps_}."
            )
        missing = self.n_timesteps_ - windows.shape[1]
        return np.pad(windows, ((0, 0), (0, missing), (0, 0)), constant_values=np.nan)

    def _read_like(self, X):
        """Return series of the channels and axes of those of ``fit``, and of any length."""
        windows, container = read_series(X, self.n_channels_)
        if container.flat != self.container_.flat:
            raise ValueError("X must hold series of as many axes as those of fit.")
        return windows

    def _count_common_steps(self):
        if self._is_ragged:
            return int(self.conditions_.frame[_LENGTH].min())
        return super()._count_common_steps()

    def _read_prompt(self, prompt, n_samples):
        if not self._is_ragged:
            return super()._read_prompt(prompt, n_samples)
        asked = _asked_lengths(prompt, self.n_timesteps_)
        return _CutSelection(super()._read_prompt(prompt, n_samples), asked)

    def _wrap(self, windows, table):
        if not self._is_ragged:
            return super()._wrap(windows, table)
        return self.container_.wrap(windows, table[_LENGTH])

    def score(self, X, y=None):
        """Return how close generated windows are to ``X``.

        Parameters
        ----------
        X : array-like, DataFrame or list
            Windows or series as in ``fit``.
        y : ignored
            There for scikit-learn.

        Returns
        -------
        score : float
            Minus the Kullback–Leibler divergence of ``distribution_kl_score``, in nats; 0 is best. Series of unequal
            length are compared at as many evenly spaced moments of each as the longest has steps, and by their lengths.
        """
        check_is_fitted(self, "container_")
        if not self._is_ragged:
            return super().score(X, y)
        self._read_like(X)
        return distribution_kl_score(self, X, y)


class _CutSelection:
    """A selection of training series, with the lengths that prompts named.

    Parameters
    ----------
    selection : Selection
    asked : float, ndarray of shape (n_items,) or None
        NaN where a prompt leaves the length open.
    """

    def __init__(self, selection, asked):
        self.selection = selection
        self.asked = asked

    def draw(self, first, n_items, generator):
        return self.selection.draw(first, n_items, generator)

    def describe(self, first, rows):
        table = self.selection.describe(first, rows)
        if self.asked is not None:
            asked = self.asked
            asked = asked if np.isscalar(asked) else asked[first : first + len(rows)]
            own = table[_LENGTH].to_numpy()
            table[_LENGTH] = np.where(np.isnan(asked), own, asked).astype(own.dtype)
        return table


def _with_lengths(conditions, lengths):
    """Return the conditions of series with their lengths beside."""
    if conditions is None:
        return pd.DataFrame({_LENGTH: lengths})
    if isinstance(conditions, pd.Series):
        conditions = conditions.to_frame()
    if not isinstance(conditions, pd.DataFrame | dict):
        return conditions  # which the table of conditions refuses
    frame = pd.DataFrame(conditions).reset_index(drop=True)
    if _LENGTH in frame:
        raise ValueError(
            f"conditions must have names other than {_LENGTH!r} where series differ in it."
        )
    if len(frame) != len(lengths):
        return frame  # as well
    return frame.assign(**{_LENGTH: lengths})


def _asked_lengths(prompt, longest):
    """Return the lengths that a prompt names: one, one for each item with NaN where it is open, or None."""
    if isinstance(prompt, dict):
        return _check_length(prompt[_LENGTH], longest) if _LENGTH in prompt else None
    if isinstance(prompt, pd.DataFrame):
        prompt = prompt[[_LENGTH]].to_dict("records") if _LENGTH in prompt else None
    if not isinstance(prompt, list | tuple):
        return None
    asked = [item.get(_LENGTH, np.nan) if isinstance(item, dict) else np.nan for item in prompt]
    return np.array([_check_length(value, longest) for value in asked])


def _check_length(value, longest):
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return np.nan
    whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not 1 <= value <= longest:
        raise ValueError(
            f"length must be an integer from 1 to {longest}, the longest seen, got {value!r}."
        )
    return float(value)
