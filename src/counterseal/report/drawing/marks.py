"""SVG elements that charts are made of, escaped and rounded to tenths of a pixel."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterseal.report.drawing.routes import Point

__all__ = ["area", "arrow", "circle", "line", "polyline", "rect", "svg", "text"]

_HEAD = 8.0


def svg(
    *, width: float, height: float, prefix: str, title: str, description: str, body: Markup
) -> Markup:
    """Return a picture with a title and a description for those who do not see it."""
    return Markup(
        '<svg class="chart" role="img" aria-labelledby="{p}-t {p}-d" '
        'viewBox="0 0 {w:.0f} {h:.0f}" width="{w:.0f}" height="{h:.0f}">'
        '<title id="{p}-t">{t}</title><desc id="{p}-d">{d}</desc>{b}</svg>'
    ).format(p=prefix, w=width, h=height, t=title, d=description, b=body)


def text(x: float, y: float, words: str, look: str = "c-text", size: float = 12.0) -> Markup:
    """Return text with its baseline at (x, y); the class says how it is anchored."""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" font-size="{:.0f}">{}</text>').format(
        look, x, y, size, words
    )


def line(start: Point, end: Point, look: str) -> Markup:
    """Return a straight line."""
    return Markup('<path class="{}" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"/>').format(
        look, *start, *end
    )


def arrow(start: Point, end: Point, look: str, *, clear: float) -> list[Markup]:
    """Return a line with a head at its end, ``clear`` pixels away from both points.

    Points that are too near one another for a head have a plain line between them.
    """
    across, down = end[0] - start[0], end[1] - start[1]
    length = hypot(across, down)
    if length < 2 * clear + _HEAD:
        return [line(start, end, look)]
    ahead, aside = across / length, down / length
    tail = (start[0] + clear * ahead, start[1] + clear * aside)
    tip = (end[0] - clear * ahead, end[1] - clear * aside)
    neck = (tip[0] - _HEAD * ahead, tip[1] - _HEAD * aside)
    half = _HEAD / 2
    left = (neck[0] - half * aside, neck[1] + half * ahead)
    right = (neck[0] + half * aside, neck[1] - half * ahead)
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, left, right))
    head = Markup('<polygon class="{}-head" points="{}"/>').format(look, corners)
    return [line(tail, neck, look), head]


def polyline(points: Iterable[Point], look: str) -> Markup:
    """Return an open line through ``points``."""
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<polyline class="{}" points="{}"/>').format(look, corners)


def area(upper: Iterable[Point], lower: Iterable[Point], look: str) -> Markup:
    """Return the area between two lines."""
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (*upper, *reversed(tuple(lower))))
    return Markup('<polygon class="{}" points="{}"/>').format(look, corners)


def circle(centre: Point, radius: float, look: str) -> Markup:
    """Return a circle."""
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(
        look, *centre, radius
    )


def rect(start: Point, size: Point, look: str) -> Markup:
    """Return a rectangle from its upper left corner and its size."""
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
    ).format(look, *start, *size)
