"""Each holding by itself, and what everything taken together adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.catalog.uses import Counts
from counterseal.cli.yielding.words import amount, people, ranged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.catalog.attributes import Attribute
    from counterseal.consequence.static import StaticTable
    from counterseal.consequence.taken.holdings import HoldingValue
    from counterseal.consequence.taken.people import Ready
    from counterseal.consequence.taken.ranges import Range
    from counterseal.consequence.taken.together import Covered, Together

__all__ = ["alone", "layers", "staff_and_structure", "together"]

_LONGEST = 25.0


def alone(table: StaticTable, *, in_full: bool) -> Iterator[str]:
    """Yield every holding: whom it covers, what it completes, and in full years by class."""
    attributes = {curve.attribute.id: curve.attribute for curve in table.curves}
    for row in table.holdings:
        yield f"{row.id}: {people(row.people)} people in {_places(row)}"
        if not in_full:
            yield f"  {_longest(row)}"
            cells = ", ".join(f"{use} {people(one)}" for use, one in row.uses.items())
            yield f"  ready for: {cells or 'no use on its own'} (people)"
            continue
        for name in row.attribute_years:
            yield f"  {_years(row, attributes[name])}"
        if not row.ready:
            yield "  ready for: no use on its own (people)"
        for ready in row.ready.values():
            yield f"  ready for: {ready.use.id} {_counted(ready)}"


def _longest(row: HoldingValue) -> str:
    """Return the class that yields most, of all that a holding has."""
    if not row.attribute_years:
        return "no class of data about people"
    years = {name: by_years[_LONGEST] for name, by_years in row.attribute_years.items()}
    name = max(sorted(years), key=lambda one: years[one].value)
    others = len(years) - 1
    return f"{name} {ranged(years[name])} person-years over 25 years; {others} more (--full)"


def _years(row: HoldingValue, attribute: Attribute) -> str:
    by_years = row.attribute_years[attribute.id]
    cells = "  ".join(f"{years:g} y {amount(one.value)}" for years, one in by_years.items())
    last = by_years[_LONGEST]
    interval = f" ({amount(last.low)} to {amount(last.high)})"
    reset = f"reset: {attribute.reset.cost.value}"
    return f"{attribute.id:<24} {cells}{interval}  person-years; {reset}"


def _places(row: HoldingValue) -> str:
    places = row.spread.places
    if places == 1:
        return "one place"
    return f"{places} places: 1 to {places} times as likely to be lost, for the same people"


def _counted(ready: Ready) -> str:
    where = ready.people
    told = f"inside {people(where.inside)}, outside {people(where.outside)}"
    if ready.counts_relatives:
        return f"{people(where.relatives)} relatives, through {people(where.members)} ({told})"
    return f"{people(where.members)} people: {told}"


def together(table: StaticTable) -> Iterator[str]:
    """Yield uses by family, at a tenth, half and all of the records."""
    found = table.together
    yield "Everything taken together, people by share of the records of every holding"
    yield "  (the ends are the least and the most that the holdings may have in common)"
    shares = tuple(found.ready)
    families: dict[str, list[Ready]] = {}
    for ready in found.ready[shares[-1]]:
        families.setdefault(ready.use.family.value, []).append(ready)
    for family in sorted(families):
        yield f"  {family}"
        for ready in families[family]:
            yield from _by_share(found, ready, shares)
    if not families:
        yield "  no use is complete"


def _by_share(found: Together, ready: Ready, shares: tuple[float, ...]) -> Iterator[str]:
    kin = " (relatives)" if ready.use.counts is Counts.RELATIVES else ""
    only = ", which no holding completes alone" if ready.use.id in found.only_together else ""
    cells = []
    for share in shares:
        one = next((r for r in found.ready[share] if r.use.id == ready.use.id), None)
        cells.append(f"{share:.0%} {people(one.counted) if one is not None else 'nobody'}")
    yield f"    {ready.use.id}{kin}{only}: {'; '.join(cells)}"
    years = found.years[shares[-1]].get(ready.use.id, {})
    person_years = "; ".join(f"{until:g} y {ranged(one)}" for until, one in years.items())
    yield f"      person-years of all: {person_years}"
    where = ready.people
    through = "of all, through people" if kin else "of all,"
    yield f"      {through} inside {people(where.inside)}, outside {people(where.outside)}"


def layers(table: StaticTable) -> Iterator[str]:
    """Yield who is covered, population by population, in each layer and in all."""
    yield "Covered people, by layer and in all layers"
    for row in table.together.covered:
        yield f"  {row.population}{_mission(row)}: {people(row.covered)} of {people(row.size)}"
        yield f"    {_layers({**row.layers, 'all three': row.all_layers})}"
    for population, share in table.together.reference.items():
        ends = f"{share.low:.0%} to {share.high:.0%}"
        yield f"  reference population {population}: {share.value:.0%} ({ends}) covered"
    yield f"  outside the declared mission: {people(table.together.outside_mission)}"
    total = dict(table.together.covered_in_all())
    total["all three"] = total.pop("all")
    yield f"  every population: {_layers(total)}"


def _layers(cells: Mapping[str, Range]) -> str:
    return "; ".join(f"{layer} {people(one)}" for layer, one in cells.items())


def _mission(row: Covered) -> str:
    words = {True: "", False: " (outside the mission)", None: " (mission unknown)"}
    return words[row.mission]


def staff_and_structure(table: StaticTable) -> Iterator[str]:
    """Yield what can be used against those who run the estate, and what it says of it."""
    yield "Own staff as subjects"
    if not table.together.staff:
        yield "  no use is complete against people with sensitive access"
    for ready in table.together.staff:
        holders = [row.id for row in table.holdings if ready.use.id in row.staff]
        by = ", ".join(holders) if holders else "no holding alone"
        yield f"  {ready.use.id}: {people(ready.counted)}; complete in {by}"
    total = sum(row.disclosures for row in table.structure)
    yield f"What the data reveals about the organization: {total} disclosure(s)"
    for one in table.structure:
        by = ", ".join(one.items) if one.items else "no holding alone, several together"
        yield f"  {one.inference.id}: {one.inference.reveals}"
        yield f"    from {by}; read off {people(one.people)} people (elicited)"
