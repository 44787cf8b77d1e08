"""Make the small models that the tests load, of every sampler, a pipeline and an imputer.

Run it once for a new format, beside the files of the old one: those must stay loadable.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

import sktsgan
from sktsgan.datasets import make_sines

TINY = {"max_iter": 2, "batch_size": 16, "random_state": 0, "device": "cpu"}


def make_models():
    """Yield names and fitted estimators."""
    X = make_sines(40, random_state=0)[:, :6, :2]
    y = np.repeat(["calm", "rough"], 20)
    known = {"timestamps": pd.date_range("2024-01-01", periods=40, freq="D")}
    for sampler in (sktsgan.CopulaSampler(random_state=0), sktsgan.NeighborSampler(random_state=0)):
        yield type(sampler).__name__, sampler.fit(X, y, **known)
    trained = {"refine": "always", **TINY}
    for sampler in (
        sktsgan.TransformerGANSampler(embedding_size=4, **trained),
        sktsgan.TimeGANSampler(hidden_size=3, **trained),
    ):
        yield type(sampler).__name__, sampler.fit(X, y, **known)
    images = np.random.default_rng(0).integers(0, 17, size=(40, 4, 4))
    yield "DCGANSampler", sktsgan.DCGANSampler(width=2, latent_size=4, **TINY).fit(images, y)
    texts = ["a man rides a horse", "two dogs run", "a dog runs", "two men ride"] * 10
    sizes = {"embedding_size": 4, "hidden_size": 4, "kernels": {2: 2}, "pretraining": (2, 2)}
    yield "SeqGANSampler", sktsgan.SeqGANSampler(**sizes, **TINY).fit(texts, y)
    series = pd.DataFrame(
        {"level": np.sin(np.arange(60)), "count": np.arange(60) % 7},
        index=pd.date_range("2024-01-01", periods=60, freq="h", name="time"),
    )
    steps = StandardScaler(), sktsgan.Windowizer(6), sktsgan.CopulaSampler(random_state=0)
    yield "SamplingPipeline", sktsgan.make_sampling_pipeline(*steps).fit(series)
    X[3, 2:4, 0] = np.nan
    yield "GANImputer", sktsgan.GANImputer(random_state=0).fit(X)


def main(folder):
    """Write the models to a folder."""
    warnings.simplefilter("ignore")
    for name, model in make_models():
        sktsgan.save(model, Path(folder, f"{name}-1.sktsgan"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tests/persistence/models")
