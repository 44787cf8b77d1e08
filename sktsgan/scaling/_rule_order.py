"""Rules sorted by what they do, and channels by what they depend on."""

from graphlib import CycleError, TopologicalSorter

import numpy as np

__all__ = ["RuleOrder"]

_KINDS = "bound", "combinations", "sum", "increasing", "order"  # what comes later has to agree


class RuleOrder:
    """Which channels depend on which, so that all rules hold.

    Parameters
    ----------
    n_channels : int

    Attributes
    ----------
    rules_ : list of Rule
        Those that are kept.
    low_, high_ : list of float
        The bounds of channels.
    parents_ : dict of list
        By channel, those that it is at least.
    sums_ : dict of list
        By channel, its parts.
    totals_ : list of (list, float)
        Parts and the constant that they add up to.
    counters_ : list of int
        Channels that never fall.
    combinations_ : list of list
        Channels whose categories go together.
    order_ : list of int
        All channels, each after those that it depends on.
    """

    def __init__(self, n_channels):
        self.n_channels = n_channels

    def fit(self, rules, names, lenient=False):
        """Sort rules; one that can't be kept with those before it is a ValueError, or is left out if ``lenient``."""
        n = self.n_channels
        self._names = names
        self._never_fall = {rule.left[0] for rule in rules if rule.kind == "increasing"}
        self.low_, self.high_ = [-np.inf] * n, [np.inf] * n
        self.parents_, self.sums_, self.totals_ = {c: [] for c in range(n)}, {}, []
        self.counters_, self.combinations_, kept = [], [], []
        for kind in _KINDS:
            for rule in rules:
                if _kind_of(rule) != kind:
                    continue
                problem = getattr(self, f"_add_{kind}")(rule)
                if problem is None:
                    kept.append(rule)
                elif not lenient:
                    raise ValueError(f"constraints={rule.text!r} can't be kept: {problem}.")
        self.rules_ = [rule for rule in rules if rule in kept]
        self.order_ = list(TopologicalSorter(self._graph()).static_order())
        self._pass_bounds_on()
        del self._names, self._never_fall
        return self

    def _pass_bounds_on(self):
        """Raise lower bounds to those of parents, and lower upper ones to those of children."""
        for c in self.order_:
            self.low_[c] = max([self.low_[c], *(self.low_[p] for p in self.parents_[c])])
        for c in reversed(self.order_):
            for p in self.parents_[c]:
                self.high_[p] = min(self.high_[p], self.high_[c])

    def _graph(self):
        return {c: [*parents, *self.sums_.get(c, ())] for c, parents in self.parents_.items()}

    def _is_circular(self):
        try:
            TopologicalSorter(self._graph()).prepare()
        except CycleError:
            return True
        return False

    @property
    def _shared_out(self):
        """The channels that are parts of a constant sum."""
        return {c for parts, _ in self.totals_ for c in parts}

    def _add_bound(self, rule):
        if isinstance(rule.left, float):
            (c,) = rule.right
            self.low_[c] = max(self.low_[c], rule.left)
        else:
            (c,) = rule.left
            self.high_[c] = min(self.high_[c], rule.right)

    def _add_increasing(self, rule):
        (c,) = rule.left
        if c in self.sums_:  # which rises with its parts
            holds = self._never_fall >= set(self.sums_[c])
            return None if holds else f"{self._names[c]!r} is a sum of channels that may fall"
        if c in self._shared_out:
            return f"{self._names[c]!r} is part of a constant sum"
        if c not in self.counters_:
            self.counters_.append(c)
        return None

    def _add_combinations(self, rule):
        if any(set(rule.left) & set(own) for own in self.combinations_):
            return "a channel of it is in another combination"
        self.combinations_.append(list(rule.left))

    def _add_order(self, rule):
        (parent,), (child,) = rule.left, rule.right
        parts = self.sums_.get(child)
        if parts is not None:
            others = [c for c in parts if c != parent]
            if len(others) < len(parts) and all(self.low_[c] >= 0 for c in others):
                return None  # which holds already
            return f"{self._names[child]!r} is a sum"
        if child in self.counters_:
            return f"{self._names[child]!r} is a counter"
        if {parent, child} & self._shared_out:
            return "a channel of it is part of a constant sum"
        if parent in self.parents_[child]:
            return None
        self.parents_[child].append(parent)
        if self._is_circular():
            self.parents_[child].remove(parent)
            return "each channel would depend on the other"
        return None

    def _add_sum(self, rule):
        parts, total = list(rule.left), rule.right
        low, high = ([bounds[c] for c in parts] for bounds in (self.low_, self.high_))
        if isinstance(total, float):
            if set(parts) & {*self.sums_, *self._shared_out}:
                return "a channel of it is in another rule"
            if not (all(b == 0 for b in low) or np.isinf(low).all()) or min(high) < total:
                return "the parts of a constant sum can all be at least 0, or have no bounds"
            self.totals_.append((parts, total))
            return None
        (c,) = total
        if c in self.sums_ or c in self._shared_out:
            return f"{self._names[c]!r} is in another rule"
        if self.low_[c] > sum(low) or self.high_[c] < sum(high):
            return f"the parts need bounds of which those of {self._names[c]!r} follow"
        self.sums_[c] = parts
        if self._is_circular():
            del self.sums_[c]
            return "each channel would depend on the other"
        return None


def _kind_of(rule):
    numbers = isinstance(rule.left, float) or isinstance(rule.right, float)
    return "bound" if rule.kind == "order" and numbers else rule.kind
