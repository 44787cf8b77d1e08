"""Draw windows to Parquet files on one worker of dask and on two.

usage: python -m benchmarks.speed.distributed --values 100000000 --markdown

A NeighborSampler of 3,000 windows of 24 steps and 8 channels draws flat windows, a DataFrame, in chunks, on workers of
one process and one thread each. The seconds are those of all chunks, once the workers are up; the memory is the largest
that a worker had resident, which should not grow with --values. Needs the extra ``dask``.
"""

import logging
import tempfile
import time

import pandas as pd
import psutil

from benchmarks._common._options import count, make_parser
from benchmarks._common._results import Table, write_json
from sktsgan import NeighborSampler
from sktsgan.datasets import make_sines
from sktsgan.distributed import sample_dask

_N_TIMESTEPS, _N_CHANNELS = 24, 8
_CHUNK = 20_000  # windows


def _fit():
    X = make_sines(3000, _N_TIMESTEPS, _N_CHANNELS, random_state=0)
    frame = pd.DataFrame(X.reshape(len(X), -1)).rename(columns=str)
    return NeighborSampler(n_channels=_N_CHANNELS, random_state=0).fit(frame)


def _resident():
    return psutil.Process().memory_info().rss


def measure(sampler, n_windows, n_workers):
    """Return the seconds and the memory of writing so many windows."""
    from distributed import Client, LocalCluster

    peaks = []
    options = {"n_workers": n_workers, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(processes=True, silence_logs=logging.ERROR, **options) as cluster:
        with Client(cluster) as client, tempfile.TemporaryDirectory() as folder:
            lazy = sample_dask(sampler, n_windows, chunk_size=_CHUNK, random_state=0)
            sample_dask(
                sampler, 2 * n_workers, chunk_size=1
            ).compute()  # the workers import what they need
            start = time.perf_counter()
            written = client.compute(lazy.to_parquet(folder, compute=False))
            while not written.done():
                time.sleep(0.5)
                peaks.append(max(client.run(_resident).values()))
            written.result()
            seconds = time.perf_counter() - start
    return {"workers": n_workers, "seconds": seconds, "MiB": max(peaks, default=0) / 2**20}


def main(argv=None):
    """Print the table, and return its rows."""
    parser = make_parser(__doc__)
    parser.add_argument("--values", type=count, default=100_000_000, help="to draw (100000000)")
    parser.add_argument("--workers", type=count, nargs="+", default=[1, 2], help="(1 2)")
    arguments = parser.parse_args(argv)
    sampler, rows = _fit(), []
    n_windows = -(-arguments.values // (_N_TIMESTEPS * _N_CHANNELS))
    columns = [
        ("workers", 8, lambda row: str(row["workers"])),
        ("seconds", 8, lambda row: f"{row['seconds']:.1f}"),
        ("times as fast", 14, lambda row: f"{rows[0]['seconds'] / row['seconds']:.2f}"),
        ("MiB a worker", 13, lambda row: f"{row['MiB']:.0f}"),
    ]
    table = Table(columns, markdown=arguments.markdown)
    print(table.header(), flush=True)
    for n_workers in arguments.workers:
        rows.append(measure(sampler, n_windows, n_workers))
        print(table.line(rows[-1]), flush=True)
    write_json(arguments.output, rows)
    return rows


if __name__ == "__main__":
    main()
