"""The fields that a rule card may ask about: path, kind, unit, meaning, and a neutral value.

One row a field. "Neutral" is what a change that does nothing remarkable would say; the cases of
every card start from it and override only what the case is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

__all__ = ["RATIO_CAP", "TABLE", "Field", "Kind", "Value"]

Value: TypeAlias = bool | float | str | tuple[str, ...]

RATIO_CAP: Final = 1e6
"""Stands for an infinite ratio: something is there after that was not there at all before."""


class Kind(StrEnum):
    """The type of a field, or of an expression of the rule language."""

    FLAG = "flag"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an assessment.

    Attributes:
        path: ``group.field``, as a card writes it.
        kind: Its type.
        unit: What a number counts or is a share of; empty for other kinds.
        meaning: One sentence in plain language.
        neutral: Its value in a change that does nothing remarkable.
        low: Smallest value of a number.
        high: Largest value of a number.
    """

    path: str
    kind: Kind
    unit: str = ""
    meaning: str
    neutral: Value
    low: float = 0.0
    high: float = 1e15


def _flag(path: str, meaning: str, *, neutral: bool = False) -> Field:
    return Field(path=path, kind=Kind.FLAG, meaning=meaning, neutral=neutral)


def _text(path: str, meaning: str, *, neutral: str) -> Field:
    return Field(path=path, kind=Kind.TEXT, meaning=meaning, neutral=neutral)


def _texts(path: str, meaning: str) -> Field:
    return Field(path=path, kind=Kind.TEXTS, meaning=meaning, neutral=())


def _share(path: str, meaning: str, *, neutral: float = 0.0) -> Field:
    return Field(
        path=path, kind=Kind.NUMBER, unit="share", meaning=meaning, neutral=neutral, high=1.0
    )


def _count(path: str, unit: str, meaning: str) -> Field:
    return Field(path=path, kind=Kind.NUMBER, unit=unit, meaning=meaning, neutral=0.0)


def _ratio(path: str, meaning: str) -> Field:
    return Field(
        path=path, kind=Kind.NUMBER, unit="ratio", meaning=meaning, neutral=1.0, high=RATIO_CAP
    )


TABLE: Final[tuple[Field, ...]] = (
    _text("change.id", "Id of the change.", neutral="some-change"),
    _text("change.kind", "Kind of the change, as in its file.", neutral="integration"),
    _text("change.stage", "Stage that the change has reached.", neutral="requirement"),
    _flag(
        "change.confers_knowledge",
        "Somebody learns configurations, integration points, limits, plans or criticality.",
    ),
    _flag("change.adds_access", "A grant or a link is added or widened."),
    _flag("change.adds_data", "A holding, an attribute, a population or a feed is added."),
    _count(
        "change.adds_people_outside_mission",
        "people",
        "People newly covered who are outside the declared mission population.",
    ),
    _flag("authority.named", "The change names an authority of the estate.", neutral=True),
    _text(
        "authority.legal_basis",
        "Legal basis of that authority; empty when it states none.",
        neutral="public law of the example",
    ),
    _text(
        "authority.necessity",
        "Why the change is necessary for the mission; empty when nothing is said.",
        neutral="the mission cannot be carried out without it",
    ),
    _count("precedence.violations", "violations", "Stages passed without an earlier review."),
    _flag("precedence.late", "The assessment is dated after selection."),
    _text("precedence.assessed", "Date of the assessment (ISO 8601).", neutral="2026-01-10"),
    _text("precedence.selected", "Date of selection; empty before it.", neutral=""),
    _texts(
        "exposure.worse_uses",
        "Uses for which some adversary is more likely to gain than not: low end of P(worse)"
        " at least 0.5.",
    ),
    _texts(
        "exposure.better_uses",
        "Uses for which some adversary is more likely to lose than not, and none is in"
        " worse_uses.",
    ),
    _share("exposure.p_worse", "Largest P(after worse than before) over adversary and use."),
    _share("exposure.p_worse_low", "Low end of the 95 % interval of p_worse at that place."),
    _share("exposure.p_better", "Largest P(after better than before) over adversary and use."),
    _ratio(
        "exposure.ratio",
        "After divided by before, expected usable person-years, at the place of p_worse; the"
        " largest where several places tie.",
    ),
    _share(
        "exposure.coerce_p_worse_low",
        "Low end of the 95 % interval of the largest P(worse) over adversaries, for coercion of"
        " a person or through kin only.",
    ),
    _ratio("exposure.coerce_ratio", "After divided by before, at the place of that maximum."),
    _count(
        "exposure.newly_possible",
        "people",
        "People usable for some use by some adversary who could not be used so before.",
    ),
    _share("exposure.integrity_p_worse", "Largest P(worse) of person-years of false records."),
    _ratio(
        "exposure.integrity_ratio", "After divided by before, at the place of that maximum."
    ),
    _share("exposure.knowledge_p_worse", "Largest P(worse) of learning how the estate works."),
    _count(
        "knowledge.facts_disclosed", "facts", "Architecture facts that the change discloses."
    ),
    _count("knowledge.critical_facts", "facts", "Of these, facts about critical elements."),
    _count(
        "knowledge.new_knowers", "organizations", "Organizations that know more than before."
    ),
    _count(
        "knowledge.unknown_tiers",
        "organizations",
        "Of these, organizations whose own subcontractors are not known.",
    ),
    _flag("contract.present", "The change rests on a contract."),
    _flag("contract.flow_down", "Its duties bind subcontractors at every tier.", neutral=True),
    _flag("contract.incident_notice", "Incidents must be notified.", neutral=True),
    _flag("contract.audit_right", "The client may inspect and audit.", neutral=True),
    _flag("contract.data_return", "Data and notes are returned or destroyed.", neutral=True),
    _flag("contract.conflict_of_interest", "A conflict-of-interest clause.", neutral=True),
    _count("contract.other_clients", "clients", "Other clients of the contractor."),
    _flag("critical.touched", "A critical asset is changed, or newly reachable."),
    _flag("alternatives.narrower", "A narrower form of the change was compared."),
    _ratio(
        "alternatives.best_ratio", "Exposure of the best alternative over the change's own."
    ),
    _flag("conditions.found", "Some set of conditions makes the change acceptable."),
    _count("conditions.count", "conditions", "Size of the smallest such set."),
    _share("conditions.p_worse", "P(worse) with that set in place."),
    _share("evidence.assumed_share", "Share of the variance that comes from assumed facts."),
    _flag("evidence.assumption_dominated", "That share is above one half."),
    _flag("data.coerce_uses", "The data added serve coercion, of a person or through kin."),
    _count(
        "data.irreversible_people",
        "people",
        "People of whom the change adds what cannot be reset: body, kin or past events.",
    ),
    _flag("data.purchased", "Data are bought."),
    _flag("data.commercial_feed", "A feed that others can also buy is joined."),
    _count(
        "data.bulk_people", "people", "People covered by the largest holding or query added."
    ),
    _count(
        "data.copies_beyond_recall",
        "copies",
        "Copies added that nobody can call back or erase.",
    ),
    _flag("device.fleet", "Devices outside controlled premises are added or changed."),
    _count("device.cached_records", "records", "Records kept on one such device."),
)
