"""Blocks of trials: runs of whole tiles, which are runs of trials.

A random number belongs to its seed, outer draw, step and trial (see ``reach.draws``), so a
block needs nothing of any other, and blocks side by side are one run of all trials, to the
byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from counterseal.errors import UsageError
from counterseal.reach.arrivals import Arrivals
from counterseal.reach.sampling import NEVER, sample_tiles
from counterseal.reach.sweep import settle
from counterseal.reach.tiling import tiling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws
    from counterseal.reach.engine import Engine
    from counterseal.reach.spread.message import Job

__all__ = ["Block", "assemble", "blocks_of", "simulate_block", "trials_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A run of tiles.

    Attributes:
        number: Its place among the blocks of one partition, from 0.
        first: Number of its first tile.
        stop: Number of the tile after its last; above ``first``.
    """

    number: int
    first: int
    stop: int


def blocks_of(draws: Draws, *, count: int) -> tuple[Block, ...]:
    """Return ``count`` blocks of nearly the same size that together are all trials, in order.

    They are fewer where there are fewer tiles.

    Raises:
        UsageError: ``count`` is not positive.
    """
    if count < 1:
        raise UsageError(f"{count} blocks: at least one is needed")
    tiles = tiling(draws).tiles
    count = min(count, tiles)
    return tuple(
        Block(number=i, first=tiles * i // count, stop=tiles * (i + 1) // count)
        for i in range(count)
    )


def trials_of(draws: Draws, block: Block) -> slice:
    """Return the trials of a block."""
    layout = tiling(draws)
    return slice(layout.span(block.first).start, layout.span(block.stop - 1).stop)


def simulate_block(engine: Engine, block: Block) -> NDArray[np.uint16]:
    """Return the arrivals at the targets in the trials of one block, on one thread.

    Args:
        engine: Of all draws; nothing is kept in it but what every block needs.
        block: Which tiles.

    Returns:
        Ticks, shape (targets, trials of the block); 65535 is never.
    """
    layout, program = engine.layout, engine.program
    every = np.arange(len(program.names), dtype=np.int64)
    shape = (1, every.size, layout.width)
    x, t = np.empty(shape, dtype=np.uint16), np.empty(shape, dtype=np.uint16)
    known = np.flatnonzero(program.target_rows >= 0)
    trials = trials_of(engine.draws, block)
    ticks = np.full((len(program.targets), trials.stop - trials.start), NEVER)
    for tile in range(block.first, block.stop):
        here = np.array([tile], dtype=np.int64)
        sample_tiles(engine.plan, engine.table, every, here, every, x)
        settle(program.links, x, t)
        span = layout.span(tile)
        start, stop = span.start - trials.start, span.stop - trials.start
        ticks[known, start:stop] = t[0, program.target_rows[known], : stop - start]
    return ticks


def assemble(job: Job, blocks: Iterable[tuple[Block, NDArray[np.uint16]]]) -> Arrivals:
    """Put the arrivals of blocks together, in whatever order they come.

    Args:
        job: What was simulated.
        blocks: Each with its ticks, shape (targets, trials of the block).

    Raises:
        UsageError: A block has the wrong shape, or a trial is in no block or in two.
    """
    ticks = np.full((len(job.targets), job.draws.trials), NEVER)
    times = np.zeros(job.draws.trials, dtype=np.uint8)
    for block, found in blocks:
        trials = trials_of(job.draws, block)
        if found.shape != ticks[:, trials].shape:
            raise UsageError(f"block {block.number} has arrivals of shape {found.shape}")
        ticks[:, trials] = found
        times[trials] += 1
    if (times != 1).any():
        raise UsageError("the blocks are not all trials, each once")
    ticks.flags.writeable = False
    return Arrivals(
        steps=job.targets,
        ticks=ticks,
        tick_days=job.graph.horizon_days / 65534,
        draws=job.draws,
    )
