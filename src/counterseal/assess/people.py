"""For how many years would it hurt, and whom? The part that counts people (question 5).

Counts are of population classes, never of persons. Holdings of one population may cover the
same people, so what is distinct lies between the largest count and the sum
(``measures.md`` D.2, "overlap bounds"), capped at the population's size. A count is known
within the range that it states: the lower bound is made of the low ends, the upper of the high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from counterseal.estate.estate import Estate
    from counterseal.estate.fact import Fact
    from counterseal.estate.records import Feed, Holding, Population

__all__ = ["Coverage", "added_coverage", "coverage", "newly_covered", "outside_mission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Distinct people of one population that some holdings cover, between two bounds."""

    population: str
    low: float
    high: float


def coverage(
    estate: Estate, *, items: Collection[Holding | Feed] | None = None
) -> Mapping[str, Coverage]:
    """Return distinct people covered, by population, over ``items``.

    A count adds the low end of its range to the low bound and the high end to the high one. A
    count that is unknown may be anything up to the population's size, so it adds nothing
    below and everything above; of a population whose size is unknown too, the high bound is
    infinite. No bound is above the most that the population's size may be.

    Args:
        estate: Where the populations are described.
        items: Holdings and feeds; all of the estate when ``None``.
    """
    every: tuple[Holding | Feed, ...] = (*estate.holdings.values(), *estate.feeds.values())
    chosen = every if items is None else items
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for item in chosen:
        for row in item.populations:
            size = _size(estate.populations.get(row.population))
            least, most = min(_least(row.count), size), min(_most(row.count), size)
            low[row.population] = max(low.get(row.population, 0.0), least)
            high[row.population] = min(high.get(row.population, 0.0) + most, size)
    return {
        population: Coverage(population=population, low=low[population], high=high[population])
        for population in sorted(low)
    }


def added_coverage(before: Estate, after: Estate) -> Mapping[str, Coverage]:
    """Return the people whom holdings and feeds that are new or grown cover afterwards."""
    return coverage(after, items=_changed(before, after, _grew))


def newly_covered(before: Estate, after: Estate) -> Mapping[str, Coverage]:
    """Return the people whom holdings and feeds that are new, or on more people, cover.

    Another attribute of the same people, or another copy, covers nobody new.
    """
    return coverage(after, items=_changed(before, after, _has_more_people))


def _changed(
    before: Estate, after: Estate, grew: Callable[[Holding | Feed, Holding | Feed], bool]
) -> list[Holding | Feed]:
    old: Mapping[str, Holding | Feed] = {**before.holdings, **before.feeds}
    new: Mapping[str, Holding | Feed] = {**after.holdings, **after.feeds}
    return [item for key, item in new.items() if key not in old or grew(old[key], item)]


def outside_mission(after: Estate, covered: Mapping[str, Coverage]) -> float:
    """Return the largest number of covered people who are outside the declared mission.

    A population of which nobody says whether it belongs to the mission counts as outside.
    """
    return sum(
        row.high
        for population, row in covered.items()
        if after.populations[population].mission.value is not True
    )


def _grew(old: Holding | Feed, new: Holding | Feed) -> bool:
    """Whether an item gained an attribute, a population, people or a copy."""
    more_attributes = not set(new.attributes) <= set(old.attributes)
    more_copies = not _copies(new) <= _copies(old)
    return _has_more_people(old, new) or more_attributes or more_copies


def _has_more_people(old: Holding | Feed, new: Holding | Feed) -> bool:
    """Whether an item gained a population or people, or may have, as its ranges have it."""
    counts = {row.population: row.count for row in old.populations}
    return any(
        row.population not in counts or _may_exceed(row.count, counts[row.population])
        for row in new.populations
    )


def _may_exceed(new: Fact[int], old: Fact[int]) -> bool:
    """Whether a count, or the most that it may be, is higher; an unknown one may be."""
    return _most(new) > _most(old) or _best(new) > _best(old)


def _best(count: Fact[int]) -> float:
    return float("inf") if count.value is None else float(count.value)


def _least(count: Fact[int]) -> float:
    """Return the low end of a count's range: its value, or nobody, where none is stated."""
    if count.low is not None:
        return count.low
    return 0.0 if count.value is None else float(count.value)


def _most(count: Fact[int]) -> float:
    """Return the high end of a count's range: its value, or no end, where none is stated."""
    return _best(count) if count.high is None else count.high


def _copies(item: Holding | Feed) -> frozenset[str]:
    return frozenset(getattr(item, "copies", ()))


def _size(population: Population | None) -> float:
    """Return the most people that a population may have."""
    return float("inf") if population is None else _most(population.size)
