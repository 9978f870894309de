"""A rule in words: what it asks, why, by whose authority, and what would silence it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from counterseal.policy.assessment import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.policy.card import Card
    from counterseal.policy.cards import RuleSet

__all__ = ["explain"]

_EFFECTS = {
    "not-evaluable": "makes the change not evaluable",
    "refuse": "refuses the change",
    "redesign": "asks for a redesign",
    "condition": "lets the change pass only with conditions",
    "inform": "is said and changes no verdict",
}


def explain(rules: RuleSet, rule: str) -> str:
    """Return the card ``rule`` as plain text, one thought a line.

    Raises:
        PolicyError: There is no such rule.
    """
    return "\n".join(_lines(rules.card(rule)))


def _lines(card: Card) -> Iterator[str]:
    yield card.id
    yield card.statement
    yield ""
    yield f"When it fires it {_EFFECTS[card.effect]}."
    yield f"Authority: {card.authority}"
    yield f"Remedy: {card.remedy}"
    yield f"Owner: {card.owner}; to be reviewed by {card.review_date.isoformat()}."
    yield _waiver(card)
    yield ""
    yield f"Condition: {' '.join(card.when.split())}"
    for path in _fields(card.when):
        field = FIELDS[path]
        unit = f" ({field.unit})" if field.unit else ""
        yield f"  {path}{unit}: {field.meaning}"
    for name, limit in sorted(card.limits.items()):
        yield f"  limit.{name} = {limit.value:g} ({limit.unit}): {limit.reason}"
    yield ""
    for case in card.cases.must_fire:
        yield f"It fires, for example: {case.name}"
    for case in card.cases.must_not_fire:
        yield f"It does not fire: {case.name}"


def _waiver(card: Card) -> str:
    if not card.waiver.allowed:
        return "It cannot be waived."
    return f"It can be waived for at most {card.waiver.max_days} days, with a named reason."


def _fields(condition: str) -> tuple[str, ...]:
    """Return the fields that a condition reads, in the order of the schema."""
    named = {
        name.removeprefix("known.") for name in re.findall(r"[a-z_]+(?:\.[a-z_]+)+", condition)
    }
    return tuple(path for path in FIELDS if path in named)
