"""l-diversity: what finding the class of a person tells of a sensitive attribute.

The classes are counted in the same pass, over the cells of class and value. A missing value
of the sensitive attribute counts as one more value, but a class in which it is missing for all
discloses nothing.

Sources: Machanavajjhala et al. (2007), l-diversity, ACM TKDD 1(1), definitions of distinct and
entropy l-diversity; attribute disclosure as in Hundepool et al. (2012), Statistical Disclosure
Control, section 3.3.
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from counterseal.errors import InputError
from counterseal.mosaic.tables.classes import (
    ClassSize,
    ClassSizes,
    by_shared,
    pattern,
    patterns_query,
)
from counterseal.mosaic.tables.source import Missing, Query, chosen, real, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.source import Source

__all__ = ["Diversity", "DiversityRow", "diversity_query", "measure", "wildcard_query"]

_MANY = 11
"""Distinct values from which classes are no longer told apart in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversityRow:
    """Classes of one size in which the sensitive attribute has so many distinct values.

    Attributes:
        size: Records in each class.
        kinds: Distinct values in each; 11 stands for 11 or more.
        told: Whether all records of the class have one value, which is not missing.
        classes: How many classes: distinct combinations of the quasi-identifiers.
        records: How many records have such a class; ``size * classes`` unless they overlap.
        least_entropy: Smallest entropy of the values within one of them, in nats.
    """

    size: int
    kinds: int
    told: bool
    classes: int
    records: int
    least_entropy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """How diverse a sensitive attribute is within the classes of a table.

    Attributes:
        sensitive: Name of the sensitive attribute.
        sizes: Histogram of the classes, from the same query.
        rows: By size and number of values, ascending.
    """

    sensitive: str
    sizes: ClassSizes
    rows: tuple[DiversityRow, ...]

    @property
    def least(self) -> int:
        """Distinct l-diversity: the smallest number of values in any class, at most 11."""
        return min(row.kinds for row in self.rows)

    @property
    def least_entropy(self) -> float:
        """Entropy l-diversity: exp of the smallest entropy in any class; at least 1."""
        return exp(min(row.least_entropy for row in self.rows))

    @property
    def disclosed(self) -> int:
        """Records whose class has a single value: knowing the class is knowing the value."""
        return sum(row.records for row in self.rows if row.told)

    @property
    def disclosed_not_unique(self) -> int:
        """Records that are not unique and disclosed all the same."""
        return sum(row.records for row in self.rows if row.told and row.size > 1)

    @property
    def disclosed_share(self) -> float:
        """Share of the records whose value is disclosed by their class, in [0, 1]."""
        return self.disclosed / self.sizes.records

    def share_below(self, kinds: int) -> float:
        """Return the share of records whose class has fewer than ``kinds`` values (<= 11)."""
        below = sum(row.records for row in self.rows if row.kinds < kinds)
        return below / self.sizes.records


def measure(
    source: Source,
    quasi_identifiers: Sequence[str],
    *,
    sensitive: str,
    missing: Missing = Missing.OWN_VALUE,
) -> Diversity:
    """Count classes by size and by the diversity of a sensitive attribute, in one query.

    Args:
        source: The table.
        quasi_identifiers: Names of the columns.
        sensitive: Name of the sensitive attribute.
        missing: What NULL means in a quasi-identifier. With wildcards the values within the
            class of a record are those of all records that it agrees with.

    Raises:
        InputError: A column is not there, the sensitive one is a quasi-identifier too, the
            table is empty, or there are too many patterns of missing values for wildcards.
    """
    columns = chosen(source, quasi_identifiers)
    (value,) = chosen(source, [sensitive])
    if sensitive in quasi_identifiers:
        raise InputError(
            "the sensitive attribute is a quasi-identifier too",
            hint="whoever knows it learns nothing; name it once",
        )
    if missing is Missing.OWN_VALUE:
        query = diversity_query(source.relation, columns, value)
    else:
        found = [whole(row[0]) for row in source.ask(patterns_query(source.relation, columns))]
        query = wildcard_query(source.relation, columns, value, found)
    rows = tuple(
        DiversityRow(
            size=whole(size),
            kinds=whole(kinds),
            told=whole(told) == 1,
            classes=whole(classes),
            records=whole(records),
            least_entropy=max(0.0, real(entropy)),
        )
        for size, kinds, told, classes, records, entropy in source.ask(query)
    )
    sizes = _sizes(rows, tuple(quasi_identifiers), missing)
    return Diversity(sensitive=sensitive, sizes=sizes, rows=rows)


def diversity_query(relation: str, columns: Sequence[str], value: str) -> Query:
    """Return the query for classes by size and by diversity of a sensitive attribute.

    Args:
        relation: Quoted name of the table.
        columns: Quoted names of the quasi-identifiers.
        value: Quoted name of the sensitive attribute.
    """
    keys = ", ".join(f"k{i}" for i in range(len(columns)))
    return Query(
        purpose="classes by size and by the diversity of the sensitive attribute",
        sql=f"""\
WITH cells AS (
  SELECT {", ".join(f"{name} AS k{i}" for i, name in enumerate(columns))},
    CASE WHEN {value} IS NULL THEN 0 ELSE 1 END AS known, COUNT(*) AS n
  FROM {relation} GROUP BY {", ".join(columns)}, {value}
), {_summed(keys, "cells", "SUM(n)")}""",
    )


def wildcard_query(
    relation: str, columns: Sequence[str], value: str, patterns: Sequence[int]
) -> Query:
    """Return the query where a missing quasi-identifier agrees with every value.

    Args:
        relation: Quoted name of the table.
        columns: Quoted names of the quasi-identifiers.
        value: Quoted name of the sensitive attribute.
        patterns: Patterns of present values that occur.

    Raises:
        InputError: There are more than ``classes.MOST_PATTERNS``.
    """
    names = [f"k{i}" for i in range(len(columns))]
    keys = ", ".join(names)
    met = [
        _met(names, mine, shared, others)
        for mine in sorted(patterns)
        for shared, others in by_shared(mine, patterns).items()
    ]
    none = f"SELECT {keys}, n AS mine, v, known, n FROM cells WHERE 1 = 0"
    return Query(
        purpose="records by the size and diversity of what they agree with",
        sql=f"""\
WITH cells AS (
  SELECT {", ".join(f"{name} AS k{i}" for i, name in enumerate(columns))}, {value} AS v,
    CASE WHEN {value} IS NULL THEN 0 ELSE 1 END AS known,
    {pattern(columns)} AS pattern, COUNT(*) AS n
  FROM {relation} GROUP BY {", ".join(columns)}, {value}
), combinations AS (
  SELECT {keys}, pattern, SUM(n) AS n FROM cells GROUP BY {keys}, pattern
), met AS (
  {" UNION ALL ".join(met) or none}
), merged AS (
  SELECT {keys}, mine, v, known, SUM(n) AS n FROM met GROUP BY {keys}, mine, v, known
), {_summed(f"{keys}, mine", "merged", "mine")}""",
    )


def _met(names: Sequence[str], mine: int, shared: int, others: Sequence[int]) -> str:
    """Return the SELECT of values that combinations of one pattern meet in some others."""
    keys = [name for i, name in enumerate(names) if shared >> i & 1]
    among = ", ".join([*keys, "v", "known"])
    return (
        f"SELECT {', '.join(f'me.{name} AS {name}' for name in names)}, me.n AS mine,"
        " s.v AS v, s.known AS known, s.n AS n FROM combinations AS me\n  "
        f"JOIN (SELECT {among}, SUM(n) AS n FROM cells"
        f" WHERE pattern IN ({', '.join(map(str, others))}) GROUP BY {among}) AS s"
        f" ON {' AND '.join(f'me.{k} = s.{k}' for k in keys) or '1 = 1'}\n  "
        f"WHERE me.pattern = {mine}"
    )


def _summed(keys: str, cells: str, records: str) -> str:
    """Return the end of a query: cells of class and value summed up, and classes counted."""
    return f"""classes AS (
  SELECT SUM(n) AS size, COUNT(*) AS kinds, MIN(known) AS known, {records} AS records,
    LN(CAST(SUM(n) AS DOUBLE))
      - SUM(n * LN(CAST(n AS DOUBLE))) / CAST(SUM(n) AS DOUBLE) AS entropy
  FROM {cells} GROUP BY {keys}
)
SELECT size, CASE WHEN kinds < {_MANY} THEN kinds ELSE {_MANY} END AS kinds,
  CASE WHEN kinds = 1 AND known = 1 THEN 1 ELSE 0 END AS told,
  COUNT(*) AS classes, SUM(records) AS records, MIN(entropy) AS least_entropy
FROM classes GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""


def _sizes(
    rows: Sequence[DiversityRow], quasi_identifiers: tuple[str, ...], missing: Missing
) -> ClassSizes:
    classes: Counter[int] = Counter()
    records: Counter[int] = Counter()
    for row in rows:
        classes[row.size] += row.classes
        records[row.size] += row.records
    return ClassSizes(
        quasi_identifiers=quasi_identifiers,
        missing=missing,
        rows=tuple(
            ClassSize(size=size, classes=n, records=records[size])
            for size, n in sorted(classes.items())
        ),
    )
