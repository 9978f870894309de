"""How much is known about one person: share of people with at least so many classes of data."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import linear
from counterseal.report.drawing.plot import chart, key, level_rules, upright_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.report.drawing.axes import Axis
    from counterseal.report.drawing.plot import Caption

__all__ = ["at_least", "fullness"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 96.0, 460.0, 16.0, 190.0
_MOST_TICKS = 8


def at_least(shares: Sequence[float]) -> tuple[float, ...]:
    """Return shares of people with at least 1, 2, 3, … classes, from those with 0, 1, 2, …."""
    tail, found = 0.0, []
    for share in reversed(shares[1:]):
        tail += share
        found.append(tail)
    return tuple(reversed(found))


def fullness(before: Sequence[float], after: Sequence[float], caption: Caption) -> Markup:
    """Draw both distributions, given as shares of people with 0, 1, 2, … classes."""
    rows = (("before", at_least(before)), ("after", at_least(after)))
    many = max(1, *(_last(row) for _, row in rows))
    most = _rounded_up(max(max(row, default=0.0) for _, row in rows))
    step = max(1, -(-many // _MOST_TICKS))
    across = linear(
        0.0,
        float(many),
        start=_LEFT,
        end=_RIGHT,
        ticks=tuple((float(n), str(n)) for n in range(0, many + 1, step)),
    )
    ticks = tuple((most * part, f"{100 * most * part:.3g} %") for part in (0.0, 0.5, 1.0))
    down = linear(0.0, most, start=_BOTTOM, end=_TOP, ticks=ticks)
    parts = upright_rules(across, _TOP, _BOTTOM)
    parts += level_rules(down, _LEFT, _RIGHT)
    parts += [
        marks.polyline(_steps(row, many, across, down), f"c-{name}") for name, row in rows
    ]
    parts.append(marks.text(_RIGHT, _BOTTOM + 34.0, "classes of data, at least", "c-end"))
    parts += key(_LEFT, _BOTTOM + 56.0)
    return chart(_RIGHT + 24.0, _BOTTOM + 68.0, caption, parts)


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
