"""The arrays that the kernel walks over, named. Numba takes named tuples as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cells", "Draws", "Form", "Space", "first_draws", "space"]


class Form(NamedTuple):
    """A use (or a single attribute) as groups of durabilities.

    A *level* is one durability per group; its code counts in the mixed radix of ``ranks``, the
    last group fastest.

    Attributes:
        ranks: (groups,) durabilities of each group.
        curve: (groups, ranks) survival curve of each durability, least durable first.
        curves: (curves, 3, nodes) low, central and high survival.
        grid: (nodes,) years.
    """

    ranks: NDArray[np.int64]
    curve: NDArray[np.int64]
    curves: NDArray[np.float64]
    grid: NDArray[np.float64]


class Cells(NamedTuple):
    """Where a form can be met: populations, each with the items that bear on it.

    Attributes:
        population: (cells,).
        first: (cells + 1,) rows of each cell, one cell after another.
        item: (rows,) the item of a row, rising within a cell.
        number: (rows,) its count of people, a row of ``Draws.amounts``.
        plain: (rows, groups) durability that the item brings to each group; 0 = none.
        masked: The same when the item is pseudonymized.
    """

    population: NDArray[np.int64]
    first: NDArray[np.int64]
    item: NDArray[np.int64]
    number: NDArray[np.int64]
    plain: NDArray[np.int64]
    masked: NDArray[np.int64]


class Draws(NamedTuple):
    """Epistemic draws: the last axis of every array is the draw.

    Attributes:
        amounts: (counts, draws) people of a population in an item, at most all of it.
        hidden: (items, draws) 1 where the item is pseudonymized.
        totals, overlaps, kin: (populations, draws) size, place between the bounds, and
            relatives per member.
        places: (curves, draws) place between low and high survival.
    """

    amounts: NDArray[np.float64]
    hidden: NDArray[np.float64]
    totals: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    kin: NDArray[np.float64]
    places: NDArray[np.float64]


def first_draws(draws: Draws, count: int) -> Draws:
    """Return the first ``count`` draws."""
    return Draws(*(np.ascontiguousarray(numbers[:, :count]) for numbers in draws))


class Space(NamedTuple):
    """Scratch of one walk; see ``space``.

    ``people`` and ``brought`` list what bears on a cell, ``place`` has the place of each item
    there, counted from 1; ``when`` to ``share`` are of what arrives in a trial, by time;
    ``source`` to ``order`` are the points of a staircase; ``least`` is of the draw ``begun``.
    """

    place: NDArray[np.int32]
    people: NDArray[np.float64]
    brought: NDArray[np.int64]
    when: NDArray[np.float32]
    amount: NDArray[np.float64]
    rank: NDArray[np.int64]
    front: NDArray[np.int64]
    leap: NDArray[np.int64]
    node: NDArray[np.int64]
    share: NDArray[np.float64]
    seen: NDArray[np.bool_]
    level: NDArray[np.int64]
    cover: NDArray[np.float64]
    sums: NDArray[np.float64]
    source: NDArray[np.int64]
    code: NDArray[np.int64]
    bounds: NDArray[np.float64]
    years: NDArray[np.float64]
    order: NDArray[np.int64]
    least: NDArray[np.float64]
    begun: NDArray[np.int64]
    product: NDArray[np.float64]


def space(*, every: int, items: int, groups: int, ranks: int, points: int, nodes: int) -> Space:
    """Allocate scratch for ``every`` item, at most so many of a cell, points and nodes."""
    items, points = max(items, 1), points + 1
    return Space(
        place=np.zeros(every, np.int32),
        people=np.empty(items),
        brought=np.empty((items, groups), np.int64),
        when=np.empty(items, np.float32),
        amount=np.empty(items),
        rank=np.empty((items, groups), np.int64),
        front=np.empty(items, np.int64),
        leap=np.empty(items, np.int64),
        node=np.empty(items, np.int64),
        share=np.empty(items),
        seen=np.empty((groups, ranks + 1), np.bool_),
        level=np.ones(groups, np.int64),
        cover=np.empty(1 << groups),
        sums=np.empty(groups),
        source=np.empty(points, np.int64),
        code=np.empty(points, np.int64),
        bounds=np.empty((3, points)),
        years=np.empty(points),
        order=np.empty(points, np.int64),
        least=np.empty((groups, max(ranks, 1), nodes)),
        begun=np.full(1, -1),
        product=np.empty(nodes),
    )
