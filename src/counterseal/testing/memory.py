"""Tables in memory, for tests that ask many small ones."""

# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from counterseal.mosaic.tables.source import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.source import Query

    Row = tuple[str | None, ...]

__all__ = ["Memory", "MemorySource"]


class Memory:
    """One connection that holds nothing but what a test puts there."""

    def __init__(self) -> None:
        """Open it."""
        self._connection = duckdb.connect(config={"threads": 1})

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Row]) -> MemorySource:
        """Put a table of texts there, in place of one of the same name."""
        listed = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
        self._connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({listed})")
        values = ", ".join(
            f"({', '.join('NULL' if v is None else literal(v) for v in row)})" for row in rows
        )
        if values:
            self._connection.execute(f"INSERT INTO {quoted(name)} VALUES {values}")
        return MemorySource(self._connection, name=name, columns=tuple(columns))


class MemorySource:
    """A table in memory that answers queries."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, name: str, columns: tuple[str, ...]
    ) -> None:
        """Take a table of a connection."""
        self._connection = connection
        self._name = quoted(name)
        self._columns = columns

    @property
    def relation(self) -> str:
        """Quoted name of the table."""
        return self._name

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._columns

    def ask(self, query: Query) -> Sequence[tuple[object, ...]]:
        """Run a query."""
        return self._connection.execute(query.sql).fetchall()
