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
from counterseal.report.drawing.plot import LABEL, chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.report.drawing.plot import Caption

__all__ = ["Cell", "matrix"]

_CELL, _LEFT, _TOP, _GAP = 34.0, 236.0, 30.0, 3.0
_LEGEND = 44.0


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


def matrix(names: Sequence[str], cells: Sequence[Cell], caption: Caption) -> Markup:
    """Draw a lower triangle with a square for every pair that adds something.

    The largest bound fills its cell; the key at the foot says how much that is.
    """
    most = max((cell.bound for cell in cells), default=0.0)
    bottom = _TOP + _CELL * len(names)
    parts: list[Markup] = []
    for number, name in enumerate(names):
        y = _TOP + _CELL * (number + 0.5) + 4.0
        parts.append(marks.text(_LEFT - 34.0, y, shorten(name, _LEFT - 50.0, 12.0), "c-end"))
        parts.append(marks.text(_LEFT - 10.0, y, str(number + 1), "c-end", LABEL))
        x = _LEFT + _CELL * (number + 0.5)
        parts.append(marks.text(x, _TOP - 8.0, str(number + 1), "c-mid", LABEL))
        right = _LEFT + _CELL * number
        parts.append(marks.line((_LEFT, y + 13.0), (max(right, _LEFT), y + 13.0), "c-rule"))
    for cell in cells:
        parts += _squares(cell, most)
    width = _LEFT + _CELL * max(len(names), 8) + 12.0
    parts += _key(bottom + 12.0, most)
    return chart(width, bottom + _LEGEND + 12.0, caption, parts)


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


def _key(y: float, most: float) -> list[Markup]:
    side = _CELL - 2 * _GAP
    words = f"{100 * most:.2g} % of the whole"
    return [
        marks.rect((_LEFT - 210.0, y), (side, side), "m-bound"),
        marks.text(_LEFT - 210.0 + side + 8.0, y + 18.0, f"perfect joins, {words}"),
        marks.rect((_LEFT + 6.0, y + 4.0), (side - 8.0, side - 8.0), "m-gain"),
        marks.text(_LEFT + side + 8.0, y + 18.0, "joins as they are"),
        marks.rect((_LEFT + 150.0, y), (side, side), "m-mark"),
        marks.text(_LEFT + 150.0 + side + 8.0, y + 18.0, "neither has it"),
    ]
