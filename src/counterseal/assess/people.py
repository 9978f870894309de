"""For how many years would it hurt, and whom? The part that counts people (question 5).

Counts are of population classes, never of persons. Holdings of one population may cover the
same people, so what is distinct lies between the largest count and the sum
(``measures.md`` D.2, "overlap bounds"), capped at the population's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Holding, Population

__all__ = ["Coverage", "added_coverage", "coverage", "outside_mission"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Distinct people of one population that some holdings cover, between two bounds."""

    population: str
    low: float
    high: float


def coverage(
    estate: Estate, *, holdings: Collection[Holding] | None = None
) -> Mapping[str, Coverage]:
    """Return distinct people covered, by population, over ``holdings`` (default: all).

    A count that is unknown may be anything up to the population's size, so it adds nothing
    to the low bound and everything to the high one.
    """
    chosen = estate.holdings.values() if holdings is None else holdings
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for holding in chosen:
        for row in holding.populations:
            size = _size(estate.populations.get(row.population))
            least = 0.0 if row.count.value is None else float(row.count.value)
            most = size if row.count.value is None else float(row.count.value)
            low[row.population] = max(low.get(row.population, 0.0), min(least, size))
            high[row.population] = min(high.get(row.population, 0.0) + most, size)
    return {
        population: Coverage(population=population, low=low[population], high=high[population])
        for population in sorted(low)
    }


def added_coverage(before: Estate, after: Estate) -> Mapping[str, Coverage]:
    """Return the people whom holdings that are new or grown cover after the change."""
    changed = [
        holding
        for key, holding in after.holdings.items()
        if key not in before.holdings or _grew(before.holdings[key], holding)
    ]
    return coverage(after, holdings=changed)


def outside_mission(after: Estate, covered: Mapping[str, Coverage]) -> float:
    """Return the largest number of covered people who are outside the declared mission.

    A population of which nobody says whether it belongs to the mission counts as outside.
    """
    return sum(
        row.high
        for population, row in covered.items()
        if after.populations[population].mission.value is not True
    )


def _grew(old: Holding, new: Holding) -> bool:
    """Whether a holding gained an attribute, a population, people or a copy."""
    counts = {row.population: row.count.value for row in old.populations}
    more_people = any(
        row.population not in counts or (row.count.value or 0) > (counts[row.population] or 0)
        for row in new.populations
    )
    more_attributes = not set(new.attributes) <= set(old.attributes)
    return more_people or more_attributes or not set(new.copies) <= set(old.copies)


def _size(population: Population | None) -> float:
    if population is None or population.size.value is None:
        return float("inf")
    return float(population.size.value)
