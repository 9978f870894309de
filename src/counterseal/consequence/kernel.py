# ruff: noqa: PLR0917 - numba compiles positional calls; keywords are not for kernels
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

from typing import TYPE_CHECKING

from numba import njit

from counterseal.consequence.staircase import area, usable_years

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from counterseal.consequence.arrays import Cells, Conjunctions, Draws, Space

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Days = NDArray[np.float32]

__all__ = ["walk", "walk_alone"]

_HALF = 0.5
_NEVER = -1e300
_DAYS_PER_YEAR = 365.25


@njit(cache=True, nogil=True)
def _placed(
    conjunctions: Conjunctions, places: Numbers, draw: int, curve: int, node: int
) -> float:
    """Return the survival of a curve at a node, between its low and its high one."""
    place = 2.0 * places[curve, draw]
    central = conjunctions.curves[curve, 1, node]
    if place <= 1.0:
        low = conjunctions.curves[curve, 0, node]
        return float(low + (central - low) * place)
    high = conjunctions.curves[curve, 2, node]
    return float(central + (high - central) * (place - 1.0))


@njit(cache=True, nogil=True)
def _begin(conjunctions: Conjunctions, places: Numbers, room: Space, draw: int) -> None:
    """Forget the levels of the last draw; find the least survival from each durability up."""
    for code in range(room.ready.size):
        room.ready[code] = False
    for conjunction in range(conjunctions.groups.size):
        for group in range(conjunctions.groups[conjunction]):
            for node in range(conjunctions.grid.size):
                least = 1.0
                for rank in range(conjunctions.ranks[conjunction, group], 0, -1):
                    curve = conjunctions.curve[conjunction, group, rank - 1]
                    least = min(least, _placed(conjunctions, places, draw, curve, node))
                    room.least[conjunction, group, rank - 1, node] = least


@njit(cache=True, nogil=True)
def _fill(
    groups: int, least: NDArray[np.float64], level: Whole, grid: Numbers, years: Numbers
) -> None:
    """Write the cumulative usable years of ``level`` to ``years``, by trapezoids.

    ``least`` (groups, ranks, nodes) is that of the conjunction.
    """
    first = least[0, level[0] - 1]
    for node in range(grid.size):
        years[node] = first[node]
    for group in range(1, groups):
        other = least[group, level[group] - 1]
        for node in range(grid.size):
            years[node] *= other[node]
    previous, total = 1.0, 0.0
    years[0] = 0.0
    for node in range(1, grid.size):
        product = years[node]
        total += (grid[node] - grid[node - 1]) * (previous + product) * 0.5
        years[node] = total
        previous = product


@njit(cache=True, nogil=True)
def _held(room: Space, arrivals: Days, trial: int, limit: float) -> int:
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
def _listed(
    groups: int, cells: Cells, draws: Draws, room: Space, cell: int, held: int, draw: int
) -> int:
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
def _lowest(
    ranks: Whole,
    rank: NDArray[np.int64],
    seen: NDArray[np.bool_],
    level: Whole,
    groups: int,
    size: int,
) -> None:
    """Note which durabilities occur and start at the lowest level."""
    for group in range(groups):
        for one in range(ranks[group] + 1):
            seen[group, one] = False
        for i in range(size):
            seen[group, rank[i, group]] = True
        for one in range(ranks[group], 0, -1):
            if seen[group, one]:
                level[group] = one


@njit(cache=True, nogil=True)
def _next(ranks: Whole, seen: NDArray[np.bool_], level: Whole, groups: int) -> bool:
    """Go to the next level that occurs; return whether there was one."""
    for group in range(groups):
        for one in range(level[group] + 1, ranks[group] + 1):
            if seen[group, one]:
                level[group] = one
                return True
        for one in range(ranks[group], 0, -1):
            if seen[group, one]:
                level[group] = one
    return False


@njit(cache=True, nogil=True)
def _covered(cover: Numbers, sets: int, mask: int, gain: float) -> float:
    """Add one item to the best covers; return that of every group."""
    for done in range(sets):
        joined = done | mask
        more = cover[done] + gain  # what is never covered is too low for a gain to move it
        cover[joined] = max(cover[joined], more)
    return float(cover[sets - 1])


@njit(cache=True, nogil=True)
def _points(
    rank: NDArray[np.int64],
    level: Whole,
    amount: Numbers,
    cover: Numbers,
    sums: Numbers,
    groups: int,
    size: int,
    total: float,
    overlap: float,
    people: NDArray[np.float64],
    source: Whole,
    event: Whole,
    points: int,
) -> int:
    """Append the staircase points of a level; return the number of points."""
    sets = 1 << groups
    for mask in range(sets):
        cover[mask] = _NEVER
    cover[0] = 0.0
    for group in range(groups):
        sums[group] = 0.0
    last_lower, last_upper = 0.0, 0.0
    for i in range(size):
        number = min(amount[i], total)
        mask, upper = 0, total
        for group in range(groups):
            bit = 1 if rank[i, group] >= level[group] else 0
            mask |= bit << group
            sums[group] += number * bit
            upper = min(upper, sums[group])
        if mask == 0:
            continue
        full = _covered(cover, sets, mask, number - total)
        lower = min(max(0.0, total + full), upper) if full > _NEVER else 0.0
        if lower > last_lower or upper > last_upper:
            people[points, 0] = lower
            people[points, 1] = min(max(lower + overlap * (upper - lower), lower), upper)
            people[points, 2] = upper
            source[points] = event[i]
            points += 1
            last_lower, last_upper = lower, upper
            if lower >= total:
                break
    return points


@njit(cache=True, nogil=True)
def _climb(
    conjunctions: Conjunctions,
    draws: Draws,
    room: Space,
    conjunction: int,
    population: int,
    size: int,
    draw: int,
) -> int:
    """Collect the points of every level that occurs; return how many."""
    groups = conjunctions.groups[conjunction]
    total, overlap = draws.totals[population, draw], draws.overlaps[population, draw]
    ranks, rank, seen, level = conjunctions.ranks[conjunction], room.rank, room.seen, room.level
    amount, cover, sums, event = room.amount, room.cover, room.sums, room.event
    codes, source, people = room.code, room.source, room.people
    _lowest(ranks, rank, seen, level, groups, size)
    points = size - size
    more = True
    while more:
        code = 0
        for group in range(groups):
            code = code * ranks[group] + level[group] - 1
        code += conjunctions.offset[conjunction]
        if not room.ready[code]:
            least, grid = room.least[conjunction], conjunctions.grid
            _fill(groups, least, level, grid, room.table[code])
            room.ready[code] = True
        begin = points
        points = _points(
            rank, level, amount, cover, sums, groups, size, total, overlap, people, source,
            event, points,
        )  # fmt: skip
        codes[begin:points] = code
        more = _next(ranks, seen, level, groups)
    return points


@njit(cache=True, nogil=True)
def _settle(room: Space, points: int, arrivals: Days, trial: int, horizon: float) -> None:
    """Value the points at one horizon into ``room.result``; leaves ``room.order`` sorted."""
    for point in range(points):
        left = horizon - float(arrivals[room.source[point], trial]) / _DAYS_PER_YEAR
        room.years[point] = usable_years(room.table, room.code[point], left)
    area(room.years, room.people, room.order, points, room.result)


@njit(cache=True, nogil=True)
def walk(
    conjunctions: Conjunctions,
    cells: Cells,
    draws: Draws,
    room: Space,
    arrivals: Days,
    lanes: int,
    first: int,
    last: int,
    horizons: Numbers,
    by_draw: Numbers,
    by_trial: Numbers,
) -> None:
    """Add person-years to ``by_draw`` (cells, 3, horizons, draws), ``by_trial`` (rows, trials).

    ``arrivals`` (items, trials) in days, inf = never; ``horizons`` in years. The last horizon
    is that of ``by_trial``. Draws run from ``first`` up to ``last``; bounds are lower, value,
    upper; sums run over lanes in order.
    """
    limit = 0.0
    for h in range(horizons.size):
        limit = max(limit, horizons[h] * _DAYS_PER_YEAR)
    for draw in range(first, last):
        _begin(conjunctions, draws.places, room, draw)
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
def walk_alone(
    conjunctions: Conjunctions,
    cells: Cells,
    draws: Draws,
    room: Space,
    arrivals: Days,
    lanes: int,
    first: int,
    last: int,
    horizons: Numbers,
    by_draw: Numbers,
) -> None:
    """Add person-years to ``by_draw`` (cells, horizons, draws) for single attributes.

    Such a cell has one level, and earlier arrivals are usable longer, so that nothing has to
    be sorted: each arrival is worth the people it adds.
    """
    limit = 0.0
    for h in range(horizons.size):
        limit = max(limit, horizons[h] * _DAYS_PER_YEAR)
    room.level[0] = 1
    for draw in range(first, last):
        _begin(conjunctions, draws.places, room, draw)
        for cell in range(cells.conjunction.size):
            code = cells.conjunction[cell]
            _fill(1, room.least[code], room.level, conjunctions.grid, room.table[code])
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
