"""Arrival times: the least fixpoint of min/max-plus equations, many trials at a time.

``T(v) = X(v) + min over parents`` (or) or ``max over parents`` (and), in saturating ticks.
Label-correcting from "never" downwards, in place, in the order of the program: what changed is
offered to an or-step behind it that has many parents; any other step is worked out anew from
its parents while one of them changed. What it ends in is what Knuth's generalisation of
Dijkstra's algorithm gives (Knuth 1977, Inf. Process. Lett. 6(1):1-5), for X >= 0 makes both
superior functions; a cycle that nothing enters stays at "never".

A row holds one step in the lanes of a tile side by side, so the inner loops are vectors of
16-bit minima, maxima and sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import inlined, njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["base_row", "correct", "keep", "settle", "settle_tile"]

_ZERO = np.uint16(0)
_TOP = np.uint16(65535)
_FEW = 16
"""Or-steps with at most so many parents are worked out from them; others are offered to."""
_PULL, _PUSH = np.uint8(1), np.uint8(2)  # to be worked out from the parents; to be offered


@inlined
def _least(links: Links, step: int, t: NDArray[np.uint16], row: NDArray[np.uint16]) -> None:
    """Write the least of the parents' rows to ``row``."""
    for i in range(row.size):
        row[i] = _TOP
    for j in range(links.parent_row[step], links.parent_row[step + 1]):
        parent = links.parent[j]
        for i in range(row.size):
            row[i] = min(row[i], t[parent, i])


@inlined
def _greatest(links: Links, step: int, t: NDArray[np.uint16], row: NDArray[np.uint16]) -> None:
    """Write the greatest of the parents' rows to ``row``; 0 for an entry, which has none."""
    for i in range(row.size):
        row[i] = _ZERO
    for j in range(links.parent_row[step], links.parent_row[step + 1]):
        parent = links.parent[j]
        for i in range(row.size):
            row[i] = max(row[i], t[parent, i])


@inlined
def base_row(links: Links, step: int, t: NDArray[np.uint16], row: NDArray[np.uint16]) -> None:
    """Write to ``row`` when the attempts of a step begin."""
    if links.kind[step] == 1 or links.entry[step] == 1:
        _greatest(links, step, t, row)
    else:
        _least(links, step, t, row)


@inlined
def _pull(
    links: Links,
    step: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    row: NDArray[np.uint16],
) -> bool:
    """Work one step out into ``row``; return whether it differs from ``t``."""
    base_row(links, step, t, row)
    differ = _ZERO
    for i in range(row.size):
        base = min(row[i], np.uint16(_TOP - x[step, i]))
        new = np.uint16(base + x[step, i])
        row[i] = new
        differ = np.uint16(differ | (new ^ t[step, i]))
    return bool(differ != _ZERO)


@inlined
def _offer(
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    step: int,
    child: int,
    row: NDArray[np.uint16],
) -> bool:
    """Write to ``row`` an or-step's arrivals now that a parent's changed; whether any did."""
    differ = _ZERO
    for i in range(row.size):
        base = min(t[step, i], np.uint16(_TOP - x[child, i]))
        new = min(np.uint16(base + x[child, i]), t[child, i])
        row[i] = new
        differ = np.uint16(differ | (new ^ t[child, i]))
    return bool(differ != _ZERO)


@inlined
def _set(
    t: NDArray[np.uint16],
    step: int,
    row: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    saved: NDArray[np.uint16],
) -> None:
    """Give a step the arrivals in ``row``, those before to ``saved`` unless nothing is kept."""
    if kept.size > 0:
        keep(t, step, kept, saved)
    for i in range(row.size):
        t[step, i] = row[i]


@inlined
def _hand_on(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    dirty: NDArray[np.uint8],
    row: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    saved: NDArray[np.uint16],
) -> int:
    """Offer a step's arrivals to its children; return the first child that is now marked."""
    least = dirty.size
    for j in range(links.child_row[step], links.child_row[step + 1]):
        child = links.child[j]
        many = links.parent_row[child + 1] - links.parent_row[child]
        if links.kind[child] == 1 or many <= _FEW:
            dirty[child] |= _PULL
        else:
            if not _offer(x, t, step, child, row):
                continue
            _set(t, child, row, kept, saved)
            dirty[child] |= _PUSH
        least = min(least, child)
    return least


@njit
def correct(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    dirty: NDArray[np.uint8],
    row: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    saved: NDArray[np.uint16],
) -> int:
    """Correct marked steps until none is left; return how many edges were evaluated.

    Args:
        links: The structure.
        x: Local times, shape (steps, width).
        t: Arrivals at or above the fixpoint, of the same shape.
        dirty: 1 for a step to be worked out from its parents; zero afterwards.
        row: Scratch, shape (width,).
        kept: A row that changes is first copied to ``saved`` and marked here, unless it was
            before or this is empty.
        saved: Shape (steps, width).
    """
    work = 0
    start = 0
    for end in links.ends:
        while start < end:
            again = end
            for step in range(start, end):
                marked = dirty[step]
                if marked == 0:
                    continue
                dirty[step] = 0
                if marked & _PULL:
                    work += links.parent_row[step + 1] - links.parent_row[step]
                    if _pull(links, step, x, t, row):
                        _set(t, step, row, kept, saved)
                    elif marked == _PULL:
                        continue
                work += links.child_row[step + 1] - links.child_row[step]
                least = _hand_on(links, step, x, t, dirty, row, kept, saved)
                again = least if least <= step and least < again else again
            start = again
    return work


@njit
def settle(links: Links, x: NDArray[np.uint16], t: NDArray[np.uint16]) -> int:
    """Write arrivals to ``t`` where X is ``x``, both of shape (tiles, steps, width).

    Returns:
        Rows of edges evaluated: a measure of work.
    """
    row = np.empty(x.shape[2], dtype=np.uint16)
    work = 0
    for tile in range(x.shape[0]):
        work += settle_tile(links, x[tile], t[tile], row)
    return work


@njit
def settle_tile(
    links: Links, x: NDArray[np.uint16], t: NDArray[np.uint16], row: NDArray[np.uint16]
) -> int:
    """Settle one tile, of shape (steps, width); ``row`` is scratch. See ``settle``."""
    dirty = np.empty(x.shape[0], dtype=np.uint8)
    for step in range(dirty.size):
        dirty[step] = links.entry[step]
        for i in range(row.size):
            t[step, i] = _TOP
    return correct(links, x, t, dirty, row, np.empty(0, dtype=np.uint8), t)


@inlined
def keep(
    t: NDArray[np.uint16], step: int, kept: NDArray[np.uint8], saved: NDArray[np.uint16]
) -> None:
    """Remember a row before it changes for the first time."""
    if kept[step] == 0:
        kept[step] = 1
        saved[step, :] = t[step]
