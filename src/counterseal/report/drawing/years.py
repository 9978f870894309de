"""Value over the years: one small chart for each class of attribute, all on one scale.

Lines of one class stand apart from those of the others, because classes that are lost together
are worth nearly the same and would hide one another. Each line is named at its end.
"""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import linear, short_number
from counterseal.report.drawing.plot import LABEL, chart, level_rules, spaced, upright_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.report.drawing.axes import Axis
    from counterseal.report.drawing.plot import Caption
    from counterseal.report.sections import Estimate, ValueLine

__all__ = ["change_of", "highest", "panel", "ranked", "rounded"]

_WIDTH, _BOTTOM = 320.0, 150.0
_LEFT, _RIGHT, _TOP = 52.0, 228.0, 14.0
_APART = 15.0
_STEPS = (1.0, 2.0, 5.0, 10.0)
_DIGITS = 2


def ranked(lines: Sequence[ValueLine]) -> tuple[ValueLine, ...]:
    """Return the lines that the change moves, most first, by the longest horizon."""
    moved = [line for line in lines if change_of(line) > 0]
    return tuple(sorted(moved, key=lambda line: (-change_of(line), line.attribute)))


def change_of(line: ValueLine) -> float:
    """Return by how much the medians at the longest horizon differ; 0 when one is missing."""
    before, after = (_median(row[-1]) if row else None for row in (line.before, line.after))
    return abs(after - before) if before is not None and after is not None else 0.0


def highest(lines: Sequence[ValueLine]) -> float:
    """Return a round number above all that the lines and their ranges reach."""
    ends = [
        end
        for line in lines
        for row in (line.before, line.after)
        for cell in row
        for end in (_median(cell), cell.high if cell else None)
        if end is not None
    ]
    most = max(ends, default=0.0)
    if most <= 0:
        return 1.0
    scale = 10.0 ** floor(log10(most))
    return next(step * scale for step in _STEPS if step * scale >= most * (1 - 1e-12))


def rounded(value: float) -> str:
    """Return a number of two digits in as few letters as possible: ``120k``, ``1.1bn``."""
    return short_number(float(f"{value:.{_DIGITS}g}"))


def panel(line: ValueLine, caption: Caption, *, most: float) -> Markup:
    """Draw the usable person-years of one class before and after, on a scale up to ``most``."""
    last = max(line.years, default=1.0)
    names = tuple(
        (year, f"{year:g}" if year < last else f"{year:g} years") for year in line.years
    )
    across = linear(0.0, last, start=_LEFT, end=_RIGHT, ticks=names)
    ticks = tuple((most * part, short_number(most * part)) for part in (0.0, 0.5, 1.0))
    down = linear(0.0, most, start=_BOTTOM, end=_TOP, ticks=ticks)
    parts = upright_rules(across, _TOP, _BOTTOM, labels=spaced(across))
    parts += level_rules(down, _LEFT, _RIGHT)
    rows = (("before", line.before), ("after", line.after))
    parts += [_band(line.years, row, across, down, name) for name, row in rows]
    for name, row in rows:
        parts += _line(line.years, row, across, down, name)
    parts += _ends(rows, down)
    return chart(_WIDTH, _BOTTOM + 28.0, caption, parts)


def _band(
    years: Sequence[float],
    row: Sequence[Estimate | None],
    across: Axis,
    down: Axis,
    name: str,
) -> Markup:
    cells = [
        (across.at(year), down.at(cell.low), down.at(cell.high))
        for year, cell in zip(years, row, strict=False)
        if cell is not None and cell.low is not None and cell.high is not None
    ]
    upper = [(x, high) for x, _, high in cells]
    lower = [(x, low) for x, low, _ in cells]
    return marks.area(upper, lower, f"c-{name}-band")


def _line(
    years: Sequence[float],
    row: Sequence[Estimate | None],
    across: Axis,
    down: Axis,
    name: str,
) -> list[Markup]:
    """Return the line through the medians, with a mark at every horizon."""
    spots = [
        (across.at(year), down.at(median))
        for year, cell in zip(years, row, strict=False)
        if (median := _median(cell)) is not None
    ]
    radius = 4.0 if name == "before" else 3.0
    dots = [marks.circle(spot, radius, f"c-{name}-dot") for spot in spots]
    return [marks.polyline(spots, f"c-{name}"), *dots]


def _ends(rows: Sequence[tuple[str, Sequence[Estimate | None]]], down: Axis) -> list[Markup]:
    """Return the name and the last value of each line beside its end, apart from the other."""
    ends = [
        (down.at(median), f"{name} {rounded(median)}")
        for name, row in rows
        if row and (median := _median(row[-1])) is not None
    ]
    ends.sort()
    heights = [y for y, _ in ends]
    if len(ends) > 1 and heights[1] - heights[0] < _APART:
        middle = sum(heights) / 2
        heights = [middle - _APART / 2, middle + _APART / 2]
    return [
        marks.text(_RIGHT + 10.0, y + 4.0, words, "c-text", LABEL)
        for y, (_, words) in zip(heights, ends, strict=True)
    ]


def _median(cell: Estimate | None) -> float | None:
    return cell.median if cell is not None else None
