"""The cases that a card carries, run as tests of the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from counterseal.policy.assessment import baseline, bindings, overridden
from counterseal.policy.evaluate import ask
from counterseal.policy.evaluator import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from counterseal.policy.cards import RuleSet
    from counterseal.policy.fields import Value

__all__ = ["CaseFailure", "check_cases"]

_FIRED: Final = "fires"
_SILENT: Final = "stays silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFailure:
    """A case whose rule does not do what the case says.

    Attributes:
        rule: Id of the card.
        case: Name of the case.
        expected: ``fires`` or ``stays silent``.
        found: The same, or why there was no answer.
    """

    rule: str
    case: str
    expected: str
    found: str


def check_cases(rules: RuleSet) -> tuple[CaseFailure, ...]:
    """Return the cases that fail, in order of rule and case."""
    return tuple(_failures(rules))


def _failures(rules: RuleSet) -> Iterator[CaseFailure]:
    for rule, card in rules.cards.items():
        sides = ((card.cases.must_fire, _FIRED), (card.cases.must_not_fire, _SILENT))
        for cases, expected in sides:
            for case in cases:
                found = _found(rules, rule, bindings(overridden(baseline(), case.assessment)))
                if found != expected:
                    yield CaseFailure(rule=rule, case=case.name, expected=expected, found=found)


def _found(rules: RuleSet, rule: str, values: Mapping[str, Value]) -> str:
    try:
        return _FIRED if ask(rules, rule, values) else _SILENT
    except EvaluationError as error:
        return error.message
