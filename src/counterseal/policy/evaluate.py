"""Ask every rule of an assessment, and keep what has no answer apart from what says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import NotEvaluableError
from counterseal.policy.assessment import bindings
from counterseal.policy.evaluator import EvaluationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.canon import Json
    from counterseal.policy.card import Card
    from counterseal.policy.cards import RuleSet
    from counterseal.policy.fields import Value

__all__ = ["Firing", "Outcome", "RuleError", "ask", "evaluate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule whose condition holds."""

    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleError:
    """A rule that has no answer, so that the change cannot be judged.

    Attributes:
        rule: Id of the card; empty when the assessment itself is at fault.
        reason: What kept it from having an answer.
    """

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the rules say of one assessment.

    Attributes:
        firings: Rules that hold, in order of id.
        errors: Rules without an answer, in order of id.
        rules_digest: Digest of the rule set.
    """

    firings: tuple[Firing, ...]
    errors: tuple[RuleError, ...]
    rules_digest: str


def evaluate(rules: RuleSet, assessment: Mapping[str, Json]) -> Outcome:
    """Ask every rule; never raises for what an assessment holds.

    A rule counts as firing or silent only when every evaluator says exactly so. Anything else
    (an unknown value that matters, an error, two evaluators that differ) is an error of the
    rule, and an assessment that does not fit its schema is an error of them all.
    """
    try:
        values = bindings(assessment)
    except NotEvaluableError as error:
        trouble = RuleError(rule="", reason=f"{error.message}: {error.hint}")
        return Outcome(firings=(), errors=(trouble,), rules_digest=rules.digest)
    firings: list[Firing] = []
    errors: list[RuleError] = []
    for rule, card in rules.cards.items():
        try:
            if ask(rules, rule, values):
                firings.append(Firing(card=card))
        except EvaluationError as error:
            errors.append(RuleError(rule=rule, reason=error.message))
    return Outcome(firings=tuple(firings), errors=tuple(errors), rules_digest=rules.digest)


def ask(rules: RuleSet, rule: str, values: Mapping[str, Value]) -> bool:
    """Return the answer that every evaluator gives to one rule.

    Args:
        rules: The rule set.
        rule: Id of one of its cards.
        values: Values of the variables (``assessment.bindings``).

    Raises:
        EvaluationError: An evaluator has no answer, or they differ.
    """
    limits = rules.cards[rule].limits
    given = {**values, **{f"limit.{name}": limit.value for name, limit in limits.items()}}
    answers = {condition.holds(given) for condition in rules.conditions[rule]}
    if answers == {True}:
        return True
    if answers == {False}:
        return False
    raise EvaluationError("the evaluators of the rule do not agree")
