"""Local times: X(v) of a step in the trials of one tile, in ticks.

A tile is a run of lanes of one outer draw. Lanes in which a cause fails or the step never works
are dropped first; the others make attempts until one goes undetected or patience ends. Whether
a number is needed never moves another: each has its own counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.draws import Stream, fill_uniforms, keys, uniform
from counterseal.reach.program import FAMILY_CODES, level_code
from counterseal.reach.special import (
    exp,
    gamma_quantile,
    log,
    njit,
    normal_cdf,
    normal_quantile,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Program

__all__ = [
    "NEVER",
    "SEEN_BY_LOADING",
    "UNSEEN",
    "Plan",
    "detected_at_once",
    "fill_latents",
    "plan",
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


class Plan(NamedTuple):
    """What the sampler knows about every step; see ``Program`` for rows and positions.

    Attributes:
        keys: Random stream of each step; shape (steps, 3).
        family: Code of each step's family of times.
        roles: Product rows; shape (4, steps).
        latent: Position of the factor shared by times, -1 for none.
        loading: Its loading.
        seen_by: Position of the factor shared by detections, -1 for none.
        need_row: Where each step's causes start in ``need``; shape (steps + 1,).
        need: Positions of causes.
        cause_keys: Random stream of each cause; shape (causes, 3).
        cause_rows: Product row of each cause's probability.
        cause_level: 1 when drawn once per outer draw.
        latents: Normal scores of the factors; shape (factors, tiles * width).
        reentry: Product row of the re-entry delay.
        attempts: Attempts before giving up.
        tick_days: Length of a tick.
        tiles: Tiles of each outer draw.
        width: Lanes of a tile.
    """

    keys: NDArray[np.uint32]
    family: NDArray[np.int8]
    roles: NDArray[np.int32]
    latent: NDArray[np.int32]
    loading: NDArray[np.float64]
    seen_by: NDArray[np.int32]
    need_row: NDArray[np.int32]
    need: NDArray[np.int32]
    cause_keys: NDArray[np.uint32]
    cause_rows: NDArray[np.int32]
    cause_level: NDArray[np.uint8]
    latents: NDArray[np.float64]
    reentry: int
    attempts: int
    tick_days: float
    tiles: int
    width: int


def plan(program: Program, *, seed: int, outer: int, tiles: int, width: int) -> Plan:
    """Return the plan of ``program`` with its latent factors drawn."""
    steps, graph = program.steps, program.graph
    position = {name: row for row, name in enumerate(program.latents)}
    latents = np.empty((len(program.latents), outer * tiles * width))
    fill_latents(keys(Stream.LATENT, program.latents, seed=seed), tiles * width, latents)
    levels = [level_code(graph.causes[cause].level) for cause in program.causes]
    return Plan(
        keys=keys(Stream.STEP, (step.id for step in steps), seed=seed),
        family=np.array([FAMILY_CODES[step.time.family] for step in steps], dtype=np.int8),
        roles=program.roles,
        latent=np.array([position.get(s.time.latent, -1) for s in steps], dtype=np.int32),
        loading=np.array([step.time.loading for step in steps], dtype=np.float64),
        seen_by=np.array([position.get(step.seen_by, -1) for step in steps], dtype=np.int32),
        need_row=np.cumsum([0, *(len(n) for n in program.needs)]).astype(np.int32),
        need=np.array([cause for need in program.needs for cause in need], dtype=np.int32),
        cause_keys=keys(Stream.CAUSE, program.causes, seed=seed),
        cause_rows=program.cause_rows,
        cause_level=np.array(levels, dtype=np.uint8),
        latents=latents,
        reentry=program.reentry,
        attempts=graph.max_attempts,
        tick_days=graph.horizon_days / 65534,
        tiles=tiles,
        width=width,
    )


@njit
def fill_latents(key: NDArray[np.uint32], lanes: int, out: NDArray[np.float64]) -> None:
    """Write the normal score of every factor (row) in every trial (column)."""
    for row in range(out.shape[0]):
        for trial in range(out.shape[1]):
            u, _ = uniform(key[row], trial // lanes, trial % lanes, 0)
            out[row, trial] = normal_quantile(u)


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
    lanes = np.empty(width, dtype=np.uint32)
    local = np.empty(width, dtype=np.int64)
    work = np.empty((3, width))
    for slot in range(out.shape[0]):
        start = ((first + slot) % plan.tiles) * width
        for k in range(rows.size):
            for i in range(width):
                lanes[i] = start + i
                local[i] = i
                out[slot, k, i] = NEVER
            _sample(plan, table, rows[k], first + slot, lanes, local, work, out[slot, k])


@njit
def _sample(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    tile: int,
    lanes: NDArray[np.uint32],
    local: NDArray[np.int64],
    work: NDArray[np.float64],
    out: NDArray[np.uint16],
) -> None:
    """Write X of one step to ``out``, which is all ``NEVER``."""
    outer = tile // plan.tiles
    count = _with_causes(plan, table, step, outer, lanes, local)
    if count > 0:
        p = table[plan.roles[_SUCCESS, step], outer]
        count = _working(plan.keys[step], p, outer, lanes, local, count)
    total = work[2]
    for i in range(count):
        total[i] = 0.0
    for attempt in range(plan.attempts):
        if count > 0:
            count = _attempt(plan, table, step, tile, attempt, lanes, local, count, work, out)


@njit
def _with_causes(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    outer: int,
    lanes: NDArray[np.uint32],
    local: NDArray[np.int64],
) -> int:
    """Keep the lanes in which every cause holds, in front; return how many they are."""
    count = lanes.size
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
            count = _working(key, p, outer, lanes, local, count)
    return count


@njit
def _working(  # noqa: PLR0917 - a kernel takes plain arguments
    key: NDArray[np.uint32],
    p: float,
    outer: int,
    lanes: NDArray[np.uint32],
    local: NDArray[np.int64],
    count: int,
) -> int:
    """Keep the lanes in which an event of probability ``p`` happens; return how many."""
    if p >= 1.0:
        return count
    kept = 0
    for i in range(count):
        u, _ = uniform(key, outer, lanes[i], 0)
        lanes[kept] = lanes[i]
        local[kept] = local[i]
        kept += 1 if u < p else 0
    return kept


@njit
def _attempt(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    tile: int,
    attempt: int,
    lanes: NDArray[np.uint32],
    local: NDArray[np.int64],
    count: int,
    work: NDArray[np.float64],
    out: NDArray[np.uint16],
) -> int:
    """Make one attempt in each open lane; keep the detected in front and return how many."""
    outer = tile // plan.tiles
    first = tile * plan.width
    unseen = table[plan.roles[UNSEEN, step], outer]
    time, seen, total = work[0], work[1], work[2]
    if plan.family[step] != _POINT or unseen < 1.0:
        fill_uniforms(plan.keys[step], outer, lanes, count, attempt + 1, time, seen)
    _times(plan, table, step, outer, first, local, count, time)
    limit = unseen
    if unseen < 1.0 and plan.seen_by[step] >= 0:
        limit = normal_quantile(unseen)
        _detections(plan, step, first, local, count, seen)
    reentry = table[plan.reentry, outer]
    kept = 0
    for i in range(count):
        days = total[i] + time[i]
        if unseen >= 1.0 or seen[i] < limit:
            out[local[i]] = _tick(days, plan.tick_days)
        else:
            total[kept] = days + reentry
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
    plan: Plan,
    step: int,
    first: int,
    local: NDArray[np.int64],
    count: int,
    seen: NDArray[np.float64],
) -> None:
    """Turn uniforms into normal scores that share the defender's factor."""
    shared = plan.latents[plan.seen_by[step]]
    for i in range(count):
        own = normal_quantile(seen[i])
        seen[i] = _SEEN_REST * own + SEEN_BY_LOADING * shared[first + local[i]]


@njit
def _times(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: int,
    outer: int,
    first: int,
    local: NDArray[np.int64],
    count: int,
    time: NDArray[np.float64],
) -> None:
    """Turn uniforms into days of one attempt, as the step's family says."""
    scale = table[plan.roles[_SCALE, step], outer]
    shape = max(table[plan.roles[_SHAPE, step], outer], _LEAST_SHAPE)
    family = plan.family[step]
    if family == _POINT:
        for i in range(count):
            time[i] = scale
        return
    if plan.latent[step] >= 0 or family > _GAMMA:
        _scores(plan, step, first, local, count, time)
    if family > _GAMMA:
        sigma = table[plan.roles[_SHAPE, step], outer]
        for i in range(count):
            time[i] = scale * exp(sigma * time[i])
        return
    scored = plan.latent[step] >= 0
    for i in range(count):
        tail = normal_cdf(-time[i]) if scored else 1.0 - time[i]
        head = normal_cdf(time[i]) if scored else time[i]
        time[i] = scale * _standard(family, shape, head, tail)


@njit
def _scores(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    step: int,
    first: int,
    local: NDArray[np.int64],
    count: int,
    time: NDArray[np.float64],
) -> None:
    """Turn uniforms into normal scores that share the step's latent factor."""
    for i in range(count):
        time[i] = normal_quantile(time[i])
    if plan.latent[step] < 0:
        return
    shared = plan.latents[plan.latent[step]]
    loading = plan.loading[step]
    rest = np.sqrt(1.0 - loading * loading)
    for i in range(count):
        time[i] = rest * time[i] + loading * shared[first + local[i]]


@njit
def _standard(family: int, shape: float, head: float, tail: float) -> float:
    """Return the quantile of a family of scale 1 where ``head`` is below and ``tail`` above."""
    if family == _GAMMA:
        return gamma_quantile(shape, head, tail)
    spent = -log(tail)
    if family == _WEIBULL:
        return exp(log(max(spent, 1e-300)) / shape)
    return spent
