"""Classes of data about people: how long each lasts, whom it singles out, what it is for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from counterseal.catalog.rows import Row, rows
from counterseal.catalog.survival import Survival  # noqa: TC001 - evaluated by pydantic
from counterseal.documents.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = ["Attribute", "AttributeKind", "Layer", "Reset", "ResetCost", "parse"]


class AttributeKind(StrEnum):
    """Why a value stays true, or does not (``measures.md`` D.2)."""

    RESETTABLE = "resettable"
    CURRENT_STATE = "current-state"
    HISTORICAL = "historical"
    BODY = "body"
    KIN = "kin"
    DERIVED = "derived"


class Layer(StrEnum):
    """What a value tells about a person (requirement R30 and beyond)."""

    IDENTITY = "identity"
    RELATIONSHIP = "relationship"
    MOVEMENT = "movement"
    CIRCUMSTANCE = "circumstance"
    ACCESS = "access"
    SEARCH = "search"


class ResetCost(StrEnum):
    """What it costs to make a leaked value useless, as a class."""

    MINUTES = "minutes"
    DAYS = "days"
    MONTHS = "months"
    LIFE_CHANGE = "life-change"
    IMPOSSIBLE = "impossible"


class Reset(Record):
    """Who can reset a value, in words, and at what cost."""

    by: str
    cost: ResetCost


class Attribute(Row):
    """One class of data.

    Attributes:
        id: Stable identifier, as estates use it.
        name: What a reader calls it.
        kind: Why it stays true.
        layer: What it tells.
        reset: Who can reset it, and at what cost.
        identifiability: How well it singles a person out, with the evidence.
        direct: Whether pseudonymization takes it away: it names or contacts the person.
        threshold: Persons (or devices) from which 28 CFR 202.205 calls the data bulk; ``None``
            when the rule has no threshold for it.
        adversary_use: What it is mostly wanted for.
        survival: How long a leaked value stays true.
    """

    name: str
    kind: AttributeKind
    layer: Layer
    reset: Reset
    identifiability: str
    direct: bool = False
    threshold: Annotated[int, Field(gt=0)] | None = None
    adversary_use: str
    survival: Survival

    @property
    def is_irreversible(self) -> bool:
        """Whether nobody can reset it once it has leaked."""
        return self.reset.cost is ResetCost.IMPOSSIBLE


def parse(document: Document) -> Mapping[str, Attribute]:
    """Return the attribute classes of ``attributes.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="attributes", model=Attribute)
