"""Whose link is it? What a change adds to access, data and copies (question 3).

Everything here is read off the two estates; nothing is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.estate.kinds import HoldingOrigin, LinkKind, OrganizationKind, SystemKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeVar

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Element, Holding

    E = TypeVar("E", bound=Element)

__all__ = ["Flows", "flows", "owner_of"]

OWN_KINDS = frozenset({OrganizationKind.OWNER, OrganizationKind.COMPONENT})
OPEN_TO = frozenset({None, "anyone"})
COPYING = frozenset({LinkKind.REPLICATE, LinkKind.BATCH, LinkKind.MANUAL, LinkKind.PHYSICAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What the change adds, by id.

    Attributes:
        access: Grants and links that are new or changed.
        data: Holdings and feeds that are new or changed.
        copies_beyond_recall: Copies that stand with another organization, which the owner
            cannot call back from: what is copied, and the system where the copy is.
        purchased: Holdings of purchased origin that are new or changed.
        feeds: Feeds that are new or changed, or that an added link or holding takes from, and
            that anyone may buy, or of which nobody knows who may.
        fleets: Device fleets that are new or changed.
        cached_records: People on one device of those fleets, at most; ``None`` when nobody
            knows it of one of them.
        critical: Critical systems that an added or changed element touches.
    """

    access: tuple[str, ...]
    data: tuple[str, ...]
    copies_beyond_recall: tuple[tuple[str, str], ...]
    purchased: tuple[str, ...]
    feeds: tuple[str, ...]
    fleets: tuple[str, ...]
    cached_records: int | None
    critical: tuple[str, ...]


def flows(before: Estate, after: Estate) -> Flows:
    """Return what ``after`` adds to ``before``."""
    links = _touched(before.links, after.links)
    grants = _touched(before.grants, after.grants)
    holdings = _touched(before.holdings, after.holdings)
    feeds = _touched(before.feeds, after.feeds)
    systems = _touched(before.systems, after.systems)
    fleets = [key for key in systems if after.systems[key].kind is SystemKind.DEVICE_FLEET]
    cached = [after.systems[key].cached_records for key in fleets]
    return Flows(
        access=tuple(sorted([*links, *grants])),
        data=tuple(sorted([*holdings, *feeds])),
        copies_beyond_recall=_copies_added(before, after),
        purchased=tuple(key for key in holdings if _is_purchased(after, key)),
        feeds=_open_feeds(after, {*feeds, *_tapped(after, links, holdings)}),
        fleets=tuple(fleets),
        cached_records=_most([fact.value if fact is not None else None for fact in cached]),
        critical=_critical(after, systems, holdings, [*links, *grants]),
    )


def owner_of(estate: Estate, element_id: str) -> str:
    """Return the organization that owns a system, operates a zone or sells a feed.

    Any other id is returned as it is: it is the organization's own.
    """
    system, zone = estate.systems.get(element_id), estate.zones.get(element_id)
    feed = estate.feeds.get(element_id)
    if system is not None:
        return system.owner
    if zone is not None:
        return zone.operator
    return feed.broker if feed is not None else element_id


def _touched(before: Mapping[str, E], after: Mapping[str, E]) -> list[str]:
    return [key for key, element in after.items() if before.get(key) != element]


def _most(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return None if len(known) < len(counts) else max(known, default=0)


def _tapped(after: Estate, links: list[str], holdings: list[str]) -> set[str]:
    """Return the feeds that some links lead to or carry, or that some holdings come from."""
    named: set[str] = set()
    for link in (after.links[key] for key in links):
        named |= {link.from_, link.to, *link.carries}
    for holding in (after.holdings[key] for key in holdings):
        if holding.origin is not None and holding.origin.source is not None:
            named.add(holding.origin.source)
    return named & set(after.feeds)


def _open_feeds(after: Estate, feeds: set[str]) -> tuple[str, ...]:
    """Return those that anyone may buy, or of which nobody knows who may, sorted."""
    return tuple(key for key in sorted(feeds) if after.feeds[key].buyers.value in OPEN_TO)


def _is_purchased(after: Estate, holding: str) -> bool:
    origin = after.holdings[holding].origin
    return origin is not None and origin.mode is HoldingOrigin.PURCHASE


def _is_foreign(estate: Estate, element: str) -> bool:
    """Whether the owner of the estate cannot recall data from a system.

    It is another's when another owns it, or when another runs it in a network that another
    operates: then ownership is on paper. A cloud tenancy that the owner operates is its own.
    """
    if _is_other(estate, owner_of(estate, element)):
        return True
    system = estate.systems.get(element)
    if system is None:
        return False
    network = owner_of(estate, system.zone)
    return _is_other(estate, network) and _is_other(estate, system.operator or network)


def _is_other(estate: Estate, organization: str) -> bool:
    known = estate.organizations.get(organization)
    return known is None or known.kind not in OWN_KINDS


def _copies_added(before: Estate, after: Estate) -> tuple[tuple[str, str], ...]:
    """Return the copies beyond recall that ``after`` adds, and data that move beyond it."""
    moved = {
        (key, holding.system)
        for key, holding in after.holdings.items()
        if key in before.holdings
        and _is_foreign(after, holding.system)
        and not _is_foreign(before, before.holdings[key].system)
    }
    return tuple(sorted((_copies(after) | moved) - _copies(before)))


def _copies(estate: Estate) -> frozenset[tuple[str, str]]:
    """Return every copy beyond recall, once, however often the estate speaks of it.

    A link that leaves a copy, the holding that it leaves and the place that the source names
    as a copy are one copy of one thing.
    """
    sent = {
        (what, link.to)
        for link in estate.links.values()
        if link.kind in COPYING and _is_foreign(estate, link.to)
        for what in link.carries
    }
    named = {
        (key, place)
        for key, holding in estate.holdings.items()
        for place in holding.copies
        if _is_foreign(estate, place)
    }
    known = frozenset(sent | named)
    return known | {
        (key, holding.system)
        for key, holding in estate.holdings.items()
        if _is_foreign(estate, holding.system)
        and not any((source, holding.system) in known for source in _sources(holding))
        and not _is_theirs(estate, key)
    }


def _sources(holding: Holding) -> frozenset[str]:
    """Return what a holding was made from, as far as it says."""
    origin = holding.origin.source if holding.origin is not None else None
    return frozenset({*holding.derived_from, *([origin] if origin is not None else [])})


def _is_theirs(estate: Estate, item: str, *, passed: frozenset[str] = frozenset()) -> bool:
    """Whether another organization has data of its own account: it collected or sells them.

    Of data that say nothing of where they came from, nobody knows it, so they are not.
    """
    holding = estate.holdings.get(item)
    if holding is None:
        return item in estate.kind_of and _is_foreign(estate, item)
    if item in passed or not _is_foreign(estate, holding.system):
        return False
    sources = _sources(holding)
    if not sources:
        return holding.origin is not None and holding.origin.mode is HoldingOrigin.COLLECTED
    return all(_is_theirs(estate, source, passed=passed | {item}) for source in sources)


def _critical(
    after: Estate, systems: list[str], holdings: list[str], access: list[str]
) -> tuple[str, ...]:
    touched = {*systems, *(after.holdings[key].system for key in holdings)}
    for key in access:
        link, grant = after.links.get(key), after.grants.get(key)
        if link is not None:
            touched |= {link.from_, link.to}
        if grant is not None:
            touched.add(grant.system)
    return tuple(
        sorted(
            key
            for key in touched
            if key in after.systems and after.systems[key].critical.value is True
        )
    )
