"""Does augmentation help? Paired cross-validation tells, and draws it."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv, cross_validate
from sklearn.utils import check_scalar

from sktsgan._random import draw_seed
from sktsgan.augmentation._classifier import AugmentedClassifier
from sktsgan.augmentation._comparison import BARE, compare_scores, conclude
from sktsgan.augmentation._regressor import AugmentedRegressor
from sktsgan.plotting._style import LINE_COLORS, REAL, SYNTHETIC, prepare_axes

__all__ = ["AugmentationDisplay", "AugmentationReport", "augmentation_report"]

_COLORS = {"helps": LINE_COLORS[2], "hurts": SYNTHETIC, "no difference shown": "#777777"}


@dataclass
class AugmentationReport:
    """Result of :func:`augmentation_report`.

    Parameters
    ----------
    table : DataFrame
        One row per sampler: its mean ``score``, the mean ``difference`` from the bare estimator, the bounds ``low``
        and ``high`` of the difference, the ``p_value`` of no difference (for this sampler alone), the share of
        ``better`` folds, and the ``verdict``: "helps", "hurts" or "no difference shown".
    scores : DataFrame of shape (n_folds, 1 + n_samplers)
        Score of each fold; the column ``"none"`` is the bare estimator's.
    conclusion : str
        The result in words.
    scoring : str
        Name of the score; higher is better.
    confidence : float
        Confidence of all intervals together.
    """

    table: pd.DataFrame
    scores: pd.DataFrame
    conclusion: str
    scoring: str
    confidence: float

    def plot(self, ax=None):
        """Draw the differences.

        Parameters
        ----------
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : AugmentationDisplay
            The drawn display.
        """
        return AugmentationDisplay(report=self).plot(ax=ax)

    def __str__(self):
        """Return the table and the conclusion."""
        return f"{self.table.round(3).to_string()}\n\n{self.conclusion}"

    def _repr_html_(self):
        return f"{self.table.round(3).to_html()}<p>{self.conclusion}</p>"


def augmentation_report(
    estimator,
    samplers,
    X,
    y,
    *,
    cv=5,
    scoring=None,
    confidence=0.95,
    n_jobs=None,
    random_state=None,
):
    """Compare an estimator with and without synthetic rows, by paired cross-validation.

    Parameters
    ----------
    estimator : classifier or regressor
        Estimator to augment; cloned.
    samplers : dict of str to sampler, sequence of samplers, or sampler
        Sources of synthetic rows, by name: samplers with ``sample``, or, for classifiers, over-samplers with
        ``fit_resample``, such as SMOTE. An :class:`AugmentedClassifier` or :class:`AugmentedRegressor` is used as it
        is, and None stands for their default. Samplers without names are named after their class.
    X : array-like or DataFrame of shape (n_rows, n_columns) or (n_rows, n_timesteps, n_channels)
        Rows.
    y : array-like of shape (n_rows,)
        Targets.
    cv : int, splitter or iterable, default=5
        Folds, the same for all samplers, as in :func:`~sklearn.model_selection.cross_validate`. A few folds show only
        large differences: ``RepeatedStratifiedKFold(n_splits=5, n_repeats=5)`` shows smaller ones.
    scoring : str or callable, default=None
        Scorer, higher is better; None takes the macro-averaged F1 for classifiers and R² for regressors.
    confidence : float, default=0.95
        Confidence that all intervals hold together, in (0, 1).
    n_jobs : int, default=None
        Number of folds computed in parallel, as in scikit-learn.
    random_state : int, RandomState instance or None, default=None
        Controls the synthetic rows, and the folds if ``cv`` is an integer.

    Returns
    -------
    report : AugmentationReport
        Its ``conclusion`` says whether augmentation helps; ``plot()`` draws it.

    Raises
    ------
    ValueError
        If there is no sampler, two have the same name or one is named "none", or ``confidence`` is not between 0 and 1.

    Notes
    -----
    Folds share training rows, so their differences d are not independent. Intervals follow the corrected
    resampled t-test of [1]_: the variance of the mean of J differences is (1/J + n_test / n_train) Var(d), with
    J − 1 degrees of freedom.
    With m samplers each interval has the confidence 1 − (1 − ``confidence``) / m (Bonferroni).

    References
    ----------
    .. [1] Nadeau, Bengio (2003). Inference for the generalization error. Machine Learning 52.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sktsgan import NeighborSampler, augmentation_report
    >>> X, y = make_classification(120, weights=[0.9], random_state=0)
    >>> samplers = {"neighbors": NeighborSampler(n_channels=20)}
    >>> report = augmentation_report(KNeighborsClassifier(), samplers, X, y, random_state=0)
    >>> report.scores.shape
    (5, 2)
    """
    samplers = _name_samplers(samplers)
    check_scalar(confidence, "confidence", Real, min_val=0, max_val=1, include_boundaries="neither")
    classifies = is_classifier(estimator)
    if scoring is None:
        scoring = "f1_macro" if classifies else "r2"
    seed = draw_seed(random_state)
    folds = list(
        check_cv(cv, y, classifier=classifies, shuffle=True, random_state=seed).split(X, y)
    )
    augmented = AugmentedClassifier if classifies else AugmentedRegressor
    candidates = {BARE: estimator}
    for name, sampler in samplers.items():
        whole = isinstance(sampler, (AugmentedClassifier, AugmentedRegressor))
        candidates[name] = sampler if whole else augmented(estimator, sampler, random_state=seed)
    scores = pd.DataFrame(
        {
            name: cross_validate(
                candidate, X, y, cv=folds, scoring=scoring, n_jobs=n_jobs, error_score="raise"
            )["test_score"]
            for name, candidate in candidates.items()
        }
    ).rename_axis("fold")
    share = np.mean([len(test) / len(train) for train, test in folds])
    table = compare_scores(scores, share, 1 - (1 - confidence) / len(samplers))
    title = scoring if isinstance(scoring, str) else getattr(scoring, "__name__", "score")
    return AugmentationReport(table, scores, conclude(table, len(folds), title), title, confidence)


def _name_samplers(samplers):
    if not isinstance(samplers, dict):
        samplers = list(samplers) if isinstance(samplers, (list, tuple)) else [samplers]
        names = ["default" if s is None else type(s).__name__ for s in samplers]
        if len(set(names)) < len(names):
            raise ValueError(
                f"samplers must have different names, got {names}: pass a dict with names of your own."
            )
        samplers = dict(zip(names, samplers, strict=True))
    if not samplers:
        raise ValueError("samplers must hold at least one sampler, got none.")
    if BARE in samplers:
        raise ValueError(
            f"samplers must not have the name {BARE!r}: it stands for the bare estimator."
        )
    return samplers


class AugmentationDisplay:
    """Differences in score between an estimator with synthetic rows and without them.

    A faint point is a fold, a large one the mean over the folds, with its interval. Create it with
    :meth:`from_estimator` or :meth:`AugmentationReport.plot`.

    Parameters
    ----------
    report : AugmentationReport
        Report to draw.

    Attributes
    ----------
    ax_ : Axes
        The panel.
    figure_ : Figure
        The figure that holds it.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sktsgan.augmentation import AugmentationDisplay
    >>> X, y = make_classification(120, weights=[0.9], random_state=0)
    >>> display = AugmentationDisplay.from_estimator(
    ...     KNeighborsClassifier(), None, X, y, cv=3, random_state=0
    ... )
    >>> display.ax_.get_xlabel()
    'difference in f1_macro from no augmentation'
    """

    def __init__(self, *, report):
        self.report = report

    @classmethod
    def from_estimator(cls, estimator, samplers, X, y, *, ax=None, **options):
        """Compare the samplers and draw the differences.

        Parameters
        ----------
        estimator : classifier or regressor
            As in :func:`augmentation_report`.
        samplers : dict of str to sampler, sequence of samplers, or sampler
            As in :func:`augmentation_report`.
        X : array-like
            Rows.
        y : array-like of shape (n_rows,)
            Targets.
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.
        **options : dict
            Further parameters of :func:`augmentation_report`.

        Returns
        -------
        display : AugmentationDisplay
            The drawn display.
        """
        return cls(report=augmentation_report(estimator, samplers, X, y, **options)).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the differences.

        Parameters
        ----------
        ax : Axes, default=None
            Axes to draw on; None makes a new figure.

        Returns
        -------
        display : AugmentationDisplay
            The display itself.
        """
        report = self.report
        size = (7.2, 1.5 + 0.55 * len(report.table))
        self.ax_ = prepare_axes(ax, (1, 1), size=size)[0, 0]
        self.figure_ = self.ax_.figure
        best_last = report.table.sort_values("difference")
        for place, (name, row) in enumerate(best_last.iterrows()):
            self._draw(place, report.scores[name] - report.scores[BARE], row)
        self.ax_.axvline(0, color=REAL, linewidth=1.2, zorder=0)
        self.ax_.set_yticks(range(len(best_last)), best_last.index)
        self.ax_.set_ylim(-0.6, len(best_last) - 0.4)
        self.ax_.set_xlabel(f"difference in {report.scoring} from no augmentation")
        self.ax_.set_title(self._title(), loc="left", fontsize="medium")
        self.ax_.spines[["top", "right", "left"]].set_visible(False)
        self.ax_.tick_params(axis="y", length=0)
        self.ax_.grid(axis="x", alpha=0.3)
        return self

    def _draw(self, place, differences, row):
        color = _COLORS[row.verdict]
        offsets = -0.14 - 0.06 * (np.arange(len(differences)) % 4)  # below the line, apart
        self.ax_.scatter(differences, place + offsets, s=12, color=color, alpha=0.35, linewidths=0)
        self.ax_.plot([row.low, row.high], [place, place], color=color, linewidth=2.5)
        self.ax_.plot([row.difference], [place], marker="o", markersize=8, color=color)
        self.ax_.annotate(
            f"{row.difference:+.3f}, {row.verdict}",
            (row.difference, place),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            color=color,
            fontsize="small",
        )

    def _title(self):
        n_helping = int((self.report.table.verdict == "helps").sum())
        score = f"bare estimator {self.report.scores[BARE].mean():.3f}"
        if not n_helping:
            return f"Augmentation does not help ({score})"
        return f"{n_helping} of {len(self.report.table)} samplers help ({score})"
