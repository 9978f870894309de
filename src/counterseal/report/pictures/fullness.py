"""How much is known about one person: share of people with at least so many classes of data."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import linear
from counterseal.report.drawing.plot import Caption, key, level_rules, upright_rules
from counterseal.report.pictures.sheet import heading, notes, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.report.drawing.axes import Axis

__all__ = ["at_least", "fullness"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 76.0, 600.0, 52.0, 240.0
_MOST_TICKS = 8


def at_least(shares: Sequence[float]) -> tuple[float, ...]:
    """Return shares of people with at least 1, 2, 3, … classes, from those with 0, 1, 2, …."""
    tail, found = 0.0, []
    for share in reversed(shares[1:]):
        tail += share
        found.append(tail)
    return tuple(reversed(found))


def fullness(before: Sequence[float], after: Sequence[float], *, title: str) -> bytes:
    """Return both distributions as lines, given as shares of people with 0, 1, 2, … classes."""
    rows = (("before", at_least(before)), ("after", at_least(after)))
    many = max(1, *(_last(row) for _, row in rows))
    most = _rounded_up(max(max(row, default=0.0) for _, row in rows))
    step = max(1, -(-many // _MOST_TICKS))
    names = tuple((float(n), str(n)) for n in range(0, many + 1, step))
    across = linear(0.0, float(many), start=_LEFT, end=_RIGHT, ticks=names)
    ticks = tuple((most * part, f"{100 * most * part:.3g} %") for part in (0.0, 0.5, 1.0))
    down = linear(0.0, most, start=_BOTTOM, end=_TOP, ticks=ticks)
    parts = [heading(title)]
    parts += upright_rules(across, _TOP, _BOTTOM) + level_rules(down, _LEFT, _RIGHT)
    for name, row in rows:
        parts.append(marks.polyline(_steps(row, many, across, down), f"c-{name}"))
    parts += key(_LEFT, _BOTTOM + 42.0)
    words = (
        "Height: share of people of whom at least so many classes of data are known together.",
        "Joins that fail are counted; people and trials are those of the draws.",
    )
    below, end = notes(words, width=_RIGHT + 24.0, left=16.0, top=_BOTTOM + 68.0)
    caption = Caption(prefix="fullness", title=title, description=_described(rows))
    return sheet(_RIGHT + 24.0, end + 4.0, caption, parts + below)


def _described(rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    said = (
        f"{name}: "
        + ", ".join(f"{number} or more {100 * share:.2g} %" for number, share in _some(row))
        for name, row in rows
    )
    return f"Share of people by classes of data known together; {'; '.join(said)}."


def _some(row: Sequence[float]) -> list[tuple[int, float]]:
    """Return every fifth number of classes and the first, with its share."""
    numbers = (number for number in range(1, len(row) + 1) if number == 1 or number % 5 == 0)
    return [(number, row[number - 1]) for number in numbers]


def _steps(
    row: Sequence[float], many: int, across: Axis, down: Axis
) -> list[tuple[float, float]]:
    """Return the corners of the line: level over the span up to each number of classes."""
    corners = []
    for number in range(1, many + 1):
        share = row[number - 1] if number <= len(row) else 0.0
        corners.append((across.at(number - 1.0), down.at(share)))
        corners.append((across.at(float(number)), down.at(share)))
    corners.append((across.at(float(many)), down.at(0.0)))
    return corners


def _last(row: Sequence[float]) -> int:
    return max((number for number, share in enumerate(row, start=1) if share > 0.0), default=0)


def _rounded_up(share: float) -> float:
    if share <= 0.0:
        return 1.0
    scale = 10.0 ** floor(log10(share))
    return next(step * scale for step in (1.0, 2.0, 5.0, 10.0) if step * scale >= share - 1e-12)
