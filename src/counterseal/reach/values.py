"""The values behind the products of a program, in every outer draw.

A value is a function of the seed, the id of its parameter and its range, so one engine may take
from another what both have with the same range, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.ranges import ranges_of
from counterseal.reach.parameters import sample_ranges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws
    from counterseal.reach.program import Program

__all__ = ["Values", "values_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """A table of values.

    Attributes:
        table: Shape (values of the program, outer).
        rows: Row of each parameter by id.
        family: Place of the family of each parameter in ``ParameterFamily``.
        numbers: Mode, low and high of each; shape (parameters, 3).
    """

    table: NDArray[np.float64]
    rows: Mapping[str, int]
    family: NDArray[np.int8]
    numbers: NDArray[np.float64]

    def first(self, outer: int) -> Values:
        """Return the values of the first ``outer`` draws."""
        return replace(self, table=np.ascontiguousarray(self.table[:, :outer]))


def values_of(program: Program, *, draws: Draws, like: Values | None = None) -> Values:
    """Return the values of ``program``, sampling what ``like``, of the same draws, has not.

    Raises:
        GraphError: A range is not one: out of order, or not positive for a lognormal.
    """
    rows = {value: row for row, value in enumerate(program.values) if isinstance(value, str)}
    constants = [row for row, value in enumerate(program.values) if not isinstance(value, str)]
    table = np.empty((len(program.values), draws.outer))
    numbers = [program.values[row] for row in constants]
    table[constants] = np.array(numbers, dtype=np.float64)[:, None]
    ranges = ranges_of(program.graph.parameters)
    own = _places(rows, {name: row for row, name in enumerate(ranges.names)})
    found = Values(
        table=table, rows=rows, family=ranges.family[own], numbers=ranges.numbers[own]
    )
    left = _left(found, like)
    sample_ranges(
        [ranges.names[one] for one in own[left].tolist()],
        found.family[left],
        found.numbers[left],
        _rows(found)[left],
        table,
        draws=draws,
    )
    return found


def _left(found: Values, like: Values | None) -> NDArray[np.int64]:
    """Take from ``like`` what is the same there; return the parameters that are not."""
    if like is None or not like.rows:
        return np.arange(len(found.rows))
    theirs = _places(found.rows, {name: place for place, name in enumerate(like.rows)})
    same = theirs >= 0
    same &= found.family == like.family[theirs]
    same &= (found.numbers == like.numbers[theirs]).all(axis=1)
    found.table[_rows(found)[same]] = like.table[_rows(like)[theirs[same]]]
    return np.flatnonzero(~same)


def _rows(values: Values) -> NDArray[np.int64]:
    return np.array(list(values.rows.values()), dtype=np.int64)


def _places(names: Mapping[str, int], place: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the place of each name, -1 for none."""
    return np.array([place.get(name, -1) for name in names], dtype=np.int64)
