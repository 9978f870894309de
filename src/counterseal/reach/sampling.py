"""Local times: X(v) of a step in the trials of one tile, in ticks.

A tile holds lanes of one or several outer draws, so the numbers of a step are looked up lane by
lane and the loops stay long. Lanes in which a cause fails or the step never works are dropped
first; the others make attempts until one goes undetected or patience ends. Whether a number is
needed never moves another: each has its own counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.draws import fill_uniforms, uniform
from counterseal.reach.kernels.attempts import (
    NEVER,
    POINT,
    SCALE,
    SEEN_BY_LOADING,
    SUCCESS,
    UNSEEN,
    Here,
    Room,
    detected_at_once,
    move,
    succeed,
    tick,
)
from counterseal.reach.kernels.bending import CAUSE, WORKS, bend
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.plan import Plan
    from counterseal.reach.tiling import Tiling

__all__ = [
    "NEVER",
    "SEEN_BY_LOADING",
    "UNSEEN",
    "detected_at_once",
    "sample_tiles",
]

_ALL, _SOME, _NO = 1, 2, 3  # in how many lanes of a tile a cause holds
_LEAST_SHAPE = 1e-3  # no Weibull or gamma distribution is more extreme than this


@njit
def sample_tiles(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    rows: NDArray[np.int64],
    tiles: NDArray[np.int64],
    places: NDArray[np.int64],
    out: NDArray[np.uint16],
) -> None:
    """Write X of the steps at ``rows`` in some tiles to ``out``.

    Args:
        plan: What the sampler knows.
        table: Product values; shape (products, outer).
        rows: Positions of steps.
        tiles: Their numbers.
        places: The row of ``out`` of each step.
        out: Shape (len(tiles), any, width).
    """
    room = _room(plan)
    for slot in range(tiles.size):
        here = _enter(plan.layout, tiles[slot], room)
        for k in range(rows.size):
            row = out[slot, places[k]]
            for i in range(row.size):
                row[i] = NEVER
            _sample(plan, table, rows[k], here, room, row)


@njit
def _room(plan: Plan) -> Room:
    """Return scratch for tiles of a plan."""
    width = plan.layout.draws * plan.layout.lanes
    causes = plan.cause_rows.size
    return Room(
        np.empty(width, dtype=np.uint32),
        np.empty(width, dtype=np.uint32),
        np.empty(causes, dtype=np.uint8),
        np.empty((causes, width), dtype=np.uint8),
        np.empty(width, dtype=np.uint32),
        np.empty(width, dtype=np.uint32),
        np.empty(width, dtype=np.int64),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width, dtype=np.int64),
        np.empty(plan.layout.draws),
    )


@njit
def _enter(layout: Tiling, tile: int, room: Room) -> Here:
    """Prepare scratch for one tile."""
    low = tile // layout.parts * layout.draws
    high = min(low + layout.draws, layout.outer)
    start = tile % layout.parts * layout.lanes
    for i in range(room.at_draw.size):
        room.at_draw[i] = low + i // layout.lanes
        room.at_lane[i] = start + i % layout.lanes
    room.known[:] = 0
    column = tile * layout.draws * layout.lanes
    return Here(low, high, layout.lanes, (high - low) * layout.lanes, column)


@njit
def _sample(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    here: Here,
    room: Room,
    out: NDArray[np.uint16],
) -> None:
    """Write X of one step to ``out``, which is all ``NEVER``."""
    free = _causes(plan, table, step, here, room)
    if free == _NO:
        return
    success = table[plan.roles[SUCCESS, step]]
    certain = _least(success, here) >= 1.0
    blind = _least(table[plan.roles[UNSEEN, step]], here) >= 1.0
    if plan.family[step] == POINT and blind and certain and free == _ALL:
        _instant(plan, table[plan.roles[SCALE, step]], here, out)
        return
    count = _open(here, room)
    if free == _SOME:
        count = _with_causes(plan, step, room, count)
    if not certain:
        count = _working(plan, step, success, room, count)
    if count == 0:
        return
    succeed(plan, table, step, here, room, count, blind, out)


@njit
def _instant(
    plan: Plan, scale: NDArray[np.float64], here: Here, out: NDArray[np.uint16]
) -> None:
    """Write a time that is the same in all lanes of a draw."""
    for draw in range(here.low, here.high):
        same = tick(scale[draw], plan.tick_days)
        start = (draw - here.low) * here.lanes
        for i in range(start, start + here.lanes):
            out[i] = same


@njit
def _least(row: NDArray[np.float64], here: Here) -> float:
    """Return the least of a product in the draws of the tile."""
    least = row[here.low]
    for draw in range(here.low + 1, here.high):
        least = min(least, row[draw])
    return least  # type: ignore[no-any-return]


@njit
def _open(here: Here, room: Room) -> int:
    """Open every lane that is in use; return how many they are."""
    at_draw, at_lane, draws, lanes, local = (
        room.at_draw,
        room.at_lane,
        room.draws,
        room.lanes,
        room.local,
    )
    for i in range(here.real):
        draws[i] = at_draw[i]
        lanes[i] = at_lane[i]
        local[i] = i
    return here.real


@njit
def _causes(plan: Plan, table: NDArray[np.float64], step: int, here: Here, room: Room) -> int:
    """Return in how many lanes the causes of a step hold; draw those not drawn before."""
    found = _ALL
    for j in range(plan.need_row[step], plan.need_row[step + 1]):
        cause = plan.need[j]
        if room.known[cause] == 0:
            room.known[cause] = _cause(plan, table, cause, here, room)
        found = max(found, int(room.known[cause]))
    return found


@njit
def _cause(plan: Plan, table: NDArray[np.float64], cause: int, here: Here, room: Room) -> int:
    """Draw a cause in every lane of the tile; return in how many it holds."""
    chance = table[plan.cause_rows[cause]]
    if _least(chance, here) >= 1.0:
        return _ALL
    key, holds, time = plan.cause_keys[cause], room.holds[cause], room.time
    if plan.cause_level[cause] == 1:
        for draw in range(here.low, here.high):
            time[(draw - here.low) * here.lanes], _ = uniform(key, draw, 0, 0)
        for i in range(here.real):
            time[i] = time[i - i % here.lanes]
    else:
        fill_uniforms(key, room.at_draw, room.at_lane, here.real, 0, time, room.seen)
    bend(plan.bends, CAUSE, cause, chance, room.at_draw, room.at_lane, here.real, time)
    count = 0
    for i in range(here.real):
        holds[i] = 1 if time[i] < chance[room.at_draw[i]] else 0
        count += holds[i]
    if count == 0:
        return _NO
    return _ALL if count == here.real else _SOME


@njit
def _with_causes(plan: Plan, step: int, room: Room, count: int) -> int:
    """Keep the lanes in which every cause holds, in front; return how many they are."""
    for j in range(plan.need_row[step], plan.need_row[step + 1]):
        cause = plan.need[j]
        if room.known[cause] == _ALL:
            continue
        holds = room.holds[cause]
        kept = 0
        for i in range(count):
            move(room, i, kept)
            kept += holds[room.local[i]]
        count = kept
    return count


@njit
def _working(plan: Plan, step: int, chance: NDArray[np.float64], room: Room, count: int) -> int:
    """Keep the lanes in which a step works at all; return how many."""
    fill_uniforms(plan.keys[step], room.draws, room.lanes, count, 0, room.time, room.seen)
    bend(plan.bends, WORKS, step, chance, room.draws, room.lanes, count, room.time)
    draws, time = room.draws, room.time
    kept = 0
    for i in range(count):
        works = 1 if time[i] < chance[draws[i]] else 0
        move(room, i, kept)
        kept += works
    return kept
