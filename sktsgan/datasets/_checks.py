"""Checks of arguments that the makers share."""

from numbers import Integral

from sklearn.utils import check_scalar


def check_count(value, name):
    """Raise TypeError or ValueError unless a count is a whole number of at least 1."""
    check_scalar(value, name, Integral, min_val=1)
