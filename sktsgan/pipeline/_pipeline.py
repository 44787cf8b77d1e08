"""A scikit-learn Pipeline with a sampler at its end."""

from inspect import signature
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import _fit_context
from sklearn.callback import with_callbacks
from sklearn.utils import check_scalar
from sklearn.utils._user_interface import _print_elapsed_time
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, has_fit_parameter

from sktsgan._validation import naming
from sktsgan.pipeline._entities import (
    check_attributes,
    enter,
    entities_of,
    put_back,
    tell_sampler,
    to_channels,
)
from sktsgan.pipeline._numeric_columns import sparing_categories, tell_categories
from sktsgan.pipeline._repair import fill_missing, stack_draws, to_rows
from sktsgan.pipeline._rules import mend_rows, settle_rows, tell_channels
from sktsgan.pipeline._series_pipeline import SeriesPipeline
from sktsgan.pipeline._steps import check_inverse, check_invertible
from sktsgan.pipeline._windows import RawForm

__all__ = ["SamplingPipeline"]


def _sampler_has(method):
    def check(self):
        getattr(self._final_estimator, method)  # for its own AttributeError
        return True

    return check


class SamplingPipeline(SeriesPipeline):
    """A pipeline that ends in a sampler and makes new windows in the units of the series it was fitted on.

    A scikit-learn :class:`~sklearn.pipeline.Pipeline` with three additions: ``sample``, ``iter_sample`` and ``impute``
    apply the inverse transforms of the steps before the sampler; the sampler gets the timestamps of the series, and
    the entities of a panel and their attributes; and ``y`` may have one target per time step, from which the sampler
    gets one per window.

    Parameters
    ----------
    steps : list of (str, estimator) tuples
        Transformers with an ``inverse_transform``, and a sampler at the end. One of the transformers may be a
        :class:`Windowizer`: steps before it see the rows of the series (a scaler then has one scale per channel),
        but no column of categories, texts or booleans; steps after it see windows. Without a Windowizer, the pipeline
        is fitted on windows.
    transform_input : list of str, default=None
        Metadata to transform before it reaches its step, as in :class:`~sklearn.pipeline.Pipeline`.
    memory : str or object with the joblib.Memory interface, default=None
        Cache of fitted transformers, as in :class:`~sklearn.pipeline.Pipeline`.
    verbose : bool, default=False
        Whether to print the time that each step takes.

    Attributes
    ----------
    named_steps : :class:`~sklearn.utils.Bunch`
        Steps by their names.
    n_features_in_ : int
        Number of features that the first step saw in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if they are strings.
    classes_ : ndarray of shape (n_classes,)
        Class labels, if the sampler was fitted with them.

    See Also
    --------
    make_sampling_pipeline : Names the steps for you.
    PurgedWindowSplit : Folds to cross-validate with.

    Notes
    -----
    The container of new windows depends on the data that the pipeline was fitted on:

    - a DataFrame gives a long DataFrame with its columns and dtypes, one row per step. The index has two levels:
      ``window``, from 0, and, if the sampler makes windows of known time, the time of the step, named like the index
      of the series or ``timestamp``; otherwise ``step``, from 0. A Series gives such a Series;
    - a panel, a table whose index has the levels entity and time or that has the Windowizer's ``groups``, gives such a
      panel: every window is a new entity, with an identifier that none of the panel has, and with all attributes of
      one of the entities. Windows are drawn by entity: all are equally likely, however long their series are;
    - an array gives an array in its dtype of shape (n_windows, window, n_channels), or (n_windows, window) for a
      series of one axis;
    - a list of series gives the container of the first one. DataFrames and Series are entities, too; arrays are not,
      and need the Windowizer as the first step;
    - windows, without a Windowizer, give windows in their container.

    If the pipeline is fitted on a DataFrame, the steps before the Windowizer are set to return DataFrames
    (``set_output``), so that the Windowizer sees timestamps and gaps; otherwise to return arrays. Steps between the
    Windowizer and the sampler get ``y`` unchanged.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sktsgan import NeighborSampler, Windowizer, make_sampling_pipeline
    >>> from sktsgan.datasets import load_appliances_energy
    >>> series = load_appliances_energy().frame[["Appliances", "T_out"]]
    >>> pipeline = make_sampling_pipeline(
    ...     StandardScaler(), Windowizer(24), NeighborSampler(random_state=0)
    ... )
    >>> new = pipeline.fit(series).sample(3, random_state=0)
    >>> new.shape, new.index.names[0], new["Appliances"].dtype
    ((72, 2), 'window', dtype('int64'))
    """

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, **params):
        """Fit the transformers one after the other, and the sampler on their output.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_channels), or the input of the first step
            Series; without a Windowizer, windows.
        y : array-like of shape (n_steps,), default=None
            One target per time step, from which the Windowizer's ``target`` makes one per window; without a
            Windowizer, one target per window.
        **params : dict
            As for :class:`~sklearn.pipeline.Pipeline`: ``<step>__<parameter>``, or metadata if metadata routing is
            enabled.

        Returns
        -------
        self : object
            The fitted pipeline.

        Raises
        ------
        TypeError
            If a step before the sampler has no ``inverse_transform``; raised before anything is fitted.
        ValueError
            If there are two Windowizers, a step can't undo its transform, a step before the Windowizer loses the
            timestamps or would get a list of arrays, a panel has attributes and the sampler's ``fit`` no parameter
            ``entities``, or a step refuses its input. The sampler has not been trained then.
        """
        if not self._is_sampling:
            return super().fit(X, y, **params)
        self._check_parameters()
        panel = self._parts.read_panel(X)
        check_attributes(panel, self._final_estimator)
        rows, y = enter(self._first, X, y, panel)
        self._parts.keep_labels(rows)
        context = self._init_callback_context(max_subtasks=len(self.steps))
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        routed = self._check_method_params(method="fit", props=params)
        with sparing_categories(self, rows):
            Xt = self._fit(rows, y, routed, raw_params=params, callback_ctx=context)
        check_inverse(self.steps[:-1], Xt)
        targets, timestamps, entities = self._parts.read_labels(rows, y)
        own = self._get_metadata_for_step(
            step_idx=len(self) - 1, step_params=routed[self.steps[-1][0]], all_params=params
        )
        if timestamps is not None and has_fit_parameter(self._final_estimator, "timestamps"):
            own["fit"].setdefault("timestamps", timestamps)
        if panel is not None:
            tell_sampler(own["fit"], self._final_estimator, panel.form, entities)
        tell_categories(own["fit"], self._final_estimator, self._parts.windowizer, Xt)
        tell_channels(own["fit"], self._final_estimator, self._parts)
        self._fit_sampler(Xt, targets, own["fit"], context)
        self._form = RawForm.of(X, self._parts.windowizer, panel)
        self._keep_series(X, panel)
        context.call_on_fit_task_end(estimator=self, X=Xt, y=y)
        return self

    @available_if(_sampler_has("sample"))
    def sample(self, n_samples=1, *, prompt=None, random_state=None, return_prompt=False):
        """Make new windows in the units of the data that the pipeline was fitted on.

        Parameters
        ----------
        n_samples : int, default=1
            Number of windows.
        prompt : object, default=None
            Description of the windows, passed to the sampler. Observed values (windows with NaN where values are to
            be made) are in the units of the series: an array of shape (n_samples, window, n_channels), or a long
            DataFrame like those that this method returns.
        random_state : int, RandomState instance or None, default=None
            Controls the draws; an int gives the same windows every time.
        return_prompt : bool, default=False
            Whether to return the sampler's table of conditions too.

        Returns
        -------
        X : ndarray, Series or DataFrame
            ``n_samples`` windows; see the notes of the class for the container.
        conditions : DataFrame of shape (n_samples, n_conditions)
            Only if ``return_prompt`` is True.

        Raises
        ------
        ValueError
            As the sampler, and if windows in a prompt have another shape than those of ``fit``.
        """
        return self._sample_numbered(0, n_samples, prompt, random_state, return_prompt)

    def _sample_numbered(self, first, n_samples, prompt, random_state, return_prompt=False):
        """Do what ``sample`` does, where ``first`` windows, or new entities, were made before."""
        options, with_table = self._draw_options("sample", prompt, random_state, return_prompt)
        drawn = self._final_estimator.sample(n_samples, **options)
        drawn, table = drawn if with_table else (drawn, None)
        X = self._wrap(drawn, table, first)
        return (X, table) if return_prompt else X

    @available_if(_sampler_has("iter_sample"))
    def iter_sample(
        self, n_samples, *, batch_size=1024, prompt=None, random_state=None, return_prompt=False
    ):
        """Make new windows in bounded memory.

        Parameters
        ----------
        n_samples : int
            Number of windows in all.
        batch_size : int, default=1024
            Number of windows in a batch; the last batch may be smaller.
        prompt : object, default=None
            As in ``sample``.
        random_state : int, RandomState instance or None, default=None
            As in ``sample``.
        return_prompt : bool, default=False
            As in ``sample``.

        Yields
        ------
        X : ndarray, Series or DataFrame
            A batch. Together, the batches are what ``sample`` returns for the same ``random_state``, numbered through.
        conditions : DataFrame
            Only if ``return_prompt`` is True.

        Raises
        ------
        ValueError
            As ``sample``, and if the sampler refuses ``batch_size``.
        """
        options, with_table = self._draw_options("iter_sample", prompt, random_state, return_prompt)
        batches = self._final_estimator.iter_sample(n_samples, batch_size=batch_size, **options)
        return self._wrap_batches(batches, with_table, return_prompt)

    @available_if(_sampler_has("impute"))
    def impute(self, X, n_draws=1, random_state=None):
        """Impute missing values of a series or of windows, in their own units.

        Parameters
        ----------
        X : series or windows
            Series like that of ``fit``, a list of several, or windows like those of ``sample``, with NaN where values
            are missing.
        n_draws : int, default=1
            Number of imputations.
        random_state : int, RandomState instance or None, default=None
            Controls the draws.

        Returns
        -------
        X : like the input
            A copy with imputed values in place of NaN. Several draws are stacked: an array of shape (n_draws, ...), a
            DataFrame with ``draw`` as the first level of its index, or a list of lists of series.

        Raises
        ------
        ValueError
            If values are missing in a stretch shorter than a window, the Windowizer resamples, or the sampler refuses
            its input.

        Notes
        -----
        Each hole of a series is put in the middle of a window, so that the sampler sees the values before and after
        it. A hole longer than a window is imputed window by window, each from its own observed values. For the best
        single imputation, an average over overlapping windows, see :func:`sktsgan.repair_series`. The sampler must
        return several draws as an array of shape (n_draws, n_windows, ...).
        """
        check_is_fitted(self)
        check_scalar(n_draws, "n_draws", Integral, min_val=1)
        parts, form = self._parts, self._raw_form
        categories = getattr(parts.windowizer, "categories_", {})
        with naming("X"):
            known, order = to_channels(X, form.groups, form.panel)
            to_rows(known, categories)  # all must be numbers, also where nothing is missing
            rows = parts.pick_rows(known, form)
        if rows.size:
            windows = parts.take_windows(known, rows, form)
            made = self._final_estimator.impute(windows, n_draws=n_draws, random_state=random_state)
            made = np.concatenate(made) if n_draws > 1 else made
            made = form.wrap_steps(parts.backward(made, form.wrapping.columns))
            values = to_rows(made, categories).reshape(n_draws, rows.size, -1)
            if rows.ndim == 2:
                lengths = form.lengths_of(known)
                observed = to_rows(known, categories).reshape(sum(lengths), -1)
                values = mend_rows(values, rows.ravel(), observed, lengths, self._final_estimator)
            filled = [fill_missing(known, rows.ravel(), drawn, categories) for drawn in values]
        else:
            filled = [fill_missing(known, categories=categories) for _ in range(n_draws)]
        return stack_draws(
            filled if form.panel is None else [put_back(X, own, order) for own in filled]
        )

    @available_if(_sampler_has("score"))
    def score(self, X, y=None, sample_weight=None, **params):
        """Return how close the sampler's windows are to those of a series.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_channels), or the input of the first step
            Series; without a Windowizer, windows.
        y : array-like of shape (n_steps,), default=None
            Targets as in ``fit``; the sampler gets one per window.
        sample_weight : array-like, default=None
            Weights, passed to the sampler if given.
        **params : dict
            Metadata, if metadata routing is enabled.

        Returns
        -------
        score : float
            Score of the sampler on the transformed ``X``; for the samplers of windows in sktsgan minus a divergence
            in nats, 0 is best.
        """
        if self._is_sampling:
            X, y = self._enter(X, y)
            y = None if y is None else self._parts.read_labels(X, y)[0]
        with sparing_categories(self, X):
            return super().score(X, y, sample_weight, **params)

    def _check_parameters(self):
        self._validate_steps()
        check_invertible(self.steps[:-1])
        if self.transform_input is not None and not get_config()["enable_metadata_routing"]:
            raise ValueError(
                f"transform_input={self.transform_input!r} needs metadata routing: call "
                "sklearn.set_config(enable_metadata_routing=True) first."
            )

    def _fit_sampler(self, X, y, params, context):
        with _print_elapsed_time("Pipeline", self._log_message(len(self.steps) - 1)):
            context = context.subcontext(task_name="fit-final-estimator")
            with context.propagate_callback_context(self._final_estimator):
                context.call_on_fit_task_begin(estimator=self, X=X, y=y)
                self._final_estimator.fit(X, y, **params)
                context.call_on_fit_task_end(estimator=self, X=X, y=y)

    def _draw_options(self, method, prompt, random_state, return_prompt):
        """Return the arguments of the sampler's method, and whether it returns a table of conditions."""
        check_is_fitted(self)
        form, options = self._raw_form, {"random_state": random_state}
        if prompt is not None:
            options["prompt"] = self._parts.read_prompt(prompt, form)
        known = signature(getattr(self._final_estimator, method)).parameters
        # the table has the times that windows are labelled with
        with_table = return_prompt or (form.wrapping.kind != "array" and "return_prompt" in known)
        if with_table:
            options["return_prompt"] = True
        return options, with_table

    def _wrap_batches(self, batches, with_table, return_prompt):
        first = 0
        for drawn in batches:
            drawn, table = drawn if with_table else (drawn, None)
            X = self._wrap(drawn, table, first)
            first += len(drawn)
            yield (X, table) if return_prompt else X

    def _wrap(self, drawn, table, first=0):
        """Return windows of the sampler in the container and the units of the raw data."""
        starts = None
        if table is not None and "timestamp" in table:
            starts = pd.DatetimeIndex(table["timestamp"])
        elif isinstance(getattr(drawn, "index", None), pd.DatetimeIndex):
            starts = drawn.index
        form = self._raw_form
        entities = None if form.panel is None else entities_of(table, form.panel, len(drawn))
        rows = self._parts.backward(drawn, form.wrapping.columns)
        rows = settle_rows(rows, self._final_estimator, form.n_timesteps)
        return form.wrap(rows, starts=starts, first=first, entities=entities)
