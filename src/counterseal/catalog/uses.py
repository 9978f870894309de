"""What an adversary can do with data: a use is a conjunction of kinds of data about one person.

The conjunction, not a weight, is what makes joined data worth more than its parts.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from counterseal.catalog.rows import Row, rows
from counterseal.documents.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = ["Counts", "Group", "Use", "UseFamily", "parse"]


class UseFamily(StrEnum):
    """Families of consequence; recruitment, influence and coercion are told apart (R67)."""

    IDENTIFICATION = "identification"
    SURVEILLANCE = "surveillance"
    RECRUITMENT = "recruitment"
    INFLUENCE = "influence"
    COERCION = "coercion"
    DECEPTION = "deception"
    EXPOSURE = "exposure"


class Counts(StrEnum):
    """Who is counted: the people the data is about, or their relatives."""

    MEMBERS = "members"
    RELATIVES = "relatives"


class Group(Record):
    """One need of a use; any one of the attributes meets it."""

    need: str
    any_of: Annotated[tuple[str, ...], Field(min_length=1)]


class Use(Row):
    """One adversary use.

    Attributes:
        id: Stable identifier.
        name: What a reader calls it.
        family: Family of consequence.
        groups: Needs; every one has to be met for the same person. One to five.
        counts: Who is counted.
        populations: Population flags it is limited to; empty for every population.
        statement: What it means for a person, in one sentence.
    """

    name: str
    family: UseFamily
    groups: Annotated[tuple[Group, ...], Field(min_length=1, max_length=5)]
    counts: Counts = Counts.MEMBERS
    populations: tuple[str, ...] = ()
    statement: str


def parse(document: Document) -> Mapping[str, Use]:
    """Return the uses of ``uses.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="uses", model=Use)
