"""The Fréchet distance between normal distributions fitted to the features of two sets."""

import numpy as np

from sktsgan.metrics._items import feature_pair

__all__ = ["frechet_distance"]


def frechet_distance(real, synthetic, *, features=None):
    """Return the squared Fréchet distance between normal distributions fitted to the features of two sets.

    Parameters
    ----------
    real : array-like of shape (n_real, ...)
        Real items, such as images of shape (n_real, height, width).
    synthetic : array-like of shape (n_synthetic, ...)
        Generated items of the same shape.
    features : callable or transformer, default=None
        Fitted scikit-learn transformer, such as :class:`~sktsgan.metrics.DigitFeatures`, or a function from a set,
        as an array, to features of shape (n_items, n_features). None compares the flattened items.

    Returns
    -------
    distance : float
        At least 0, in squared units of the features; **lower is better**, 0 is best.

    Raises
    ------
    ValueError
        If a set has fewer than two items or values that are not finite, the items of the sets differ in shape, or
        the features are not finite or not one row per item.
    TypeError
        If ``features`` is neither a transformer nor a callable.

    See Also
    --------
    precision_recall : Quality and variety told apart.
    DigitFeatures : Ready-made features of handwritten digits.

    Notes
    -----
    With the features of a network trained on photographs, this is the Fréchet Inception distance of [1]_
    (section 4). In closed form [2]_ it is

    ‖μr − μs‖² + tr Σr + tr Σs − 2 tr (Σr Σs)^½

    with the means and covariances of the real and of the synthetic features. The last trace is computed as the sum of
    the singular values of A Bᵀ, where AᵀA = Σr and BᵀB = Σs, so singular covariances do no harm. Compare only
    distances by the same features.

    Two finite sets of one distribution have a distance above 0, by about (features / items) times the features'
    variance. State it beside the distance between two real sets of the same size, and use many times more items than
    features.

    References
    ----------
    .. [1] M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler and S. Hochreiter, "GANs trained by a two
       time-scale update rule converge to a local Nash equilibrium", NeurIPS 2017.
    .. [2] D. C. Dowson and B. V. Landau, "The Fréchet distance between multivariate normal
       distributions", Journal of Multivariate Analysis 12 (3), 1982.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan.metrics import frechet_distance
    >>> rng = np.random.default_rng(0)
    >>> real, fresh = rng.normal(size=(2, 2000, 3, 3))
    >>> frechet_distance(real, fresh) < 0.05
    True
    >>> round(frechet_distance(real, real + 2))
    36

    With a feature of your own, here the mean of each image:

    >>> def brightness(images):
    ...     return images.mean(axis=(1, 2))[:, None]
    >>> round(frechet_distance(real, real + 2, features=brightness))
    4
    """
    real, synthetic = feature_pair(real, synthetic, features)
    shift = real.mean(axis=0) - synthetic.mean(axis=0)
    first, second = _root_covariance(real), _root_covariance(synthetic)
    overlap = np.linalg.svd(first @ second.T, compute_uv=False).sum()
    distance = shift @ shift + np.sum(first**2) + np.sum(second**2) - 2 * overlap
    return max(float(distance), 0.0)  # rounding may leave it a hair below


def _root_covariance(points):
    """Return a matrix R, of as few rows as possible, with RᵀR the covariance of points."""
    root = (points - points.mean(axis=0)) / np.sqrt(len(points) - 1)
    return np.linalg.qr(root, mode="r") if len(root) > root.shape[1] else root
