"""Ways to fill the holes of windows, each a function of training windows that returns a function of windows."""

import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer

from sktsgan import NeighborSampler

__all__ = ["N_DRAWS", "REPAIRERS"]

N_DRAWS = 10
_FEW_WINDOWS = 3000
_ITERATIVE_WINDOWS, _ROUNDS = 1500, 3
_MOST_FEATURES, _NEAREST_FEATURES = 200, 50
_SAITS_SIZES = {
    "n_layers": 2,
    "d_model": 64,
    "n_heads": 4,
    "d_k": 16,
    "d_v": 16,
    "d_ffn": 128,
    "dropout": 0.1,
    "batch_size": 64,
}


def _some(windows, n_windows):
    chosen = np.random.default_rng(0).permutation(len(windows))[:n_windows]
    return windows[np.sort(chosen)]


def fit_sktsgan(train, seconds):
    """Ours: ten draws of ``impute``; transformer and copula share the model of repair."""
    sampler = NeighborSampler(random_state=0).fit(train)
    return lambda windows: sampler.impute(windows, n_draws=N_DRAWS, random_state=0)


def fit_linear(train, seconds):
    """Linear interpolation along time, ends held; a channel that is missing takes its training mean."""
    means = train.mean(axis=(0, 1))

    def fill(windows):
        filled, steps = windows.copy(), np.arange(windows.shape[1])
        for window in filled:
            for channel, mean in zip(window.T, means, strict=True):
                seen = ~np.isnan(channel)
                channel[~seen] = (
                    np.interp(steps[~seen], steps[seen], channel[seen]) if seen.any() else mean
                )
        return filled[None]

    return fill


def fit_gaussian(train, seconds):
    """Ten draws of a plain Gaussian of flat windows, conditioned on what is observed.

    The variances are raised by 1e-4, in squared standard deviations of the channels.
    """
    flat = _flat(train)
    mean = flat.mean(axis=0)
    covariance = np.atleast_2d(np.cov(flat, rowvar=False)) + 1e-4 * np.eye(len(mean))

    def fill(windows):
        rng = np.random.default_rng(0)
        filled = np.repeat(_flat(windows)[None], N_DRAWS, axis=0)
        for i, window in enumerate(_flat(windows)):
            hidden = np.isnan(window)
            if hidden.any():
                centre, root = _condition(mean, covariance, window, hidden)
                noise = rng.normal(size=(N_DRAWS // 2, len(centre)))
                # pairs of opposite noise: their mean is the conditional one
                filled[:, i, hidden] = centre + np.concatenate([noise, -noise]) @ root.T
        return filled.reshape(N_DRAWS, *windows.shape)

    return fill


def _condition(mean, covariance, window, hidden):
    """Return the mean of the hidden values given the others, and a root of their covariance."""
    seen = ~hidden
    across = covariance[np.ix_(hidden, seen)]
    weights = np.linalg.solve(covariance[np.ix_(seen, seen)], across.T).T
    centre = mean[hidden] + weights @ (window[seen] - mean[seen])
    left = covariance[np.ix_(hidden, hidden)] - weights @ across.T
    variances, axes = np.linalg.eigh((left + left.T) / 2)
    return centre, axes * np.sqrt(np.maximum(variances, 0))


def fit_knn(train, seconds):
    """scikit-learn's KNNImputer of ten neighbours among 3,000 flat training windows."""
    imputer = KNNImputer(n_neighbors=10).fit(_flat(_some(train, _FEW_WINDOWS)))
    return lambda windows: imputer.transform(_flat(windows)).reshape(1, *windows.shape)


def fit_iterative(train, seconds):
    """scikit-learn's IterativeImputer on flat windows, training windows and those with holes together.

    It learns a regression for a value only where some row lacks it, so that it has to see the holes. To end within
    minutes it gets 1,500 training windows and three rounds; windows of more than 200 values regress on 50 others.
    """
    known = _flat(_some(train, _ITERATIVE_WINDOWS))
    nearest = None if known.shape[1] <= _MOST_FEATURES else _NEAREST_FEATURES

    def fill(windows):
        imputer = IterativeImputer(n_nearest_features=nearest, max_iter=_ROUNDS, random_state=0)
        with warnings.catch_warnings():  # that more rounds would move it further
            warnings.simplefilter("ignore", ConvergenceWarning)
            filled = imputer.fit_transform(np.concatenate([known, _flat(windows)]))
        return filled[len(known) :].reshape(1, *windows.shape)

    return fill


def fit_saits(train, seconds):
    """SAITS of pypots, for as many epochs as fit into ``seconds`` by the time that one takes."""
    try:
        from pypots.imputation import SAITS
    except ImportError:
        raise SystemExit("--method saits needs the package pypots; see docs/repair.md") from None

    def fit(n_epochs):
        model = SAITS(
            *train.shape[1:], **_SAITS_SIZES, epochs=n_epochs, device="cpu", verbose=False
        )
        model.fit({"X": np.random.default_rng(0).permutation(train)})
        return model

    start = time.perf_counter()
    model = fit(1)
    n_epochs = int(seconds / (time.perf_counter() - start))
    if n_epochs > 1:
        model = fit(n_epochs)
    return lambda windows: model.predict({"X": windows})["imputation"].reshape(1, *windows.shape)


def _flat(windows):
    return windows.reshape(len(windows), -1)


REPAIRERS = {
    "sktsgan": fit_sktsgan,
    "linear": fit_linear,
    "gaussian": fit_gaussian,
    "knn": fit_knn,
    "iterative": fit_iterative,
    "saits": fit_saits,
}
