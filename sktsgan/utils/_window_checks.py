"""Checks of samplers of windows: their channels, values and shapes."""

import numpy as np
from sklearn.utils import get_tags

from sktsgan.utils._check_data import WINDOWS
from sktsgan.utils._check_tools import assert_refuses, fit_clone

__all__ = [
    "check_sampler_all_constant_windows",
    "check_sampler_channels",
    "check_sampler_value_range",
    "check_sampler_window_shape",
]


def check_sampler_channels(name, estimator, data=WINDOWS):
    """Constant, duplicated, integer-valued and few-valued channels stay so."""
    base = data.items[..., 0]
    grid = np.array([-2.5, 0.1, 0.25, 7.0])
    channels = {
        "continuous": base,
        "constant": np.full_like(base, 0.1),
        "duplicated": base,
        "integer-valued": np.round(1000 * base),
        "few-valued": grid[np.digitize(base, np.quantile(base, [0.2, 0.5, 0.9]))],
        "constant, again": np.full_like(base, 0.1),
        "few-valued, duplicated": grid[np.digitize(base, np.quantile(base, [0.2, 0.5, 0.9]))],
    }
    X = np.stack(list(channels.values()), axis=-1)
    made = fit_clone(estimator, X).sample(200, random_state=0)
    made = dict(zip(channels, np.moveaxis(made, -1, 0), strict=True))
    for what in ("constant", "constant, again"):
        assert (made[what] == 0.1).all(), f"{name}: a constant channel varies."
    for what, source in (("duplicated", "continuous"), ("few-valued, duplicated", "few-valued")):
        np.testing.assert_array_equal(made[what], made[source], f"{name}: a channel {what}")
    assert (made["integer-valued"] % 1 == 0).all(), f"{name} breaks an integer-valued channel."
    assert np.isin(made["few-valued"], grid).all(), f"{name} makes values that were never seen."
    for what, values in made.items():
        _assert_range(name, f"the {what} channel", channels[what], values)


def check_sampler_value_range(name, estimator, data=WINDOWS):
    """New windows have the units of the input: each channel stays within the range seen in ``fit``."""
    for form, X, params in (("windows as they are", data.items, {}), *data.forms):
        made = fit_clone(estimator, X, **params).sample(200, random_state=0)
        n_channels = params.get("n_channels") or (1 if np.ndim(X) == 2 else X.shape[-1])
        seen, new = (np.asarray(a, dtype=float).reshape(-1, n_channels) for a in (X, made))
        for c in range(n_channels):
            _assert_range(name, f"channel {c} of {form}", seen[:, c], new[:, c])


def _assert_range(name, what, seen, made):
    inside = (made >= seen.min()) & (made <= seen.max())
    span = f"[{seen.min()}, {seen.max()}]"
    assert inside.all(), f"{name} leaves the range {span} of {what}: {made[~inside][:3]}."


def check_sampler_all_constant_windows(name, estimator, data=WINDOWS):
    """A sampler fitted on identical constant windows makes those windows."""
    X = np.broadcast_to([2.0, -0.3], (20, 8, 2)).copy()
    sampler = fit_clone(estimator, X, np.arange(20) % 2)
    made = sampler.sample(30, random_state=0)
    np.testing.assert_array_equal(made, np.broadcast_to([2.0, -0.3], (30, 8, 2)), name)
    assert len(sampler.sample(3, prompt=1)) == 3
    assert np.isfinite(sampler.score(X)), f"{name}.score of constant windows is not finite."


def check_sampler_window_shape(name, estimator, data=WINDOWS):
    """``score`` refuses windows whose length or number of channels is not that of ``fit``.

    It takes windows with NaN if ``fit`` does.
    """
    X = data.items
    sampler = fit_clone(estimator, X)
    for what, other, mentions in (
        ("shorter windows", X[:, :-1], [X.shape[1], X.shape[1] - 1]),
        ("longer windows", np.concatenate([X, X], axis=1), [X.shape[1], 2 * X.shape[1]]),
        ("fewer channels", X[..., 1:], [X.shape[2], X.shape[2] - 1, "channels"]),
        ("more channels", np.concatenate([X, X], axis=2), [2 * X.shape[2], "channels"]),
        ("windows made flat", X.reshape(len(X), -1), []),
    ):
        assert_refuses(f"{name}.score of {what}", sampler.score, other, mentions=mentions)
    holed = np.where(X == X[0, 0, 0], np.nan, X)
    if get_tags(estimator).input_tags.allow_nan:
        assert np.isfinite(sampler.score(holed)), f"{name}.score of windows with NaN is not finite."
    else:
        assert_refuses(f"{name}.score of windows with NaN", sampler.score, holed, mentions=["NaN"])
