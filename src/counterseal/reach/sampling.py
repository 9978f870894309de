"""Local times: X(v) of a step in the trials of one tile, in ticks.

A tile is a run of lanes of one outer draw. Lanes in which a cause fails or the step never works
are dropped first; the others make attempts until one goes undetected or patience ends. Whether
a number is needed never moves another: each has its own counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.draws import fill_uniforms, uniform
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
    "SEEN_BY_LOADING",
    "UNSEEN",
    "detected_at_once",
    "sample_tiles",
]

NEVER = np.uint16(65535)
"""The tick of what does not happen within the horizon."""

SEEN_BY_LOADING = 0.5
"""Correlation of a detection's normal score with the factor it shares (Gaussian copula).

Elicited, not measured: two detections by one defender then correlate 0.25 in normal score, one
by a fully shared skill would 1. The factor's sign is such that high is a skilled defender.
"""

_SEEN_REST = 0.8660254037844386  # sqrt(1 - SEEN_BY_LOADING**2)
_POINT, _EXPONENTIAL, _WEIBULL, _GAMMA = 0, 1, 2, 3
_SCALE, _SHAPE, _SUCCESS = 0, 1, 2
UNSEEN = 3
"""Position of the chance of an unseen attempt among the roles of a step."""
_LAST = 65535.0
_LEAST_SHAPE = 1e-3  # no Weibull or gamma distribution is more extreme than this


class Numbers(NamedTuple):
    """One step in one outer draw.

    Attributes:
        family: Code of its family of times.
        scored: Whether its times share a factor, with ``loading`` and ``rest``.
        scale, shape: Of its times.
        unseen: Chance that an attempt goes undetected.
        copula: Whether detections share a factor; ``limit`` is then a normal score.
        reentry: Days lost after a detected attempt.
        tick_days: Length of a tick.
    """

    family: int
    scored: bool
    loading: float
    rest: float
    scale: float
    shape: float
    unseen: float
    copula: bool
    limit: float
    reentry: float
    tick_days: float


class Room(NamedTuple):
    """Scratch of one tile; the open lanes are in front, in order.

    Attributes:
        lanes: Lane numbers of the outer draw.
        local: Their positions in the tile.
        time, seen, total: Of the attempt under way, and days spent before it.
        tail, where: For quantiles.
    """

    lanes: NDArray[np.uint32]
    local: NDArray[np.int64]
    time: NDArray[np.float64]
    seen: NDArray[np.float64]
    total: NDArray[np.float64]
    tail: NDArray[np.float64]
    where: NDArray[np.int64]


@njit
def sample_tiles(
    plan: Plan,
    table: NDArray[np.float64],
    rows: NDArray[np.int64],
    first: int,
    out: NDArray[np.uint16],
) -> None:
    """Write X of the steps at ``rows`` in the tiles from ``first`` on to ``out``.

    Args:
        plan: What the sampler knows.
        table: Product values; shape (products, outer).
        rows: Positions of steps.
        first: Number of the first tile.
        out: Shape (tiles, rows, width).
    """
    width = plan.width
    room = Room(
        np.empty(width, dtype=np.uint32),
        np.empty(width, dtype=np.int64),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width),
        np.empty(width, dtype=np.int64),
    )
    for slot in range(out.shape[0]):
        start = ((first + slot) % plan.tiles) * width
        for k in range(rows.size):
            for i in range(width):
                room.lanes[i] = start + i
                room.local[i] = i
                out[slot, k, i] = NEVER
            _sample(plan, table, rows[k], first + slot, room, out[slot, k])


@njit
def _sample(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    tile: int,
    room: Room,
    out: NDArray[np.uint16],
) -> None:
    """Write X of one step to ``out``, which is all ``NEVER``."""
    outer = tile // plan.tiles
    count = room.lanes.size
    if plan.need_row[step] < plan.need_row[step + 1]:
        count = _with_causes(plan, table, step, outer, room)
    p = table[plan.roles[_SUCCESS, step], outer]
    if p < 1.0 and count > 0:
        count = _working(plan.keys[step], p, outer, room, count)
    if count == 0:
        return
    numbers = _numbers(plan, table, step, outer)
    if numbers.family == _POINT and numbers.unseen >= 1.0:
        for i in range(count):
            out[room.local[i]] = _tick(numbers.scale, plan.tick_days)
        return
    here = slice(tile * plan.width, (tile + 1) * plan.width)
    skill = plan.latents[max(plan.latent[step], 0), here]
    guard = plan.latents[max(plan.seen_by[step], 0), here]
    for i in range(count):
        room.total[i] = 0.0
    for attempt in range(plan.attempts):
        fill_uniforms(
            plan.keys[step], outer, room.lanes, count, attempt + 1, room.time, room.seen
        )
        _times(numbers, count, room.time, room.local, skill, room.tail, room.where)
        _detections(numbers, count, room.seen, room.local, guard, room.tail, room.where)
        count = _ended(
            numbers, count, room.lanes, room.local, room.time, room.seen, room.total, out
        )
        if count == 0:
            return


@njit
def _numbers(plan: Plan, table: NDArray[np.float64], step: int, outer: int) -> Numbers:
    """Return what one step is in one outer draw."""
    unseen = table[plan.roles[UNSEEN, step], outer]
    copula = plan.seen_by[step] >= 0 and unseen < 1.0
    return Numbers(
        int(plan.family[step]),
        plan.latent[step] >= 0,
        plan.loading[step],
        np.sqrt(1.0 - plan.loading[step] * plan.loading[step]),
        table[plan.roles[_SCALE, step], outer],
        table[plan.roles[_SHAPE, step], outer],
        unseen,
        copula,
        normal_quantile(unseen) if copula else unseen,
        table[plan.reentry, outer],
        plan.tick_days,
    )


@njit
def _with_causes(
    plan: Plan, table: NDArray[np.float64], step: int, outer: int, room: Room
) -> int:
    """Keep the lanes in which every cause holds, in front; return how many they are."""
    count = room.lanes.size
    for j in range(plan.need_row[step], plan.need_row[step + 1]):
        cause = plan.need[j]
        key = plan.cause_keys[cause]
        p = table[plan.cause_rows[cause], outer]
        if p >= 1.0:
            continue
        if plan.cause_level[cause] == 1:
            u, _ = uniform(key, outer, 0, 0)
            count = count if u < p else 0
        else:
            count = _working(key, p, outer, room, count)
    return count


@njit
def _working(key: NDArray[np.uint32], p: float, outer: int, room: Room, count: int) -> int:
    """Keep the lanes in which an event of probability ``p`` happens; return how many."""
    if p >= 1.0:
        return count
    fill_uniforms(key, outer, room.lanes, count, 0, room.time, room.seen)
    lanes, local, chance = room.lanes, room.local, room.time
    kept = 0
    for i in range(count):
        lanes[kept] = lanes[i]
        local[kept] = local[i]
        kept += 1 if chance[i] < p else 0
    return kept


@njit
def _ended(  # noqa: PLR0917 - a kernel takes plain arguments
    numbers: Numbers,
    count: int,
    lanes: NDArray[np.uint32],
    local: NDArray[np.int64],
    time: NDArray[np.float64],
    seen: NDArray[np.float64],
    total: NDArray[np.float64],
    out: NDArray[np.uint16],
) -> int:
    """End one attempt in each open lane; keep the detected in front and return how many."""
    kept = 0
    for i in range(count):
        days = total[i] + time[i]
        if numbers.unseen >= 1.0 or seen[i] < numbers.limit:
            out[local[i]] = _tick(days, numbers.tick_days)
        else:
            total[kept] = days + numbers.reentry
            lanes[kept] = lanes[i]
            local[kept] = local[i]
            kept += 1
    return kept


@njit
def detected_at_once(
    plan: Plan, table: NDArray[np.float64], step: int, tile: int, lane: int
) -> bool:
    """Return whether the first attempt at ``step`` was detected, at a lane of a tile."""
    outer = tile // plan.tiles
    unseen = table[plan.roles[UNSEEN, step], outer]
    if unseen >= 1.0:
        return False
    start = (tile % plan.tiles) * plan.width
    _, seen = uniform(plan.keys[step], outer, start + lane, 1)
    if plan.seen_by[step] < 0:
        return seen >= unseen  # type: ignore[no-any-return]
    shared = plan.latents[plan.seen_by[step], tile * plan.width + lane]
    score = _SEEN_REST * normal_quantile(seen) + SEEN_BY_LOADING * shared
    return score >= normal_quantile(unseen)  # type: ignore[no-any-return]


@njit
def _tick(days: float, tick_days: float) -> np.uint16:
    """Round half up; 65535 stands for everything beyond the horizon."""
    ticks = days / tick_days + 0.5
    return np.uint16(ticks) if ticks < _LAST else NEVER


@njit
def _detections(  # noqa: PLR0917 - a kernel takes plain arguments
    numbers: Numbers,
    count: int,
    seen: NDArray[np.float64],
    local: NDArray[np.int64],
    guard: NDArray[np.float64],
    tail: NDArray[np.float64],
    where: NDArray[np.int64],
) -> None:
    """Turn uniforms into normal scores that share the defender's factor, if there is one."""
    if not numbers.copula:
        return
    normal_quantiles(seen, count, tail, where)
    for i in range(count):
        seen[i] = _SEEN_REST * seen[i] + SEEN_BY_LOADING * guard[local[i]]


@njit
def _times(  # noqa: PLR0917 - a kernel takes plain arguments
    numbers: Numbers,
    count: int,
    time: NDArray[np.float64],
    local: NDArray[np.int64],
    skill: NDArray[np.float64],
    tail: NDArray[np.float64],
    where: NDArray[np.int64],
) -> None:
    """Turn uniforms into days of one attempt, as the step's family says."""
    scale, family, scored = numbers.scale, numbers.family, numbers.scored
    if family == _POINT:
        for i in range(count):
            time[i] = scale
        return
    if scored or family > _GAMMA:
        normal_quantiles(time, count, tail, where)
    if scored:
        for i in range(count):
            time[i] = numbers.rest * time[i] + numbers.loading * skill[local[i]]
    if family > _GAMMA:
        for i in range(count):
            time[i] = scale * exp(numbers.shape * time[i])
        return
    shape = max(numbers.shape, _LEAST_SHAPE)
    for i in range(count):
        above = normal_cdf(-time[i]) if scored else 1.0 - time[i]
        below = normal_cdf(time[i]) if scored else time[i]
        time[i] = scale * _standard(family, shape, below, above)


@njit
def _standard(family: int, shape: float, head: float, tail: float) -> float:
    """Return the quantile of a family of scale 1 where ``head`` is below and ``tail`` above."""
    if family == _GAMMA:
        return gamma_quantile(shape, head, tail)
    spent = -log(tail)
    if family == _WEIBULL:
        return exp(log(max(spent, 1e-300)) / shape)
    return spent
