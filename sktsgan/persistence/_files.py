"""Save and load: the two public functions."""

import platform
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
import torch

# what can be written and read
import sktsgan.persistence._objects
import sktsgan.persistence._tables
import sktsgan.persistence._values  # noqa: F401
from sktsgan.persistence._archive import read_archive, write_archive
from sktsgan.persistence._tree import Reader, Writer
from sktsgan.persistence._trial import check_works
from sktsgan.pipeline import GANImputer, SamplingPipeline
from sktsgan.samplers import BaseSampler

__all__ = ["load", "save"]

_KINDS = BaseSampler, SamplingPipeline, GANImputer


def save(estimator, path):
    """Save a sampler, a pipeline or an imputer in one file.

    The file holds all that is learned: also the state of training, so that ``partial_fit`` and ``warm_start`` go on
    after ``load``. Samplers that keep training windows (``keeps_training_windows_``) have them in the file.

    Parameters
    ----------
    estimator : sampler, SamplingPipeline or GANImputer
        Fitted or not. The steps of a pipeline may be a ``Windowizer`` and scikit-learn's ``StandardScaler``,
        ``MinMaxScaler``, ``MaxAbsScaler``, ``RobustScaler``, ``QuantileTransformer`` and ``PCA``.
    path : str or PathLike
        Where to write; an old file is replaced once the new one is complete.

    Raises
    ------
    ValueError
        If the estimator has a part that no file can hold: another class, a function, a cache of a pipeline. The message
        names it.
    OSError
        If the file can't be written. An old one is then as it was.

    See Also
    --------
    load : The counterpart.

    Notes
    -----
    The file is in the safetensors format: arrays by the name of the attribute that they are, and JSON for the rest.
    ``callbacks`` are left out.

    Examples
    --------
    >>> import sktsgan
    >>> from sktsgan.datasets import make_sines
    >>> sampler = sktsgan.CopulaSampler(random_state=0).fit(make_sines(100, random_state=0))
    >>> folder = getfixture("tmp_path")
    >>> sktsgan.save(sampler, folder / "model.sktsgan")
    >>> sktsgan.load(folder / "model.sktsgan").sample(3).shape
    (3, 24, 5)
    """
    if not isinstance(estimator, _KINDS):
        raise ValueError(
            f"estimator must be a sampler, a SamplingPipeline or a GANImputer, got a {type(estimator).__name__}."
        )
    writer = Writer()
    tree = writer.write(estimator, type(estimator).__name__)
    write_archive(path, {"versions": _versions(), "estimator": tree}, writer.arrays)


def _versions():
    """Return the versions that a file was written with; they are for people to read."""
    packages = {"numpy": np, "pandas": pd, "scikit-learn": sklearn, "torch": torch}
    packages = {name: package.__version__ for name, package in packages.items()}
    return {
        "sktsgan": sktsgan.__version__,
        "python": platform.python_version(),
    } | packages


def load(path):
    """Load what ``save`` saved.

    Loading a file runs nothing that is in it: a file names classes from a fixed list, and everything in it is checked.
    A model that was trained on a device that this machine doesn't have comes to the CPU.

    Parameters
    ----------
    path : str or PathLike
        The file.

    Returns
    -------
    estimator : sampler, SamplingPipeline or GANImputer
        It samples the same items, for the same ``random_state``, as the one that was saved.

    Raises
    ------
    ValueError
        If the file is damaged, isn't a model of sktsgan, or has a format that a newer version wrote.
    OSError
        If there is no such file.

    See Also
    --------
    save : The counterpart.

    Notes
    -----
    The checksum in a file tells damage. It is no signature: whoever can change the file can make a new one. Then, too,
    loading can do no more than raise an error or return a model that makes other items.
    """
    path = Path(path)
    description, arrays = read_archive(path)
    try:
        reader = Reader(arrays)
        estimator = reader.read(description["estimator"], description["estimator"]["class"])
        if not isinstance(estimator, _KINDS):
            raise ValueError(f"a {type(estimator).__name__} is no sampler, pipeline or imputer")
        reader.finish()
        check_works(estimator)
    except Exception as error:  # whatever is wrong with it, it can't be loaded
        raise ValueError(f"{path} is damaged, or no model of sktsgan: {error}") from error
    return estimator
