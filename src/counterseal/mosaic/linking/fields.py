"""What two tables are linked on, and how alike two values of it can be.

The levels of a comparison are those that record linkage commonly uses: the same; nearly the
same (Jaro-Winkler similarity of names, one slip in a date); otherwise different; nothing where
either value is missing (Winkler 1990; Fellegi and Sunter 1969, JASA 64(328):1183-1210).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from counterseal.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LEVELS", "Field", "Kind", "conditions", "parsed"]


class Kind(StrEnum):
    """How values of a field are compared."""

    EXACT = "exact"
    NAME = "name"
    DATE = "date"


LEVELS: Final = {
    Kind.EXACT: ("{l} = {r}",),
    Kind.NAME: (
        "{l} = {r}",
        "jaro_winkler_similarity({l}, {r}) >= 0.92",
        "jaro_winkler_similarity({l}, {r}) >= 0.8",
    ),
    Kind.DATE: ("{l} = {r}", "damerau_levenshtein({l}, {r}) <= 1", "{swapped}"),
}
"""Conditions of the levels of each kind, the most alike first; the last level is the rest."""

_SWAPPED: Final = (
    "SUBSTR({l}, 1, 4) = SUBSTR({r}, 1, 4) AND SUBSTR({l}, 6, 2) = SUBSTR({r}, 9, 2) "
    "AND SUBSTR({l}, 9, 2) = SUBSTR({r}, 6, 2)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that both tables say about people.

    Attributes:
        left: Column of the first table.
        right: Column of the second.
        kind: How their values are compared.
    """

    left: str
    right: str
    kind: Kind


def parsed(texts: Sequence[str]) -> tuple[Field, ...]:
    """Return fields written as ``COLUMN``, ``LEFT=RIGHT``, with ``:name`` or ``:date`` after.

    Raises:
        InputError: A text is not one of these, or a column is named twice.
    """
    fields = tuple(_parsed(text) for text in texts)
    for columns in ([f.left for f in fields], [f.right for f in fields]):
        if len(set(columns)) < len(columns):
            raise InputError("a column is named twice", hint="name each column once")
    if not fields:
        raise InputError("no field is named to link on", hint="for instance --on born:date")
    return fields


def conditions(kind: Kind, left: str, right: str) -> tuple[str, ...]:
    """Return the SQL conditions of the levels of a kind, between two expressions."""
    swapped = _SWAPPED.format(l=left, r=right)
    return tuple(level.format(l=left, r=right, swapped=swapped) for level in LEVELS[kind])


def _parsed(text: str) -> Field:
    columns, colon, kind = text.rpartition(":")
    if not colon:
        columns, kind = text, Kind.EXACT
    if kind not in set(Kind):
        kinds = ", ".join(Kind)
        raise InputError(f"a field is compared as one of {kinds}", hint="write COLUMN:KIND")
    left, _, right = columns.partition("=")
    if not left:
        raise InputError("a field has no column", hint="write COLUMN or LEFT=RIGHT")
    return Field(left=left, right=right or left, kind=Kind(kind))
