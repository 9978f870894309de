"""Colors of a page in each scheme, against the contrast that WCAG 2.2 asks for.

Text in HTML stands on the nearest ground around it. A picture has no such order, so its text
and marks are held against every ground that the picture draws (1.4.3: 4.5 for text, 1.4.11: 3
for marks that carry meaning). A mark passes when its line or its area does.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from counterseal.testing.accessibility.styles import SCHEMES, sheet_for
from counterseal.testing.accessibility.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from counterseal.testing.accessibility.styles import Sheet
    from counterseal.testing.accessibility.tree import Node

__all__ = ["QUIET_MARKS", "contrast_faults", "contrast_ratio"]

TEXT_LEAST = 4.5
MARK_LEAST = 3.0

QUIET_MARKS = frozenset(
    {
        "c-rule",  # rules at ticks: the labels of the ticks say the same
        "c-before-band",  # ranges: the table beside every picture has them in numbers
        "c-after-band",
        "c-grade-1",  # its hatching and its outline tell it apart, and are held to 3
        "c-grade-2",
        "c-grade-3",
        "b-zone",  # a frame around systems; its title says which
        "l-count",  # links that are counted, not drawn; the number on them is text
        "n-count",
        "n-letter",  # a ground for a letter; the letter is text
    }
)
"""Classes of marks that carry nothing by themselves, each with the reason."""

_GROUNDS = ("b-org", "b-zone", "b-leaf")
_MARKS = frozenset({"rect", "path", "line", "circle", "polyline", "polygon", "ellipse"})
_STATES = frozenset({"s-same", "d-same"})


def contrast_faults(page: str) -> tuple[str, ...]:
    """Return every pair of colors that is too near, by scheme, each pair once."""
    root = parse(page)
    css = "\n".join("".join(map(str, style.parts)) for style in root.all("style"))
    found: dict[str, None] = {}
    for scheme in SCHEMES:
        sheet = sheet_for(css, scheme)
        for fault in chain(_words(root, sheet), _drawings(root, sheet), _focus(sheet)):
            found[f"{fault} ({scheme})"] = None
    return tuple(found)


def contrast_ratio(one: str, other: str) -> float:
    """Return the contrast of two ``#rrggbb`` colors, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2): sRGB, with the threshold as it was corrected in 2021."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    bent = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]  # noqa: PLR2004 - of the formula
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), bent, strict=True))


def _words(root: Node, sheet: Sheet) -> Iterator[str]:
    """Hold every text in HTML against the ground that it stands on."""
    for node in _alike(n for body in root.all("body") for n in body.walk() if n.own_text):
        if any(above.tag == "svg" for above in (node, *node.ancestors())):
            continue
        text, ground = _text_color(node, sheet), _ground(node, sheet)
        yield from _near("1.4.3", node, text, ground, TEXT_LEAST)


def _alike(nodes: Iterable[Node]) -> list[Node]:
    """Return the first of all elements that no simple selector tells apart."""
    first: dict[tuple[tuple[str, frozenset[str]], ...], Node] = {}
    for node in nodes:
        chain_of = tuple((n.tag, n.classes) for n in (node, *node.ancestors()))
        first.setdefault(chain_of, node)
    return list(first.values())


def _text_color(node: Node, sheet: Sheet) -> str:
    """Return the color of text in an element: its own, or that of the nearest around it."""
    for element in (node, *node.ancestors()):
        value = sheet.declared(element, "color")
        if value and value != "inherit":
            return sheet.color(value)
    return ""


def _ground(node: Node, sheet: Sheet) -> str:
    for element in (node, *node.ancestors()):
        if color := sheet.color(sheet.declared(element, "background")):
            return color
    return ""


def _drawings(root: Node, sheet: Sheet) -> Iterator[str]:
    for picture in root.all("svg"):
        if picture.attributes.get("aria-hidden") == "true":
            continue
        around = _ground(picture, sheet)
        drawn = [n for n in picture.walk() if n.classes & frozenset(_GROUNDS)]
        grounds = {around, *(sheet.color(sheet.declared(n, "fill")) for n in drawn)} - {""}
        for node in _alike(picture.walk()):
            if node.tag == "text" and node.own_text:
                yield from _label(node, picture, sheet, grounds)
            elif node.tag in _MARKS and not node.classes & QUIET_MARKS:
                yield from _mark(node, sheet, grounds)


def _label(node: Node, picture: Node, sheet: Sheet, grounds: set[str]) -> Iterator[str]:
    """Hold text against all grounds, or against the badge drawn for it (``n-hop-t``)."""
    fill = sheet.color(sheet.declared(node, "fill"))
    badges = {name.removesuffix("-t") for name in node.classes if name.endswith("-t")}
    own = {
        sheet.color(sheet.declared(mark, "fill"))
        for mark in picture.walk()
        if mark.classes & badges
    }
    for ground in sorted(own or grounds):
        yield from _near("1.4.3", node, fill, ground, TEXT_LEAST)


def _mark(node: Node, sheet: Sheet, grounds: set[str]) -> Iterator[str]:
    paints = [sheet.color(sheet.declared(node, name)) for name in ("stroke", "fill")]
    known = [paint for paint in paints if paint]
    if not known:
        yield f"1.4.11 {_look(node)} has no color of the style sheet"
        return
    for ground in sorted(grounds):
        best = max(known, key=lambda paint: contrast_ratio(paint, ground))
        yield from _near("1.4.11", node, best, ground, MARK_LEAST)


def _focus(sheet: Sheet) -> Iterator[str]:
    """Hold the outline of what has the keyboard against the grounds of the page."""
    outlines = [r.declarations["outline"] for r in sheet.rules if ":focus" in r.selector
                and "outline" in r.declarations]  # fmt: skip
    if not outlines:
        yield "2.4.7 nothing shows what has the keyboard"
    for outline in outlines:
        for name in ("--page", "--panel"):
            ground, color = sheet.variables.get(name, ""), sheet.color(outline)
            if ground and color and contrast_ratio(color, ground) < MARK_LEAST:
                yield f"1.4.11 the outline of focus {color} is too near {ground}"


def _near(criterion: str, node: Node, color: str, ground: str, least: float) -> Iterator[str]:
    if not color or not ground:
        yield f"{criterion} {_look(node)} has no color or no ground of the style sheet"
        return
    ratio = contrast_ratio(color, ground)
    if ratio < least:
        yield f"{criterion} {_look(node)}: {color} on {ground} is {ratio:.2f}, under {least:g}"


def _look(node: Node) -> str:
    """Name an element by its tag and its classes: elements that look alike are one fault."""
    names = "".join(f".{name}" for name in sorted(node.classes - _STATES))
    return node.tag + names
