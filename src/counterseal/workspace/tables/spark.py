"""The same tables and the same queries on Spark, for what outgrows one machine.

The text of a query is written once, for DuckDB; Ibis translates it. A session is the caller's:
:func:`counterseal.workspace.spark.opened` gives one.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from counterseal.errors import SparkError
from counterseal.mosaic.tables.source import quoted
from counterseal.workspace.tables.files import Dialect, checked, is_parquet, with_delimiter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from counterseal.mosaic.tables.source import Query

__all__ = ["SparkSource", "ibis_is_here", "opened_on"]


def ibis_is_here() -> bool:
    """Whether Ibis is installed, with what it needs for Spark."""
    return not any(find_spec(name) is None for name in ("ibis", "pyarrow_hotfix"))


class SparkSource:
    """One table of a Spark session."""

    def __init__(self, session: SparkSession, frame: DataFrame, *, name: str) -> None:
        """Give ``frame`` a name in the session, and ask it through Ibis.

        Raises:
            SparkError: Ibis is not installed.
        """
        if not ibis_is_here():
            raise SparkError(
                "tables on Spark need ibis with its part for pyspark, not installed here",
                hint="pip install 'counterseal[spark]'",
            )
        ibis = import_module("ibis")  # the extra, which has no types
        frame.createOrReplaceTempView(name)
        self._ibis = ibis.pyspark.connect(session)
        self._name = name
        self._columns = tuple(str(column) for column in frame.columns)
        self._asked: list[Query] = []

    @property
    def relation(self) -> str:
        """Quoted name of the table."""
        return quoted(self._name)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._columns

    @property
    def asked(self) -> tuple[Query, ...]:
        """Queries run so far, in order."""
        return tuple(self._asked)

    def ask(self, query: Query) -> Sequence[tuple[object, ...]]:
        """Translate a query, run it, and remember it."""
        self._asked.append(query)
        answer = self._ibis.sql(query.sql, dialect="duckdb").to_pyarrow()
        return [tuple(row.values()) for row in answer.to_pylist()]


def opened_on(
    session: SparkSession,
    tables: Mapping[str, Sequence[Path]],
    *,
    dialect: Dialect | None = None,
) -> Mapping[str, SparkSource]:
    """Open tables in files that every worker can read, on a session.

    Args:
        session: Ours or your own.
        tables: Files of each table, by the name that queries give it.
        dialect: How CSV files are written; the delimiter is found where it is not given.

    Raises:
        InputError: A file is missing or of no known kind.
        SparkError: Ibis is not installed.
    """
    written = dialect or Dialect()
    return {
        name: SparkSource(session, _frame(session, checked(paths), written), name=name)
        for name, paths in tables.items()
    }


def _frame(session: SparkSession, paths: Sequence[Path], dialect: Dialect) -> DataFrame:
    """Read files in place: text of CSV as it stands, an empty field as a missing value."""
    names = [path.as_uri() for path in paths]
    if is_parquet(paths[0]):
        return session.read.parquet(*names)
    return session.read.csv(
        names,
        sep=with_delimiter(paths[0], dialect).delimiter,
        quote=dialect.quote,
        escape=dialect.quote,
        header=dialect.header,
        inferSchema=False,
        nullValue="\0",  # what no field is, so that "" stays an empty text
        emptyValue="",
        multiLine=True,
        mode="FAILFAST",
    )
