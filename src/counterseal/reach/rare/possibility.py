"""Whether a target can be reached at all: by structure and clock alone, luck granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.attackgraph.model import ParameterFamily
from counterseal.reach.draws import Draws
from counterseal.reach.engine import Engine
from counterseal.reach.kernels.attempts import NEVER, POINT, SCALE, SUCCESS, UNSEEN
from counterseal.reach.sweep import settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.program import Program

__all__ = ["why_impossible"]


def why_impossible(program: Program, *, horizon_days: float) -> str | None:
    """Return why the one target of ``program`` cannot be reached in time; ``None`` if it can.

    What is uncertain is taken to go the adversary's way: a random time is 0, and so is a time
    that rests on a fact that is not known. So ``None`` is no promise.
    """
    if program.target_rows[0] < 0:
        return "no entry leads to it, even if every step works and every cause holds"
    engine = Engine(
        program.graph,
        draws=Draws(seed=0, outer=1, lanes=1),
        workers=1,
        targets=program.targets,
        memory_bytes=0,
        program=program,
    )
    scale, success, unseen = (
        _known(engine, program.roles[r]) for r in (SCALE, SUCCESS, UNSEEN)
    )
    never = (success <= 0.0) | (unseen <= 0.0)
    failing = _known(engine, program.cause_rows) <= 0.0
    never |= np.array([failing[list(needs)].any() for needs in program.needs], dtype=np.bool_)
    least = np.where((program.families == POINT) & ~np.isnan(scale), scale, 0.0)
    if not _reached(engine, never, np.zeros_like(least), program.graph.horizon_days):
        return "every way to it needs a step or a cause whose probability is 0"
    if not _reached(engine, never, least, horizon_days):
        return f"every way to it takes longer than the horizon of {horizon_days:g} days"
    return None


def _known(engine: Engine, rows: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the products that rest on nothing uncertain; not a number for the others."""
    program = engine.program
    fixed = np.array([_fixed(program, value) for value in program.values], dtype=np.bool_)
    powers = np.diff(program.products.row)
    product = np.repeat(np.arange(powers.size), powers)
    loose = product[~(fixed[program.products.base] & fixed[program.products.exponent])]
    values = engine.table[:, 0].copy()
    values[loose] = np.nan
    found: NDArray[np.float64] = values[rows]
    return found


def _fixed(program: Program, value: str | float) -> bool:
    if not isinstance(value, str):
        return True
    return program.graph.parameters[value].family is ParameterFamily.POINT


def _reached(
    engine: Engine,
    never: NDArray[np.bool_],
    days: NDArray[np.float64],
    horizon_days: float,
) -> bool:
    """Return whether the target is reached in time when every step takes ``days``."""
    ticks = np.floor(days / engine.tick_days + 0.5)
    ticks[never | (ticks >= NEVER)] = NEVER
    x = ticks.astype(np.uint16).reshape(1, -1, 1)
    t = np.empty_like(x)
    settle(engine.program.links, x, t)
    limit = min(np.floor(horizon_days / engine.tick_days + 0.5), NEVER - 1)
    return bool(t[0, engine.program.target_rows[0], 0] <= limit)
