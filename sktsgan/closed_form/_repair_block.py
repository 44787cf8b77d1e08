"""The repair model of channels that belong together."""

import numpy as np
import torch

from sktsgan.closed_form._conditional import ConditionalGaussian, fill_rows
from sktsgan.closed_form._incomplete import Moments, Prior, estimate_law, some_rows
from sktsgan.closed_form._spread import SpreadMap, hole_patterns

__all__ = ["BlockRepair"]

_PRIORS = [
    Prior(0.0, 1e-4, 0.003),
    Prior(0.0, 1e-5, 0.0),
    Prior(0.0, 1e-3, 0.03),
    Prior(0.3, 1e-3, 0.03),
    Prior(0.3, 1e-3, 3.0),
    Prior(0.9, 1e-4, 3.0),
]
_PRIOR_OF_FEW = Prior(0.9, 1e-3, 1.0)
_FEW_ROWS = 40
_MIN_ROWS, _ROWS_PER_VALUE = 6000, 10
_HELD_OUT, _MAX_HELD_OUT = 0.2, 200


class BlockRepair:
    """Gaussians of some channels of windows, chosen and calibrated on windows held out.

    The first and the last fifth of the windows are held out in turn (with a window's length purged beside them), so
    that what drifts with time shows. What is added to the covariance is chosen on the last fifth, by the error of
    conditional means over the patterns of ``hole_patterns``; spread is calibrated on both. Fewer than 40 windows are
    too few for either. Windows with holes are completed by expectation maximisation and one draw before that.

    Parameters
    ----------
    n_timesteps, n_channels : int
        Of the windows.
    random_state : int
        Seed of patterns, of k-means and of what completes windows with holes.
    """

    def __init__(self, n_timesteps, n_channels, *, random_state):
        self.n_timesteps, self.n_channels = n_timesteps, n_channels
        self.random_state = random_state

    def fit(self, rows, example=None):
        """Learn.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_timesteps * n_channels)
            Standardised, time-major; NaN where nothing was observed. At most 10 rows a value (at least 6,000) are
            looked at, taken at random: evenly spaced ones would start at some hours of the day only.
        example : BlockRepair, default=None
            A fitted block of other channels of the same windows, from which to take prior and spread.
        """
        width = rows.shape[1]
        n_all, rows = len(rows), some_rows(rows, max(_MIN_ROWS, _ROWS_PER_VALUE * width))
        seen = ~np.isnan(rows)
        if not seen.all():
            rows, seen = rows[seen.any(axis=1)], seen[seen.any(axis=1)]
            rows = self._complete(rows)
        self.spread_ = None
        self.borrowed_ = example is not None
        if self.borrowed_:
            self.prior_, self.spread_ = example.prior_, example.spread_
            return self._keep(Moments(rows).fit(self.prior_, self.n_channels))
        rng = np.random.default_rng(self.random_state)
        patterns = hole_patterns(self.n_timesteps, self.n_channels, rng)
        if len(rows) < _FEW_ROWS or len(patterns) < 2:
            self.prior_ = _PRIOR_OF_FEW
            return self._keep(Moments(rows).fit(self.prior_, self.n_channels))
        held_out = _HeldOut(rows, seen, self.n_timesteps * len(rows) // n_all)
        first, middle, last = held_out.moments()
        self.prior_ = self._choose_prior(held_out, patterns[::2], first + middle)
        before, after = (
            m.fit(self.prior_, self.n_channels) for m in (first + middle, middle + last)
        )
        self.spread_ = self._calibrate(held_out, patterns, before, after)
        return self._keep((first + middle + last).fit(self.prior_, self.n_channels))

    def _complete(self, rows):
        """Return rows with their holes filled by one draw from the law that expectation maximisation finds."""
        generator = torch.Generator().manual_seed(self.random_state)
        return fill_rows(estimate_law(rows), rows, 1, generator)[0]

    def _keep(self, law):
        # a sixth of what conditioning needs; the rest is made again when it is needed
        self.mean_, self.covariance_ = law.mean, law.covariance.astype(np.float32)
        return self

    def _choose_prior(self, held_out, patterns, moments):
        """Return the prior under which the last windows are filled best."""
        errors = [held_out.error(moments.fit(p, self.n_channels), patterns) for p in _PRIORS]
        return _PRIORS[int(np.argmin(errors))]

    def _calibrate(self, held_out, patterns, before, after):
        """Return the spread of held-out windows at either end."""
        found = []
        for law, part in ((before, 2), (after, 0)):
            for _, pattern in patterns:
                differences, scales, columns = held_out.hide(law, part, pattern)
                channels, absent = self._describe(pattern)
                distances = np.abs(differences) / scales
                found.append((channels[columns], absent[columns], scales, distances))
        return SpreadMap().fit(*map(np.concatenate, zip(*found, strict=True)))

    def _describe(self, missing):
        """Return the channel of each missing value, and whether nothing else of it is there."""
        gone = missing.reshape(self.n_timesteps, self.n_channels).all(axis=0)
        channels = np.tile(np.arange(self.n_channels), self.n_timesteps)[missing]
        return np.full(len(channels), -1) if self.borrowed_ else channels, gone[channels]

    def _spread_out(self, deviations, scales, missing):
        if self.spread_ is None:
            return deviations
        return self.spread_(deviations, scales, *self._describe(missing))

    def draw(self, rows, n_draws, generator):
        """Return rows with their holes filled, of shape (n_draws, n_rows, n_values)."""
        law = ConditionalGaussian(self.mean_, self.covariance_.astype(float))
        return fill_rows(law, rows, n_draws, generator, self._spread_out)


class _HeldOut:
    """Complete rows of which the first and the last fifth are held out.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_values)
    seen : ndarray of bool, of the shape of ``rows``
        What was observed, not filled in, and so counts.
    n_overlapping : int
        Neighbours that share steps with a row, which are left out beside what is held out.
    """

    def __init__(self, rows, seen, n_overlapping):
        self.rows, self.seen = rows, seen
        size = int(_HELD_OUT * len(rows))
        purged = min(n_overlapping, size // 2)
        last = len(rows) - size
        self.parts = slice(0, size), slice(size + purged, last - purged), slice(last, None)

    def moments(self):
        """Return the moments of the first, the middle and the last rows."""
        return [Moments(self.rows[part]) for part in self.parts]

    def hide(self, law, part, pattern):
        """Hide a pattern of the values of held-out rows.

        Returns
        -------
        differences, scales : ndarray of shape (n_hidden,)
            Between values and conditional means, and the conditional standard deviations.
        columns : ndarray of shape (n_hidden,)
            Which of the pattern's values each is.
        """
        rows = some_rows(self.rows[self.parts[part]], _MAX_HELD_OUT)
        seen = some_rows(self.seen[self.parts[part]], _MAX_HELD_OUT)[:, pattern]
        conditioned = law.condition(pattern)
        columns = np.nonzero(seen)[1]
        differences = rows[:, pattern] - conditioned.locate(rows)
        return differences[seen], conditioned.scale[columns], columns

    def error(self, law, patterns):
        """Return the mean over kinds of holes of the logarithm of the mean absolute error, on the last rows."""
        errors = {}
        for kind, pattern in patterns:
            differences, _, columns = self.hide(law, 2, pattern)
            if len(columns):
                errors.setdefault(kind, []).append(np.abs(differences).mean())
        return np.mean([np.log(np.mean(found) + 1e-12) for found in errors.values()])
