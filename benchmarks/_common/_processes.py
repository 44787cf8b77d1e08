"""Functions run in a fresh process, and the memory and threads of this one."""

import contextlib
import multiprocessing
import resource
import sys
import traceback
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

__all__ = ["limited_threads", "peak_memory", "resident_memory", "run_in_fresh_process"]

_STATUS = Path("/proc/self/status")


def peak_memory():
    """Return the most memory that this process has had resident, in MiB.

    Linux counts ``ru_maxrss`` on from the parent's when a process is started by fork and exec, so that a small child of
    a large parent would be reported as large; ``VmHWM`` belongs to the program that runs now.
    """
    if _STATUS.exists():
        return _status("VmHWM")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def resident_memory():
    """Return the memory that this process has resident now, in MiB; its peak where there is no /proc."""
    return _status("VmRSS") if _STATUS.exists() else peak_memory()


def _status(field):
    for line in _STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / 1024
    raise OSError(f"{_STATUS} has no line {field}.")


@contextlib.contextmanager
def limited_threads(n_threads):
    """Let torch, OpenMP and BLAS use ``n_threads`` threads each inside the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        with threadpool_limits(n_threads):
            yield
    finally:
        torch.set_num_threads(before)


def run_in_fresh_process(function, *args):
    """Return what ``function(*args)`` returns in a process that has run nothing else.

    Raises
    ------
    RuntimeError
        If the function raises there, with its traceback, or the process dies, with its exit code.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run_and_send, args=(sender, function, args))
    process.start()
    sender.close()  # else the end of a child that dies would not be seen
    try:
        result, error = receiver.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"the process died with exit code {process.exitcode}.") from None
    process.join()
    if error is not None:
        raise RuntimeError(f"in a process of its own:\n{error}")
    return result


def _run_and_send(sender, function, args):
    try:
        answer = function(*args), None
    except Exception:
        answer = None, traceback.format_exc()
    sender.send(answer)
