"""Settings of the whole run: no window opens, and parallel workers share the cores fairly."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
if "PYTEST_XDIST_WORKER" in os.environ:  # before torch and OpenMP are loaded
    os.environ.setdefault("OMP_NUM_THREADS", "1")
