"""Fits that happen as a whole or not at all."""

import copy
from contextlib import contextmanager

__all__ = ["all_or_nothing"]

# by which scikit-learn tears callbacks down, and which it then deletes
_CONTEXT = ("_callback_fit_ctx", "_skl_callbacks_to_teardown")


@contextmanager
def all_or_nothing(estimator, goes_on=False):
    """Leave an estimator as it was where the block fails or is interrupted.

    Parameters
    ----------
    estimator : estimator
    goes_on : bool, default=False
        Whether the block changes what is fitted in place. A fit from the beginning makes everything anew; before one
        that goes on, networks and tables have to be copied.
    """
    before = _copy_fitted(estimator) if goes_on else dict(vars(estimator))
    try:
        yield
    except BaseException:  # an interruption among them, which goes on to the caller
        context = {k: v for k, v in vars(estimator).items() if k in _CONTEXT}
        estimator.__dict__ = before | context
        raise


def _copy_fitted(estimator):
    """Return the attributes of an estimator, copies of those that training moves.

    They are copied together, since they refer to each other. Parameters and callbacks are the user's: they stay the
    same objects, which need not be such that can be copied.
    """
    attributes = vars(estimator)
    net = attributes.get("net_")
    callbacks = [*getattr(net, "callbacks", ()), *getattr(net, "callbacks_", ())]
    callbacks += [pair[1] for pair in callbacks if isinstance(pair, tuple)]
    shared = [estimator, *estimator.get_params(deep=False).values(), *callbacks]
    fitted = {k: v for k, v in attributes.items() if k.endswith("_") or k == "_generator"}
    memo = {id(one): one for one in shared}
    return attributes | copy.deepcopy(fitted, memo)
