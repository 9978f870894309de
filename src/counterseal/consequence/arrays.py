"""The arrays that the kernel walks over, named. Numba takes named tuples as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GROUPS", "Cells", "Conjunctions", "Draws", "Space", "space"]

GROUPS = 5
"""Most groups in a use."""


class Conjunctions(NamedTuple):
    """Uses (and single attributes) as groups of durabilities.

    Attributes:
        groups: (c,) groups of each.
        ranks: (c, GROUPS) durabilities of each group.
        curve: (c, GROUPS, ranks) survival curve of each durability, least durable first.
        offset: (c,) first level of each in the table of levels.
        curves: (curves, 3, nodes) low, central and high survival.
        grid: (nodes,) years.
    """

    groups: NDArray[np.int64]
    ranks: NDArray[np.int64]
    curve: NDArray[np.int64]
    offset: NDArray[np.int64]
    curves: NDArray[np.float64]
    grid: NDArray[np.float64]


class Cells(NamedTuple):
    """What is valued: pairs of a conjunction and a population, with the items that bear on it.

    Attributes:
        conjunction, population: (cells,).
        row_of: (cells, items) row below that an item has in a cell, or -1.
        plain: (rows, GROUPS) durability that the item brings to each group; 0 = none.
        masked: The same when the item is pseudonymized.
    """

    conjunction: NDArray[np.int64]
    population: NDArray[np.int64]
    row_of: NDArray[np.int32]
    plain: NDArray[np.int64]
    masked: NDArray[np.int64]


class Draws(NamedTuple):
    """Epistemic draws: the last axis of every array is the draw.

    Attributes:
        amounts: (rows, draws) people.
        hidden: (items, draws) 1 where the item is pseudonymized.
        totals, overlaps: (populations, draws) size, and place between the bounds.
        factors: (cells, draws) persons counted per member.
        places: (curves, draws) place between low and high survival.
    """

    amounts: NDArray[np.float64]
    hidden: NDArray[np.float64]
    totals: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    factors: NDArray[np.float64]
    places: NDArray[np.float64]


class Space(NamedTuple):
    """Scratch of one walk; see ``space``."""

    held: NDArray[np.int64]
    event: NDArray[np.int64]
    amount: NDArray[np.float64]
    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    seen: NDArray[np.bool_]
    level: NDArray[np.int64]
    people: NDArray[np.float64]
    source: NDArray[np.int64]
    code: NDArray[np.int64]
    years: NDArray[np.float64]
    table: NDArray[np.float64]
    ready: NDArray[np.bool_]
    least: NDArray[np.float64]
    result: NDArray[np.float64]
    cover: NDArray[np.float64]
    sums: NDArray[np.float64]


def space(
    *, items: int, conjunctions: int, ranks: int, points: int, levels: int, nodes: int
) -> Space:
    """Allocate scratch for at most so many items, durabilities, points and levels."""
    return Space(
        held=np.empty(max(items, 1), np.int64),
        event=np.empty(max(items, 1), np.int64),
        amount=np.empty(max(items, 1)),
        order=np.empty(max(points, 1), np.int64),
        rank=np.zeros((max(items, 1), GROUPS), np.int64),
        seen=np.zeros((GROUPS, ranks + 1), np.bool_),
        level=np.zeros(GROUPS, np.int64),
        people=np.empty((max(points, 1), 3)),
        source=np.empty(max(points, 1), np.int64),
        code=np.empty(max(points, 1), np.int64),
        years=np.empty(max(points, 1)),
        table=np.empty((max(levels, 1), nodes)),
        ready=np.zeros(max(levels, 1), np.bool_),
        least=np.ones((conjunctions, GROUPS, max(ranks, 1), nodes)),
        result=np.empty(3),
        cover=np.empty(1 << GROUPS),
        sums=np.empty(GROUPS),
    )
