"""Two sets compared in the plane of the real set's principal components, by normal distributions."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_array

from sktsgan._validation import check_axes, check_spread, naming, refuse_silent_losses

__all__ = ["fit_normal", "flatten_pair", "normal_kl", "project_pair", "standardise_pair"]

# Added to every variance, in standardised units squared: far below what two sets of any size could
# differ by, yet it keeps the divergence finite where a set has no spread in some direction.
_RIDGE = 1e-6

# Cut-off of standardised values: a diverged generator should score badly, not overflow.
_MAX_STANDARDISED = 1e8


def flatten_pair(real, synthetic):
    """Return both sets as float64 arrays with one row per item; their numbers of items may differ.

    Fewer than two items, values that are not finite, and items that differ in shape are a ValueError.
    """
    real, synthetic = _read_set(real, "real"), _read_set(synthetic, "synthetic")
    if real.shape[1:] != synthetic.shape[1:]:
        raise ValueError(
            f"synthetic has items of shape {synthetic.shape[1:]}, "
            f"but those of real have shape {real.shape[1:]}."
        )
    return real.reshape(len(real), -1), synthetic.reshape(len(synthetic), -1)


def _read_set(X, name):
    refuse_silent_losses(X, name)
    with naming(name):
        X = check_array(X, dtype=np.float64, allow_nd=True, ensure_min_samples=2, input_name=name)
    check_axes(X.shape, name)
    if name == "real":  # a generator that diverged has a score, too
        check_spread(X, name)
    return X


def standardise_pair(real, synthetic):
    """Return both sets, each value standardised by its mean and deviation in the real set and cut off at ±1e8.

    Values that are constant in the real set are only centred.
    """
    scaler = StandardScaler().fit(real)
    return tuple(
        np.clip(scaler.transform(X), -_MAX_STANDARDISED, _MAX_STANDARDISED)
        for X in (real, synthetic)
    )


def project_pair(real, synthetic, n_components=2):
    """Project both sets on the principal components of the real set.

    Parameters
    ----------
    real, synthetic : ndarray of shape (n_items, n_values)
        The two sets, as ``comparable_pair`` returns them.
    n_components : int, default=2
        Number of components; at most as many as the real set has.

    Returns
    -------
    real, synthetic : ndarray of shape (n_items, n_components)
    """
    pca = PCA(min(n_components, *real.shape), random_state=0)
    with np.errstate(invalid="ignore"):  # the total variance is 0 if all items are equal
        pca.fit(real)
    return pca.transform(real), pca.transform(synthetic)


def fit_normal(points):
    """Return the mean and the covariance of a normal distribution fitted to points.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_components)
        At least two points.

    Returns
    -------
    mean : ndarray of shape (n_components,)
    covariance : ndarray of shape (n_components, n_components)
        Positive definite: 1e-6 is added to the variances.
    """
    covariance = np.atleast_2d(np.cov(points, rowvar=False))
    return points.mean(axis=0), covariance + _RIDGE * np.eye(points.shape[1])


def normal_kl(p, q):
    """Return the Kullback–Leibler divergence KL(p‖q) of two normal distributions, in nats.

    ½ [tr(Σq⁻¹ Σp) + (μq − μp)ᵀ Σq⁻¹ (μq − μp) − k + ln(det Σq / det Σp)]

    Parameters
    ----------
    p, q : tuple of (mean, covariance)
        Arrays of shapes (k,) and (k, k); the covariances are positive definite.

    Returns
    -------
    divergence : float
        At least 0, and 0 if both are the same; not symmetric in ``p`` and ``q``.
    """
    (p_mean, p_covariance), (q_mean, q_covariance) = p, q
    shift = q_mean - p_mean
    both = np.column_stack([p_covariance, shift])
    solved = np.linalg.solve(q_covariance, both)
    log_ratio = np.linalg.slogdet(q_covariance)[1] - np.linalg.slogdet(p_covariance)[1]
    twice = np.trace(solved[:, :-1]) + shift @ solved[:, -1] - len(shift) + log_ratio
    return max(float(twice) / 2, 0.0)  # rounding may leave it a hair below
