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

__all__ = ["GROUPS", "Cells", "Conjunctions", "Draws", "space", "usable_years", "walk", "walk_alone"]

GROUPS = 5
"""Most groups in a use."""

_HALF = 0.5
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
    result: NDArray[np.float64]
    cover: NDArray[np.float64]
    sums: NDArray[np.float64]


def space(*, items: int, ranks: int, points: int, levels: int, nodes: int) -> Space:
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
        result=np.empty(3),
        cover=np.empty(1 << GROUPS),
        sums=np.empty(GROUPS),
    )


@njit(cache=True, nogil=True)
def usable_years(table: NDArray[np.float64], row: int, years: float) -> float:
    """Interpolate a row of cumulative tables at ``years`` in [0, LIMIT_YEARS]."""
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
        return float(table[row, _LAST])
    low = table[row, node]
    return float(low + (place - whole) * (table[row, node + 1] - low))


@njit(cache=True, nogil=True)
def _least(conjunctions, places, draw, conjunction, group, level, node):  # type: ignore[no-untyped-def]
    """Return the least survival at a node over durabilities of at least ``level``."""
    least = 1.0
    for rank in range(level, conjunctions.ranks[conjunction, group] + 1):
        curve = conjunctions.curve[conjunction, group, rank - 1]
        place = 2.0 * places[curve, draw]
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
def _fill(conjunctions, places, draw, conjunction, level, table, code):  # type: ignore[no-untyped-def]
    """Write the cumulative usable years of one level into ``out`` (nodes,), by trapezoids."""
    previous, total = 1.0, 0.0
    table[code, 0] = 0.0
    grid = conjunctions.grid
    for node in range(1, grid.size):
        product = 1.0
        for group in range(conjunctions.groups[conjunction]):
            product *= _least(
                conjunctions, places, draw, conjunction, group, level[group], node
            )
        total += (grid[node] - grid[node - 1]) * (previous + product) * 0.5
        table[code, node] = total
        previous = product


@njit(cache=True, nogil=True)
def _sort(years, order, size):  # type: ignore[no-untyped-def]
    """Bring ``order`` (points) into falling ``years``, by Shell's method with gaps 13, 4, 1."""
    for gap in (13, 4, 1):
        for i in range(gap, size):
            point = order[i]
            j = i
            while j >= gap and years[order[j - gap]] < years[point]:
                order[j] = order[j - gap]
                j -= gap
            order[j] = point


@njit(cache=True, nogil=True)
def _area(years, people, order, size, out):  # type: ignore[no-untyped-def]
    """Write the areas under the staircases of the lower, the value and the upper people."""
    lower, value, upper = 0.0, 0.0, 0.0
    out[0], out[1], out[2] = 0.0, 0.0, 0.0
    for i in range(size):
        point = order[i]
        lower = max(lower, people[point, 0])
        value = max(value, people[point, 1])
        upper = max(upper, people[point, 2])
        step = years[point] - (years[order[i + 1]] if i + 1 < size else 0.0)
        out[0] += lower * step
        out[1] += value * step
        out[2] += upper * step


@njit(cache=True, nogil=True)
def _held(room, arrivals, trial, limit):  # type: ignore[no-untyped-def]
    """List the items that arrive before ``limit`` days, by time; return how many."""
    size = 0
    for item in range(arrivals.shape[0]):
        when = arrivals[item, trial]
        if not when < limit:
            continue
        j = size - 1
        while j >= 0 and arrivals[room.held[j], trial] > when:
            room.held[j + 1] = room.held[j]
            j -= 1
        room.held[j + 1] = item
        size += 1
    return size


@njit(cache=True, nogil=True)
def _listed(groups, cells, draws, room, cell, held, draw):  # type: ignore[no-untyped-def]
    """List what bears on a cell; return how many items, or 0 when a group has none."""
    size = 0
    union = 0
    for i in range(held):
        item = room.held[i]
        row = cells.row_of[cell, item]
        if row < 0 or draws.amounts[row, draw] <= 0.0:
            continue
        concealed = draws.hidden[item, draw] > _HALF
        any_group = 0
        for group in range(groups):
            rank = cells.masked[row, group] if concealed else cells.plain[row, group]
            room.rank[size, group] = rank
            if rank > 0:
                any_group |= 1 << group
        if any_group:
            room.event[size] = item
            room.amount[size] = draws.amounts[row, draw]
            union |= any_group
            size += 1
    return size if union == (1 << groups) - 1 else 0


@njit(cache=True, nogil=True)
def _lowest(conjunctions, room, conjunction, size):  # type: ignore[no-untyped-def]
    """Note which durabilities occur and start at the lowest level."""
    for group in range(conjunctions.groups[conjunction]):
        most = conjunctions.ranks[conjunction, group]
        for rank in range(most + 1):
            room.seen[group, rank] = False
        for i in range(size):
            room.seen[group, room.rank[i, group]] = True
        for rank in range(most, 0, -1):
            if room.seen[group, rank]:
                room.level[group] = rank


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
def _points(room, groups, size, total, overlap, code, points):  # type: ignore[no-untyped-def]
    """Append the staircase points of the current level; return the number of points."""
    for mask in range(1 << groups):
        room.cover[mask] = _NEVER
    room.cover[0] = 0.0
    for group in range(groups):
        room.sums[group] = 0.0
    last_lower, last_upper = 0.0, 0.0
    for i in range(size):
        mask = 0
        for group in range(groups):
            if room.rank[i, group] >= room.level[group]:
                mask |= 1 << group
        if mask == 0:
            continue
        lower, upper = _bounds(room, groups, mask, min(room.amount[i], total), total)
        if lower > last_lower or upper > last_upper:
            room.people[points, 0] = lower
            room.people[points, 1] = min(max(lower + overlap * (upper - lower), lower), upper)
            room.people[points, 2] = upper
            room.source[points] = room.event[i]
            room.code[points] = code
            points += 1
            last_lower, last_upper = lower, upper
            if lower >= total:
                break
    return points


@njit(cache=True, nogil=True)
def _climb(conjunctions, draws, room, conjunction, population, size, draw):  # type: ignore[no-untyped-def]
    """Collect the points of every level that occurs; return how many."""
    groups = conjunctions.groups[conjunction]
    total, overlap = draws.totals[population, draw], draws.overlaps[population, draw]
    _lowest(conjunctions, room, conjunction, size)
    points = size - size
    more = True
    while more:
        code = 0
        for group in range(groups):
            code = code * conjunctions.ranks[conjunction, group] + room.level[group] - 1
        code += conjunctions.offset[conjunction]
        if not room.ready[code]:
            _fill(conjunctions, draws.places, draw, conjunction, room.level, room.table, code)
            room.ready[code] = True
        points = _points(room, groups, size, total, overlap, code, points)
        more = _next(conjunctions, room, conjunction)
    return points


@njit(cache=True, nogil=True)
def _settle(room, points, arrivals, trial, horizon):  # type: ignore[no-untyped-def]
    """Value the points at one horizon into ``room.result``; leaves ``room.order`` sorted."""
    for point in range(points):
        left = horizon - float(arrivals[room.source[point], trial]) / _DAYS_PER_YEAR
        room.years[point] = usable_years(room.table, room.code[point], left)
    _sort(room.years, room.order, points)
    _area(room.years, room.people, room.order, points, room.result)


@njit(cache=True, nogil=True)
def walk(  # type: ignore[no-untyped-def]
    conjunctions, cells, draws, room, arrivals, lanes, horizons, by_draw, by_trial
):
    """Add person-years to ``by_draw`` (cells, 3, horizons, draws), ``by_trial`` (rows, trials).

    ``arrivals`` (items, trials) in days, inf = never; ``horizons`` in years. The last horizon
    is that of ``by_trial``. Bounds are lower, value, upper. Sums run over lanes in order.
    """
    limit = 0.0
    for h in range(horizons.size):
        limit = max(limit, horizons[h] * _DAYS_PER_YEAR)
    for draw in range(draws.places.shape[1]):
        room.ready[:] = False
        for trial in range(draw * lanes, (draw + 1) * lanes):
            held = _held(room, arrivals, trial, limit)
            if held == 0:
                continue
            for cell in range(cells.conjunction.size):
                conjunction, population = cells.conjunction[cell], cells.population[cell]
                groups = conjunctions.groups[conjunction]
                size = _listed(groups, cells, draws, room, cell, held, draw)
                if size == 0:
                    continue
                points = _climb(conjunctions, draws, room, conjunction, population, size, draw)
                for point in range(points):
                    room.order[point] = point
                factor = draws.factors[cell, draw]
                for h in range(horizons.size):
                    _settle(room, points, arrivals, trial, horizons[h])
                    for bound in range(3):
                        by_draw[cell, bound, h, draw] += factor * room.result[bound]
                by_trial[conjunction, trial] += factor * room.result[1]


@njit(cache=True, nogil=True)
def walk_alone(  # type: ignore[no-untyped-def]
    conjunctions, cells, draws, room, arrivals, lanes, horizons, by_draw
):
    """Add person-years to ``by_draw`` (cells, horizons, draws) for conjunctions of one attribute.

    Such a cell has one level, and earlier arrivals are usable longer, so that nothing has to
    be sorted: each arrival is worth the people it adds.
    """
    limit = 0.0
    for h in range(horizons.size):
        limit = max(limit, horizons[h] * _DAYS_PER_YEAR)
    room.level[0] = 1
    for draw in range(draws.places.shape[1]):
        for cell in range(cells.conjunction.size):
            _fill(
                conjunctions, draws.places, draw, cells.conjunction[cell], room.level,
                room.table, cells.conjunction[cell],
            )
        for trial in range(draw * lanes, (draw + 1) * lanes):
            held = _held(room, arrivals, trial, limit)
            for cell in range(cells.conjunction.size if held else 0):
                size = _listed(1, cells, draws, room, cell, held, draw)
                total = draws.totals[cells.population[cell], draw]
                overlap = draws.overlaps[cells.population[cell], draw]
                most, together, before = 0.0, 0.0, 0.0
                for i in range(size):
                    most = max(most, min(room.amount[i], total))
                    together = min(total, together + room.amount[i])
                    people = max(before, most + overlap * (together - most))
                    if people > before:
                        when = float(arrivals[room.event[i], trial]) / _DAYS_PER_YEAR
                        for h in range(horizons.size):
                            left = horizons[h] - when
                            worth = usable_years(room.table, cells.conjunction[cell], left)
                            by_draw[cell, h, draw] += (people - before) * worth
                        before = people
