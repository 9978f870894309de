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

__all__ = ["critical", "visit"]


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
    """List the critical tree in ``found``, sign it, and return its size."""
    x, t, h = state
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
