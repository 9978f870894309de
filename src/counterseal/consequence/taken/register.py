"""Which holdings are strategic intelligence targets: a proposal with reasons (R85).

The tier for counterintelligence stands beside the baseline of compliance of the system; the
two answer different questions, and where they disagree that is a finding (R6). Owners confirm
or decline a proposal in the estate (``target`` of a holding), with a day of review; the
register says which proposals nobody answered, and which reviews are overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from counterseal.estate.kinds import Baseline

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from counterseal.canon import Json
    from counterseal.catalog.catalog import Catalog
    from counterseal.consequence.taken.holdings import HoldingValue
    from counterseal.estate.estate import Estate
    from counterseal.estate.records import TargetDecision

__all__ = ["BULK_PEOPLE", "Standing", "Target", "Tier", "register"]

BULK_PEOPLE = 100_000
"""People from which data without a threshold of its own counts as bulk: the highest threshold
of 28 CFR 202.205."""


class Tier(StrEnum):
    """How an intelligence service would rank a holding, apart from compliance.

    ``critical``: what cannot be reset is held in bulk, or a use against those with sensitive
    access is complete. ``elevated``: a use is complete for a bulk of people.
    """

    CRITICAL = "critical"
    ELEVATED = "elevated"
    ORDINARY = "ordinary"


class Standing(StrEnum):
    """Where an entry of the register stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An entry of the register of strategic intelligence targets.

    Attributes:
        id: The holding.
        tier: For counterintelligence.
        compliance: Baseline of its system for compliance; empty for unknown.
        reasons: Why it is proposed; none for an entry that only its owner holds to be one.
        finding: A disagreement with the compliance baseline, or with the owner; empty for none.
        decision: What its owner said, if anything.
    """

    id: str
    tier: Tier
    compliance: str
    reasons: tuple[str, ...]
    finding: str
    decision: TargetDecision | None

    def standing(self, on: dt.date | None) -> Standing:
        """Return where the entry stands; without a day no review can be overdue."""
        if self.decision is None:
            return Standing.PROPOSED
        if on is not None and on > self.decision.review_by:
            return Standing.OVERDUE
        return Standing.CONFIRMED if self.decision.confirmed else Standing.DECLINED

    def as_json(self, on: dt.date | None) -> dict[str, Json]:
        """Return the row for ``counterseal consequence``."""
        decision = self.decision
        return {
            "id": self.id,
            "tier": self.tier.value,
            "compliance": self.compliance or "unknown",
            "reasons": list(self.reasons),
            "finding": self.finding,
            "standing": self.standing(on).value,
            "owner": decision.owner if decision else None,
            "decided": decision.decided.isoformat() if decision else None,
            "review_by": decision.review_by.isoformat() if decision else None,
            "reason_of_owner": decision.reason if decision else "",
        }


def register(
    rows: tuple[HoldingValue, ...], estate: Estate, catalog: Catalog
) -> tuple[Target, ...]:
    """Return an entry for each holding that is proposed or that its owner decided about."""
    return tuple(entry for row in rows if (entry := _entry(row, estate, catalog)) is not None)


def _entry(row: HoldingValue, estate: Estate, catalog: Catalog) -> Target | None:
    holding = estate.holdings.get(row.id)
    if holding is None:
        return None
    lasting, complete = tuple(_lasting(row, catalog)), tuple(_complete(row, catalog))
    reasons = (*lasting, *(words for words, _ in complete))
    decision = holding.target
    if not reasons and decision is None:
        return None
    against_staff = any(is_staff for _, is_staff in complete)
    tier = Tier.ELEVATED if reasons else Tier.ORDINARY
    tier = Tier.CRITICAL if lasting or against_staff else tier
    return Target(
        id=row.id,
        tier=tier,
        compliance=_baseline(row.id, estate),
        reasons=reasons,
        finding=_finding(row.id, estate, tier, decision),
        decision=decision,
    )


def _lasting(row: HoldingValue, catalog: Catalog) -> Iterator[str]:
    """Yield a reason for every class that nobody can reset and that is held in bulk."""
    for attribute in row.irreversible:
        own = catalog.attributes[attribute].threshold
        threshold = own or BULK_PEOPLE
        if row.people.value >= threshold:
            yield (
                f"{catalog.attributes[attribute].name} cannot be reset and covers at least "
                f"{threshold:,} people ({'28 CFR 202.205' if own else 'bulk'})"
            )


def _complete(row: HoldingValue, catalog: Catalog) -> Iterator[tuple[str, bool]]:
    """Yield a reason for every use that counts, and whether it is against sensitive access."""
    for use, people in row.uses.items():
        against_staff = bool(catalog.uses[use].populations)
        if people.value >= BULK_PEOPLE or against_staff:
            yield f"completes '{catalog.uses[use].name}' alone", against_staff


def _baseline(holding: str, estate: Estate) -> str:
    system = estate.systems.get(estate.holdings[holding].system)
    value = system.categorization.value if system is not None else None
    return value.value if value is not None else ""


def _finding(holding: str, estate: Estate, tier: Tier, decision: TargetDecision | None) -> str:
    if tier is Tier.ORDINARY:
        return f"{holding} is held to be a target by its owner, and nothing here proposes it"
    if decision is not None and not decision.confirmed:
        return f"{holding} is proposed as a strategic target and its owner declined"
    baseline = _baseline(holding, estate)
    system = estate.systems.get(estate.holdings[holding].system)
    if system is None or baseline == Baseline.HIGH.value:
        return ""
    return (
        f"{system.id} is categorized {baseline or 'unknown'} for compliance, but {holding} is "
        "a strategic intelligence target: the two ratings answer different questions and "
        "disagree"
    )
