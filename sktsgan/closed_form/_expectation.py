"""What conditions let one expect of a window."""

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

__all__ = ["fit_expectation"]

_RIDGE = 0.003  # of the penalty on slopes, relative to the number of windows
_WINDOWS_PER_COLUMN = 10


def fit_expectation(conditions, values):
    """Return a fitted regression of values on conditions and, where windows are many, on products of two of them.

    Products let the course of the day depend on the season. They are taken where there are at least 10 windows for
    each.

    Parameters
    ----------
    conditions : ndarray of shape (n_windows, n_conditions)
    values : ndarray of shape (n_windows, n_values)

    Returns
    -------
    regression : Pipeline
        ``predict(conditions)`` returns the expected values.
    """
    n_windows, n_conditions = conditions.shape
    n_products = n_conditions * (n_conditions + 1) // 2
    degree = 2 if n_windows >= _WINDOWS_PER_COLUMN * n_products else 1
    products = PolynomialFeatures(degree, interaction_only=True, include_bias=False)
    regression = make_pipeline(
        products, StandardScaler(with_std=False), Ridge(_RIDGE * n_windows, solver="cholesky")
    )
    return regression.fit(conditions.astype(np.float64), values)
