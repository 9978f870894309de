"""Rule cards: what a rule says in plain language, when it fires, and by whose authority.

A card is data. Its condition is compiled, with every fault placed, when the card is read, so
that a rule which could never be evaluated never reaches a review; and every card carries cases
in which it must fire and cases in which it must not, which are tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from counterseal.documents.record import Record

__all__ = ["Card", "Case", "Cases", "Effect", "Limit", "WaiverRule"]

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8)]
CardId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
LimitName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
CaseValue = bool | float | str | tuple[str, ...] | None


class Effect(StrEnum):
    """What a rule that fires does to the verdict, strongest first."""

    NOT_EVALUABLE = "not-evaluable"
    REFUSE = "refuse"
    REDESIGN = "redesign"
    CONDITION = "condition"
    INFORM = "inform"


class Limit(Record):
    """A threshold of a card, named ``limit.NAME`` in its condition.

    Attributes:
        value: The threshold.
        unit: What it counts or is a share of.
        reason: Why this number and not another; says so when it is a judgement.
    """

    value: Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
    unit: Annotated[str, StringConstraints(min_length=1)]
    reason: Sentence


class WaiverRule(Record):
    """Whether an accountable person may waive the rule, and for how long.

    Attributes:
        allowed: Whether it may be waived at all.
        max_days: Longest waiver in days; required when one is allowed.
    """

    allowed: bool
    max_days: Annotated[int, Field(ge=1, le=366)] | None = None


class Case(Record):
    """An assessment, given as differences from the neutral one.

    Attributes:
        name: The situation, in words.
        assessment: Fields by path (``group.field``); ``null`` makes a field unknown.
    """

    name: Sentence
    assessment: Mapping[str, CaseValue]


class Cases(Record):
    """Situations in which the rule must fire, and in which it must not."""

    must_fire: Annotated[tuple[Case, ...], Field(min_length=1)]
    must_not_fire: Annotated[tuple[Case, ...], Field(min_length=1)]


class Card(Record):
    """One rule.

    Attributes:
        id: Stable name.
        statement: The rule in plain language, as a reader of the verdict sees it.
        when: Its condition: a yes-or-no question in CEL over the assessment.
        effect: What it does when it fires.
        authority: The text or finding that it rests on; says so when it is our own judgement.
        owner: The role that answers for the card.
        review_date: When the owner must look at it again.
        remedy: What would make it fall silent.
        limits: Its thresholds by name.
        waiver: Whether it can be waived.
        cases: Its tests.
    """

    id: CardId
    statement: Sentence
    when: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    effect: Effect
    authority: Sentence
    owner: Annotated[str, StringConstraints(min_length=3)]
    review_date: dt.date
    remedy: Sentence
    limits: Mapping[LimitName, Limit] = {}
    waiver: WaiverRule
    cases: Cases
