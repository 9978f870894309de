"""One trial by a queue of buckets: an oracle of the sweep that is quick enough for any graph.

Arrivals are whole ticks below 65,535, so the least unsettled arrival is found by walking a row
of buckets, one per tick (Dial 1969, Commun. ACM 12(11):632-633); and-steps wait until their
last parent is settled (Knuth 1977). It shares no code with the sweep, and looks at every edge
at most once, where the sweep looks at it several times in many trials at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.special import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["settle_by_buckets"]

_NEVER = 65535
_NOTHING = -1


def settle_by_buckets(links: Links, local: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return the arrivals in one trial.

    Args:
        links: The structure.
        local: X of each step in ticks, shape (steps,); 65535 is never.
    """
    return _settle(links, np.ascontiguousarray(local))


@njit
def _settle(links: Links, local: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Walk the buckets upwards; each is a doubly linked list of steps."""
    best = np.full(local.size, _NEVER, dtype=np.int32)
    missing = links.parent_row[1:] - links.parent_row[:-1]
    first = np.full(_NEVER, _NOTHING, dtype=np.int32)
    after = np.full(local.size, _NOTHING, dtype=np.int32)
    before = np.full(local.size, _NOTHING, dtype=np.int32)
    for step in range(local.size):
        if links.entry[step] == 1 and local[step] < _NEVER:
            _put(step, int(local[step]), best, first, after, before)
    for tick in range(_NEVER):
        while first[tick] != _NOTHING:
            step = first[tick]
            _take(step, tick, first, after, before)
            _settle_children(links, step, local, missing, best, first, after, before)
    return best.astype(np.uint16)


@njit
def _settle_children(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    step: int,
    local: NDArray[np.uint16],
    missing: NDArray[np.int32],
    best: NDArray[np.int32],
    first: NDArray[np.int32],
    after: NDArray[np.int32],
    before: NDArray[np.int32],
) -> None:
    """Give the children of a settled step the arrivals that it allows."""
    for j in range(links.child_row[step], links.child_row[step + 1]):
        child = links.child[j]
        if links.kind[child] == 1:
            missing[child] -= 1
            if missing[child] > 0:
                continue
        arrival = best[step] + np.int32(local[child])
        if arrival < best[child]:
            if best[child] < _NEVER:
                _take(child, best[child], first, after, before)
            _put(child, arrival, best, first, after, before)


@njit
def _put(  # noqa: PLR0917 - a kernel takes plain arguments
    step: int,
    tick: int,
    best: NDArray[np.int32],
    first: NDArray[np.int32],
    after: NDArray[np.int32],
    before: NDArray[np.int32],
) -> None:
    """Put a step at the front of a bucket."""
    best[step] = tick
    after[step], before[step] = first[tick], _NOTHING
    if first[tick] != _NOTHING:
        before[first[tick]] = step
    first[tick] = step


@njit
def _take(
    step: int,
    tick: int,
    first: NDArray[np.int32],
    after: NDArray[np.int32],
    before: NDArray[np.int32],
) -> None:
    """Take a step out of its bucket."""
    if before[step] == _NOTHING:
        first[tick] = after[step]
    else:
        after[before[step]] = after[step]
    if after[step] != _NOTHING:
        before[after[step]] = before[step]
