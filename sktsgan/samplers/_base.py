"""The contract of every sampler."""

from abc import ABCMeta, abstractmethod
from contextlib import contextmanager

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, _fit_context
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed
from sktsgan._validation import check_count, check_targets, refuse_flags
from sktsgan.closed_form import WindowRepair
from sktsgan.containers import read_categorical, read_training_windows
from sktsgan.metrics import distribution_kl_score
from sktsgan.prompts import ConditionTable, read_entities, read_timestamps
from sktsgan.samplers._blocks import check_room, rebatch
from sktsgan.samplers._categories import refuse_many_categories
from sktsgan.samplers._drawing import iter_blocks
from sktsgan.samplers._holes import impute_prompt, impute_windows, is_observed, without_holes
from sktsgan.samplers._rules import check_rules, encode, read_constraints
from sktsgan.samplers._transaction import all_or_nothing

__all__ = ["BaseSampler"]


class BaseSampler(CallbackSupportMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of all samplers: ``fit``, ``sample``, ``iter_sample``, ``score`` and ``impute``.

    A sampler adds two hooks. ``_learn(items, rows)`` learns from validated items, which are those rows of
    ``conditions_``, the table of what is known of the training items. ``_make(rows, generator)`` returns new items,
    one for the conditions of each row: a prompt says which rows are drawn. ``_read`` says in which container items
    come; unless a sampler overrides it these are windows, float64 arrays of shape (n_windows, n_timesteps, n_channels).
    """

    _min_items = 2
    _takes_holes = False  # whether fit learns from windows with NaN, and impute fills them in
    _takes_categories = False  # whether channels may have more than two
    constraints = None  # of samplers that have no such parameter

    @abstractmethod
    def _learn(self, items, rows):
        """Learn from validated items; ``rows`` is an array of integers."""

    @abstractmethod
    def _make(self, rows, generator):
        """Return an array of new items, one for each of a tensor of rows."""

    def _read(self, X):
        """Return the validated items of ``fit``, and the container that they came in."""
        return read_training_windows(
            self,
            X,
            n_channels=self.n_channels,
            min_windows=self._min_items,
            allow_nan=self._takes_holes,
        )

    def _check_parameters(self, n_items):
        """Refuse parameters that don't go together, or not with so many items."""
        refuse_flags(self)

    def _add_rows(self, items, rows):
        """Take note of the items of a later call, which are those rows of the table of conditions."""

    def _weigh(self, prefixes, rows):
        """Return log p of the beginnings of texts, a tensor (n, length) of tokens, given the conditions of rows."""
        return torch.zeros(len(rows))

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y=None,
        *,
        timestamps=None,
        conditions=None,
        entities=None,
        categorical=None,
        channels=None,
    ):
        """Learn the distribution of windows, series, images or texts.

        Parameters
        ----------
        X : array-like, DataFrame, list or iterable of str
            What to learn from, of the kind that the sampler is for:

            - windows, of shape (n_windows, n_timesteps, n_channels). Two axes, (n_windows, n_timesteps * n_channels),
              mean univariate windows, or flat time-major ones where ``n_channels`` says how many channels there are;
            - series of unequal length, a list of arrays of shape (length, n_channels) or (length,);
            - images of any dtype and range, of shape (n_images, height, width), (n_images, height, width, n_channels)
              or, with ``image_shape``, flat;
            - texts, or sequences of integers, in any container; whole floating-point numbers count as integers.
        y : array-like of shape (n_items,), default=None
            Class labels or numbers, for which ``sample`` can then be prompted. Floating-point numbers are labels
            where they are whole and half of the items share theirs with four others.
        timestamps : array-like of shape (n_items,), default=None
            When each item starts, for prompts by period; by default the dates in the index of ``X``.
        conditions : DataFrame of shape (n_items, n_conditions), default=None
            What else ``sample`` can be prompted for. Strings, booleans and categories are classes, numbers are numbers.
        entities : array-like of shape (n_items,), default=None
            Whose item each is, such as the station of a window; its name is one more condition. New items are then
            drawn by entity: all are equally likely, however many items they have.
        categorical : array-like of int, default=None
            Channels of windows whose numbers are codes of categories, beside those whose dtype says so.
        channels : list of str or DataFrame, default=None
            Names of the channels of windows, by which ``constraints`` speak of them; None takes those of the columns,
            or ``x0``, ``x1`` and so on. A DataFrame by name says in ``scale`` and ``offset`` how values become what
            the rules speak of.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        ValueError
            If ``X`` holds infinity, or NaN where the sampler can't learn from windows with holes or where a window or
            a channel holds nothing else; if it has fewer than two items, an empty text, or the wrong number of axes;
            or if ``y``, ``timestamps``, ``conditions`` or ``entities`` do not hold one known value for each item, or
            timestamps are numbers; or if a window breaks one of the ``constraints``.
            Nothing has been trained then. Whatever the error, and after an interruption, the
            sampler is as it was before.

        Warns
        -----
        UserWarning
            If conditions vary too little to learn from: one that is constant, or whose classes are so many that fewer
            than half of the items share theirs with four others, is dropped.
        """
        with all_or_nothing(self, self._goes_on):
            read = X, y, timestamps, conditions, entities, categorical, channels
            self._learn(*self._read_training_set(*read))
        return self

    @contextmanager
    def _fit_task(self, n_epochs=0):
        """Tell scikit-learn's callbacks of the beginning and the end of a fit."""
        task = self._init_callback_context(max_subtasks=n_epochs)
        task.call_on_fit_task_begin(estimator=self)
        yield task
        task.call_on_fit_task_end(estimator=self)

    @property
    def _goes_on(self):
        """Whether ``fit`` goes on from where training stands."""
        return getattr(self, "warm_start", False) and hasattr(self, "net_")

    def _read_training_set(
        self, X, y, timestamps, conditions, entities, categorical=None, channels=None
    ):
        """Return validated items and their rows in the table of conditions, a new one but for ``warm_start``."""
        if self._goes_on:
            return self._read_further_set(X, y, timestamps, conditions, entities)
        items, container = self._read(X)
        own = read_categorical(categorical, container)
        if not self._takes_categories:
            refuse_many_categories(self, items, own)
        self._check_parameters(len(items))
        classes, y = check_targets(y, len(items), container.noun)
        table = ConditionTable(
            len(items),
            y=y if classes is None else classes[y],
            classes=classes,
            timestamps=read_timestamps(X, timestamps, len(items), container.noun),
            conditions=container.own_conditions(items, conditions),
            entities=read_entities(entities, len(items), container.noun),
            noun=container.noun,
        )
        self.container_, self.conditions_, self.classes_ = container, table, classes
        self.categorical_ = own
        self.rules_ = read_constraints(self, items, own, channels)
        self.constraints_ = [] if self.rules_ is None else self.rules_.texts_
        vars(self).update(container.attributes)
        return items, np.arange(len(items))

    def _read_further_set(
        self, X, y, timestamps, conditions, entities, categorical=None, channels=None
    ):
        """Validate items for ``partial_fit`` after its first call; return them and their rows."""
        items, known = self._read_more(X), len(self.conditions_)
        if self._goes_on:
            self._check_parameters(len(items))
        classes, y = check_targets(y, len(items), self.container_.noun)
        rows = self.conditions_.append(
            len(items),
            y=y if classes is None else classes[y],
            timestamps=read_timestamps(X, timestamps, len(items), self.container_.noun),
            conditions=self.container_.own_conditions(items, conditions),
            entities=read_entities(entities, len(items), self.container_.noun),
        )
        if len(self.conditions_) > known:
            self._add_rows(items, rows)
        return items, rows

    def _read_more(self, X):
        """Return validated items like those of ``fit``, without holes."""
        items = self.container_.read(self, X, allow_nan=self._takes_holes)
        check_rules(self, items)
        return encode(self, without_holes(self, items))

    def _learn_holes(self, windows, seed):
        """Return windows without holes, in the form that models see, once it is learned how to impute them."""
        if self._takes_holes:
            self.imputer_ = WindowRepair(self.categorical_, random_state=seed).fit(windows)
        return encode(self, without_holes(self, windows, seed))

    def sample(self, n_samples=1, *, prompt=None, random_state=None, return_prompt=False):
        """Make new windows, series or images.

        Parameters
        ----------
        n_samples : int, default=1
            Number of items to make.
        prompt : object, default=None
            What the items are to be like, or one prompt for each; what it leaves open is drawn from the training
            items that agree with it, by frequency.

            - a class label or, where ``y`` held numbers, a number, which means the 2 % of the training items (at
              least ten) that are nearest to it;
            - a period: ``"January"``, ``"first half of January"``, ``"January 5"``, ``"Monday"``, ``"weekend"``,
              ``"8:00"``, ``"Q1"``, ``"2017-03"``, ``"2017-W05"``, ``"一月上半月"``, ``"周一"``, a ``pandas.Period``;
            - a ``pandas.Timestamp``, the start of the item, or a DatetimeIndex with one for each. A start that was
              not seen stands for the nearest one in year, season, weekday and hour;
            - a dict of conditions, such as ``{"month": 1, "hour": 8}``, or a DataFrame with a row for each item.
              Names are those of ``conditions``, ``"y"``, ``"timestamp"``, for series ``"length"``, and the
              fields ``year, quarter, month, half_month, week, day, weekday, hour, minute``; NaN leaves one open;
            - windows with NaN where values are to be made, for samplers that ``impute``.
        random_state : int, RandomState instance or None, default=None
            Controls the draws; an int gives the same items every time.
        return_prompt : bool, default=False
            Whether to return the conditions of each item too.

        Returns
        -------
        X : ndarray, DataFrame or list
            ``n_samples`` items in the container, units, dtype and columns of the training items. A DataFrame is
            indexed by the starts of the items where timestamps were seen.
        conditions : DataFrame of shape (n_samples, n_conditions)
            With ``return_prompt`` only: what each item was made for. It has the columns ``"timestamp"``, those of
            ``conditions``, and ``"y"``, as far as these are known, and is itself a prompt.

        Raises
        ------
        ValueError
            If ``n_samples`` is below 1 or more than memory holds, or if the prompt was not understood or not seen in
            ``fit``; the message lists what was.
        """
        if is_observed(prompt, getattr(self, "container_", None)):
            X = impute_prompt(self, prompt, n_samples, random_state)
            return (X, pd.DataFrame(index=range(n_samples))) if return_prompt else X
        return self._sample(n_samples, prompt, random_state, return_prompt)

    def _sample(self, n_samples, prompt, random_state, return_prompt, **options):
        check_is_fitted(self, "container_")
        check_count("n_samples", n_samples)
        check_room("n_samples", n_samples, self.container_)
        blocks = iter_blocks(self, n_samples, prompt, random_state, **options)
        items, tables, first = None, [], 0
        for block, table in blocks:
            if items is None:
                items = np.empty((n_samples, *self.container_.shape), self.container_.dtype)
            items[first : first + len(block)] = block
            first += len(block)
            tables.append(table)
        table = pd.concat(tables, ignore_index=True)
        X = self._wrap(items, table)
        return (X, table) if return_prompt else X

    def _wrap(self, items, table):
        starts = self.conditions_.timestamps
        return self.container_.wrap(items, table, None if starts is None else starts.name)

    def iter_sample(
        self, n_samples, *, batch_size=1024, prompt=None, random_state=None, return_prompt=False
    ):
        """Make new items in bounded memory.

        Parameters
        ----------
        n_samples : int
            Number of items in all.
        batch_size : int, default=1024
            Items of a batch; the last one may be smaller.
        prompt : object, default=None
            As in ``sample``, but for windows with NaN.
        random_state : int, RandomState instance or None, default=None
            As in ``sample``.
        return_prompt : bool, default=False
            As in ``sample``.

        Yields
        ------
        X : ndarray, DataFrame or list
            A batch; together they are what ``sample`` returns for the same ``random_state``.
        conditions : DataFrame
            With ``return_prompt`` only.

        Raises
        ------
        ValueError
            As ``sample``, and if ``batch_size`` is below 1.
        """
        return self._iter_sample(n_samples, batch_size, prompt, random_state, return_prompt)

    def _iter_sample(self, n_samples, batch_size, prompt, random_state, return_prompt, **options):
        check_is_fitted(self, "container_")
        check_count("n_samples", n_samples)
        check_count("batch_size", batch_size)
        check_room("batch_size", min(batch_size, n_samples), self.container_)
        blocks = iter_blocks(self, n_samples, prompt, random_state, **options)
        return self._wrap_batches(rebatch(blocks, batch_size), return_prompt)

    def _wrap_batches(self, batches, return_prompt):
        for items, table in batches:
            X = self._wrap(items, table)
            yield (X, table) if return_prompt else X

    @available_if(lambda self: self._takes_holes)
    def impute(self, X, *, n_draws=1, random_state=None):
        r"""Impute missing values.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``, with NaN where values are to be made: here and there, whole channels, all that comes
            after a step or before it. A window of NaN alone becomes one that ``sample`` makes.
        n_draws : int, default=1
            Number of times to impute them. The mean of two or more draws is the conditional mean, with no error of its
            own but for grids of values; ten or more show how far the values may lie from it.
        random_state : int, RandomState instance or None, default=None
            Controls the draws.

        Returns
        -------
        X : ndarray or DataFrame
            In the container and dtypes of ``X``; observed values are returned unchanged. Imputed values are in the
            units of ``X``, on the grid of a channel that has one, and do not pass a bound at which values pile up or
            the 0 that none passed in ``fit``. With several draws an ndarray of shape (n_draws, \*X.shape).

        Raises
        ------
        ValueError
            If ``X`` holds infinity, windows of another shape than in ``fit`` or observed values that break one of the
            ``constraints``, or if ``n_draws`` is below 1.
        """
        check_is_fitted(self, "container_")
        check_count("n_draws", n_draws)
        windows = self.container_.read(self, X, allow_nan=True)
        check_rules(self, windows)
        check_room("n_draws", n_draws, self.container_, len(windows))
        imputed = impute_windows(self, windows, n_draws, draw_seed(random_state))
        return self.container_.fill(X, imputed)

    def score(self, X, y=None):
        """Return how close generated items are to ``X``.

        Parameters
        ----------
        X : array-like, DataFrame or list
            Items as in ``fit``; series may be longer, and holes of windows are imputed first.
        y : ignored
            There for scikit-learn.

        Returns
        -------
        score : float
            Minus the Kullback–Leibler divergence of ``distribution_kl_score``, in nats; 0 is best. It sees means and
            covariances in the plane of two principal components; for images ``metrics.frechet_distance`` sees more.
        """
        check_is_fitted(self, "container_")
        items = self.container_.read(self, X, allow_nan=self._takes_holes, any_length=True)
        if self._takes_holes and np.isnan(items).any():
            X = self.impute(X, random_state=self.random_state)
        return distribution_kl_score(self, X, y)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = self._takes_holes
        return tags
