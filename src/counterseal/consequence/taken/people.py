"""Who is in what: people of each population in each item, and what is offered about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from counterseal.catalog.uses import Counts
from counterseal.consequence.facts import count_id, parameters_of
from counterseal.consequence.taken.bounds import distinct
from counterseal.consequence.taken.ranges import NOTHING, Range, of_parameter
from counterseal.estate.kinds import PopulationFlag
from counterseal.estate.records import MINIMUM_CELL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from counterseal.attackgraph.model import Parameter
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["People", "Ready", "Subjects", "people_json"]

Needs = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """People of some populations, told apart by where they are.

    Attributes:
        members: People whom the data is about.
        inside, outside: Members inside and outside the jurisdiction.
        relatives: People reached through members who are their relatives.
    """

    members: Range
    inside: Range
    outside: Range
    relatives: Range

    def plus(self, other: People) -> People:
        """Return the people of two populations; populations are disjoint by definition."""
        return People(
            members=self.members.plus(other.members),
            inside=self.inside.plus(other.inside),
            outside=self.outside.plus(other.outside),
            relatives=self.relatives.plus(other.relatives),
        )

    def as_json(self) -> dict[str, Json]:
        """Return the four numbers, cells below the smallest one suppressed."""
        return {
            "members": people_json(self.members),
            "inside": people_json(self.inside),
            "outside": people_json(self.outside),
            "relatives": people_json(self.relatives),
        }


NOBODY = People(members=NOTHING, inside=NOTHING, outside=NOTHING, relatives=NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """People for whom a use is complete.

    Attributes:
        use: The use.
        people: Over all populations.
        by_population: By population; those without anybody are left out.
    """

    use: Use
    people: People
    by_population: Mapping[str, People]

    @property
    def counted(self) -> Range:
        """Whom the use counts: members, or their relatives."""
        return self.people.relatives if self.counts_relatives else self.people.members

    @property
    def counts_relatives(self) -> bool:
        """Whether relatives are counted."""
        return self.use.counts is Counts.RELATIVES


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """An estate as people and what is offered about them; ranges as in its parameters.

    Attributes:
        estate, catalog: What is asked about.
    """

    estate: Estate
    catalog: Catalog

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Counts, sizes, shares and relatives per member."""
        return parameters_of(self.estate)

    @cached_property
    def items(self) -> Mapping[str, Holding | Feed]:
        """Holdings, then feeds, each by id."""
        return {**self.estate.holdings, **self.estate.feeds}

    @cached_property
    def staff(self) -> frozenset[str]:
        """Populations with sensitive access: those who run what is described (R32)."""
        return frozenset(
            population.id
            for population in self.estate.populations.values()
            if PopulationFlag.SENSITIVE_ACCESS_STAFF in population.flags
        )

    @cached_property
    def _covers(self) -> Mapping[str, frozenset[str]]:
        """Populations that each item covers."""
        return {
            name: frozenset(row.population for row in item.populations)
            for name, item in self.items.items()
        }

    @cached_property
    def _about(self) -> Mapping[str, tuple[str, ...]]:
        """Items that cover each population, holdings before feeds, each by id."""
        found: dict[str, list[str]] = {}
        for name, populations in self._covers.items():
            for population in populations:
                found.setdefault(population, []).append(name)
        return {population: tuple(names) for population, names in found.items()}

    def count(self, item: str, population: str) -> Range:
        """Return the people of a population in an item, at most the population."""
        return self._stated(item, population).capped(self.size(population))

    def _stated(self, item: str, population: str) -> Range:
        """Return the people of a population in an item, as stated."""
        return of_parameter(self.parameters[count_id(item, population)])

    def size(self, population: str) -> Range:
        """Return the people in a population."""
        return of_parameter(self.parameters[f"fact:{population}.size"])

    def inside_share(self, population: str) -> Range:
        """Return the share of a population inside the jurisdiction."""
        return of_parameter(self.parameters[f"fact:{population}.inside-share"])

    def kin(self, population: str) -> Range:
        """Return relatives per member of a population."""
        return of_parameter(self.parameters[f"fact:{population}.kin-extension"])

    def offered(self, item: str, *, surely: bool = False) -> frozenset[str]:
        """Return the classes an item offers about its people.

        A pseudonymized holding offers no direct identifier. Where nobody knows whether it is,
        direct identifiers are offered at most, and not ``surely``.
        """
        known = frozenset(self.items[item].attributes) & frozenset(self.catalog.attributes)
        holding = self.estate.holdings.get(item)
        hidden = holding.pseudonymized.value if holding is not None else False
        if hidden or (hidden is None and surely):
            return frozenset(a for a in known if not self.catalog.attributes[a].direct)
        return known

    def about(self, population: str, items: Collection[str] | None = None) -> tuple[str, ...]:
        """Return the items (of ``items``, or of all) that cover a population."""
        every = self._about.get(population, ())
        if items is None:
            return every
        wanted = frozenset(items)
        if len(wanted) == 1:
            return tuple(item for item in wanted if population in self._covers[item])
        return tuple(item for item in every if item in wanted)

    def meeting(
        self,
        needs: Needs,
        population: str,
        *,
        items: Collection[str] | None = None,
        captured: float = 1.0,
    ) -> Range:
        """Return people of a population about whom some items together meet every need.

        Args:
            needs: Classes of each need; any one meets it.
            population: Which people.
            items: Items that are taken; all when ``None``.
            captured: Share of the records of every item that is taken, in (0, 1] (R68).
        """
        about = self.about(population, items)
        if not about:
            return NOTHING
        counts = [self._stated(item, population) for item in about]
        size, among = self.size(population), len(needs)
        most = [_bits(needs, self.offered(item)) for item in about]
        found = distinct(most, counts, size, needs=among, captured=captured)
        sure = [_bits(needs, self.offered(item, surely=True)) for item in about]
        if sure == most:
            return found
        low = distinct(sure, counts, size, needs=among, captured=captured).low
        return Range(low=low, value=found.value, high=found.high)

    def ready(
        self,
        use: Use,
        *,
        items: Collection[str] | None = None,
        populations: Iterable[str] | None = None,
        captured: float = 1.0,
    ) -> Ready:
        """Return the people for whom a use is complete with what some items hold."""
        needs = tuple(frozenset(group.any_of) for group in use.groups)
        by_population: dict[str, People] = {}
        chosen = self.estate.populations if populations is None else populations
        for population in chosen:
            flags = {flag.value for flag in self.estate.populations[population].flags}
            if use.populations and not flags & set(use.populations):
                continue
            members = self.meeting(needs, population, items=items, captured=captured)
            if members.high > 0:
                by_population[population] = self._told_apart(members, population, use)
        total = NOBODY
        for people in by_population.values():
            total = total.plus(people)
        return Ready(use=use, people=total, by_population=by_population)

    def _told_apart(self, members: Range, population: str, use: Use) -> People:
        inside = self.inside_share(population)
        counts_kin = use.counts is Counts.RELATIVES
        return People(
            members=members,
            inside=members.times(inside),
            outside=members.times(inside.rest_of_one()),
            relatives=members.times(self.kin(population)) if counts_kin else NOTHING,
        )


def people_json(people: Range) -> dict[str, Json]:
    """Return a number of people; a cell of one to ten is not told (``MINIMUM_CELL``).

    A central value in such a cell is null, a low end is 0 and a high end is the smallest cell.
    """
    found = people.as_json()
    if 0 < people.low < MINIMUM_CELL:
        found["low"] = 0.0
    if 0 < people.value < MINIMUM_CELL:
        found["value"] = None
    if 0 < people.high < MINIMUM_CELL:
        found["high"] = float(MINIMUM_CELL)
    return found


def _bits(needs: Sequence[frozenset[str]], offered: frozenset[str]) -> int:
    return sum(1 << place for place, need in enumerate(needs) if need & offered)
