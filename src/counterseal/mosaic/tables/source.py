"""The contract of every method on a table: SELECTs that answer with aggregates, nothing else.

A method writes the text of a query, asks it of a source and turns the rows into a result. The
text is the record of how a number came about: the same text gives the same number on DuckDB
and, through Ibis, on Spark, so it keeps to plain SQL (GROUP BY, GROUPING SETS, CTEs, window
functions, CASE, aggregates, md5).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, SupportsFloat, SupportsInt

from counterseal.documents.wording import did_you_mean, quotable
from counterseal.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Missing", "Query", "Source", "chosen", "literal", "quoted", "real", "whole"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One reproducible SELECT.

    Attributes:
        purpose: What it is for, in a few words.
        sql: Its text in the dialect of DuckDB: ASCII but for names of columns, no parameters,
            a deterministic order of rows.
    """

    purpose: str
    sql: str


class Source(Protocol):
    """A table that answers aggregates in place; nothing else leaves it."""

    @property
    def relation(self) -> str:
        """Quoted name of the table, for FROM."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, unquoted, in the order of the table."""

    def ask(self, query: Query) -> Sequence[tuple[object, ...]]:
        """Run a query and return its rows; it is remembered as part of the record."""


class Missing(StrEnum):
    """What NULL in a quasi-identifier means.

    An own value: records without a value are like each other and unlike all others. A
    wildcard: a record without a value may be anybody, so it is like every record that agrees
    with it where both have values.
    """

    OWN_VALUE = "own-value"
    WILDCARD = "wildcard"


def quoted(name: str) -> str:
    """Return the name of a column or table as a quoted identifier, whatever is in it.

    Raises:
        InputError: The name is empty or has a NUL character.
    """
    if not name or "\0" in name:
        raise InputError("a column has no usable name", hint="give every column a name")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return text as a string literal of SQL.

    Raises:
        InputError: The text has a NUL character.
    """
    if "\0" in text:
        raise InputError("a text for a query has a NUL character")
    return "'" + text.replace("'", "''") + "'"


def chosen(source: Source, names: Sequence[str]) -> tuple[str, ...]:
    """Return the quoted names of columns that a method is to use, in the order given.

    Raises:
        InputError: None is named, one is named twice, or the table has no such column.
    """
    if not names:
        raise InputError("no column is named", hint="name at least one quasi-identifier")
    for name in names:
        if name not in source.columns:
            likely = did_you_mean(name, [c for c in source.columns if quotable(c) == f"'{c}'"])
            raise InputError(
                f"there is no column {quotable(name)} among the {len(source.columns)}",
                hint=likely or "names are compared as written, with capitals and spaces",
            )
    if len(set(names)) < len(names):
        raise InputError("a column is named twice", hint="name each column once")
    return tuple(quoted(name) for name in names)


def whole(cell: object) -> int:
    """Return a cell of an answer as a whole number; no value (a sum over nothing) is 0."""
    if cell is None:
        return 0
    if isinstance(cell, SupportsInt):
        return int(cell)
    msg = f"expected a number in an answer, found {type(cell).__name__}"
    raise TypeError(msg)


def real(cell: object) -> float:
    """Return a cell of an answer as a floating-point number; no value is 0."""
    if cell is None:
        return 0.0
    if isinstance(cell, SupportsFloat):
        return float(cell)
    msg = f"expected a number in an answer, found {type(cell).__name__}"
    raise TypeError(msg)
