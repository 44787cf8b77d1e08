"""Networks that are too large for the machine, refused before their memory is taken."""

import math
from numbers import Integral

import torch
from torch.overrides import TorchFunctionMode

from sktsgan._validation import physical_memory

__all__ = ["refuse_large_networks"]

_COPIES = 5  # weights, their average, gradients, and the two moments of Adam
_MAX_TENSORS = 5_000  # a layer has a dozen
_MAKERS = {torch.empty, torch.zeros, torch.ones, torch.rand, torch.randn}
_NO_SIZES = ("max_iter", "batch_size", "n_iter_no_change", "random_state", "verbose")


class refuse_large_networks(TorchFunctionMode):  # noqa: N801 (used as a function)
    """Inside the block, raise a ValueError before tensors are made that the machine has no memory for.

    Parameters
    ----------
    sampler : estimator
        Its largest integer parameters are named.
    most : int, default=None
        Bytes of all tensors together; None is what the machine has memory for.
    """

    def __init__(self, sampler, most=None):
        super().__init__()
        self.sampler = sampler
        self.most = physical_memory() // _COPIES if most is None else most
        self.n_bytes = self.n_tensors = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        """Count what is made."""
        kwargs = kwargs or {}
        if func in _MAKERS:
            self._count(kwargs.get("size", args if isinstance(args[0], Integral) else args[0]))
        elif func is torch.Tensor.clone:  # of layers that are copies of one
            self._count(args[0].shape)
        return func(*args, **kwargs)

    def _count(self, shape):
        self.n_bytes += 4 * math.prod(map(int, shape))
        self.n_tensors += 1
        if self.n_bytes > self.most or self.n_tensors > _MAX_TENSORS:
            raise ValueError(self._message())

    def _message(self):
        sizes = {
            name: value
            for name, value in self.sampler.get_params(deep=False).items()
            if name not in _NO_SIZES and _size(value)
        }
        largest = max(map(_size, sizes.values()), default=0)
        named = " and ".join(
            f"{k}={value}" for k, value in sizes.items() if _size(value) == largest
        )
        return (
            f"{named or 'X'} must be small enough for networks that fit into memory, but those of "
            f"{type(self.sampler).__name__} need more than {self.most / 2**30:.3g} GiB or {_MAX_TENSORS} tensors."
        )


def _size(value):
    """Return the largest integer in a parameter, 0 where there is none."""
    if isinstance(value, dict):
        return max(map(_size, (*value, *value.values())), default=0)
    return value if isinstance(value, Integral) and not isinstance(value, bool) else 0
