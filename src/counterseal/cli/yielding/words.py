"""Uncertain numbers as a reader sees them: two or three digits, with their range."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from counterseal.estate.records import MINIMUM_CELL

if TYPE_CHECKING:
    from counterseal.consequence.taken.ranges import Range

__all__ = ["amount", "people", "ranged", "span", "years"]

_SMALL = 100
_SCALES = ((1e9, " billion"), (1e6, " million"))


def amount(value: float) -> str:
    """Return a number with two digits: ``0.36``, ``38,000``, ``1.1 billion``."""
    for scale, word in _SCALES:
        if value >= scale:
            return f"{float(f'{value / scale:.2g}'):,g}{word}"
    return f"{value:.2g}" if value < _SMALL else f"{float(f'{value:.2g}'):,.0f}"


def ranged(one: Range) -> str:
    """Return a number and its range, or the number alone where the range is a point."""
    if one.low == one.high:
        return amount(one.value)
    return f"{amount(one.value)} ({_ends(one.low, one.high)})"


def people(one: Range) -> str:
    """Return a number of people with its range; cells below the smallest are not told."""
    if one.high <= 0:
        return "nobody"
    if one.high < MINIMUM_CELL:
        return f"fewer than {MINIMUM_CELL}"
    low, value = (0.0 if 0 < end < MINIMUM_CELL else end for end in (one.low, one.value))
    centre = f"fewer than {MINIMUM_CELL}" if value != one.value else amount(value)
    return centre if low == one.high else f"{centre} ({_ends(low, one.high)})"


def years(value: float) -> str:
    """Return years with three digits."""
    return f"{value:.3g}"


def span(one: Range) -> str:
    """Return years with their range; a high end beyond all curves makes it "at least"."""
    if isinf(one.low):
        return "ever"
    if isinf(one.high):
        few = one.value == one.low
        return f"at least {amount(one.low)} years" if few else _open(one)
    return "1 year" if one.low == one.high == 1 else f"{ranged(one)} years"


def _open(one: Range) -> str:
    return f"{amount(one.value)} years ({amount(one.low)} or more)"


def _ends(low: float, high: float) -> str:
    """Return two ends, with their scale once where it is the same."""
    first, last = amount(low), amount(high)
    for _, word in _SCALES:
        if first.endswith(word) and last.endswith(word):
            first = first.removesuffix(word)
    return f"{first} to {last}"
