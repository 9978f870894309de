"""Which single fact, if false, reverses the answer: question 8 of the charter.

Every uncertain fact of the estate is put at each end of its plausible range (a control that is
claimed at "absent", an undeclared link at "it exists") in both estates at once, on the same
draws, and the gate is asked again. Exhaustive for one fact over the screened facts; the
screen leaves out only what no attack step and no count refers to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.attackgraph.model import ParameterFamily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from counterseal.assess.contrast import Contrast
    from counterseal.attackgraph.model import Parameter
    from counterseal.policy.verdict import Word
    from counterseal.review.judgement import Judge

__all__ = ["Falsehood", "Flip", "flip_distance", "flippable"]

FACTS = ("fact:", "control:", "undeclared:")
"""Prefixes of parameters that are facts of the estate; catalog rows are priors, not facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Falsehood:
    """A fact that, at ``value``, changes the verdict to ``word``."""

    parameter: Parameter
    value: float
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The flip distance, as far as it was searched.

    Attributes:
        distance: 1 when one fact reverses the verdict, else ``None`` (more than one).
        facts: Every single fact that does, sorted by id.
        tried: Facts tried.
        method: What was searched, in words.
    """

    distance: int | None
    facts: tuple[Falsehood, ...]
    tried: int
    method: str


def flippable(parameters: Mapping[str, Parameter]) -> tuple[Parameter, ...]:
    """Return the facts that could be false, sorted by id.

    A control that nobody claims (value 0, no record in the estate) is not a fact that could
    be false in the dangerous direction, and putting it in place is a condition.
    """
    return tuple(
        parameter
        for key, parameter in sorted(parameters.items())
        if key.startswith(FACTS) and not _is_candidate_control(parameter)
    )


def flip_distance(
    contrast: Contrast,
    judge: Judge,
    facts: Sequence[Parameter],
    *,
    advance: Callable[[], None] = lambda: None,
) -> Flip:
    """Try every fact alone at each end of its range and return those that flip the verdict.

    Args:
        contrast: Both sides on the draws to use.
        judge: The gate.
        facts: What to try, from ``flippable``.
        advance: Called once per fact tried, for progress.
    """
    word = judge(contrast.compare()).word
    found = []
    for fact in facts:
        for value in _extremes(fact):
            flipped = judge(contrast.compare_if({fact.id: value})).word
            if flipped is not word:
                found.append(Falsehood(parameter=fact, value=value, word=flipped))
                break
        advance()
    trials = contrast.draws.outer * contrast.draws.lanes
    method = (
        f"exhaustive for one fact: {len(facts)} facts at each end of their range, "
        f"{trials:,} trials each, same draws; more than one fact was not searched"
    )
    return Flip(
        distance=1 if found else None, facts=tuple(found), tried=len(facts), method=method
    )


def _extremes(fact: Parameter) -> Iterator[float]:
    if fact.id.startswith("control:"):
        yield from (value for value in (0.0, 1.0) if not _is_point_at(fact, value))
    elif fact.family is ParameterFamily.BERNOULLI:
        yield from (1.0, 0.0)
    else:
        yield from (value for value in (fact.low, fact.high) if not _is_point_at(fact, value))


def _is_point_at(fact: Parameter, value: float) -> bool:
    return fact.family is ParameterFamily.POINT and fact.mode == value


def _is_candidate_control(parameter: Parameter) -> bool:
    return (
        parameter.id.startswith("control:")
        and parameter.family is ParameterFamily.POINT
        and parameter.mode == 0.0
        and parameter.place is None
    )
