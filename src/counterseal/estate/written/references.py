"""Every reference of an element to another: field, target, and what the target may be."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from counterseal.estate.records import (
    Authority,
    Contract,
    Control,
    Feed,
    Grant,
    HistoryEntry,
    Holding,
    Knowledge,
    Link,
    Organization,
    System,
    Zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from counterseal.estate.records import Element, PopulationCount, Subcontract

__all__ = ["ANY_KIND", "UNKNOWN_ORGANIZATION", "Reference", "references"]

ANY_KIND: tuple[str, ...] = ()
"""A reference that may name an element of any kind."""

UNKNOWN_ORGANIZATION = "unknown"
"""What a subcontractor is called that nobody can name."""

_ORGANIZATION = ("organizations",)
_SYSTEM = ("systems",)
_POPULATION = ("populations",)
_AUTHORITY = ("authorities",)
_HOLDING = ("holdings",)
_DATA = ("holdings", "feeds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference.

    Attributes:
        path: Keys and indexes below the element (``("populations", 0, "population")``).
        target: The id that is named.
        kinds: Kinds the target may have (keys of ``KINDS``); empty for any kind.
    """

    path: tuple[str | int, ...]
    target: str
    kinds: tuple[str, ...]


def references(element: Element) -> Iterator[Reference]:
    """Yield every reference of ``element`` in order of its fields."""
    finder = _FINDERS.get(type(element))
    if finder is not None:
        yield from finder(element)


def _one(key: str, target: str | None, kinds: tuple[str, ...]) -> Iterator[Reference]:
    if target is not None:
        yield Reference(path=(key,), target=target, kinds=kinds)


def _many(key: str, targets: Iterable[str], kinds: tuple[str, ...]) -> Iterator[Reference]:
    for index, target in enumerate(targets):
        yield Reference(path=(key, index), target=target, kinds=kinds)


def _populations(counts: Iterable[PopulationCount]) -> Iterator[Reference]:
    for index, row in enumerate(counts):
        path = ("populations", index, "population")
        yield Reference(path=path, target=row.population, kinds=_POPULATION)


def _organization(element: Organization) -> Iterator[Reference]:
    yield from _one("parent", element.parent, _ORGANIZATION)


def _zone(element: Zone) -> Iterator[Reference]:
    yield from _one("operator", element.operator, _ORGANIZATION)
    yield from _one("monitored-by", element.monitored_by, _ORGANIZATION)


def _system(element: System) -> Iterator[Reference]:
    yield from _one("zone", element.zone, ("zones",))
    yield from _one("owner", element.owner, _ORGANIZATION)
    yield from _one("operator", element.operator, _ORGANIZATION)
    yield from _one("accountable", element.accountable, _ORGANIZATION)
    yield from _one("vendor", element.vendor, _ORGANIZATION)
    yield from _one("authenticates-via", element.authenticates_via, _SYSTEM)
    yield from _one("purpose", element.purpose, _AUTHORITY)


def _holding(element: Holding) -> Iterator[Reference]:
    yield from _one("system", element.system, _SYSTEM)
    yield from _populations(element.populations)
    yield from _many("copies", element.copies, _SYSTEM)
    if element.origin is not None and element.origin.source is not None:
        kinds = ("organizations", "systems", "holdings", "feeds")
        yield Reference(path=("origin", "source"), target=element.origin.source, kinds=kinds)
    yield from _many("joined", element.joined, _HOLDING)
    yield from _many("writers", element.writers, ("grants", "links"))
    yield from _many("derived-from", element.derived_from, _DATA)
    if element.target is not None:
        yield Reference(
            path=("target", "owner"), target=element.target.owner, kinds=_ORGANIZATION
        )


def _link(element: Link) -> Iterator[Reference]:
    yield from _one("from", element.from_, ("systems", "zones"))
    yield from _one("to", element.to, ("systems", "zones", "feeds"))
    yield from _many("carries", element.carries, (*_DATA, "knowledge"))
    yield from _one("owner", element.owner, _ORGANIZATION)


def _grant(element: Grant) -> Iterator[Reference]:
    yield from _one("organization", element.organization, _ORGANIZATION)
    yield from _one("system", element.system, _SYSTEM)
    yield from _one("purpose", element.purpose, _AUTHORITY)


def _control(element: Control) -> Iterator[Reference]:
    yield from _many("on", element.on, ANY_KIND)
    yield from _one("owner", element.owner, _ORGANIZATION)


def _knowledge(element: Knowledge) -> Iterator[Reference]:
    yield from _many("about", element.about, ANY_KIND)
    yield from _many("held-by", element.held_by, _ORGANIZATION)
    yield from _many("stored-on", element.stored_on, _SYSTEM)


def _contract(element: Contract) -> Iterator[Reference]:
    yield from _one("contractor", element.contractor, _ORGANIZATION)
    yield from _one("client", element.client, _ORGANIZATION)
    yield from _subcontractors(element.subcontractors, ())
    yield from _many("grants", element.grants, ("grants",))
    yield from _many("knowledge", element.knowledge, ("knowledge",))


def _subcontractors(
    rows: tuple[Subcontract, ...], above: tuple[str | int, ...]
) -> Iterator[Reference]:
    for index, row in enumerate(rows):
        path = (*above, "subcontractors", index)
        if row.organization != UNKNOWN_ORGANIZATION:
            yield Reference(
                path=(*path, "organization"), target=row.organization, kinds=_ORGANIZATION
            )
        yield from _subcontractors(row.subcontractors, path)


def _feed(element: Feed) -> Iterator[Reference]:
    yield from _one("broker", element.broker, _ORGANIZATION)
    yield from _populations(element.populations)


def _authority(element: Authority) -> Iterator[Reference]:
    yield from _one("reference-population", element.reference_population, _POPULATION)


def _history(element: HistoryEntry) -> Iterator[Reference]:
    yield from _many("added", element.added, ANY_KIND)


_FINDERS: Mapping[type, Callable[..., Iterator[Reference]]] = MappingProxyType(
    {
        Organization: _organization,
        Zone: _zone,
        System: _system,
        Holding: _holding,
        Link: _link,
        Grant: _grant,
        Control: _control,
        Knowledge: _knowledge,
        Contract: _contract,
        Feed: _feed,
        Authority: _authority,
        HistoryEntry: _history,
    }
)
