"""What every measurement here needs of its tables, and what it says of its queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counterseal.mosaic.tables.disclosure import MINIMUM
from counterseal.workspace.tables.duck import Limits, opened
from counterseal.workspace.tables.files import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from counterseal.canon import Json
    from counterseal.mosaic.bounds import Estimate
    from counterseal.workspace.tables.duck import DuckSource

    Advance = Callable[[int, int], None]

__all__ = ["Reading", "estimated", "open_tables", "silent", "statements"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How tables are read.

    Attributes:
        dialect: How CSV files are written.
        limits: What may be taken of the machine.
        minimum: Fewest people that a number may be about.
    """

    dialect: Dialect = field(default_factory=Dialect)
    limits: Limits = field(default_factory=Limits)
    minimum: int = MINIMUM


def silent(_done: int, _total: int) -> None:
    """Tell nobody how far a task is."""


def open_tables(
    tables: Mapping[str, Sequence[Path]], reading: Reading, advance: Advance = silent
) -> AbstractContextManager[Mapping[str, DuckSource]]:
    """Open tables on one connection, by the names that queries give them."""
    return opened(tables, dialect=reading.dialect, limits=reading.limits, advance=advance)


def statements(sources: Iterable[DuckSource]) -> list[Json]:
    """Return what was asked of tables, so that every number can be had again."""
    found: list[Json] = []
    for source in sources:
        found.append({"purpose": f"table {source.relation}", "sql": source.definition})
        found += [{"purpose": query.purpose, "sql": query.sql} for query in source.asked]
    return found


def estimated(estimate: Estimate | None) -> Json:
    """Return an estimate as JSON: its value and its interval."""
    if estimate is None:
        return None
    return {"value": estimate.value, "interval": [estimate.low, estimate.high]}
