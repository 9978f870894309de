"""Files of a table as DuckDB may read them: which kind, which dialect, and no others.

Every field of a CSV is read as text, so that 01234 and 1234 stay two values, and a value in
the hundred-millionth line cannot contradict a guess made in the first thousand. An empty field
is a missing value.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from counterseal.errors import InputError
from counterseal.mosaic.tables.source import literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Dialect", "checked", "first_line", "is_parquet", "reader", "with_delimiter"]

_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
_PARQUET = (".parquet", ".pq")
_DELIMITERS = (",", ";", "\t", "|")
_SPECIAL = frozenset("*?[]{}\0\n\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a CSV is written.

    Attributes:
        delimiter: Between fields; found in the first line when ``None``.
        quote: Around fields.
        header: Whether the first line names the columns; else they are column0, column1, ...
    """

    delimiter: str | None = None
    quote: str = '"'
    header: bool = True


def checked(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the absolute paths of the files of one table.

    Raises:
        InputError: There is none, one is missing, empty or of no known kind, they are of both
            kinds, or a name could be taken for a pattern.
    """
    if not paths:
        raise InputError("no file is named", hint="name a CSV or Parquet file")
    for path in paths:
        _check(path)
    if len({is_parquet(path) for path in paths}) > 1:
        raise InputError("a table is in CSV files or in Parquet files, not in both")
    return tuple(path.resolve() for path in paths)


def is_parquet(path: Path) -> bool:
    """Whether the name says that it is a Parquet file."""
    return path.name.lower().endswith(_PARQUET)


def reader(paths: Sequence[Path], dialect: Dialect, columns: Sequence[str]) -> str:
    """Return the expression for FROM that reads the files in place.

    Args:
        paths: Of one table, as ``checked`` returns them.
        dialect: With a delimiter, when they are CSV files.
        columns: Names of the columns, when they are CSV files.
    """
    files = ", ".join(literal(str(path)) for path in paths)
    if is_parquet(paths[0]):
        return f"read_parquet([{files}])"
    quote = literal(dialect.quote)
    options = {
        "delim": literal(dialect.delimiter or ","),
        "quote": quote,
        "escape": quote,
        "header": "true" if dialect.header else "false",
        "columns": "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns) + "}",
        "auto_detect": "false",
        "nullstr": "''",
        "allow_quoted_nulls": "false",
    }
    written = ", ".join(f"{key}={value}" for key, value in options.items())
    return f"read_csv([{files}], {written})"


def with_delimiter(path: Path, dialect: Dialect) -> Dialect:
    """Return the dialect with a delimiter: of ``, ; tab |`` the one that gives most columns.

    Raises:
        InputError: The first line is no text.
    """
    if dialect.delimiter is not None:
        return dialect
    counts = {
        mark: len(_fields(path, replace(dialect, delimiter=mark))) for mark in _DELIMITERS
    }
    return replace(dialect, delimiter=max(counts, key=lambda mark: counts[mark]))


def first_line(path: Path, dialect: Dialect) -> tuple[str, ...]:
    """Return the names of the columns of a CSV: those in its first line, or column0, ...

    Raises:
        InputError: Two columns have the same name, or the first line is no text.
    """
    fields = _fields(path, dialect)
    names = tuple(
        name if dialect.header and name else f"column{i}" for i, name in enumerate(fields)
    )
    if len({name.lower() for name in names}) < len(names):
        raise InputError(
            f"two columns of {path.name} have the same name but for capitals",
            hint="rename one, or use --header no where the first line is data",
        )
    return names


def _fields(path: Path, dialect: Dialect) -> list[str]:
    """Return the fields of the first line; the only line that passes into Python."""
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(
            path, "rt", encoding="utf-8-sig", errors="surrogateescape", newline=""
        ) as file:
            reading = csv.reader(
                file, delimiter=dialect.delimiter or ",", quotechar=dialect.quote
            )
            fields = next(reading, [])
        "".join(fields).encode()  # what was no UTF-8 is told here, later lines by DuckDB
    except (OSError, EOFError, UnicodeError, csv.Error) as error:
        raise InputError(
            f"the first line of {path.name} is not a line of text in UTF-8",
            hint="is it CSV, compressed as its name says?",
        ) from error
    return fields


def _check(path: Path) -> None:
    shown = path.as_posix()
    try:
        if not path.is_file():
            raise InputError(f"there is no file {shown}", hint="check the path")
        if path.stat().st_size == 0:
            raise InputError(f"{shown} is empty", hint="there is nothing to measure")
    except OSError as error:
        raise InputError(f"cannot read {shown}: {error.strerror}") from error
    if not path.name.lower().endswith(_CSV + _PARQUET):
        raise InputError(
            f"{shown} is neither CSV nor Parquet by its name",
            hint=f"names end in {', '.join(_CSV + _PARQUET)}",
        )
    if _SPECIAL & set(str(path.resolve())):
        raise InputError(
            f"the path of {shown!r} has one of * ? [ ] {{ }}, which stand for many files",
            hint="rename or link the file",
        )
