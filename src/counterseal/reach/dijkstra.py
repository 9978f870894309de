"""One trial at a time: Knuth's generalisation of Dijkstra's algorithm, the oracle of the sweep.

Steps are settled in order of (arrival, height); each settled step knows the parents that made
it, so the settled steps are a derivation one can read. It shares no code with the sweep.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Settled", "settle_trial"]

NEVER = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One trial, settled.

    Attributes:
        ticks: Arrival of each step; 65535 is never.
        heights: Least height of a derivation with that arrival; an entry has 0.
        parents: The parents it came by: all of an and-step, one of an or-step (of least
            height, then of least position), none of an entry or of a step never reached.
        order: Positions in the order in which they were settled.
    """

    ticks: tuple[int, ...]
    heights: tuple[int, ...]
    parents: tuple[tuple[int, ...], ...]
    order: tuple[int, ...]


def settle_trial(
    local: Sequence[int],
    *,
    parents: Sequence[Sequence[int]],
    every: Sequence[bool],
    entries: Sequence[bool],
) -> Settled:
    """Return arrivals and derivations in one trial, by a binary heap.

    Args:
        local: X of each step in ticks; 65535 is never.
        parents: Positions of the parents of each step.
        every: Whether all parents are needed.
        entries: Whether the adversary may start here.

    References:
        Knuth (1977), A generalization of Dijkstra's algorithm, Inf. Process. Lett. 6(1):1-5.
    """
    size = len(local)
    children: list[list[int]] = [[] for _ in range(size)]
    for step, row in enumerate(parents):
        for parent in set(row):
            children[parent].append(step)
    missing = [len(set(row)) for row in parents]
    best = [(NEVER, NEVER, -1)] * size
    heap = [(local[s], 0, -1, s) for s in range(size) if entries[s] and local[s] < NEVER]
    heapq.heapify(heap)
    order: list[int] = []
    while heap:
        time, height, parent, step = heapq.heappop(heap)
        if best[step][0] < NEVER:
            continue
        best[step] = (time, height, parent)
        order.append(step)
        for child in children[step]:
            missing[child] -= 1
            arrival = time + local[child]
            if entries[child] or (every[child] and missing[child]) or arrival >= NEVER:
                continue
            tall = max(best[p][1] for p in parents[child]) if every[child] else height
            heapq.heappush(heap, (arrival, tall + 1, step, child))
    return Settled(
        ticks=tuple(entry[0] for entry in best),
        heights=tuple(entry[1] for entry in best),
        parents=tuple(_came_by(step, best[step], parents, every) for step in range(size)),
        order=tuple(order),
    )


def _came_by(
    step: int,
    settled: tuple[int, int, int],
    parents: Sequence[Sequence[int]],
    every: Sequence[bool],
) -> tuple[int, ...]:
    time, _, parent = settled
    if time == NEVER or parent < 0:
        return ()
    return tuple(sorted(set(parents[step]))) if every[step] else (parent,)
