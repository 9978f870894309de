"""The charts of a report: comparisons, arrival curves, value, breadth and depth, evidence.

Before is dashed with hollow marks, after is solid with filled marks, in every chart; color only
repeats it. Levels that are probabilities have ticks in words: two curves are to be compared,
not read off.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from markupsafe import Markup

from counterseal.report import wording
from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import DAY_TICKS, linear, logarithmic, one_in
from counterseal.report.drawing.glyphs import shorten, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.report.drawing.axes import Axis
    from counterseal.report.sections import (
        BreadthPoint,
        Curve,
        CurvePoint,
        HeadlineLine,
        ValueLine,
    )

__all__ = ["Caption", "arrivals", "breadth_depth", "comparisons", "evidence", "value"]

_WIDTH = 720.0
_DIAGONALS = 7
_TEXT_LINE = 16.0
_NEAR = 200.0
_SHARE_WORDS = (
    (0.0, "none"),
    (0.25, "a quarter"),
    (0.5, "half"),
    (0.75, "three quarters"),
    (1.0, "all draws"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a chart is called: a prefix for its ids, a title and a description."""

    prefix: str
    title: str
    description: str


def comparisons(lines: Sequence[HeadlineLine], caption: Caption) -> Markup:
    """Draw P(after worse than before) with its interval, one row a comparison."""
    row, left, top = 30.0, 330.0, 34.0
    bottom = top + row * len(lines)
    ticks = tuple((t / 4, f"{25 * t} %") for t in range(5))
    axis = linear(0.0, 1.0, start=left, end=_WIDTH - 30.0, ticks=ticks)
    parts = _vertical_rules(axis, top, bottom)
    parts.append(marks.line((axis.at(0.5), top), (axis.at(0.5), bottom), "c-half"))
    parts.append(marks.text(axis.at(0.0), 16.0, "never worse", "c-text"))
    parts.append(marks.text(axis.at(0.5), 16.0, "as often worse as not", "c-mid"))
    parts.append(marks.text(axis.at(1.0), 16.0, "always worse", "c-end"))
    for index, line in enumerate(lines):
        y = top + row * (index + 0.5)
        name = f"{line.adversary_name or line.adversary}: {line.use_name or line.use}"
        parts.append(marks.text(8.0, y + 4.0, shorten(name, left - 24.0, 12.0)))
        if line.p_worse is None:
            parts.append(marks.text(left + 6.0, y + 4.0, wording.UNSAID))
            continue
        if line.interval:
            low, high = (axis.at(end) for end in line.interval)
            parts.append(marks.line((low, y), (high, y), "c-whisker"))
            parts += [marks.line((x, y - 6), (x, y + 6), "c-whisker") for x in (low, high)]
        parts.append(marks.circle((axis.at(line.p_worse), y), 5.0, "c-after-dot"))
    return _chart(_WIDTH, bottom + 26.0, caption, parts)


def arrivals(curve: Curve, caption: Caption) -> Markup:
    """Draw the share of draws in which the objective is reached by a day, before and after."""
    left, right, top, bottom = 96.0, 460.0, 16.0, 190.0
    days = [point.days for point in (*curve.before, *curve.after)]
    across = logarithmic(days, start=left, end=right, ticks=DAY_TICKS)
    down = linear(0.0, 1.0, start=bottom, end=top, ticks=_SHARE_WORDS)
    parts = _vertical_rules(across, top, bottom, labels=_apart(across))
    for share, word in down.ticks:
        parts.append(marks.line((left, down.at(share)), (right, down.at(share)), "c-rule"))
        parts.append(marks.text(left - 8.0, down.at(share) + 4.0, word, "c-end", 11.0))
    drawn = [
        _stepped(points, across, down, name)
        for points, name in ((curve.before, "before"), (curve.after, "after"))
        if points
    ]
    parts += [band for band, _ in drawn] + [line for _, line in reversed(drawn)]
    parts += _key(left, bottom + 42.0)
    return _chart(right + 24.0, bottom + 54.0, caption, parts)


def value(lines: Sequence[ValueLine], caption: Caption) -> Markup:
    """Draw usable person-years at the longest horizon, before and after, one row a class."""
    row, left, top = 26.0, 230.0, 14.0
    bottom = top + row * len(lines)
    ends = [pair for line in lines for pair in _last(line) if pair is not None]
    axis = logarithmic(ends, start=left, end=_WIDTH - 30.0)
    parts = _vertical_rules(axis, top, bottom)
    for index, line in enumerate(lines):
        y = top + row * (index + 0.5)
        parts.append(
            marks.text(8.0, y + 4.0, shorten(line.name or line.attribute, left - 24, 12))
        )
        before, after = _last(line)
        if before is not None and after is not None:
            ends_at = (axis.at(before), y), (axis.at(after), y)
            parts.append(marks.line(*ends_at, "c-join"))
        if before is not None:
            parts.append(marks.circle((axis.at(before), y), 6.0, "c-before-dot"))
        if after is not None:
            parts.append(marks.circle((axis.at(after), y), 4.0, "c-after-dot"))
    parts += _key(left, bottom + 42.0, dots=True)
    return _chart(_WIDTH, bottom + 54.0, caption, parts)


def breadth_depth(points: Sequence[BreadthPoint], caption: Caption) -> Markup:
    """Draw states by what can be lost and what keeps it; diagonals join equal exposure."""
    left, right, top, bottom = 110.0, 600.0, 36.0, 346.0
    across = logarithmic([exp(p.x) for p in points], start=left, end=right)
    down = logarithmic([exp(p.y) for p in points], start=bottom, end=top)
    parts = _vertical_rules(across, top, bottom)
    for tick, _ in down.ticks:
        parts.append(marks.line((left, down.at(tick)), (right, down.at(tick)), "c-rule"))
        parts.append(marks.text(left - 8.0, down.at(tick) + 4.0, one_in(tick), "c-end", 11.0))
    parts += _diagonals(across, down)
    parts += _trajectory(points, across, down)
    words = "breadth: person-years that could be lost"
    parts.append(marks.text((left + right) / 2, bottom + 42.0, words, "c-mid"))
    parts.append(marks.text(8.0, 16.0, "depth: how much of it is expected to be attained"))
    return _chart(right + 40.0, bottom + 54.0, caption, parts)


def evidence(shares: Sequence[tuple[str, float]], caption: Caption) -> Markup:
    """Draw the shares of the variance as one bar, each grade with its own pattern."""
    left, wide, high = 8.0, _WIDTH - 16.0, 34.0
    total = sum(share for _, share in shares) or 1.0
    parts: list[Markup] = []
    x = left
    for index, (_, share) in enumerate(shares):
        size = wide * share / total
        parts.append(marks.rect((x, 8.0), (size, high), f"c-grade-{index % 4}"))
        parts += _hatching(x, size, index % 4)
        x += size
    for index, (grade, share) in enumerate(shares):
        spot = left + index * wide / max(len(shares), 4)
        parts.append(marks.rect((spot, 56.0), (22.0, 14.0), f"c-grade-{index % 4}"))
        parts += _hatching(spot, 22.0, index % 4, top=56.0, high=14.0)
        words = shorten(f"{grade} {wording.percent(share)}", wide / 4 - 36.0, 12.0)
        parts.append(marks.text(spot + 30.0, 67.0, words))
    return _chart(_WIDTH, 82.0, caption, parts)


def _chart(width: float, height: float, caption: Caption, parts: list[Markup]) -> Markup:
    return marks.svg(
        width=width,
        height=height,
        prefix=caption.prefix,
        title=caption.title,
        description=caption.description,
        body=Markup("").join(parts),
    )


def _vertical_rules(
    axis: Axis, top: float, bottom: float, *, labels: frozenset[float] | None = None
) -> list[Markup]:
    parts = []
    for tick, word in axis.ticks:
        parts.append(marks.line((axis.at(tick), top), (axis.at(tick), bottom), "c-rule"))
        if labels is None or tick in labels:
            parts.append(marks.text(axis.at(tick), bottom + 18.0, word, "c-mid", 11.0))
    return parts


def _apart(axis: Axis) -> frozenset[float]:
    """Return the ticks whose labels do not touch the label before."""
    kept: set[float] = set()
    free = float("-inf")
    for tick, word in axis.ticks:
        half = text_width(word, 11.0) / 2
        if axis.at(tick) - half > free:
            kept.add(tick)
            free = axis.at(tick) + half + 6.0
    return frozenset(kept)


def _stepped(
    points: Sequence[CurvePoint], across: Axis, down: Axis, name: str
) -> tuple[Markup, Markup]:
    """Return band and line; a share rises only on the day at which it was counted."""

    def steps(shares: list[float]) -> list[tuple[float, float]]:
        corners: list[tuple[float, float]] = []
        for point, share in zip(points, shares, strict=True):
            if corners:
                corners.append((across.at(point.days), corners[-1][1]))
            corners.append((across.at(point.days), down.at(share)))
        return corners

    low = [p.p if p.low is None else p.low for p in points]
    high = [p.p if p.high is None else p.high for p in points]
    band = marks.area(steps(high), steps(low), f"c-{name}-band")
    return band, marks.polyline(steps([p.p for p in points]), f"c-{name}")


def _key(x: float, y: float, *, dots: bool = False) -> list[Markup]:
    """Return the key of before and after."""
    parts = []
    for index, name in enumerate(("before", "after")):
        at = x + 110.0 * index
        if dots:
            radius = 4.0 if index else 6.0
            parts.append(marks.circle((at + 12.0, y - 4.0), radius, f"c-{name}-dot"))
        else:
            parts.append(marks.line((at, y - 4.0), (at + 26.0, y - 4.0), f"c-{name}"))
        parts.append(marks.text(at + 34.0, y, name))
    return parts


def _last(line: ValueLine) -> tuple[float | None, float | None]:
    """Return the medians at the longest horizon, where they are above zero."""
    both = []
    for estimates in (line.before, line.after):
        last = estimates[-1] if estimates else None
        median = last.median if last else None
        both.append(median if median is not None and median > 0 else None)
    return both[0], both[1]


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
    parts = []
    by_label = {
        point.label: (across.at(exp(point.x)), down.at(exp(point.y))) for point in points
    }
    if "before" in by_label and "after" in by_label:
        parts.append(marks.line(by_label["before"], by_label["after"], "c-join"))
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


def _hatching(
    x: float, size: float, pattern: int, *, top: float = 8.0, high: float = 34.0
) -> list[Markup]:
    """Return the lines that tell a grade apart without color: none, across, down, both."""
    parts = []
    step = 7.0
    if pattern in {1, 3}:
        count = int(size // step)
        spots = [x + step * (i + 0.5) for i in range(count)]
        parts += [marks.line((s, top), (s, top + high), "c-hatch") for s in spots]
    if pattern in {2, 3}:
        rows = [top + step * (i + 0.5) for i in range(int(high // step))]
        parts += [marks.line((x, r), (x + size, r), "c-hatch") for r in rows]
    return parts
