# ruff: noqa: PLR0917 - numba compiles positional calls; keywords are not for kernels
"""How many people have at least a level: bounds as items arrive one after another. Numba.

For every set of groups the best cover by the items so far is kept: the greatest sum of gains
(people less the population) of items that together meet the set. No gain is above 0, so an item
that meets no group moves nothing. Only + - * / and comparisons are used.

An item that meets no more groups with no more people than an earlier one can be left out of any
cover for the earlier one. It still adds to the upper bound, so such items are skipped only when
that is the whole population.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["add_points", "mark_leaps"]

_NEVER = -1e300  # too low for a gain to move it
_THREE = 3


@njit(cache=True, nogil=True)
def mark_leaps(
    rank: NDArray[np.int64], amount: Numbers, size: int, front: Whole, leap: Whole
) -> None:
    """Write to ``leap`` the next item that no earlier one makes needless, of each item.

    Args:
        rank: Durability that each item brings to each group, by time of arrival.
        amount: People of each item.
        size: Items.
        front: Scratch: a place per item.
        leap: A place per item; ``size`` where there is none.
    """
    count, begin = 0, 0
    for i in range(size):
        needless = False
        for k in range(count):
            other = front[k]
            if amount[other] < amount[i]:
                continue
            needless = True
            for group in range(rank.shape[1]):
                needless = needless and rank[other, group] >= rank[i, group]
            if needless:
                break
        if not needless:
            front[count] = i
            count += 1
            for j in range(begin, i):
                leap[j] = i
            begin = i
    for j in range(begin, size):
        leap[j] = size


@njit(cache=True, nogil=True)
def add_points(
    rank: NDArray[np.int64],
    level: Whole,
    amount: Numbers,
    leap: Whole,
    cover: Numbers,
    sums: Numbers,
    size: int,
    total: float,
    overlap: float,
    bounds: NDArray[np.float64],
    source: Whole,
    points: int,
) -> int:
    """Append the points of a level to ``bounds`` and ``source``; return how many there are.

    Args:
        rank: Durability that each item brings to each group, by time of arrival.
        level: Least durability of each group.
        amount: People of each item, at most ``total``.
        leap: What ``mark_leaps`` wrote.
        cover: Scratch: a place per set of groups.
        sums: Scratch: a place per group.
        size: Items.
        total: The population.
        overlap: Place between the bounds, in [0, 1].
        bounds: Lower, value and upper of each point; a place more than there can be points.
        source: Item of each point.
        points: How many there are already.
    """
    if level.size == _THREE:
        return _add_points_of_three(
            rank, level, amount, leap, size, total, overlap, bounds, source, points
        )
    return _add_points(
        rank, level, amount, leap, cover, sums, size, total, overlap, bounds, source, points
    )


@njit(cache=True, nogil=True)
def _add_points_of_three(
    rank: NDArray[np.int64],
    level: Whole,
    amount: Numbers,
    leap: Whole,
    size: int,
    total: float,
    overlap: float,
    bounds: NDArray[np.float64],
    source: Whole,
    points: int,
) -> int:
    """Do what ``add_points`` does, for three groups, without memory.

    ``c5`` is the best cover of the first and the third group, and so on; those of more groups
    are moved before those of fewer, from which they are made.
    """
    one, two, three = level[0], level[1], level[2]
    c1 = c2 = c3 = c4 = c5 = c6 = c7 = _NEVER
    sum1 = sum2 = sum3 = last_lower = last_upper = 0.0
    following = 0
    while following < size:
        i = following
        following = leap[i] if last_upper >= total else i + 1
        a, b, c = rank[i, 0] >= one, rank[i, 1] >= two, rank[i, 2] >= three
        if not (a or b or c):
            continue
        number = amount[i]
        gain = number - total
        c7 = max(c7, _rest(a, b, c, c1, c2, c3, c4, c5, c6) + gain)
        if b or c:
            c6 = max(c6, (0.0 if b and c else c4 if b else c2) + gain)
        if a or c:
            c5 = max(c5, (0.0 if a and c else c4 if a else c1) + gain)
        if a or b:
            c3 = max(c3, (0.0 if a and b else c2 if a else c1) + gain)
        if a:
            c1 = max(c1, gain)
            sum1 += number
        if b:
            c2 = max(c2, gain)
            sum2 += number
        if c:
            c4 = max(c4, gain)
            sum3 += number
        upper = min(total, sum1, sum2, sum3)
        lower = min(max(0.0, total + c7), upper)
        bounds[0, points] = lower
        bounds[1, points] = min(max(lower + overlap * (upper - lower), lower), upper)
        bounds[2, points] = upper
        source[points] = i
        points += 1 if lower > last_lower or upper > last_upper else 0
        last_lower, last_upper = lower, upper
        if lower >= total:
            break
    return points


@njit(cache=True, nogil=True)
def _rest(
    a: bool,  # noqa: FBT001 - a kernel takes plain arguments
    b: bool,  # noqa: FBT001 - as above
    c: bool,  # noqa: FBT001 - as above
    c1: float,
    c2: float,
    c3: float,
    c4: float,
    c5: float,
    c6: float,
) -> float:
    """Return the best cover of the groups that an item does not meet; it meets one."""
    if a:
        if b:
            return 0.0 if c else c4
        return c2 if c else c6
    if b:
        return c1 if c else c5
    return c3


@njit(cache=True, nogil=True)
def _add_points(
    rank: NDArray[np.int64],
    level: Whole,
    amount: Numbers,
    leap: Whole,
    cover: Numbers,
    sums: Numbers,
    size: int,
    total: float,
    overlap: float,
    bounds: NDArray[np.float64],
    source: Whole,
    points: int,
) -> int:
    """Do what ``add_points`` does, for any number of groups."""
    groups = level.size
    full = (1 << groups) - 1
    cover[0] = 0.0
    for some in range(1, full + 1):
        cover[some] = _NEVER
    for group in range(groups):
        sums[group] = 0.0
    last_lower, last_upper = 0.0, 0.0
    following = 0
    while following < size:
        i = following
        following = leap[i] if last_upper >= total else i + 1
        rest, upper = full, total
        for group in range(groups):
            rest ^= int(rank[i, group] >= level[group]) << group
        if rest == full:
            continue
        number = amount[i]
        gain = number - total
        for group in range(groups):
            meets = 1 - (rest >> group & 1)
            sums[group] += number * meets
            upper = min(upper, sums[group])
        for some in range(full, 0, -1):
            cover[some] = max(cover[some], cover[some & rest] + gain)
        lower = min(max(0.0, total + cover[full]), upper)
        bounds[0, points] = lower
        bounds[1, points] = min(max(lower + overlap * (upper - lower), lower), upper)
        bounds[2, points] = upper
        source[points] = i
        points += 1 if lower > last_lower or upper > last_upper else 0
        last_lower, last_upper = lower, upper
        if lower >= total:
            break
    return points
