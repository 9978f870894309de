"""Axes: where a value stands, and ticks that a person would have chosen."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

__all__ = ["DAY_TICKS", "Axis", "decades", "linear", "logarithmic", "one_in", "short_number"]

DAY_TICKS = (
    (1.0, "1 day"),
    (7.0, "1 week"),
    (30.0, "1 month"),
    (91.0, "3 months"),
    (365.0, "1 year"),
    (1825.0, "5 years"),
    (3650.0, "10 years"),
    (9125.0, "25 years"),
)
_MOST_DECADES = 7
_NARROW = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A scale from values to pixels, with ticks.

    Attributes:
        low, high: Values at the two ends; ``low < high``, both above 0 on a log axis.
        start, end: Pixels of the two ends.
        log: Whether the scale is logarithmic.
        ticks: Values with their labels.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """Return the pixel of ``value``; values beyond the ends stand at the ends."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            share = log10(inside / self.low) / log10(self.high / self.low)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def linear(
    low: float, high: float, *, start: float, end: float, ticks: tuple[tuple[float, str], ...]
) -> Axis:
    """Return a linear axis with given ticks."""
    return Axis(low=low, high=high, start=start, end=end, log=False, ticks=ticks)


def logarithmic(
    values: list[float],
    *,
    start: float,
    end: float,
    ticks: tuple[tuple[float, str], ...] = (),
) -> Axis:
    """Return a log axis around the positive ``values``, by default with a tick at decades."""
    positive = [value for value in values if value > 0] or [1.0]
    if ticks:
        low, high = min(positive), max(positive)
        if low == high:
            low, high = low / 2, high * 2
        inside = tuple(tick for tick in ticks if low <= tick[0] <= high)
        return Axis(low=low, high=high, start=start, end=end, log=True, ticks=inside)
    marks = decades(min(positive), max(positive))
    named = tuple((mark, short_number(mark)) for mark in marks)
    return Axis(low=marks[0], high=marks[-1], start=start, end=end, log=True, ticks=named)


def decades(low: float, high: float) -> tuple[float, ...]:
    """Return at most eight round numbers from below ``low`` to above ``high``."""
    first, last = floor(log10(low)), ceil(log10(high))
    if last - first <= 1:
        finer = [m * 10.0**e for e in (first, first + 1) for m in _NARROW]
        below = max((v for v in finer if v <= low), default=finer[0])
        above = min((v for v in finer if v >= high), default=finer[-1])
        marks = tuple(v for v in finer if below <= v <= above)
        return marks if len(marks) > 1 else (below, below * 10)
    step = max(1, ceil((last - first) / _MOST_DECADES))
    return tuple(10.0**e for e in range(first, last + step, step))


def one_in(times: float) -> str:
    """Return a share as ``all of it``, ``1 in 20``, ``1 in 3k``; ``times`` is at least 1."""
    return "all of it" if times < 1.05 else f"1 in {short_number(float(f'{times:.2g}'))}"  # noqa: PLR2004


def short_number(value: float) -> str:
    """Return a tick label: ``10``, ``2k``, ``5M``, ``0.1``."""
    for scale, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:g}{letter}"
    return f"{value:g}"
