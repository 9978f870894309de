"""Marginals that a synthetic population is drawn from, read from YAML with their sources."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from counterseal.documents.record import Day, Number, Record, Whole
from counterseal.documents.tree import parse as parse_tree
from counterseal.documents.validation import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AgeBand", "Ages", "Marginals", "NameShare", "Names", "Places", "Sexes", "parse"]

Share = Annotated[Number, Field(ge=0.0, le=1.0)]
Text = Annotated[str, Field(min_length=1)]
Some = Annotated[Whole, Field(ge=1)]


class Sexes(Record):
    """How many people are of each sex, and where that was published."""

    source: Text
    people: Annotated[dict[Literal["female", "male"], Some], Field(min_length=1)]


class AgeBand(Record):
    """How many people are of an age, from the first to the last birthday of the band."""

    from_: Annotated[Whole, Field(ge=0, le=130)]
    to: Annotated[Whole, Field(ge=0, le=130)]
    people: Some

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ > self.to:
            raise ValueError("an age band ends before it begins")
        return self


class Ages(Record):
    """How many people are of each age."""

    source: Text
    bands: Annotated[tuple[AgeBand, ...], Field(min_length=1)]


class NameShare(Record):
    """Which share of people has one of the ``rank`` most frequent names."""

    rank: Some
    share: Share


class Names(Record):
    """How concentrated names are; the names themselves are not in it."""

    source: Text
    cumulative: Annotated[tuple[NameShare, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.cumulative[0].rank != 1 or not _rises(self.cumulative):
            raise ValueError("ranks begin with 1, and ranks and shares rise")
        return self


class Places(Record):
    """How people live: sizes of areas and dwellings, and who has another name than the rest."""

    source: Text
    people_per_area: Annotated[Number, Field(ge=1.0)]
    people_per_dwelling: Annotated[Number, Field(ge=1.0)]
    own_family_name: Share


class Marginals(Record):
    """All that a synthetic population is drawn from."""

    schema_: Literal["counterseal-marginals/1"]
    title: Text
    day: Day
    sexes: Sexes
    ages: Ages
    family_names: Names
    given_names: dict[Literal["female", "male"], Names]
    places: Places

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.given_names) != set(self.sexes.people):
            raise ValueError("given names are for the same sexes as people")
        return self


def parse(data: bytes, *, file: str) -> Marginals:
    """Return the marginals in a YAML document.

    Raises:
        InvalidDocumentError: It is not one; every fault has its place.
    """
    document = parse_tree(data, file=file)
    return validate(Marginals, document.value, document=document)


def _rises(rows: Sequence[NameShare]) -> bool:
    return all(a.rank < b.rank and a.share < b.share for a, b in pairwise(rows))
