"""What an adversary who links two tables gets right, gets wrong, and does to bystanders.

A link is a pair of records each of which is the other's single best candidate. The adversary
sees how probable each link is by its own model and keeps those above its threshold. Where the
truth is known, links are right or wrong, and people who are in the first table alone are the
control group: every one of them who is linked to somebody is an innocent taken for another.
"""

# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from counterseal.mosaic.bounds import wilson
from counterseal.mosaic.tables.disclosure import MINIMUM
from counterseal.mosaic.tables.source import Query, chosen, real, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.bounds import Estimate
    from counterseal.mosaic.linking.fields import Field
    from counterseal.mosaic.tables.source import Source

__all__ = [
    "THRESHOLDS",
    "LinkageAttack",
    "LinkedAt",
    "Method",
    "exact_pairs",
    "links_query",
    "people_query",
    "read",
]

THRESHOLDS: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
"""Probabilities at which links are counted, besides the adversary's own threshold."""


class Method(StrEnum):
    """How candidates are found and weighed."""

    EXACT = "exact"
    FELLEGI_SUNTER = "fellegi-sunter"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAt:
    """Links at or above a threshold; counts that would show a small group are ``None``.

    Attributes:
        threshold: Lowest probability, by the adversary's model, of a link that is kept.
        links: Links kept.
        claimed: Average probability of these links by the adversary's model.
        right: Links of two records about one person.
        precision: Share of links that are right; ``None`` also where there is no link.
        recall: Share of the people in both tables who are linked rightly.
        harmed: People of the control group who are linked to somebody.
        harmed_share: Share of the control group who are.
    """

    threshold: float
    links: int | None
    claimed: float | None
    right: int | None
    precision: Estimate | None
    recall: Estimate | None
    harmed: int | None
    harmed_share: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageAttack:
    """An attempt to link two tables.

    Attributes:
        method: How candidates were found.
        fields: What the tables were linked on.
        left: Records in the first table.
        right: Records in the second.
        both: Records of the first about people who are in both; ``None`` where the truth is
            not known, or they or all others are a small group.
        controls: Records of the first about people who are not in the second, or ``None``.
        threshold: The adversary's own.
        at: What is linked at each threshold, rising.
        minimum: The minimum cell size.
    """

    method: Method
    fields: tuple[Field, ...]
    left: int
    right: int
    both: int | None
    controls: int | None
    threshold: float
    at: tuple[LinkedAt, ...]
    minimum: int

    @property
    def own(self) -> LinkedAt:
        """What is linked at the adversary's own threshold."""
        return next(one for one in self.at if one.threshold == self.threshold)


def exact_pairs(left: Source, right: Source, fields: Sequence[Field]) -> str:
    """Return the SELECT of pairs that agree on all fields, as ``l``, ``r``, ``probability``.

    A value is compared as text; where one is missing nothing agrees. Needs a column ``record``
    in both, see ``numbered``.
    """
    ours = chosen(left, [field.left for field in fields])
    theirs = chosen(right, [field.right for field in fields])
    same = " AND ".join(
        f"CAST(a.{one} AS VARCHAR) = CAST(b.{other} AS VARCHAR)"
        for one, other in zip(ours, theirs, strict=True)
    )
    return (
        "SELECT a.counterseal_record AS l, b.counterseal_record AS r, "
        f"CAST(1 AS DOUBLE) AS probability FROM lefts AS a JOIN rights AS b ON {same}"
    )


def people_query(left: Source, right: Source, *, person: str | None) -> Query:
    """Return the query for the records of both, and those about people who are in both."""
    cells = f"(SELECT COUNT(*) FROM {left.relation}), (SELECT COUNT(*) FROM {right.relation})"
    if person is not None:
        ours, theirs = chosen(left, [person])[0], chosen(right, [person])[0]
        cells += (
            f", (SELECT COUNT(*) FROM {left.relation} AS a WHERE EXISTS (SELECT 1 FROM "
            f"{right.relation} AS b WHERE b.{theirs} = a.{ours}))"
        )
    return Query(purpose="records, and people in both tables", sql=f"SELECT {cells}")


def links_query(
    left: Source,
    right: Source,
    pairs: str,
    *,
    record: str,
    person: str | None,
    thresholds: Sequence[float],
) -> Query:
    """Return the query for links at each threshold.

    Its rows have a threshold's place in ``thresholds``, links, the sum of their probabilities,
    right links, and links of the control group.

    Args:
        left: The first table.
        right: The second, on the same connection.
        pairs: A SELECT of ``l``, ``r`` and ``probability``; it may use ``lefts`` and
            ``rights``, the tables with their numbers in a column ``counterseal_record``.
        record: Column with the number of a record, in both.
        person: Column with the truth, in both, or ``None``.
        thresholds: Probabilities, rising.
    """
    number = chosen(left, [record])[0], chosen(right, [record])[0]
    right_of, control = "0", "0"
    if person is not None:
        ours, theirs = chosen(left, [person])[0], chosen(right, [person])[0]
        right_of = f"CASE WHEN a.{ours} = b.{theirs} THEN 1 ELSE 0 END"
        control = (
            f"CASE WHEN EXISTS (SELECT 1 FROM {right.relation} AS o "
            f"WHERE o.{theirs} = a.{ours}) THEN 0 ELSE 1 END"
        )
    levels = " UNION ALL ".join(
        f"SELECT {place} AS place, CAST({value!r} AS DOUBLE) AS threshold"
        for place, value in enumerate(thresholds)
    )
    sql = f"""\
WITH lefts AS (SELECT *, {number[0]} AS counterseal_record FROM {left.relation}),
rights AS (SELECT *, {number[1]} AS counterseal_record FROM {right.relation}),
pairs AS ({pairs}),
ranked AS (SELECT l, r, probability,
  RANK() OVER (PARTITION BY l ORDER BY probability DESC) AS by_left,
  RANK() OVER (PARTITION BY r ORDER BY probability DESC) AS by_right FROM pairs),
best AS (SELECT l, r, probability, COUNT(*) OVER (PARTITION BY l, by_left) AS at_left,
  COUNT(*) OVER (PARTITION BY r, by_right) AS at_right, by_left, by_right FROM ranked),
links AS (SELECT l, r, probability FROM best
  WHERE by_left = 1 AND by_right = 1 AND at_left = 1 AND at_right = 1),
judged AS (SELECT k.probability, {right_of} AS is_right, {control} AS is_control
  FROM links AS k JOIN lefts AS a ON a.counterseal_record = k.l JOIN rights AS b
  ON b.counterseal_record = k.r),
levels AS ({levels})
SELECT v.place, COUNT(*), SUM(j.probability), SUM(j.is_right), SUM(j.is_control)
FROM levels AS v JOIN judged AS j ON j.probability >= v.threshold
GROUP BY v.place ORDER BY v.place"""
    return Query(purpose="links at each threshold", sql=sql)


def read(
    people: Sequence[object],
    rows: Sequence[tuple[object, ...]],
    *,
    method: Method,
    fields: Sequence[Field],
    threshold: float,
    thresholds: Sequence[float],
    minimum: int = MINIMUM,
) -> LinkageAttack:
    """Return what the answers of ``people_query`` and ``links_query`` mean.

    Args:
        people: The row of the first.
        rows: The rows of the second.
        method: How candidates were found.
        fields: What the tables were linked on.
        threshold: The adversary's own, one of ``thresholds``.
        thresholds: As in the query.
        minimum: The minimum cell size; 1 where the tables are synthetic.
    """
    counts = [whole(cell) for cell in people]
    both = counts[2] if len(counts) > 2 else None  # noqa: PLR2004 - the third is the truth
    if both is not None and any(0 < n < minimum for n in (both, counts[0] - both)):
        both = None
    found = {whole(row[0]): row for row in rows}
    told = _Told(counts[0], both, minimum=minimum)
    at = {
        value: told.at(value, found.get(thresholds.index(value), (0, 0, 0.0, 0, 0)))
        for value in sorted(thresholds, key=lambda value: (value != threshold, value))
    }
    return LinkageAttack(
        method=method,
        fields=tuple(fields),
        left=counts[0],
        right=counts[1],
        both=both,
        controls=None if both is None else counts[0] - both,
        threshold=threshold,
        at=tuple(at[value] for value in thresholds),
        minimum=minimum,
    )


class _Told:
    """Rows as results, without small groups, and without any between two of them."""

    def __init__(self, left: int, both: int | None, *, minimum: int) -> None:
        self._left = left
        self._both = both
        self._minimum = minimum
        self._before: list[tuple[int, int, int]] = []

    def at(self, threshold: float, row: Sequence[object]) -> LinkedAt:
        """Return what is linked at a threshold."""
        links, right, harmed = whole(row[1]), whole(row[3]), whole(row[4])
        is_apart = self._is_apart(links, right, harmed)
        is_known = is_apart and self._both is not None
        is_known = is_known and self._tells_nobody(links, right, harmed)
        if is_apart:
            self._before.append((links, right, harmed))
        both = self._both or 0
        controls = self._left - both
        return LinkedAt(
            threshold=threshold,
            links=links if is_apart and self._is_large(links) else None,
            claimed=real(row[2]) / links if is_apart and links >= self._minimum else None,
            right=right if is_known else None,
            precision=wilson(right, links) if is_known and links else None,
            recall=wilson(right, both) if is_known and both else None,
            harmed=harmed if is_known else None,
            harmed_share=wilson(harmed, controls) if is_known and controls else None,
        )

    def _is_apart(self, *counts: int) -> bool:
        """Return whether no count differs from one that was told by a small group."""
        return all(
            self._is_large(abs(one - other))
            for told in self._before
            for one, other in zip(counts, told, strict=True)
        )

    def _is_large(self, count: int) -> bool:
        return not 0 < count < self._minimum

    def _tells_nobody(self, links: int, right: int, harmed: int) -> bool:
        both = self._both or 0
        groups = (links, right, links - right, harmed, links - right - harmed, both - right)
        return all(map(self._is_large, groups))
