"""One HTML file that needs no network and no script, from a review and its scene.

Everything that a user wrote passes through the template engine's escaping; the content policy
allows nothing but the one style sheet whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from counterseal.report import wording
from counterseal.report.document import as_document
from counterseal.report.html.figures import figures
from counterseal.report.html.rows import people_words, rows
from counterseal.report.palette import CHIPS, declarations
from counterseal.report.text import disclaimer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.report.document import ReviewDocument
    from counterseal.report.scene import Scene

__all__ = ["CONTENTS", "render", "style_sheet"]

CONTENTS = (
    ("verdict", "Verdict"),
    ("changes", "What changes"),
    ("picture", "Picture"),
    ("comparison", "Comparison"),
    ("possible", "Became possible"),
    ("path", "Worst path and cuts"),
    ("conditions", "Conditions"),
    ("alternatives", "Alternatives"),
    ("arrivals", "Arrival times"),
    ("value", "Value over time"),
    ("breadth", "Breadth and depth"),
    ("flip", "Flip distance"),
    ("evidence", "Evidence"),
    ("precedence", "Precedence"),
    ("limits", "Limits"),
    ("elements", "Elements"),
    ("digests", "Computed from"),
)
"""Sections by anchor, in the order of the page."""

_SHAPES = {
    "no objection": '<circle cx="12" cy="12" r="9" fill="currentColor"/>',
    "conditions": '<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" '
    'stroke-width="2.5"/><path d="M12 3a9 9 0 0 0 0 18z" fill="currentColor"/>',
    "redesign": '<rect x="4" y="4" width="16" height="16" fill="currentColor"/>',
    "refuse": '<path d="M5 5l14 14M19 5L5 19" stroke="currentColor" stroke-width="4"/>',
    "not evaluable": '<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" '
    'stroke-width="2.5" stroke-dasharray="4 3"/>',
}
_LOADER = PackageLoader("counterseal.report.html", "templates")


def render(document: ReviewDocument | Mapping[str, Json], scene: Scene | None = None) -> bytes:
    """Return the report as UTF-8; the same inputs give the same bytes.

    Without a ``scene`` the report says that it has no picture.
    """
    review = as_document(document)
    environment = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = wording.kind_word
    environment.filters["people"] = people_words
    style = style_sheet(review)
    page = environment.get_template("report.html.jinja").render(
        review=review,
        policy=_policy(style),
        style=Markup(style),  # noqa: S704 - fixed text, colors and numbers: nothing of a user
        contents=CONTENTS,
        chip=_chip(review.verdict.word),
        disclaimer=disclaimer(review),
        **rows(review, scene),
        **figures(review, scene),
    )
    return (page.strip() + "\n").encode()


def style_sheet(review: ReviewDocument) -> str:
    """Return the style sheet; printed pages carry the three numbers of honesty."""
    source = _LOADER.get_source(Environment(autoescape=True), "style.css")[0]
    chips = "\n".join(
        f".chip-{_slug(word)} {{ background: {ground}; color: {ink}; }}"
        for word, (ground, ink) in CHIPS.items()
    )
    return "\n".join(
        [
            f":root {{\n{declarations('light')}\n}}",
            "@media (prefers-color-scheme: dark) {",
            f":root {{\n{declarations('dark')}\n}}",
            "}",
            f"@media print {{ :root {{\n{declarations('light')}\n}} }}",
            source,
            chips,
            ".chip-not-evaluable { border: 2px dashed #1A2230; }",
            "@media (prefers-color-scheme: dark) { .chip-refuse { border-color: #8D9AAE; } }",
            _page_footer(review),
        ]
    )


def _page_footer(review: ReviewDocument) -> str:
    """Return the rule for the foot of each printed page: numbers and fixed words only."""
    worst = review.worst_headline
    ends = wording.interval(worst.interval) if worst else ""
    flip = review.flip.distance
    assumed = review.evidence.shares.get("assumed")
    words = (
        f"worse in {ends or wording.UNSAID} of draws · flip distance "
        f"{'none found' if flip is None else flip} · assumed {wording.percent(assumed)}"
    )
    return (
        '@page { margin: 16mm 14mm 18mm; @bottom-left { content: "'
        + words
        + '"; font: 8pt sans-serif; } @bottom-right { content: counter(page); '
        "font: 8pt sans-serif; } }"
    )


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _chip(word: str) -> dict[str, str | Markup]:
    shape = Markup('<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>')
    drawn = Markup(_SHAPES[word])  # noqa: S704 - one of the five literals above
    return {"name": _slug(word), "shape": shape.format(drawn)}


def _slug(word: str) -> str:
    return word.replace(" ", "-")
