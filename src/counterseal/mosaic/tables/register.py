"""A register of counts released about one table, and what may still be released beside them.

It protects against subtraction. A count is refused when, with everything released before,

- it is about fewer people than the minimum, or
- subtracting it from another, or another from it, gives a group of fewer, or
- what is left of a released total after subtracting its released parts is fewer, or
- any cell of any table over the columns of the register that has fewer than the minimum
  becomes a sum and difference of released counts (exactly decided, by linear algebra).

It does not protect against bounds (a total of 12 says that no part exceeds 12), against what
somebody knows beforehand (who knows one of 11 people knows a table of 10), or against counts
released elsewhere than through it. That a combination does not occur is not withheld.
"""
# ruff: noqa: S608 - names are quoted, and no value is ever in the text of a query

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import InputError, RefusedReleaseError, TooSmallError
from counterseal.mosaic.tables.disclosure import MINIMUM
from counterseal.mosaic.tables.source import Query, chosen, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from counterseal.mosaic.tables.source import Source

__all__ = ["Cell", "Count", "Register", "cells_query", "opened"]

_PRIME = 2_147_483_629
"""Arithmetic of the audit is modulo this prime: products of two residues fit 64 bits."""

_MOST_ENTRIES = 4_000_000
_MOST_COLUMNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A group of records: those with the given values in the given columns.

    Attributes:
        values: By column; ``None`` is a missing value. Empty for the whole table.
    """

    values: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many records a cell has, or that the number is withheld (``None``)."""

    cell: Cell
    count: int | None


def cells_query(relation: str, columns: Sequence[str]) -> Query:
    """Return the query for the joint counts of some columns."""
    names = ", ".join(columns)
    keys = ", ".join(f"CAST({name} AS VARCHAR) AS c{i}" for i, name in enumerate(columns))
    order = ", ".join(str(i + 1) for i in range(len(columns)))
    return Query(
        purpose="joint counts, of which the register releases what it may",
        sql=f"SELECT {keys}, COUNT(*) AS n FROM {relation} GROUP BY {names} ORDER BY {order}",
    )


def opened(source: Source, columns: Sequence[str], *, minimum: int = MINIMUM) -> Register:
    """Return an empty register for counts over some columns of a table.

    The joint counts are kept in memory and never released as they are.

    Raises:
        InputError: A column is not there, or the joint table is too detailed to be audited.
        TooSmallError: The table has fewer records than the minimum.
    """
    rows = source.ask(cells_query(source.relation, chosen(source, columns)))
    joint = {
        tuple(None if value is None else str(value) for value in row[:-1]): whole(row[-1])
        for row in rows
    }
    return Register(joint, columns=tuple(columns), minimum=minimum)


class Register:
    """Counts released about one table, of which no small group can be worked out."""

    def __init__(
        self,
        joint: Mapping[tuple[str | None, ...], int],
        *,
        columns: tuple[str, ...],
        minimum: int = MINIMUM,
    ) -> None:
        """Begin with nothing released.

        Args:
            joint: Records by their values in ``columns``.
            columns: Names, in the order of the values.
            minimum: Fewest people that a count may be about.

        Raises:
            InputError: There are too many columns or cells.
            TooSmallError: There are fewer records than the minimum.
        """
        if len(columns) > _MOST_COLUMNS:
            raise InputError(f"a register takes {_MOST_COLUMNS} columns at most")
        self._columns = columns
        self._minimum = minimum
        self._atoms = sorted(joint, key=lambda atom: [value or "" for value in atom])
        self._counts = np.array([joint[atom] for atom in self._atoms], dtype=np.int64)
        if self._counts.sum() < minimum:
            raise TooSmallError(f"the table has fewer than {minimum} records")
        self._having = [
            _by_value([atom[i] for atom in self._atoms]) for i in range(len(columns))
        ]
        self._released: dict[Cell, NDArray[np.bool_]] = {}
        self._basis: list[tuple[int, NDArray[np.int64]]] = []
        self._protected = self._small_cells()

    def count(self, values: Mapping[str, str | None]) -> int:
        """Release how many records have the given values.

        Raises:
            InputError: There is no such column.
            RefusedReleaseError: A small group could be worked out.
        """
        unknown = sorted(set(values) - set(self._columns))
        if unknown:
            raise InputError("the register has no such column", hint="open one with it")
        cell = Cell(values=tuple((c, values[c]) for c in self._columns if c in values))
        reason = self._admit(cell)
        if reason:
            raise RefusedReleaseError(
                f"the count is withheld: {reason}", hint="ask for less detail"
            )
        return int(self._counts[self._members(cell)].sum())

    def table(self, columns: Sequence[str]) -> tuple[Count, ...]:
        """Release a table with its margins, withholding small cells and what would give them.

        Margins come first, from the total down, and large cells before small ones, so that
        what is withheld beside small cells is as little as this order allows.

        Raises:
            InputError: There is no such column.
        """
        if set(columns) - set(self._columns):
            raise InputError("the register has no such column", hint="open one with it")
        order = [c for c in self._columns if c in columns]
        found = []
        for width in range(len(order) + 1):
            for names in combinations(order, width):
                found += [self._counted(cell) for cell in self._cells(names)]
        return tuple(found)

    def _counted(self, cell: Cell) -> Count:
        withheld = self._admit(cell)
        count = None if withheld else int(self._counts[self._members(cell)].sum())
        return Count(cell=cell, count=count)

    def _cells(self, names: Sequence[str]) -> list[Cell]:
        """Return the cells of a table, the largest first."""
        places = [self._columns.index(name) for name in names]
        totals: Counter[tuple[str | None, ...]] = Counter()
        for atom, n in zip(self._atoms, self._counts.tolist(), strict=True):
            totals[tuple(atom[place] for place in places)] += n
        ordered = sorted(totals, key=lambda key: (-totals[key], [value or "" for value in key]))
        return [Cell(values=tuple(zip(names, key, strict=True))) for key in ordered]

    def _members(self, cell: Cell) -> NDArray[np.bool_]:
        members = np.ones(len(self._atoms), dtype=np.bool_)
        for name, value in cell.values:
            members &= self._having[self._columns.index(name)].get(value, False)
        return members

    def _small_cells(self) -> NDArray[np.int64]:
        """Return the cells below the minimum, of every table over the columns, as vectors."""
        found: set[bytes] = set()
        for width in range(len(self._columns) + 1):
            for names in combinations(self._columns, width):
                for cell in reversed(self._cells(names)):
                    members = self._members(cell)
                    if self._counts[members].sum() >= self._minimum:
                        break
                    found.add(members.tobytes())
                    if len(found) * len(self._atoms) > _MOST_ENTRIES:
                        raise InputError(
                            "the joint table is too detailed to be audited",
                            hint="open the register over fewer columns",
                        )
        rows = [np.frombuffer(row, dtype=np.bool_) for row in sorted(found)]
        shape = (len(rows), len(self._atoms))
        return np.array(rows, dtype=np.int64).reshape(shape)

    def _admit(self, cell: Cell) -> str:
        """Release a cell, or return why not."""
        if cell in self._released:
            return ""
        members = self._members(cell)
        reason = (
            self._too_few(members)
            or self._difference(members)
            or self._remainder(cell, members)
        )
        if reason:
            return reason
        if not self._extend(members):
            return "with what was released, a small cell follows"
        self._released[cell] = members
        return ""

    def _is_small(self, members: NDArray[np.bool_]) -> bool:
        return bool(0 < self._counts[members].sum() < self._minimum)

    def _too_few(self, members: NDArray[np.bool_]) -> str:
        return "it is about too few" if self._is_small(members) else ""

    def _difference(self, members: NDArray[np.bool_]) -> str:
        """Say whether a released group and this one differ by too few."""
        for other in self._released.values():
            common = members & other
            is_nested = bool((common == members).all() or (common == other).all())
            if is_nested and self._is_small(members ^ other):
                return "it differs from a released count by too few"
        return ""

    def _remainder(self, cell: Cell, members: NDArray[np.bool_]) -> str:
        """Say whether too few are left of a released total beside its released parts."""
        released = {**self._released, cell: members}
        mine = dict(cell.values)
        for total, whole_group in released.items():
            given = dict(total.values)
            families: dict[tuple[str, ...], NDArray[np.bool_]] = {}
            for part, group in released.items():
                values = dict(part.values)
                extra = tuple(sorted(set(values) - set(given)))
                if extra and all(values.get(c, _ABSENT) == v for c, v in given.items()):
                    families[extra] = families.get(extra, np.zeros_like(group)) | group
            concerned = total == cell or all(
                mine.get(c, _ABSENT) == v for c, v in given.items()
            )
            if concerned and any(self._is_small(whole_group & ~g) for g in families.values()):
                return "too few are left of a released total"
        return ""

    def _extend(self, members: NDArray[np.bool_]) -> bool:
        """Add a vector to what is released, unless a small cell would be in its span."""
        vector = members.astype(np.int64)
        for pivot, row in self._basis:
            vector = (vector - vector[pivot] * row) % _PRIME
        if not vector.any():
            return True
        pivot = int(np.flatnonzero(vector)[0])
        vector = vector * pow(int(vector[pivot]), -1, _PRIME) % _PRIME
        left = (self._protected - self._protected[:, [pivot]] * vector) % _PRIME
        if left.size and not left.any(axis=1).all():
            return False
        self._protected = left
        self._basis.append((pivot, vector))
        return True


_ABSENT = object()
"""Stands for a column that a cell says nothing of; ``None`` is a missing value."""


def _by_value(values: Sequence[str | None]) -> dict[str | None, NDArray[np.bool_]]:
    """Return where each value stands."""
    return {
        value: np.array([other == value for other in values], dtype=np.bool_)
        for value in set(values)
    }
