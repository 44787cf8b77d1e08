"""Pipelines whose steps are named for you."""

from sklearn.pipeline import make_pipeline

from sktsgan.pipeline._pipeline import SamplingPipeline

__all__ = ["make_sampling_pipeline"]


def make_sampling_pipeline(*steps, transform_input=None, memory=None, verbose=False):
    """Return a pipeline of transformers and a sampler, and name its steps.

    Parameters
    ----------
    *steps : estimators
        Steps of a :class:`SamplingPipeline`, each named by its type in lower case.
    transform_input : list of str, default=None
        As in :class:`SamplingPipeline`.
    memory : str or object with the joblib.Memory interface, default=None
        As in :class:`SamplingPipeline`.
    verbose : bool, default=False
        As in :class:`SamplingPipeline`.

    Returns
    -------
    pipeline : SamplingPipeline
        The pipeline, not fitted.

    See Also
    --------
    sklearn.pipeline.make_pipeline : The same for pipelines that don't sample.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sktsgan import NeighborSampler, Windowizer, make_sampling_pipeline
    >>> pipeline = make_sampling_pipeline(StandardScaler(), Windowizer(24), NeighborSampler())
    >>> list(pipeline.named_steps)
    ['standardscaler', 'windowizer', 'neighborsampler']
    """
    named = make_pipeline(*steps).steps
    return SamplingPipeline(named, transform_input=transform_input, memory=memory, verbose=verbose)
