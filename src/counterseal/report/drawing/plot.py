"""What every chart has: its caption, its rules with their labels, and the key of two states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from counterseal.report.drawing import marks
from counterseal.report.drawing.glyphs import text_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from counterseal.report.drawing.axes import Axis

__all__ = ["LABEL", "Caption", "chart", "key", "level_rules", "spaced", "upright_rules"]

LABEL = 11.0
"""Size of the labels of ticks, in pixels."""

_GAP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a chart is called: a prefix for its ids, a title and a description."""

    prefix: str
    title: str
    description: str


def chart(width: float, height: float, caption: Caption, parts: list[Markup]) -> Markup:
    """Return a chart with its title and its description."""
    return marks.svg(
        width=width,
        height=height,
        prefix=caption.prefix,
        title=caption.title,
        description=caption.description,
        body=Markup("").join(parts),
    )


def upright_rules(
    axis: Axis, top: float, bottom: float, *, labels: frozenset[float] | None = None
) -> list[Markup]:
    """Return a rule at every tick, with the labels of all of them or of ``labels``."""
    parts = []
    for tick, word in axis.ticks:
        parts.append(marks.line((axis.at(tick), top), (axis.at(tick), bottom), "c-rule"))
        if labels is None or tick in labels:
            parts.append(marks.text(axis.at(tick), bottom + 18.0, word, "c-mid", LABEL))
    return parts


def level_rules(
    axis: Axis, left: float, right: float, *, said: Callable[[float, str], str] | None = None
) -> list[Markup]:
    """Return a rule at every tick, its label at the left, as ``said`` has it."""
    parts = []
    for tick, word in axis.ticks:
        label = said(tick, word) if said else word
        parts.append(marks.line((left, axis.at(tick)), (right, axis.at(tick)), "c-rule"))
        parts.append(marks.text(left - 8.0, axis.at(tick) + 4.0, label, "c-end", LABEL))
    return parts


def spaced(axis: Axis) -> frozenset[float]:
    """Return the ticks whose labels do not touch the label before."""
    kept: set[float] = set()
    free = float("-inf")
    for tick, word in axis.ticks:
        half = text_width(word, LABEL) / 2
        if axis.at(tick) - half > free:
            kept.add(tick)
            free = axis.at(tick) + half + _GAP
    return frozenset(kept)


def key(x: float, y: float) -> list[Markup]:
    """Return the key of the lines before and after."""
    parts = []
    for index, name in enumerate(("before", "after")):
        at = x + 110.0 * index
        parts.append(marks.line((at, y - 4.0), (at + 26.0, y - 4.0), f"c-{name}"))
        parts.append(marks.text(at + 34.0, y, name))
    return parts
