"""Randomness, and threads, that stay inside an estimator.

Every draw of the package comes from a generator made here, so that the global states of NumPy
and torch are the same before and after any call.
"""

import threading
from contextlib import contextmanager

import numpy as np
import torch
from sklearn.utils import check_random_state

__all__ = ["draw_seed", "local_torch_seed", "threads_for", "torch_generator"]

_MAX_SEED = np.iinfo(np.int32).max
_PARAMETERS_WORTH_THREADS = 1_000_000
_SEEDED = threading.RLock()  # torch has one global generator for all threads


def draw_seed(random_state):
    """Return an integer seed drawn from ``random_state``.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        As in scikit-learn. An instance is advanced by one draw, None takes fresh entropy.

    Returns
    -------
    seed : int
        Between 0 and 2**31 - 2.

    Raises
    ------
    ValueError
        If ``random_state`` is anything else.
    """
    if random_state is None:  # not NumPy's global state: that would leak between estimators
        return int(np.random.default_rng().integers(_MAX_SEED))
    try:
        random_state = check_random_state(random_state)
    except (TypeError, ValueError):
        raise ValueError(
            "random_state must be an integer from 0 to 4294967295, a numpy.random.RandomState or None, got "
            f"{random_state!r:.80}."
        ) from None
    return int(random_state.randint(_MAX_SEED))


def torch_generator(seed, device="cpu"):
    """Return a torch generator of its own that starts from an integer seed."""
    return torch.Generator(device=device).manual_seed(seed)


@contextmanager
def local_torch_seed(seed, device="cpu"):
    """Seed torch inside the block only; used where torch takes no generator (initialisation, dropout).

    The blocks of several threads come one after another.
    """
    device = torch.device(device)
    cuda = [device] if device.type == "cuda" else []
    with _SEEDED, torch.random.fork_rng(devices=cuda):
        torch.manual_seed(seed)
        yield


@contextmanager
def threads_for(n_parameters):
    """Let torch use one thread inside the block where the networks are small.

    A step of networks of a few hundred thousand parameters gains a tenth at best from a second core, and loses all
    where other processes want that core: torch's threads wait for each other (measured with two processes on two cores:
    57 ms a step with one thread, 700 ms with two).

    Parameters
    ----------
    n_parameters : int
        Parameters of the networks that work inside the block; from a million on, the number of threads stays.
    """
    before = torch.get_num_threads()
    if before == 1 or n_parameters >= _PARAMETERS_WORTH_THREADS:
        yield  # nothing to put back: another thread, inside such a block, may have set the 1
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
