"""Attempts at a step in the open lanes of a tile: how long each takes, and whether it is seen.

The lanes of a tile belong to one or several outer draws, so the numbers of a step are looked up
lane by lane and the loops stay long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.draws import fill_uniforms, uniform
from counterseal.reach.kernels.bending import SEEN, TIME, bend
from counterseal.reach.special import (
    exp,
    gamma_quantile,
    log,
    njit,
    normal_cdf,
    normal_quantile,
    normal_quantiles,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.plan import Plan

__all__ = [
    "NEVER",
    "POINT",
    "SCALE",
    "SEEN_BY_LOADING",
    "SUCCESS",
    "UNSEEN",
    "Here",
    "Room",
    "detected_at_once",
    "move",
    "succeed",
    "tick",
]

NEVER = np.uint16(65535)
"""The tick of what does not happen within the horizon."""

SEEN_BY_LOADING = 0.5
"""Correlation of a detection's normal score with the factor it shares (Gaussian copula).

Elicited, not measured: two detections by one defender then correlate 0.25 in normal score, one
by a fully shared skill would 1. The factor's sign is such that high is a skilled defender.
"""

SCALE, _SHAPE, SUCCESS, UNSEEN = 0, 1, 2, 3
"""Positions among the roles of a step; the last is the chance of an unseen attempt."""

POINT = 0
"""Code of the family of times that are the same in every trial of a draw."""

_WEIBULL, _GAMMA = 2, 3
_SEEN_REST = 0.8660254037844386  # sqrt(1 - SEEN_BY_LOADING**2)
_LAST = 65535.0
_LEAST_SHAPE = 1e-3  # no Weibull or gamma distribution is more extreme than this


class Room(NamedTuple):
    """Scratch of one tile; the open lanes are in front, in order.

    Attributes:
        at_draw, at_lane: Outer draw and lane number of every place in the tile.
        known: In which lanes each cause holds: 0 unknown, or all, some, none; shape (causes,).
        holds: 1 where it does, if in some; shape (causes, width).
        draws, lanes: Of the open lanes.
        local: Their places.
        time, seen, total: Of the attempt under way, and days spent before it.
        scale, shape, limit: Of the step, in each open lane; what is below the limit is unseen.
        tail, where: For quantiles.
        one: Of each outer draw in the tile.
    """

    at_draw: NDArray[np.uint32]
    at_lane: NDArray[np.uint32]
    known: NDArray[np.uint8]
    holds: NDArray[np.uint8]
    draws: NDArray[np.uint32]
    lanes: NDArray[np.uint32]
    local: NDArray[np.int64]
    time: NDArray[np.float64]
    seen: NDArray[np.float64]
    total: NDArray[np.float64]
    scale: NDArray[np.float64]
    shape: NDArray[np.float64]
    limit: NDArray[np.float64]
    tail: NDArray[np.float64]
    where: NDArray[np.int64]
    one: NDArray[np.float64]


class Here(NamedTuple):
    """Where in the draws one tile lies.

    Attributes:
        low, high: Its first outer draw, and the one after its last.
        lanes: Lanes of each draw.
        real: Lanes that are in use.
        column: Where its lanes start among the columns of the factors.
    """

    low: int
    high: int
    lanes: int
    real: int
    column: int


@njit
def succeed(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    here: Here,
    room: Room,
    count: int,
    blind: bool,  # noqa: FBT001 - as above
    out: NDArray[np.uint16],
) -> None:
    """Write the days of the open lanes to ``out``, in ticks; ``blind``: no attempt is seen."""
    if blind:
        _attempt(plan, table, step, here, room, count, 0)
        _end(count, room.local, room.time, plan.tick_days, out)
    else:
        _persevere(plan, table, step, here, room, count, out)


@njit
def move(room: Room, i: int, kept: int) -> None:
    """Put open lane ``i`` at ``kept``, which is not after it."""
    room.draws[kept] = room.draws[i]
    room.lanes[kept] = room.lanes[i]
    room.local[kept] = room.local[i]


@njit
def _end(
    count: int,
    local: NDArray[np.int64],
    time: NDArray[np.float64],
    tick_days: float,
    out: NDArray[np.uint16],
) -> None:
    """Write the days of the open lanes, in ticks."""
    if local[count - 1] == count - 1:
        for i in range(count):
            out[i] = tick(time[i], tick_days)
        return
    for i in range(count):
        out[local[i]] = tick(time[i], tick_days)


@njit
def _persevere(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    here: Here,
    room: Room,
    count: int,
    out: NDArray[np.uint16],
) -> None:
    """Make attempts in the open lanes until each goes undetected or patience ends."""
    for i in range(count):
        room.total[i] = 0.0
    shared = plan.seen_by[step] >= 0
    unseen = table[plan.roles[UNSEEN, step]]
    for draw in range(here.low, here.high):
        sure = unseen[draw] >= 1.0 or not shared
        room.one[draw - here.low] = unseen[draw] if sure else normal_quantile(unseen[draw])
    for attempt in range(plan.attempts):
        _attempt(plan, table, step, here, room, count, attempt)
        if shared:
            _detections(plan.latents[plan.seen_by[step]], here, room, count)
        for i in range(count):
            room.limit[i] = room.one[room.draws[i] - here.low]
        count = _undetected(plan, table, room, count, unseen, out)
        if count == 0:
            return


@njit
def _undetected(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    room: Room,
    count: int,
    unseen: NDArray[np.float64],
    out: NDArray[np.uint16],
) -> int:
    """End one attempt in each open lane; keep the detected in front and return how many."""
    reentry = table[plan.reentry]
    kept = 0
    for i in range(count):
        days = room.total[i] + room.time[i]
        draw = room.draws[i]
        if room.seen[i] < room.limit[i] or unseen[draw] >= 1.0:
            out[room.local[i]] = tick(days, plan.tick_days)
        else:
            room.total[kept] = days + reentry[draw]
            move(room, i, kept)
            kept += 1
    return kept


@njit
def tick(days: float, tick_days: float) -> np.uint16:
    """Round half up; 65535 stands for everything beyond the horizon."""
    ticks = days / tick_days + 0.5
    return np.uint16(ticks) if ticks < _LAST else NEVER


@njit
def _detections(factor: NDArray[np.float64], here: Here, room: Room, count: int) -> None:
    """Turn uniforms into normal scores that share the defender's factor."""
    seen, local = room.seen, room.local
    normal_quantiles(seen, count, room.tail, room.where)
    for i in range(count):
        guard = factor[here.column + local[i]]
        seen[i] = _SEEN_REST * seen[i] + SEEN_BY_LOADING * guard


@njit
def _attempt(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    here: Here,
    room: Room,
    count: int,
    attempt: int,
) -> None:
    """Draw the days of an attempt, and the uniform that says whether it is seen."""
    draws, time, scale, shape = room.draws, room.time, room.scale, room.shape
    scales, shapes = table[plan.roles[SCALE, step]], table[plan.roles[_SHAPE, step]]
    fill_uniforms(plan.keys[step], draws, room.lanes, count, attempt + 1, time, room.seen)
    if attempt == 0:
        unseen = table[plan.roles[UNSEEN, step]]
        bend(plan.bends, TIME, step, scales, draws, room.lanes, count, time)
        bend(plan.bends, SEEN, step, unseen, draws, room.lanes, count, room.seen)
    if plan.family[step] == POINT:
        for i in range(count):
            time[i] = scales[draws[i]]
        return
    for i in range(count):
        scale[i] = scales[draws[i]]
        shape[i] = shapes[draws[i]]
    scored = plan.latent[step] >= 0
    if scored or plan.family[step] > _GAMMA:
        normal_quantiles(time, count, room.tail, room.where)
    if scored:
        loading = plan.loading[step]
        rest = np.sqrt(1.0 - loading * loading)
        skill, local = plan.latents[plan.latent[step]], room.local
        for i in range(count):
            time[i] = rest * time[i] + loading * skill[here.column + local[i]]
    _times(int(plan.family[step]), scored, count, time, scale, shape)


@njit
def _times(  # noqa: PLR0917 - a kernel takes plain arguments
    family: int,
    scored: bool,  # noqa: FBT001 - a kernel takes plain arguments
    count: int,
    time: NDArray[np.float64],
    scale: NDArray[np.float64],
    shape: NDArray[np.float64],
) -> None:
    """Turn uniforms or normal scores into days, as the step's family says."""
    if family > _GAMMA:
        for i in range(count):
            time[i] = scale[i] * exp(shape[i] * time[i])
        return
    for i in range(count):
        above = normal_cdf(-time[i]) if scored else 1.0 - time[i]
        below = normal_cdf(time[i]) if scored else time[i]
        time[i] = scale[i] * _standard(family, max(shape[i], _LEAST_SHAPE), below, above)


@njit
def _standard(family: int, shape: float, head: float, tail: float) -> float:
    """Return the quantile of a family of scale 1 where ``head`` is below and ``tail`` above."""
    if family == _GAMMA:
        return gamma_quantile(shape, head, tail)
    spent = -log(tail)
    if family == _WEIBULL:
        return exp(log(max(spent, 1e-300)) / shape)
    return spent


@njit
def detected_at_once(
    plan: Plan, table: NDArray[np.float64], step: int, tile: int, place: int
) -> bool:
    """Return whether the first attempt at ``step`` was detected, at a place of a tile."""
    layout = plan.layout
    draw = tile // layout.parts * layout.draws + place // layout.lanes
    lane = tile % layout.parts * layout.lanes + place % layout.lanes
    unseen = table[plan.roles[UNSEEN, step], draw]
    if unseen >= 1.0:
        return False
    _, seen = uniform(plan.keys[step], draw, lane, 1)
    if plan.seen_by[step] < 0:
        return seen >= unseen  # type: ignore[no-any-return]
    shared = plan.latents[plan.seen_by[step], tile * layout.draws * layout.lanes + place]
    score = _SEEN_REST * normal_quantile(seen) + SEEN_BY_LOADING * shared
    return score >= normal_quantile(unseen)  # type: ignore[no-any-return]
