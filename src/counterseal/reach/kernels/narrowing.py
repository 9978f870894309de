"""Which trials a change can reach beyond the steps that it changes, and those side by side.

A what-if draws some steps anew in every lane, but in most lanes the time of such a step decides
nothing: another parent was first, or last. Only the other lanes have to be corrected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import inlined, njit
from counterseal.reach.sweep import base_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["pack", "stirred"]

_TOP = np.uint16(65535)


@njit
def stirred(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    wanted: NDArray[np.uint8],
    tiles: NDArray[np.int64],
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    out: NDArray[np.uint8],
) -> None:
    """Mark the lanes in which anything else than a changed step may arrive at another time.

    A lane is left out only if, for every changed step, no child's least (or greatest) parent
    moves: then none does when all of them change at once.

    Args:
        links: The structure.
        wanted: 1 for a step whose own arrival is asked for; shape (steps,).
        tiles: The tiles to do.
        rows: Positions of the steps whose X is new.
        fresh: Their X, shape (len(tiles), rows, width).
        x: Local times before, shape (all tiles, steps, width).
        t: Arrivals before, of the same shape.
        out: Zero; shape (len(tiles), width).
    """
    now, base = np.empty(t.shape[2], np.uint16), np.empty(t.shape[2], np.uint16)
    for slot in range(tiles.size):
        times, arrivals, lanes = x[tiles[slot]], t[tiles[slot]], out[slot]
        for k in range(rows.size):
            step = rows[k]
            if not _moved(links, step, fresh[slot, k], times, arrivals, base, now):
                continue
            if wanted[step] == 1:
                for i in range(now.size):
                    lanes[i] |= now[i] != arrivals[step, i]
            for j in range(links.child_row[step], links.child_row[step + 1]):
                _touch(links, step, links.child[j], times, arrivals, now, lanes)


@inlined
def _moved(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    base: NDArray[np.uint16],
    now: NDArray[np.uint16],
) -> bool:
    """Write the arrival of a step with a new X, parents as they were; whether it differs."""
    sooner = False
    for i in range(now.size):
        sooner = sooner or (t[step, i] == _TOP and fresh[i] < x[step, i])
    if sooner:
        base_row(links, step, t, base)
    else:
        for i in range(now.size):
            base[i] = np.uint16(t[step, i] - x[step, i]) if t[step, i] != _TOP else _TOP
    differ = np.uint16(0)
    for i in range(now.size):
        start = min(base[i], np.uint16(_TOP - fresh[i]))
        now[i] = np.uint16(start + fresh[i])
        differ = np.uint16(differ | (now[i] ^ t[step, i]))
    return bool(differ != 0)


@inlined
def _touch(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    child: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    now: NDArray[np.uint16],
    lanes: NDArray[np.uint8],
) -> None:
    """Mark the lanes in which a child may start at another time.

    A child that never arrived is taken to be stirred by any parent that comes sooner.
    """
    every = links.kind[child] == 1
    for i in range(now.size):
        old, new = t[step, i], now[i]
        start = np.uint16(t[child, i] - x[child, i])
        inside = new > start if every else new < start
        away = new < old if every else new > old
        hit = inside or (old == start and away)
        hit = new < old if t[child, i] == _TOP else hit
        lanes[i] |= hit and new != old


@njit
def pack(
    source: NDArray[np.uint16],
    tiles: NDArray[np.int64],
    lanes: NDArray[np.int64],
    out: NDArray[np.uint16],
) -> None:
    """Write lane ``lanes[n]`` of tile ``tiles[n]`` to column n of ``out`` (steps, n)."""
    for step in range(out.shape[0]):
        for n in range(lanes.size):
            out[step, n] = source[tiles[n], step, lanes[n]]
