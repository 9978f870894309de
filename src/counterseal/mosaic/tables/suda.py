"""Scores of records from their minimal sample uniques, and what may be told of them.

The SUDA score weighs every minimal sample unique of a record by its size (Elliot et al. 2005;
SDC Practice Guide, "Calculating SUDA scores"); the DIS-SUDA score spreads the chance that a
unique match is right over the records (Elliot and Manning 2003; Skinner and Elliot 2002, J. R.
Stat. Soc. B 64(4):855-867).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations, groupby
from math import factorial, prod
from typing import TYPE_CHECKING

from counterseal.mosaic.tables.source import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "Answer",
    "Contribution",
    "Level",
    "ScoreBand",
    "bands",
    "calibrated",
    "calibrating",
    "dis",
    "sets",
    "weights",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreBand:
    """A part of the spread of SUDA scores, with enough records in it to be told.

    Attributes:
        low: Lowest score in it.
        high: Highest score in it.
        records: How many records; at least the minimum cell size.
        dis_suda: Average DIS-SUDA score of these records, in [0, 1]; ``None`` where it is not
            told.
    """

    low: int
    high: int
    records: int
    dis_suda: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """How much one attribute has to do with the scores.

    Attributes:
        attribute: Name of its column.
        share: Part of the sum of all scores that comes from sets with it, in [0, 1];
            shares add up to more than 1, as a set has up to three attributes. ``None`` where
            it concerns fewer records than the minimum cell size.
    """

    attribute: str
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Level:
    """Records that have the same number of minimal sample uniques of every size.

    Attributes:
        score: Their SUDA score.
        own: What their DIS-SUDA score is made from.
        records: How many there are.
    """

    score: int
    own: float
    records: int


class Answer:
    """The rows of a query for minimal sample uniques, as counts.

    Attributes:
        levels: Every record with one, by how many it has of each size.
    """

    def __init__(
        self, rows: Sequence[tuple[object, ...]], *, attributes: int, largest: int
    ) -> None:
        """Take the rows that ``uniques.query`` describes."""
        self._sets = sets(attributes, largest)
        self._weights = weights(attributes, largest)
        own = calibrating(attributes, largest)
        table = [tuple(whole(cell) for cell in row) for row in rows]
        self.levels = [
            Level(
                score=sum(w * m for w, m in zip(self._weights, row, strict=False)),
                own=sum(w * m for w, m in zip(own, row, strict=False)),
                records=row[largest],
            )
            for row in table
        ]
        sums = [sum(column) for column in zip(*table, strict=True)][largest + 1 :]
        sums = sums or [0] * (attributes + len(self._sets))
        self._touched, self._minimal = sums[:attributes], sums[attributes:]

    @property
    def special(self) -> int:
        """Records with a minimal sample unique."""
        return sum(level.records for level in self.levels)

    def contributions(self, names: Sequence[str], *, minimum: int) -> tuple[Contribution, ...]:
        """Return the part of all scores that comes from sets with each attribute."""
        parts = [
            self._weights[len(one) - 1] * count
            for one, count in zip(self._sets, self._minimal, strict=True)
        ]
        total = sum(parts)
        found = []
        for a, name in enumerate(names):
            part = sum(p for p, one in zip(parts, self._sets, strict=True) if a in one)
            told = total > 0 and not 0 < self._touched[a] < minimum
            share = round(part / total, 3) if told else None
            found.append(Contribution(attribute=name, share=share))
        return tuple(found)


def sets(attributes: int, largest: int) -> tuple[tuple[int, ...], ...]:
    """Return every set of one to ``largest`` attributes as indices, the small ones first."""
    sizes = (combinations(range(attributes), size) for size in range(1, largest + 1))
    return tuple(chain.from_iterable(sizes))


def weights(attributes: int, largest: int) -> tuple[int, ...]:
    """Return the score of a minimal sample unique of 1, 2, ... ``largest`` attributes.

    The product of ``attributes - i`` for ``i`` from its size to ``largest``.
    """
    return tuple(
        prod(attributes - i for i in range(size, largest + 1)) for size in range(1, largest + 1)
    )


def calibrating(attributes: int, largest: int) -> tuple[float, ...]:
    """Return what DIS-SUDA scores are made from, for sets of 1, 2, ... ``largest`` attributes.

    ``(2^(n-k) - 1) k! (n-k)! / n!`` for a set of ``k`` of ``n``. These are not the weights of
    the SUDA score, yet the DIS-SUDA scores of the guide's example come from them.
    """
    n = attributes
    return tuple(
        (2 ** (n - k) - 1) * factorial(k) * factorial(n - k) / factorial(n)
        for k in range(1, largest + 1)
    )


def dis(*, uniques: int, paired: int, fraction: float) -> float | None:
    """Return the chance that a unique match is right, from records alone and records in pairs.

    Args:
        uniques: Records alone on all attributes.
        paired: Records that are like exactly one other on all attributes.
        fraction: Part of the population that the table holds, in (0, 1).

    Returns:
        ``U f / (U f + P (1 - f))``, in [0, 1]; ``None`` where neither kind of record is there.
    """
    below = uniques * fraction + paired * (1.0 - fraction)
    return uniques * fraction / below if below else None


def calibrated(
    levels: Sequence[Level], *, attributes: int, uniques: int, risk: float | None
) -> Callable[[float], float] | None:
    """Return DIS-SUDA as a function of ``Level.own``, or nothing where there is no risk.

    ``1 / (1 + (U / DIS - U) / (s^Q A))`` with ``Q = 1 + (8 - n) / 20``, ``n`` attributes, and
    ``A`` the sum of ``s^-Q`` over all records with a score ``s``.

    Args:
        levels: Every record with a minimal sample unique.
        attributes: How many were looked at.
        uniques: Records alone on all of them.
        risk: The chance that ``dis`` gives.
    """
    if not risk:
        return None
    power = 1.0 + (8.0 - attributes) / 20.0
    total = sum(level.records / level.own**power for level in levels if level.own)
    scale = uniques / risk - uniques

    def score(own: float) -> float:
        return 1.0 / (1.0 + scale / (own**power * total)) if own else 0.0

    return score


def bands(
    levels: Sequence[Level],
    spread: Callable[[float], float] | None,
    *,
    records: int,
    minimum: int,
) -> tuple[ScoreBand, ...]:
    """Return the spread of scores over all records, in parts of at least ``minimum`` records.

    Args:
        levels: Every record with a minimal sample unique; all others have the score 0.
        spread: DIS-SUDA as a function of ``Level.own``.
        records: Records in the table; at least ``minimum``.
        minimum: The minimum cell size: neighbours are joined until each part has as many.
    """
    others = Level(score=0, own=0.0, records=records - sum(level.records for level in levels))
    parts: list[list[Level]] = [[]]
    known = sorted(level for level in [others, *levels] if level.records)
    for _, same in groupby(known, key=lambda level: level.score):
        parts[-1].extend(same)
        if sum(one.records for one in parts[-1]) >= minimum:
            parts.append([])
    rest = parts.pop()
    if rest:
        parts[-1].extend(rest)
    return tuple(_band(part, spread) for part in parts)


def _band(part: Sequence[Level], spread: Callable[[float], float] | None) -> ScoreBand:
    records = sum(level.records for level in part)
    average = None
    if spread is not None:
        average = sum(spread(level.own) * level.records for level in part) / records
    return ScoreBand(low=part[0].score, high=part[-1].score, records=records, dis_suda=average)
