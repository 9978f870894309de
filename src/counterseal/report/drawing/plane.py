"""Breadth against depth: states in the plane of what can be lost and what keeps it.

Both scales are logarithmic and a factor is as long on one as on the other, so that the lines of
equal exposure are diagonals. Under the plane stand the dates of changes approved before: an
estate records what each added, not what stood beside it, so they have dates and no points.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from math import ceil, exp, floor, log10
from typing import TYPE_CHECKING

from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import Axis, linear, one_in, short_number
from counterseal.report.drawing.glyphs import shorten
from counterseal.report.drawing.plot import LABEL, chart, level_rules, spaced, upright_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.report.drawing.plot import Caption
    from counterseal.report.sections import BreadthDepth, BreadthPoint

__all__ = ["ONLY_TWO", "breadth_depth", "dated"]

ONLY_TWO = "where the estate stood then is not known: only before and after are"

_LEFT, _RIGHT, _TOP, _BOTTOM = 110.0, 600.0, 36.0, 346.0
_FEWEST_DECADES = 1.2
_ROOM = 0.3
_DIAGONALS = 8
_TEXT_LINE = 16.0
_NEAR = 200.0
_MANTISSAS = (1.0, 2.0, 5.0)
_FEW = 5
_STRIP = 80.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A day in decimal years, and whether it is that of the change under review."""

    year: float
    now: bool


def breadth_depth(section: BreadthDepth, caption: Caption) -> Markup:
    """Draw states by what can be lost and what keeps it, over the dates of earlier changes."""
    across, down = _axes(section.points)
    parts = upright_rules(across, _TOP, _BOTTOM, labels=spaced(across))
    parts += level_rules(down, _LEFT, _RIGHT, said=lambda tick, _: one_in(tick))
    parts += _diagonals(across, down)
    parts += _trajectory(section.points, across, down)
    words = "breadth: person-years that could be lost"
    parts.append(marks.text((_LEFT + _RIGHT) / 2, _BOTTOM + 42.0, words, "c-mid"))
    parts.append(marks.text(8.0, 16.0, "depth: how much of it is expected to be attained"))
    bottom = _BOTTOM + 54.0
    days = dated(section)
    if days:
        parts += _dates(days, bottom + 18.0)
        bottom += _STRIP + 16.0
    return chart(_RIGHT + 40.0, bottom, caption, parts)


def dated(section: BreadthDepth) -> tuple[Dated, ...]:
    """Return the days of the earlier changes and of this one, in order; none without any."""
    days = [(day, False) for change in section.history if (day := _year(change.date))]
    if days and (today := _year(section.date)):
        days.append((today, True))
    return tuple(Dated(year=year, now=now) for year, now in sorted(days))


def _year(date: str) -> float | None:
    """Return a day as a decimal year; ``None`` for what is no day."""
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        return None
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def _axes(points: Sequence[BreadthPoint]) -> tuple[Axis, Axis]:
    """Return axes around the points on which a factor has the same length."""
    breadths = [point.x / _NATS for point in points]
    depths = [point.y / _NATS for point in points]
    wide, high = _RIGHT - _LEFT, _BOTTOM - _TOP
    room = max(max(depths) - min(depths) + 2 * _ROOM, _FEWEST_DECADES)
    room = max(room, (max(breadths) - min(breadths) + 2 * _ROOM) * high / wide)
    middle = (max(depths) + min(depths)) / 2
    lowest = max(0.0, middle - room / 2)
    centre = (max(breadths) + min(breadths)) / 2
    half = room * wide / high / 2
    return (
        _axis(centre - half, centre + half, start=_LEFT, end=_RIGHT),
        _axis(lowest, lowest + room, start=_BOTTOM, end=_TOP),
    )


_NATS = 2.302585092994046
"""Natural logarithms in a decade."""


def _axis(low: float, high: float, *, start: float, end: float) -> Axis:
    """Return a log axis between two powers of ten, with ticks at 1, 2, 5 or at decades."""
    decades = range(floor(low), ceil(high) + 1)
    few = high - low <= _FEW / 2
    every = ceil((high - low) / _FEW)
    values = [
        mantissa * 10.0**decade
        for decade in decades
        for mantissa in (_MANTISSAS if few else _MANTISSAS[:1])
        if few or decade % every == 0
    ]
    inside = [value for value in values if low - 1e-9 <= log10(value) <= high + 1e-9]
    ticks = tuple((value, short_number(value)) for value in inside)
    return Axis(low=10.0**low, high=10.0**high, start=start, end=end, log=True, ticks=ticks)


def _diagonals(across: Axis, down: Axis) -> list[Markup]:
    """Return lines of equal exposure at equal steps, clipped to the axes."""
    parts = []
    lowest, highest = across.low / down.high, across.high / down.low
    for number in range(1, _DIAGONALS):
        level = lowest * (highest / lowest) ** (number / _DIAGONALS)
        low = max(across.low, level * down.low)
        high = min(across.high, level * down.high)
        start = (across.at(low), down.at(low / level))
        parts.append(marks.line(start, (across.at(high), down.at(high / level)), "c-iso"))
    return parts


def _trajectory(points: Sequence[BreadthPoint], across: Axis, down: Axis) -> list[Markup]:
    """Return the marks with their labels on the free side, and the way from before to after."""
    parts: list[Markup] = []
    spots = {point.label: (across.at(exp(point.x)), down.at(exp(point.y))) for point in points}
    if "before" in spots and "after" in spots:
        parts += marks.arrow(spots["before"], spots["after"], "c-join", clear=9.0)
    taken: list[tuple[float, float]] = []
    for point in points:
        x, y = across.at(exp(point.x)), down.at(exp(point.y))
        look = f"c-{point.label}-dot" if point.label in {"before", "after"} else "c-other-dot"
        parts.append(marks.circle((x, y), 6.0, look))
        beyond = x > (across.start + across.end) / 2
        words = shorten(point.label, abs(across.end - across.start) / 2 - 20.0, 12.0)
        spot = x - 11.0 if beyond else x + 11.0
        below = y + (18.0 if point.label == "before" else -10.0)
        while any(abs(below - v) < _TEXT_LINE and abs(x - u) < _NEAR for u, v in taken):
            below += _TEXT_LINE
        taken.append((x, below))
        parts.append(marks.text(spot, below, words, "c-end-halo" if beyond else "c-halo"))
    return parts


def _dates(days: Sequence[Dated], top: float) -> list[Markup]:
    """Return the strip of dates: a stroke for an earlier change, the mark of after for this."""
    first, last = floor(days[0].year), ceil(days[-1].year)
    step = ceil((last - first) / 8) or 1
    years = tuple((float(year), f"{year}") for year in range(first, last + 1, step))
    axis = linear(first, max(last, first + 1), start=_LEFT, end=_RIGHT, ticks=years)
    level = top + 34.0
    earlier = sum(not day.now for day in days)
    said = (
        f"{earlier} changes were approved before"
        if earlier > 1
        else "1 change was approved before"
    )
    parts = [marks.text(8.0, top, f"{said}; {ONLY_TWO}")]
    parts.append(marks.line((_LEFT, level), (_RIGHT, level), "c-half"))
    for year, word in years:
        parts.append(marks.text(axis.at(year), level + 26.0, word, "c-mid", LABEL))
    for day in days:
        x = axis.at(day.year)
        if day.now:
            parts.append(marks.circle((x, level), 6.0, "c-after-dot"))
            parts.append(marks.text(x + 6.0, level - 12.0, "this change", "c-end", LABEL))
        else:
            parts.append(marks.line((x, level - 8.0), (x, level + 8.0), "c-stroke"))
    return parts
