"""How many threads torch may use for small work."""

from contextlib import contextmanager

import torch

__all__ = ["threads_for"]

_PARAMETERS_WORTH_THREADS = 1_000_000


@contextmanager
def threads_for(n_parameters):
    """Let torch use one thread inside the block where the networks are small.

    A step of networks of a few hundred thousand parameters gains a tenth at best from a second core, and loses all
    where other processes want that core: torch's threads wait for each other (measured with two processes on two cores:
    57 ms a step with one thread, 700 ms with two).

    Parameters
    ----------
    n_parameters : int
        Of the networks that work inside the block; from a million on, the number of threads stays.
    """
    before = torch.get_num_threads()
    if n_parameters < _PARAMETERS_WORTH_THREADS:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
