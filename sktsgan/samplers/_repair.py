"""Holes in windows: learned around, and filled."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import draw_seed, torch_generator
from sktsgan._validation import check_count
from sktsgan.closed_form import WindowRepair
from sktsgan.containers._missing import fill_missing
from sktsgan.containers._windows import read_windows

__all__ = ["RepairMixin"]


class RepairMixin:
    """Let a sampler of windows learn from windows with holes, and fill holes.

    ``_learn_repair(windows, seed)`` is for the sampler to call once in each ``fit``, before it learns anything else.
    """

    def impute(self, X, *, n_draws=1, random_state=None):
        r"""Fill missing values.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``, with NaN where values are to be made: here and there, whole channels, all that comes
            after a step or before it. A window of NaN alone becomes one that ``sample`` makes.
        n_draws : int, default=1
            How often to fill them. Draws 2k and 2k + 1 lie on opposite sides of the conditional mean, so that the mean
            of an even number of draws has little error of its own.
        random_state : int, RandomState instance or None, default=None
            Rules the draws.

        Returns
        -------
        X : ndarray or DataFrame
            In the container and dtypes of ``X``; what was observed is the same to the bit. Filled values are in the
            units of ``X``, on the grid of a channel that has one, and no farther out than what was seen in ``fit`` or
            is in the window. With several draws an ndarray of shape (n_draws, \*X.shape).

        Raises
        ------
        ValueError
            If ``X`` holds infinity or windows of another shape than in ``fit``, or if ``n_draws`` is below 1.
        """
        check_is_fitted(self, "container_")
        check_count("n_draws", n_draws)
        windows = read_windows(self, X, self.container_, allow_nan=True)
        filled = self._draw_missing(windows, n_draws, draw_seed(random_state))
        if n_draws == 1:
            return fill_missing(X, filled[0])
        return np.stack([np.asarray(fill_missing(X, own)) for own in filled])

    def _draw_missing(self, windows, n_draws, seed):
        """Return filled windows of shape (n_draws, n_windows, n_timesteps, n_channels)."""
        filled = np.broadcast_to(windows, (n_draws, *windows.shape)).copy()
        holes = np.isnan(windows).reshape(len(windows), -1)
        empty = np.flatnonzero(holes.all(axis=1))
        if len(empty):
            made = self.sample(n_draws * len(empty), random_state=seed)
            made = read_windows(self, made, self.container_)
            filled[:, empty] = made.reshape(n_draws, len(empty), *windows.shape[1:])
        some = np.flatnonzero(holes.any(axis=1) & ~holes.all(axis=1))
        if len(some):
            filled[:, some] = self.repair_.draw(windows[some], n_draws, torch_generator(seed))
        return filled

    def _learn_repair(self, windows, seed):
        """Learn how to fill holes, and return the windows without any."""
        self.repair_ = WindowRepair(random_state=seed).fit(windows)
        return self._filled(windows, seed)

    def _filled(self, windows, seed):
        if not np.isnan(windows).any():
            return windows
        return self._draw_missing(windows, 1, seed)[0]

    def _read_more(self, X):
        return self._filled(super()._read_more(X), draw_seed(self.random_state))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
