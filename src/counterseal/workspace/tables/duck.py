"""A table opened by embedded DuckDB: in place, alone, and with nothing else in its reach.

The connection may read the named files and spill into a private folder, and that is all: no
network, no extension, no other file, no setting that can be changed. Rows never pass into
Python; only answers to queries of :mod:`counterseal.mosaic` do. What is spilled is not
encrypted, because DuckDB has safe encryption only in an extension; the folder is its owner's
alone and is removed.
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from counterseal.errors import InputError
from counterseal.mosaic.tables.source import literal, quoted
from counterseal.workspace.tables.files import (
    Dialect,
    checked,
    first_line,
    is_parquet,
    reader,
    with_delimiter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from counterseal.mosaic.tables.source import Query

    Advance = Callable[[int, int], None]

__all__ = ["DuckSource", "Limits", "opened"]

_POLL_SECONDS = 0.1
_PER_CENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a measurement may take of the machine.

    Attributes:
        memory_bytes: Memory of DuckDB; beyond it, it spills.
        threads: Threads of DuckDB.
        spill_bytes: Disk of the private folder.
    """

    memory_bytes: int = 4 * 2**30
    threads: int = 2
    spill_bytes: int = 64 * 2**30


class DuckSource:
    """One table of a DuckDB connection.

    Attributes:
        definition: The statement that made the table, for whoever wants to repeat a query.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        name: str,
        definition: str,
        advance: Advance = lambda _done, _total: None,
    ) -> None:
        """Take the table ``name`` of a connection; ``advance`` is told of long queries."""
        self._connection = connection
        self._name = quoted(name)
        self._advance = advance
        self._asked: list[Query] = []
        self.definition = definition
        described = connection.execute(f"DESCRIBE SELECT * FROM {self._name}").fetchall()
        self._columns = tuple(str(row[0]) for row in described)

    @property
    def relation(self) -> str:
        """Quoted name of the table."""
        return self._name

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._columns

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, for tables that a linker makes beside this one."""
        return self._connection

    @property
    def asked(self) -> tuple[Query, ...]:
        """Queries run so far, in order."""
        return tuple(self._asked)

    def ask(self, query: Query) -> Sequence[tuple[object, ...]]:
        """Run a query, and remember it.

        Raises:
            InputError: A file cannot be read as the table it should be.
        """
        self._asked.append(query)
        try:
            return _watched(self._connection, query.sql, self._advance)
        except duckdb.Error as error:
            raise _translated(error) from error


@contextmanager
def opened(
    tables: Mapping[str, Sequence[Path]],
    *,
    dialect: Dialect | None = None,
    limits: Limits | None = None,
    advance: Advance = lambda _done, _total: None,
) -> Iterator[Mapping[str, DuckSource]]:
    """Open tables where they are, on one connection.

    Args:
        tables: Files of each table, by the name that queries give it.
        dialect: How CSV files are written; the delimiter is found where it is not given.
        limits: Memory, threads and disk.
        advance: Told how far a query is, in per cent.

    Raises:
        InputError: A file is missing, empty or not what its name says, or the files of one
            table have different columns.
    """
    found = {name: checked(paths) for name, paths in tables.items()}
    with (
        tempfile.TemporaryDirectory(prefix="counterseal-") as folder,
        duckdb.connect(":memory:", config=_settings(folder, limits or Limits())) as connection,
    ):
        # given with the settings above, this one is silently not held (DuckDB 2.0)
        spill = (limits or Limits()).spill_bytes
        connection.execute(f"SET max_temp_directory_size = '{spill}B'")
        _close(connection, [path for paths in found.values() for path in paths], folder)
        yield {
            name: _table(connection, name, paths, dialect or Dialect(), advance)
            for name, paths in found.items()
        }


def _settings(folder: str, limits: Limits) -> dict[str, str | bool | int | float | list[str]]:
    """Return the settings that hold from the start."""
    return {
        "temp_directory": folder,
        "home_directory": folder,
        "extension_directory": folder,
        "secret_directory": folder,
        "memory_limit": f"{limits.memory_bytes}B",
        "threads": str(limits.threads),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "preserve_insertion_order": "false",
    }


def _close(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], folder: str) -> None:
    """Leave the connection the named files and its own folder, and lock that."""
    files = ", ".join(literal(str(path)) for path in paths)
    connection.execute("SET enable_progress_bar = true")  # without it nobody is told
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute(f"SET allowed_paths = [{files}]")
    connection.execute(f"SET allowed_directories = [{literal(folder)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    paths: Sequence[Path],
    dialect: Dialect,
    advance: Advance,
) -> DuckSource:
    """Make a view of the files of one table.

    Raises:
        InputError: They cannot be read, or have different columns.
    """
    try:
        known = dialect if is_parquet(paths[0]) else with_delimiter(paths[0], dialect)
        columns = [_columns(connection, path, known) for path in paths]
        for path, found in zip(paths, columns, strict=True):
            if found != columns[0]:
                raise InputError(
                    f"{path.name} has other columns than {paths[0].name}",
                    hint="files of one table have the same columns in the same order",
                )
        text = f"CREATE VIEW {quoted(name)} AS SELECT * FROM {reader(paths, known, columns[0])}"
        connection.execute(text)
        return DuckSource(connection, name=name, definition=text, advance=advance)
    except duckdb.Error as error:
        raise _translated(error) from error


def _columns(
    connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect
) -> tuple[str, ...]:
    """Return the names of the columns of one file."""
    if not is_parquet(path):
        return first_line(path, dialect)
    described = connection.execute(f"DESCRIBE SELECT * FROM {reader([path], dialect, ())}")
    return tuple(str(row[0]) for row in described.fetchall())


def _watched(
    connection: duckdb.DuckDBPyConnection, sql: str, advance: Advance
) -> list[tuple[object, ...]]:
    """Run a query in a thread, tell how far it is, and stop it when we are stopped."""
    done = threading.Event()

    def work() -> list[tuple[object, ...]]:
        try:
            return connection.execute(sql).fetchall()
        finally:
            done.set()

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(work)
        try:
            while not done.wait(_POLL_SECONDS):
                advance(max(0, int(connection.query_progress())), _PER_CENT)
        except BaseException:
            connection.interrupt()
            raise
        return job.result()


def _translated(error: duckdb.Error) -> InputError:
    """Return what an error of DuckDB means here, without any value it quotes."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return InputError(
            "the memory or disk that was allowed is not enough",
            hint="allow more with --memory, or measure fewer columns at once",
        )
    if isinstance(error, duckdb.ConversionException):
        return InputError(
            "a column that should hold numbers has a field that is none",
            hint="weights are numbers with a decimal point",
        )
    if isinstance(error, duckdb.InvalidInputException | duckdb.IOException):
        return InputError(
            "a file is not what its name says, not UTF-8, or its lines differ in their fields",
            hint="give --delimiter, or --header no where the first line is data",
        )
    return InputError(f"the table cannot be read: {type(error).__name__}")
