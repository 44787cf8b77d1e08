"""A Gaussian of windows, and the windows that are like a given one."""

import numpy as np

from sktsgan.closed_form._conditional import ConditionalGaussian, rows_by_pattern
from sktsgan.closed_form._incomplete import some_rows

__all__ = ["WindowLaw"]

_N_SIMILAR = 20
_MAX_ROWS = 4000  # that are searched through
_ROUNDING = 1e-3  # of sums of standardised values
_MAX_RATIO = 5.0  # of how fast one window moves to how fast another does


class WindowLaw:
    """Conditional means of windows, and what is left of similar training windows around theirs.

    Rows have the shape (n_rows, n_timesteps * n_channels): complete, standardised, time-major.
    """

    def __init__(self, rows, n_channels):
        self.n_channels = n_channels
        self.mean = rows.mean(axis=0)
        centred = rows - self.mean
        self.covariance = (centred.T @ centred / len(rows)).astype(np.float32)
        levels = centred.reshape(len(rows), -1, n_channels).mean(axis=1)
        self.level_covariance = levels.T @ levels / len(rows)
        self.rows = some_rows(rows, _MAX_ROWS).astype(np.float32)

    def explain(self, rows, drift, noise):
        """Yield patterns of holes, the rows that have them, conditional means, residuals and means of similar windows.

        The covariance of the windows' levels is added ``drift`` times to that of the windows, and the level counts the
        less in the search for similar ones; ``noise`` is the variance added to each value. Means have the shape
        (n_own, n_hidden), residuals (n_own, n_similar, n_hidden), as large as the window in question moves.
        """
        n_timesteps = rows.shape[1] // self.n_channels
        levels = np.tile(self.level_covariance, (n_timesteps, n_timesteps))
        covariance = self.covariance + drift * levels
        covariance[np.diag_indices_from(covariance)] += noise
        law = ConditionalGaussian(self.mean, covariance)
        near = self._search(rows, drift / (1 + drift))
        for hidden, own in rows_by_pattern(np.isnan(rows)):
            if hidden.any():
                conditioned = law.condition(hidden)
                others = self.rows[near[own]].astype(float)
                told = conditioned.locate(others.reshape(-1, rows.shape[1]))
                residuals = others[..., hidden] - told.reshape(*others.shape[:2], -1)
                residuals *= self._ratios(rows[own], others, hidden)[..., None]
                similar = others[..., hidden].mean(axis=1)
                yield hidden, own, conditioned.locate(rows[own]), residuals, similar

    def find_beyond(self, rows):
        """Return of which channels of each window the observed values lie, on average, beyond every training window."""
        seen = (~np.isnan(rows)).astype(np.float32)
        beyond = np.zeros((len(rows), self.n_channels), dtype=bool)
        for c in range(self.n_channels):
            own = slice(c, None, self.n_channels)
            totals = seen[:, own] @ self.rows[:, own].T  # over the same steps as were observed
            total = np.nansum(rows[:, own], axis=1)
            total -= totals.min(axis=1)
            beyond[:, c] = (total < -_ROUNDING) | (total > np.ptp(totals, axis=1) + _ROUNDING)
        return beyond

    def _search(self, rows, share):
        """Return the training windows nearest by what was observed, less a share of the difference in level."""
        seen = (~np.isnan(rows)).astype(np.float32)
        values = np.nan_to_num(rows).astype(np.float32)
        distances = seen @ (self.rows**2).T - 2 * values @ self.rows.T
        for c in range(self.n_channels) if share else ():
            own = slice(c, None, self.n_channels)
            counts = np.maximum(seen[:, own].sum(axis=1, keepdims=True), 1)
            apart = values[:, own].sum(axis=1, keepdims=True) - seen[:, own] @ self.rows[:, own].T
            distances -= share * apart**2 / counts
        n_similar = min(_N_SIMILAR, len(self.rows))
        return np.argpartition(distances, n_similar - 1, axis=1)[:, :n_similar]

    def _ratios(self, rows, others, hidden):
        """Return how fast windows move by how fast similar ones do, between values that were observed."""
        seen = np.flatnonzero(~hidden)
        seen = seen[np.argsort(seen % self.n_channels, kind="stable")]  # by channel, then by time
        same = np.flatnonzero(np.diff(seen % self.n_channels) == 0)
        if not len(same):
            return np.ones(others.shape[:2])
        before, after = seen[same], seen[same + 1]
        own, theirs = (
            np.sqrt(((x[..., after] - x[..., before]) ** 2).mean(axis=-1)) + 1e-6
            for x in (rows, others)
        )
        return np.clip(own[:, None] / theirs, 1 / _MAX_RATIO, _MAX_RATIO)
