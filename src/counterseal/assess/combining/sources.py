"""Which of the same sources an adversary comes to hold, whatever form the data is given in.

A form of a change (silo, federated query, central copy) serves the same question from the same
sources. A source is held where it lies, or in whatever the form makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.comparison import band

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from counterseal.assess.campaign import Campaign
    from counterseal.assess.comparison import Band
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Link

__all__ = ["SourcesHeld", "seams_added", "sources_held", "sources_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesHeld:
    """How much of the sources one adversary holds within its horizon, over draws.

    Attributes:
        expected: How many of them.
        every: Share of trials in which it holds all of them.
        some: Share of trials in which it holds any.
    """

    expected: Band
    every: Band
    some: Band


def sources_of(before: Estate, forms: Iterable[Estate]) -> tuple[str, ...]:
    """Return the holdings of ``before`` that some form reads or copies, sorted."""
    found = {one for form in forms for one in _drawn_upon(before, form)}
    return tuple(sorted(found & set(before.holdings)))


def sources_held(campaign: Campaign, sources: Sequence[str]) -> SourcesHeld:
    """Return how much of ``sources`` an adversary holds, where they lie or as they were copied.

    A copy is a holding that says it is derived from the source.
    """
    items = campaign.valuation.items
    fallen = campaign.taken <= campaign.horizon_days
    place = {item: row for row, item in enumerate(items)}
    held = np.zeros((len(sources), fallen.shape[1]), np.bool_)
    for row, source in enumerate(sources):
        for item in _bearing(campaign.estate, source):
            held[row] |= fallen[place[item]]
    outer = campaign.draws.outer
    number, every, some = held.sum(axis=0), held.all(axis=0), held.any(axis=0)
    return SourcesHeld(
        expected=band(number.reshape(outer, -1).mean(axis=1)),
        every=band(every.reshape(outer, -1).mean(axis=1)),
        some=band(some.reshape(outer, -1).mean(axis=1)),
    )


def seams_added(before: Estate, after: Estate) -> tuple[str, ...]:
    """Return the links that ``after`` adds between zones of different operators, sorted."""
    fresh = (link for name, link in sorted(after.links.items()) if name not in before.links)
    return tuple(link.id for link in fresh if _crosses(after, link))


def _drawn_upon(before: Estate, after: Estate) -> Iterator[str]:
    for name, link in after.links.items():
        if name not in before.links:
            yield from link.carries
    for name, holding in after.holdings.items():
        if name not in before.holdings:
            yield from holding.derived_from


def _bearing(estate: Estate, source: str) -> Collection[str]:
    """Return the holdings in which a source stands: its own, and those made of it."""
    made = {h.id for h in estate.holdings.values() if source in h.derived_from}
    return ({source} & set(estate.holdings)) | made


def _crosses(estate: Estate, link: Link) -> bool:
    ends = (estate.systems.get(link.from_), estate.systems.get(link.to))
    operators = {estate.zones[end.zone].operator for end in ends if end is not None}
    return len(operators) > 1
