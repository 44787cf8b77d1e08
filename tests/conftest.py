"""Settings of the whole run, and fixtures of the benchmarks' tests.

No window opens, and parallel workers share the cores fairly.
"""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
if "PYTEST_XDIST_WORKER" in os.environ:  # before torch and OpenMP are loaded
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

collect_ignore_glob = []
if not Path(__file__).parents[1].joinpath("benchmarks").exists():  # in source distributions
    collect_ignore_glob = ["test_benchmarks*.py", "test_oracle_benchmark.py"]


@pytest.fixture
def walks():
    """Sixty windows of random walks, of eight steps and two channels."""
    return np.random.default_rng(0).normal(size=(60, 8, 2)).cumsum(axis=1)


@pytest.fixture
def digits(tmp_path):
    """A directory with 250 small digits of scikit-learn in the place of MNIST's."""
    small = load_digits()
    images = np.zeros((250, 28, 28), dtype=np.uint8)
    images[:, 6:22, 6:22] = np.kron(small.images[:250], np.ones((2, 2))) * 15
    np.savez(tmp_path / "mnist10k.npz", images=images, labels=small.target[:250].astype(np.uint8))
    return tmp_path
