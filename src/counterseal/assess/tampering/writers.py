"""Who could alter, insert or remove records: ways to write that the estate itself declares.

These are permissions, not paths of an intruder: a role that may write, a feed that writes, and
whoever administers the system. An intruder takes one of them over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.estate.kinds import LinkKind, Privilege

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Grant, Link, System

__all__ = ["Writer", "writers_of"]

_ADMINISTERS = frozenset({Privilege.ADMIN, Privilege.MAINTAIN})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Writer:
    """A way to write.

    Attributes:
        organization: Who has it; empty when nobody answers for the far end of a link.
        means: ``writes``, ``feeds``, ``administers``, ``operates``, ``administers the zone``,
            ``supplies updates`` or ``signs everybody on``.
        element: The grant, link, system or zone by which.
        role: Role of a grant; empty for anything else.
        headcount: People in the role; ``None`` when nobody has said.
    """

    organization: str
    means: str
    element: str
    role: str = ""
    headcount: int | None = None


def writers_of(estate: Estate, holding_id: str) -> tuple[Writer, ...]:
    """Return every declared way to write to a holding, by organization and means.

    Raises:
        KeyError: There is no such holding.
    """
    holding = estate.holdings[holding_id]
    system = estate.systems[holding.system]
    found = [*_named(estate, holding.writers), *_of_system(estate, system)]
    return tuple(sorted(set(found), key=lambda one: (one.organization, one.means, one.element)))


def _named(estate: Estate, writers: tuple[str, ...]) -> Iterator[Writer]:
    for writer in writers:
        grant, link = estate.grants.get(writer), estate.links.get(writer)
        if grant is not None:
            yield _by_grant(grant, "writes")
        elif link is not None:
            yield Writer(organization=_origin(estate, link), means="feeds", element=link.id)


def _of_system(estate: Estate, system: System) -> Iterator[Writer]:
    zone = estate.zones[system.zone]
    for grant in estate.grants.values():
        if grant.system == system.id and grant.privilege in _ADMINISTERS:
            yield _by_grant(grant, "administers")
    for link in estate.links.values():
        if link.kind is LinkKind.ADMIN and link.to in {system.id, zone.id}:
            means = "administers" if link.to == system.id else "administers the zone"
            who = _keeper(estate, link.from_)
            yield Writer(organization=who, means=means, element=link.id)
    if system.operator not in {None, zone.operator}:
        yield Writer(organization=system.operator or "", means="operates", element=system.id)
    yield Writer(organization=zone.operator, means="administers the zone", element=zone.id)
    if system.vendor is not None:
        yield Writer(organization=system.vendor, means="supplies updates", element=system.id)
    provider = estate.systems.get(system.authenticates_via or "")
    if provider is not None:
        who = provider.operator or estate.zones[provider.zone].operator
        yield Writer(organization=who, means="signs everybody on", element=provider.id)


def _by_grant(grant: Grant, means: str) -> Writer:
    return Writer(
        organization=grant.organization,
        means=means,
        element=grant.id,
        role=grant.role,
        headcount=grant.headcount.value,
    )


def _origin(estate: Estate, link: Link) -> str:
    """Return who stands at the end that a link's data comes from."""
    pulls = link.kind in {LinkKind.QUERY, LinkKind.PURCHASE, LinkKind.LOGIN}
    return _keeper(estate, link.to if pulls else link.from_)


def _keeper(estate: Estate, element: str) -> str:
    system = estate.systems.get(element)
    if system is not None:
        return system.operator or estate.zones[system.zone].operator
    zone = estate.zones.get(element)
    if zone is not None:
        return zone.operator
    return element if element in estate.organizations else ""
