"""Chunks on the workers of a real cluster of two processes."""

import os
import signal
import time

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.model_selection import GridSearchCV

from sktsgan import (
    NeighborSampler,
    PurgedWindowSplit,
    SeqGANSampler,
    Windowizer,
    make_sampling_pipeline,
)
from sktsgan.datasets import make_sines
from sktsgan.distributed import impute_dask, sample_dask, score_dask
from sktsgan.metrics import distribution_kl_divergence

dask_array = pytest.importorskip("dask.array")
dask_distributed = pytest.importorskip("distributed")

X = make_sines(120, random_state=0)[:, :12]


@pytest.fixture(scope="module")
def sampler():
    return NeighborSampler(random_state=0).fit(X, np.repeat(["calm", "rough"], 60))


@pytest.fixture(scope="module")
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with dask_distributed.LocalCluster(processes=True, **options) as cluster:
        with dask_distributed.Client(cluster):
            yield cluster


def test_items_do_not_depend_on_the_workers(sampler, cluster):
    lazy = sample_dask(sampler, 250, chunk_size=100, random_state=0)
    assert lazy.shape == (250, 12, 5) and lazy.chunks[0] == (100, 100, 50)
    made = lazy.compute()
    assert_array_equal(made, lazy.compute(scheduler="synchronous"))
    assert_array_equal(made, sample_dask(sampler, 250, chunk_size=100, random_state=0).compute())
    other = sample_dask(sampler, 250, chunk_size=100, random_state=1).compute()
    assert not np.isclose(made, other).all(axis=(1, 2)).any()
    assert len(np.unique(made.reshape(250, -1), axis=0)) == 250  # no chunk is drawn twice


def test_a_worker_that_is_lost(sampler, cluster):
    lazy = sample_dask(sampler, 4000, chunk_size=100, random_state=0)
    expected = lazy.compute(scheduler="synchronous")
    client = dask_distributed.Client.current()
    future = client.compute(lazy)
    time.sleep(0.1)
    worker = next(iter(client.run(os.getpid).values()))
    os.kill(worker, signal.SIGKILL)
    assert_array_equal(future.result(timeout=60), expected)


def test_prompts_are_cut_into_chunks(sampler, cluster):
    prompt = ["calm", "rough"] * 75
    made = sample_dask(sampler, 150, chunk_size=40, prompt=prompt, random_state=0).compute()
    calm, rough = made[::2], made[1::2]
    only = sampler.sample(2000, prompt="calm", random_state=0)
    gap = [np.abs(part.mean(axis=0) - only.mean(axis=0)).mean() for part in (calm, rough)]
    assert gap[0] < gap[1]
    every = sample_dask(sampler, 80, chunk_size=40, prompt="calm", random_state=0).compute()
    assert every.shape == (80, 12, 5)
    with pytest.raises(ValueError, match="loud"):
        sample_dask(sampler, 80, chunk_size=40, prompt="loud")


def test_tables_of_pipelines(cluster, tmp_path):
    series = pd.DataFrame(
        {"level": np.sin(np.arange(400) / 9), "count": np.arange(400) % 7},
        index=pd.date_range("2024-01-01", periods=400, freq="h", name="time"),
    )
    pipe = make_sampling_pipeline(Windowizer(12), NeighborSampler(random_state=0)).fit(series)
    lazy = sample_dask(pipe, 50, chunk_size=20, prompt="January", random_state=0)
    lazy.to_parquet(tmp_path / "made")
    made = pd.read_parquet(tmp_path / "made")
    assert list(made.columns) == ["window", "time", "level", "count"]
    assert made["window"].tolist() == np.repeat(np.arange(50), 12).tolist()
    assert (made["time"].dt.month == 1).any() and made["count"].dtype == series["count"].dtype


@pytest.mark.parametrize("by_column", [False, True])
def test_new_entities_have_names_of_their_own(by_column):
    dates = pd.date_range("2024-01-01", periods=60, freq="h", name="time")
    parts = [pd.DataFrame({"level": np.sin(np.arange(60) / 4) + i}, index=dates) for i in (0, 5)]
    panel = pd.concat(parts, keys=["a", "b"], names=["station", "time"])
    windowizer = Windowizer(12)
    if by_column:
        panel, windowizer = panel.reset_index("station"), Windowizer(12, groups="station")
    pipe = make_sampling_pipeline(windowizer, NeighborSampler(random_state=0)).fit(panel)
    made = sample_dask(pipe, 6, chunk_size=2, random_state=0).compute(scheduler="synchronous")
    assert (made["station"].value_counts() == 12).all() and made["station"].nunique() == 6


def test_texts_are_a_bag():
    texts = ["a man rides a horse", "two dogs run", "a dog runs", "two men ride"] * 10
    sizes = {"embedding_size": 4, "hidden_size": 4, "kernels": {2: 2}, "pretraining": (2, 2)}
    sampler = SeqGANSampler(max_iter=2, random_state=0, device="cpu", **sizes).fit(texts)
    made = sample_dask(sampler, 9, chunk_size=4, random_state=0).compute(scheduler="synchronous")
    assert len(made) == 9 and all(isinstance(text, str) for text in made)


def test_repairs(sampler, cluster):
    damaged = X.copy()
    damaged[::3, 4:7] = np.nan
    lazy = impute_dask(sampler, dask_array.from_array(damaged, chunks=(50, -1, 2)), random_state=0)
    assert lazy.chunks[0] == (50, 50, 20)
    filled = lazy.compute()
    assert not np.isnan(filled).any()
    known = ~np.isnan(damaged)
    assert_array_equal(filled[known], damaged[known])
    assert_array_equal(filled, lazy.compute(scheduler="synchronous"))


def test_scores_of_chunks(sampler, cluster):
    made = sample_dask(sampler, 300, chunk_size=100, random_state=0)
    scores = score_dask(distribution_kl_divergence, X, made).compute()
    assert scores.shape == (3,)
    first = sample_dask(sampler, 300, chunk_size=100, random_state=0)[:100].compute()
    assert scores[0] == distribution_kl_divergence(X, first)


def test_grid_search_on_the_workers(cluster):
    import joblib

    def search():
        grid = {"n_neighbors": [4, 16]}
        splits = PurgedWindowSplit(2, window=12)
        return GridSearchCV(NeighborSampler(random_state=0), grid, cv=splits).fit(X)

    here = search()
    with joblib.parallel_backend("dask"):
        there = search()
    assert_array_equal(here.cv_results_["mean_test_score"], there.cv_results_["mean_test_score"])


@pytest.mark.parametrize("parameter", ["n_samples", "chunk_size"])
def test_counts_are_checked(sampler, parameter):
    counts = {"n_samples": 10, "chunk_size": 5, parameter: 0}
    with pytest.raises(ValueError, match=f"{parameter} must be .* got 0"):
        sample_dask(sampler, counts.pop("n_samples"), **counts)


def test_what_is_no_collection(sampler):
    with pytest.raises(ValueError, match="X must be a dask array or DataFrame, got ndarray"):
        impute_dask(sampler, X)
    with pytest.raises(ValueError, match="synthetic must be a dask array or DataFrame, got list"):
        score_dask(distribution_kl_divergence, X, [1.0])
