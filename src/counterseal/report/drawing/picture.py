"""The decision picture as SVG: a scene, drawn. Line style and sign come before color.

Colors and fonts are classes of the page's style sheet. Text was measured before it was placed;
what does not fit ends in an ellipsis, and the table beside the picture has it in full.
"""

# ruff: noqa: RUF001 - typographic signs are what readers see here

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from counterseal.report.drawing.glyphs import shorten, text_width, wrap
from counterseal.report.staging import HOP_ROOM, LEAF_TEXT, TEXT_ROOM, Level
from counterseal.report.union import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.report.drawing.boxes import Placed
    from counterseal.report.drawing.routes import Point, Route
    from counterseal.report.scene import Item, Line, Scene

__all__ = ["SIGNS", "draw"]

SIGNS = {State.SAME: "", State.ADDED: "+", State.REMOVED: "×", State.CHANGED: "~"}
"""The sign beside the name of what the change touches."""

_TITLE = {Level.ORGANIZATION: 13.0, Level.ZONE: 12.0}
_RADIUS = 9.0
_ARROW = 8.0
_LEGEND = 44.0


def draw(scene: Scene, *, prefix: str, title: str, description: str) -> Markup:
    """Return the picture as one ``svg`` element.

    Args:
        scene: What to draw.
        prefix: Start of the ids in the picture, unique on the page.
        title: What the picture shows, for those who do not see it.
        description: The same in a sentence or two.
    """
    height = scene.height + _LEGEND
    parts = [_box(item) for item in scene.items if item.level < Level.LEAF]
    parts += [_line(line) for line in scene.lines]
    parts += [_box(item) for item in scene.items if item.level >= Level.LEAF]
    parts += [_mark(item) for item in scene.items]
    parts += [_badge(line) for line in scene.lines if line.route and line.label]
    parts += [_entry(line) for line in scene.lines if line.kind == "entry" and line.route]
    parts += list(_legend(scene))
    opening = Markup(
        '<svg class="picture" role="img" aria-labelledby="{p}-t {p}-d" '
        'viewBox="0 0 {w:.0f} {h:.0f}" width="{w:.0f}" height="{h:.0f}">'
        '<title id="{p}-t">{t}</title><desc id="{p}-d">{d}</desc>'
    ).format(p=prefix, w=scene.width, h=height, t=title, d=description)
    return opening + Markup("\n").join(parts) + Markup("</svg>")


def _box(item: Item) -> Markup:
    """Draw a box with its name, its outline by what happens to it."""
    place = item.place
    names = {0: "org", 1: "zone", 2: "leaf", 3: "chip"}
    look = f"b-{names[item.level]} s-{item.state.name.lower()}"
    if item.kind == "group":
        look += " b-group"
    outline = _rect(place, look, 6.0 if item.level < Level.LEAF else 3.0)
    if item.target:
        inner = place.moved(0, 0)
        outline += _rect(_inset(inner, -4.0), "b-target", 5.0)
    if item.state is State.REMOVED:
        outline += _cross(place)
    return outline + _name(item)


def _rect(place: Placed, look: str, corner: float) -> Markup:
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{:.0f}"/>'
    ).format(look, place.x, place.y, place.width, place.height, corner)


def _inset(place: Placed, by: float) -> Placed:
    wide, high = place.width - 2 * by, place.height - 2 * by
    return type(place)(x=place.x + by, y=place.y + by, width=wide, height=high)


def _cross(place: Placed) -> Markup:
    """Cross out what is removed, at its right end, clear of its name."""
    right, middle = place.right - 6.0, place.y + min(place.height, 30.0) / 2
    return Markup('<path class="x-out" d="M{:.1f} {:.1f}l-14 -14m0 14l14 -14"/>').format(
        right, middle + 7.0
    )


def _name(item: Item) -> Markup:
    place, sign = item.place, SIGNS[item.state]
    text = f"{sign} {item.name}" if sign else item.name
    tone = f" t-{item.state.name.lower()}" if sign else ""
    if item.level < Level.LEAF:
        size = _TITLE[Level(item.level)]
        short = shorten(text, place.width - 24.0, size, bold=True)
        return _text(place.x + 12.0, place.y + 19.0, short, f"t-title{tone}", size)
    if item.level == Level.CHIP:
        room = place.width - (HOP_ROOM + 8.0 if item.hops else 14.0)
        short = shorten(text, room, 11.0)
        return _text(place.x + 7.0, place.y + 15.0, short, f"t-chip{tone}", 11.0)
    room = TEXT_ROOM - (HOP_ROOM if item.hops else 0.0)
    lines = wrap(text, room, LEAF_TEXT)
    return Markup("").join(
        _text(place.x + 10.0, place.y + 19.0 + 14.0 * i, line, f"t-leaf{tone}", LEAF_TEXT)
        for i, line in enumerate(lines)
    )


def _text(x: float, y: float, text: str, look: str, size: float) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" font-size="{:.0f}">{}</text>').format(
        look, x, y, size, text
    )


def _mark(item: Item) -> Markup:
    """Draw the hop number of a box on the path at its right end."""
    if not item.hops:
        return Markup("")
    numbers = _numbers(item.hops)
    high = item.place.height if item.level == Level.CHIP else min(item.place.height, 30.0)
    wide = max(2 * _RADIUS, text_width(numbers, 11.0, bold=True) + 8.0)
    spot = (item.place.right - 5.0 - wide / 2, item.place.y + high / 2)
    return _label(spot, numbers, "n-hop")


def _numbers(hops: tuple[int, ...]) -> str:
    """Return hop numbers in as little room as possible: ``2``, ``3-5``, ``1…6``."""
    if len(hops) == 1:
        return str(hops[0])
    unbroken = hops[-1] - hops[0] == len(hops) - 1
    return f"{hops[0]}{'–' if unbroken else '…'}{hops[-1]}"


def _label(spot: Point, text: str, look: str) -> Markup:
    """Draw a short text on a round ground that grows with it."""
    wide = max(2 * _RADIUS, text_width(text, 11.0, bold=True) + 8.0)
    ground = Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.0f}" rx="{:.0f}"/>'
    ).format(look, spot[0] - wide / 2, spot[1] - _RADIUS, wide, 2 * _RADIUS, _RADIUS)
    words = Markup('<text class="{}-t" x="{:.1f}" y="{:.1f}" font-size="11">{}</text>').format(
        look, spot[0], spot[1] + 4.0, text
    )
    return ground + words


def _line(line: Line) -> Markup:
    if not line.route:
        return Markup("")
    look = f"l-{line.kind} d-{line.state.name.lower()}"
    route = line.route
    corners = " ".join(f"L{x:.1f} {y:.1f}" for x, y in route[1:])
    stroke = Markup('<path class="{}" d="M{:.1f} {:.1f} {}"/>').format(
        look, route[0][0], route[0][1], escape(corners)
    )
    return stroke if line.kind == "count" else stroke + _arrow(route, look)


def _arrow(route: Route, look: str) -> Markup:
    """Draw the head of an arrow at the end of a route."""
    (x0, y0), (x1, y1) = route[-2], route[-1]
    length = abs(x1 - x0) + abs(y1 - y0) or 1.0
    dx, dy = (x1 - x0) / length * _ARROW, (y1 - y0) / length * _ARROW
    half = 0.55
    corners = (
        (x1, y1),
        (x1 - dx + dy * half, y1 - dy + dx * half),
        (x1 - dx - dy * half, y1 - dy - dx * half),
    )
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return Markup('<polygon class="h {}" points="{}"/>').format(look, points)


def _badge(line: Line) -> Markup:
    look = {"path": "n-hop", "count": "n-count"}.get(line.kind, "n-letter")
    return _label(line.badge, line.label, look)


def _entry(line: Line) -> Markup:
    x, y = line.route[0]
    return _text(x, y - 8.0, "entry", "t-entry", 12.0)


def _legend(scene: Scene) -> Iterator[Markup]:
    """Say below the picture what each line and sign means."""
    top = scene.height + 6.0
    entries = (
        ("l-path d-same", "worst path, by hop"),
        ("l-link d-added", "+ added"),
        ("l-link d-removed", "× removed"),
        ("l-link d-changed", "~ changed"),
        ("l-link d-same", "unchanged, at the change"),
        ("l-count d-same", "links not drawn, counted"),
    )
    x, y = 14.0, top
    for look, words in entries:
        wide = 54.0 + text_width(words, 11.0)
        if x + wide > scene.width:
            x, y = 14.0, y + 22.0
        yield Markup('<path class="{}" d="M{:.1f} {:.1f}h30"/>').format(look, x, y)
        yield _text(x + 38.0, y + 4.0, words, "t-legend", 11.0)
        x += wide + 10.0
