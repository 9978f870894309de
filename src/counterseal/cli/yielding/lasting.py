"""Sensitivity beside protection, and the register of strategic targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterseal.cli.yielding.words import people, span
from counterseal.consequence.taken.lifetime import STILL_SENSITIVE, Outcome
from counterseal.consequence.taken.register import Standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from counterseal.consequence.static import StaticTable
    from counterseal.consequence.taken.lifetime import Check, Lifetime
    from counterseal.consequence.taken.register import Target

__all__ = ["lifetime", "register"]

_SHORT = {
    "retention": "a copy stays sensitive after deletion here for",
    "key": "a retired key must stay secret, or be destroyed, for",
    "scheme": "what is recorded now can be read while still sensitive, for",
}


def lifetime(table: StaticTable) -> Iterator[str]:
    """Yield how long data stays sensitive, and where protection ends before."""
    share = f"{STILL_SENSITIVE:.0%}"
    yield f"Sensitive for longer than protected? (until fewer than {share} would serve a use)"
    silent = []
    for row in table.lifetimes:
        stated = [check for check in row.checks if check.outcome is not Outcome.UNKNOWN]
        if not stated:
            silent.append(row)
            continue
        yield from _row(row)
    holdings = [row for row in silent if not row.is_link]
    links = [row for row in silent if row.is_link]
    if holdings:
        named = ", ".join(row.element for row in holdings)
        yield f"  nothing stated, so unknown, for {len(holdings)} holding(s): {named}"
    if links:
        longest = max(links, key=lambda row: row.sensitive.years.value)
        yield (
            f"  unknown for {len(links)} link(s) that carry holdings, of which "
            f"{longest.element} carries what stays sensitive longest: "
            f"{span(longest.sensitive.years)}"
        )


def _row(row: Lifetime) -> Iterator[str]:
    carried = ", ".join(row.carries)
    where = f"link {row.element} carries {carried}" if row.is_link else row.element
    because = f" ({row.sensitive.because})" if row.sensitive.because else ""
    yield f"  {where}: sensitive for {span(row.sensitive.years)}{because}"
    unknown = [check.name for check in row.checks if check.outcome is Outcome.UNKNOWN]
    for check in row.checks:
        if check.name not in unknown:
            yield f"    {_check(check)}"
    if unknown:
        yield f"    {' and '.join(unknown)}: unknown"


def _check(check: Check) -> str:
    if check.gap is None or check.against is None:
        return f"{check.name}: unknown"
    if check.against.high <= 0:
        return "not encrypted: short; readable at once by whoever takes a copy"
    stated = f"{check.name} {span(check.against)}"
    if check.outcome is Outcome.HOLDS:
        return f"{stated}: holds"
    if check.outcome is Outcome.UNSURE:
        return f"{stated}: may fall short"
    return f"{stated}: short; {_SHORT[check.name]} {span(check.gap)}"


def register(table: StaticTable, on: dt.date, *, most: int | None) -> Iterator[str]:
    """Yield the register: proposals with reasons, what owners said, and what is overdue."""
    yield "Proposed register of strategic targets" + ("" if table.targets else ": none")
    sizes = {row.id: row.people for row in table.holdings}
    for target in table.targets:
        compliance = target.compliance or "unknown"
        yield (
            f"  {target.id}: {target.tier.value} for counterintelligence, {compliance} for "
            f"compliance; {people(sizes[target.id])} people; {_standing(target, on)}"
        )
        yield from (f"    because {reason}" for reason in target.reasons[:most])
        if most is not None and len(target.reasons) > most:
            yield f"    … and {len(target.reasons) - most} more (--full shows all)"
        if target.finding:
            yield f"    finding: {target.finding}"


def _standing(target: Target, on: dt.date) -> str:
    decision = target.decision
    if decision is None:
        return "nobody has confirmed or declined it"
    word = "confirmed" if decision.confirmed else "declined"
    by = f"{word} by {decision.owner} on {decision.decided}"
    if target.standing(on) is Standing.OVERDUE:
        return f"{by}, review overdue since {decision.review_by}"
    return f"{by}, review by {decision.review_by}"
