"""What bounds a foothold whatever the adversary does: records on a device, queries in a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.estate.kinds import LinkKind, SystemKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Holding

__all__ = ["Device", "Drain", "device_at", "drains_at"]

_PULLS = frozenset({LinkKind.QUERY, LinkKind.PURCHASE, LinkKind.LOGIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of a fleet.

    Attributes:
        records: People whose data it holds; ``None`` when nobody has said.
        locked: Whether it is locked; ``None`` likewise.
        count: Devices of the fleet; ``None`` likewise.
    """

    records: int | None
    locked: bool | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Drain:
    """How long it takes to query a whole holding over a link with a limit.

    Attributes:
        link: The link.
        holding: What it carries.
        per_day: Answers a day.
        days: Days for as many answers as there are people, one answer a person; ``None`` when
            the people are not known.
    """

    link: str
    holding: str
    per_day: float
    days: float | None


def device_at(estate: Estate, element: str) -> Device | None:
    """Return what one device holds, if the element is a fleet."""
    system = estate.systems.get(element)
    if system is None or system.kind is not SystemKind.DEVICE_FLEET:
        return None
    return Device(
        records=system.cached_records.value if system.cached_records else None,
        locked=system.lock.value if system.lock else None,
        count=system.count.value if system.count else None,
    )


def drains_at(estate: Estate, element: str) -> tuple[Drain, ...]:
    """Return the limits on what somebody at an element can query, by link and holding.

    A limit slows bulk reading; it is not part of the graph (``docs/attack-rules.md``).
    """
    return tuple(sorted(_drains(estate, element)))


def _drains(estate: Estate, element: str) -> Iterator[Drain]:
    for link in estate.links.values():
        limit = link.rate_limit_per_day.value if link.rate_limit_per_day else None
        if link.from_ != element or link.kind not in _PULLS or limit is None:
            continue
        for carried in link.carries:
            if carried in estate.holdings:
                people = _people(estate.holdings[carried])
                days = None if people is None else people / limit
                yield Drain(link=link.id, holding=carried, per_day=limit, days=days)


def _people(holding: Holding) -> float | None:
    counts = [row.count.value for row in holding.populations]
    known = [count for count in counts if count is not None]
    return float(sum(known)) if len(known) == len(counts) and known else None
