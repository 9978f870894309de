"""What happens to a target when something is taken away, on the same draws.

A unit that has no step on the critical tree of a trial cannot matter there: the tree is a
derivation of the arrival, and it still stands when the unit is gone; taking something away
never makes an arrival earlier; so the arrival is what it was. Hence only units on the tree are
tried, trial by trial, and nothing is lost by it. What is tried is tried in full: the unit's
steps never work, and the least fixpoint is worked out again with and-steps, cycles, times and
horizon. That is why a dominator, which knows none of these, is not what is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.explaining.clustered import share
from counterseal.reach.special import njit
from counterseal.reach.sweep import settle_tile
from counterseal.threads import threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.engine import Engine, State
    from counterseal.reach.explaining.clustered import Share
    from counterseal.reach.explaining.derivations import Derivations
    from counterseal.reach.explaining.units import Units
    from counterseal.reach.program import Links

__all__ = ["Removal", "Tried", "removals", "tried", "without"]

_NEVER = np.uint16(65535)
_WIDTH = 128


@dataclass(frozen=True, kw_only=True)
class Tried:
    """Removals in single trials: of each unit on a tree, from that tree's trial.

    Attributes:
        tree: Number of the tree; shape (tries,).
        unit: Number of the unit.
        arrival: Arrival at the target without the unit, in ticks; 65535 is never.
        stride: Each so many-th tree was asked; 1 for all of them.
    """

    tree: NDArray[np.int64]
    unit: NDArray[np.int64]
    arrival: NDArray[np.uint16]
    stride: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What it does to a target when one unit is taken away.

    Attributes:
        unit: Its name.
        critical: Share of the trials that reach the target in which the unit is on the
            critical tree: no removal can undo more.
        lost: Share of the trials that reach the target in which it is not reached without the
            unit: the relative effect.
        change: Share of all trials that change from reached to not reached: the paired
            difference of reach, which no trial raises.
        after: Share of all trials that reach the target without the unit.
    """

    unit: str
    critical: Share
    lost: Share
    change: Share
    after: Share


def removals(found: Derivations, units: Units) -> tuple[Removal, ...]:
    """Return the effect of every unit on any tree, greatest first, then by how often critical.

    A unit that is not listed is on no tree of any trial: without it every arrival at the target
    is the same.
    """
    tries = tried(found, units)
    outer = found.engine.draws.outer
    trials = np.full(outer, found.engine.draws.lanes, dtype=np.int64)
    reached = np.bincount(found.draw, minlength=outer).astype(np.int64)
    lost = tries.arrival > found.limit
    draw = found.draw[tries.tree]
    rows = []
    for unit in np.unique(tries.unit):
        here = tries.unit == unit
        on_tree = np.bincount(draw[here], minlength=outer).astype(np.int64)
        gone = np.bincount(draw[here & lost], minlength=outer).astype(np.int64)
        rows.append(
            Removal(
                unit=units.names[unit],
                critical=share(on_tree, reached),
                lost=share(gone, reached),
                change=share(gone, trials),
                after=share(reached - gone, trials),
            )
        )
    return tuple(sorted(rows, key=lambda r: (-r.lost.hits, -r.critical.hits, r.unit)))


def tried(found: Derivations, units: Units, *, most: int | None = None) -> Tried:
    """Take away each unit on a tree, from the trial of the tree; a pair of both is a try.

    With more than ``most`` tries, only each so many-th tree is asked, from the first on.
    """
    tree, unit = _on_trees(found, units)
    stride = 1 if most is None else max(1, -(-tree.size // max(most, 1)))
    asked = tree % stride == 0
    tree, unit = tree[asked], unit[asked]
    arrival = np.full(tree.size, _NEVER)
    links, target = found.engine.program.links, found.engine.program.index.get(found.target, -1)
    for state in found.engine.states() if tree.size else ():
        slot = found.tile[tree] - state.first
        here = np.flatnonzero((slot >= 0) & (slot < state.x.shape[0]))
        where = np.stack([slot[here], found.lane[tree[here]], unit[here]])
        arrival[here] = _arrivals(links, state, where, units, target, found.engine.workers)
    return Tried(tree=tree, unit=unit, arrival=arrival, stride=stride)


def without(
    engine: Engine, target: str, names: Sequence[str], units: Units
) -> NDArray[np.uint16]:
    """Return the arrivals at ``target`` in every trial with some units taken away together.

    Shape (trials,), in ticks; 65535 is never.
    """
    out = np.full(engine.draws.trials, _NEVER)
    row = engine.program.index.get(target, -1)
    steps = [units.steps(name) for name in names]
    gone = np.unique(np.concatenate(steps)) if steps else np.empty(0, dtype=np.int64)
    for state in engine.states() if row >= 0 else ():
        for slot in range(state.x.shape[0]):
            span = engine.layout.span(state.first + slot)
            ticks = _settled(engine.program.links, state.x[slot], gone)[row]
            out[span] = ticks[: span.stop - span.start]
    return out


def _on_trees(found: Derivations, units: Units) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every pair of a tree and a unit with a step on it, each once, in order."""
    counts = np.diff(units.unit_row)[found.step]
    item = np.repeat(np.arange(found.step.size), counts)
    within = np.arange(item.size) - np.repeat(np.cumsum(counts) - counts, counts)
    unit = units.unit[units.unit_row[found.step[item]] + within]
    many = len(units.names) + 1
    pairs = np.unique(found.tree[item] * many + unit)
    return pairs // many, pairs % many


def _arrivals(  # noqa: PLR0917 - what a kernel needs, and who runs it
    links: Links,
    state: State,
    where: NDArray[np.int64],
    units: Units,
    target: int,
    workers: int,
) -> NDArray[np.uint16]:
    """Return the arrival at the target of every try in some tiles."""
    out = np.full(where.shape[1], _NEVER)
    parts = min(workers, -(-where.shape[1] // _WIDTH))
    ends = [-(-where.shape[1] * part // max(parts, 1)) for part in range(parts + 1)]

    def work(first: int, last: int) -> None:
        here = np.ascontiguousarray(where[:, first:last])
        _try(links, state.x, here, units.row, units.step, target, out[first:last])

    if parts <= 1:
        work(0, where.shape[1])
    else:
        with threads(parts) as pool:
            list(pool.map(work, ends[:-1], ends[1:]))
    return out


@njit
def _try(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    x: NDArray[np.uint16],
    where: NDArray[np.int64],
    unit_row: NDArray[np.int64],
    unit_step: NDArray[np.int64],
    target: int,
    out: NDArray[np.uint16],
) -> None:
    """Write the arrival of every try; ``where`` is slot, lane and unit, shape (3, tries)."""
    steps = x.shape[1]
    for first in range(0, where.shape[1], _WIDTH):
        width = min(_WIDTH, where.shape[1] - first)
        local = np.empty((steps, width), dtype=np.uint16)
        t = np.empty((steps, width), dtype=np.uint16)
        for step in range(steps):
            for i in range(width):
                local[step, i] = x[where[0, first + i], step, where[1, first + i]]
        for i in range(width):
            unit = where[2, first + i]
            for j in range(unit_row[unit], unit_row[unit + 1]):
                local[unit_step[j], i] = _NEVER
        settle_tile(links, local, t, np.empty(width, dtype=np.uint16))
        for i in range(width):
            out[first + i] = t[target, i]


@njit
def _settled(
    links: Links, x: NDArray[np.uint16], gone: NDArray[np.int64]
) -> NDArray[np.uint16]:
    """Return the arrivals in one tile when some steps never work."""
    local = x.copy()
    for k in range(gone.size):
        local[gone[k], :] = _NEVER
    t = np.empty_like(local)
    settle_tile(links, local, t, np.empty(x.shape[1], dtype=np.uint16))
    return t
