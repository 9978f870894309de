"""Adversary profiles: how they come in, what they can do, how long they wait, what they want.

A profile describes classes of action, never a procedure and never a person. Its numbers bound
a capability; they are no frequency of attack.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from counterseal.catalog.quantity import Quantity
from counterseal.catalog.rows import Row, rows
from counterseal.documents.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = [
    "Adversary",
    "CompulsionReach",
    "EntryVector",
    "IntegrityAim",
    "Objectives",
    "TimeClass",
    "Vector",
    "parse",
]


class EntryVector(StrEnum):
    """The ways into an estate that are told apart."""

    REMOTE = "remote"
    CONTRACTOR = "contractor"
    SUBCONTRACTOR = "subcontractor"
    UPDATE_CHANNEL = "update-channel"
    PARTNER = "partner"
    DEVICE_SEIZURE = "device-seizure"
    RECRUITED_INSIDER = "recruited-insider"
    PURCHASE = "purchase"
    LEGAL_COMPULSION = "legal-compulsion"
    CUSTODY_LOSS = "custody-loss"


class TimeClass(StrEnum):
    """Classes of effort, easiest first (``engine.md`` 2)."""

    TRIVIAL = "trivial"
    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"
    VERY_HARD = "very-hard"
    INFEASIBLE = "infeasible"


class IntegrityAim(StrEnum):
    """What may be done to records, or to what is learnt from them, without reading them."""

    ALTER = "alter"
    INSERT = "insert"
    SUPPRESS = "suppress"
    POISON = "poison"


class CompulsionReach(StrEnum):
    """Which entities an adversary's law can compel; a rule on jurisdictions, never on people.

    ``foreign-jurisdictions``: any entity, or majority owner of one, whose jurisdiction is known
    and differs from that of the owner of the estate.
    """

    NONE = "none"
    FOREIGN_JURISDICTIONS = "foreign-jurisdictions"


class Vector(Row):
    """One way in; the id is the entry vector.

    Attributes:
        id: Entry vector.
        time_class: Effort of one entry, for what the adversary starts at will.
        rate_per_year: Events per year and entity (device, role, organization), for what has
            to happen to it; exactly one of the two is given.
        capability: Probability in [0, 1] that the adversary has this way at all: a bound from
            the share of tracked groups seen to do it at least once.
    """

    id: EntryVector
    time_class: TimeClass | None = None
    rate_per_year: Quantity | None = None
    capability: Quantity = Quantity(value=1.0)

    @model_validator(mode="after")
    def _has_one_clock(self) -> Self:
        if (self.time_class is None) == (self.rate_per_year is None):
            msg = f"{self.id.value} needs either a time-class or a rate-per-year, not both"
            raise ValueError(msg)
        if not 0 <= self.capability.value <= 1:
            msg = f"capability ({self.capability.value:g}) is not a probability"
            raise ValueError(msg)
        return self


class Objectives(Record):
    """What an adversary wants: uses of data, changes to records, knowledge of the estate."""

    citations: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    integrity: tuple[IntegrityAim, ...] = ()
    knowledge: bool = False


class Adversary(Row):
    """One profile.

    Attributes:
        id: Stable identifier.
        name: What a reader calls it.
        description: Classes of action, without procedure.
        vectors: Ways in, each at most once.
        shift: By time class, -1 (one class easier), 0 or 1 (one class harder).
        max_attempts: Attempts at one step before giving up; at least 1.
        reentry_days: Days lost after a detected attempt.
        horizon_years: Horizon of the headline, in years.
        objectives: What it wants.
        buys_feeds: Whether it can buy what anyone can buy, and so holds it at time 0.
        compulsion: Which entities its law can compel.
    """

    name: str
    description: str
    vectors: tuple[Vector, ...]
    shift: dict[TimeClass, Annotated[int, Field(ge=-1, le=1)]] = Field(default={})
    max_attempts: Annotated[int, Field(ge=1)] = 3
    reentry_days: Quantity
    horizon_years: Annotated[float, Field(gt=0, le=40)] = 25.0
    objectives: Objectives
    buys_feeds: bool = False
    compulsion: CompulsionReach = CompulsionReach.NONE

    @model_validator(mode="after")
    def _names_each_vector_once(self) -> Self:
        ids = [vector.id for vector in self.vectors]
        repeated = sorted({vector.value for vector in ids if ids.count(vector) > 1})
        if repeated:
            msg = f"entry vector {repeated[0]} is given twice"
            raise ValueError(msg)
        return self

    def vector(self, vector: EntryVector) -> Vector | None:
        """Return how the adversary uses an entry vector, or ``None`` when it does not."""
        return next((row for row in self.vectors if row.id is vector), None)


def parse(document: Document) -> Mapping[str, Adversary]:
    """Return the profiles of ``adversaries.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="adversaries", model=Adversary)
