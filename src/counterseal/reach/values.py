"""The values behind the products of programs, in every outer draw, held once for all engines.

A value is a function of the seed, the id of its parameter and its range, so engines on the same
draws share what they have with the same range, to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.columns import Products, items_of
from counterseal.attackgraph.distinct import among, distinct
from counterseal.attackgraph.ranges import POINT, ranges_of
from counterseal.reach.kernels.products import evaluate_rows
from counterseal.reach.parameters import sample_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws
    from counterseal.reach.program import Program

__all__ = ["Values", "evaluate_with"]


@dataclass(slots=True, kw_only=True)
class _Held:
    """What is known of each row; ``room`` has rows to spare."""

    row: dict[str | float, int]
    size: int
    room: NDArray[np.float64]
    family: NDArray[np.int8]
    numbers: NDArray[np.float64]


class Values:
    """A table of values that grows as engines ask; what is in it never changes.

    A constant is a parameter with one value. A parameter whose range is another in another
    graph has a row for each range.
    """

    def __init__(self, draws: Draws, *, held: _Held | None = None) -> None:
        """Begin with none, or with those ``held``, on the outer draws of ``draws``."""
        self._draws = draws
        self._lock = Lock()
        self._held = held or _Held(
            row={},
            size=0,
            room=np.empty((0, draws.outer)),
            family=np.empty(0, dtype=np.int8),
            numbers=np.empty((0, 3)),
        )
        self._first: tuple[int, Values] | None = None

    @property
    def table(self) -> NDArray[np.float64]:
        """Shape (rows, outer); to be read after ``rows_of``, whose rows stay where they are."""
        return self._held.room

    def rows_of(self, program: Program) -> NDArray[np.int64]:
        """Return the row of each value of ``program``, sampling what is not there yet.

        Raises:
            GraphError: A range is not one: out of order, or not positive for a lognormal.
        """
        family, numbers = _ranges(program)
        with self._lock:
            held = self._held
            rows = np.array([held.row.get(value, -1) for value in program.values], np.int64)
            same = rows >= 0
            same[same] = held.family[rows[same]] == family[same]
            same[same] = (held.numbers[rows[same]] == numbers[same]).all(axis=1)
            new = np.flatnonzero(~same)
            rows[new] = np.arange(held.size, held.size + new.size)
            self._add([program.values[one] for one in new.tolist()], family[new], numbers[new])
        return rows

    def first(self, outer: int) -> Values:
        """Return the values of the first ``outer`` draws, with the same rows."""
        with self._lock:
            held, known = self._held, self._first
            if known is None or known[0] < held.size or known[1].table.shape[1] != outer:
                room = np.ascontiguousarray(held.room[: held.size, :outer])
                part = replace(held, row=dict(held.row), room=room)
                known = held.size, Values(replace(self._draws, outer=outer), held=part)
                self._first = known
            return known[1]

    def _add(
        self,
        names: Sequence[str | float],
        family: NDArray[np.int8],
        numbers: NDArray[np.float64],
    ) -> None:
        """Sample parameters and constants into new rows."""
        held = self._held
        start, size = held.size, held.size + len(names)
        if size > held.room.shape[0]:
            room = np.empty((2 * size, self._draws.outer))
            room[:start] = held.room[:start]
            held.room = room
        rows = np.arange(start, size)
        ids = [str(name) for name in names]
        sample_ranges(ids, family, numbers, rows, held.room, draws=self._draws)
        held.size = size
        held.family = np.concatenate([held.family[:start], family])
        held.numbers = np.concatenate([held.numbers[:start], numbers])
        for name, row in zip(names, rows.tolist(), strict=True):
            held.row.setdefault(name, row)


def _ranges(program: Program) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return family, and mode, low and high, of every value of a program."""
    ranges = ranges_of(program.graph.parameters)
    place: dict[str | float, int] = {name: row for row, name in enumerate(ranges.names)}
    own = np.array([place.get(value, -1) for value in program.values], dtype=np.int64)
    family = np.append(ranges.family, np.int8(POINT))[own]
    numbers = np.concatenate([ranges.numbers, np.zeros((1, 3))])[own]
    for row in np.flatnonzero(own < 0).tolist():
        numbers[row] = program.values[row]
    return family, numbers


def evaluate_with(
    products: Products,
    rows: NDArray[np.int64],
    table: NDArray[np.float64],
    places: NDArray[np.int64],
    held: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return some products with some values held otherwise; shape (rows, outer).

    Args:
        products: With rows of ``table`` as bases and exponents.
        rows: Which to evaluate.
        table: Values, shape (any, outer); left as it is.
        places: Rows of values that are held.
        held: What they are held at, shape (places, outer).
    """
    owner, powers = items_of(products.row, rows)
    base, exponent = products.base[powers], products.exponent[powers]
    used = distinct(np.concatenate([base, exponent]))
    values = table[used]
    known = among(places, used)
    values[np.searchsorted(used, places[known])] = held[known]
    some = Products(
        row=np.searchsorted(owner, np.arange(rows.size + 1)).astype(np.int32),
        base=np.searchsorted(used, base).astype(np.int32),
        exponent=np.searchsorted(used, exponent).astype(np.int32),
    )
    out = np.empty((rows.size, table.shape[1]))
    evaluate_rows(some, np.arange(rows.size, dtype=np.int64), values, out)
    return out
