"""What pairs of holdings add, as squares: their area is the share of the whole that is added.

The outline is what a perfect join would add, the filled square within it what joins as they are
add. Area says it, not color.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.glyphs import shorten
from counterseal.report.drawing.plot import LABEL, Caption
from counterseal.report.pictures.sheet import heading, notes, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup


__all__ = ["Cell", "matrix"]

_CELL, _LEFT, _TOP, _GAP = 34.0, 250.0, 74.0, 3.0
_LEAST_WIDTH = 640.0
_STYLE = """\
.m-bound { fill: none; stroke: var(--after); stroke-width: 1.2; }
.m-gain { fill: var(--after); }
.m-mark { fill: none; stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 3 2; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Two rows that add something together.

    Attributes:
        row, column: Numbers of the names; ``row > column``.
        gain: Share of the whole that is added, in [0, 1].
        bound: The same with perfect joins, at least ``gain``.
        marked: Whether the two complete what neither has.
    """

    row: int
    column: int
    gain: float
    bound: float
    marked: bool


def matrix(names: Sequence[str], cells: Sequence[Cell], *, title: str) -> bytes:
    """Return a lower triangle with a square for every pair that adds something.

    The largest bound fills its cell; the key at the foot says how much that is.

    Args:
        names: Of the holdings, in order.
        cells: Pairs of them.
        title: What the picture is called.
    """
    most = max((cell.bound for cell in cells), default=0.0)
    bottom = _TOP + _CELL * len(names)
    width = max(_LEFT + _CELL * len(names) + 16.0, _LEAST_WIDTH)
    parts = [heading(title)]
    for number, name in enumerate(names):
        parts += _named(number, name)
    for cell in cells:
        parts += _squares(cell, most)
    words = (
        f"Area: what a pair adds, as a share of the whole; the largest is {_said(most)}.",
        "Outline: with perfect joins. Filled: with joins as they are, central.",
        "A frame around the cell: neither holding gives the use to anybody alone.",
    )
    below, end = notes(words, width=width, left=16.0, top=bottom + 26.0)
    caption = Caption(prefix="pairs", title=title, description=_described(names, cells))
    return sheet(width, end + 4.0, caption, parts + below, more=_STYLE)


def _named(number: int, name: str) -> list[Markup]:
    """Return the name of a row, its number at both ends, and the rule below it."""
    y = _TOP + _CELL * (number + 0.5) + 4.0
    right = _LEFT + _CELL * number
    return [
        marks.text(_LEFT - 34.0, y, shorten(name, _LEFT - 50.0, 12.0), "c-end"),
        marks.text(_LEFT - 10.0, y, str(number + 1), "c-end", LABEL),
        marks.text(right + _CELL / 2, _TOP - 8.0, str(number + 1), "c-mid", LABEL),
        marks.line((_LEFT, y + 13.0), (max(right, _LEFT), y + 13.0), "c-rule"),
    ]


def _said(share: float) -> str:
    return f"{100 * share:.2g} %"


def _described(names: Sequence[str], cells: Sequence[Cell]) -> str:
    rows = (
        f"{names[cell.column]} with {names[cell.row]} {_said(cell.gain)}, at most "
        f"{_said(cell.bound)}" + (", which neither has" if cell.marked else "")
        for cell in cells
    )
    return (
        f"Pairs that add something: {'; '.join(rows)}." if cells else "No pair adds anything."
    )


def _squares(cell: Cell, most: float) -> list[Markup]:
    middle = (
        _LEFT + _CELL * (cell.column + 0.5),
        _TOP + _CELL * (cell.row + 0.5),
    )
    parts = []
    for share, look in ((cell.bound, "m-bound"), (cell.gain, "m-gain")):
        side = (_CELL - 2 * _GAP) * sqrt(max(share, 0.0) / most) if most > 0.0 else 0.0
        start = (middle[0] - side / 2, middle[1] - side / 2)
        parts.append(marks.rect(start, (side, side), look))
    if cell.marked:
        half = _CELL / 2 - 1.0
        start = (middle[0] - half, middle[1] - half)
        parts.append(marks.rect(start, (2 * half, 2 * half), "m-mark"))
    return parts
