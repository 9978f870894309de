"""What the structure of a page has to have, each fault with its success criterion of WCAG 2.2.

Stricter than the letter where a report has no reason for less: every table has a caption, every
picture a description, every scrolling frame a name and the keyboard.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from counterseal.testing.accessibility.tree import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from counterseal.testing.accessibility.tree import Node

__all__ = ["structure_faults"]

_SCROLLING = frozenset({"scroll", "frame"})
_LANDMARKS = frozenset({"header", "nav", "main", "footer", "aside"})
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers")
_FIELDS = frozenset({"input", "select", "textarea"})
_LIST_ITEMS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd", "div"}}


def structure_faults(page: str) -> tuple[str, ...]:
    """Return every fault that is found, in words, in the order of the checks."""
    root = parse(page)
    return tuple(fault for check in _CHECKS for fault in check(root))


def _language(root: Node) -> Iterator[str]:
    for html in root.all("html"):
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", html.attributes.get("lang", "")):
            yield "3.1.1 the page does not say its language"
    if not any("".join(map(str, title.parts)).strip() for title in _page_titles(root)):
        yield "2.4.2 the page has no title"


def _page_titles(root: Node) -> list[Node]:
    return [title for head in root.all("head") for title in head.all("title")]


def _zoom(root: Node) -> Iterator[str]:
    for meta in root.all("meta"):
        if meta.attributes.get("name") == "viewport":
            content = meta.attributes.get("content", "")
            if "maximum-scale" in content or re.search(r"user-scalable\s*=\s*(no|0)", content):
                yield "1.4.4 the page keeps readers from enlarging it"


def _headings(root: Node) -> Iterator[str]:
    headings = root.all("h1", "h2", "h3", "h4", "h5", "h6")
    levels = [int(heading.tag[1]) for heading in headings]
    if levels.count(1) != 1:
        yield f"1.3.1 the page has {levels.count(1)} headings of level 1"
    if levels and levels[0] != 1:
        yield "1.3.1 the first heading is not of level 1"
    for (one, other), heading in zip(pairwise(levels), headings[1:], strict=True):
        if other - one > 1:
            yield f"1.3.1 {heading.where()} skips a level after h{one}"
    yield from (f"2.4.6 {h.where()} is empty" for h in headings if not h.text)


def _pictures(root: Node) -> Iterator[str]:
    for picture in root.all("svg"):
        if picture.attributes.get("aria-hidden") == "true":
            continue
        if picture.attributes.get("role") != "img":
            yield f"4.1.2 {picture.where()} has no role"
        named = picture.attributes.get("aria-labelledby", "").split()
        for tag in ("title", "desc"):
            own = [child for child in picture.children if child.tag == tag and child.own_text]
            if not own:
                yield f"1.1.1 {picture.where()} has no {tag}"
            elif own[0].attributes.get("id") not in named:
                yield f"1.1.1 {picture.where()} does not name its {tag}"
    for image in root.all("img", "canvas"):
        if not image.attributes.get("alt") and not image.attributes.get("aria-label"):
            yield f"1.1.1 {image.where()} has no text"


def _tables(root: Node) -> Iterator[str]:
    for table in root.all("table"):
        captions = [child for child in table.children if child.tag == "caption"]
        name = captions[0].text if captions else ""
        if not name:
            yield f"1.3.1 {table.where()} has no caption"
        for header in table.all("th"):
            if header.attributes.get("scope") not in {"col", "row"}:
                yield f"1.3.1 a header of the table {name} has no scope: {header.text}"
        yield from _rows(table, name)


def _rows(table: Node, name: str) -> Iterator[str]:
    """Check that every row of the body has a header of its own and a cell for each column."""
    columns = [cell for head in table.all("thead") for cell in head.all("th")]
    if not columns:
        yield f"1.3.1 the table {name} has no headers of columns"
    for body in table.all("tbody"):
        for row in body.all("tr"):
            cells = [child for child in row.children if child.tag in {"th", "td"}]
            if not any(cell.tag == "th" for cell in cells):
                yield f"1.3.1 a row of the table {name} has no header: {row.text[:40]}"
            if len(cells) != len(columns):
                yield f"1.3.1 a row of the table {name} has another number of cells"


def _controls(root: Node) -> Iterator[str]:
    labels = {label.attributes.get("for") for label in root.all("label") if label.text}
    for control in root.all(*_FIELDS):
        held = any(above.tag == "label" and above.text for above in control.ancestors())
        known = control.attributes.get("id") in labels and control.attributes.get("id")
        if control.attributes.get("type") != "hidden" and not (
            held or known or _named(control)
        ):
            yield f"4.1.2 {control.where()} has no label"
    for part in root.all("button", "a", "summary"):
        if not part.text and not _named(part):
            yield f"4.1.2 {part.where()} says nothing"
    for details in root.all("details"):
        if not details.children or details.children[0].tag != "summary":
            yield f"4.1.2 {details.where()} does not begin with a summary"


def _named(node: Node) -> bool:
    return bool(node.attributes.get("aria-label") or node.attributes.get("aria-labelledby"))


def _references(root: Node) -> Iterator[str]:
    counts = Counter(n.attributes["id"] for n in root.walk() if "id" in n.attributes)
    yield from (f"4.1.2 the id {key} stands {n} times" for key, n in counts.items() if n > 1)
    for node in root.walk():
        for attribute in _REFERENCES:
            for key in node.attributes.get(attribute, "").split():
                if key not in counts:
                    yield f"1.3.1 {node.where()} refers to {key}, which is not there"
        target = node.attributes.get("href", "")
        if node.tag == "a" and target.startswith("#") and target[1:] not in counts:
            yield f"2.4.4 a link leads to {target}, which is not there"


def _landmarks(root: Node) -> Iterator[str]:
    for tag in ("header", "main", "footer"):
        count = len(root.all(tag))
        if count != 1:
            yield f"1.3.1 the page has {count} of <{tag}>"
    named = {n.attributes["id"]: n for n in root.walk() if "id" in n.attributes}
    regions = [n for n in root.walk() if n.attributes.get("role") == "region"]
    names = [_landmark_name(node, named) for node in (*root.all("nav", "section"), *regions)]
    if not all(names):
        yield "1.3.1 a landmark has no name"
    for name, count in Counter(filter(None, names)).items():
        if count > 1:
            yield f"1.3.1 {count} landmarks are called {name}"
    for body in root.all("body"):
        yield from _outside(body)


def _outside(node: Node) -> Iterator[str]:
    """Yield what has text and lies in no landmark."""
    if node.tag in _LANDMARKS or "skip" in node.classes:
        return
    if node.own_text:
        yield f"1.3.1 {node.where()} lies in no landmark"
    for child in node.children:
        yield from _outside(child)


def _landmark_name(node: Node, named: Mapping[str, Node]) -> str:
    """Return the name that a reader hears: its own, or that of the element it refers to."""
    keys = node.attributes.get("aria-labelledby", "").split()
    parts = [named[key].text for key in keys if key in named]
    return node.attributes.get("aria-label") or " ".join(parts)


def _keyboard(root: Node) -> Iterator[str]:
    for node in root.walk():
        place = node.attributes.get("tabindex")
        if place is not None and place not in {"0", "-1"}:
            yield f"2.4.3 {node.where()} changes the order of the keyboard"
        if node.classes & _SCROLLING:
            named = node.attributes.get("role") == "region" and _named(node)
            if place != "0" or not named:
                yield f"2.1.1 {node.where()} scrolls, and has no keyboard or no name"
    links = root.all("a")
    mains = [main.attributes.get("id") for main in root.all("main")]
    if not links or links[0].attributes.get("href", "")[1:] not in mains:
        yield "2.4.1 the first link does not skip to the content"


def _lists(root: Node) -> Iterator[str]:
    for tag, items in _LIST_ITEMS.items():
        for node in root.all(tag):
            if node.own_text or {child.tag for child in node.children} - items:
                yield f"1.3.1 {node.where()} holds what is no item of a list"


_CHECKS: tuple[Callable[[Node], Iterator[str]], ...] = (
    _language,
    _zoom,
    _headings,
    _pictures,
    _tables,
    _controls,
    _references,
    _landmarks,
    _keyboard,
    _lists,
)
