"""What became possible that was not possible before, and who could do it? (questions 1, 2).

A use of a population is possible when, in some trial, everything the use needs is held within
the horizon. Over thousands of trials that is a statement about the graph as much as about
chance; it is made per adversary, use and population, and traced to holdings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from counterseal.consequence.facts import count_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.assess.campaign import Campaign, Outcome
    from counterseal.catalog.catalog import Catalog
    from counterseal.catalog.uses import Use
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding

__all__ = ["Needs", "Possibility", "attained", "contributing", "needs_of"]

Need = tuple[str, str, tuple[tuple[str, ...], ...]]
"""(use, population, for each group of the use the items that meet it)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Needs:
    """What each use of each population needs.

    Attributes:
        rows: Sorted.
        items: Every holding and feed of the estate, in the order of a valuation.
    """

    rows: tuple[Need, ...]
    items: tuple[str, ...]

    def __iter__(self) -> Iterator[Need]:
        """Iterate over ``rows``."""
        return iter(self.rows)

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """Where the groups of each row begin, and end: (rows + 1,)."""
        return np.cumsum([0, *(len(groups) for _, _, groups in self.rows)], dtype=np.int64)

    @cached_property
    def members(self) -> NDArray[np.int64]:
        """Where the items of each group begin, and end: (groups + 1,)."""
        sizes = (len(group) for _, _, groups in self.rows for group in groups)
        return np.cumsum([0, *sizes], dtype=np.int64)

    @cached_property
    def member(self) -> NDArray[np.int64]:
        """Position in ``items`` of each item of each group."""
        place = {item: index for index, item in enumerate(self.items)}
        every = (item for _, _, groups in self.rows for group in groups for item in group)
        return np.array([place[item] for item in every], np.int64)

    def without(self, absent: frozenset[str]) -> NDArray[np.bool_]:
        """Return which members stand for a count (parameter id) that is ``absent``."""
        gone = np.zeros(self.member.size, np.bool_)
        for count in self._standing_for.keys() & absent:
            gone[self._standing_for[count]] = True
        return gone

    @cached_property
    def _standing_for(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        member = 0
        for _, population, groups in self.rows:
            for group in groups:
                for item in group:
                    found.setdefault(count_id(item, population), []).append(member)
                    member += 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Possibility:
    """A use of a population by an adversary."""

    adversary: str
    use: str
    population: str


def needs_of(estate: Estate, catalog: Catalog) -> Needs:
    """Return every use and population for which the estate holds all that the use needs."""
    found = []
    about = _about(estate)
    for use in catalog.uses.values():
        for population in sorted(estate.populations):
            if not _concerns(use, estate, population):
                continue
            groups = tuple(
                _with_any(about[population], frozenset(group.any_of)) for group in use.groups
            )
            if all(groups):
                found.append((use.id, population, groups))
    items = (*sorted(estate.holdings), *sorted(estate.feeds))
    return Needs(rows=tuple(sorted(found)), items=items)


def attained(campaign: Campaign, outcome: Outcome, needs: Needs) -> frozenset[Possibility]:
    """Return what some trial of ``outcome`` attains within the horizon."""
    uses = campaign.adversary.objectives.uses
    met = np.array([use in uses for use, _, _ in needs], np.bool_)
    gone = needs.without(outcome.absent)
    _meet(needs.groups, needs.members, needs.member, gone, campaign.held(outcome), met)
    return frozenset(
        Possibility(adversary=campaign.adversary.id, use=use, population=population)
        for (use, population, _), is_met in zip(needs, met, strict=True)
        if is_met
    )


@njit(cache=True, nogil=True)
def _meet(  # noqa: PLR0917 - numba compiles positional calls
    groups: NDArray[np.int64],
    members: NDArray[np.int64],
    member: NDArray[np.int64],
    gone: NDArray[np.bool_],
    held: NDArray[np.uint64],
    met: NDArray[np.bool_],
) -> None:
    """Clear ``met`` of every row of needs that no trial meets: bit by bit, 64 at a time.

    ``held`` (items, words) has a bit per trial; the rest is as in ``Needs``.
    """
    words = held.shape[1]
    ready, some = np.empty(words, np.uint64), np.empty(words, np.uint64)
    for row in range(groups.size - 1):
        if not met[row]:
            continue
        ready[:] = ~np.uint64(0)
        for group in range(groups[row], groups[row + 1]):
            some[:] = 0
            for place in range(members[group], members[group + 1]):
                if not gone[place]:
                    for word in range(words):
                        some[word] |= held[member[place], word]
            for word in range(words):
                ready[word] &= some[word]
        met[row] = ready.any()


def contributing(estate: Estate, use: Use) -> Mapping[str, tuple[str, ...]]:
    """Return, by population, the holdings and feeds with an attribute that ``use`` needs."""
    needed = frozenset(attribute for group in use.groups for attribute in group.any_of)
    return {
        population: _with_any(items, needed) for population, items in _about(estate).items()
    }


def _about(estate: Estate) -> Mapping[str, list[tuple[str, tuple[str, ...]]]]:
    """Return the items on each population, sorted, with their attributes."""
    sources: Mapping[str, Holding | Feed] = {**estate.holdings, **estate.feeds}
    about: dict[str, list[tuple[str, tuple[str, ...]]]] = {p: [] for p in estate.populations}
    for key, item in sorted(sources.items(), key=itemgetter(0)):
        for population in dict.fromkeys(row.population for row in item.populations):
            about.setdefault(population, []).append((key, item.attributes))
    return about


def _with_any(
    items: Sequence[tuple[str, tuple[str, ...]]], needed: frozenset[str]
) -> tuple[str, ...]:
    """Return the items with an attribute that is needed."""
    return tuple(key for key, attributes in items if not needed.isdisjoint(attributes))


def _concerns(use: Use, estate: Estate, population: str) -> bool:
    flags: Sequence[str] = [flag.value for flag in estate.populations[population].flags]
    return not use.populations or bool(set(flags) & set(use.populations))
