"""The contract of every sampler."""

from abc import ABCMeta, abstractmethod
from contextlib import contextmanager
from itertools import count
from numbers import Integral

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, _fit_context
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed, torch_generator
from sktsgan._validation import check_class_labels, read_training_windows, read_windows
from sktsgan.metrics import distribution_kl_score

__all__ = ["BaseSampler"]

_BLOCK_VALUES = 2**24  # of the blocks that sampling works through: 128 MiB of float64
_BLOCK_WINDOWS = 8_192


class BaseSampler(CallbackSupportMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of samplers of windows: ``fit``, ``sample``, ``iter_sample`` and ``score``.

    A sampler adds two hooks. ``_fit_windows(windows, classes)`` learns from float64 windows of shape
    (n_windows, n_timesteps, n_channels) and classes as integers (or None).
    ``_draw(n_windows, classes, generator)`` returns new windows of that shape; ``classes`` is a
    tensor of integers or None.
    """

    _min_windows = 2

    @abstractmethod
    def _fit_windows(self, windows, classes):
        """Learn from validated windows."""

    @abstractmethod
    def _draw(self, n_windows, classes, generator):
        """Return new windows, a float64 array of shape (n_windows, n_timesteps, n_channels)."""

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the distribution of windows.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_windows, n_timesteps, n_channels) or flat
            Windows. Two axes, (n_windows, n_timesteps * n_channels), mean univariate windows, or flat
            time-major ones where ``n_channels`` says how many channels there are.
        y : array-like of shape (n_windows,), default=None
            Class labels, for which ``sample`` can then be prompted.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        ValueError
            If ``X`` holds infinity, or NaN where the sampler can't learn from windows with holes or where a window or
            a channel holds nothing else, has fewer than two windows or the wrong number of axes, or if ``y`` does not
            hold a class label for each window. Nothing has been trained then.
        """
        windows, classes = self._read_training_set(X, y)
        self._fit_windows(windows, classes)
        return self

    @contextmanager
    def _fit_task(self, n_epochs=0):
        """Tell scikit-learn's callbacks of the beginning and the end of a fit."""
        task = self._init_callback_context(max_subtasks=n_epochs)
        task.call_on_fit_task_begin(estimator=self)
        yield task
        task.call_on_fit_task_end(estimator=self)

    def _read_training_set(self, X, y):
        windows, container = read_training_windows(
            self,
            X,
            n_channels=self.n_channels,
            min_windows=self._min_windows,
            allow_nan=get_tags(self).input_tags.allow_nan,
        )
        labels, classes = check_class_labels(y, len(windows))
        self.container_ = container
        self.classes_ = labels
        self.class_weights_ = None if classes is None else np.bincount(classes) / len(classes)
        self.n_timesteps_, self.n_channels_ = windows.shape[1:]
        return windows, classes

    def _read_further_set(self, X, y):
        """Validate windows for ``partial_fit`` after its first call."""
        allow_nan = get_tags(self).input_tags.allow_nan
        windows = read_windows(self, X, self.container_, allow_nan=allow_nan)
        if (y is None) != (self.classes_ is None):
            raise ValueError("y must be given in every call of partial_fit, or in none.")
        if y is None:
            return windows, None
        labels, classes = check_class_labels(y, len(windows))
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y has the label {unknown.tolist()[0]!r}, which the first call of partial_fit did not see; the "
                f"classes are {self.classes_.tolist()}."
            )
        return windows, np.searchsorted(self.classes_, labels)[classes]

    def sample(self, n_samples=1, *, prompt=None, random_state=None, return_prompt=False):
        """Make new windows.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        prompt : label or array-like of shape (n_samples,), default=None
            The class of the windows, or one for each. Drawn by frequency where None.
        random_state : int, RandomState instance or None, default=None
            Rules the draws; an int gives the same windows every time.
        return_prompt : bool, default=False
            Whether to return the conditions of each window too.

        Returns
        -------
        X : ndarray or DataFrame
            ``n_samples`` windows in the container, units, dtype and columns of the training windows.
        conditions : DataFrame of shape (n_samples, n_conditions)
            With ``return_prompt`` only: the column ``"y"`` holds the class of each window.

        Raises
        ------
        ValueError
            If ``n_samples`` is below 1 or the prompt was not seen in ``fit``.
        """
        blocks = self._iter_blocks(n_samples, prompt, random_state)
        windows, tables = np.empty((n_samples, self.n_timesteps_, self.n_channels_)), []
        for start, (block, table) in zip(count(step=self._block_size()), blocks, strict=False):
            windows[start : start + len(block)] = block
            tables.append(table)
        X, table = self.container_.wrap(windows), pd.concat(tables, ignore_index=True)
        return (X, table) if return_prompt else X

    def iter_sample(
        self, n_samples, *, batch_size=1024, prompt=None, random_state=None, return_prompt=False
    ):
        """Make new windows in bounded memory.

        Parameters
        ----------
        n_samples : int
            How many in all.
        batch_size : int, default=1024
            Windows of a batch; the last one may be smaller.
        prompt : label or array-like of shape (n_samples,), default=None
            As in ``sample``.
        random_state : int, RandomState instance or None, default=None
            As in ``sample``.
        return_prompt : bool, default=False
            As in ``sample``.

        Yields
        ------
        X : ndarray or DataFrame
            A batch; together they are the windows that ``sample`` returns for the same ``random_state``.
        conditions : DataFrame
            With ``return_prompt`` only.

        Raises
        ------
        ValueError
            As ``sample``, and if ``batch_size`` is below 1.
        """
        _check_count("batch_size", batch_size)
        blocks = self._iter_blocks(n_samples, prompt, random_state)
        return self._wrap_batches(_rebatch(blocks, batch_size), return_prompt)

    def _wrap_batches(self, batches, return_prompt):
        for windows, table in batches:
            X = self.container_.wrap(windows)
            yield (X, table) if return_prompt else X

    def score(self, X, y=None):
        """Return how close generated windows are to ``X``.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``.
        y : ignored
            There for scikit-learn.

        Returns
        -------
        score : float
            Minus the Kullback–Leibler divergence of ``distribution_kl_score``, in nats; 0 is best.
        """
        check_is_fitted(self, "container_")
        read_windows(self, X, self.container_)
        return distribution_kl_score(self, X, y)

    def _iter_blocks(self, n_samples, prompt, random_state):
        """Yield blocks of windows and their conditions, whose sizes depend on the windows' shape alone."""
        check_is_fitted(self, "container_")
        _check_count("n_samples", n_samples)
        classes = self._read_prompt(prompt, n_samples)
        generator = torch_generator(draw_seed(random_state))
        return self._draw_blocks(n_samples, classes, generator)

    def _block_size(self):
        size = _BLOCK_VALUES // (self.n_timesteps_ * self.n_channels_)
        return max(1, min(size, _BLOCK_WINDOWS))

    def _draw_blocks(self, n_samples, classes, generator):
        size = self._block_size()
        for start in range(0, n_samples, size):
            n = min(size, n_samples - start)
            own = (
                self._draw_classes(n, generator) if classes is None else classes[start : start + n]
            )
            yield self._draw(n, own, generator), self._condition_table(n, own)

    def _draw_classes(self, n_windows, generator):
        if self.classes_ is None:
            return None
        weights = torch.as_tensor(self.class_weights_)
        return torch.multinomial(weights, n_windows, replacement=True, generator=generator)

    def _condition_table(self, n_windows, classes):
        if classes is None:
            return pd.DataFrame(index=range(n_windows))
        return pd.DataFrame({"y": self.classes_[classes.numpy()]})

    def _read_prompt(self, prompt, n_samples):
        """Return the prompted class of each window as an integer, or None."""
        if prompt is None:
            return None
        if self.classes_ is None:
            raise ValueError(
                f"prompt={prompt!r} asks for a class, but {type(self).__name__} was fitted without y."
            )
        labels = np.asarray(prompt)
        if labels.ndim > 1 or (labels.ndim == 1 and len(labels) != n_samples):
            raise ValueError(
                f"prompt must be one label or n_samples={n_samples} of them, got shape {labels.shape}."
            )
        labels = np.broadcast_to(labels, n_samples)
        unknown = labels[~np.isin(labels, self.classes_)]
        if len(unknown):
            raise ValueError(
                f"prompt={unknown.tolist()[0]!r} was not seen in fit; the classes are {self.classes_.tolist()}."
            )
        return torch.as_tensor(np.searchsorted(self.classes_, labels))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _check_count(name, value):
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}.")


def _rebatch(blocks, batch_size):
    """Cut a stream of (windows, table) into batches of the given size."""
    waiting, n_waiting = [], 0
    for block in blocks:
        waiting.append(block)
        n_waiting += len(block[0])
        if n_waiting >= batch_size:
            windows, table = _join(waiting)
            whole = n_waiting - n_waiting % batch_size
            for start in range(0, whole, batch_size):
                rows = slice(start, start + batch_size)
                yield windows[rows], table[rows].reset_index(drop=True)
            # a copy, lest the remainder keep the whole block alive
            waiting, n_waiting = [(windows[whole:].copy(), table[whole:])], n_waiting - whole
    if n_waiting:
        yield _join(waiting)


def _join(blocks):
    windows, tables = zip(*blocks, strict=True)
    return np.concatenate(windows), pd.concat(tables, ignore_index=True)
