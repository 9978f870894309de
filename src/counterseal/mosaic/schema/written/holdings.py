"""What is known where no data is at hand: people, attributes, holdings, tools that compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from counterseal.mosaic.schema.dependence.marginal import Marginal, PairTable

__all__ = ["Linker", "Schema", "SchemaHolding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """A tool that compares an attribute with error.

    Attributes:
        name: What it is called.
        attribute: Id of what it compares.
        false_match: Chance that two different people match in one comparison.
        false_non_match: Chance that the same person does not.
        source: Where the rates are from.
    """

    name: str
    attribute: str
    false_match: float
    false_non_match: float
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaHolding:
    """Data about people, known by its attributes alone.

    Attributes:
        id: Its id.
        name: What a reader calls it.
        attributes: Ids of what each record has.
        coverage: Share of the population that has a record in it.
        is_named: Whether a record says whose it is.
        is_adversarys: Whether the adversary has it already.
    """

    id: str
    name: str
    attributes: tuple[str, ...]
    coverage: float = 1.0
    is_named: bool = False
    is_adversarys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What is known where no data is at hand.

    Attributes:
        title: What it is about.
        population: Who the people are.
        people: How many, N.
        marginals: Their attributes.
        sensitive: Ids of the attributes that count when they are learnt.
        pairs: Pairwise tables.
        linkers: Tools that compare with error, at most one for an attribute.
        holdings: Who holds what.
        is_nested: Whether smaller holdings lie within larger ones; else they overlap as if
            membership were independent.
        before, after: Ids of the organization's holdings that are together on either side.
    """

    title: str
    population: str
    people: int
    marginals: tuple[Marginal, ...]
    sensitive: frozenset[str]
    pairs: tuple[PairTable, ...] = ()
    linkers: tuple[Linker, ...] = ()
    holdings: tuple[SchemaHolding, ...] = ()
    is_nested: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def marginal(self, name: str) -> Marginal:
        """Return an attribute by its id.

        Raises:
            KeyError: There is none of that id.
        """
        return {one.id: one for one in self.marginals}[name]
