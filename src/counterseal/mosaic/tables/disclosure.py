"""What may leave a table: aggregates, none of them about fewer people than the minimum.

The histogram of class sizes is coarsened until every bin has no record or at least the minimum
number of them. Every count of people that is released is a union of bins, so the difference of
any two is one too. Where a count cannot be released there is nothing in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, combinations
from math import gcd
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from counterseal.errors import TooSmallError
from counterseal.mosaic.tables.releases import Group, Released, admitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.mosaic.tables.classes import ClassSize, ClassSizes
    from counterseal.mosaic.tables.diversity import Diversity

__all__ = [
    "MINIMUM",
    "THRESHOLDS",
    "Bin",
    "Release",
    "coarsened",
    "disclosed",
    "nested",
    "released",
]

MINIMUM: Final = 11
"""Fewest people that a released number may be about."""

THRESHOLDS: Final = (3, 5, 11)
"""Class sizes below which shares of the records are reported."""

_WIDEST = 24
"""Sizes of a bin within which another histogram with the same totals is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Classes whose size is within a range.

    Attributes:
        low, high: Smallest and largest size, both included.
        classes: How many classes.
        records: How many records they have.
    """

    low: int
    high: int
    classes: int
    records: int

    @property
    def label(self) -> str:
        """The range in text: ``4`` or ``4-7``."""
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What may be said of the classes of a table.

    Attributes:
        minimum: Fewest people that a number is about.
        bins: The histogram, as finely as it may be told.
        unique: Sample uniques, or ``None`` where the number is withheld.
        below: Records in classes smaller than a size, by size; ``None`` where withheld.
        counts: Every count of people that the bins tell, for the next measurement.
    """

    minimum: int
    bins: tuple[Bin, ...]
    unique: int | None
    below: Mapping[int, int | None]
    counts: tuple[Released, ...] = ()


def released(
    sizes: ClassSizes, *, minimum: int = MINIMUM, earlier: Sequence[Released] = ()
) -> Release:
    """Return what may be said of a histogram of class sizes.

    Args:
        sizes: The histogram.
        minimum: Fewest people that a number may be about.
        earlier: Counts released about the same table before; none that is released now
            differs from one of them by too few.

    Raises:
        TooSmallError: The table has fewer records than the minimum.
    """
    if sizes.records < minimum:
        raise TooSmallError(
            f"the table has fewer than {minimum} records",
            hint="any number about so few is a number about somebody",
        )
    bins, counts = _beside(coarsened(sizes.rows, minimum=minimum), sizes, minimum, earlier)
    below = {size: _below(bins, size) for size in (2, *THRESHOLDS)}
    return Release(
        minimum=minimum,
        bins=bins,
        unique=below[2],
        below=MappingProxyType({size: below[size] for size in THRESHOLDS}),
        counts=counts,
    )


def _beside(
    bins: Sequence[Bin], sizes: ClassSizes, minimum: int, earlier: Sequence[Released]
) -> tuple[tuple[Bin, ...], tuple[Released, ...]]:
    """Join bins until none of their ends differs from an earlier count by too few."""
    columns = frozenset(sizes.quasi_identifiers)
    ends = list(accumulate(part.records for part in bins))[:-1]
    asked = [
        Released(
            group=Group(columns=columns, missing=sizes.missing, below=part.high + 1), count=end
        )
        for part, end in zip(bins, ends, strict=False)
    ]
    counts = admitted(asked, earlier, minimum=minimum)
    cuts = {one.group.below for one in counts}
    joined: list[Bin] = []
    start = 0
    for place, part in enumerate(bins, 1):
        if part.high + 1 in cuts or place == len(bins):
            joined.append(_joined(bins[start:place]))
            start = place
    return tuple(joined), counts


def _joined(bins: Sequence[Bin]) -> Bin:
    return Bin(
        low=bins[0].low,
        high=bins[-1].high,
        classes=sum(part.classes for part in bins),
        records=sum(part.records for part in bins),
    )


def disclosed(
    diversity: Diversity, release: Release, *, earlier: Sequence[Released] = ()
) -> Released | None:
    """Return the records whose sensitive value is disclosed, or ``None`` where withheld.

    Withheld when they, the others, or those of them that are not unique are fewer than the
    minimum: the last could be had by subtracting the uniques.
    """
    total, found = diversity.sizes.records, diversity.disclosed
    parts = (found, total - found, diversity.disclosed_not_unique)
    if any(0 < part < release.minimum for part in parts):
        return None
    columns = frozenset(diversity.sizes.quasi_identifiers)
    group = Group(columns=columns, missing=diversity.sizes.missing, told=diversity.sensitive)
    asked = Released(group=group, count=found)
    return next(iter(admitted([asked], earlier, minimum=release.minimum)), None)


def coarsened(rows: Sequence[ClassSize], *, minimum: int) -> tuple[Bin, ...]:
    """Return the histogram in bins of no fewer than ``minimum`` records each.

    Bins grow upwards from a size with too few records, so that the uniques stay apart where
    they may. The classes and records of a bin follow from the totals, so its range also grows,
    over sizes that no class has, until there is more than one way to fill it.

    Args:
        rows: By size, ascending; with at least ``minimum`` records in all.
        minimum: Fewest records of a bin.
    """
    bins: list[Bin] = []
    taken: list[list[ClassSize]] = []
    held: list[ClassSize] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        held.append(row)
        ceiling = row.size + _WIDEST if after is None else after.size - 1
        high = _told(held, ceiling, minimum)
        while after is None and high is None and bins:
            bins.pop()
            held = [*taken.pop(), *held]
            high = _told(held, ceiling, minimum)
        if high is not None or after is None:
            bins.append(_bin(held, high or ceiling))
            taken.append(held)
            held = []
    return tuple(bins)


def _bin(rows: Sequence[ClassSize], high: int) -> Bin:
    return Bin(
        low=rows[0].size,
        high=high,
        classes=sum(row.classes for row in rows),
        records=sum(row.records for row in rows),
    )


def _told(rows: Sequence[ClassSize], ceiling: int, minimum: int) -> int | None:
    """Return the end of the range with which these sizes may be told together, if any."""
    if sum(row.records for row in rows) < minimum:
        return None
    small = [row.size for row in rows if row.records < minimum]
    last = rows[-1].size
    ends = range(last, min(ceiling, last + _WIDEST) + 1)
    return next((high for high in ends if all(_is_open(rows, s, high) for s in small)), None)


def _is_open(rows: Sequence[ClassSize], size: int, high: int) -> bool:
    """Whether other counts of classes, with another at ``size``, have the same two totals.

    Looks at exchanges between three sizes: x classes of one and z of another against y of a
    size between them, which keep the number of classes and of records.
    """
    have = {row.size: row.classes for row in rows}
    low = rows[0].size
    every = {*range(low, min(high, low + _WIDEST) + 1), *have, high}
    for first, middle, last in combinations(sorted(every), 3):
        if size not in {first, middle, last}:
            continue
        step = gcd(last - middle, middle - first)
        outer = ((last - middle) // step, (middle - first) // step)
        if have.get(middle, 0) >= sum(outer):
            return True
        if have.get(first, 0) >= outer[0] and have.get(last, 0) >= outer[1]:
            return True
    return False


def _below(bins: Sequence[Bin], size: int) -> int | None:
    """Return the records in classes smaller than ``size``, where bins tell it."""
    if any(part.low < size <= part.high for part in bins):
        return None
    return sum(part.records for part in bins if part.high < size)


def nested(counts: Sequence[int], *, minimum: int) -> tuple[int | None, ...]:
    """Return counts of groups that lie within each other, without those that give too few away.

    The last, the whole, stays. Of the others one stays where it, and its difference from each
    that stays, is 0 or at least ``minimum``; the first are kept before the later.

    Args:
        counts: Ascending, each of a group within the next one's.
        minimum: Fewest people that a number, or a difference of two, may be about.
    """
    kept = {len(counts) - 1: counts[-1]}
    for place, count in enumerate(counts[:-1]):
        gaps = [count, *(abs(count - other) for other in kept.values())]
        if not any(0 < gap < minimum for gap in gaps):
            kept[place] = count
    return tuple(kept.get(place) for place in range(len(counts)))
