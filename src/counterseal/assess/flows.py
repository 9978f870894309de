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
    from counterseal.estate.records import Element, Link

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
        copies_beyond_recall: New links that leave a copy with another organization, and
            holdings with a new copy there, by id.
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
    copies_beyond_recall: tuple[str, ...]
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
        copies_beyond_recall=_copies(before, after, links, holdings),
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


def _is_foreign(after: Estate, system: str) -> bool:
    """Whether a system belongs to an organization the owner cannot recall data from."""
    organization = after.organizations.get(owner_of(after, system))
    return organization is None or organization.kind not in OWN_KINDS


def _copies(
    before: Estate, after: Estate, links: list[str], holdings: list[str]
) -> tuple[str, ...]:
    sent = [key for key in links if _leaves_copy(after, after.links[key])]
    kept = [
        key
        for key in holdings
        for place in after.holdings[key].copies
        if _is_foreign(after, place)
        and (key not in before.holdings or place not in before.holdings[key].copies)
    ]
    return tuple(sorted({*sent, *kept}))


def _leaves_copy(after: Estate, link: Link) -> bool:
    return link.kind in COPYING and bool(link.carries) and _is_foreign(after, link.to)


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
