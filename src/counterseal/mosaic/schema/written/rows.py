"""What may be written in a schema document: the rows, each checked in itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from counterseal.documents.evidence import Grade
from counterseal.documents.record import Flag, Number, Record, Whole

__all__ = [
    "AttributeRow",
    "ChangeRow",
    "CoarserRow",
    "HoldingRow",
    "LinkerRow",
    "PairRow",
    "PopulationRow",
    "SchemaFile",
    "ZipfRow",
]

LARGEST_CARDINALITY = 100_000
MOST_PAIRED_VALUES = 4_096
SMALLEST_POPULATION = 11

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Share = Annotated[Number, Field(ge=0.0, le=1.0)]
Weight = Annotated[Number, Field(ge=0.0)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class ZipfRow(Record):
    """An assumed shape: shares fall as ``rank ** -exponent``; 0 is uniform.

    Attributes:
        exponent: The exponent thought likeliest.
        low, high: Ends of what it may be; results span both.
    """

    exponent: Annotated[Number, Field(ge=0.0, le=4.0)]
    low: Annotated[Number, Field(ge=0.0, le=4.0)]
    high: Annotated[Number, Field(ge=0.0, le=4.0)]

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if not self.low <= self.exponent <= self.high:
            raise ValueError("zipf needs low <= exponent <= high")
        return self


class CoarserRow(Record):
    """A coarser form of an attribute, by the width of bins of an order, or by groups of values.

    Attributes:
        name: What it is called.
        width: Neighbouring values that become one.
        groups: Labels of the values that become one, by name of the group.
    """

    name: Text
    width: Annotated[Whole, Field(ge=2)] | None = None
    groups: Mapping[Label, tuple[Label, ...]] | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.width is None) == (self.groups is None):
            raise ValueError("a coarser form needs either 'width' or 'groups'")
        return self


class AttributeRow(Record):
    """An attribute: how its values are distributed, in exactly one of four ways.

    Attributes:
        id: Its id.
        name: What a reader calls it.
        values: Counts or shares by label of the value.
        shares: Counts or shares without labels, in the order of the values.
        cardinality: Number of values, where only that is known; with ``zipf``.
        zipf: The shape then assumed.
        identifier: Everybody has a value of their own.
        missing: Share of records without a value.
        sensitive: Whether learning it about somebody counts.
        coarser: Forms in which it could be given instead.
        grade: How the distribution is known.
        source: Where it is from.
    """

    id: Id
    name: Text | None = None
    values: Annotated[Mapping[Label, Weight], Field(min_length=1)] | None = None
    shares: Annotated[tuple[Weight, ...], Field(min_length=1)] | None = None
    cardinality: Annotated[Whole, Field(ge=1, le=LARGEST_CARDINALITY)] | None = None
    zipf: ZipfRow | None = None
    identifier: Flag = False
    missing: Annotated[Number, Field(ge=0.0, lt=1.0)] = 0.0
    sensitive: Flag = False
    coarser: tuple[CoarserRow, ...] = ()
    grade: Grade = Grade.ASSUMED
    source: str = ""

    @model_validator(mode="after")
    def _has_one_distribution(self) -> Self:
        given = [self.values, self.shares, self.cardinality, self.identifier or None]
        if sum(one is not None for one in given) != 1:
            raise ValueError(
                "an attribute needs exactly one of 'values', 'shares', 'cardinality' and "
                "'identifier: true'"
            )
        if self.zipf is not None and self.cardinality is None:
            raise ValueError("'zipf' is a shape for a 'cardinality'")
        if self.cardinality is not None and self.zipf is None:
            raise ValueError("a 'cardinality' needs the shape that is assumed: 'zipf'")
        weights = self.values.values() if self.values is not None else self.shares
        if weights is not None and sum(weights) <= 0:
            raise ValueError("some value needs a count or share above 0")
        if self.grade in {Grade.MEASURED, Grade.DOCUMENTED} and not self.source:
            msg = f"a {self.grade.value} distribution needs a source"
            raise ValueError(msg)
        return self


class PairRow(Record):
    """How two attributes are distributed together.

    Attributes:
        of: Ids of the two.
        table: Counts or shares: a row for each value of the first attribute, in its order, a
            column for each value of the second.
        source: Where it is from.
    """

    of: tuple[Id, Id]
    table: Annotated[tuple[tuple[Weight, ...], ...], Field(min_length=1)]
    source: str = ""


class LinkerRow(Record):
    """A tool that compares an attribute with error, such as a face search.

    Attributes:
        name: What it is called.
        attribute: What it compares.
        false_match: Chance that two different people match in one comparison.
        false_non_match: Chance that the same person does not.
        source: Where the rates are from.
    """

    name: Text
    attribute: Id
    false_match: Share
    false_non_match: Share
    source: str = ""


class HoldingRow(Record):
    """Data about people of the population, by its attributes.

    Attributes:
        id: Its id.
        name: What a reader calls it.
        attributes: Ids of what each record has.
        coverage: Share of the population that has a record in it.
        named: Whether a record says whose it is.
        held_by: Who has it: the organization, or already the adversary.
    """

    id: Id
    name: Text | None = None
    attributes: Annotated[tuple[Id, ...], Field(min_length=1)]
    coverage: Annotated[Number, Field(gt=0.0, le=1.0)] = 1.0
    named: Flag = False
    held_by: Literal["organization", "adversary"] = "organization"


class PopulationRow(Record):
    """The people all holdings are about.

    Attributes:
        name: Who they are.
        people: How many.
    """

    name: Text
    people: Annotated[Whole, Field(ge=SMALLEST_POPULATION, le=10_000_000_000)]


class ChangeRow(Record):
    """Which holdings of the organization are together before and after a change.

    Attributes:
        before: Ids; none where nothing is said.
        after: Ids; all where nothing is said.
    """

    before: tuple[Id, ...] = ()
    after: tuple[Id, ...] | None = None


class SchemaFile(Record):
    """A document of the schema level.

    Attributes:
        schema_: Its format.
        title: What it is about.
        population: The people.
        attributes: What is known of their attributes.
        pairs: How pairs of attributes are distributed together, where that is known.
        linkers: Tools that compare with error.
        holdings: Who holds which attributes.
        overlap: Whether those in one holding are in another independently of that, or the
            smaller holding lies within the larger.
        change: What is put together.
    """

    schema_: Literal["counterseal-mosaic-schema/1"]
    title: Text
    population: PopulationRow
    attributes: Annotated[tuple[AttributeRow, ...], Field(min_length=1)]
    pairs: tuple[PairRow, ...] = ()
    linkers: tuple[LinkerRow, ...] = ()
    holdings: Annotated[tuple[HoldingRow, ...], Field(min_length=1)]
    overlap: Literal["independent", "nested"] = "independent"
    change: ChangeRow = ChangeRow()
