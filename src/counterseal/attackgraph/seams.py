"""Relations behind the seams that recur in public findings and that a drawn network hides.

A copy that nobody declared, a support channel that opens a whole zone, one support function
behind many clients, a site or a fleet that is left behind, a model that learns from what
somebody else can write. Each yields ``(relation, element, related element)``; the sentences are
in ``compiling.relations.RELATIONS``.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from counterseal.estate.kinds import (
    HoldingOrigin,
    LinkKind,
    OrganizationKind,
    ServiceKind,
    Stage,
    SystemKind,
    ZoneKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Grant, Holding, Link, System

__all__ = ["LEARNT", "closure", "seams"]

LEARNT = frozenset({"matcher-model", "search-index", "face-template"})
"""Attribute classes that are computed from other data."""

_LEARNS = frozenset({SystemKind.MATCHER, SystemKind.ANALYTICS})
_KEEPS = frozenset(
    {
        SystemKind.APPLICATION,
        SystemKind.DATABASE,
        SystemKind.SEARCH_LAYER,
        SystemKind.ANALYTICS,
        SystemKind.FILE_SHARE,
    }
)
_DELIVERS = frozenset({LinkKind.REPLICATE, LinkKind.BATCH, LinkKind.PHYSICAL, LinkKind.MANUAL})
_PROCESSES = frozenset(
    {
        OrganizationKind.CONTRACTOR,
        OrganizationKind.SUBCONTRACTOR,
        OrganizationKind.VENDOR,
        OrganizationKind.PARTNER,
        OrganizationKind.FOREIGN_PARTNER,
    }
)


def closure(estate: Estate, element: Link | Grant) -> str:
    """Return how a link or grant was closed: ``on-paper``, ``verified``, or empty for in use.

    What leads to or from a system at the stage ``retirement`` counts as closed on paper unless
    something else is said.
    """
    if element.closed is not None and element.closed.value is not None:
        return element.closed.value
    ends = (getattr(element, name, "") for name in ("from_", "to", "system"))
    systems = (estate.systems[end] for end in ends if end in estate.systems)
    return "on-paper" if any(s.stage.value is Stage.RETIREMENT for s in systems) else ""


def seams(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Yield every pair of every relation of this module."""
    yield from _channels(estate)
    yield from _processors(estate)
    outposts = _outposts(estate)
    for link in estate.links.values():
        if link.kind in _DELIVERS and link.carries:
            yield from _kept(estate, link)
            yield from _lost_on_arrival(estate, link, outposts)
    in_zone: dict[str, list[System]] = defaultdict(list)
    for system in estate.systems.values():
        in_zone[system.zone].append(system)
    for holding in estate.holdings.values():
        zone = estate.systems[holding.system].zone
        if any(s.kind in _KEEPS and s.id != holding.system for s in in_zone[zone]):
            yield "holding.spare-zones", holding.id, zone
        yield from _lost(estate, holding, outposts)
        yield from _learnt(estate, holding)


def _channels(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Yield administration links to a zone as a whole, and the systems they open."""
    opened = set()
    for link in estate.links.values():
        if link.kind is LinkKind.ADMIN and link.to in estate.zones:
            opened.add(link.to)
            yield "zone.admin-links", link.to, link.id
            supporter = _operator(estate, link.from_)
            if supporter != estate.zones[link.to].operator:
                yield "link.supporter", link.id, supporter
                yield "organization.served", supporter, link.to
    for system in estate.systems.values():
        if system.zone in opened:
            yield "system.channels", system.id, system.zone


def _processors(estate: Estate) -> Iterator[tuple[str, str, str]]:
    """Yield who serves several clients, and which systems and contracts that opens."""
    operated: dict[str, list[System]] = defaultdict(list)
    for system in estate.systems.values():
        operator = system.operator or estate.zones[system.zone].operator
        if operator != system.owner:
            operated[operator].append(system)
    clients: dict[str, set[str]] = defaultdict(set)
    for contract in estate.contracts.values():
        clients[contract.contractor].add(contract.client)
    for operator, systems in operated.items():
        organization = estate.organizations[operator]
        known = clients[operator] | {s.owner for s in systems} | set(organization.clients)
        if len(known) > 1 and organization.kind in _PROCESSES:
            for system in systems:
                yield "system.processor", system.id, operator
                yield "organization.served", operator, system.id
    for contract in estate.contracts.values():
        if contract.service is ServiceKind.SUPPORT:
            yield "contract.supporter", contract.id, contract.contractor
            yield "organization.served", contract.contractor, contract.id


def _outposts(estate: Estate) -> frozenset[str]:
    foreign = OrganizationKind.FOREIGN_PARTNER
    return frozenset(
        zone.id
        for zone in estate.zones.values()
        if zone.kind is ZoneKind.FIELD or estate.organizations[zone.operator].kind is foreign
    )


def _kept(estate: Estate, link: Link) -> Iterator[tuple[str, str, str]]:
    """Yield the zone in which a recipient under another operator may keep more copies."""
    if link.to not in estate.systems:
        return
    zone = estate.systems[link.to].zone
    if _operator(estate, link.from_) == estate.zones[zone].operator:
        return
    yield "link.keeper", link.id, zone
    for carried in link.carries:
        if carried in estate.holdings:
            yield "holding.kept-links", carried, link.id


def _operator(estate: Estate, element: str) -> str:
    if element in estate.systems:
        element = estate.systems[element].zone
    return estate.zones[element].operator if element in estate.zones else element


def _lost(
    estate: Estate, holding: Holding, outposts: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the sites whose loss gives a holding away; a fleet is lost by its devices."""
    for place in chain([holding.system], holding.copies):
        system = estate.systems[place]
        if system.zone in outposts and system.kind is not SystemKind.DEVICE_FLEET:
            yield "holding.lost-sites", holding.id, system.zone
            yield "zone.outposts", system.zone, system.zone


def _lost_on_arrival(
    estate: Estate, link: Link, outposts: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the sites to which a holding is delivered and whose loss gives it away."""
    system = estate.systems.get(link.to)
    zone = system.zone if system is not None else link.to
    if zone not in outposts or (system and system.kind is SystemKind.DEVICE_FLEET):
        return
    for carried in link.carries:
        if carried in estate.holdings:
            yield "holding.lost-sites", carried, zone
            yield "zone.outposts", zone, zone


def _learnt(estate: Estate, holding: Holding) -> Iterator[tuple[str, str, str]]:
    """Yield what a holding was learnt or derived from, and by which system."""
    for source in holding.derived_from:
        if source in estate.holdings:
            yield "holding.sources", holding.id, source
    derived = holding.origin is not None and holding.origin.mode is HoldingOrigin.DERIVED
    learns = estate.systems[holding.system].kind in _LEARNS
    if holding.derived_from or derived or learns or LEARNT & set(holding.attributes):
        yield "holding.engines", holding.id, holding.system
