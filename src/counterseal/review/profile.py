"""What the change is, whatever the draws say: the fields of the assessment that are read off.

Something that nobody stated is ``None`` here, and a rule that asks for it cannot pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.assess.disclosure import disclosure
from counterseal.assess.flows import flows
from counterseal.assess.people import added_coverage, coverage, newly_covered, outside_mission
from counterseal.catalog.attributes import AttributeKind
from counterseal.review.precedence import precedence_fields
from counterseal.review.summary import Summary, bounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from counterseal.assess.flows import Flows
    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.estate.estate import Estate
    from counterseal.estate.fact import Fact
    from counterseal.estate.records import Contract, Feed, Holding
    from counterseal.review.proposal import Proposal

__all__ = ["IRREVERSIBLE", "profile"]

IRREVERSIBLE = frozenset({AttributeKind.BODY, AttributeKind.KIN, AttributeKind.HISTORICAL})
"""Kinds of attribute that nobody can reset."""

COERCIVE_USES = ("coerce", "coerce-through-kin")
CLAUSES = (
    "flow_down",
    "incident_notice",
    "audit_right",
    "data_return",
    "conflict_of_interest",
)


def profile(proposal: Proposal, catalog: Catalog) -> Summary:
    """Return the summary of a proposal with every field that no simulation moves."""
    before, after = proposal.before, proposal.after
    added = flows(before, after)
    disclosed = disclosure(before, after)
    groups: dict[str, Mapping[str, Json]] = {
        "change": {
            "id": proposal.change.id,
            "kind": proposal.change.kind.value,
            "stage": proposal.change.stage.value,
            "confers_knowledge": bool(disclosed.pairs),
            "adds_access": bool(added.access),
            "adds_data": bool(added.data),
            "adds_people_outside_mission": bounded(
                outside_mission(after, newly_covered(before, after))
            ),
        },
        "authority": _authority(proposal),
        "precedence": precedence_fields(proposal.change),
        "knowledge": {
            "facts_disclosed": len(disclosed.items),
            "critical_facts": len(disclosed.critical_items),
            "new_knowers": len(disclosed.new_knowers),
            "unknown_tiers": disclosed.unknown_tiers,
        },
        "contract": _contract(before, after),
        "critical": {"touched": bool(added.critical)},
        "data": _data(before, after, added, catalog),
        "device": {"fleet": bool(added.fleets), "cached_records": added.cached_records},
    }
    people = {population: row.high for population, row in coverage(after).items()}
    return Summary(fields={}, people=people).with_fields(**groups)


def _authority(proposal: Proposal) -> dict[str, Json]:
    change = proposal.change
    authority = proposal.after.authorities.get(change.authority or "")
    necessity = change.necessity
    if not necessity and authority is not None:
        necessity = authority.necessity.value or ""
    return {
        "named": authority is not None,
        "legal_basis": (authority.legal_basis.value or "") if authority else "",
        "necessity": necessity,
    }


def _contract(before: Estate, after: Estate) -> dict[str, Json]:
    """Return the weakest state of each clause over contracts that are new or changed."""
    changed = [row for key, row in after.contracts.items() if before.contracts.get(key) != row]
    clauses: dict[str, Json] = {
        name: _weakest([getattr(row.clauses, name) for row in changed]) for name in CLAUSES
    }
    return {
        "present": bool(changed),
        **clauses,
        "other_clients": max((_other_clients(after, row) for row in changed), default=0),
    }


def _weakest(facts: Sequence[Fact[bool]]) -> bool | None:
    values = [fact.value for fact in facts]
    if False in values:
        return False
    return None if None in values else True


def _other_clients(after: Estate, contract: Contract) -> int:
    """Count the contractor's clients besides this one, which may be listed by id or by name."""
    contractor = after.organizations.get(contract.contractor)
    known = set(contractor.clients) if contractor else set()
    client = after.organizations.get(contract.client)
    return len(known - {contract.client, client.name if client else None})


def _data(before: Estate, after: Estate, added: Flows, catalog: Catalog) -> dict[str, Json]:
    covered = added_coverage(before, after)
    lasting = {
        population: row.high
        for population, row in coverage(
            after,
            items=[
                _item(after, key) for key in added.data if _is_irreversible(after, key, catalog)
            ],
        ).items()
        if population in covered
    }
    return {
        "coerce_uses": any(_serves_coercion(after, key, catalog) for key in added.data),
        "irreversible_people": bounded(sum(lasting.values())),
        "purchased": bool(added.purchased or added.feeds),
        "commercial_feed": bool(added.feeds),
        "bulk_people": bounded(max((row.high for row in covered.values()), default=0.0)),
        "copies_beyond_recall": len(added.copies_beyond_recall),
    }


def _item(after: Estate, key: str) -> Holding | Feed:
    return after.holdings[key] if key in after.holdings else after.feeds[key]


def _is_irreversible(after: Estate, item: str, catalog: Catalog) -> bool:
    return any(
        catalog.attributes[attribute].kind in IRREVERSIBLE
        for attribute in _item(after, item).attributes
    )


def _serves_coercion(after: Estate, item: str, catalog: Catalog) -> bool:
    """Whether an item meets a need of a coercive use that merely knowing who does not meet."""
    identifying = {a for group in catalog.uses["identify"].groups for a in group.any_of}
    held = set(_item(after, item).attributes) - identifying
    return any(
        held & set(group.any_of) for use in COERCIVE_USES for group in catalog.uses[use].groups
    )
