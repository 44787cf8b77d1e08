"""The report on new windows."""

import os
from pathlib import Path

from tqdm.auto import tqdm

from sktsgan._random import draw_seed
from sktsgan.metrics._plane import flatten_pair, standardise_pair
from sktsgan.plotting._projections import project
from sktsgan.report._channels import channel_rows, most_different
from sktsgan.report._measures import (
    accuracies,
    distances,
    diversity,
    memorisation,
    trained_judges,
)
from sktsgan.report._model import describe_model, draw_losses
from sktsgan.report._page import as_frame, to_html, to_markdown
from sktsgan.report._ranking import rank_discrepancies
from sktsgan.report._sets import read_sets
from sktsgan.report._svg import scatter
from sktsgan.report._verdict import verdict

__all__ = ["Report", "report"]

_DETAILS = ("quick", "full")
_QUICK_CHANNELS = 4  # of the ranking
_N_RANKED = 12


class Report:
    """A report on new windows, as :func:`~sktsgan.report` makes it.

    In a notebook it shows itself.

    Parameters
    ----------
    data : dict
        Figures and sentences, as ``to_dict`` returns them.
    pictures : dict
        Pictures as SVG.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan import report
    >>> train, held_out, new = np.random.default_rng(0).normal(size=(3, 60, 6, 1)).cumsum(axis=2)
    >>> page = report(new, train, held_out, random_state=0)
    >>> page.to_markdown().splitlines()[0]
    '# Report on 60 new windows'
    """

    def __init__(self, data, pictures):
        self.data = data
        self.pictures = pictures

    def __repr__(self):
        return f"Report({self.data['verdict'][0]!r})"

    def _repr_html_(self):
        return as_frame(self.to_html())

    def to_dict(self):
        """Return all figures.

        Returns
        -------
        data : dict
            ``verdict`` (sentences), ``fidelity``, ``diversity`` and ``memorisation`` (rows with the value of the new
            windows, ``new``, and of other real ones, ``real``), ``channels``, ``discrepancies``, ``model``,
            ``sizes`` and ``notes``; it can be written as JSON.
        """
        return self.data

    def to_html(self):
        """Return the page.

        Returns
        -------
        html : str
            One page that loads nothing else.
        """
        return to_html(self.data, self.pictures)

    def to_markdown(self):
        """Return the verdict and the tables as Markdown.

        Returns
        -------
        text : str
            Without pictures.
        """
        return to_markdown(self.data)

    def save(self, path):
        """Write the page to a file.

        Parameters
        ----------
        path : path-like
            File to write, such as ``"report.html"``; replaced if it exists.

        Returns
        -------
        path : Path
            The same.
        """
        path = Path(os.fspath(path))
        path.write_text(self.to_html(), encoding="utf-8")
        return path


def report(
    sampler_or_samples,
    X_real,
    X_held_out=None,
    *,
    detail="quick",
    n_channels=None,
    channel_names=None,
    verbose=0,
    random_state=None,
):
    """Report how real, how varied and how new generated windows are, each figure beside that of real windows.

    Parameters
    ----------
    sampler_or_samples : sampler, Pipeline or array-like of shape (n_windows, n_timesteps, n_channels) or flat
        Fitted sampler of windows, which then makes as many as ``X_real`` has, at most 5,000; or new windows.
    X_real : array-like of shape (n_real, n_timesteps, n_channels) or flat
        Real windows that the sampler was fitted on, in the order of time; with a pipeline, its input.
    X_held_out : array-like of shape (n_held_out, n_timesteps, n_channels) or flat, default=None
        Real windows that it has not seen and that share no step with those of ``X_real``. All sets are compared with
        them. If None, ``X_real`` is split into two random halves: one is what sets are compared with, the other gives
        the floor, and near copies can't be found.
    detail : {"quick", "full"}, default="quick"
        "full" adds recurrent judges, t-SNE, and the ranking of all channels rather than of the four that differ most;
        it takes minutes.
    n_channels : int, default=None
        Number of channels of flat windows; None takes the sampler's.
    channel_names : sequence of str, default=None
        Names of the channels. None takes them from columns ``<channel>_t<step>`` of a DataFrame, or else "0", "1"
        and so on.
    verbose : int, default=0
        1 shows a progress bar.
    random_state : int, RandomState instance or None, default=None
        Controls new windows, which windows are compared, and all judges. None draws a fresh seed.

    Returns
    -------
    report : Report
        Shows itself in a notebook; ``save(path)`` writes one page.

    Raises
    ------
    ValueError
        If items are texts, images or series of unequal length, ``detail`` is unknown, the sets differ in shape, a
        value is not finite, a set has fewer than 10 windows, or ``X_real`` alone fewer than 20.
    TypeError
        If ``sampler_or_samples`` can't be used.

    See Also
    --------
    sktsgan.metrics.classifier_two_sample_score : The strong classifier of the verdict.
    sktsgan.metrics.discrepancy_report : The whole ranking of discrepancies.

    Notes
    -----
    Values depend on the number of windows: distances that need no judge are measured on equally many windows of each
    set, at most 2,000, and those of judges on at most 1,000. With ``X_held_out``, the floor is the distance of the
    training windows from the held-out ones: what a sampler that only copies would get. Being at the floor is
    therefore worth something only beside the figures on memorisation.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan import NeighborSampler, report
    >>> train, held_out = np.random.default_rng(0).normal(size=(2, 60, 6, 1)).cumsum(axis=2)
    >>> sampler = NeighborSampler(random_state=0).fit(train)
    >>> page = report(sampler, train, held_out, random_state=0)
    >>> page.save("report.html")  # doctest: +SKIP
    """
    if detail not in _DETAILS:
        raise ValueError(f"detail must be one of 'quick', 'full', got {detail!r}.")
    seed = draw_seed(random_state)
    sets = read_sets(sampler_or_samples, X_real, X_held_out, n_channels, channel_names, seed)
    return build_report(sets, detail=detail, seed=seed, verbose=verbose)


def build_report(sets, *, detail="quick", seed, verbose=0, known=None):
    """Return the report on sets; ``known`` has accuracies of gradient boosting that were found before."""
    even, full = sets.even(seed), detail == "full"
    steps = tqdm(total=7 if full else 6, desc="Report", disable=not verbose, leave=False)

    def done(result):
        steps.update()
        return result

    fidelity = done(accuracies(sets, seed, known)) + done(distances(even, seed))
    if full:
        fidelity += done(trained_judges(even, seed))
    varied, copied = done(diversity(even)), done(memorisation(sets, seed))
    rows, small = done(channel_rows(even, sets.names))
    channels = most_different(rows, None if full else _QUICK_CHANNELS)
    ranking = done(rank_discrepancies(even, sets.names, channels, detail, seed, _N_RANKED))
    steps.close()
    measures = {one.key: one for one in (*fidelity, *varied, *copied)}
    keeps = bool(getattr(sets.sampler, "keeps_training_windows_", False))
    has_held_out = sets.held_out is not None
    data = {
        "verdict": verdict(
            measures, ranking, has_held_out=has_held_out, keeps_training_windows=keeps
        ),
        "fidelity": [one.to_dict() for one in fidelity],
        "diversity": [one.to_dict() for one in varied],
        "memorisation": [one.to_dict() for one in copied],
        "channels": rows,
        "discrepancies": ranking,
        "ranked_channels": [sets.names[c] for c in channels],
        "model": describe_model(sets.sampler),
        "sizes": _sizes(sets, even),
        "notes": _notes(sets, measures),
        "detail": detail,
    }
    pictures = {"channels": small, "losses": draw_losses(sets.sampler)}
    return Report(data, pictures | _planes(even, full, seed))


def _planes(even, full, seed):
    """Return pictures of both sets in the plane."""
    real, new = standardise_pair(*flatten_pair(even[0], even[2]))
    if real.shape[1] < 2:
        return {}
    labels = {"pca": "principal components", "tsne": "t-SNE"}
    names = labels if full else ["pca"]
    made = project(real, new, names, 400, seed)
    return {
        name: scatter(one, f"Real and new windows by {labels[name]}", ellipses=name == "pca")
        for name, one in made.items()
    }


def _sizes(sets, even):
    return {
        "new": len(sets.new),
        "training": len(sets.train),
        "held_out": None if sets.held_out is None else len(sets.held_out),
        "compared": len(even[0]),
        "n_timesteps": sets.train.shape[1],
        "n_channels": sets.train.shape[2],
    }


def _notes(sets, measures):
    """Return what to know before believing the figures."""
    notes = []
    if sets.held_out is None:
        notes.append(
            "There are no held-out windows. Floors come from two random halves of the real windows: new windows are "
            "compared with one half, and so is the other half. Where windows overlap, each has near twins in the other "
            "half, so that the floor is lower than a generator that doesn't copy can reach."
        )
    else:
        notes.append(
            "Every set is compared with the held-out windows. The floor is the distance of the training windows from "
            "them: what a sampler that only copies would get."
        )
    if not getattr(sets.sampler, "refined_", True):
        notes.append(
            "Training did not improve on the sampler's base, so these are windows of the base."
        )
    if len(sets.reference) < 200 or len(sets.new) < 200:
        notes.append("With fewer than 200 windows of a set, figures vary much by chance.")
    if max(measures[key].real for key in ("c2st", "c2st_convolutions")) > 0.7:
        notes.append(
            "Training and held-out windows are easy to tell apart: they come from different conditions, such as other "
            "weeks. Look at the difference from the floor, not at the values, and hold out more and shorter periods if "
            "you can."
        )
    return notes
