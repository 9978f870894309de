"""Small tables as files, and what is measured on them counted one record at a time.

The counts here share nothing with the queries: plain loops over all pairs of records.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from counterseal.workspace.tables import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from counterseal.workspace.tables import DuckSource

    Row = tuple[str | None, ...]

__all__ = ["alike", "compatible", "opened_rows", "write_csv"]


def write_csv(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> Path:
    """Write a CSV with every value in quotes; a missing one is an empty field."""

    def field(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    lines = [",".join(map(field, row)) for row in (columns, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return path


@contextmanager
def opened_rows(
    folder: Path, columns: Sequence[str], **tables: Sequence[Row]
) -> Iterator[Mapping[str, DuckSource]]:
    """Write tables with the same columns into a folder, and open them on one connection."""
    paths = {
        name: [write_csv(folder / f"{name}.csv", columns, rows)]
        for name, rows in tables.items()
    }
    with opened(paths) as sources:
        yield sources


def alike(rows: Sequence[Row]) -> dict[int, int]:
    """Return records by the number of records equal to each, missing values included."""
    return dict(Counter(sum(other == row for other in rows) for row in rows))


def compatible(rows: Sequence[Row]) -> dict[int, int]:
    """Return records by the number of records that agree wherever both have a value."""

    def agree(one: Row, other: Row) -> bool:
        pairs = zip(one, other, strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)

    return dict(Counter(sum(agree(row, other) for other in rows) for row in rows))
