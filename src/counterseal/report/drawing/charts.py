"""Charts of a report: comparisons, arrival curves, evidence.

Before is dashed with hollow marks, after is solid with filled marks, in every chart; color only
repeats it. Levels that are probabilities have ticks in words: two curves are to be compared,
not read off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.report import wording
from counterseal.report.drawing import marks
from counterseal.report.drawing.axes import DAY_TICKS, linear, logarithmic
from counterseal.report.drawing.glyphs import shorten
from counterseal.report.drawing.plot import chart, key, level_rules, spaced, upright_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from counterseal.report.drawing.axes import Axis
    from counterseal.report.drawing.plot import Caption
    from counterseal.report.sections import Curve, CurvePoint, HeadlineLine

__all__ = ["arrivals", "comparisons", "evidence"]

_WIDTH = 720.0
_SHARE_WORDS = (
    (0.0, "none"),
    (0.25, "a quarter"),
    (0.5, "half"),
    (0.75, "three quarters"),
    (1.0, "all draws"),
)


def comparisons(lines: Sequence[HeadlineLine], caption: Caption) -> Markup:
    """Draw P(after worse than before) with its interval, one row a comparison."""
    row, left, top = 30.0, 330.0, 34.0
    bottom = top + row * len(lines)
    ticks = tuple((t / 4, f"{25 * t} %") for t in range(5))
    axis = linear(0.0, 1.0, start=left, end=_WIDTH - 30.0, ticks=ticks)
    parts = upright_rules(axis, top, bottom)
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
    return chart(_WIDTH, bottom + 26.0, caption, parts)


def arrivals(curve: Curve, caption: Caption) -> Markup:
    """Draw the share of draws in which the objective is reached by a day, before and after."""
    left, right, top, bottom = 96.0, 460.0, 16.0, 190.0
    days = [point.days for point in (*curve.before, *curve.after)]
    across = logarithmic(days, start=left, end=right, ticks=DAY_TICKS)
    down = linear(0.0, 1.0, start=bottom, end=top, ticks=_SHARE_WORDS)
    parts = upright_rules(across, top, bottom, labels=spaced(across))
    parts += level_rules(down, left, right)
    drawn = [
        _stepped(points, across, down, name)
        for points, name in ((curve.before, "before"), (curve.after, "after"))
        if points
    ]
    parts += [band for band, _ in drawn] + [line for _, line in reversed(drawn)]
    parts += key(left, bottom + 42.0)
    return chart(right + 24.0, bottom + 54.0, caption, parts)


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
    return chart(_WIDTH, 82.0, caption, parts)


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
