"""Sample and population frequencies of classes in a sample with weights.

fk is the number of records in the class of a record, Fk the sum of their weights: how many
people of the population they stand for. A missing value is a value of its own here.

Sources: Templ, Kowarik and Meindl (2015), Statistical disclosure control for micro-data using
the R package sdcMicro, J. Stat. Softw. 67(4), section 3 (frequencies); Benedetti and Franconi
(1998) as in Hundepool et al. (2012), Statistical Disclosure Control, section 3.6 (risk of a
record given fk and Fk: the mean of 1/Fk when Fk given fk is negative binomial).
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from counterseal.errors import InputError
from counterseal.mosaic.tables.source import Query, chosen, real, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.source import Source

__all__ = ["Frequencies", "FrequencyRow", "frequencies_query", "measure"]


_MOST = 1e12
"""Weight beyond which, or as no number, a weight is taken for a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyRow:
    """Classes with one sample frequency.

    Attributes:
        sample: fk, records of each class.
        classes: How many classes.
        population: Sum of their Fk, in people.
        expected: Sum over their records of the chance that a match is right.
    """

    sample: int
    classes: int
    population: float
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """Classes of a weighted sample, by sample frequency.

    Attributes:
        weight: Name of the column of weights.
        rows: By sample frequency, ascending.
    """

    weight: str
    rows: tuple[FrequencyRow, ...]

    @property
    def records(self) -> int:
        """Records of the sample."""
        return sum(row.sample * row.classes for row in self.rows)

    @property
    def population(self) -> float:
        """Estimated size of the population: the sum of the weights."""
        return fsum(row.population for row in self.rows)

    @property
    def sampling_fraction(self) -> float:
        """Records of the sample / estimated size of the population."""
        return self.records / self.population

    @property
    def expected_share(self) -> float:
        """Expected share of the sample's records that are re-identified, in [0, 1]."""
        return fsum(row.expected for row in self.rows) / self.records


def measure(source: Source, quasi_identifiers: Sequence[str], *, weight: str) -> Frequencies:
    """Count classes by sample frequency, with the population they stand for.

    Raises:
        InputError: A column is not there or named twice, a weight is missing or below 1, or
            the table is empty.
    """
    names = chosen(source, [*quasi_identifiers, weight])
    answer = source.ask(frequencies_query(source.relation, names[:-1], names[-1]))
    if any(whole(row[4]) for row in answer):
        raise InputError(
            "the column of weights has fields that are missing, below 1 or no numbers",
            hint="a weight says how many people of the population a record stands for",
        )
    rows = tuple(
        FrequencyRow(
            sample=whole(sample),
            classes=whole(classes),
            population=real(population),
            expected=real(expected),
        )
        for sample, classes, population, expected, _ in answer
    )
    if not rows:
        raise InputError("the table is empty", hint="there is nothing to measure")
    return Frequencies(weight=weight, rows=rows)


def frequencies_query(relation: str, columns: Sequence[str], weight: str) -> Query:
    """Return the query for classes by sample frequency.

    With p = fk / Fk and q = p / (1 - p), the risk of a record is q ln(1/p) for fk = 1,
    q - q**2 ln(1/p) for fk = 2, and p / (fk - (1 - p)) beyond; 1 / fk where p is 1.

    Args:
        relation: Quoted name of the table.
        columns: Quoted names of the quasi-identifiers.
        weight: Quoted name of the weights.
    """
    ratio = "(p / (1 - p))"
    return Query(
        purpose="classes by sample frequency fk, with their population frequencies Fk",
        sql=f"""\
WITH classes AS (
  SELECT COUNT(*) AS fk, SUM(CAST({weight} AS DOUBLE)) AS big,
    SUM(CASE WHEN CAST({weight} AS DOUBLE) BETWEEN 1 AND {_MOST} THEN 0 ELSE 1 END) AS wrong
  FROM {relation} GROUP BY {", ".join(columns)}
), shares AS (
  SELECT fk, big, wrong, CASE WHEN big > fk THEN fk / big ELSE 1 END AS p FROM classes
)
SELECT fk, COUNT(*) AS classes, SUM(big) AS population,
  SUM(fk * CASE WHEN p >= 1 THEN 1.0 / fk
    WHEN fk = 1 THEN -{ratio} * LN(p)
    WHEN fk = 2 THEN {ratio} + {ratio} * {ratio} * LN(p)
    ELSE p / (fk - 1 + p) END) AS expected,
  SUM(wrong) AS wrong
FROM shares GROUP BY fk ORDER BY fk""",
    )
