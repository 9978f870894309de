"""What the sampler of local times knows about every step, before a number is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.draws import Stream, keys, uniform
from counterseal.reach.kernels.bending import STRAIGHT
from counterseal.reach.special import njit, normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.kernels.bending import Bends
    from counterseal.reach.program import Program
    from counterseal.reach.tiling import Tiling

__all__ = ["Plan", "fill_latents", "plan"]


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
        layout: How trials lie in tiles.
        bends: Which numbers are bent towards rare events; none in an ordinary run.
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
    layout: Tiling
    bends: Bends | tuple[()]


def plan(
    program: Program,
    *,
    seed: int,
    layout: Tiling,
    known: tuple[Program, Plan] | None = None,
) -> Plan:
    """Return the plan of ``program`` with its latent factors drawn.

    Args:
        program: The steps.
        seed: Of all numbers.
        layout: How trials lie in tiles.
        known: A program and its plan of the same seed, to take keys from.
    """
    latents = np.zeros((max(1, len(program.latents)), layout.tiles * layout.width))
    stream = keys(Stream.LATENT, program.latents, seed=seed)
    fill_latents(stream, layout, latents[: len(program.latents)])
    return Plan(
        keys=_step_keys(program, known, seed=seed),
        family=program.families,
        roles=program.roles,
        latent=program.latent,
        loading=program.loading,
        seen_by=program.seen_by,
        need_row=program.need_row,
        need=program.need,
        cause_keys=_cause_keys(program, known, seed=seed),
        cause_rows=program.cause_rows,
        cause_level=program.cause_level,
        latents=latents,
        reentry=program.reentry,
        attempts=program.graph.max_attempts,
        tick_days=program.graph.horizon_days / 65534,
        layout=layout,
        bends=STRAIGHT,
    )


def _step_keys(
    program: Program, known: tuple[Program, Plan] | None, *, seed: int
) -> NDArray[np.uint32]:
    """Return the key of each step; those of ``known`` need not be worked out again."""
    if known is None or not known[0].names:
        return keys(Stream.STEP, program.names, seed=seed)
    other, its = known
    if other is program:
        return its.keys
    place = other.index
    theirs = np.array([place.get(name, -1) for name in program.names], dtype=np.int64)
    new = np.flatnonzero(theirs < 0)
    out: NDArray[np.uint32] = its.keys[theirs]
    out[new] = keys(Stream.STEP, [program.names[row] for row in new.tolist()], seed=seed)
    return out


def _cause_keys(
    program: Program, known: tuple[Program, Plan] | None, *, seed: int
) -> NDArray[np.uint32]:
    """Return the key of each cause; those of ``known``, if it has the same, are at hand."""
    if known is not None and known[0].causes == program.causes:
        return known[1].cause_keys
    return keys(Stream.CAUSE, program.causes, seed=seed)


@njit
def fill_latents(key: NDArray[np.uint32], layout: Tiling, out: NDArray[np.float64]) -> None:
    """Write the normal score of every factor (row) in every lane of every tile (column)."""
    width = layout.draws * layout.lanes
    for column in range(out.shape[1]):
        tile, place = column // width, column % width
        draw = tile // layout.parts * layout.draws + place // layout.lanes
        lane = tile % layout.parts * layout.lanes + place % layout.lanes
        for row in range(out.shape[0]):
            u, _ = uniform(key[row], draw, lane, 0)
            out[row, column] = normal_quantile(u)
