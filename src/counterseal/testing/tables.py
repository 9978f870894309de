"""Small tables, and what is measured on them counted one record at a time.

The counts here share nothing with the queries: plain loops over all pairs of records.
"""

# ruff: noqa: S608 - names and values are quoted

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import duckdb

from counterseal.mosaic.tables.source import literal, quoted
from counterseal.workspace.tables import DuckSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    Row = tuple[str | None, ...]

__all__ = ["alike", "compatible", "held_rows", "write_csv"]


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> Path:
    """Write a CSV with every value in quotes; a missing one is an empty field."""

    def field(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    lines = [",".join(map(field, row)) for row in (columns, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return path


@contextmanager
def held_rows(
    columns: Sequence[str], **tables: Sequence[Row]
) -> Iterator[Mapping[str, DuckSource]]:
    """Hold tables with the same columns in memory, on one connection for all of a process."""
    connection = _connection()
    for name, rows in tables.items():
        fields = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
        connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} ({fields})")
        values = [
            f"({', '.join('NULL' if v is None else literal(v) for v in row)})" for row in rows
        ]
        if values:
            connection.execute(f"INSERT INTO {quoted(name)} VALUES {', '.join(values)}")
    yield {name: DuckSource(connection, name=name, definition="") for name in tables}


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": "1"})


def alike(rows: Sequence[Row]) -> dict[int, int]:
    """Return records by the number of records equal to each, missing values included."""
    return dict(Counter(sum(other == row for other in rows) for row in rows))


def compatible(rows: Sequence[Row]) -> dict[int, int]:
    """Return records by the number of records that agree wherever both have a value."""

    def agree(one: Row, other: Row) -> bool:
        pairs = zip(one, other, strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)

    return dict(Counter(sum(agree(row, other) for other in rows) for row in rows))
