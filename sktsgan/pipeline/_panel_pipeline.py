"""A scikit-learn Pipeline whose steps get the channels of a panel."""

from contextlib import suppress

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if

from sktsgan.containers._panels import read_panel
from sktsgan.pipeline._entities import enter
from sktsgan.pipeline._numeric_columns import sparing_categories
from sktsgan.pipeline._steps import StepParts
from sktsgan.pipeline._windows import RawForm

__all__ = ["PanelPipeline"]


def _transforms(pipeline):
    return getattr(super(PanelPipeline, pipeline), "transform", None) is not None


class PanelPipeline(Pipeline):
    """The base of :class:`SamplingPipeline`: what its steps get, and what it knows of the data seen in ``fit``."""

    @property
    def _parts(self):
        return StepParts.of([step for _, _, step in self._iter(with_final=False)])

    @available_if(_transforms)
    def transform(self, X, **params):
        """Transform series by all steps, of which the last is a transformer: ``pipeline[:-1].transform(X)``.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_channels), or the input of the first step
            Series as in ``fit``.
        **params : dict
            Metadata, if metadata routing is enabled.

        Returns
        -------
        Xt : array-like
            Output of the last step.
        """
        X = self._enter(X)[0]
        with sparing_categories(self, X):
            return super().transform(X, **params)

    @property
    def _first(self):
        return next((step for _, _, step in self._iter()), None)

    def _enter(self, X, y=None):
        """Return series as the first step gets them, given those of a panel like that of ``fit``."""
        form = getattr(self, "_form", None)
        if form is None or form.panel is None:
            return X, y
        return enter(self._first, X, y, read_panel(X, form.groups, list(form.panel.attributes)))

    @property
    def _is_sampling(self):
        """Whether the last step is a sampler; in a slice of a pipeline it may be a transformer."""
        return hasattr(self._final_estimator, "sample") or hasattr(self._final_estimator, "impute")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # until fit has checked them, steps may be anything
        with suppress(ValueError, AttributeError, TypeError):
            steps = [step for _, _, step in self._iter()]
            allowed = all(get_tags(step).input_tags.allow_nan for step in steps)
            tags.input_tags.allow_nan = bool(steps) and allowed
        return tags

    def __getitem__(self, ind):
        part = super().__getitem__(ind)
        if isinstance(ind, slice) and hasattr(self, "_form") and part.steps[:1] == self.steps[:1]:
            part._form = self._form
        return part

    @property
    def _raw_form(self):
        """Form of the data that the pipeline was fitted on; arrays if only its steps were fitted, as in a slice."""
        windowizer = self._parts.windowizer
        return getattr(self, "_form", None) or RawForm.of(np.empty((0, 2)), windowizer)
