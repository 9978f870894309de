"""What decides on records: systems that read a holding, and the purposes they serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.assess.tampering.taint import tainted_by
from counterseal.estate.kinds import LinkKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from counterseal.estate.estate import Estate

__all__ = ["Reliance", "reliance"]

_PULLS = frozenset({LinkKind.QUERY, LinkKind.PURCHASE, LinkKind.LOGIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliance:
    """What rests on the records of one holding.

    Attributes:
        tainted: Holdings that say what it says, itself first.
        readers: Systems, zones and organizations that have or get any of them, sorted.
        decisions: Authorities whose purpose some reader, or a role with access to it, serves,
            sorted: decisions made for these purposes may rest on false records.
    """

    tainted: tuple[str, ...]
    readers: tuple[str, ...]
    decisions: tuple[str, ...]


def reliance(estate: Estate, holding_id: str) -> Reliance:
    """Return what rests on a holding.

    Raises:
        KeyError: There is no such holding.
    """
    tainted = tainted_by(estate, holding_id)
    readers = frozenset(reader for one in tainted for reader in _readers(estate, one))
    return Reliance(
        tainted=tainted,
        readers=tuple(sorted(readers)),
        decisions=tuple(sorted(set(_purposes(estate, readers)))),
    )


def _readers(estate: Estate, holding_id: str) -> Iterator[str]:
    holding = estate.holdings[holding_id]
    yield holding.system
    yield from holding.copies
    for link in estate.links.values():
        if holding_id in link.carries:
            yield link.from_ if link.kind in _PULLS else link.to


def _purposes(estate: Estate, readers: Iterable[str]) -> Iterator[str]:
    known = frozenset(readers)
    for reader in known:
        system = estate.systems.get(reader)
        if system is not None and system.purpose is not None:
            yield system.purpose
    for grant in estate.grants.values():
        if grant.system in known and grant.purpose is not None:
            yield grant.purpose
