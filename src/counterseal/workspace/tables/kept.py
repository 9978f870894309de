"""The file in which released counts are kept, by table; a table is known by its bytes.

It holds columns and counts that were released, and no value of any table.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from counterseal.errors import InputError
from counterseal.mosaic.tables.releases import Group, Released
from counterseal.mosaic.tables.source import Missing
from counterseal.workspace.files import read_bytes, write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from counterseal.canon import Json

__all__ = ["Kept", "read"]

SCHEMA = "counterseal-releases/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was released about one table.

    Attributes:
        path: The file.
        table: Digest of the table.
        tables: Rows of every table of the file, by digest.
    """

    path: Path
    table: str
    tables: Mapping[str, Sequence[Released]]

    @property
    def released(self) -> tuple[Released, ...]:
        """Counts released about the table."""
        return tuple(self.tables.get(self.table, ()))

    def write(self, counts: Iterable[Released]) -> None:
        """Add counts, and write the file in one step.

        Raises:
            UsageError: It cannot be written.
        """
        tables = {**self.tables, self.table: [*self.released, *counts]}
        rows = {table: _sorted(found) for table, found in sorted(tables.items())}
        text = json.dumps({"schema": SCHEMA, "tables": rows}, indent=1)
        write_bytes(self.path, (text + "\n").encode())


def read(path: Path, files: Sequence[Path]) -> Kept:
    """Return what a file says was released about the table in ``files``; nothing if it is new.

    Raises:
        InputError: The file is not one of ours.
        UsageError: It cannot be read.
    """
    tables: Mapping[str, Sequence[Released]] = {}
    if path.exists():
        try:
            tables = _tables(json.loads(read_bytes(path)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{path} is no register of releases",
                hint="name another file, or restore this one: without it small groups may show",
            ) from error
    return Kept(path=path, table=_digest(files), tables=tables)


def _digest(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}") from error
    return f"sha256:{total.hexdigest()}"


def _tables(found: Mapping[str, Json]) -> dict[str, list[Released]]:
    if found["schema"] != SCHEMA:
        raise KeyError(SCHEMA)
    tables = found["tables"]
    if not isinstance(tables, dict):
        raise TypeError(tables)
    return {table: [_parsed(row) for row in _rows(rows)] for table, rows in tables.items()}


def _rows(rows: Json) -> Sequence[Mapping[str, Json]]:
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not isinstance(rows, list) or len(found) < len(rows):
        raise TypeError(rows)
    return found


def _parsed(row: Mapping[str, Json]) -> Released:
    columns, below, told, count = (row[key] for key in ("columns", "below", "told", "count"))
    if not (
        isinstance(columns, list)
        and isinstance(below, int | None)
        and isinstance(told, str | None)
        and isinstance(count, int)
    ):
        raise TypeError(columns)
    group = Group(
        columns=frozenset(map(str, columns)),
        missing=Missing(str(row["missing"])),
        below=below,
        told=told,
    )
    return Released(group=group, count=count)


def _sorted(released: Iterable[Released]) -> list[Json]:
    """Return rows, each once, in an order that says nothing of when."""
    rows: set[str] = {
        json.dumps(
            {
                "columns": sorted(one.group.columns),
                "missing": str(one.group.missing),
                "below": one.group.below,
                "told": one.group.told,
                "count": one.count,
            }
        )
        for one in released
    }
    return [json.loads(row) for row in sorted(rows)]
