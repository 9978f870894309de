"""A study as text for a terminal, and as Markdown for a page: findings first, then tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from counterseal.backtest.written.finding import findings
from counterseal.backtest.written.tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterseal.backtest.results.records import Study
    from counterseal.backtest.written.tables import Table

__all__ = ["markdown", "text"]

_WIDTH: Final = 96
_SIGNS: Final = {True: "+", False: "-", None: " "}


def text(study: Study, *, registration: str | None = None) -> str:
    """Return what a terminal shows."""
    return "\n".join(_lines(study, registration)) + "\n"


def markdown(study: Study, *, registration: str | None = None) -> str:
    """Return the same as a part of a page."""
    return "\n".join(_page(study, registration)) + "\n"


def _lines(study: Study, registration: str | None) -> Iterator[str]:
    rows = findings(study)
    width = max(len(row.title) for row in rows) + 4
    yield "Found (+ speaks for the method, - against it):"
    for row in rows:
        yield from _wrapped(f"{_SIGNS[row.holds]} {row.title}", row.statement, width)
    yield from _wrapped("  registered", _registered(registration), width)
    for table in tables(study):
        yield ""
        yield from _plain(table)
    yield from _unread(study)


def _registered(registration: str | None) -> str:
    if registration is None:
        return "no: method, seeds and cases were not fixed in writing before this run"
    return f"{registration}: method, settings and cases are the registered ones"


def _wrapped(label: str, statement: str, width: int) -> Iterator[str]:
    """Yield a statement beside its label, folded at words."""
    line = f"{label:<{width}}"
    for word in statement.split():
        if len(line) + len(word) > _WIDTH and line.strip():
            yield line.rstrip()
            line = " " * width
        line += f"{word} "
    yield line.rstrip()


def _plain(table: Table) -> Iterator[str]:
    yield table.title
    rows = [table.head, *table.rows] if table.rows else []
    widths = (
        [
            max(len(row[column]) for row in rows if _counts(row, column))
            for column in range(len(table.head))
        ]
        if rows
        else []
    )
    for row in rows:
        first, *others = row
        cells = (f"{cell:>{w}}" for cell, w in zip(others, widths[1:], strict=True))
        yield "  ".join([f"  {first:<{widths[0]}}", *cells]).rstrip()
    for note in table.notes:
        yield from _wrapped("  ", note, 4)


def _counts(row: tuple[str, ...], column: int) -> bool:
    """A cell beside which nothing stands may be wider than its column."""
    return column == 0 or any(row[column + 1 :]) or column == len(row) - 1


def _unread(study: Study) -> Iterator[str]:
    """Say what of the cases no rule could read, and what none defines."""
    count = sum(len(result.unmatched) for result in study.results)
    if count:
        yield ""
        yield f"{count} wordings no rule knows were taken as unknown; --json lists them"


def _page(study: Study, registration: str | None) -> Iterator[str]:
    for row in findings(study):
        yield f"- **{row.title[0].upper()}{row.title[1:]}.** {row.statement}"
    yield f"- **Registered.** {_registered(registration)}"
    for table in tables(study):
        yield ""
        yield f"**{table.title[0].upper()}{table.title[1:]}**"
        yield ""
        if table.rows:
            yield f"| {' | '.join(table.head)} |"
            yield f"|{'---|' * len(table.head)}"
            for cells in table.rows:
                yield f"| {' | '.join(cells)} |"
        for note in table.notes:
            yield ""
            yield note
