"""The closed set of relations that attack rules may follow, computed from an estate.

Each relation maps an element to related elements, in sorted order. ``RELATIONS`` names them
all, with the sentence that the documentation prints; a rule that names another is refused.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.attackgraph.seams import seams
from counterseal.canon import digest
from counterseal.errors import CatalogError
from counterseal.estate.kinds import LinkKind, Privilege, SystemKind, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Contract, Link, Subcontract

__all__ = ["RELATIONS", "UNDECLARED_SOURCES", "UNKNOWN_TIER", "Relations"]

UNKNOWN_TIER = "unknown"
"""How a contract names a subcontractor that nobody has named."""

UNDECLARED_SOURCES = 24
"""At most so many zones from which an undeclared link into a zone is considered."""

RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "organization.home-zones": "zones it operates that are its own network",
        "organization.knowledge": "knowledge items it holds",
        "organization.supplied": "systems whose vendor it is",
        "organization.compelled-owners": "itself, when a majority owner can be compelled",
        "organization.served": "tenants, zones and support contracts of its support function",
        "zone.operator": "the organization that operates it",
        "zone.systems": "systems in it",
        "zone.links-in": "links that end at the zone itself",
        "zone.admin-links": "administration links that end at the zone itself",
        "zone.outposts": "itself, with data and in the field or with a foreign partner",
        "zone.admin-planes": "admin planes in it, or in the control plane of its tenancy",
        "zone.undeclared-sources": "zones from which an undeclared link is considered",
        "system.zone": "its zone",
        "system.links-in": "links that end at it",
        "system.user-grants": "grants to use, search or write",
        "system.admin-grants": "grants to administer or maintain",
        "system.identity-provider": "the system it authenticates via",
        "system.vendor": "the organization that supplies it",
        "system.operator": "its operator, where that is not the operator of its zone",
        "system.channels": "its zone, when an administration link ends at the zone as a whole",
        "system.processor": "who operates it for its owner and has other clients too",
        "system.knowledge": "knowledge about it, its zone, its holdings or its links",
        "system.data": "holdings on it, copied to it, or carried to it",
        "grant.organization": "the organization whose role it is",
        "grant.system": "the system it opens",
        "grant.contracts": "contracts that confer it",
        "contract.contractor": "its contractor",
        "contract.supporter": "its contractor, when what it buys is support",
        "contract.client": "its client",
        "contract.subcontractors": "its named subcontractors of every tier",
        "contract.unknown-tiers": "itself, when some tier is unknown",
        "contract.grants": "grants it confers",
        "contract.knowledge": "knowledge it discloses",
        "link.from": "the element that opens it",
        "link.to": "the element it is opened to",
        "link.recipient": "the end that data flows to",
        "link.supporter": "who opens it, when it administers a whole zone of somebody else",
        "link.keeper": "zone of the recipient, when it is under another operator than the data",
        "link.data-source": "the end that data flows from",
        "link.carries": "holdings, feeds and knowledge it carries",
        "link.written-holdings": "holdings that name it as a writer",
        "holding.system": "the system it is on",
        "holding.copies": "systems that hold a further copy",
        "holding.query-links": "query, login and purchase links that carry it",
        "holding.copy-links": "replication, batch, update, physical and manual links with it",
        "holding.loss-links": "physical and manual links that carry it",
        "holding.offsite-links": "links that carry it to an organization or zone",
        "holding.onward-links": "links that carry it and may be shared onward",
        "holding.kept-links": "links with it whose recipient may keep copies nobody declared",
        "holding.spare-zones": "zone of its system, when others there could keep a copy",
        "holding.lost-sites": "zones whose custody can be lost and that have it or a copy",
        "holding.sources": "holdings it is derived from",
        "holding.engines": "the system that learnt or derived it",
        "holding.writer-grants": "grants that may write it",
        "holding.writer-links": "links that may write it",
        "holding.hands-on-grants": "grants with hands on a system that holds it",
        "knowledge.holders": "organizations that hold it",
        "knowledge.stores": "systems it is stored on",
        "knowledge.contracts": "contracts that disclose it",
        "knowledge.links": "links that carry it",
        "feed.broker": "its broker",
    }
)
"""Every relation and what it leads to."""

_PULLS = frozenset({LinkKind.QUERY, LinkKind.PURCHASE, LinkKind.LOGIN})
_PUSHES = frozenset(
    {LinkKind.REPLICATE, LinkKind.BATCH, LinkKind.UPDATE, LinkKind.PHYSICAL, LinkKind.MANUAL}
)
_CARRIED_BY_HAND = frozenset({LinkKind.PHYSICAL, LinkKind.MANUAL})
_USER = frozenset({Privilege.USE, Privilege.SEARCH, Privilege.WRITE})
_ADMIN = frozenset({Privilege.ADMIN, Privilege.MAINTAIN})
_HANDS_ON = frozenset({Privilege.MAINTAIN, Privilege.PHYSICAL})
_HOME = frozenset({ZoneKind.CONTRACTOR, ZoneKind.PARTNER})


class Relations:
    """Relations of one estate by name."""

    def __init__(self, estate: Estate, *, compelled: frozenset[str] = frozenset()) -> None:
        """Index ``estate``; ``compelled`` are organizations whose owner can be compelled."""
        self._estate = estate
        self._pairs: dict[str, dict[str, list[str]]] = {
            name: defaultdict(list) for name in RELATIONS
        }
        for organization in compelled:
            self._add("organization.compelled-owners", organization, organization)
        self._index_places()
        for link in estate.links.values():
            self._index_link(link)
        self._index_holdings()
        self._index_grants()
        self._index_contracts()
        self._index_knowledge()
        self._index_undeclared()
        for name, key, value in seams(estate):
            self._add(name, key, value)
        self._table: dict[str, dict[str, tuple[str, ...]]] = {
            name: {key: tuple(sorted(set(row))) for key, row in rows.items()}
            for name, rows in self._pairs.items()
        }

    def __getitem__(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Return one relation.

        Raises:
            CatalogError: No relation has this name.
        """
        if name not in self._table:
            raise CatalogError(f"attack rules know no relation '{name}'")
        return self._table[name]

    def _add(self, name: str, key: str, value: str | None) -> None:
        if value is not None:
            self._pairs[name][key].append(value)

    def _index_places(self) -> None:
        for zone in self._estate.zones.values():
            self._add("zone.operator", zone.id, zone.operator)
            if zone.kind in _HOME:
                self._add("organization.home-zones", zone.operator, zone.id)
        for system in self._estate.systems.values():
            self._add("system.zone", system.id, system.zone)
            self._add("zone.systems", system.zone, system.id)
            self._add("system.identity-provider", system.id, system.authenticates_via)
            self._add("system.vendor", system.id, system.vendor)
            if system.vendor is not None:
                self._add("organization.supplied", system.vendor, system.id)
            zone_operator = self._estate.zones[system.zone].operator
            if system.operator not in {None, zone_operator}:
                self._add("system.operator", system.id, system.operator)
        self._index_planes()
        for feed in self._estate.feeds.values():
            self._add("feed.broker", feed.id, feed.broker)

    def _index_planes(self) -> None:
        planes: dict[str, list[str]] = defaultdict(list)
        for system in self._estate.systems.values():
            if system.kind is SystemKind.ADMIN_PLANE:
                planes[system.zone].append(system.id)
        control: dict[str, list[str]] = defaultdict(list)
        for zone in self._estate.zones.values():
            if zone.kind is ZoneKind.CLOUD_CONTROL_PLANE:
                control[zone.operator] += planes.get(zone.id, [])
        for zone in self._estate.zones.values():
            of_tenancy = control.get(zone.operator, [])
            also = of_tenancy if zone.kind is ZoneKind.CLOUD_TENANT else []
            for plane in [*planes.get(zone.id, []), *also]:
                self._add("zone.admin-planes", zone.id, plane)

    def _index_link(self, link: Link) -> None:
        self._add("link.from", link.id, link.from_)
        self._add("link.to", link.id, link.to)
        if link.to in self._estate.systems:
            self._add("system.links-in", link.to, link.id)
        elif link.to in self._estate.zones:
            self._add("zone.links-in", link.to, link.id)
        pulls = link.kind in _PULLS
        recipient, origin = (link.from_, link.to) if pulls else (link.to, link.from_)
        self._add("link.recipient", link.id, recipient)
        self._add("link.data-source", link.id, origin)
        for carried in link.carries:
            self._add("link.carries", link.id, carried)
            if carried in self._estate.holdings:
                self._index_carried(link, carried, recipient)
            elif carried in self._estate.knowledge:
                self._add("knowledge.links", carried, link.id)

    def _index_carried(self, link: Link, holding: str, recipient: str) -> None:
        if link.kind in _PULLS:
            self._add("holding.query-links", holding, link.id)
        if link.kind in _PUSHES:
            self._add("holding.copy-links", holding, link.id)
        if link.kind in _CARRIED_BY_HAND:
            self._add("holding.loss-links", holding, link.id)
        if link.onward_sharing.value is not False:
            self._add("holding.onward-links", holding, link.id)
        if recipient in self._estate.systems:
            self._add("system.data", recipient, holding)
        else:
            self._add("holding.offsite-links", holding, link.id)

    def _index_holdings(self) -> None:
        for holding in self._estate.holdings.values():
            self._add("holding.system", holding.id, holding.system)
            self._add("system.data", holding.system, holding.id)
            for copy in holding.copies:
                self._add("holding.copies", holding.id, copy)
                self._add("system.data", copy, holding.id)
            for writer in holding.writers:
                if writer in self._estate.links:
                    self._add("holding.writer-links", holding.id, writer)
                    self._add("link.written-holdings", writer, holding.id)
                else:
                    self._add("holding.writer-grants", holding.id, writer)

    def _index_grants(self) -> None:
        data = self._pairs["system.data"]
        for grant in self._estate.grants.values():
            self._add("grant.organization", grant.id, grant.organization)
            self._add("grant.system", grant.id, grant.system)
            if grant.privilege in _USER:
                self._add("system.user-grants", grant.system, grant.id)
            if grant.privilege in _ADMIN:
                self._add("system.admin-grants", grant.system, grant.id)
            if grant.privilege in _HANDS_ON:
                for holding in data.get(grant.system, ()):
                    self._add("holding.hands-on-grants", holding, grant.id)

    def _index_contracts(self) -> None:
        for contract in self._estate.contracts.values():
            self._add("contract.contractor", contract.id, contract.contractor)
            self._add("contract.client", contract.id, contract.client)
            for grant in contract.grants:
                self._add("contract.grants", contract.id, grant)
                self._add("grant.contracts", grant, contract.id)
            for item in contract.knowledge:
                self._add("contract.knowledge", contract.id, item)
                self._add("knowledge.contracts", item, contract.id)
            for organization in _tiers(contract.subcontractors):
                known = organization != UNKNOWN_TIER
                name = "contract.subcontractors" if known else "contract.unknown-tiers"
                self._add(name, contract.id, organization if known else contract.id)

    def _index_knowledge(self) -> None:
        estate, pairs = self._estate, self._pairs
        for item in estate.knowledge.values():
            for holder in item.held_by:
                self._add("knowledge.holders", item.id, holder)
                self._add("organization.knowledge", holder, item.id)
            for store in item.stored_on:
                self._add("knowledge.stores", item.id, store)
            for about in item.about:
                systems: Iterable[str] = ()
                if about in estate.systems:
                    systems = (about,)
                elif about in estate.zones:
                    systems = pairs["zone.systems"].get(about, ())
                elif about in estate.holdings:
                    systems = (estate.holdings[about].system,)
                elif about in estate.links:
                    link = estate.links[about]
                    systems = (end for end in (link.from_, link.to) if end in estate.systems)
                for system in systems:
                    self._add("system.knowledge", system, item.id)

    def _index_undeclared(self) -> None:
        zones_of: dict[str, list[str]] = defaultdict(list)
        for zone in self._estate.zones.values():
            zones_of[zone.operator].append(zone.id)
        for target in self._estate.zones.values():
            related = self._related_operators.get(target.operator, frozenset())
            sources = [zone for operator in related for zone in zones_of.get(operator, ())]
            for source in _bounded(sources, target.id):
                self._add("zone.undeclared-sources", target.id, source)

    @cached_property
    def _related_operators(self) -> Mapping[str, frozenset[str]]:
        """Organizations that work together: by contract, by parentage, by a declared link."""
        related: dict[str, set[str]] = defaultdict(set)
        for one, other in self._working_pairs():
            if one != other:
                related[one].add(other)
                related[other].add(one)
        return {one: frozenset(others) for one, others in related.items()}

    def _working_pairs(self) -> Iterator[tuple[str, str]]:
        for organization in self._estate.organizations.values():
            if organization.parent is not None:
                yield organization.id, organization.parent
        for contract in self._estate.contracts.values():
            yield from _contract_pairs(contract)
        for link in self._estate.links.values():
            one, other = self._operator_of(link.from_), self._operator_of(link.to)
            if one is not None and other is not None:
                yield one, other

    def _operator_of(self, element: str) -> str | None:
        if element in self._estate.systems:
            element = self._estate.systems[element].zone
        if element in self._estate.zones:
            return self._estate.zones[element].operator
        return element if element in self._estate.organizations else None


def _tiers(subcontracts: tuple[Subcontract, ...]) -> Iterator[str]:
    for subcontract in subcontracts:
        yield subcontract.organization
        yield from _tiers(subcontract.subcontractors)


def _contract_pairs(contract: Contract) -> Iterator[tuple[str, str]]:
    yield contract.contractor, contract.client
    for organization in _tiers(contract.subcontractors):
        if organization != UNKNOWN_TIER:
            yield contract.contractor, organization


def _bounded(sources: list[str], target: str) -> list[str]:
    """Return at most ``UNDECLARED_SOURCES``, by an order that no other zone can move."""
    if len(sources) <= UNDECLARED_SOURCES:
        return sources
    return sorted(sources, key=lambda source: digest(f"{source}>{target}"))[:UNDECLARED_SOURCES]
