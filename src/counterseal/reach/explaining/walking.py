"""The critical tree of a target in one trial: what set its arrival, down to entries.

It is the target, the parent that set the time of an or-step, and all parents of an and-step.
Ties of arrival go to the lower derivation, then to the earlier step, so a tree is never
circular. ``x``, ``t`` and ``h`` are local times, arrivals and heights, shape (steps, width).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["critical", "lift", "visit"]

_TOP = np.uint16(65535)


@njit
def lift(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    target: int,
    lane: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    found: NDArray[np.int64],
) -> None:
    """Write the heights of all that may be on the critical tree of ``target`` in one lane.

    The height of an arrival is the least height of a derivation that gives it; entries have 0.
    Only steps that set an arrival above them are looked at, which are few, and not those whose
    height is known already: ``h`` must hold 65535 in this lane elsewhere.

    Args:
        links: The structure.
        target: Position of a step that is reached in this lane.
        lane: Column of ``x``, ``t`` and ``h``.
        x: Local times.
        t: Arrivals.
        h: Heights.
        found: Scratch, shape (steps + 1,).
    """
    if h[target, lane] != _TOP:
        return
    size = _closure(links, target, lane, x, t, h, found)
    for i in range(size):
        h[found[i], lane] = _TOP
    key = found[:size]
    for i in range(size):
        key[i] |= np.int64(t[key[i], lane]) << 32
    key.sort()
    again = True
    while again:
        again = False
        for i in range(size):
            step = key[i] & 0xFFFFFFFF
            height = _height(links, step, lane, x, t, h)
            again = again or height != h[step, lane]
            h[step, lane] = height


@njit
def _closure(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    target: int,
    lane: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    found: NDArray[np.int64],
) -> int:
    """List the steps of unknown height that set the arrival of ``target``; return how many.

    Each is marked by a height of 0 meanwhile.
    """
    found[0] = target
    h[target, lane] = 0
    size, done = 1, 0
    while done < size:
        step = found[done]
        done += 1
        need = np.uint16(t[step, lane] - x[step, lane])
        for j in range(links.parent_row[step], links.parent_row[step + 1]):
            parent = links.parent[j]
            sets = links.kind[step] == 1 or t[parent, lane] == need
            if sets and h[parent, lane] == _TOP:
                h[parent, lane] = 0
                found[size] = parent
                size += 1
    return size


@njit
def _height(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    lane: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
) -> np.uint16:
    """Return one more than the height of what sets the arrival of a step."""
    first, last = links.parent_row[step], links.parent_row[step + 1]
    if links.entry[step] == 1 or first == last:
        return np.uint16(0)
    every = links.kind[step] == 1
    need = np.uint16(t[step, lane] - x[step, lane])
    high = np.uint16(0) if every else _TOP
    for j in range(first, last):
        parent = links.parent[j]
        if every:
            high = max(high, h[parent, lane])
        elif t[parent, lane] == need:
            high = min(high, h[parent, lane])
    return np.uint16(high + 1) if high != _TOP else _TOP


@njit
def critical(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    lane: int,
) -> int:
    """Return which parent (counted within the step's row) set the time of an or-step."""
    first = links.parent_row[step]
    best = -1
    need = np.uint16(t[step, lane] - x[step, lane])
    for j in range(first, links.parent_row[step + 1]):
        parent = links.parent[j]
        tight = t[parent, lane] == need and h[parent, lane] < h[step, lane]
        if tight and (best < 0 or h[parent, lane] < h[links.parent[best], lane]):
            best = j
    return best - first  # type: ignore[no-any-return]


@njit
def _mixed(step: int, parent: int) -> np.uint64:
    """Return 64 well-mixed bits of a pair (finaliser of SplitMix64, Steele et al. 2014)."""
    z = np.uint64(step) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(parent + 1)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(z ^ (z >> np.uint64(31)))


@njit
def visit(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    target: int,
    lane: int,
    mark: int,
    state: tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.uint16]],
    found: NDArray[np.int64],
    stamp: NDArray[np.int64],
    signature: NDArray[np.uint64],
) -> int:
    """List the critical tree in ``found``, sign it, and return its size.

    ``state`` is x, t and h; heights are worked out as ``lift`` does.
    """
    x, t, h = state
    lift(links, target, lane, x, t, h, found)
    found[0] = target
    stamp[target] = mark
    size = 1
    done = 0
    signed = np.uint64(1)
    while done < size:
        step = found[done]
        done += 1
        low, high = links.parent_row[step], links.parent_row[step + 1]
        if links.kind[step] == 0 and high > low:
            low += critical(links, step, x, t, h, lane)
            high = low + 1
        for j in range(low, high):
            parent = links.parent[j]
            signed += _mixed(step, parent)
            if stamp[parent] != mark:
                stamp[parent] = mark
                found[size] = parent
                size += 1
        signed += _mixed(step, -1) if low == high else np.uint64(0)
    signature[lane] = max(signed, np.uint64(1))
    return size
