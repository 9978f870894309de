"""What each holding is worth by itself, and which ones are strategic intelligence targets.

No reach and no draw: if this one were taken today, how many person-years of what, and which
uses does it complete alone? The register of targets is a proposal with reasons; owners confirm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.canon import significant
from counterseal.catalog.uses import Counts
from counterseal.consequence.durability import HORIZONS_YEARS
from counterseal.consequence.valuation import Valuation
from counterseal.estate.kinds import Baseline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["HoldingValue", "People", "StaticTable", "Target", "static_table"]

BULK_PEOPLE = 100_000
"""People from which data without a threshold of its own counts as bulk: the highest threshold
of 28 CFR 202.205."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """A number of people: plausible range and centre."""

    low: float
    value: float
    high: float

    def times(self, low: float, value: float, high: float) -> People:
        """Return the product with a range, end by end; all numbers are at least 0."""
        return People(low=self.low * low, value=self.value * value, high=self.high * high)

    def plus(self, other: People) -> People:
        """Return the sum of two disjoint classes of people."""
        return People(
            low=self.low + other.low,
            value=self.value + other.value,
            high=self.high + other.high,
        )


NOBODY = People(low=0.0, value=0.0, high=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingValue:
    """One holding (or feed) by itself.

    Attributes:
        id: Its id.
        people: People it covers, over all populations.
        attribute_years: Person-years until each horizon, by attribute class and years.
        irreversible: Classes that nobody can reset.
        uses: People ready for each use that it completes alone; relatives where they count.
    """

    id: str
    people: People
    attribute_years: Mapping[str, Mapping[float, People]]
    irreversible: tuple[str, ...]
    uses: Mapping[str, People]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A proposal for the register of strategic intelligence targets.

    ``finding`` states a disagreement with the compliance categorization of its system (a
    system may be moderate for compliance and still be such a target); empty for none.
    """

    id: str
    reasons: tuple[str, ...]
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticTable:
    """Every holding and feed by itself, and the proposed targets, each by id."""

    holdings: tuple[HoldingValue, ...]
    targets: tuple[Target, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the table for ``counterseal consequence``, numbers with four digits."""
        return {
            "schema": "counterseal-consequence/1",
            "holdings": [_holding_json(holding) for holding in self.holdings],
            "targets": [
                {"id": target.id, "reasons": list(target.reasons), "finding": target.finding}
                for target in self.targets
            ],
        }


def static_table(estate: Estate, catalog: Catalog) -> StaticTable:
    """Value every holding and feed by itself and propose targets."""
    valuation = Valuation(estate, catalog)
    holders: dict[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    rows = [_value(holders[item], valuation, estate, catalog) for item in valuation.items]
    targets = [_target(row, estate, catalog) for row in rows if row.id in estate.holdings]
    return StaticTable(
        holdings=tuple(rows), targets=tuple(target for target in targets if target)
    )


def _value(
    holder: Holding | Feed, valuation: Valuation, estate: Estate, catalog: Catalog
) -> HoldingValue:
    by_population = {
        row.population: _people(valuation, holder.id, row.population)
        for row in holder.populations
    }
    total = NOBODY
    for people in by_population.values():
        total = total.plus(people)
    known = [a for a in sorted(set(holder.attributes)) if a in catalog.attributes]
    uses: dict[str, People] = {}
    for use in catalog.uses.values():
        ready = NOBODY
        for population, people in by_population.items():
            if _completes(holder, use, estate, catalog, population):
                counts_kin = use.counts is Counts.RELATIVES
                factor = _kin(valuation, population) if counts_kin else (1.0, 1.0, 1.0)
                ready = ready.plus(people.times(*factor))
        if ready.high > 0:
            uses[use.id] = ready
    return HoldingValue(
        id=holder.id,
        people=total,
        attribute_years={a: _years(total, catalog, a) for a in known},
        irreversible=tuple(a for a in known if catalog.attributes[a].is_irreversible),
        uses=uses,
    )


def _people(valuation: Valuation, item: str, population: str) -> People:
    count = valuation.parameters[f"fact:{item}.populations.{population}"]
    size = valuation.parameters[f"fact:{population}.size"]
    return People(
        low=min(count.low, size.low),
        value=min(count.mode, size.mode),
        high=min(count.high, size.high),
    )


def _kin(valuation: Valuation, population: str) -> tuple[float, float, float]:
    kin = valuation.parameters[f"fact:{population}.kin-extension"]
    return kin.low, kin.mode, kin.high


def _years(people: People, catalog: Catalog, attribute: str) -> Mapping[float, People]:
    survival = catalog.attributes[attribute].survival
    return {
        years: people.times(
            survival.integral(years, place=0.0),
            survival.integral(years),
            survival.integral(years, place=1.0),
        )
        for years in HORIZONS_YEARS
    }


def _completes(
    holder: Holding | Feed, use: Use, estate: Estate, catalog: Catalog, population: str
) -> bool:
    flags = {flag.value for flag in estate.populations[population].flags}
    if use.populations and not flags & set(use.populations):
        return False
    hidden = holder.id in estate.holdings and estate.holdings[holder.id].pseudonymized.value
    offered = {
        attribute
        for attribute in holder.attributes
        if attribute in catalog.attributes
        and not (hidden and catalog.attributes[attribute].direct)
    }
    return all(offered & set(group.any_of) for group in use.groups)


def _target(row: HoldingValue, estate: Estate, catalog: Catalog) -> Target | None:
    reasons = []
    for attribute in row.irreversible:
        threshold = catalog.attributes[attribute].threshold or BULK_PEOPLE
        if row.people.value >= threshold:
            name = catalog.attributes[attribute].name
            reasons.append(
                f"{name} cannot be reset and covers at least {threshold:,} people "
                f"({'28 CFR 202.205' if catalog.attributes[attribute].threshold else 'bulk'})"
            )
    for use, people in row.uses.items():
        if people.value >= BULK_PEOPLE or catalog.uses[use].populations:
            reasons.append(f"completes '{catalog.uses[use].name}' alone")
    if not reasons:
        return None
    return Target(id=row.id, reasons=tuple(reasons), finding=_finding(row.id, estate))


def _finding(holding: str, estate: Estate) -> str:
    system = estate.systems.get(estate.holdings[holding].system)
    if system is None:
        return ""
    category = system.categorization.value
    if category is Baseline.HIGH:
        return ""
    stated = "unknown" if category is None else category.value
    return (
        f"{system.id} is categorized {stated} for compliance, but {holding} is a strategic "
        "intelligence target: the two ratings answer different questions and disagree"
    )


def _holding_json(row: HoldingValue) -> dict[str, Json]:
    return {
        "id": row.id,
        "people": _range_json(row.people),
        "irreversible": list(row.irreversible),
        "attribute_years": {
            attribute: {
                f"{years:g}": _number(people.value) for years, people in by_years.items()
            }
            for attribute, by_years in row.attribute_years.items()
        },
        "attribute_years_range": {
            attribute: {
                f"{years:g}": [_number(people.low), _number(people.high)]
                for years, people in by_years.items()
            }
            for attribute, by_years in row.attribute_years.items()
        },
        "uses": {use: _number(people.value) for use, people in row.uses.items()},
        "uses_range": {
            use: [_number(people.low), _number(people.high)] for use, people in row.uses.items()
        },
    }


def _range_json(people: People) -> dict[str, Json]:
    return {
        "low": _number(people.low),
        "value": _number(people.value),
        "high": _number(people.high),
    }


def _number(value: float) -> float:
    return significant(value, digits=4)
