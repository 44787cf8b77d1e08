"""Channels as distances from each other, so that rules between them always hold."""

import numpy as np

from sktsgan.scaling._channels import lies_on_grid
from sktsgan.scaling._found_rules import find_rules
from sktsgan.scaling._mending import mend
from sktsgan.scaling._rule_order import RuleOrder
from sktsgan.scaling._rules import read_rules

__all__ = ["ChannelRules", "DistanceMap"]

_SHARE_OF_SPREAD = 1 / 4  # of distances, below which their codes bend
_MAX_DECIMALS = 6
_ROUNDING = 1e-13  # of a scaled value, relative to the largest


class DistanceMap:
    """Map distances, which are at least 0, to codes that have no bound, and back.

    The code of a distance d is s log(exp(d / s) − 1), with s a quarter of the spread of distances: d itself where it is
    large, and a logarithm where it is small. Codes can be blended, and come back as distances above 0; only what is
    nearer to 0 than to the least distance seen is 0, where 0 was seen.
    """

    def fit(self, distances):
        """Learn from distances of any shape; NaN is ignored."""
        above = distances[distances > 0]
        self.scale_ = float(above.std() * _SHARE_OF_SPREAD or above.mean()) if len(above) else 1.0
        self.least_ = float(above.min()) if len(above) else 1.0
        self.has_zeros_ = bool((distances == 0).any())
        return self

    def transform(self, distances):
        """Return the codes of distances."""
        ratios = np.maximum(distances, self.least_ / 2) / self.scale_
        return self.scale_ * (ratios + np.log(-np.expm1(-ratios)))

    def inverse_transform(self, codes):
        """Return distances of at least 0."""
        distances = self.scale_ * np.logaddexp(0, codes / self.scale_)
        is_zero = self.has_zeros_ & (distances < 0.75 * self.least_)
        return np.where(is_zero, 0.0, distances)


class ChannelRules:
    """Write channels such that whatever is made of them obeys rules.

    - A channel that is at least others, p, becomes the code of its distance from the greatest of them, and comes back
      as max(p) + d.
    - One that is the sum of others becomes 0, and comes back as their sum; parts of a constant sum share it out.
    - One that never falls gets its increments as a further channel. It comes back as their running sum, about the mean
      of its own window.
    - Categories of several channels become the number of their combination in one of them, and 0 in the others.

    Numbers as bounds hold anyway where values stay within the range seen; a distance that leads beyond one is cut off.
    Values have as many decimals as were seen, and those of a grid stay on it.

    Parameters
    ----------
    constraints : "auto" or list of str
        Rules; ``"auto"`` takes those that are found.
    names : list of str
        Names of the channels.
    scale, offset : ndarray of shape (n_channels,) or None
        By which values become what the rules speak of: ``values * scale + offset``.
    """

    def __init__(self, constraints, names, scale=None, offset=None):
        self.constraints, self.names = constraints, list(names)
        self.scale = np.ones(len(names)) if scale is None else scale
        self.offset = np.zeros(len(names)) if offset is None else offset

    def fit(self, windows, categorical=()):
        """Check the rules on windows of shape (n_windows, n_timesteps, n_channels), and learn distances.

        Raises
        ------
        ValueError
            If a rule is none, a step breaks one, or one can't be kept together with others.
        """
        flat = (windows * self.scale + self.offset).reshape(-1, len(self.names))
        self.decimals_ = [_count_decimals(column) for column in flat.T]
        self.digits_ = [
            _significant(column) if own is None and (scale != 1 or offset != 0) else own
            for column, own, scale, offset in zip(
                flat.T, self.decimals_, self.scale, self.offset, strict=True
            )
        ]
        windows = self._to_units(windows)
        auto = isinstance(self.constraints, str) and self.constraints == "auto"
        texts = find_rules(windows, self.names, categorical) if auto else self.constraints
        rules = read_rules(texts, self.names)
        if auto:  # those found are but for rounding
            rules = [rule for rule in rules if not rule.find_broken(windows).any()]
        self._check_kinds(rules, categorical)
        _check(rules, windows, self.names)
        self.order_ = RuleOrder(len(self.names)).fit(rules, self.names, lenient=auto)
        self.texts_ = list(dict.fromkeys(rule.text for rule in self.order_.rules_))
        self.grids_ = {
            c: _find_grid(windows[..., c]) for c, parents in self.order_.parents_.items() if parents
        }
        self.combinations_ = [_count(windows[..., list(own)]) for own in self.order_.combinations_]
        self.maps_ = {c: DistanceMap().fit(d) for c, d in self._distances(windows)}
        return self

    def _check_kinds(self, rules, categorical):
        for rule in rules:
            for c in rule.channels:
                if (c in categorical) != (rule.kind == "combinations"):
                    kind = "categories" if c in categorical else "numbers"
                    raise ValueError(
                        f"constraints={rule.text!r} can't be kept: {self.names[c]!r} has {kind}."
                    )

    def _to_units(self, windows):
        """Return windows as the rules speak of them, without what scaling has added by rounding."""
        windows = windows * self.scale + self.offset
        for c, digits in enumerate(self.digits_):
            if digits is not None:
                windows[..., c] = np.round(windows[..., c], digits)
        return windows

    def _from_units(self, windows):
        return (windows - self.offset) / self.scale

    def obeyed_by(self, windows):
        """Return which windows break no rule, of shape (n_windows,)."""
        windows = self._to_units(windows)
        broken = [rule.find_broken(windows) for rule in self.order_.rules_]
        broken += [unseen for _, unseen in self._find_unseen(windows)]
        return ~np.any(broken, axis=(0, -1)) if broken else np.ones(len(windows), dtype=bool)

    def _find_unseen(self, windows):
        """Yield channels of combinations, and the steps at which windows have one that was not seen."""
        for own, table in zip(self.order_.combinations_, self.combinations_, strict=True):
            values = windows[..., list(own)]
            yield own, ~np.isnan(values).any(axis=-1) & (_number(values, table) < 0)

    def check(self, windows):
        """Raise a ValueError that shows the first step that breaks a rule; NaN breaks none."""
        windows = self._to_units(windows)
        _check(self.order_.rules_, windows, self.names)
        for own, unseen in self._find_unseen(windows):
            if unseen.any():
                window, step = np.argwhere(unseen)[0]
                names = ", ".join(self.names[c] for c in own)
                raise ValueError(
                    f"X must hold combinations of {names} that were seen in fit, but window {window} has another in "
                    f"step {step}."
                )

    def _distances(self, windows):
        """Yield channels and their distances, or increments, of shape (n_windows, n_timesteps)."""
        for c, parents in self.order_.parents_.items():
            if parents:
                yield c, np.maximum(windows[..., c] - windows[..., parents].max(axis=-1), 0)
        for c in self.order_.counters_:
            increments = np.diff(windows[..., c], axis=-1)
            yield c, np.maximum(np.concatenate([increments[..., :1], increments], axis=-1), 0)

    def transform(self, windows):
        """Return windows as models see them, of shape (n_windows, n_timesteps, n_channels + n_counters)."""
        windows, own = self._to_units(windows), self.order_
        made = np.concatenate([windows, windows[..., own.counters_]], axis=-1)
        for c, distances in self._distances(windows):
            place = len(self.names) + own.counters_.index(c) if c in own.counters_ else c
            made[..., place] = self.maps_[c].transform(distances)
        made[..., list(own.sums_)] = 0.0
        for channels, table in zip(own.combinations_, self.combinations_, strict=True):
            made[..., channels[0]] = _number(windows[..., list(channels)], table)
            made[..., channels[1:]] = 0.0
        return made

    def inverse_transform(self, made):
        """Return windows that obey all rules, from such as ``transform`` made."""
        own, n = self.order_, len(self.names)
        windows = made[..., :n].astype(np.float64)
        for i, c in enumerate(own.counters_):
            steps = self._round(self.maps_[c].inverse_transform(made[..., n + i]), [c])
            steps[..., 0] = 0.0
            climb = steps.cumsum(axis=-1)
            start = (windows[..., c] - climb).mean(axis=-1, keepdims=True)
            windows[..., c] = self._round(start, [c]) + climb
        for c in own.order_:
            if own.parents_[c]:
                base = windows[..., own.parents_[c]].max(axis=-1)
                windows[..., c] = base + self.maps_[c].inverse_transform(windows[..., c])
            self._settle_channel(windows, c)
        for channels, table in zip(own.combinations_, self.combinations_, strict=True):
            places = np.clip(windows[..., channels[0]].round().astype(int), 0, len(table) - 1)
            windows[..., list(channels)] = table[places]
        return self._from_units(self._settle_totals(windows))

    def settle(self, windows):
        """Return windows, in the units of the rules, in which what rounding has broken holds again."""
        windows = windows.copy()
        for c in self.order_.order_:
            self._settle_channel(windows, c)
        return self._settle_totals(windows)

    def _settle_channel(self, windows, c):
        """Let a channel obey its rules, those that it depends on being settled, in place."""
        own, values = self.order_, windows[..., c]
        if c in own.sums_:
            windows[..., c] = self._round(windows[..., own.sums_[c]].sum(axis=-1), own.sums_[c])
            return
        if c in own.counters_:
            values = np.maximum.accumulate(values, axis=-1)
        values = self._round(values, [c])
        if own.parents_[c]:
            base = windows[..., own.parents_[c]].max(axis=-1)
            values = np.maximum(values, base)
            grid = self.grids_[c]
            if grid is not None:
                values = _take_nearest(grid, values, base)
        windows[..., c] = np.clip(values, own.low_[c], own.high_[c])

    def _settle_totals(self, windows):
        for parts, total in self.order_.totals_:
            windows[..., parts] = self._share_out(windows[..., parts], parts, total)
        return windows

    def _share_out(self, values, parts, total):
        """Return parts that add up to their total."""
        if self.order_.low_[parts[0]] == 0:
            sums = values.sum(axis=-1, keepdims=True)
            even = total / len(parts)
            values = np.where(sums > 0, values * (total / np.where(sums > 0, sums, 1)), even)
        else:
            values = values + (total - values.sum(axis=-1, keepdims=True)) / len(parts)
        values = self._round(values, parts)
        largest = values.argmax(axis=-1)[..., None]  # which rounding changes least
        own = np.take_along_axis(values, largest, -1)
        rest = self._round(total - values.sum(axis=-1, keepdims=True) + own, parts)
        np.put_along_axis(values, largest, rest, -1)
        return values

    def mend(self, windows, known, in_units=False):
        """Return windows with holes filled so that rules hold beside what was observed.

        Parameters
        ----------
        windows : ndarray of shape (..., n_timesteps, n_channels)
            Complete ones.
        known : ndarray of shape (..., n_timesteps, n_channels)
            What was observed, and NaN.
        in_units : bool, default=False
            Whether they are in the units of the rules already.
        """
        known = np.broadcast_to(known, windows.shape)
        if in_units:
            return mend(windows, known, self.order_, self.combinations_)
        units = [self._to_units(part) for part in (windows, known)]
        mended = self._from_units(mend(*units, self.order_, self.combinations_))
        return np.where(np.isnan(known), mended, known)

    def _round(self, values, channels):
        """Return values with as many decimals as channels have."""
        decimals = [self.decimals_[c] for c in channels]
        return values if None in decimals else np.round(values, max(decimals))


def _check(rules, windows, names):
    """Raise a ValueError that shows the first step of windows that breaks a rule."""
    for rule in rules:
        broken = rule.find_broken(windows)
        if broken.any():
            window, step = np.argwhere(broken)[0]
            shown = ", ".join(f"{names[c]}={windows[window, step, c]:g}" for c in rule.channels)
            raise ValueError(
                f"X must obey constraints={rule.text!r}, but window {window} has {shown} in step {step}, the first of "
                f"{broken.sum()} that don't."
            )


def _count_decimals(column):
    """Return how many decimals values have, or None for more than six."""
    column = column[~np.isnan(column)]
    rounding = _ROUNDING * np.abs(column).max(initial=0)
    for decimals in range(_MAX_DECIMALS + 1):
        if (np.abs(np.round(column, decimals) - column) <= rounding).all():
            return decimals
    return None


def _significant(column):
    """Return the decimals that leave the largest value twelve digits: what lies beyond is rounding."""
    largest = np.nanmax(np.abs(column))
    return 12 - int(np.ceil(np.log10(largest))) if largest > 0 else 12


def _find_grid(channel):
    """Return the values of a channel that repeat, or None."""
    return np.unique(channel[~np.isnan(channel)]) if lies_on_grid(channel) else None


def _take_nearest(grid, values, base):
    """Return the nearest values of a grid that are at least a base, which itself is taken where there is none."""
    nearest = grid[np.searchsorted((grid[1:] + grid[:-1]) / 2, values)]
    above = grid[np.minimum(np.searchsorted(grid, base), len(grid) - 1)]
    return np.maximum(np.where(nearest < base, above, nearest), base)


def _count(codes):
    """Return the combinations of categories, the most frequent first, of shape (n_combinations, n_channels)."""
    rows = codes.reshape(-1, codes.shape[-1])
    table, counts = np.unique(rows[~np.isnan(rows).any(axis=1)], axis=0, return_counts=True)
    return table[np.argsort(-counts, kind="stable")]


def _number(codes, table):
    """Return which combination each is, -1 where it is none."""
    numbers = np.full(codes.shape[:-1], -1.0)
    for i, row in enumerate(table):
        numbers[(codes == row).all(axis=-1)] = i
    return numbers
