"""A pipeline that makes whole series."""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed
from sktsgan._validation import check_count
from sktsgan.pipeline._panel_pipeline import PanelPipeline
from sktsgan.pipeline._rules import mend_piece
from sktsgan.pipeline._series import check_panel, draw_evenly, read_initial, read_request
from sktsgan.pipeline._training_series import TrainingSeries

__all__ = ["SeriesPipeline"]


class SeriesPipeline(PanelPipeline):
    """The base of :class:`SamplingPipeline` that makes whole series rather than windows."""

    def sample_series(
        self,
        length=None,
        *,
        start=None,
        end=None,
        n_series=1,
        n_entities=None,
        initial=None,
        random_state=None,
    ):
        """Make new series at given dates, in the container, columns and dtypes of the series of ``fit``.

        Parameters
        ----------
        length : int, default=None
            Length of each series, in steps.
        start : str, datetime or Period, default=None
            Date of the first step. None begins a step after ``initial`` or, without it, after the training series.
        end : str, datetime or Period, default=None
            Date that no step is after, instead of ``length``.
        n_series : int, default=1
            Number of series.
        n_entities : int, default=None
            Of a pipeline that was fitted on a panel: number of new entities, instead of ``n_series``; None makes one.
            Each has the attributes of an entity of the panel, all of which are equally likely, and a series made of
            that one's.
        initial : series, default=None
            Series like that of ``fit`` to go on from, in the units of the data: each new series begins where it ends.
            What counts are its last steps, and its level over the last 400. None begins anew.
        random_state : int, RandomState instance or None, default=None
            Controls the draws; an int gives the same series every time.

        Returns
        -------
        X : ndarray, Series or DataFrame
            One series, indexed by the dates asked for, or numbered if the training series has no dates. If
            ``n_series`` is above 1, pandas containers have ``series``, from 0, as the first level of their index, and
            arrays the shape (n_series, length, n_channels), or (n_series, length) for series of one axis. Of a panel,
            a panel with new identifiers.

        Raises
        ------
        ValueError
            If the pipeline was fitted on windows, or with a sampler that mustn't keep training data; if dates, lengths
            or ``initial`` can't be used. Nothing has been made then.

        Notes
        -----
        Series are chains of blocks, each the continuation of a moment of the training series that is like the present
        one in level, course and calendar, moved to where the series stands. They are learned from the series itself
        when they are first asked for; the sampler at the end of the pipeline has no part in them. For this, ``fit``
        keeps a copy of the series wherever the sampler keeps training windows.

        Examples
        --------
        >>> from sktsgan import NeighborSampler, Windowizer, make_sampling_pipeline
        >>> from sktsgan.datasets import load_appliances_energy
        >>> series = load_appliances_energy().frame[["Appliances", "T_out"]]
        >>> pipeline = make_sampling_pipeline(Windowizer(24), NeighborSampler()).fit(series)
        >>> new = pipeline.sample_series(start="2017-02-01", end="2017-02-28 23:00", random_state=0)
        >>> new.shape, new.index[0]
        ((672, 2), Timestamp('2017-02-01 00:00:00'))
        """
        asked = length, start, end, n_series, n_entities, initial, random_state
        request, draw = self._read_series(*asked)
        parts = list(draw(request.n_steps))
        return parts[0] if len(parts) == 1 else pd.concat(parts)

    def iter_series(
        self,
        length=None,
        *,
        batch_size=8192,
        start=None,
        end=None,
        n_series=1,
        n_entities=None,
        initial=None,
        random_state=None,
    ):
        """Make new series piece by piece, in bounded memory.

        Parameters
        ----------
        length : int, default=None
            As in ``sample_series``.
        batch_size : int, default=8192
            Steps of a piece; the last piece may be shorter.
        start : str, datetime or Period, default=None
            As in ``sample_series``.
        end : str, datetime or Period, default=None
            As in ``sample_series``.
        n_series : int, default=1
            As in ``sample_series``.
        n_entities : int, default=None
            As in ``sample_series``; entities come one after the other.
        initial : series, default=None
            As in ``sample_series``.
        random_state : int, RandomState instance or None, default=None
            As in ``sample_series``.

        Yields
        ------
        X : ndarray, Series or DataFrame
            The next steps of all series. Joined, they are what ``sample_series`` returns for the same
            ``random_state``.

        Raises
        ------
        ValueError
            As ``sample_series``, and if ``batch_size`` is below 1.
        """
        check_count("batch_size", batch_size)
        asked = length, start, end, n_series, n_entities, initial, random_state
        return self._read_series(*asked)[1](batch_size)

    def _keep_series(self, X, panel):
        """Keep the training series, as far as the sampler keeps training data too."""
        self.training_series_ = None
        windowizer = self._parts.windowizer
        keeps = getattr(self._final_estimator, "keeps_training_windows_", True)
        if windowizer is None or not keeps:
            return
        try:
            if panel is None:
                self.training_series_ = TrainingSeries.of(X, windowizer)
            else:
                self.training_series_ = [TrainingSeries.of(own, windowizer) for own in panel.series]
        except (TypeError, ValueError):
            # only what steps make of X can be cut, as when they turn columns of another kind into numbers
            return

    def _read_series(self, length, start, end, n_series, n_entities, initial, random_state):
        """Return the steps that are asked for, checked, and what draws them, a function of the size of a piece."""
        check_is_fitted(self)
        kept = self._check_kept()
        form, values = self._raw_form, None
        rng = np.random.default_rng(draw_seed(random_state))
        if form.panel is not None:
            n_entities = check_panel(n_series, n_entities, initial)
            latest = max(
                kept, key=lambda one: len(one.values) if one.times is None else one.times[-1]
            )
            request = read_request(form, latest.times, length, start, end, None)
            return request, partial(self._draw_panel, request, n_entities, kept, rng)
        if n_entities is not None:
            raise ValueError(
                f"n_entities must be None, since the pipeline was not fitted on a panel, got {n_entities!r}."
            )
        if initial is not None:
            initial, values = read_initial(initial, form, kept.times)
            if values.shape[1] != kept.values.shape[1]:
                raise ValueError(
                    f"initial must have the {kept.values.shape[1]} channels of fit, got {values.shape[1]}."
                )
        check_count("n_series", n_series)
        request = read_request(form, kept.times, length, start, end, initial)
        return request, partial(self._draw_series, request, n_series, values, kept.chain, rng)

    def _check_kept(self):
        kept = getattr(self, "training_series_", None)
        if kept is not None:
            return kept
        windowizer = self._parts.windowizer
        if windowizer is None:
            reason = "a Windowizer, since the pipeline was fitted on windows"
        elif not getattr(self._final_estimator, "keeps_training_windows_", True):
            name = type(self._final_estimator).__name__
            reason = f"a sampler that may keep training data, which {name} doesn't"
        elif not hasattr(self, "training_series_"):
            reason = "a pipeline fitted by this version: older files hold no series"
        else:
            reason = "numbers or categories in X, since it begins before the first step"
        raise ValueError(f"sample_series needs {reason}.")

    def _draw_series(self, request, n_series, initial, chain, rng, batch_size):
        """Yield pieces of several series."""
        for values, labels in self._draw_values(request, n_series, initial, chain, rng, batch_size):
            yield self._wrap_series(values, labels)

    def _draw_panel(self, request, n_entities, kept, rng, batch_size):
        """Yield pieces of the series of new entities, one entity after the other."""
        panel, wrapping = self._raw_form.panel, self._raw_form.wrapping
        keys = panel.new_keys(0, n_entities)
        for key, entity in zip(keys, draw_evenly(len(kept), n_entities, rng), strict=True):
            drawn = self._draw_values(request, 1, None, kept[entity].chain, rng, batch_size)
            for values, labels in drawn:
                n = len(labels)
                table = wrapping.wrap(values[0], labels)
                yield panel.dress(table, keys[keys == key].repeat(n), np.full(n, entity))

    def _draw_values(self, request, n_series, initial, chain, rng, batch_size):
        """Yield values of shape (n_series, n_steps, n_channels), in the units of the data, and labels of the steps."""
        blocks = chain.draw(n_series, request.n_steps, rng, request.place_of(), initial)
        waiting, n_waiting = [], 0
        last = None if initial is None else np.repeat(initial[None, -1:], n_series, axis=0)
        for labels in request.labels(batch_size):
            while n_waiting < len(labels):
                waiting.append(next(blocks))
                n_waiting += waiting[-1].shape[1]
            values = np.concatenate(waiting, axis=1)
            waiting, n_waiting = [values[:, len(labels) :]], n_waiting - len(labels)
            made = mend_piece(values[:, : len(labels)], last, self._final_estimator)
            last = made[:, -1:]
            yield made, labels

    def _wrap_series(self, values, labels):
        wrapping = self._raw_form.wrapping
        series = [wrapping.wrap(own, labels) for own in values]
        if len(series) == 1:
            return series[0]
        if wrapping.kind == "array":
            return np.stack(series)
        return pd.concat(series, keys=range(len(series)), names=["series"])
