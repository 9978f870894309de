"""Who now knows enough about the architecture to plan it: question 4 of the charter.

Knowledge is held by whoever an item names, and by whoever a contract gives it to: the
contractor and every subcontractor below it. An unknown tier is counted, not skipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.estate.kinds import KnowledgeClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.estate.estate import Estate
    from counterseal.estate.records import Contract, Subcontract

__all__ = ["Disclosure", "disclosure", "holders", "subcontractors", "unknown_tiers"]

UNKNOWN_ORGANIZATION = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What the change lets whom know.

    Attributes:
        pairs: New (knowledge item, organization) pairs, sorted.
        critical_items: Items among them that are about a critical system, or that say what is
            critical.
        new_knowers: Organizations that knew nothing before and know something after.
        unknown_tiers: Subcontract tiers without a name in contracts that are new or changed.
    """

    pairs: tuple[tuple[str, str], ...]
    critical_items: tuple[str, ...]
    new_knowers: tuple[str, ...]
    unknown_tiers: int

    @property
    def items(self) -> tuple[str, ...]:
        """The items newly disclosed to anybody, sorted."""
        return tuple(sorted({item for item, _ in self.pairs}))


def disclosure(before: Estate, after: Estate) -> Disclosure:
    """Return what ``after`` discloses that ``before`` did not."""
    old, new = holders(before), holders(after)
    pairs = tuple(sorted(new - old))
    knew = {organization for _, organization in old}
    return Disclosure(
        pairs=pairs,
        critical_items=tuple(sorted({item for item, _ in pairs if _is_critical(after, item)})),
        new_knowers=tuple(sorted({who for _, who in pairs if who not in knew})),
        unknown_tiers=sum(
            unknown_tiers(contract)
            for key, contract in after.contracts.items()
            if before.contracts.get(key) != contract
        ),
    )


def holders(estate: Estate) -> frozenset[tuple[str, str]]:
    """Return every (knowledge item, organization) pair of an estate."""
    named = {(item.id, who) for item in estate.knowledge.values() for who in item.held_by}
    given = {
        (item, who)
        for contract in estate.contracts.values()
        for item in contract.knowledge
        for who in (contract.contractor, *subcontractors(contract))
    }
    return frozenset(named | given)


def unknown_tiers(contract: Contract) -> int:
    """Return how many tiers below a contract have no name."""
    return sum(who == UNKNOWN_ORGANIZATION for who in subcontractors(contract))


def subcontractors(contract: Contract) -> tuple[str, ...]:
    """Return every subcontractor of every tier, outermost last; unknown ones included."""
    return tuple(_below(contract.subcontractors))


def _below(tiers: tuple[Subcontract, ...]) -> Iterator[str]:
    for tier in tiers:
        yield tier.organization
        yield from _below(tier.subcontractors)


def _is_critical(estate: Estate, item: str) -> bool:
    knowledge = estate.knowledge.get(item)
    if knowledge is None:
        return False
    if knowledge.class_ is KnowledgeClass.CRITICALITY:
        return True
    about = (estate.systems.get(element) for element in knowledge.about)
    return any(system is not None and system.critical.value is True for system in about)
