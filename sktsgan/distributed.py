"""New items, repairs and scores in chunks, lazily, on the workers of dask.

Needs the extra ``dask``: ``pip install "sktsgan[dask]"``.
"""

import numpy as np
import pandas as pd

from sktsgan._random import draw_seed
from sktsgan._validation import check_count

__all__ = ["impute_dask", "sample_dask", "score_dask"]


def sample_dask(sampler, n_samples, *, chunk_size=10_000, prompt=None, random_state=None):
    """Make new items in chunks that the workers of dask draw.

    Nothing is drawn until the result is computed or written, such as by ``to_parquet`` or ``to_zarr``, chunk by chunk.
    Every chunk has a seed of its own: items depend on ``random_state`` and ``chunk_size``, and not on the workers or
    their number, also if one of them is lost and its chunks are drawn again.

    Parameters
    ----------
    sampler : fitted sampler or SamplingPipeline
        It goes to the workers once. One that ``keeps_training_windows_`` takes these along.
    n_samples : int
        Number of items.
    chunk_size : int, default=10_000
        Items of a chunk; the last one may be smaller.
    prompt : object, default=None
        As in ``sample``; a list, an array, an index or a DataFrame of ``n_samples`` prompts is cut into chunks.
    random_state : int, RandomState instance or None, default=None
        Controls the draws.

    Returns
    -------
    X : dask array, DataFrame or Bag
        Where ``sample`` returns an ndarray, a DataFrame or a list. The levels of a pipeline's index are columns, and
        windows are counted over all chunks.

    Raises
    ------
    ImportError
        If dask is not installed.
    ValueError
        As ``sample``, before anything goes to a worker.

    Examples
    --------
    >>> from sktsgan import NeighborSampler
    >>> from sktsgan.datasets import make_sines
    >>> from sktsgan.distributed import sample_dask
    >>> sampler = NeighborSampler(random_state=0).fit(make_sines(100, random_state=0))
    >>> X = sample_dask(sampler, 5000, chunk_size=1000, random_state=0)
    >>> X.shape, X.npartitions
    ((5000, 24, 5), 5)
    >>> float(X.mean(axis=(0, 1)).compute().max()) < 1
    True
    """
    check_count("n_samples", n_samples)
    check_count("chunk_size", chunk_size)
    dask = _import()
    starts = range(0, n_samples, chunk_size)
    sizes = [min(chunk_size, n_samples - start) for start in starts]
    prompts = [
        _part(prompt, n_samples, slice(i, i + m)) for i, m in zip(starts, sizes, strict=True)
    ]
    # one item of the first prompt tells what chunks hold, and whether all is as it must be
    example = _draw(sampler, 1, _part(prompts[0], sizes[0], slice(0, 1)), 0, 0)
    there, draw = dask.delayed(sampler, pure=True, traverse=False), dask.delayed(_draw)
    seeds = _seeds(random_state, len(sizes))
    chunks = [draw(there, *told) for told in zip(sizes, prompts, seeds, starts, strict=True)]
    return _collect(chunks, sizes, example)


def impute_dask(sampler, X, *, random_state=None):
    """Impute the missing values of windows in chunks, on the workers of dask.

    Parameters
    ----------
    sampler : fitted sampler with ``impute``
        It goes to the workers once.
    X : dask array or DataFrame
        Windows as in ``impute``, in chunks along the first axis.
    random_state : int, RandomState instance or None, default=None
        Controls the draws.

    Returns
    -------
    X : dask array or DataFrame
        As ``X``, with its chunks, its missing values imputed.

    Raises
    ------
    ImportError
        If dask is not installed.
    ValueError
        If ``X`` is no collection of dask.
    """
    dask = _import()
    X, parts = _parts("X", X)
    there, fill = dask.delayed(sampler, pure=True, traverse=False), dask.delayed(_impute)
    chunks = [
        fill(there, *told) for told in zip(parts, _seeds(random_state, len(parts)), strict=True)
    ]
    if hasattr(X, "chunks"):
        sizes, example = X.chunks[0], np.empty((0, *X.shape[1:]), dtype=X.dtype)
        return _collect(chunks, sizes, example)
    return _import().dataframe.from_delayed(chunks, meta=X._meta, divisions=X.divisions)


def score_dask(metric, real, synthetic, **options):
    """Return the score of each chunk of synthetic items, computed on the workers of dask.

    Parameters
    ----------
    metric : callable
        ``metric(real, chunk, **options)`` returns a float, such as ``metrics.distribution_kl_divergence``.
    real : array-like
        Real items, which go to the workers once.
    synthetic : dask array or DataFrame
        Such as ``sample_dask`` returns.
    **options
        Further arguments of the metric, such as ``random_state``.

    Returns
    -------
    scores : dask array of shape (n_chunks,)
        Its mean and standard deviation say how sure a score of one chunk is.

    Raises
    ------
    ImportError
        If dask is not installed.
    ValueError
        If ``synthetic`` is no collection of dask.
    """
    dask = _import()
    _, parts = _parts("synthetic", synthetic)
    there, judge = dask.delayed(real, pure=True, traverse=False), dask.delayed(_judge)
    scores = [judge(metric, there, part, options) for part in parts]
    return _collect(scores, [1] * len(scores), np.empty(0))


def _draw(sampler, n_samples, prompt, seed, first):
    """Return items, of which the number ``first`` were made before."""
    if hasattr(
        sampler, "_sample_numbered"
    ):  # a pipeline, whose windows or new entities have numbers
        made = sampler._sample_numbered(first, n_samples, prompt, seed)
    else:
        made = sampler.sample(n_samples, prompt=prompt, random_state=seed)
    is_nested = isinstance(made, pd.DataFrame) and isinstance(made.index, pd.MultiIndex)
    return made.reset_index() if is_nested else made  # dask knows no index of several levels


def _impute(sampler, X, seed):
    return sampler.impute(X, random_state=seed) if len(X) else X


def _judge(metric, real, synthetic, options):
    return np.array([metric(real, synthetic, **options)], dtype=np.float64)


def _parts(name, X):
    """Return a collection of whole items, and its chunks."""
    if not _import().is_dask_collection(X):
        raise ValueError(f"{name} must be a dask array or DataFrame, got {type(X).__name__}.")
    if hasattr(X, "rechunk"):
        X = X.rechunk({axis: -1 for axis in range(1, X.ndim)})
    return X, np.ravel(X.to_delayed())


def _seeds(random_state, n_chunks):
    """Return independent seeds, the same for the same ``random_state``."""
    states = np.random.SeedSequence(draw_seed(random_state)).generate_state(n_chunks, np.uint32)
    return [int(state) for state in states]


def _part(prompt, n_prompts, rows):
    """Return the prompts of some rows, or a prompt that holds for all of them."""
    one_each = isinstance(prompt, list | np.ndarray | pd.DataFrame | pd.Series | pd.Index)
    if not one_each or len(prompt) != n_prompts:
        return prompt
    return prompt.iloc[rows] if isinstance(prompt, pd.DataFrame | pd.Series) else prompt[rows]


def _collect(chunks, sizes, example):
    """Return chunks as one collection of the kind that an example has."""
    if isinstance(example, pd.DataFrame | pd.Series):
        return _import().dataframe.from_delayed(chunks, meta=example.iloc[:0])
    if isinstance(example, list):
        return _import().bag.from_delayed(chunks)
    arrays = _import().array
    return arrays.concatenate(
        [
            arrays.from_delayed(chunk, shape=(size, *example.shape[1:]), dtype=example.dtype)
            for chunk, size in zip(chunks, sizes, strict=True)
        ]
    )


def _import():
    """Return dask with its collections; it is an extra, and slow to import."""
    try:
        import dask
        import dask.array
        import dask.bag
        import dask.dataframe
    except ImportError as error:
        raise ImportError('dask is needed here: pip install "sktsgan[dask]"') from error
    return dask
