"""A picture as a file of its own: its colors inside, a title and a description, no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from counterseal.report.drawing import marks
from counterseal.report.drawing.glyphs import text_width
from counterseal.report.palette import THEMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterseal.report.drawing.plot import Caption

__all__ = ["NOTE", "heading", "notes", "sheet"]

NOTE = 12.0
"""Size of what is written below a picture, in pixels."""

_HEADING, _STEP = 16.0, 17.0
_USED = ("page", "ink", "quiet", "rule", "edge", "before", "after", "band")
_STYLE = """\
text { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
text { fill: var(--ink); }
.s-ground { fill: var(--page); }
.s-heading { font-weight: 700; }
.s-note, .c-mid, .c-end { fill: var(--quiet); }
.c-mid { text-anchor: middle; } .c-end { text-anchor: end; }
.c-rule { stroke: var(--rule); stroke-width: 1; }
.c-whisker { stroke: var(--after); stroke-width: 2; }
.c-after-dot { fill: var(--after); stroke: var(--page); stroke-width: 1; }
.c-before-dot { fill: var(--page); stroke: var(--before); stroke-width: 2.4; }
.c-step-dot { fill: var(--page); stroke: var(--after); stroke-width: 1.8; }
.c-join { stroke: var(--after); stroke-width: 1.4; }
.c-before, .c-after { fill: none; stroke-width: 2.4; }
.c-before { stroke: var(--before); stroke-dasharray: 6 4; stroke-width: 1.8; }
.c-after { stroke: var(--after); }
.c-after-band { fill: var(--band); fill-opacity: .75; }
"""


def sheet(
    width: float, height: float, caption: Caption, parts: Iterable[Markup], *, more: str = ""
) -> bytes:
    """Return a whole SVG file in UTF-8; the same parts give the same bytes.

    ``more`` is added to the style sheet.
    """
    ground = marks.rect((0.0, 0.0), (width, height), "s-ground")
    style = Markup("<style>\n{}</style>").format(Markup(_themes() + _STYLE + more))  # noqa: S704 - ours
    drawn = marks.svg(
        width=width,
        height=height,
        prefix=caption.prefix,
        title=caption.title,
        description=caption.description,
        body=style + ground + Markup("").join(parts),
    )
    opened = str(drawn).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return (opened + "\n").encode()


def heading(words: str, *, left: float = 16.0, top: float = 26.0) -> Markup:
    """Return the heading of a picture."""
    return marks.text(left, top, words, "s-heading", _HEADING)


def notes(
    lines: Iterable[str], *, width: float, left: float, top: float
) -> tuple[list[Markup], float]:
    """Return lines below a picture, broken where they are too wide, and where they end.

    A line that goes on is set in, so that it is seen where the next one begins.
    """
    parts: list[Markup] = []
    y = top
    for line in lines:
        for number, words in enumerate(_broken(line, width - 2 * left)):
            indent = 14.0 if number else 0.0
            parts.append(marks.text(left + indent, y, words, "s-note", NOTE))
            y += _STEP
    return parts, y


def _broken(line: str, room: float) -> list[str]:
    words, found = line.split(), [""]
    for word in words:
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and text_width(longer, NOTE) > room - 14.0:
            found.append(word)
        else:
            found[-1] = longer
    return found


def _themes() -> str:
    light, dark = (
        "\n".join(f"  --{name}: {THEMES[theme][name]};" for name in _USED)
        for theme in ("light", "dark")
    )
    by_taste = "@media (prefers-color-scheme: dark) {\n:root {\n"
    return f":root {{\n{light}\n}}\n{by_taste}{dark}\n}}\n}}\n"
