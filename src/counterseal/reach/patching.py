"""Arrivals of a what-if, tile by tile or, where few trials can differ, those trials alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.kernels.narrowing import pack, stirred
from counterseal.reach.kernels.resettling import resettle, scratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.arrivals import State
    from counterseal.reach.program import Program

__all__ = ["patch"]

NARROW = 0.5
"""Share of the trials up to which those that can differ are taken out and done alone."""


def patch(  # noqa: PLR0917 - a kernel by another name
    program: Program,
    state: State,
    tiles: NDArray[np.int64],
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    spans: NDArray[np.int64],
    ticks: NDArray[np.uint16],
) -> bool:
    """Write the targets' arrivals with ``fresh`` as X of ``rows``; leave the state be.

    Args:
        program: The structure and the targets.
        state: Local times and arrivals before, of all tiles.
        tiles: The tiles in which anything may differ.
        rows: Positions of the steps whose X is new.
        fresh: Their X, shape (len(tiles), rows, width); not to be used afterwards.
        spans: First trial of each tile, and the one after its last; shape (all tiles, 2).
        ticks: Arrivals at the targets in every trial, those before; only what differs is
            written. Shape (targets, trials).

    Returns:
        Whether any arrival may differ.
    """
    targets, width = program.target_rows, state.x.shape[2]
    wanted = np.zeros(state.x.shape[1], np.uint8)
    wanted[targets[targets >= 0]] = 1
    marks = np.zeros((tiles.size, width), np.uint8)
    stirred(program.links, wanted, tiles, rows, fresh, state.x, state.t, marks)
    places = np.arange(width) < np.diff(spans[tiles], axis=1)
    slots, lanes = np.nonzero((marks != 0) & places)
    if lanes.size > NARROW * marks.size:
        room = scratch(state.x.shape[1], width)
        return resettle(
            program.links, tiles, rows, fresh, state.x, state.t, room, targets, spans, ticks
        )
    for first in range(0, lanes.size, width):
        some = slice(first, first + width)
        trials = spans[tiles[slots[some]], 0] + lanes[some]
        here = np.ascontiguousarray(fresh[slots[some], :, lanes[some]].T)
        ticks[:, trials] = _alone(
            program, state, tiles[slots[some]], lanes[some], rows, here, ticks[:, trials]
        )
    return bool(lanes.size)


def _alone(  # noqa: PLR0917 - a kernel by another name
    program: Program,
    state: State,
    tiles: NDArray[np.int64],
    lanes: NDArray[np.int64],
    rows: NDArray[np.int64],
    fresh: NDArray[np.uint16],
    ticks: NDArray[np.uint16],
) -> NDArray[np.uint16]:
    """Return the arrivals at the targets in some lanes, put side by side in a tile."""
    x, t = (np.empty((1, state.x.shape[1], lanes.size), np.uint16) for _ in range(2))
    pack(state.x, tiles, lanes, x[0])
    pack(state.t, tiles, lanes, t[0])
    ticks = np.ascontiguousarray(ticks)
    resettle(
        program.links,
        np.zeros(1, np.int64),
        rows,
        fresh[None],
        x,
        t,
        scratch(x.shape[1], lanes.size),
        program.target_rows,
        np.array([[0, lanes.size]]),
        ticks,
    )
    return ticks
