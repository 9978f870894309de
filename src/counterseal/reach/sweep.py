"""Arrival times: the least fixpoint of min/max-plus equations, many trials at a time.

``T(v) = X(v) + min over parents`` (or) or ``max over parents`` (and), in saturating ticks.
Label-correcting from "never" downwards: a step is worked out anew while a parent of it changed,
in place, in the order of the program. What it ends in is what Knuth's generalisation of
Dijkstra's algorithm gives (Knuth 1977, Inf. Process. Lett. 6(1):1-5), for X >= 0 makes both
superior functions; a cycle that nothing enters stays at "never".

A row holds one step in the lanes of a tile side by side, so the inner loops are vectors of
16-bit minima, maxima and sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["copy_rows", "heights", "resettle", "settle"]

_ZERO = np.uint16(0)
_ONE = np.uint16(1)
_TWO = np.uint16(2)
_TOP = np.uint16(65535)


@njit
def _least(links: Links, step: int, t: NDArray[np.uint16], row: NDArray[np.uint16]) -> None:
    """Write the least of the parents' rows to ``row``."""
    for i in range(row.size):
        row[i] = _TOP
    for j in range(links.parent_row[step], links.parent_row[step + 1]):
        parent = links.parent[j]
        for i in range(row.size):
            row[i] = min(row[i], t[parent, i])


@njit
def _greatest(links: Links, step: int, t: NDArray[np.uint16], row: NDArray[np.uint16]) -> None:
    """Write the greatest of the parents' rows to ``row``; 0 for an entry, which has none."""
    for i in range(row.size):
        row[i] = _ZERO
    for j in range(links.parent_row[step], links.parent_row[step + 1]):
        parent = links.parent[j]
        for i in range(row.size):
            row[i] = max(row[i], t[parent, i])


@njit
def _pull(
    links: Links,
    step: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    row: NDArray[np.uint16],
) -> bool:
    """Work one step out into ``row``; return whether it differs from ``t``."""
    if links.kind[step] == 1 or links.entry[step] == 1:
        _greatest(links, step, t, row)
    else:
        _least(links, step, t, row)
    differ = _ZERO
    for i in range(row.size):
        base = min(row[i], np.uint16(_TOP - x[step, i]))
        new = np.uint16(base + x[step, i])
        row[i] = new
        differ = np.uint16(differ | (new ^ t[step, i]))
    return bool(differ != _ZERO)


@njit
def _mark(links: Links, step: int, dirty: NDArray[np.uint8]) -> int:
    """Mark the children of ``step``; return the least of them."""
    least = dirty.size
    for j in range(links.child_row[step], links.child_row[step + 1]):
        child = links.child[j]
        dirty[child] = 1
        least = min(least, child)
    return least


@njit
def _correct(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    dirty: NDArray[np.uint8],
    row: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    saved: NDArray[np.uint16],
) -> int:
    """Correct marked steps until none is left; return how many edges were evaluated.

    A row that changes is first copied to ``saved`` and marked in ``kept``, unless it was before
    or ``kept`` is empty.
    """
    work = 0
    start = 0
    while start < dirty.size:
        again = dirty.size
        for step in range(start, dirty.size):
            if dirty[step] == 0:
                continue
            dirty[step] = 0
            work += links.parent_row[step + 1] - links.parent_row[step]
            if _pull(links, step, x, t, row):
                if kept.size > 0:
                    _keep(t, step, kept, saved)
                for i in range(row.size):
                    t[step, i] = row[i]
                least = _mark(links, step, dirty)
                again = least if least <= step and least < again else again
        start = again
    return work


@njit
def settle(links: Links, x: NDArray[np.uint16], t: NDArray[np.uint16]) -> int:
    """Write arrivals to ``t`` where X is ``x``, both of shape (tiles, steps, width).

    Returns:
        Rows of edges evaluated: a measure of work.
    """
    dirty = np.empty(x.shape[1], dtype=np.uint8)
    row = np.empty(x.shape[2], dtype=np.uint16)
    kept = np.empty(0, dtype=np.uint8)
    work = 0
    for tile in range(x.shape[0]):
        for step in range(dirty.size):
            dirty[step] = links.entry[step]
            for i in range(row.size):
                t[tile, step, i] = _TOP
        work += _correct(links, x[tile], t[tile], dirty, row, kept, t[tile])
    return work


@njit
def _keep(
    t: NDArray[np.uint16], step: int, kept: NDArray[np.uint8], saved: NDArray[np.uint16]
) -> None:
    """Remember a row before it changes for the first time."""
    if kept[step] == 0:
        kept[step] = 1
        saved[step, :] = t[step]


@njit
def _forget(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    child: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    saved: NDArray[np.uint16],
    lost: NDArray[np.uint16],
) -> bool:
    """Mark the lanes in which the arrival at ``child`` rested on a lost ``step``."""
    found = _ZERO
    every = links.kind[child] == 1
    for i in range(t.shape[1]):
        rests = every or np.uint16(t[child, i] - x[child, i]) == saved[step, i]
        gone = lost[step, i] == _ONE and t[child, i] != _TOP and rests
        lost[child, i] = _TWO if gone else lost[child, i]
        found = np.uint16(found | (_ONE if gone else _ZERO))
    return bool(found != _ZERO)


@njit
def _lose(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    pending: NDArray[np.uint8],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    saved: NDArray[np.uint16],
    lost: NDArray[np.uint16],
) -> None:
    """Set to "never" every arrival that may rest on a lost one; ``lost`` is 2 where to begin.

    ``x`` and ``t`` are as before the change. An or-step rests on each parent that sets its
    time, an and-step on all.
    """
    start = 0
    while start < pending.size:
        again = pending.size
        for step in range(start, pending.size):
            if pending[step] == 0:
                continue
            pending[step] = 0
            _keep(t, step, kept, saved)
            for i in range(t.shape[1]):
                fresh = lost[step, i] == _TWO
                lost[step, i] = _ONE if fresh else lost[step, i]
                t[step, i] = _TOP if fresh else t[step, i]
            for j in range(links.child_row[step], links.child_row[step + 1]):
                child = links.child[j]
                if _forget(links, step, child, x, t, saved, lost):
                    pending[child] = 1
                    again = child if child <= step and child < again else again
        start = again


@njit
def _compare(
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    lost: NDArray[np.uint16],
) -> bool:
    """Mark as lost the arrivals whose own X grew; return whether any X differs at all."""
    differ = False
    for k in range(rows.size):
        step = rows[k]
        for i in range(x.shape[1]):
            differ = differ or fresh[k, i] != x[step, i]
            if fresh[k, i] > x[step, i] and t[step, i] != _TOP:
                lost[step, i] = _TWO
    return differ


@njit
def _swap(rows: NDArray[np.int64], fresh: NDArray[np.uint16], x: NDArray[np.uint16]) -> None:
    """Exchange the rows of ``x`` with ``fresh``."""
    for k in range(rows.size):
        for i in range(x.shape[1]):
            held = x[rows[k], i]
            x[rows[k], i] = fresh[k, i]
            fresh[k, i] = held


@njit
def resettle(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    targets: NDArray[np.int64],
    out: NDArray[np.uint16],
) -> None:
    """Write the targets' arrivals with ``fresh`` as X of ``rows``; leave ``x`` and ``t`` be.

    What may rest on a grown X is forgotten first; the rest still has a derivation that holds,
    so correcting downwards from there ends in the same fixpoint as from "never".

    Args:
        links: The structure.
        rows: Positions of the steps whose X is new.
        fresh: Their X, shape (tiles, rows, width); holds the old one afterwards.
        x: Local times before, shape (tiles, steps, width).
        t: Arrivals before, of the same shape.
        targets: Positions of the targets, -1 for one that can never be reached.
        out: Arrivals at the targets, shape (tiles, targets, width).
    """
    kept = np.zeros(x.shape[1], dtype=np.uint8)
    lost = np.zeros(x.shape[1:], dtype=np.uint16)
    saved = np.empty(x.shape[1:], dtype=np.uint16)
    for tile in range(x.shape[0]):
        if _compare(rows, fresh[tile], x[tile], t[tile], lost):
            _recorrect(links, rows, fresh[tile], x[tile], t[tile], kept, lost, saved)
        for k in range(targets.size):
            for i in range(out.shape[2]):
                out[tile, k, i] = t[tile, targets[k], i] if targets[k] >= 0 else _TOP
        for step in range(kept.size):
            if kept[step] == 1:
                t[tile, step, :] = saved[step]
                lost[step, :] = 0
                kept[step] = 0


@njit
def _recorrect(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    lost: NDArray[np.uint16],
    saved: NDArray[np.uint16],
) -> None:
    """Bring ``t`` of one tile to the fixpoint with ``fresh``; old rows go to ``saved``."""
    pending = np.zeros(x.shape[0], dtype=np.uint8)
    for k in range(rows.size):
        pending[rows[k]] = 1
    _lose(links, pending, x, t, kept, saved, lost)
    dirty = kept.copy()
    _swap(rows, fresh, x)
    _correct(links, x, t, dirty, np.empty(x.shape[1], dtype=np.uint16), kept, saved)
    _swap(rows, fresh, x)


@njit
def heights(
    links: Links, x: NDArray[np.uint16], t: NDArray[np.uint16], h: NDArray[np.uint16]
) -> None:
    """Write to ``h`` the least height of a derivation that gives each arrival; entries have 0.

    It breaks ties of arrival so that critical parents never go round a cycle of instant steps.
    All arrays have the shape (tiles, steps, width).
    """
    steps = x.shape[1]
    row = np.empty(x.shape[2], dtype=np.uint16)
    for tile in range(x.shape[0]):
        dirty = links.entry.copy()
        for step in range(steps):
            for i in range(row.size):
                h[tile, step, i] = _TOP
        start = 0
        while start < steps:
            start = _climb(links, start, x[tile], t[tile], h[tile], dirty, row)


@njit
def _climb(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    start: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    dirty: NDArray[np.uint8],
    row: NDArray[np.uint16],
) -> int:
    """Make one pass over marked steps from ``start``; return where the next pass starts."""
    again = dirty.size
    for step in range(start, dirty.size):
        if dirty[step] == 0:
            continue
        dirty[step] = 0
        if _raise(links, step, x, t, h, row):
            for i in range(row.size):
                h[step, i] = row[i]
            least = _mark(links, step, dirty)
            again = least if least <= step and least < again else again
    return again


@njit
def _raise(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    row: NDArray[np.uint16],
) -> bool:
    """Work the heights of one step out into ``row``; return whether they differ."""
    every = links.kind[step] == 1
    for i in range(row.size):
        row[i] = _ZERO if every else _TOP
    for j in range(links.parent_row[step], links.parent_row[step + 1]):
        parent = links.parent[j]
        for i in range(row.size):
            if every:
                row[i] = max(row[i], h[parent, i])
            elif t[parent, i] == np.uint16(t[step, i] - x[step, i]):
                row[i] = min(row[i], h[parent, i])
    differ = False
    for i in range(row.size):
        high = np.uint16(row[i] + _ONE) if row[i] != _TOP else _TOP
        high = _ZERO if links.entry[step] == 1 else high
        row[i] = high if t[step, i] != _TOP else _TOP
        differ = differ or row[i] != h[step, i]
    return differ


@njit
def copy_rows(
    source: NDArray[np.uint16],
    theirs: NDArray[np.int64],
    out: NDArray[np.uint16],
    mine: NDArray[np.int64],
) -> None:
    """Write the rows ``theirs`` of ``source`` to the rows ``mine`` of ``out``, tile by tile.

    Both have the shape (tiles, steps, width); only as many rows as ``mine`` has are copied.
    """
    for tile in range(out.shape[0]):
        for k in range(mine.size):
            out[tile, mine[k], :] = source[tile, theirs[k]]
