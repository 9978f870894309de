"""Equivalence classes: how many records look alike on chosen quasi-identifiers.

One GROUP BY gives the number of records by the size of their class; everything else follows
from that histogram. Where a missing value is a wildcard, classes overlap: the class of a
record is then every record that agrees with it wherever both have values. Its size is counted
by patterns of missing values, never by comparing record with record: the distinct
combinations are grouped once for each pair of patterns that occur, so the cost grows with the
number of combinations times the square of the number of patterns.
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import fsum, log2
from typing import TYPE_CHECKING

from counterseal.errors import InputError
from counterseal.mosaic.tables.source import Missing, Query, chosen, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from counterseal.mosaic.tables.source import Source

__all__ = [
    "MOST_PATTERNS",
    "ClassSize",
    "ClassSizes",
    "by_shared",
    "classes_query",
    "measure",
    "parsed",
    "pattern",
    "patterns_query",
    "wildcard_query",
]

MOST_PATTERNS = 64
"""Patterns of missing values beyond which wildcards are refused; the query would be long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSize:
    """Records whose class has one size.

    Attributes:
        size: Records in the class of each, itself included; at least 1.
        classes: Distinct combinations of values that such records have.
        records: Records, all together; ``size * classes`` unless classes overlap.
    """

    size: int
    classes: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSizes:
    """The histogram of class sizes of one table on chosen quasi-identifiers.

    Attributes:
        quasi_identifiers: Names of the columns, as asked.
        missing: What NULL meant.
        rows: By size, ascending; at least one.
    """

    quasi_identifiers: tuple[str, ...]
    missing: Missing
    rows: tuple[ClassSize, ...]

    def __post_init__(self) -> None:
        if not self.rows or any(row.size < 1 or row.records < 1 for row in self.rows):
            raise InputError("the table is empty", hint="there is nothing to measure")
        if any(a.size >= b.size for a, b in pairwise(self.rows)):
            msg = "sizes of classes are not in ascending order"
            raise ValueError(msg)

    @property
    def records(self) -> int:
        """Records of the table."""
        return sum(row.records for row in self.rows)

    @property
    def classes(self) -> int:
        """Distinct combinations of values."""
        return sum(row.classes for row in self.rows)

    @property
    def smallest(self) -> int:
        """Size of the smallest class, the k of k-anonymity; it says nothing of the others."""
        return self.rows[0].size

    @property
    def unique(self) -> int:
        """Sample uniques: records alone in their class."""
        return self.below(2)

    @property
    def unique_share(self) -> float:
        """Sample uniques as a share of the records, in [0, 1]."""
        return self.unique / self.records

    @property
    def correctness(self) -> float:
        """Mean of 1 / class size over the records, in (0, 1].

        The chance that a guess within the class of a record is right; also known as the
        average re-identification (prosecutor) risk. Classes / records unless they overlap.
        """
        if all(row.records == row.size * row.classes for row in self.rows):
            return self.classes / self.records
        return fsum(row.records / row.size for row in self.rows) / self.records

    @property
    def entropy_bits(self) -> float:
        """Mean of log2(records / class size): bits that the quasi-identifiers give away.

        The Shannon entropy of the partition where classes do not overlap; 0 where all records
        are alike, log2(records) where all are unique.
        """
        total = self.records
        return fsum(r.records * log2(total / r.size) for r in self.rows) / total

    def below(self, size: int) -> int:
        """Return how many records have a class smaller than ``size``."""
        return sum(row.records for row in self.rows if row.size < size)

    def share_below(self, size: int) -> float:
        """Return the share of records with a class smaller than ``size``, in [0, 1]."""
        return self.below(size) / self.records


def measure(
    source: Source, quasi_identifiers: Sequence[str], *, missing: Missing = Missing.OWN_VALUE
) -> ClassSizes:
    """Count the records of a table by the size of their class.

    Raises:
        InputError: A column is not there, the table is empty, or there are too many patterns
            of missing values for wildcards.
    """
    columns = chosen(source, quasi_identifiers)
    if missing is Missing.OWN_VALUE:
        query = classes_query(source.relation, columns)
    else:
        found = source.ask(patterns_query(source.relation, columns))
        query = wildcard_query(source.relation, columns, [whole(row[0]) for row in found])
    rows = source.ask(query)
    return parsed(rows, quasi_identifiers=tuple(quasi_identifiers), missing=missing)


def parsed(
    rows: Iterable[tuple[object, ...]], *, quasi_identifiers: tuple[str, ...], missing: Missing
) -> ClassSizes:
    """Turn the answer to a query of this module into a histogram."""
    return ClassSizes(
        quasi_identifiers=quasi_identifiers,
        missing=missing,
        rows=tuple(
            ClassSize(size=whole(size), classes=whole(classes), records=whole(records))
            for size, classes, records in rows
        ),
    )


def classes_query(relation: str, columns: Sequence[str]) -> Query:
    """Return the query where a missing value is a value of its own.

    Args:
        relation: Quoted name of the table.
        columns: Quoted names of the quasi-identifiers.
    """
    return Query(
        purpose="records by the size of their equivalence class",
        sql=f"""\
WITH classes AS (
  SELECT COUNT(*) AS size FROM {relation} GROUP BY {", ".join(columns)}
)
SELECT size, COUNT(*) AS classes, SUM(size) AS records
FROM classes GROUP BY size ORDER BY size""",
    )


def patterns_query(relation: str, columns: Sequence[str]) -> Query:
    """Return the query for patterns of present values: bit i is set where column i has one."""
    return Query(
        purpose="which quasi-identifiers are missing together",
        sql=f"""\
SELECT DISTINCT {pattern(columns)} AS pattern FROM {relation} ORDER BY pattern""",
    )


def wildcard_query(relation: str, columns: Sequence[str], patterns: Sequence[int]) -> Query:
    """Return the query where a missing value agrees with every value.

    Args:
        relation: Quoted name of the table.
        columns: Quoted names of the quasi-identifiers.
        patterns: Patterns of present values that occur, as ``patterns_query`` finds them.

    Raises:
        InputError: There are more than ``MOST_PATTERNS``.
    """
    sums = [_compatible(columns, one, patterns) for one in sorted(patterns)]
    return Query(
        purpose="records by the number of records that they agree with where both have values",
        sql=f"""\
WITH combinations AS (
  SELECT {", ".join(f"{name} AS c{i}" for i, name in enumerate(columns))},
    {pattern(columns)} AS pattern, COUNT(*) AS n
  FROM {relation} GROUP BY {", ".join(columns)}
), sized AS (
  {" UNION ALL ".join(sums) or "SELECT 0 AS n, 0 AS size FROM combinations WHERE 1 = 0"}
)
SELECT size, COUNT(*) AS classes, SUM(n) AS records
FROM sized GROUP BY size ORDER BY size""",
    )


def pattern(columns: Sequence[str]) -> str:
    """Return the expression of the bits of present values of quoted columns."""
    bits = [
        f"CASE WHEN {name} IS NULL THEN 0 ELSE {1 << i} END" for i, name in enumerate(columns)
    ]
    return " + ".join(bits)


def by_shared(mine: int, patterns: Sequence[int]) -> dict[int, list[int]]:
    """Return the patterns that occur, by the columns that they share with one of them.

    Every other pattern shares some columns with this one; patterns that share the same are
    summed together, by the values of those columns.

    Raises:
        InputError: There are more than ``MOST_PATTERNS``.
    """
    if len(patterns) > MOST_PATTERNS:
        raise InputError(
            f"values are missing in {len(patterns)} patterns; wildcards take {MOST_PATTERNS}",
            hint="measure fewer columns at once, or take missing values as values",
        )
    found: dict[int, list[int]] = {}
    for other in sorted(patterns):
        found.setdefault(mine & other, []).append(other)
    return found


def _compatible(columns: Sequence[str], mine: int, patterns: Sequence[int]) -> str:
    """Return the SELECT of class sizes of the combinations with one pattern."""
    terms, joins = [], []
    for shared, others in by_shared(mine, patterns).items():
        name = f"s{shared}"
        keys = [f"c{i}" for i in range(len(columns)) if shared >> i & 1]
        terms.append(f"COALESCE({name}.n, 0)")
        joins.append(
            f"LEFT JOIN (SELECT {', '.join([*keys, 'SUM(n) AS n'])} FROM combinations"
            f" WHERE pattern IN ({', '.join(map(str, others))})"
            f"{' GROUP BY ' + ', '.join(keys) if keys else ''}) AS {name}"
            f" ON {' AND '.join(f'me.{k} = {name}.{k}' for k in keys) or '1 = 1'}"
        )
    return (
        f"SELECT me.n AS n, {' + '.join(terms)} AS size FROM combinations AS me\n  "
        + "\n  ".join(joins)
        + f"\n  WHERE me.pattern = {mine}"
    )
