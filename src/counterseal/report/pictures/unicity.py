"""Unicity of traces: how many a few known points single out, at each resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import linear
from counterseal.report.drawing.plot import LABEL, Caption, level_rules, upright_rules
from counterseal.report.pictures.sheet import heading, notes, sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from counterseal.canon import Json
    from counterseal.report.drawing.axes import Axis

__all__ = ["UnicityLine", "unicity_of", "unicity_picture"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 76.0, 420.0, 60.0, 280.0
_WIDTH = 760.0
_APART = 15.0
_MOST_POINTS = 5
_LETTERED, _NEAR = 2, 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnicityLine:
    """The unicity of one table of traces at one resolution.

    Attributes:
        name: What a reader calls it.
        shares: Share singled out by 1, 2, … points, in [0, 1]; ``None``: not to be said.
        solid: Whether it is a resolution of all traces; else a part of them.
    """

    name: str
    shares: tuple[float | None, ...]
    solid: bool


def unicity_picture(document: Mapping[str, Json]) -> bytes:
    """Return the curves of a ``mosaic traces`` document: grid solid, subsamples dashed."""
    whole = [unicity_of(row, solid=True) for row in _rows(document["grid"])]
    parted = [unicity_of(row, solid=False) for row in _rows(document["curve"])]
    named = {line.name for line in whole}
    lines = [*whole, *(line for line in parted if line.name not in named)]
    title = "Share of traces that a few known points single out"
    across = linear(
        1.0,
        float(_MOST_POINTS),
        start=_LEFT,
        end=_RIGHT,
        ticks=tuple((float(n), f"{n}") for n in range(1, _MOST_POINTS + 1)),
    )
    ticks = tuple((share / 4, f"{25 * share} %") for share in range(5))
    down = linear(0.0, 1.0, start=_BOTTOM, end=_TOP, ticks=ticks)
    parts = [heading(title)]
    parts += upright_rules(across, _TOP, _BOTTOM) + level_rules(down, _LEFT, _RIGHT)
    for line in lines:
        parts += _drawn(line, across, down)
    parts += _named(lines, across, down)
    words = (
        "Across: known points. Solid: all traces, at each resolution.",
        "Dashed: parts of them, at the first; where these lie higher, more people lower it.",
        "A share of these traces, not of any larger population.",
    )
    below, end = notes(words, width=_WIDTH, left=16.0, top=_BOTTOM + 46.0)
    caption = Caption(prefix="unicity", title=title, description=_described(lines))
    return sheet(_WIDTH, end + 4.0, caption, parts + below)


def unicity_of(row: Mapping[str, Json], *, solid: bool) -> UnicityLine:
    """Return a row of the document as a line."""
    where = row["place"] or f"{row['degrees']} degrees"
    traces = row["traces"]
    many = f"{traces:,} traces" if isinstance(traces, int) else f"{traces} traces"
    return UnicityLine(
        name=f"{where}, {row['hours']:g} h, {many}",
        shares=tuple(_share(one["share"]) for one in _rows(row["unicity"])),
        solid=solid,
    )


def _drawn(line: UnicityLine, across: Axis, down: Axis) -> list[Markup]:
    spots = [
        (across.at(float(number)), down.at(share))
        for number, share in enumerate(line.shares, start=1)
        if share is not None
    ]
    look = "after" if line.solid else "before"
    dots = [marks.circle(spot, 3.0, f"c-{look}-dot") for spot in spots]
    return [marks.polyline(spots, f"c-{look}"), *dots]


def _named(lines: Sequence[UnicityLine], across: Axis, down: Axis) -> list[Markup]:
    """Return the names, highest line first, and the letter of each where lines lie apart."""
    order = sorted(lines, key=lambda line: (-_height(line), line.name))
    parts: list[Markup] = []
    free = _TOP - _APART
    for number, line in enumerate(order):
        letter = chr(ord("a") + number)
        free = max(free + _NEAR, down.at(_height(line)) + 13.0)
        x = across.at(float(_LETTERED)) + 7.0
        parts.append(marks.text(x, free, letter, "c-text", LABEL))
        y = _TOP + 4.0 + _APART * number
        parts.append(marks.text(_RIGHT + 18.0, y, f"{letter}  {line.name}", "c-text", LABEL))
    return parts


def _height(line: UnicityLine) -> float:
    """Return the share at which a line is lettered: of two points, where it may be said."""
    known = [share for share in line.shares[_LETTERED - 1 :] if share is not None]
    return known[0] if known else 0.0


def _described(lines: Sequence[UnicityLine]) -> str:
    said = (
        f"{line.name}: "
        + ", ".join("not said" if s is None else f"{100 * s:.3g} %" for s in line.shares)
        for line in lines
    )
    return f"Share singled out by 1, 2, 3, 4 and 5 points; {'; '.join(said)}."


def _share(value: Json) -> float | None:
    found = value["value"] if isinstance(value, dict) else value
    return float(found) if isinstance(found, int | float) else None


def _rows(value: Json) -> Sequence[Mapping[str, Json]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
