"""The measures of a report: each of the new windows beside the floor of real ones."""

from dataclasses import asdict, dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors

from sktsgan.metrics import (
    autocorrelation_difference,
    classifier_two_sample_score,
    correlation_difference,
    discriminative_score,
    distribution_kl_divergence,
    frechet_distance,
    kurtosis_difference,
    marginal_difference,
    membership_inference_score,
    nearest_neighbor_ratio,
    precision_recall,
    predictive_score,
    skewness_difference,
)
from sktsgan.metrics._context_fid import WindowEncoder
from sktsgan.metrics._distances import flat_and_scaled, nearest_distance

__all__ = ["Measure", "accuracies", "distances", "diversity", "memorisation", "trained_judges"]

_JUDGED = 1000  # windows of a set
_ENCODER_STEPS = 200
_SATURATED = (
    0.9  # accuracy by which real windows are told apart, and nothing can be seen of new ones
)


@dataclass(frozen=True)
class Measure:
    """One measure.

    Attributes
    ----------
    key, label, says : str
        Its name, the same for readers, and what it means.
    new, real : float
        Its value for the new windows, and for other real ones.
    best : float
        Its best value.
    slack : float
        What it may be off by chance.
    """

    key: str
    label: str
    says: str
    new: float
    real: float | None
    best: float
    slack: float = 0.0

    @property
    def reading(self):
        """Where the new windows stand, in words."""
        if self.real is None:
            return ""
        if self.best == 0.5:
            return self._reading_of_accuracy()
        if self.key == "gap":  # only a small one is bad
            share = self.new / min(self.real, 1.0) if self.real else 1.0
            return "as real" if share > 0.75 else "a little off" if share > 0.5 else "off"
        new, real = abs(self.new - self.best), abs(self.real - self.best)
        if new <= max(1.25 * real, real + self.slack):
            return "as real"
        return "a little off" if new <= max(2.5 * real, real + 3 * self.slack) else "off"

    def _reading_of_accuracy(self):
        if self.real > _SATURATED:
            return "floor too high to tell"
        excess = self.new - max(self.real, 0.5)
        if excess <= self.slack:
            return "as real"
        return "a little off" if excess <= 4 * self.slack else "off"

    def to_dict(self):
        """Return the values and the reading as a dict."""
        return asdict(self) | {"reading": self.reading}


def accuracies(sets, seed, known=None):
    """Return the accuracies of two strong classifiers; ``known`` has those of the first, of new and of real windows."""
    judges = {
        "c2st": (None, "gradient boosting", "that sees all values and increments"),
        "c2st_convolutions": ("convolutions", "random convolutions", "that sees shapes"),
    }
    found = []
    for key, (judge, name, sees) in judges.items():
        options = {"classifier": judge, "cv": 2, "max_samples": _JUDGED, "random_state": seed}
        if key == "c2st" and known is not None:
            new, real = known
        else:
            new, real = (
                classifier_two_sample_score(sets.reference, X, **options)
                for X in (sets.new, sets.others)
            )
        says = f"Share of windows that a classifier {sees} tells right; 0.5 is guessing."
        found.append(Measure(key, f"Accuracy of {name}", says, new, real, 0.5, 0.03))
    return found


_DISTANCES = {
    "kl": (
        distribution_kl_divergence,
        "Gaussian KL divergence, nats",
        "Normal distributions fitted in the plane of two principal components.",
    ),
    "marginal": (
        marginal_difference,
        "Marginal difference",
        "Share of values that lie elsewhere, a step and a channel at a time, from 0 to 1.",
    ),
    "autocorrelation": (
        autocorrelation_difference,
        "Autocorrelation difference",
        "How values depend on earlier ones, over all lags.",
    ),
    "correlation": (
        correlation_difference,
        "Correlation difference",
        "How channels go together; it grows with their number.",
    ),
    "skewness": (
        skewness_difference,
        "Skewness difference",
        "Asymmetry of the values of a channel; decided by a few extreme ones.",
    ),
    "kurtosis": (
        kurtosis_difference,
        "Kurtosis difference",
        "Weight of the tails of a channel; decided by a few extreme values.",
    ),
}


def distances(even, seed):
    """Return the distances of equally many windows from the reference that need no judge."""
    reference, others, new = even
    found = []
    for key, (metric, label, says) in _DISTANCES.items():
        options = {"random_state": seed} if key == "correlation" else {}
        if key == "autocorrelation" and reference.shape[1] < 2:
            continue
        values = (metric(reference, X, **options) for X in (new, others))
        found.append(Measure(key, label, says, *values, 0.0))
    encoder = WindowEncoder(_ENCODER_STEPS, seed).fit(reference)
    seen, *made = (encoder.transform(X) for X in (reference, new, others))
    values = (frechet_distance(seen, one) for one in made)
    says = "Fréchet distance of representations by a small network trained on real windows."
    return [*found, Measure("context_fid", "Context-FID, of a small encoder", says, *values, 0.0)]


def trained_judges(even, seed):
    """Return the scores of recurrent networks, which take minutes."""
    reference, others, new = even
    found = []
    values = (
        discriminative_score(reference, X, n_fits=1, random_state=seed) for X in (new, others)
    )
    says = "|accuracy − 0.5| of a recurrent network, from 0 to 0.5."
    found.append(Measure("discriminative", "Discriminative score", says, *values, 0.0, 0.03))
    if reference.shape[1] > 1:
        values = (predictive_score(reference, X, random_state=seed) for X in (new, others))
        says = "Error on real windows of a forecaster that learned from these; its floor is not 0."
        found.append(Measure("predictive", "Predictive score", says, *values, 0.0))
    return found


def diversity(even):
    """Return quality and variety by neighbours, and the distance between windows of one set."""
    scaled = flat_and_scaled(dict(zip(("reference", "others", "new"), even, strict=True)), None)
    reference, others, new = scaled
    pairs = [precision_recall(reference, X) for X in (new, others)]
    gaps = [_median_gap(X) / (_median_gap(reference) or 1.0) for X in (new, others)]
    return [
        Measure(
            "recall",
            "Variety: real windows reached",
            "Share of the real windows compared with that lie among these.",
            *(pair[1] for pair in pairs),
            1.0,
            0.05,
        ),
        Measure(
            "precision",
            "Quality: windows among real ones",
            "Share of these windows that lie among the real ones; small where values are many.",
            *(pair[0] for pair in pairs),
            1.0,
            0.05,
        ),
        Measure(
            "gap",
            "Distance to the nearest other, ratio",
            "Within a set, over that of the real windows compared with; near 0, windows repeat each other.",
            *gaps,
            1.0,
            0.15,
        ),
    ]


def _median_gap(points):
    """Return the median distance of a point to the nearest other one."""
    return float(np.median(NearestNeighbors(n_neighbors=1).fit(points).kneighbors()[0]))


def memorisation(sets, seed):
    """Return whether new windows are copies or give training windows away; only copies without held-out windows."""
    both = {"train": sets.train, "new": sets.new}
    train, new = flat_and_scaled(both, None)
    says = "Share of new windows that equal a training window."
    copies = float(np.mean(nearest_distance(train, new) == 0))
    found = [Measure("copies", "Exact copies", says, copies, None, 0.0)]
    if sets.held_out is None:
        return found
    known = sets.train, sets.held_out, sets.new
    says = "Distance to the nearest training window over that to the nearest held-out one; 0 is copying."
    ratio = nearest_neighbor_ratio(*known, random_state=seed)
    found.append(Measure("ratio", "Nearest-neighbour ratio", says, ratio, None, 1.0))
    says = "Chance that a training window lies nearer to the new ones than an unseen one; 1 names them all."
    value = membership_inference_score(*known)
    return [*found, Measure("membership", "Membership inference, AUC", says, value, None, 0.5)]
