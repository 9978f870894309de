"""The walk over arrivals: person-years per use and population, trial by trial. Numba.

For one use and one population of size N, items (holdings, feeds) arrive one after another. A
*level* is one durability per group. At every arrival, the people who have at least that level
in every group lie between two bounds (Boole 1854, Frechet 1935):

- lower: the best cover of the groups by d items, ``sum(n) - (d - 1) N``, found exactly by
  dynamic programming over sets of groups;
- upper: the smallest group, each group at most N and at most the sum of its items.

A person of that level is usable for T years, the integral of the product of the survival
curves from the arrival to the horizon. So at least n people are usable for T years or more,
and the person-years are the area under the staircase of all such pairs (n, T). The area never
falls when an item is added, does not depend on the order of items, and is 0 when a group has
no item. Only + - * / and comparisons are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from counterseal.consequence.tables import (
    COARSE_STEPS,
    FINE_STEPS,
    FINE_YEARS,
    LIMIT_YEARS,
    MIDDLE_STEPS,
    MIDDLE_YEARS,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GROUPS", "Cells", "Conjunctions", "Draws", "space", "usable_years", "walk"]

GROUPS = 5
"""Most groups in a use."""

_MANY = 64
_NEVER = -1e300
_DAYS_PER_YEAR = 365.25
_FINE = FINE_STEPS / FINE_YEARS
_MIDDLE = MIDDLE_STEPS / (MIDDLE_YEARS - FINE_YEARS)
_COARSE = COARSE_STEPS / (LIMIT_YEARS - MIDDLE_YEARS)
_MIDDLE_NODE = FINE_STEPS
_COARSE_NODE = FINE_STEPS + MIDDLE_STEPS
_LAST = FINE_STEPS + MIDDLE_STEPS + COARSE_STEPS


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
        output: (cells,) row of the result by trial, or -1.
        start: (cells + 1,) into the rows below.
        items: (rows,) item.
        plain: (rows, GROUPS) durability that the item brings to each group; 0 = none.
        masked: The same when the item is pseudonymized.
    """

    conjunction: NDArray[np.int64]
    population: NDArray[np.int64]
    output: NDArray[np.int64]
    start: NDArray[np.int64]
    items: NDArray[np.int64]
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

    event: NDArray[np.int64]
    rank: NDArray[np.int64]
    seen: NDArray[np.bool_]
    level: NDArray[np.int64]
    people: NDArray[np.float64]
    source: NDArray[np.int64]
    code: NDArray[np.int64]
    years: NDArray[np.float64]
    table: NDArray[np.float64]
    ready: NDArray[np.bool_]
    result: NDArray[np.float64]
    cover: NDArray[np.float64]
    sums: NDArray[np.float64]


def space(*, items: int, ranks: int, points: int, levels: int, nodes: int) -> Space:
    """Allocate scratch for at most so many items, durabilities, points and levels."""
    return Space(
        event=np.empty(max(items, 1), np.int64),
        rank=np.zeros((max(items, 1), GROUPS), np.int64),
        seen=np.zeros((GROUPS, ranks + 1), np.bool_),
        level=np.zeros(GROUPS, np.int64),
        people=np.empty((max(points, 1), 3)),
        source=np.empty(max(points, 1), np.int64),
        code=np.empty(max(points, 1), np.int64),
        years=np.empty(max(points, 1)),
        table=np.empty((max(levels, 1), nodes)),
        ready=np.zeros(max(levels, 1), np.bool_),
        result=np.empty(3),
        cover=np.empty(1 << GROUPS),
        sums=np.empty(GROUPS),
    )


@njit(cache=True, nogil=True)
def usable_years(table: NDArray[np.float64], years: float) -> float:
    """Interpolate a cumulative table at ``years`` in [0, LIMIT_YEARS]."""
    if years <= 0.0:
        return 0.0
    if years < FINE_YEARS:
        place, first = years * _FINE, 0
    elif years < MIDDLE_YEARS:
        place, first = (years - FINE_YEARS) * _MIDDLE, _MIDDLE_NODE
    else:
        place, first = (years - MIDDLE_YEARS) * _COARSE, _COARSE_NODE
    whole = int(place)
    node = first + whole
    if node >= _LAST:
        return float(table[_LAST])
    return float(table[node] + (place - whole) * (table[node + 1] - table[node]))


@njit(cache=True, nogil=True)
def _least(conjunctions, places, conjunction, group, level, node):  # type: ignore[no-untyped-def]
    """Return the least survival at a node over durabilities of at least ``level``."""
    least = 1.0
    for rank in range(level, conjunctions.ranks[conjunction, group] + 1):
        curve = conjunctions.curve[conjunction, group, rank - 1]
        place = 2.0 * places[curve]
        central = conjunctions.curves[curve, 1, node]
        if place <= 1.0:
            low = conjunctions.curves[curve, 0, node]
            value = low + (central - low) * place
        else:
            high = conjunctions.curves[curve, 2, node]
            value = central + (high - central) * (place - 1.0)
        least = min(least, value)
    return least


@njit(cache=True, nogil=True)
def _fill(conjunctions, places, conjunction, level, out):  # type: ignore[no-untyped-def]
    """Write the cumulative usable years of one level into ``out`` (nodes,), by trapezoids."""
    previous, total = 1.0, 0.0
    out[0] = 0.0
    grid = conjunctions.grid
    for node in range(1, grid.size):
        product = 1.0
        for group in range(conjunctions.groups[conjunction]):
            product *= _least(conjunctions, places, conjunction, group, level[group], node)
        total += (grid[node] - grid[node - 1]) * (previous + product) * 0.5
        out[node] = total
        previous = product


@njit(cache=True, nogil=True)
def _order(years, size):  # type: ignore[no-untyped-def]
    """Return the points by falling ``years``."""
    if size > _MANY:
        return np.argsort(-years[:size], kind="mergesort")
    order = np.empty(size, np.int64)
    for point in range(size):
        j = point - 1
        while j >= 0 and years[order[j]] < years[point]:
            order[j + 1] = order[j]
            j -= 1
        order[j + 1] = point
    return order


@njit(cache=True, nogil=True)
def _area(years, people, size, out) -> None:  # type: ignore[no-untyped-def]
    """Write the areas under the staircases of the lower, the value and the upper people."""
    order = _order(years, size)
    for bound in range(3):
        most, total = 0.0, 0.0
        for i in range(size):
            point = order[i]
            most = max(most, people[point, bound])
            below = years[order[i + 1]] if i + 1 < size else 0.0
            total += most * (years[point] - below)
        out[bound] = total


@njit(cache=True, nogil=True)
def _listed(cells, draws, room, cell, arrivals, trial, draw, limit):  # type: ignore[no-untyped-def]
    """List the items of a cell that arrive before ``limit`` days, by time; return how many."""
    size = 0
    event = room.event
    for row in range(cells.start[cell], cells.start[cell + 1]):
        when = arrivals[cells.items[row], trial]
        if not when < limit or draws.amounts[row, draw] <= 0.0:
            continue
        j = size - 1
        while j >= 0 and arrivals[cells.items[event[j]], trial] > when:
            event[j + 1] = event[j]
            j -= 1
        event[j + 1] = row
        size += 1
    return size


@njit(cache=True, nogil=True)
def _complete(conjunctions, cells, draws, room, cell, size, draw):  # type: ignore[no-untyped-def]
    """Note which durabilities occur, start at the lowest level; return whether none is missing."""
    conjunction = cells.conjunction[cell]
    room.seen[:] = False
    for i in range(size):
        row = room.event[i]
        ranks = cells.masked if draws.hidden[cells.items[row], draw] > 0.5 else cells.plain
        for group in range(conjunctions.groups[conjunction]):
            room.rank[i, group] = ranks[row, group]
            room.seen[group, ranks[row, group]] = True
    for group in range(conjunctions.groups[conjunction]):
        room.level[group] = 0
        for rank in range(conjunctions.ranks[conjunction, group], 0, -1):
            if room.seen[group, rank]:
                room.level[group] = rank
        if room.level[group] == 0:
            return False
    return True


@njit(cache=True, nogil=True)
def _next(conjunctions, room, conjunction):  # type: ignore[no-untyped-def]
    """Go to the next level that occurs; return whether there was one."""
    for group in range(conjunctions.groups[conjunction]):
        most = conjunctions.ranks[conjunction, group]
        for rank in range(room.level[group] + 1, most + 1):
            if room.seen[group, rank]:
                room.level[group] = rank
                return True
        for rank in range(most, 0, -1):
            if room.seen[group, rank]:
                room.level[group] = rank
    return False


@njit(cache=True, nogil=True)
def _bounds(room, groups, mask, number, total):  # type: ignore[no-untyped-def]
    """Add one item; return the lower and upper bound of people with every group."""
    cover, sums = room.cover, room.sums
    for done in range(1 << groups):
        if cover[done] > _NEVER:
            joined = done | mask
            cover[joined] = max(cover[joined], cover[done] + (number - total))
    upper = total
    for group in range(groups):
        if (mask >> group) & 1:
            sums[group] += number
        upper = min(upper, sums[group])
    full = cover[(1 << groups) - 1]
    lower = max(0.0, total + full) if full > _NEVER else 0.0
    return min(lower, upper), upper


@njit(cache=True, nogil=True)
def _points(room, groups, size, amounts, draw, total, overlap, code, points):  # type: ignore[no-untyped-def]
    """Append the staircase points of the current level; return the number of points."""
    room.cover[:] = _NEVER
    room.cover[0] = 0.0
    room.sums[:] = 0.0
    for i in range(size):
        mask = 0
        for group in range(groups):
            if room.rank[i, group] >= room.level[group]:
                mask |= 1 << group
        if mask == 0:
            continue
        number = min(amounts[room.event[i], draw], total)
        lower, upper = _bounds(room, groups, mask, number, total)
        if upper > 0.0:
            room.people[points, 0] = lower
            room.people[points, 1] = min(max(lower + overlap * (upper - lower), lower), upper)
            room.people[points, 2] = upper
            room.source[points] = i
            room.code[points] = code
            points += 1
    return points


@njit(cache=True, nogil=True)
def _climb(conjunctions, cells, draws, room, cell, size, draw):  # type: ignore[no-untyped-def]
    """Collect the points of every level that occurs; return how many."""
    conjunction, population = cells.conjunction[cell], cells.population[cell]
    groups = conjunctions.groups[conjunction]
    total, overlap = draws.totals[population, draw], draws.overlaps[population, draw]
    points = 0
    more = True
    while more:
        code = 0
        for group in range(groups):
            code = code * conjunctions.ranks[conjunction, group] + room.level[group] - 1
        code += conjunctions.offset[conjunction]
        if not room.ready[code]:
            places = draws.places[:, draw]
            _fill(conjunctions, places, conjunction, room.level, room.table[code])
            room.ready[code] = True
        points = _points(
            room, groups, size, draws.amounts, draw, total, overlap, code, points
        )
        more = _next(conjunctions, room, conjunction)
    return points


@njit(cache=True, nogil=True)
def _settle(cells, room, points, arrivals, trial, horizon):  # type: ignore[no-untyped-def]
    """Value the points at one horizon into ``room.result``."""
    for point in range(points):
        item = cells.items[room.event[room.source[point]]]
        left = horizon - float(arrivals[item, trial]) / _DAYS_PER_YEAR
        room.years[point] = usable_years(room.table[room.code[point]], left)
    _area(room.years, room.people, points, room.result)


@njit(cache=True, nogil=True)
def walk(conjunctions, cells, draws, room, arrivals, lanes, horizons, by_draw, by_trial) -> None:  # type: ignore[no-untyped-def]
    """Add person-years to ``by_draw`` (cells, 3, horizons, draws) and ``by_trial`` (rows, trials).

    ``arrivals`` (items, trials) in days, inf = never; ``horizons`` in years. The last horizon
    is that of ``by_trial``. Bounds are lower, value, upper. Sums run over lanes in order.
    """
    limit = np.max(horizons) * _DAYS_PER_YEAR
    for draw in range(draws.amounts.shape[1]):
        room.ready[:] = False
        for trial in range(draw * lanes, (draw + 1) * lanes):
            for cell in range(cells.conjunction.size):
                size = _listed(cells, draws, room, cell, arrivals, trial, draw, limit)
                if size == 0 or not _complete(
                    conjunctions, cells, draws, room, cell, size, draw
                ):
                    continue
                points = _climb(conjunctions, cells, draws, room, cell, size, draw)
                factor = draws.factors[cell, draw]
                for h in range(horizons.size):
                    _settle(cells, room, points, arrivals, trial, horizons[h])
                    for bound in range(3):
                        by_draw[cell, bound, h, draw] += factor * room.result[bound]
                if cells.output[cell] >= 0:
                    by_trial[cells.output[cell], trial] += factor * room.result[1]
