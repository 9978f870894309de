"""What lasts and what passes: usable years by class of data over 1, 5, 10 and 25 years.

A row a class. The marks of a class that passes stand on one another, because later years add
nothing; those of a class that lasts run on to the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import linear, logarithmic, short_number
from counterseal.report.drawing.glyphs import shorten
from counterseal.report.drawing.plot import LABEL, Caption, spaced, upright_rules
from counterseal.report.pictures.sheet import heading, notes, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.report.drawing.axes import Axis

__all__ = ["WorthRow", "people_picture", "value_picture"]

_WIDTH = 940.0
_LEFT, _RIGHT, _TOP, _ROW = 250.0, 640.0, 64.0, 22.0
_LAST_YEARS = 25.0
_PLAIN = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthRow:
    """One class of data.

    Attributes:
        name: What a reader calls it.
        kind: Why it lasts or passes.
        amounts: Usable years, or person-years, until 1, 5, 10 and 25 years; rising.
        low, high: Ends of the range of the last.
    """

    name: str
    kind: str
    amounts: tuple[float, ...]
    low: float
    high: float


def value_picture(rows: Sequence[WorthRow]) -> bytes:
    """Return usable years of one leaked value, by class, on a scale of 0 to 25 years."""
    ticks = tuple((float(t), f"{t} years" if t else "0") for t in (0, 5, 10, 15, 20, 25))
    axis = linear(0.0, _LAST_YEARS, start=_LEFT, end=_RIGHT, ticks=ticks)
    caption = Caption(
        prefix="usable-years",
        title="Usable years of one leaked value, by class of data",
        description=_described(rows, "usable years"),
    )
    return _picture(rows, axis, caption, unit="years")


def people_picture(rows: Sequence[WorthRow]) -> bytes:
    """Return usable person-years of an estate, by class, on a logarithmic scale."""
    reached = [amount for row in rows for amount in (row.low, row.high, *row.amounts)]
    axis = logarithmic(reached, start=_LEFT, end=_RIGHT)
    caption = Caption(
        prefix="person-years",
        title="Value over 25 years: usable person-years by class of data",
        description=_described(rows, "person-years"),
    )
    return _picture(rows, axis, caption, unit="person-years")


def _picture(rows: Sequence[WorthRow], axis: Axis, caption: Caption, *, unit: str) -> bytes:
    bottom = _TOP + _ROW * max(len(rows), 1)
    parts = [heading(caption.title)]
    parts += upright_rules(axis, _TOP - 8.0, bottom, labels=spaced(axis))
    for number, row in enumerate(rows):
        parts += _row(row, axis, _TOP + _ROW * (number + 0.5))
    words = (
        f"Marks, from the left: {unit} until 1, 5 and 10 years (hollow) and 25 years (filled).",
        "The bar is the range of the last. Where marks meet, later years add nothing.",
    )
    below, end = notes(words, width=_WIDTH, left=16.0, top=bottom + 48.0)
    return sheet(_WIDTH, end + 4.0, caption, parts + below)


def _row(row: WorthRow, axis: Axis, y: float) -> list[Markup]:
    name = shorten(row.name, _LEFT - 32.0, 12.0)
    parts = [marks.text(_LEFT - 14.0, y + 4.0, name, "c-end")]
    spots = [axis.at(amount) for amount in row.amounts]
    low, high = axis.at(row.low), axis.at(row.high)
    parts.append(marks.line((spots[0], y), (spots[-1], y), "c-join"))
    parts.append(marks.line((low, y), (high, y), "c-whisker"))
    parts += [marks.line((x, y - 5.0), (x, y + 5.0), "c-whisker") for x in (low, high)]
    parts += [marks.circle((x, y), 3.5, "c-step-dot") for x in spots[:-1]]
    parts.append(marks.circle((spots[-1], y), 4.5, "c-after-dot"))
    said = f"{_short(row.amounts[-1])} ({_short(row.low)} to {_short(row.high)})"
    parts.append(marks.text(_RIGHT + 14.0, y + 4.0, said, "c-text", LABEL))
    parts.append(marks.text(_WIDTH - 12.0, y + 4.0, row.kind, "c-end", LABEL))
    return parts


def _short(value: float) -> str:
    """Return a number with three digits, or two where it is small or has a unit."""
    return short_number(float(f"{value:.3g}" if 1 <= value < _PLAIN else f"{value:.2g}"))


def _described(rows: Sequence[WorthRow], unit: str) -> str:
    cells = (
        f"{row.name} {_short(row.amounts[-1])} ({_short(row.low)} to {_short(row.high)})"
        for row in rows
    )
    return f"Until year 25, in {unit}: {'; '.join(cells)}."
