"""Random numbers bent towards where rare things happen, with the density they then have.

The numbers of one input, in the open interval (0, 1), follow a density that is constant on a
few cells: a uniform is sent through the inverse of its distribution function. In a share of the
trials nothing is bent, so that the ratio of the honest to the used density of a whole trial
never exceeds one over that share (a defensive mixture: Hesterberg 1995, Technometrics 37(2)).
Which trials those are is a random number of its own. Without bends, samplers run as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.draws import uniform
from counterseal.reach.special import exp, njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SEEN", "STRAIGHT", "TIME", "WORKS", "Bends", "bend", "gather", "weigh"]

WORKS, TIME, SEEN = 0, 1, 2
"""Rows of ``Bends.steps``: whether a step works; days and detection of its first attempt."""

_MOST = 1.0 - 2.0**-53


class Bends(NamedTuple):
    """Which inputs are bent, and how.

    Attributes:
        steps: Bend of each input of each step, -1 for none; shape (3, steps), or (3, 0) when no
            step and no cause is bent.
        causes: Bend of each cause; shape (causes,).
        edges: Where the cells of each bend lie, from 0 to 1; shape (bends, cells + 1).
        below: Probability below each edge, from 0 to 1; of the same shape.
        logs: Logarithm of the density in each cell; shape (bends, cells).
        key: Stream that says which trials are left alone.
        share: Share of those, in [0, 1).
    """

    steps: NDArray[np.int32]
    causes: NDArray[np.int32]
    edges: NDArray[np.float64]
    below: NDArray[np.float64]
    logs: NDArray[np.float64]
    key: NDArray[np.uint32]
    share: float


STRAIGHT = Bends(
    steps=np.empty((3, 0), dtype=np.int32),
    causes=np.empty(0, dtype=np.int32),
    edges=np.empty((0, 2)),
    below=np.empty((0, 2)),
    logs=np.empty((0, 1)),
    key=np.zeros(3, dtype=np.uint32),
    share=0.0,
)
"""Nothing is bent."""


@njit
def bend(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends,
    which: int,
    draws: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
    out: NDArray[np.float64],
) -> None:
    """Bend the first ``count`` uniforms of ``out``, those of ``draws`` and ``lanes``."""
    if which < 0:
        return
    edges, below = bends.edges[which], bends.below[which]
    for i in range(count):
        alone, _ = uniform(bends.key, draws[i], lanes[i], 0)
        if alone >= bends.share:
            out[i] = _bent(edges, below, out[i])


@njit
def _bent(edges: NDArray[np.float64], below: NDArray[np.float64], u: float) -> float:
    """Return the quantile of one bend at ``u``; a cell without probability is passed over."""
    cell = 0
    while u >= below[cell + 1]:
        cell += 1
    slope = (edges[cell + 1] - edges[cell]) / (below[cell + 1] - below[cell])
    return min(edges[cell] + (u - below[cell]) * slope, _MOST)  # type: ignore[no-any-return]


@njit
def _drawn(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends,
    which: int,
    key: NDArray[np.uint32],
    place: NDArray[np.int64],
    draw: int,
    lane: int,
    alone: bool,  # noqa: FBT001 - as above
) -> float:
    """Return the number that an input had; ``place`` is its block and which of two it is."""
    first, second = uniform(key, draw, lane, place[0])
    u = second if place[1] == 1 else first
    return u if alone or which < 0 else _bent(bends.edges[which], bends.below[which], u)


@njit
def gather(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends,
    which: NDArray[np.int32],
    keys: NDArray[np.uint32],
    places: NDArray[np.int64],
    trials: NDArray[np.int64],
    lanes: int,
    out: NDArray[np.float64],
) -> None:
    """Write the number that each input (row) had in each of some trials (column).

    Args:
        bends: What is bent.
        which: Bend of each input, -1 for none.
        keys: Stream of each input; shape (inputs, 3).
        places: Block of each input, and which number of the block; shape (inputs, 2).
        trials: Trial numbers.
        lanes: Trials in each outer draw.
        out: Shape (inputs, trials).
    """
    for column in range(trials.size):
        draw, lane = trials[column] // lanes, trials[column] % lanes
        alone, _ = uniform(bends.key, draw, lane, 0)
        for row in range(which.size):
            out[row, column] = _drawn(
                bends, which[row], keys[row], places[row], draw, lane, alone < bends.share
            )


@njit
def weigh(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends,
    which: NDArray[np.int32],
    keys: NDArray[np.uint32],
    places: NDArray[np.int64],
    lanes: int,
    out: NDArray[np.float64],
) -> None:
    """Write the weight of every trial: honest density over used density, see the module.

    The arguments are those of ``gather``, for the bent inputs alone; ``out`` has one place for
    each trial.
    """
    for trial in range(out.size):
        draw, lane = trial // lanes, trial % lanes
        first, _ = uniform(bends.key, draw, lane, 0)
        alone = first < bends.share
        total = 0.0
        for row in range(which.size):
            u = _drawn(bends, which[row], keys[row], places[row], draw, lane, alone)
            total += _log_density(bends, which[row], u)
        out[trial] = 1.0 / (bends.share + (1.0 - bends.share) * exp(total))


@njit
def _log_density(bends: Bends, which: int, u: float) -> float:
    cell = 0
    while u >= bends.edges[which, cell + 1]:
        cell += 1
    return bends.logs[which, cell]  # type: ignore[no-any-return]
