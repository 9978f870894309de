"""How many distinct people, when only counts are known: sharp bounds, ends with ends.

The same bounds as in :mod:`counterseal.consequence.cover` (Boole 1854, Fréchet 1935), for what
is held today and with ranges for the counts; the two are tested against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.consequence.taken.ranges import NOTHING, Range

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["distinct"]

_CENTRE = 0.5
"""Place between the bounds for the central value, as the parameter ``overlap:POPULATION``."""


def distinct(
    meets: Sequence[int],
    counts: Sequence[Range],
    size: Range,
    *,
    needs: int,
    captured: float = 1.0,
) -> Range:
    """Return people for whom some items together meet every need.

    Args:
        meets: Needs that each item meets, as a set of bits.
        counts: People in each item; more than the population count as all of it.
        size: People in the population.
        needs: How many needs there are; one need asks for people in any item that meets it.
        captured: Share of the records of every item that is taken, in (0, 1].
    """
    every = (1 << needs) - 1
    reached = 0
    for bits in meets:
        reached |= bits
    if reached & every != every:
        return NOTHING
    values = [captured * min(count.value, size.value) for count in counts]
    highs = [captured * min(count.high, size.high) for count in counts]
    least = _least(meets, values, size.value, every)
    most = _most(meets, values, size.value, needs)
    return Range(
        low=_lowest(meets, counts, size, needs, captured),
        value=least + _CENTRE * (most - least),
        high=_most(meets, highs, size.high, needs),
    )


def _lowest(
    meets: Sequence[int], counts: Sequence[Range], size: Range, needs: int, captured: float
) -> float:
    """Return a bound below over all sizes of the population in its range.

    A cover of d items is concave in the size, so it is least at an end: at the high one, unless
    all its items are larger than the low one, where it leaves 1 - d (1 - captured) of that.
    No cover needs more items than there are needs.
    """
    every = (1 << needs) - 1
    at_high = [captured * min(count.low, size.high) for count in counts]
    at_low = [captured * min(count.low, size.low) for count in counts]
    all_larger = max(0.0, size.low * (1.0 - needs * (1.0 - captured)))
    tight = min(all_larger, _least(meets, at_high, size.high, every))
    return max(tight, _least(meets, at_low, size.high, every))


def _least(meets: Sequence[int], counts: Sequence[float], size: float, every: int) -> float:
    """Return the best cover of all needs: sum(n) - (d - 1) N of d items, at least 0."""
    never = float("-inf")
    best = [0.0] + [never] * every
    for bits, count in zip(meets, counts, strict=True):
        gain = min(count, size) - size
        for some in range(every, 0, -1):
            if some & bits:
                best[some] = max(best[some], best[some & ~bits] + gain)
    return max(0.0, size + best[every])


def _most(meets: Sequence[int], counts: Sequence[float], size: float, needs: int) -> float:
    """Return the smallest need, each at most the population."""
    sums = [
        sum(count for bits, count in zip(meets, counts, strict=True) if bits >> need & 1)
        for need in range(needs)
    ]
    return min(size, *sums)
