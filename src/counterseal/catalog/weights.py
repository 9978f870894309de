"""Published weightings of classes of data, for ranking holdings under each: never one of ours.

No verdict, no comparison and no headline depends on a weight. A set either takes its weights
from the thresholds of the attribute table, or gives each class a weight with its own source.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from counterseal.catalog.rows import Row, rows
from counterseal.documents.evidence import Grade
from counterseal.documents.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.catalog.attributes import Attribute
    from counterseal.documents.tree import Document

__all__ = ["ClassWeight", "WeightBasis", "WeightSet", "parse"]


class WeightBasis(StrEnum):
    """Where the weights of a set come from."""

    THRESHOLDS = "thresholds"
    CLASSES = "classes"


class ClassWeight(Record):
    """The weight of some classes in one set, and why.

    Attributes:
        attributes: Catalog ids of the classes.
        weight: At least 0; only ratios within a set mean anything.
        source: Where it comes from, down to the section.
        grade: ``elicited`` where the source gives no weight for the class itself.
    """

    attributes: Annotated[tuple[str, ...], Field(min_length=1)]
    weight: Annotated[float, Field(ge=0)]
    source: Annotated[str, Field(min_length=1)]
    grade: Grade = Grade.ELICITED


class WeightSet(Row):
    """One published weighting.

    Attributes:
        name: What a reader calls it.
        basis: ``thresholds``: the inverse of the number of people from which a class counts as
            bulk, the highest threshold weighing 1; ``classes``: as listed.
        statement: What the set measures, and what it was not made for.
        classes: Weights by class; none with ``thresholds``.
    """

    name: str
    basis: WeightBasis
    statement: str
    classes: tuple[ClassWeight, ...] = ()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.basis is WeightBasis.CLASSES) != bool(self.classes):
            msg = "weights are listed with the basis 'classes', and only with it"
            raise ValueError(msg)
        named = self.named
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            msg = f"'{twice[0]}' has two weights in one set"
            raise ValueError(msg)
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Every class that has a weight of its own, as listed."""
        return tuple(name for row in self.classes for name in row.attributes)

    def of(self, attributes: Mapping[str, Attribute]) -> Mapping[str, float]:
        """Return the weight of every class that the set covers, ids in order.

        A class that it does not cover weighs nothing in it, which is no statement about it.
        """
        if self.basis is WeightBasis.CLASSES:
            listed = {name: row.weight for row in self.classes for name in row.attributes}
            return {name: listed[name] for name in sorted(listed)}
        known = {name: row.threshold for name, row in attributes.items() if row.threshold}
        most = max(known.values(), default=1)
        return {name: most / known[name] for name in sorted(known)}


def parse(document: Document) -> Mapping[str, WeightSet]:
    """Return the weight sets of ``weights.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="weights", model=WeightSet)
