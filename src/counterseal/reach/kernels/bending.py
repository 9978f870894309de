"""Random numbers bent towards where rare things happen, with the density they then have.

What an input decides is decided by a number that is honestly uniform on (0, 1). A bent number
follows another density, so that what it decides happens with other odds (yes or no), or falls
into other cells (days, factors, facts); the density is the likelihood ratio, exactly, whatever
the samplers make of the number. A trial takes one of several sets of bends, by a random number
of its own, or none: each ratio is to the mixture of them all, so that none exceeds one over the
share of trials left alone (Hesterberg 1995, Technometrics 37(2):185-194; Owen 2013, Monte Carlo
theory, methods and examples, chapter 9). Without bends, samplers run as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from counterseal.reach.draws import uniform
from counterseal.reach.special import exp, log, njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "CAUSE",
    "NOWHERE",
    "SEEN",
    "STRAIGHT",
    "TIME",
    "WORKS",
    "Bends",
    "Where",
    "bend",
    "gather",
    "weigh",
]

WORKS, TIME, SEEN = 0, 1, 2
"""Rows of ``Bends.steps``: whether a step works; days and detection of its first attempt."""

CAUSE = 3
"""Stands for ``Bends.causes`` where one of the above could."""

_MOST = 1.0 - 2.0**-53
_SAFE = 8  # densities below 1e30 whose product does not overflow
_LEAST = 1e-300


class Bends(NamedTuple):
    """Which inputs are bent, and how. A row is an input that some set bends.

    Attributes:
        steps: Row of each input of each step, -1 for none; shape (3, steps), or (3, 0) when
            nothing is bent.
        causes: Row of each cause; shape (causes,).
        tilted: 1 where a set bends a row; shape (sets, rows).
        chosen: 1 for a row that decides yes or no; shape (rows,).
        odds: What a set multiplies the odds of yes by; shape (sets, rows).
        edges: Where the cells of a set lie, from 0 to 1; shape (sets, rows, cells + 1).
        below: Probability below each edge, from 0 to 1; of the same shape.
        densities: Density in each cell, in [0, 1e30]; shape (sets, rows, cells).
        key: Stream that says which set a trial takes.
        shares: Share of trials left alone, then that up to each set; rising to 1.
    """

    steps: NDArray[np.int32]
    causes: NDArray[np.int32]
    tilted: NDArray[np.uint8]
    chosen: NDArray[np.uint8]
    odds: NDArray[np.float64]
    edges: NDArray[np.float64]
    below: NDArray[np.float64]
    densities: NDArray[np.float64]
    key: NDArray[np.uint32]
    shares: NDArray[np.float64]


STRAIGHT: tuple[()] = ()
"""Nothing is bent. Samplers are compiled for this type apart, so that it costs nothing."""

NOWHERE = Bends(
    steps=np.empty((3, 0), dtype=np.int32),
    causes=np.empty(0, dtype=np.int32),
    tilted=np.empty((0, 0), dtype=np.uint8),
    chosen=np.empty(0, dtype=np.uint8),
    odds=np.empty((0, 0)),
    edges=np.empty((0, 0, 2)),
    below=np.empty((0, 0, 2)),
    densities=np.empty((0, 0, 1)),
    key=np.zeros(3, dtype=np.uint32),
    shares=np.ones(1),
)
"""No sets, for what reads the numbers of an engine without bends."""


class Where(NamedTuple):
    """Where some inputs come from.

    Attributes:
        rows: Row of each in the bends, -1 for none.
        keys: Stream of each; shape (inputs, 3).
        places: Block of each in its stream, and which number of the block; shape (inputs, 2).
        products: Row of ``table`` that has the chance of yes, -1 for what is not yes or no.
        table: Shape (products, outer).
        lanes: Trials in each outer draw.
    """

    rows: NDArray[np.int32]
    keys: NDArray[np.uint32]
    places: NDArray[np.int64]
    products: NDArray[np.int32]
    table: NDArray[np.float64]
    lanes: int


def bend(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends | tuple[()],
    which: int,
    place: int,
    chance: NDArray[np.float64],
    draws: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
    out: NDArray[np.float64],
) -> None:
    """Bend the first ``count`` uniforms of ``out``, those of ``draws`` and ``lanes``.

    Args:
        bends: What is bent. Where it is ``STRAIGHT``, kernels have no code for this at all.
        which: ``WORKS``, ``TIME``, ``SEEN`` or ``CAUSE``.
        place: Position of the step, or of the cause.
        chance: Of yes in each outer draw; of no use to a row that is not yes or no.
        draws: Outer draws.
        lanes: Lanes.
        count: How many.
        out: The numbers.
    """
    if bends:
        _bend(bends, which, place, chance, draws, lanes, count, out)


@overload(bend, strict=False)
def _bend_by_type(  # noqa: PLR0917 - numba wants the arguments of ``bend``
    bends: types.Type,
    which: types.Type,
    place: types.Type,
    chance: types.Type,
    draws: types.Type,
    lanes: types.Type,
    count: types.Type,
    out: types.Type,
) -> Callable[..., None]:
    """Return what a kernel does: nothing, or ``_bend``."""
    del which, place, chance, draws, lanes, count, out
    return _bending if isinstance(bends, types.BaseNamedTuple) else _leaving


def _leaving(  # noqa: PLR0917 - the arguments of ``bend``
    bends: tuple[()],
    which: int,
    place: int,
    chance: NDArray[np.float64],
    draws: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
    out: NDArray[np.float64],
) -> None:
    """Change nothing."""


def _bending(  # noqa: PLR0917 - the arguments of ``bend``
    bends: Bends,
    which: int,
    place: int,
    chance: NDArray[np.float64],
    draws: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
    out: NDArray[np.float64],
) -> None:
    _bend(bends, which, place, chance, draws, lanes, count, out)


@njit
def _bend(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends,
    which: int,
    place: int,
    chance: NDArray[np.float64],
    draws: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
    out: NDArray[np.float64],
) -> None:
    row = bends.causes[place] if which == CAUSE else bends.steps[which, place]
    if row < 0:
        return
    for i in range(count):
        taken = _taken(bends, draws[i], lanes[i])
        if taken >= 0:
            out[i] = _bent(bends, taken, row, chance[draws[i]], out[i])


@njit
def _taken(bends: Bends, draw: int, lane: int) -> int:
    """Return the set that a trial takes, -1 for none."""
    u, _ = uniform(bends.key, draw, lane, 0)
    taken = -1
    while u >= bends.shares[taken + 1]:
        taken += 1
    return taken


@njit
def _bent(bends: Bends, taken: int, row: int, chance: float, u: float) -> float:
    """Return the quantile of one bend at ``u``; a cell without probability is passed over."""
    if bends.chosen[row] == 1:
        return _leaning(chance, _changed(chance, bends.odds[taken, row]), u)
    edges, below = bends.edges[taken, row], bends.below[taken, row]
    cell = 0
    while u >= below[cell + 1]:
        cell += 1
    slope = (edges[cell + 1] - edges[cell]) / (below[cell + 1] - below[cell])
    return min(edges[cell] + (u - below[cell]) * slope, _MOST)  # type: ignore[no-any-return]


@njit
def _changed(chance: float, odds: float) -> float:
    """Return a chance whose odds are multiplied; 0 and 1 stay as they are."""
    if chance >= 1.0 or chance <= 0.0:
        return chance
    return chance * odds / (1.0 - chance + chance * odds)


@njit
def _leaning(chance: float, changed: float, u: float) -> float:
    """Return a number that is below ``chance`` with probability ``changed``, for a uniform."""
    if u < changed:
        return u * (chance / changed)
    return min(chance + (u - changed) * ((1.0 - chance) / (1.0 - changed)), _MOST)


@njit
def _drawn(  # noqa: PLR0917 - a kernel takes plain arguments
    bends: Bends, where: Where, i: int, taken: int, draw: int, lane: int
) -> float:
    """Return the number that an input had."""
    first, second = uniform(where.keys[i], draw, lane, where.places[i, 0])
    u = second if where.places[i, 1] == 1 else first
    if taken < 0 or where.rows[i] < 0:
        return u
    return _bent(bends, taken, where.rows[i], _chance(where, i, draw), u)


@njit
def _chance(where: Where, i: int, draw: int) -> float:
    product = where.products[i]
    return where.table[product, draw] if product >= 0 else 1.0


@njit
def gather(
    bends: Bends, where: Where, trials: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Write the number that each input (row) had in each of some trials (column)."""
    for column in range(trials.size):
        draw, lane = trials[column] // where.lanes, trials[column] % where.lanes
        taken = _taken(bends, draw, lane)
        for i in range(where.rows.size):
            out[i, column] = _drawn(bends, where, i, taken, draw, lane)


@njit
def weigh(
    bends: Bends, where: Where, trials: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Write the weight of some trials: honest density over that of the mixture.

    Args:
        bends: What is bent.
        where: Every row of the bends, once.
        trials: Which.
        out: One place for each.
    """
    logs = np.empty(bends.shares.size - 1)
    densities = np.empty(logs.size)
    for j in range(trials.size):
        draw, lane = trials[j] // where.lanes, trials[j] % where.lanes
        taken = _taken(bends, draw, lane)
        logs[:] = 0.0
        densities[:] = 1.0
        for i in range(where.rows.size):
            u = _drawn(bends, where, i, taken, draw, lane)
            _multiply(bends, where.rows[i], _chance(where, i, draw), u, densities)
            if i % _SAFE == _SAFE - 1:
                _put_away(densities, logs)
        _put_away(densities, logs)
        density = bends.shares[0]
        for k in range(logs.size):
            density += (bends.shares[k + 1] - bends.shares[k]) * exp(logs[k])
        out[j] = 1.0 / density


@njit
def _put_away(densities: NDArray[np.float64], logs: NDArray[np.float64]) -> None:
    """Move products into logarithms before they can overflow."""
    for k in range(logs.size):
        logs[k] += log(max(densities[k], _LEAST))
        densities[k] = 1.0


@njit
def _multiply(
    bends: Bends, row: int, chance: float, u: float, densities: NDArray[np.float64]
) -> None:
    """Multiply by the density of one number in each set."""
    for k in range(densities.size):
        if bends.tilted[k, row] == 0:
            continue
        if bends.chosen[row] == 0:
            cell = 0
            while u >= bends.edges[k, row, cell + 1]:
                cell += 1
            densities[k] *= bends.densities[k, row, cell]
            continue
        changed = _changed(chance, bends.odds[k, row])
        if u < chance:
            densities[k] *= changed / chance
        elif chance > 0.0:
            densities[k] *= (1.0 - changed) / (1.0 - chance)
