"""Keys: what the records of two holdings about one person can be joined by, and how well.

No join is perfect. A key finds only some of the people who are in both holdings, takes others
for them, and often stands for more than one person. All three are numbers of the row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from counterseal.catalog.quantity import Quantity
from counterseal.catalog.rows import Row, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from counterseal.documents.tree import Document

__all__ = ["Key", "parse"]

_ONE = Quantity(value=1.0)


class Key(Row):
    """One way to join two holdings.

    Attributes:
        id: Stable identifier.
        name: What a reader calls it.
        left: Attributes that the one holding needs, all of them.
        right: Attributes that the other needs; empty: the same.
        found: Share of the people in both whose records are brought together, in [0, 1]: 1 less
            the false non-match rate.
        false_match: Chance that the record of another person is taken for a match, of one
            comparison, in [0, 1].
        shared: People for whom one value stands, at least 1 (a household has one address).
    """

    name: str
    left: Annotated[tuple[str, ...], Field(min_length=1)]
    right: tuple[str, ...] = ()
    found: Quantity
    false_match: Quantity
    shared: Quantity = _ONE

    @model_validator(mode="after")
    def _are_shares(self) -> Self:
        for name, one in (("found", self.found), ("false-match", self.false_match)):
            ends = (one.value, one.low, one.high)
            if not all(end is None or 0.0 <= end <= 1.0 for end in ends):
                raise ValueError(f"{name} lies outside [0, 1]")
        if min(self.shared.value, self.shared.low or self.shared.value) < 1.0:
            raise ValueError("shared is below 1: a value stands for one person at least")
        return self

    @property
    def other(self) -> tuple[str, ...]:
        """Attributes that the other holding needs."""
        return self.right or self.left


def parse(document: Document) -> Mapping[str, Key]:
    """Return the rows of ``keys.yaml`` by id, in order of id.

    Raises:
        InvalidDocumentError: A row is not valid; every fault with its place.
    """
    return rows(document, table="keys", model=Key)
