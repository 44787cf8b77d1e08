"""Windowizer, pipelines, imputation, metrics and prompts, and bad input."""

import copy
import inspect

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sktsgan import (
    CopulaSampler,
    GANImputer,
    PurgedWindowSplit,
    Windowizer,
    make_sampling_pipeline,
    metrics,
    repair_series,
)
from sktsgan.prompts import ConditionTable, calendar_fields, parse_period, select_rows
from sktsgan.utils._check_tools import assert_same
from tests.bad_kinds import COUNTS, SEEDS, bad_items, bad_prompts, find_faults

pytestmark = pytest.mark.filterwarnings("ignore")

RNG = np.random.default_rng(0)
WINDOWS = RNG.normal(size=(24, 4, 2)).cumsum(axis=1)
SERIES = RNG.normal(size=(40, 2)).cumsum(axis=0)
DAYS = pd.date_range("2024-01-01", periods=40)
TEXTS = ["the cat sat.", "the dog sat.", "a cat ran."] * 4


def check_all(kinds, call, names):
    """Assert that a call works with each kind or raises an error that names a parameter."""
    faults = find_faults(kinds, call, names)
    assert not faults, "\n".join(faults)


SETS = ("real", "synthetic", "train", "held_out", "references")
OF_TEXTS = {"bleu_score", "self_bleu_score", "distinct_n_score"}
QUICK = {"n_fits": 1, "max_iter": 1, "cv": 2, "n_repeats": 1, "random_state": 0}
SET_METRICS = [
    name
    for name, metric in vars(metrics).items()
    if inspect.isfunction(metric) and {*inspect.signature(metric).parameters} & {*SETS}
]


@pytest.mark.parametrize("name", SET_METRICS)
def test_sets_of_metrics(name):
    metric = getattr(metrics, name)
    parameters = inspect.signature(metric).parameters
    if name in OF_TEXTS:
        pytest.importorskip("sacrebleu")
    good = TEXTS if name in OF_TEXTS else WINDOWS
    quick = {k: v for k, v in QUICK.items() if k in parameters}
    sets = [parameter for parameter in parameters if parameter in SETS]
    for one in sets:
        call = lambda X, one=one: metric(**dict.fromkeys(sets, good) | {one: X}, **quick)  # noqa: E731
        kinds = {k: v for k, v in bad_items(WINDOWS).items() if not _is_good(name, k)}
        check_all(kinds, call, [*sets, "X"])


def _is_good(name, kind):
    """Return whether items of a kind are ordinary ones to a metric that takes long to work with them."""
    slow = name in ("discriminative_score", "predictive_score", "discrepancy_report")
    ordinary = (
        "read-only",
        "not contiguous",
        "column-major",
        "big-endian",
        "half precision",
        "booleans",
    )
    return slow and kind in (*ordinary, "constant", "too small", "objects that are numbers")  # fmt: skip


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("marginal_difference", "n_bins"), ("precision_recall", "n_neighbors"), ("distinct_n_score", "n")]
    + [("distribution_kl_divergence", "n_components"), ("autocorrelation_difference", "max_lag")],
)  # fmt: skip
def test_counts_of_metrics(name, parameter):
    sets = [TEXTS] if name in OF_TEXTS else [WINDOWS, WINDOWS]
    kinds = {k: v for k, v in COUNTS.items() if not k.startswith(("huge", "beyond"))}
    call = lambda n: getattr(metrics, name)(*sets, **{parameter: n})  # noqa: E731
    check_all(kinds, call, [parameter])


@pytest.mark.parametrize("name", ["distribution_kl_score", "nll_score"])
def test_scorers(name):
    sampler = CopulaSampler(random_state=0).fit(WINDOWS)
    score = getattr(metrics, name)
    if name == "distribution_kl_score":
        check_all(bad_items(WINDOWS), lambda X: score(sampler, X), ["X", "real", "synthetic"])
    for bad in (None, "sampler", 3, object(), CopulaSampler):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            score(bad, WINDOWS)


SERIES_NAMES = ["X", "series", "columns", "time"]


def bad_series():
    kinds = bad_items(WINDOWS)
    frames = {
        "duplicate names": pd.DataFrame(SERIES, columns=["a", "a"]),
        "backwards": pd.DataFrame(SERIES, index=DAYS[::-1]),
        "twice the same time": pd.DataFrame(SERIES, index=DAYS[:20].append(DAYS[:20])),
        "no time": pd.DataFrame(SERIES, index=[pd.NaT, *DAYS[1:]]),
        "strings": pd.DataFrame(SERIES).astype(str).replace("0", "x").add("x"),
        "dates": pd.DataFrame({"a": DAYS}),
        "lists of lists": [[[1, 2], [3]]],
        "mixed kinds": [SERIES, pd.DataFrame(SERIES)],
        "too short": SERIES[:2],
        "infinity": np.where(SERIES == SERIES.max(), np.inf, SERIES),
        "NaN alone": np.full_like(SERIES, np.nan),
        "complex": SERIES + 1j,
        "three axes": WINDOWS,
        "masked": np.ma.masked_less(SERIES, 0),
    }
    return kinds | {f"series, {kind}": value for kind, value in frames.items()}


@pytest.mark.parametrize(
    "method", ["fit", "transform", "window_starts", "window_targets", "inverse_transform"]
)
def test_windowizer(method):
    fitted = Windowizer(window=4).fit(pd.DataFrame(SERIES, index=DAYS))
    expected = fitted.transform(pd.DataFrame(SERIES, index=DAYS))

    def call(X):
        own = clone(fitted) if method == "fit" else fitted
        return getattr(own, method)(X)

    kinds = bad_series() if method != "inverse_transform" else bad_items(WINDOWS)
    check_all(kinds, call, ["y"] if method == "window_targets" else SERIES_NAMES)
    assert_same(fitted.transform(pd.DataFrame(SERIES, index=DAYS)), expected, "windows")


@pytest.mark.parametrize("method", ["fit", "impute", "score", "sample"])
def test_pipelines(method):
    pipeline = make_sampling_pipeline(Windowizer(window=4), CopulaSampler(random_state=0))
    pipeline.fit(pd.DataFrame(SERIES, index=DAYS))
    expected = pipeline.sample(2, random_state=0)
    if method == "sample":
        check_all(COUNTS, pipeline.sample, ["n_samples"])
        check_all(SEEDS, lambda seed: pipeline.sample(2, random_state=seed), ["random_state"])
        check_all(bad_prompts(WINDOWS), lambda p: pipeline.sample(3, prompt=p), ["prompt"])
    else:
        call = lambda X: getattr(clone(pipeline) if method == "fit" else pipeline, method)(X)  # noqa: E731
        check_all(bad_series(), call, [*SERIES_NAMES, "real"])
    assert_same(pipeline.sample(2, random_state=0), expected, "samples")


@pytest.mark.parametrize("method", ["fit", "transform"])
def test_imputer(method):
    fitted = GANImputer(random_state=0).fit(WINDOWS)
    call = lambda X: getattr(copy.deepcopy(fitted), method)(X)  # noqa: E731
    check_all(bad_items(WINDOWS), call, ["X"])


def test_repair_series():
    check_all(bad_series(), lambda X: repair_series(X, window=4), [*SERIES_NAMES, "X"])


def test_splits():
    split = PurgedWindowSplit(n_splits=2, window=2)
    check_all(bad_items(WINDOWS), lambda X: list(split.split(X)), ["X", "windows"])


def test_periods():
    kinds = {k: v for k, v in bad_prompts(WINDOWS).items() if isinstance(v, str)}
    kinds |= {
        text: text
        for text in ("\0", "1" * 10_000, "January " * 1000, "年月日", "🙂", "-1", "99:99", "q5")
    }
    for text in kinds.values():
        assert parse_period(text) is None


def test_selection():
    table = ConditionTable(
        40, timestamps=DAYS, conditions=pd.DataFrame({"load": np.arange(40.0)})
    )  # fmt: skip
    check_all(bad_prompts(WINDOWS), lambda prompt: select_rows(table, prompt, 3), ["prompt"])
    assert len(calendar_fields(DAYS)) == 40
