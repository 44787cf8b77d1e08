"""The page of a report, as HTML and as Markdown."""

from functools import cache
from html import escape
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from sktsgan.report._verdict import percent

__all__ = ["as_frame", "to_html", "to_markdown"]

_FRAME = (
    '<iframe title="Report on new windows" srcdoc="{}" width="100%" height="700" '
    'style="border: 1px solid #8888; border-radius: 6px"></iframe>'
)
_GROUPS = ("fidelity", "diversity", "memorisation")


def number(value):
    """Return a number with three significant digits."""
    if value is None:
        return "–"
    if value == 0 or 0.001 <= abs(value) < 1e5:
        digits = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
        return digits.replace("-", "−")
    return f"{value:.2e}".replace("-", "−")


def advice(row, rows):
    """Return what to try, said once: later rows name the feature at which it stands."""
    first = next(one for one in rows if one["try"] == row["try"])
    if first is row or not row["try"]:
        return row["try"]
    return f"as for “{first['feature']}”"


@cache
def _template():
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": number, "percent": percent, "advice": advice}
    source = files("sktsgan.report").joinpath("page.html").read_text(encoding="utf-8")
    return environment.from_string(source)


def to_html(data, pictures):
    """Return the page as one string."""
    return _template().render(**data, pictures=pictures)


def as_frame(html):
    """Return the page in a frame, whose style and scripts leave a notebook alone."""
    return _FRAME.format(escape(html))


def to_markdown(data):
    """Return the verdict and the tables."""
    lines = [f"# Report on {data['sizes']['new']} new windows", "", *_bullets(data["verdict"])]
    for group in _GROUPS:
        rows = [
            (
                one["label"],
                number(one["new"]),
                number(one["real"]),
                number(one["best"]),
                one["reading"],
            )
            for one in data[group]
        ]
        head = "measure", "new", "real", "best", "reading"
        lines += ["", f"## {group.capitalize()}", "", *_table(head, rows)]
    if data["channels"]:
        keys = list(data["channels"][0])
        rows = [
            (row["channel"], *(number(row[key]) for key in keys[1:])) for row in data["channels"]
        ]
        lines += ["", "## Channels", "", *_table([key.replace("_", " ") for key in keys], rows)]
    lines += ["", "## Where they differ", ""]
    found = data["discrepancies"]
    rows = [
        (
            row["feature"],
            row["channel"],
            row["lag"] or "",
            number(row["accuracy"]),
            number(row["floor"]),
            advice(row, found),
        )
        for row in found
    ]
    head = "feature", "channel", "lag", "accuracy", "floor", "what to try"
    lines += _table(head, rows) if rows else ["Nothing beyond what real windows show."]
    lines += ["", "## Notes", "", *_bullets(data["notes"])]
    return "\n".join(lines) + "\n"


def _bullets(sentences):
    return [f"- {sentence}" for sentence in sentences]


def _table(head, rows):
    def line(cells):
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return [line(head), line(["---"] * len(head)), *map(line, rows)]
