"""Indexes over an estate: who is linked to, holds, operates, supplies or may reach what.

Each index maps an id to ids in sorted order; an id without any is absent. Building them takes
one pass over the elements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from counterseal.estate.written.references import UNKNOWN_ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Feed, Holding, Subcontract

__all__ = ["Index", "Relations", "relations"]

Index: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """Every index of one estate.

    Attributes:
        links_from: Links by the element they are opened from.
        links_to: Links by the element they lead to.
        links_carrying: Links by the holding, feed or knowledge they carry.
        holdings_on: Holdings by their system.
        copies_on: Holdings by a system that has a further copy.
        grants_on: Grants by system.
        grants_of: Grants by organization.
        controls_on: Controls by element.
        systems_in: Systems by zone.
        systems_of: Systems by owner, operator or accountable organization.
        systems_from: Systems by vendor.
        systems_running: Systems by product.
        systems_behind: Systems by identity provider.
        zones_of: Zones by operator.
        contracts_of: Contracts by contractor or subcontractor of any tier.
        subcontractors: Organizations under a contract, all tiers, by contract.
        knowledge_about: Knowledge by element.
        knowledge_of: Knowledge by organization that holds it.
        feeds_of: Feeds by broker.
        components: Organizations by parent.
        holdings_covering: Holdings and feeds by population.
        parents: The parent of an organization.
        zone_of: The zone of a system, of a holding (through its system) and of a zone itself.
    """

    links_from: Index
    links_to: Index
    links_carrying: Index
    holdings_on: Index
    copies_on: Index
    grants_on: Index
    grants_of: Index
    controls_on: Index
    systems_in: Index
    systems_of: Index
    systems_from: Index
    systems_running: Index
    systems_behind: Index
    zones_of: Index
    contracts_of: Index
    subcontractors: Index
    knowledge_about: Index
    knowledge_of: Index
    feeds_of: Index
    components: Index
    holdings_covering: Index
    parents: Mapping[str, str]
    zone_of: Mapping[str, str]

    def chain(self, organization: str) -> tuple[str, ...]:
        """Return an organization and all above it, itself first."""
        chain = [organization]
        while (parent := self.parents.get(chain[-1])) is not None:
            chain.append(parent)
        return tuple(chain)


def relations(estate: Estate) -> Relations:
    """Return the indexes of ``estate``."""
    systems, links = estate.systems.values(), estate.links.values()
    holdings, grants = estate.holdings.values(), estate.grants.values()
    knowledge, contracts = estate.knowledge.values(), estate.contracts.values()
    below = {row.id: tuple(_all_tiers(row.subcontractors)) for row in contracts}
    covering: tuple[Holding | Feed, ...] = (*holdings, *estate.feeds.values())
    zone_of = {row.id: row.zone for row in systems}
    return Relations(
        links_from=_index((row.from_, row.id) for row in links),
        links_to=_index((row.to, row.id) for row in links),
        links_carrying=_index((data, row.id) for row in links for data in row.carries),
        holdings_on=_index((row.system, row.id) for row in holdings),
        copies_on=_index((system, row.id) for row in holdings for system in row.copies),
        grants_on=_index((row.system, row.id) for row in grants),
        grants_of=_index((row.organization, row.id) for row in grants),
        controls_on=_index((on, row.id) for row in estate.controls.values() for on in row.on),
        systems_in=_index((row.zone, row.id) for row in systems),
        systems_of=_index(
            (party, row.id)
            for row in systems
            for party in {row.owner, row.operator, row.accountable}
        ),
        systems_from=_index((row.vendor, row.id) for row in systems),
        systems_running=_index((row.product, row.id) for row in systems),
        systems_behind=_index((row.authenticates_via, row.id) for row in systems),
        zones_of=_index((row.operator, row.id) for row in estate.zones.values()),
        contracts_of=_index(
            (party, row.id) for row in contracts for party in {row.contractor, *below[row.id]}
        ),
        subcontractors=_index((key, party) for key, all_ in below.items() for party in all_),
        knowledge_about=_index((about, row.id) for row in knowledge for about in row.about),
        knowledge_of=_index((party, row.id) for row in knowledge for party in row.held_by),
        feeds_of=_index((row.broker, row.id) for row in estate.feeds.values()),
        components=_index((row.parent, row.id) for row in estate.organizations.values()),
        holdings_covering=_index(
            (count.population, row.id) for row in covering for count in row.populations
        ),
        parents={row.id: row.parent for row in estate.organizations.values() if row.parent},
        zone_of=zone_of
        | {row.id: zone_of[row.system] for row in holdings if row.system in zone_of}
        | {row.id: row.id for row in estate.zones.values()},
    )


def _index(pairs: Iterable[tuple[str | None, str]]) -> Index:
    rows: defaultdict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        if key is not None:
            rows[key].add(value)
    return {key: tuple(sorted(values)) for key, values in rows.items()}


def _all_tiers(rows: tuple[Subcontract, ...]) -> Iterable[str]:
    """Yield every named subcontractor; unknown ones cannot be told apart."""
    for row in rows:
        if row.organization != UNKNOWN_ORGANIZATION:
            yield row.organization
        yield from _all_tiers(row.subcontractors)
