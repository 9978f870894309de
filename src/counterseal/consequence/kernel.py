# ruff: noqa: PLR0917 - numba compiles positional calls; keywords are not for kernels
"""The walk over arrivals: person-years of one use by population, trial by trial. Numba.

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

A cell (the use, one population) of a trial is worth the same whatever the other cells are, so
that what did not change need not be walked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from counterseal.consequence.cover import add_points, mark_leaps
from counterseal.consequence.staircase import area, fall
from counterseal.consequence.years import fill, least_survival, node_of, share_of, usable_years

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from counterseal.consequence.arrays import Cells, Draws, Form, Space

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Days = NDArray[np.float32]
    Order = NDArray[np.int32]

__all__ = ["DAYS_PER_YEAR", "stir", "walk_alone", "walk_bounds", "walk_cells"]

_HALF = 0.5
DAYS_PER_YEAR = 365.25


@njit(cache=True, nogil=True)
def _bring(cells: Cells, draws: Draws, room: Space, cell: int, draw: int) -> int:
    """List what has people and attributes for a cell; return how many, 0 if never enough."""
    groups = cells.plain.shape[1]
    size, union = 0, 0
    room.place[:] = 0
    for row in range(cells.first[cell], cells.first[cell + 1]):
        people = draws.amounts[cells.number[row], draw]
        if people <= 0.0:
            continue
        item = cells.item[row]
        concealed = draws.hidden[item, draw] > _HALF
        mask = 0
        for group in range(groups):
            rank = cells.masked[row, group] if concealed else cells.plain[row, group]
            room.brought[size, group] = rank
            if rank > 0:
                mask |= 1 << group
        if mask:
            room.people[size] = people
            union |= mask
            size += 1
            room.place[item] = size
    return size if union == (1 << groups) - 1 else 0


@njit(cache=True, nogil=True)
def _arrive(
    room: Space, arrivals: Days, order: Order, trial: int, limit: float, total: float
) -> int:
    """List what arrives before ``limit`` days, by time; return how many, 0 if not enough."""
    ranks, rank, times, place = room.brought, room.rank, room.when, room.place
    groups = ranks.shape[1]
    size, union = 0, 0
    for item in order[trial]:
        i = place[item] - 1
        if i < 0:
            continue
        when = arrivals[item, trial]
        if not when < limit:
            break
        times[size] = when
        room.amount[size] = min(room.people[i], total)
        for group in range(groups):
            rank[size, group] = ranks[i, group]
            if ranks[i, group] > 0:
                union |= 1 << group
        size += 1
    return size if union == (1 << groups) - 1 else 0


@njit(cache=True, nogil=True)
def _lowest(
    ranks: Whole, rank: NDArray[np.int64], seen: NDArray[np.bool_], level: Whole, size: int
) -> None:
    """Note which durabilities occur and start at the lowest level."""
    for group in range(ranks.size):
        for one in range(ranks[group] + 1):
            seen[group, one] = False
        lowest = ranks[group]
        for i in range(size):
            one = rank[i, group]
            seen[group, one] = True
            if 0 < one < lowest:
                lowest = one
        level[group] = lowest


@njit(cache=True, nogil=True)
def _next(ranks: Whole, seen: NDArray[np.bool_], level: Whole) -> bool:
    """Go to the next level that occurs; return whether there was one."""
    for group in range(ranks.size):
        for one in range(level[group] + 1, ranks[group] + 1):
            if seen[group, one]:
                level[group] = one
                return True
        for one in range(ranks[group], 0, -1):
            if seen[group, one]:
                level[group] = one
    return False


@njit(cache=True, nogil=True)
def _ready(form: Form, places: Numbers, draw: int, room: Space, years: Numbers) -> None:
    """Write the usable years of ``room.level`` to ``years`` (nodes,)."""
    if room.begun[0] != draw:
        least_survival(form, places, draw, room.least)
        room.begun[0] = draw
    fill(form.grid, room.least, room.level, room.product, years)


@njit(cache=True, nogil=True)
def _climb(
    form: Form,
    places: Numbers,
    draw: int,
    room: Space,
    table: NDArray[np.float64],
    ready: NDArray[np.bool_],
    total: float,
    overlap: float,
    size: int,
) -> int:
    """Collect the points of every level that occurs; return how many.

    Levels that are not ``ready`` (levels,) are filled in ``table`` (levels, nodes).
    """
    ranks, rank, seen, level = form.ranks, room.rank, room.seen, room.level
    amount, leap, cover, sums = room.amount, room.leap, room.cover, room.sums
    bounds, source, codes = room.bounds, room.source, room.code
    _lowest(ranks, rank, seen, level, size)
    mark_leaps(rank, amount, size, room.front, leap)
    points = size - size
    more = True
    while more:
        code = 0
        for group in range(ranks.size):
            code = code * ranks[group] + level[group] - 1
        if not ready[code]:
            _ready(form, places, draw, room, table[code])
            ready[code] = True
        begin = points
        points = add_points(
            rank,
            level,
            amount,
            leap,
            cover,
            sums,
            size,
            total,
            overlap,
            bounds,
            source,
            points,
        )
        for point in range(begin, points):
            codes[point] = code
        more = _next(ranks, seen, level)
    return points


@njit(cache=True, nogil=True)
def _settle(
    room: Space, table: NDArray[np.float64], size: int, points: int, horizon: float
) -> None:
    """Find the usable years of each point at one horizon and sort the points by them."""
    for i in range(size):
        left = horizon - float(room.when[i]) / DAYS_PER_YEAR
        room.node[i] = node_of(left)
        room.share[i] = share_of(left)
    last = table.shape[1] - 1
    for point in range(points):
        row, source = table[room.code[point]], room.source[point]
        node = room.node[source]
        if node < 0:
            room.years[point] = 0.0
        elif node >= last:
            room.years[point] = row[last]
        else:
            low = row[node]
            room.years[point] = low + room.share[source] * (row[node + 1] - low)
        room.order[point] = point
    fall(room.years, room.order, points)


@njit(cache=True, nogil=True)
def walk_cells(
    form: Form,
    cells: Cells,
    relatives: bool,  # noqa: FBT001 - a kernel takes plain arguments
    draws: Draws,
    room: Space,
    table: NDArray[np.float64],
    ready: NDArray[np.bool_],
    kept: bool,  # noqa: FBT001 - as above
    arrivals: Days,
    order: Order,
    horizon: float,
    lanes: int,
    first: int,
    last: int,
    todo: NDArray[np.bool_],
    out: Numbers,
) -> None:
    """Write the person-years of what is ``todo`` (cells, trials) to ``out``, of the same shape.

    ``arrivals`` (items, trials) in days, inf = never, and ``order`` (trials, items) by time;
    ``horizon`` in years; draws run from
    ``first`` up to ``last``. ``table`` (draws or 1, levels, nodes) is filled where ``ready``
    (draws or 1, levels), and only scratch for one draw at a time unless it is ``kept``.
    """
    limit = horizon * DAYS_PER_YEAR
    for draw in range(first, last):
        slot = draw if kept else 0
        usable, filled = table[slot], ready[slot]
        if not kept:
            filled[:] = False
        for cell in range(cells.population.size):
            population = cells.population[cell]
            total, overlap = draws.totals[population, draw], draws.overlaps[population, draw]
            factor = draws.kin[population, draw] if relatives else 1.0
            brought = -1
            for trial in range(draw * lanes, (draw + 1) * lanes):
                if not todo[cell, trial]:
                    continue
                if brought < 0:
                    brought = _bring(cells, draws, room, cell, draw)
                out[cell, trial] = 0.0
                if brought == 0:
                    continue
                size = _arrive(room, arrivals, order, trial, limit, total)
                if size == 0:
                    continue
                points = _climb(
                    form, draws.places, draw, room, usable, filled, total, overlap, size
                )
                _settle(room, usable, size, points, horizon)
                out[cell, trial] = factor * area(room.years, room.bounds[1], room.order, points)


@njit(cache=True, nogil=True)
def stir(
    cells: Cells, some: Whole, differs: NDArray[np.bool_], todo: NDArray[np.bool_]
) -> None:
    """Mark in ``todo`` (cells, trials) where anything differs that bears on a cell.

    ``differs`` has a row for some items: that of item ``i`` is ``some[i]``, -1 for none.
    """
    for cell in range(cells.population.size):
        for row in range(cells.first[cell], cells.first[cell + 1]):
            place = some[cells.item[row]]
            if place >= 0:
                for trial in range(todo.shape[1]):
                    todo[cell, trial] |= differs[place, trial]


@njit(cache=True, nogil=True)
def walk_bounds(
    form: Form,
    cells: Cells,
    relatives: bool,  # noqa: FBT001 - a kernel takes plain arguments
    draws: Draws,
    room: Space,
    table: NDArray[np.float64],
    ready: NDArray[np.bool_],
    arrivals: Days,
    order: Order,
    horizons: Numbers,
    lanes: int,
    first: int,
    last: int,
    out: Numbers,
) -> None:
    """Add person-years to ``out`` (cells, 3, horizons, draws): lower, value and upper.

    Sums run over lanes in order; ``table`` (levels, nodes) and ``ready`` (levels,) are scratch.
    """
    limit = horizons.max() * DAYS_PER_YEAR
    for draw in range(first, last):
        ready[:] = False
        for cell in range(cells.population.size):
            population = cells.population[cell]
            total, overlap = draws.totals[population, draw], draws.overlaps[population, draw]
            factor = draws.kin[population, draw] if relatives else 1.0
            if _bring(cells, draws, room, cell, draw) == 0:
                continue
            for trial in range(draw * lanes, (draw + 1) * lanes):
                size = _arrive(room, arrivals, order, trial, limit, total)
                if size == 0:
                    continue
                points = _climb(
                    form, draws.places, draw, room, table, ready, total, overlap, size
                )
                for h in range(horizons.size):
                    _settle(room, table, size, points, horizons[h])
                    for bound in range(3):
                        worth = area(room.years, room.bounds[bound], room.order, points)
                        out[cell, bound, h, draw] += factor * worth


@njit(cache=True, nogil=True)
def walk_alone(
    form: Form,
    cells: Cells,
    draws: Draws,
    room: Space,
    usable: NDArray[np.float64],
    arrivals: Days,
    order: Order,
    horizons: Numbers,
    lanes: int,
    first: int,
    last: int,
    out: Numbers,
) -> None:
    """Add person-years to ``out`` (cells, horizons, draws) for a single attribute class.

    It has one level, and earlier arrivals are usable longer, so that nothing has to be sorted:
    each arrival is worth the people it adds. ``usable`` (nodes,) is scratch.
    """
    limit = horizons.max() * DAYS_PER_YEAR
    for draw in range(first, last):
        _ready(form, draws.places, draw, room, usable)
        for cell in range(cells.population.size):
            total = draws.totals[cells.population[cell], draw]
            overlap = draws.overlaps[cells.population[cell], draw]
            if _bring(cells, draws, room, cell, draw) == 0:
                continue
            for trial in range(draw * lanes, (draw + 1) * lanes):
                size = _arrive(room, arrivals, order, trial, limit, total)
                most, together, before = 0.0, 0.0, 0.0
                for i in range(size):
                    most = max(most, room.amount[i])
                    together = min(total, together + room.amount[i])
                    people = max(before, most + overlap * (together - most))
                    if people > before:
                        when = float(room.when[i]) / DAYS_PER_YEAR
                        for h in range(horizons.size):
                            worth = usable_years(usable, horizons[h] - when)
                            out[cell, h, draw] += (people - before) * worth
                        before = people
