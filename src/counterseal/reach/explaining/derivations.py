"""The critical tree of one target in every trial that reaches it, as arrays.

Everything else of this package is read off them: a route is what many trees have in common, a
removal can only matter where it meets a tree, a fact only where the tree has a step that rests
on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.arrivals import State
from counterseal.reach.explaining.walking import critical, visit
from counterseal.reach.special import njit
from counterseal.reach.sweep import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from counterseal.reach.engine import Engine
    from counterseal.reach.program import Links

__all__ = ["Derivations", "derive"]

_LAST_TICK = 65534
_NEVER = np.uint16(65535)


@dataclass(frozen=True, kw_only=True)
class Derivations:
    """How one target is reached, trial by trial.

    Positions of steps are those of the engine's program. The items of one tree stand parents
    before children, so the target is last.

    Attributes:
        engine: What ran.
        target: Id of the target.
        limit: Last tick that counts as reached.
        trial: Numbers of the trials in which it is reached, in order; shape (reached,).
        tile, lane: Where each of them lies in the state.
        start: Where the items of each tree start; shape (reached + 1,).
        step: Position of each item; shape (items,).
        chosen: Position of the parent that set the time of an or-step; -1 for an and-step,
            which needs all of its parents, and for an entry.
        local, arrival: X and T of each item in that trial, in ticks.
        signature: Of each tree; equal trees have equal signatures; shape (reached,).
    """

    engine: Engine
    target: str
    limit: int
    trial: NDArray[np.int64]
    tile: NDArray[np.int64]
    lane: NDArray[np.int64]
    start: NDArray[np.int64]
    step: NDArray[np.int64]
    chosen: NDArray[np.int64]
    local: NDArray[np.uint16]
    arrival: NDArray[np.uint16]
    signature: NDArray[np.uint64]

    @property
    def reached(self) -> int:
        """Trials that reach the target."""
        return int(self.trial.size)

    @property
    def draw(self) -> NDArray[np.int64]:
        """Epistemic draw of each tree; shape (reached,)."""
        return self.trial // self.engine.draws.lanes

    @property
    def tree(self) -> NDArray[np.int64]:
        """Number of the tree that each item belongs to; shape (items,)."""
        return np.repeat(np.arange(self.reached, dtype=np.int64), np.diff(self.start))


def derive(
    engine: Engine,
    target: str,
    *,
    horizon_days: float | None = None,
    gone: NDArray[np.int64] | None = None,
) -> Derivations:
    """Return the critical trees of ``target`` in the base run of ``engine``.

    Args:
        engine: What ran.
        target: Id of a step among its targets.
        horizon_days: Later arrivals do not count; the horizon of the graph when ``None``.
        gone: Positions of steps that never work, on otherwise the same draws.

    Raises:
        UsageError: The engine was not asked for the target.
    """
    if target not in engine.program.targets:
        raise UsageError(f"no arrivals of step {target} in this engine")
    limit = _LAST_TICK
    if horizon_days is not None:
        limit = int(min(np.floor(horizon_days / engine.tick_days + 0.5), _LAST_TICK))
    row = engine.program.index.get(target, -1)
    states = engine.states() if gone is None else _thinned(engine, gone)
    parts = [_nothing()] if row < 0 else _parts(engine, states, row, limit)
    place, size, items, signature = (
        np.concatenate([part[k] for part in parts], axis=-1) for k in range(4)
    )
    return Derivations(
        engine=engine,
        target=target,
        limit=limit,
        trial=place[0],
        tile=place[1],
        lane=place[2],
        start=np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
        step=items[0],
        chosen=items[1],
        local=items[2].astype(np.uint16),
        arrival=items[3].astype(np.uint16),
        signature=signature,
    )


_Part = tuple[
    "NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.uint64]"
]


def _nothing() -> _Part:
    none = np.empty(0, dtype=np.int64)
    return (
        np.empty((3, 0), dtype=np.int64),
        none,
        np.empty((4, 0), dtype=np.int64),
        np.empty(0, dtype=np.uint64),
    )


def _thinned(engine: Engine, gone: NDArray[np.int64]) -> Iterator[State]:
    """Yield the state tile by tile as it is when some steps never work."""
    for state in engine.states():
        for slot in range(state.x.shape[0]):
            x = state.x[slot : slot + 1].copy()
            x[:, gone] = _NEVER
            t = np.empty_like(x)
            settle(engine.program.links, x, t)
            yield State(first=state.first + slot, x=x, t=t)


def _parts(engine: Engine, states: Iterable[State], row: int, limit: int) -> list[_Part]:
    """Return place, sizes, items and signatures of the trees, tile by tile."""
    links, found = engine.program.links, [_nothing()]
    for state in states:
        for slot in range(state.t.shape[0]):
            tile = state.first + slot
            span = engine.layout.span(tile)
            arrived = state.t[slot, row, : span.stop - span.start] <= limit
            lanes = np.flatnonzero(arrived).astype(np.int64)
            if not lanes.size:
                continue
            x, t = state.x[slot], state.t[slot]
            size = np.empty(lanes.size, dtype=np.int64)
            signature = np.zeros(x.shape[1], dtype=np.uint64)
            items = _trees(links, row, lanes, x, t, size, signature)
            place = np.stack([span.start + lanes, np.full(lanes.size, tile), lanes])
            found.append((place, size, items, signature[lanes]))
    return found


@njit
def _trees(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    target: int,
    lanes: NDArray[np.int64],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    size: NDArray[np.int64],
    signature: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Return step, chosen parent, X and T of every item of the trees of some lanes."""
    stack = np.empty(x.shape[0] + 1, dtype=np.int64)
    stamp = np.zeros(x.shape[0], dtype=np.int64)
    h = np.full(x.shape, _NEVER)
    out = np.empty((4, 32 * lanes.size), dtype=np.int64)
    total = 0
    for k in range(lanes.size):
        lane = lanes[k]
        count = visit(links, target, lane, k + 1, (x, t, h), stack, stamp, signature)
        size[k] = count
        if total + count > out.shape[1]:
            more = np.empty((4, 2 * (total + count)), dtype=np.int64)
            more[:, :total] = out[:, :total]
            out = more
        _sort(stack, count, t, h, lane)
        for i in range(count):
            step = stack[i]
            low, high = links.parent_row[step], links.parent_row[step + 1]
            free = links.kind[step] == 0 and high > low
            way = low + critical(links, step, x, t, h, lane) if free else low
            out[0, total + i] = step
            out[1, total + i] = links.parent[way] if free else -1
            out[2, total + i] = x[step, lane]
            out[3, total + i] = t[step, lane]
        total += count
    return out[:, :total]


@njit
def _sort(
    found: NDArray[np.int64],
    count: int,
    t: NDArray[np.uint16],
    h: NDArray[np.uint16],
    lane: int,
) -> None:
    """Order steps by arrival, then height, then position: parents before children."""
    key = np.empty(count, dtype=np.int64)
    for i in range(count):
        step = found[i]
        key[i] = (np.int64(t[step, lane]) << 47) | (np.int64(h[step, lane]) << 31) | step
    key.sort()
    for i in range(count):
        found[i] = key[i] & 0x7FFFFFFF
