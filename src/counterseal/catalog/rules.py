"""Attack rules as data: for each kind of element, its attack steps and where they come from.

A rule makes at most one step for each element of its kind (one for each related element when
it has ``each``). Its parents are found by following a relation of the estate and taking a named
step there; the relations are a closed set (``docs/attack-rules.md``). Everything else about a
step is data too: its technique, its time class, its chance of working, the action on which
controls bear, the causes it requires.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from counterseal.catalog.quantity import Quantity  # noqa: TC001 - a field of a record
from counterseal.catalog.rows import Row, rows
from counterseal.documents.record import Record

if TYPE_CHECKING:
    from counterseal.documents.tree import Document

__all__ = ["CAUSES", "ELEMENTS", "Factor", "Parent", "Rule", "When", "parse"]

ElementKind = Literal[
    "organization",
    "zone",
    "system",
    "holding",
    "link",
    "grant",
    "knowledge",
    "contract",
    "feed",
]
CauseKind = Literal[
    "link",
    "grant",
    "product",
    "exposure",
    "jurisdiction",
    "onward",
    "buyers",
    "undeclared",
    "custody",
    "flowed",
    "kept",
    "spare",
]
TimeName = Literal[
    "instant", "trivial", "easy", "moderate", "hard", "very-hard", "infeasible", "entry"
]

ELEMENTS: tuple[str, ...] = ElementKind.__args__  # type: ignore[attr-defined]
"""The kinds of element that have attack steps."""

CAUSES: tuple[str, ...] = CauseKind.__args__  # type: ignore[attr-defined]
"""The kinds of shared cause a step can require."""

StepName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]


class Parent(Record):
    """Steps from which this step can be taken.

    Attributes:
        via: A relation (``link.from``), ``self``, or ``each`` (the related element of a rule
            with ``each``).
        step: Name of the step there; by kind of element when the relation leads to several.
    """

    via: str
    step: StepName | Mapping[ElementKind, StepName]


class When(Record):
    """Conditions on the element; all must hold.

    Attributes:
        field: Fields and their admissible values; ``unknown`` admits an unknown fact, and
            ``absent`` a field that is not there.
        has: Relations that must lead somewhere.
        lacks: Relations that must lead nowhere.
    """

    field: Mapping[str, tuple[bool | str, ...]] = {}
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class Factor(Record):
    """How a fact of the element moves the time or the success of the step.

    Attributes:
        fact: Field of the element.
        on: What it moves.
        form: ``scale``: multiplies by ``fact ** exponent`` (``exponent`` names a prior or is
            a number). ``switch``: multiplies by the prior ``effect`` when the fact is true,
            in part when it is unknown. ``table``: multiplies by the prior
            ``effect.VALUE``; an unknown fact by part of the strongest, ``effect.STRONGEST``.
        unknown: Prior that stands for an unknown fact, for ``scale``.
        floor: Least value the fact is given, for ``scale``; above 0.
        exponent: Prior or number, for ``scale``.
        effect: Prior (or prefix of priors), for ``switch`` and ``table``.
        strongest: Value of the strongest row, for ``table``.
        better: Whether the defender wants the fact ``low`` or ``high``.
    """

    fact: str
    on: Literal["time", "success"]
    form: Literal["scale", "switch", "table"]
    unknown: str = ""
    floor: Annotated[float, Field(gt=0)] = 1.0
    exponent: float | str = 1.0
    effect: str = ""
    strongest: str = ""
    better: Literal["low", "high"] = "high"

    @model_validator(mode="after")
    def _has_what_its_form_needs(self) -> Self:
        needed = {
            "scale": self.unknown,
            "switch": self.effect,
            "table": self.effect and self.strongest,
        }
        if not needed[self.form]:
            msg = f"a factor of form {self.form} lacks a key it needs"
            raise ValueError(msg)
        return self


class Rule(Row):
    """One attack step of one kind of element.

    Attributes:
        id: ``ELEMENT.NAME``, unique.
        element: Kind of element it applies to.
        step: Name of the step; several rules may make the same step under conditions that
            exclude each other.
        label: What a reader should call it.
        kind: Whether any parent is enough (``or``) or every parent row is needed (``and``).
        when: Conditions on the element.
        each: Relation; the rule then makes one step for each related element.
        parents: Where the step can be taken from.
        vector: Entry vector; by kind of organization when a mapping; ``market`` for
            whoever buys what anyone can buy. The step is not made for
            an adversary who lacks it. Without parents the step is an entry.
        vector_of: Relation to the organization whose kind chooses the vector.
        needs: Entry vectors one of which the adversary must have, because the step takes the
            means that come with them.
        technique: ATT&CK identifier; a label only; empty where ATT&CK has none.
        action: What controls bear on; empty when none does.
        bearer: Relation to the element whose controls bear on it; the kind's usual one when
            empty.
        time: Time class of one attempt; ``entry`` takes it from the adversary's vector.
        rate: Prior: events per year and unit, in place of the vector's clock; the time is
            then exponential.
        success: Probability that it ever works before controls.
        factors: Facts of the element that move it.
        requires: Shared causes it needs.
        rationale: Why the step exists.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+(-[a-z]+)*$")]
    element: ElementKind
    step: StepName
    label: str
    kind: Literal["or", "and"] = "or"
    when: When = When()
    each: str = ""
    parents: tuple[Parent, ...] = ()
    vector: str | Mapping[str, str] = ""
    vector_of: str = "self"
    needs: tuple[str, ...] = ()
    technique: Annotated[str, StringConstraints(pattern=r"^(T\d{4}(\.\d{3})?)?$")] = ""
    action: str = ""
    bearer: str = ""
    time: TimeName = "instant"
    rate: str = ""
    success: Quantity | None = None
    factors: tuple[Factor, ...] = ()
    requires: tuple[CauseKind, ...] = ()
    rationale: str

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if not self.id.startswith(f"{self.element}."):
            msg = f"the id of a rule on {self.element} starts with '{self.element}.'"
            raise ValueError(msg)
        if not self.parents and not self.vector:
            raise ValueError("a rule without parents and without vector never applies")
        if self.time == "entry" and not self.vector:
            raise ValueError("only a rule with a vector takes its time from the entry")
        if self.kind == "and" and (len(self.parents) < 2 or self.vector):  # noqa: PLR2004
            raise ValueError("an and-rule has two parent rows or more and is no entry")
        return self


def parse(document: Document) -> Mapping[str, Rule]:
    """Return the rows of ``rules.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="rules", model=Rule)
