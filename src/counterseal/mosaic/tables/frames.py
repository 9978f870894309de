"""A table against another: who of it is in a population frame, or in a set that leaked.

Both are tables of one connection, with the same quasi-identifiers, compared as text. Classes
are counted on each side and joined, so nothing is compared record with record. A missing value
equals a missing value.

Sources: k-map: Sweeney (2001), Computational disclosure control, MIT; El Emam and Dankar
(2008), J. Am. Med. Inform. Assoc. 15(5):627-637. delta-presence: Nergiz, Atzori and Clifton
(2007), Hiding the presence of individuals from shared databases, SIGMOD, pages 665-676.
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING

from counterseal.errors import InputError
from counterseal.mosaic.tables.source import Query, chosen, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.mosaic.tables.source import Source

__all__ = ["Frame", "FrameRow", "frame_query", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRow:
    """Combinations of values that occur equally often on both sides.

    Attributes:
        sample: Records of the table with such a combination; 0 where it has none.
        frame: Records of the frame with it; 0 where it has none.
        classes: How many such combinations.
    """

    sample: int
    frame: int
    classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How the classes of a table lie in a frame.

    Attributes:
        quasi_identifiers: Names of the columns, on both sides.
        rows: By frequency in the table, then in the frame, ascending.
    """

    quasi_identifiers: tuple[str, ...]
    rows: tuple[FrameRow, ...]

    @property
    def records(self) -> int:
        """Records of the table."""
        return sum(row.sample * row.classes for row in self.rows)

    @property
    def people(self) -> int:
        """Records of the frame."""
        return sum(row.frame * row.classes for row in self.rows)

    @property
    def found(self) -> int:
        """Records of the table whose combination occurs in the frame (the semi-join)."""
        return sum(row.sample * row.classes for row in self.rows if row.frame)

    @property
    def least(self) -> int | None:
        """The k of k-map: fewest records of the frame behind any found record of the table."""
        return min((row.frame for row in self.rows if row.sample and row.frame), default=None)

    @property
    def single(self) -> int:
        """Records of the table with exactly one record of the frame behind them."""
        return self.below(2)

    @property
    def correctness(self) -> float:
        """Mean over the table's records of 1 / records of the frame behind them; 0 for none.

        The chance that a guess within the frame is right (journalist risk).
        """
        right = (row.sample * row.classes / row.frame for row in self.rows if row.frame)
        return fsum(right) / self.records

    @property
    def presence(self) -> tuple[float, float]:
        """Smallest and largest delta: share of a class of the frame that is in the table.

        Holds where the table is drawn from the frame; over all classes of the frame.
        """
        shares = [row.sample / row.frame for row in self.rows if row.frame]
        return min(shares, default=0.0), max(shares, default=0.0)

    @property
    def certain(self) -> int:
        """Records of the frame in classes that are in the table whole: presence is certain."""
        return sum(row.frame * row.classes for row in self.rows if row.sample >= row.frame > 0)

    @property
    def is_subset(self) -> bool:
        """Whether the table can be drawn from the frame: no class is larger in the table."""
        return all(row.sample <= row.frame for row in self.rows)

    def below(self, size: int) -> int:
        """Return the found records of the table with fewer than ``size`` records behind."""
        return sum(r.sample * r.classes for r in self.rows if 0 < r.frame < size)


def measure(source: Source, frame: Source, quasi_identifiers: Sequence[str]) -> Frame:
    """Join the classes of a table with those of a frame on the same connection.

    Raises:
        InputError: A column is not in both, or one of them is empty.
    """
    mine = chosen(source, quasi_identifiers)
    chosen(frame, quasi_identifiers)
    answer = source.ask(frame_query(source.relation, frame.relation, mine))
    rows = tuple(
        FrameRow(sample=whole(sample), frame=whole(other), classes=whole(classes))
        for sample, other, classes in answer
    )
    found = Frame(quasi_identifiers=tuple(quasi_identifiers), rows=rows)
    if not (rows and found.records and found.people):
        raise InputError("the table or the frame is empty", hint="there is nothing to compare")
    return found


def frame_query(relation: str, frame: str, columns: Sequence[str]) -> Query:
    """Return the query for combinations by their frequency on both sides.

    Args:
        relation: Quoted name of the table.
        frame: Quoted name of the frame.
        columns: Quoted names of the quasi-identifiers, which both have.
    """
    keys = ", ".join(f"CAST({name} AS VARCHAR) AS k{i}" for i, name in enumerate(columns))
    group = ", ".join(f"k{i}" for i in range(len(columns)))
    return Query(
        purpose="combinations of values by their frequency in the table and in the frame",
        sql=f"""\
WITH sides AS (
  SELECT {keys}, 1 AS sample, 0 AS frame FROM {relation}
  UNION ALL
  SELECT {keys}, 0 AS sample, 1 AS frame FROM {frame}
), classes AS (
  SELECT SUM(sample) AS sample, SUM(frame) AS frame FROM sides GROUP BY {group}
)
SELECT sample, frame, COUNT(*) AS classes
FROM classes GROUP BY sample, frame ORDER BY sample, frame""",
    )
