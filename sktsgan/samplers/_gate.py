"""Whether refined draws are better than those of the base, told by windows that neither has seen."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from sktsgan.metrics import classifier_two_sample_score, membership_inference_score

__all__ = ["Gate"]

_JUDGES = ("boosting", "convolutions")
_N_BLOCKS = 6  # of windows that are held out, in turns for the two sides of the judges
_SHARE = 0.3  # of all windows
_MIN_JUDGED = 100  # windows on each side; by fewer, judges see nothing of a pair that is worse
_MAX_JUDGED = 1000  # windows of each kind that a judge learns from
_ROUNDS = 120  # trees of the boosting
_REPEATS = 2  # draws that are judged
_LEAST_GAIN = 0.01  # of both judges together; what they differ by from draw to draw
_TOLERANCE = 0.01  # of one judge by itself, and of the membership AUC


class Gate:
    """Blocks of windows that are held out, and the judges that see them.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
    times : ndarray of shape (n_windows,)
        When they begin, in steps.

    Attributes
    ----------
    unseen : ndarray of bool of shape (n_windows,)
        What base and networks must not learn from: the blocks, and what shares readings with them.
    has_enough : bool
        Whether there are windows enough to judge by.
    scores : dict of dict of float or None
        For ``"base"`` and ``"pair"`` what ``"boosting"``, ``"convolutions"`` and ``"membership"`` found; .5 is best.
        None where nothing was judged.
    """

    def __init__(self, windows, times):
        side = _deal(times)
        self.unseen = side > 0
        held_out = times[self.unseen]
        near = np.searchsorted(np.sort(held_out), times - windows.shape[1], side="right")
        far = np.searchsorted(np.sort(held_out), times + windows.shape[1], side="left")
        self.unseen |= far > near
        self.scores = None
        self._seen, self._first, self._second = (
            windows[part] for part in (~self.unseen, side == 1, side == 2)
        )
        fewest = min(len(part) for part in (self._seen, self._first, self._second))
        self.has_enough = fewest >= _MIN_JUDGED

    def begin(self, draw_base, draw_pair):
        """Judge the base before the pair is trained.

        Parameters
        ----------
        draw_base, draw_pair : callable
            ``draw(seed)`` makes as many windows as base and networks learn from.
        """
        self._draw_pair = draw_pair
        self.scores = {"base": self._judge(draw_base)}

    def pays(self):
        """Return whether a pair in training isn't so much worse than its base that it won't pay to go on."""
        pair = self._judge(self._draw_pair, n_repeats=1)
        if np.mean([pair[name] - self.scores["base"][name] for name in _JUDGES]) <= _LEAST_GAIN:
            return True
        self.scores["pair"] = pair
        return False

    def decide(self):
        """Return whether the pair is better than its base by both judges together, and worse by none nor in memory."""
        if "pair" not in self.scores:
            self.scores["pair"] = self._judge(self._draw_pair)
        base, pair = self.scores["base"], self.scores["pair"]
        rises = {name: pair[name] - base[name] for name in base}
        gain = -np.mean([rises[name] for name in _JUDGES])
        return bool(gain > _LEAST_GAIN and max(rises.values()) <= _TOLERANCE)

    def row(self):
        """Return what was found as entries of a row of the history."""
        pairs = [(name, self.scores[name]) for name in ("base", "pair")]
        found = {
            f"{name}_{judge}": score for name, scores in pairs for judge, score in scores.items()
        }
        return {"refined": self.decide(), **found}

    def text(self):
        """Return what was found in words."""
        base, pair = self.scores["base"], self.scores["pair"]
        return ", ".join(f"{name} {base[name]:.3f} → {pair[name]:.3f}" for name in base)

    def _judge(self, draw, n_repeats=_REPEATS):
        """Return the accuracies of both judges and the membership AUC, means over several draws."""
        found = [self._judge_once(draw(seed), seed) for seed in range(n_repeats)]
        return {name: float(np.mean([scores[name] for scores in found])) for name in found[0]}

    def _judge_once(self, made, seed):
        judges = HistGradientBoostingClassifier(max_iter=_ROUNDS), "convolutions"
        scores = {
            name: classifier_two_sample_score(
                self._first,
                made,
                real_test=self._second,
                classifier=judge,
                max_samples=_MAX_JUDGED,
                random_state=seed,
            )
            for name, judge in zip(_JUDGES, judges, strict=True)
        }
        held_out = np.concatenate([self._first, self._second])
        return scores | {"membership": membership_inference_score(self._seen, held_out, made)}


def _deal(times):
    """Return 1 and 2 for the windows of the blocks of either side, and 0 for the others."""
    n_windows = len(times)
    place = np.arange(n_windows) * _N_BLOCKS / n_windows
    side = np.where(place % 1 >= 1 - _SHARE, 1 + place.astype(int) % 2, 0)
    dealt = np.empty(n_windows, dtype=int)
    dealt[np.argsort(times, kind="stable")] = side
    return dealt
