"""Arrivals after a change, from arrivals before it, where that is less work than anew.

What may rest on something that the change took away or slowed is forgotten first. The rest
still has a derivation that holds, so its arrival is at or above the new one, and correcting
downwards from there ends in the same fixpoint as from "never". Where much would be forgotten, a
tile is settled from nothing: a guard, so that no change costs much more than a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.special import inlined, njit
from counterseal.reach.sweep import correct, keep, settle_tile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Links

__all__ = ["GUARD", "Edit", "Scratch", "resettle", "resettle_like", "scratch"]

_ONE = np.uint16(1)
_TWO = np.uint16(2)
_TOP = np.uint16(65535)
GUARD = 0.15
"""Share of the steps that forgetting may visit before a tile is settled from nothing. What-ifs
visit a hundredth of them or a third; beyond that, forgetting only adds to settling."""
_FEW = 16


class Scratch(NamedTuple):
    """Room for one thread; all zero between tiles, but for ``saved`` and ``row``.

    Attributes:
        kept: 1 where the row before the change is in ``saved``; shape (steps,).
        pending: 1 where something is to be forgotten; shape (steps,).
        lost: 1 in the lanes that are forgotten, 2 where that is still to be passed on; shape
            (steps, width).
        saved: Arrivals before the change; shape (steps, width).
        row: One row.
    """

    kept: NDArray[np.uint8]
    pending: NDArray[np.uint8]
    lost: NDArray[np.uint16]
    saved: NDArray[np.uint16]
    row: NDArray[np.uint16]


class Edit(NamedTuple):
    """How a graph differs from another whose arrivals are at hand.

    Attributes:
        mine, theirs: Rows of the steps that both have.
        new: Rows of the steps that the other does not have.
        times: Rows of common steps whose X may differ, and their rows in the other.
        their_times: Those rows in the other.
        lost: Rows of steps whose arrival may no longer hold at all.
        cut, cut_parent: Or-steps that lost a parent, and the row of that parent in the other.
        dirty: Rows of common steps to be worked out anew because of their parents.
    """

    mine: NDArray[np.int64]
    theirs: NDArray[np.int64]
    new: NDArray[np.int64]
    times: NDArray[np.int64]
    their_times: NDArray[np.int64]
    lost: NDArray[np.int64]
    cut: NDArray[np.int64]
    cut_parent: NDArray[np.int64]
    dirty: NDArray[np.int64]


def scratch(steps: int, width: int) -> Scratch:
    """Return scratch for a thread; pages that no change touches cost nothing."""
    return Scratch(
        kept=np.zeros(steps, dtype=np.uint8),
        pending=np.zeros(steps, dtype=np.uint8),
        lost=np.zeros((steps, width), dtype=np.uint16),
        saved=np.empty((steps, width), dtype=np.uint16),
        row=np.empty(width, dtype=np.uint16),
    )


@inlined
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
    found = np.uint16(0)
    every = links.kind[child] == 1
    for i in range(t.shape[1]):
        rests = every or np.uint16(t[child, i] - x[child, i]) == saved[step, i]
        gone = lost[step, i] == _ONE and t[child, i] != _TOP and rests
        lost[child, i] = _TWO if gone else lost[child, i]
        found = np.uint16(found | (_ONE if gone else np.uint16(0)))
    return bool(found != 0)


@njit
def _lose(
    links: Links, x: NDArray[np.uint16], t: NDArray[np.uint16], room: Scratch, most: int
) -> bool:
    """Set to "never" every arrival that may rest on a lost one; ``lost`` is 2 where to begin.

    ``x`` and ``t`` are as before the change. An or-step rests on each parent that sets its
    time, an and-step on all.

    Returns:
        Whether no more than ``most`` steps were visited; what is pending stays marked if not.
    """
    pending, saved = room.pending, room.saved
    visits = 0
    start = 0
    for end in links.ends:
        while start < end:
            again = end
            for step in range(start, end):
                if pending[step] == 0:
                    continue
                visits += 1
                if visits > most:
                    return False
                pending[step] = 0
                keep(t, step, room.kept, saved)
                least = _let_go(links, step, x, t, room)
                again = least if least <= step and least < again else again
            start = again
    return True


@inlined
def _let_go(
    links: Links, step: int, x: NDArray[np.uint16], t: NDArray[np.uint16], room: Scratch
) -> int:
    """Set what is newly lost to "never", mark what rested on it; return the first marked."""
    lost, saved = room.lost, room.saved
    for i in range(t.shape[1]):
        fresh = lost[step, i] == _TWO
        lost[step, i] = _ONE if fresh else lost[step, i]
        t[step, i] = _TOP if fresh else t[step, i]
    least = room.pending.size
    for j in range(links.child_row[step], links.child_row[step + 1]):
        child = links.child[j]
        if _forget(links, step, child, x, t, saved, lost):
            room.pending[child] = 1
            least = min(least, child)
    return least


@njit
def _compare(
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    room: Scratch,
) -> bool:
    """Mark the steps whose X differs, and as lost the lanes in which it grew."""
    any_differ = False
    for k in range(rows.size):
        step = rows[k]
        differ = np.uint16(0)
        for i in range(x.shape[1]):
            differ = np.uint16(differ | (fresh[k, i] ^ x[step, i]))
        if differ == 0:
            continue
        any_differ = True
        room.pending[step] = 1
        for i in range(x.shape[1]):
            grown = fresh[k, i] > x[step, i] and t[step, i] != _TOP
            room.lost[step, i] = _TWO if grown else room.lost[step, i]
    return any_differ


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
    tiles: NDArray[np.int64],
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    room: Scratch,
    targets: NDArray[np.int64],
    spans: NDArray[np.int64],
    ticks: NDArray[np.uint16],
) -> bool:
    """Write the targets' arrivals with ``fresh`` as X of ``rows``; leave ``x`` and ``t`` be.

    Args:
        links: The structure.
        tiles: The tiles to do.
        rows: Positions of the steps whose X is new.
        fresh: Their X, shape (len(tiles), rows, width); holds the old one afterwards.
        x: Local times before, shape (tiles, steps, width).
        t: Arrivals before, of the same shape.
        room: Scratch.
        targets: Positions of the targets, -1 for one that can never be reached.
        spans: First trial of each tile, and the one after its last; shape (tiles, 2).
        ticks: Arrivals at the targets in every trial, those before; only what differs is
            written. Shape (targets, trials).

    Returns:
        Whether any X differs.
    """
    differ = False
    for slot in range(tiles.size):
        tile = tiles[slot]
        if not _compare(rows, fresh[slot], x[tile], t[tile], room):
            continue
        differ = True
        span = spans[tile]
        if not _recorrect(links, rows, fresh[slot], x[tile], t[tile], room):
            anew = np.empty_like(t[tile])
            _swap(rows, fresh[slot], x[tile])
            settle_tile(links, x[tile], anew, room.row)
            _swap(rows, fresh[slot], x[tile])
            room.kept[:] = 1
            _write(targets, span, anew, room.kept, ticks)
            room.kept[:] = 0
            continue
        _write(targets, span, t[tile], room.kept, ticks)
        _restore(t[tile], room)
    return differ


@njit
def _write(
    targets: NDArray[np.int64],
    span: NDArray[np.int64],
    t: NDArray[np.uint16],
    kept: NDArray[np.uint8],
    ticks: NDArray[np.uint16],
) -> None:
    """Write the arrivals of a tile at the targets that may have changed."""
    for k in range(targets.size):
        if targets[k] >= 0 and kept[targets[k]] == 1:
            for i in range(span[1] - span[0]):
                ticks[k, span[0] + i] = t[targets[k], i]


@njit
def _restore(t: NDArray[np.uint16], room: Scratch) -> None:
    """Put back the arrivals before the change, and clear the scratch."""
    for step in range(room.kept.size):
        if room.kept[step] == 1:
            t[step, :] = room.saved[step]
            room.lost[step, :] = 0
            room.kept[step] = 0


@njit
def _recorrect(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    room: Scratch,
) -> bool:
    """Bring ``t`` of one tile to the fixpoint with ``fresh``; old rows go to ``saved``.

    Returns:
        Whether that was done; if not, for it would be too much work, ``t`` is as it was.
    """
    most = int(GUARD * room.kept.size) + _FEW
    if not _lose(links, x, t, room, most):
        _restore(t, room)
        _clear(room, False)
        return False
    dirty = room.kept.copy()
    _swap(rows, fresh, x)
    correct(links, x, t, dirty, room.row, room.kept, room.saved)
    _swap(rows, fresh, x)
    return True


@njit
def resettle_like(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    edit: Edit,
    their_x: NDArray[np.uint16],
    their_t: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    room: Scratch,
) -> int:
    """Write arrivals to ``t`` where X is ``x``, from those of another graph.

    Args:
        links: The structure.
        edit: How the graphs differ.
        their_x: Local times in the other, shape (tiles, its steps, width).
        their_t: Arrivals in the other, of the same shape.
        x: Local times, shape (tiles, steps, width); the same afterwards.
        t: Of the same shape.
        room: Scratch.

    Returns:
        In how many tiles little enough had changed.
    """
    done = 0
    most = int(GUARD * t.shape[1]) + _FEW
    fresh = np.empty((edit.times.size, t.shape[2]), dtype=np.uint16)
    none = np.empty(0, dtype=np.uint8)
    for tile in range(t.shape[0]):
        here, new = t[tile], x[tile]
        for k in range(edit.times.size):
            fresh[k, :] = their_x[tile, edit.their_times[k]]
        _swap(edit.times, fresh, new)
        _take(edit, their_t[tile], here)
        _compare(edit.times, fresh, new, here, room)
        _part(edit, their_t[tile], new, here, room)
        well = _lose(links, new, here, room, most)
        _swap(edit.times, fresh, new)
        if well:
            dirty = room.kept.copy()
            dirty[edit.new] = 1
            dirty[edit.dirty] = 1
            correct(links, new, here, dirty, room.row, none, here)
            done += 1
        else:
            settle_tile(links, new, here, room.row)
        _clear(room, well)
    return done


@njit
def _take(edit: Edit, theirs: NDArray[np.uint16], t: NDArray[np.uint16]) -> None:
    """Copy the arrivals at the steps that both graphs have; a new step begins at "never"."""
    for k in range(edit.mine.size):
        t[edit.mine[k], :] = theirs[edit.theirs[k]]
    for k in range(edit.new.size):
        t[edit.new[k], :] = _TOP


@njit
def _part(
    edit: Edit,
    theirs: NDArray[np.uint16],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    room: Scratch,
) -> None:
    """Mark as lost what rested on parents that are gone."""
    for k in range(edit.lost.size):
        step = edit.lost[k]
        room.pending[step] = 1
        for i in range(t.shape[1]):
            room.lost[step, i] = _TWO if t[step, i] != _TOP else room.lost[step, i]
    for k in range(edit.cut.size):
        step = edit.cut[k]
        room.pending[step] = 1
        for i in range(t.shape[1]):
            rests = np.uint16(t[step, i] - x[step, i]) == theirs[edit.cut_parent[k], i]
            gone = t[step, i] != _TOP and rests
            room.lost[step, i] = _TWO if gone else room.lost[step, i]


@njit
def _clear(room: Scratch, well: bool) -> None:  # noqa: FBT001 - a kernel takes plain arguments
    """Make the scratch ready for another tile; all of it unless forgetting came to its end."""
    if not well:
        room.pending[:] = 0
        room.lost[:] = 0
        room.kept[:] = 0
        return
    for step in range(room.kept.size):
        if room.kept[step] == 1:
            room.lost[step, :] = 0
            room.kept[step] = 0
