"""The contract of every sampler."""

import math
from abc import ABCMeta, abstractmethod
from contextlib import contextmanager
from itertools import count

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, _fit_context
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed, torch_generator
from sktsgan._validation import check_count, check_targets
from sktsgan.containers._windows import read_training_windows, read_windows
from sktsgan.metrics import distribution_kl_score
from sktsgan.prompts import ConditionTable, read_timestamps, select_rows

__all__ = ["BaseSampler"]

_BLOCK_VALUES = 2**24  # of the blocks that sampling works through: 128 MiB of float64
_BLOCK_WINDOWS = 8_192


class BaseSampler(CallbackSupportMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of samplers of windows: ``fit``, ``sample``, ``iter_sample`` and ``score``.

    A sampler adds two hooks. ``_fit_windows(windows, rows)`` learns from float64 windows of shape
    (n_windows, n_timesteps, n_channels), which are those rows of ``conditions_``, the table of what is known of
    the training windows. ``_draw(n_windows, rows, generator)`` returns new windows of that shape, each
    for the conditions of a row: a prompt says which rows may be drawn.
    """

    _min_windows = 2
    _item_dtype = np.float64  # of items as the hooks see them

    @abstractmethod
    def _fit_windows(self, windows, rows):
        """Learn from validated windows; ``rows`` is an array of integers."""

    @abstractmethod
    def _draw(self, n_windows, rows, generator):
        """Return new windows, a float64 array of shape (n_windows, n_timesteps, n_channels), for a tensor of rows."""

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, *, timestamps=None, conditions=None):
        """Learn the distribution of windows.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_windows, n_timesteps, n_channels) or flat
            Windows. Two axes, (n_windows, n_timesteps * n_channels), mean univariate windows, or flat
            time-major ones where ``n_channels`` says how many channels there are.
        y : array-like of shape (n_windows,), default=None
            Class labels or numbers, for which ``sample`` can then be prompted. Floating-point numbers are labels
            where they are whole and half of the windows share theirs with four others.
        timestamps : array-like of shape (n_windows,), default=None
            When each window starts; ``sample`` can then be prompted for periods of the calendar. A
            DatetimeIndex of ``X`` counts as timestamps where none are given.
        conditions : DataFrame of shape (n_windows, n_conditions), default=None
            What else ``sample`` can be prompted for. Strings, booleans and categories are classes, numbers are numbers.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        ValueError
            If ``X`` holds infinity, or NaN where the sampler can't learn from windows with holes or where a window or
            a channel holds nothing else; if it has fewer than two windows or the wrong number of axes; or if ``y``,
            ``timestamps`` or ``conditions`` do not hold one known value for each window. Nothing has been trained then.

        Warns
        -----
        UserWarning
            If conditions vary too little to learn from: one that is constant, or whose classes are so many that fewer
            than half of the windows share theirs with four others, is dropped.
        """
        self._fit_windows(*self._read_training_set(X, y, timestamps, conditions))
        return self

    @contextmanager
    def _fit_task(self, n_epochs=0):
        """Tell scikit-learn's callbacks of the beginning and the end of a fit."""
        task = self._init_callback_context(max_subtasks=n_epochs)
        task.call_on_fit_task_begin(estimator=self)
        yield task
        task.call_on_fit_task_end(estimator=self)

    def _read_new(self, X):
        """Return validated windows, and what they came in."""
        return read_training_windows(
            self,
            X,
            n_channels=self.n_channels,
            min_windows=self._min_windows,
            allow_nan=get_tags(self).input_tags.allow_nan,
        )

    def _read_more(self, X):
        """Return validated windows like those of ``fit``."""
        allow_nan = get_tags(self).input_tags.allow_nan
        return read_windows(self, X, self.container_, allow_nan=allow_nan)

    def _read_training_set(self, X, y, timestamps, conditions):
        """Return validated windows and their rows in a new table of conditions."""
        windows, container = self._read_new(X)
        self._check_number(len(windows))
        classes, y = check_targets(y, len(windows))
        table = ConditionTable(
            len(windows),
            y=y if classes is None else classes[y],
            classes=classes,
            timestamps=read_timestamps(X, timestamps, len(windows)),
            conditions=conditions,
        )
        self.container_ = container
        self.classes_ = classes
        self.conditions_ = table
        self._note_shape(windows)
        return windows, np.arange(len(windows))

    def _note_shape(self, items):
        """Set the attributes that say of what shape the items of ``fit`` are."""
        self.n_timesteps_, self.n_channels_ = items.shape[1:]

    @property
    def _item_shape(self):
        """The shape of an item as the hooks see it."""
        return self.n_timesteps_, self.n_channels_

    def _check_number(self, n_windows):
        """Refuse parameters that don't go with so many windows, before anything fitted is touched."""

    def _read_further_set(self, X, y, timestamps, conditions):
        """Validate windows for ``partial_fit`` after its first call; return them and their rows."""
        windows = self._read_more(X)
        classes, y = check_targets(y, len(windows))
        rows = self.conditions_.append(
            len(windows),
            y=y if classes is None else classes[y],
            timestamps=read_timestamps(X, timestamps, len(windows)),
            conditions=conditions,
        )
        return windows, rows

    def sample(self, n_samples=1, *, prompt=None, random_state=None, return_prompt=False):
        """Make new windows.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        prompt : object, default=None
            What the windows are to be like, or one prompt for each; what it leaves open is drawn from the training
            windows that agree with it, by frequency.

            - a class label or, where ``y`` held numbers, a number, which means the 2 % of the training
              windows (at least ten) that are nearest to it;
            - a period: ``"January"``, ``"first half of January"``, ``"Monday"``, ``"8:00"``, ``"Q1"``, ``"2017-03"``,
              ``"2017-W05"``, ``"一月上半月"``, ``"周一"``, a ``pandas.Period``;
            - a ``pandas.Timestamp``, the start of the window, or a DatetimeIndex with one for each. A start that was
              not seen stands for the nearest one in year, season, weekday and hour;
            - a dict of conditions, such as ``{"month": 1, "hour": 8}``, or a DataFrame with a row for each
              window. Names are those of ``conditions``, ``"y"``, ``"timestamp"`` and the fields
              ``year, quarter, month, half_month, week, day, weekday, hour, minute``; NaN leaves one open.
            - windows with NaN where values are to be made, for samplers that ``impute``.
        random_state : int, RandomState instance or None, default=None
            Rules the draws; an int gives the same windows every time.
        return_prompt : bool, default=False
            Whether to return the conditions of each window too.

        Returns
        -------
        X : ndarray or DataFrame
            ``n_samples`` windows in the container, units, dtype and columns of the training windows. A DataFrame is
            indexed by the starts of the windows where timestamps were seen.
        conditions : DataFrame of shape (n_samples, n_conditions)
            With ``return_prompt`` only: what each window was made for. It has the columns ``"timestamp"``, those of
            ``conditions``, and ``"y"``, as far as these are known, and is itself a prompt.

        Raises
        ------
        ValueError
            If ``n_samples`` is below 1 or the prompt was not seen in ``fit``; the message lists what was.
        """
        if _is_observed(prompt, self):
            return self._complete(prompt, n_samples, random_state, return_prompt)
        blocks = self._iter_blocks(n_samples, prompt, random_state)
        windows, tables = np.empty((n_samples, *self._item_shape), self._item_dtype), []
        for start, (block, table) in zip(count(step=self._block_size()), blocks, strict=False):
            windows[start : start + len(block)] = block
            tables.append(table)
        table = pd.concat(tables, ignore_index=True)
        X = self._wrap(windows, table)
        return (X, table) if return_prompt else X

    def _wrap(self, windows, table):
        starts = None
        if self.conditions_.timestamps is not None:
            name = self.conditions_.timestamps.name
            starts = pd.DatetimeIndex(table["timestamp"]).rename(name)
        return self.container_.wrap(windows, starts)

    def _complete(self, prompt, n_samples, random_state, return_prompt):
        """Return windows whose observed values are those of the prompt."""
        check_count("n_samples", n_samples)
        if not hasattr(self, "impute"):
            raise ValueError(
                f"prompt holds windows with NaN, but {type(self).__name__} can't fill in missing values."
            )
        if len(prompt) == 1:  # one for all
            repeated = [0] * n_samples
            prompt = prompt.iloc[repeated] if hasattr(prompt, "iloc") else prompt[repeated]
        if len(prompt) != n_samples:
            raise ValueError(
                f"prompt must hold one window or n_samples={n_samples} of them, got {len(prompt)}."
            )
        X = self.impute(prompt, random_state=random_state)
        return (X, pd.DataFrame(index=range(n_samples))) if return_prompt else X

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
        prompt : object, default=None
            As in ``sample``, but for windows with NaN.
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
        check_count("batch_size", batch_size)
        blocks = self._iter_blocks(n_samples, prompt, random_state)
        return self._wrap_batches(_rebatch(blocks, batch_size), return_prompt)

    def _wrap_batches(self, batches, return_prompt):
        for windows, table in batches:
            X = self._wrap(windows, table)
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
        self._read_more(X)
        return distribution_kl_score(self, X, y)

    def _iter_blocks(self, n_samples, prompt, random_state):
        """Yield blocks of windows and their conditions, whose sizes depend on the windows' shape alone."""
        check_is_fitted(self, "container_")
        check_count("n_samples", n_samples)
        selection = self._read_prompt(prompt, n_samples)
        generator = torch_generator(draw_seed(random_state))
        return self._draw_blocks(n_samples, selection, generator)

    def _block_size(self):
        size = _BLOCK_VALUES // math.prod(self._item_shape)
        return max(1, min(size, _BLOCK_WINDOWS))

    def _draw_blocks(self, n_samples, selection, generator):
        size = self._block_size()
        for start in range(0, n_samples, size):
            n = min(size, n_samples - start)
            rows = selection.draw(start, n, generator)
            yield self._draw(n, rows, generator), selection.describe(start, rows)

    def _read_prompt(self, prompt, n_samples):
        """Return the training windows that agree with a prompt, a Selection."""
        return select_rows(self.conditions_, prompt, n_samples, name=type(self).__name__)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _is_observed(prompt, sampler):
    """Return whether a prompt is windows like those of ``fit``, with NaN for what is to be made."""
    container = getattr(sampler, "container_", None)
    if container is None or getattr(prompt, "ndim", 1) < 2:
        return False
    if isinstance(prompt, pd.DataFrame):
        return container.columns is not None and prompt.columns.equals(container.columns)
    if not isinstance(prompt, np.ndarray) or prompt.dtype.kind != "f":
        return False
    shape = sampler._item_shape
    return prompt.shape[1:] in (shape, (math.prod(shape),))


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
