"""Messages call items by their noun."""

import numpy as np
import pandas as pd
import pytest

from sktsgan import CopulaSampler, DCGANSampler, SeqGANSampler, TimeGANSampler
from sktsgan.datasets import make_sines

CASES = [
    (CopulaSampler(), make_sines(20, random_state=0), "windows"),
    (TimeGANSampler(), [x[: 9 + i] for i, x in enumerate(make_sines(12))], "series"),
    (DCGANSampler(), np.random.default_rng(0).random((12, 8, 8)), "images"),
    (SeqGANSampler(), ["a cat", "a dog"] * 6, "texts"),
    (SeqGANSampler(), [[1, 2], [3, 4, 5]] * 6, "sequences"),
]


@pytest.mark.parametrize(("sampler", "X", "noun"), CASES)
def test_lengths_that_differ(sampler, X, noun):
    n = len(X)
    with pytest.raises(ValueError, match=f"y has {n - 1} labels, but X has {n} {noun}"):
        sampler.fit(X, np.arange(n - 1) % 2)
    with pytest.raises(ValueError, match=f"timestamps has 1 entries, but X has {n} {noun}"):
        sampler.fit(X, timestamps=["2024-01-01"])
    conditions = pd.DataFrame({"side": range(n - 1)})
    with pytest.raises(ValueError, match=f"conditions has {n - 1} rows, but X has {n} {noun}"):
        sampler.fit(X, conditions=conditions)
    assert not hasattr(sampler, "n_features_in_")  # what is refused leaves no trace
