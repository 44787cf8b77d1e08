import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from sktsgan import (
    DCGANSampler,
    NeighborSampler,
    SeqGANSampler,
    Windowizer,
    make_sampling_pipeline,
    report,
)
from sktsgan.report import Report, _measures

MEASURES = {
    "c2st", "c2st_convolutions", "kl", "marginal", "autocorrelation", "correlation", "skewness", "kurtosis",
    "context_fid", "recall", "precision", "gap", "copies", "ratio", "membership",
}  # fmt: skip


def walks(n, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 8, 2)).cumsum(axis=1) * [1.0, 100.0]


TRAIN, HELD_OUT = walks(120, 0), walks(80, 1)


@pytest.fixture(scope="module")
def good():
    return report(walks(120, 2), TRAIN, HELD_OUT, channel_names=["a|<b>", "y"], random_state=0)


@pytest.fixture(scope="module")
def poor():
    rng = np.random.default_rng(3)
    return report(rng.normal(size=TRAIN.shape) + 5, TRAIN, HELD_OUT, random_state=0)


def rows(page):
    data = page.to_dict()
    groups = ("fidelity", "diversity", "memorisation")
    return {row["key"]: row for group in groups for row in data[group]}


def test_it_has_every_measure_beside_its_floor(good):
    found = rows(good)
    assert set(found) == MEASURES
    without_floor = {key for key, row in found.items() if row["real"] is None}
    assert without_floor == {"copies", "ratio", "membership"}


def test_it_is_plain_data(good):
    data = json.loads(json.dumps(good.to_dict(), allow_nan=False))
    assert data["sizes"]["held_out"] == 80 and data["sizes"]["compared"] == 80
    assert [row["channel"] for row in data["channels"]] == ["a|<b>", "y"]


def test_windows_of_the_same_law_are_as_real_and_others_are_not(good, poor):
    readings = {key: row["reading"] for key, row in rows(good).items()}
    assert "off" not in (readings["c2st"], readings["recall"], readings["gap"])
    assert rows(good)["c2st"]["new"] < 0.65
    assert rows(poor)["c2st"]["new"] > 0.9 and rows(poor)["c2st"]["reading"] == "off"
    assert "clearly easier" in poor.to_dict()["verdict"][0]
    assert poor.to_dict()["discrepancies"][0]["try"]


def test_the_verdict_comes_first_and_has_both_accuracies(good):
    says = good.to_dict()["verdict"][0]
    assert re.search(
        "tells new windows from held-out ones with \\d+\N{NO-BREAK SPACE}% accuracy; "
        "real windows of other days with \\d+\N{NO-BREAK SPACE}%",
        says,
    )
    assert repr(good) == f"Report({says!r})"


def test_copies_are_named():
    page = report(TRAIN, TRAIN, HELD_OUT, random_state=0)
    assert rows(page)["copies"]["new"] == 1 and rows(page)["membership"]["new"] == 1
    assert "100\N{NO-BREAK SPACE}% of them equal a training window." in page.to_dict()["verdict"]


def test_without_held_out_windows_it_says_so():
    page = report(walks(60, 2), TRAIN, random_state=0)
    assert {"ratio", "membership"}.isdisjoint(rows(page))
    assert "two random halves" in page.to_dict()["notes"][0]
    assert any("was not measured" in sentence for sentence in page.to_dict()["verdict"])


def test_a_sampler_is_drawn_from_and_described():
    sampler = NeighborSampler(random_state=0).fit(TRAIN)
    page = report(sampler, TRAIN, HELD_OUT, random_state=0)
    model = page.to_dict()["model"]
    assert model["name"] == "NeighborSampler" and model["parameters"]["random_state"] == "0"
    assert "contains training windows" in page.to_dict()["verdict"][-1]
    assert page.to_dict() == report(sampler, TRAIN, HELD_OUT, random_state=0).to_dict()


def test_flat_windows_and_pipelines_have_the_names_of_their_columns():
    index = pd.date_range("2024-01-01", periods=90, freq="h")
    series = pd.DataFrame(TRAIN[:6].reshape(-1, 2)[:90], columns=["u", "v"]).set_index(index[:48])
    pipeline = make_sampling_pipeline(Windowizer(window=4), NeighborSampler(random_state=0))
    pipeline.fit(series)
    data = report(pipeline, series, random_state=0).to_dict()
    assert data["sizes"]["n_channels"] == 2 and data["sizes"]["n_timesteps"] == 4


class Checker(HTMLParser):
    """What a page refers to, and whether its tags close."""

    void = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], set(), []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in self.void:
            self.open.append(tag)
        self.ids.add(attrs.get("id"))
        self.links += [attrs[name] for name in ("href", "src") if name in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("kind", ["good", "poor"])
def test_the_page_is_small_whole_and_alone(kind, request, tmp_path):
    page = request.getfixturevalue(kind)
    path = page.save(tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    assert html == page.to_html() and len(html) < 3_000_000
    checker = Checker()
    checker.feed(html)
    assert not checker.open
    assert all(link[0] == "#" and link[1:] in checker.ids for link in checker.links)
    assert "http" not in html.replace("http-equiv", "")
    assert "nan" not in re.findall(r' d="([^"]*)"', html)
    assert html.count("<svg") == 2 * 3 + 1


def test_names_of_channels_are_escaped(good):
    html, text = good.to_html(), good.to_markdown()
    assert "a|&lt;b&gt;" in html and "<b>" not in html
    assert "| a\\|<b> |" in text


def test_a_notebook_gets_it_in_a_frame(good):
    html = good._repr_html_()
    assert html.startswith("<iframe ") and html.count("<") == 2


def test_markdown_has_every_measure(good):
    text = good.to_markdown()
    assert text.startswith("# Report on 120 new windows\n\n- A strong classifier")
    assert all(row["label"] in text for row in rows(good).values())


def test_full_detail_adds_judges_and_t_sne(monkeypatch):
    seen = []
    for name in ("discriminative_score", "predictive_score"):
        fake = lambda *sets, name=name, **_: seen.append(name) or 0.1  # noqa: E731
        monkeypatch.setattr(_measures, name, fake)
    page = report(walks(60, 2), TRAIN, HELD_OUT, detail="full", random_state=0)
    assert {"discriminative", "predictive"} <= set(rows(page)) and len(seen) == 4
    assert "tsne" in page.pictures and page.to_dict()["ranked_channels"] == ["0", "1"]


def test_losses_are_drawn_where_there_are_any():
    class Trained(NeighborSampler):
        history_ = [
            {"step": i, "generator_loss": 1 / i, "discriminator_loss": 0.5} for i in range(1, 9)
        ]

    page = report(Trained(random_state=0).fit(TRAIN), TRAIN, HELD_OUT, random_state=0)
    assert page.pictures["losses"]["last"] == {"generator": 1 / 8, "discriminator": 0.5}
    assert "Losses in training" in page.to_html()


@pytest.mark.parametrize("shape", [(30, 1, 1), (30, 2, 1), (30, 3, 5)])
def test_short_windows_and_small_sets(shape):
    sets = np.random.default_rng(0).normal(size=(3, *shape))
    page = report(*sets, random_state=0)
    assert isinstance(page, Report) and page.to_html() and page.to_markdown()


def test_constant_channels():
    sets = [walks(40, seed) * [1, 0] + [0, 7] for seed in range(3)]
    json.dumps(report(*sets, random_state=0).to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((["a text"] * 20, ["a text"] * 20), "texts"),
        ((SeqGANSampler(), ["a text"] * 20), "texts"),
        ((DCGANSampler(), np.ones((20, 8, 8))), "images"),
        ((np.ones((20, 8, 8, 3)), np.ones((20, 8, 8, 3))), "images"),
        (([np.ones(3), np.ones(4)] * 20, TRAIN), "series of unequal length"),
    ],
)
def test_other_items_are_refused(arguments, kind):
    with pytest.raises(ValueError) as error:
        report(*arguments)
    assert str(error.value) == f"report is for windows: {kind} are not supported yet."


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((TRAIN[:, :4], TRAIN), "sampler_or_samples"),
        ((TRAIN, TRAIN, HELD_OUT[:, :4]), "X_held_out"),
    ],
)
def test_sets_of_another_shape(arguments, name):
    with pytest.raises(ValueError) as error:
        report(*arguments)
    assert str(error.value) == (
        f"{name} has windows of shape (4, 2), but those of X_real have shape (8, 2)."
    )


def test_parameters_are_checked():
    with pytest.raises(ValueError, match="^detail must be one of 'quick', 'full', got 'some'.$"):
        report(TRAIN, TRAIN, detail="some")
    with pytest.raises(TypeError, match="got the class NeighborSampler"):
        report(NeighborSampler, TRAIN)
    with pytest.raises(ValueError, match="channel_names must have one name for each"):
        report(TRAIN, TRAIN, channel_names=["x"])
    with pytest.raises(ValueError, match="^X_real can't be used: .*minimum of 20"):
        report(TRAIN, TRAIN[:15])
    with pytest.raises(ValueError, match="X_held_out.*NaN"):
        report(TRAIN, TRAIN, np.full_like(HELD_OUT, np.nan))
